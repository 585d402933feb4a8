"""The version of the distribution, readable without its metadata."""

from __future__ import annotations

from typing import Final

__version__: Final = "3.0.0"
