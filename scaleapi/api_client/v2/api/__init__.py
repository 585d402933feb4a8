"""``V2Api`` under the import path of the official package."""

from __future__ import annotations

from ....v2 import V2Api

__all__ = ["V2Api"]
