"""The v2 client under the import paths of the official package; it is :mod:`scaleapi.v2`."""

from __future__ import annotations

from ...v2 import ApiClient, ApiResponse, Configuration, V2Api
from ...v2.models import *  # noqa: F403 - every model, as the official package offers them here
from .exceptions import (
    ApiAttributeError,
    ApiException,
    ApiKeyError,
    ApiTypeError,
    ApiValueError,
    OpenApiException,
)

__all__ = [
    "ApiAttributeError",
    "ApiClient",
    "ApiException",
    "ApiKeyError",
    "ApiResponse",
    "ApiTypeError",
    "ApiValueError",
    "Configuration",
    "OpenApiException",
    "V2Api",
]
