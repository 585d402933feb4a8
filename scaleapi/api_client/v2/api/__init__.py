"""``V2Api`` by its package in the official one."""

from __future__ import annotations

from ....v2 import V2Api

__all__ = ["V2Api"]
