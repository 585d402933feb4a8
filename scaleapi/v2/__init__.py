"""The v2 API: generative-AI data. ``client.v2`` is where it starts; the extra ``v2`` brings it."""

from __future__ import annotations

from importlib.util import find_spec

if find_spec("pydantic") is None:
    raise ImportError("client.v2 needs the package pydantic: pip install 'scaleapi[v2]'")

from .api import V2Api
from .api_client import ApiClient, ApiResponse, Configuration

__all__ = ["ApiClient", "ApiResponse", "Configuration", "V2Api"]
