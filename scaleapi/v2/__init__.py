"""The v2 API: generative-AI data. ``client.v2`` is where it starts; the extra ``v2`` brings it."""

from __future__ import annotations

from importlib.util import find_spec

from .._extras import lack_of

if find_spec("pydantic") is None:
    raise ImportError(lack_of("client.v2", "v2", "pydantic"))

from .api import V2Api
from .api_client import ApiClient, ApiResponse, Configuration

__all__ = ["ApiClient", "ApiResponse", "Configuration", "V2Api"]
