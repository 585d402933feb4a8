"""``ApiClient`` under the import path of the official package."""

from __future__ import annotations

from ...v2 import ApiClient

__all__ = ["ApiClient"]
