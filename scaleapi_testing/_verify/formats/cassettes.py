"""Cassettes of vcrpy, YAML or JSON, read by vcrpy itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..exchange import BadRecording, Exchange, headers_of, moment_of
from .decoding import decoded
from .parts import Kind, check_parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


EXPECTED: Final = (
    "an exchange of vcrpy: a request with method, uri, body and headers, and a response with "
    "status, headers and body"
)

_OF_REQUEST: Final = ("method", "uri", "body", "headers")

_PARTS: Final[Mapping[str, Kind]] = {
    "request": dict,
    "request.method": str,
    "request.uri": str,
    "request.body": object,
    "request.headers": dict,
    "response": dict,
    "response.status": dict,
    "response.status.code": int,
    "response.headers": (dict, list),
    "response.body": dict,
}


def is_one(document: Any) -> bool:
    """Whether a decoded document is a cassette of vcrpy."""
    return isinstance(document, dict) and isinstance(document.get("interactions"), list)


def read(name: str, text: str, document: dict[str, Any]) -> Iterator[Exchange]:
    """Its exchanges, in order.

    Raises:
        BadRecording: vcrpy cannot read it.
    """
    # Here, for vcrpy is an extra.
    from vcr.serialize import deserialize
    from vcr.serializers import jsonserializer, yamlserializer

    # Before vcrpy, whose errors do not tell which exchange they are about.
    for number, entry in enumerate(document["interactions"], 1):
        place = f"{name}, exchange {number}"
        check_parts(place, entry, _PARTS, EXPECTED)
        for part in entry["request"]:
            if part not in _OF_REQUEST:
                raise BadRecording(
                    f"{place} has request.{part}, which vcrpy does not know; expected {EXPECTED}"
                )
    serializer = jsonserializer if text.lstrip()[:1] == "{" else yamlserializer
    try:
        requests, responses = deserialize(text, serializer)[:2]
    # vcrpy raises what its parsers raise; all of it means that this is none of its files.
    except Exception as error:
        raise BadRecording(
            f"{name} is no cassette that vcrpy can read ({type(error).__name__}: {error})"
        ) from error
    raw = document["interactions"]
    for number, (request, response) in enumerate(zip(requests, responses, strict=True), 1):
        place = f"{name}, exchange {number}"
        try:
            yield Exchange(
                place,
                request.method.upper(),
                request.uri,
                headers_of(request.headers),
                _bytes(request.body_bytes) or b"",
                int(response["status"]["code"]),
                headers_of(response["headers"]),
                decoded(response["headers"], _bytes(response["body"].get("string"))),
                moment_of(raw[number - 1].get("recorded_at")),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise BadRecording(
                f"{place} cannot be read ({type(error).__name__}: {error}); expected {EXPECTED}"
            ) from error


def _bytes(value: Any) -> bytes | None:
    if value is None or isinstance(value, bytes):
        return value
    return str(value).encode()
