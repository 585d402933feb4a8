"""``V2Api`` by its module in the official package."""

from __future__ import annotations

from ....v2 import V2Api

__all__ = ["V2Api"]
