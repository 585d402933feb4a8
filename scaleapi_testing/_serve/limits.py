"""What the HTTP layer takes before it refuses, and how it says so."""

from __future__ import annotations

from http.client import responses
from typing import TYPE_CHECKING, Final

from .._app import error_reply
from .._errors import ApiError

if TYPE_CHECKING:
    from .._http.values import Reply

MOST_BODY: Final = 64 * 2**20
"""Bytes of a body, uploads included."""

MOST_JSON: Final = 4 * 2**20
"""Bytes of a body that says it is JSON."""

MOST_HEAD: Final = 64 * 2**10
"""Bytes of a request's first line and headers; of its trailers as well."""

IDLE_S: Final = 30.0
"""Real seconds after which a client that sends nothing is closed."""


def most_body(content_type: str) -> int:
    """How many bytes the body of a call may have."""
    kind = content_type.partition(";")[0].strip().lower()
    return MOST_JSON if kind == "application/json" or kind.endswith("+json") else MOST_BODY


def too_large(most: int) -> ApiError:
    """The refusal of a body (assumed: Scale's own limits and words are not published)."""
    return ApiError(413, f"The body is larger than {most // 2**20} MiB.")


def refusal(error: ApiError) -> Reply:
    """An error of the HTTP layer in Scale's envelope; the connection ends with it."""
    reply = error_reply(error)
    reply.headers += [("Content-Length", str(len(reply.body))), ("Connection", "close")]
    return reply


def phrase(status: int) -> str:
    """The words beside a status, e.g. ``"Not Found"``."""
    return responses.get(status, "Unknown")
