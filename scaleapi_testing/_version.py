"""The version of the distribution ``scaleapi-testing``, readable without its metadata.

The client's is the same: both are released together (a test holds them equal).
"""

from __future__ import annotations

from typing import Final

__version__: Final = "3.0.0"
