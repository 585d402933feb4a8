"""Cassettes of Ruby's VCR: YAML, or JSON of the same shape.

No package of Python reads them; the shape is that of VCR 2 and later (documented:
https://benoittgt.github.io/vcr/#/cassettes/format).
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final

from ..exchange import BadRecording, Exchange, headers_of, moment_of
from .decoding import decoded
from .parts import Kind, check_parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


EXPECTED: Final = (
    "an exchange of Ruby's VCR: a request with method, uri, body and headers, and a response with "
    "status, headers and body"
)

_PARTS: Final[Mapping[str, Kind]] = {
    "request": dict,
    "request.method": str,
    "request.uri": str,
    "response": dict,
    "response.status": dict,
    "response.status.code": int,
}


def is_one(document: Any) -> bool:
    """Whether a decoded document is a cassette of Ruby's VCR."""
    return isinstance(document, dict) and isinstance(document.get("http_interactions"), list)


def read(name: str, document: dict[str, Any]) -> Iterator[Exchange]:
    """Its exchanges, in order.

    Raises:
        BadRecording: one of them lacks something.
    """
    for number, entry in enumerate(document["http_interactions"], 1):
        place = f"{name}, exchange {number}"
        check_parts(place, entry, _PARTS, EXPECTED)
        try:
            request, response = entry["request"], entry["response"]
            yield Exchange(
                place,
                str(request["method"]).upper(),
                request["uri"],
                headers_of(request.get("headers")),
                _body(request.get("body")) or b"",
                int(response["status"]["code"]),
                headers_of(response.get("headers")),
                decoded(response.get("headers"), _body(response.get("body")) or b""),
                moment_of(entry.get("recorded_at")),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise BadRecording(
                f"{place} cannot be read ({type(error).__name__}: {error}); expected {EXPECTED}"
            ) from error


def _body(body: Any) -> bytes | None:
    if isinstance(body, dict):
        if body.get("base64_string") is not None:
            return base64.b64decode(body["base64_string"])
        body = body.get("string")
    if body is None or isinstance(body, bytes):
        return body
    return str(body).encode()
