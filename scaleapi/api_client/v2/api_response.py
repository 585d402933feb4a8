"""``ApiResponse`` under the import path of the official package."""

from __future__ import annotations

from ...v2 import ApiResponse

__all__ = ["ApiResponse"]
