"""HAR files of browsers and proxies, read by haralyzer."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from ..exchange import BadRecording, Exchange, headers_of, moment_of
from .decoding import decoded
from .parts import Kind, check_parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


EXPECTED: Final = (
    "an entry of a HAR file: a request with method and url, and a response with status and content"
)

_PARTS: Final[Mapping[str, Kind]] = {
    "request": dict,
    "request.method": str,
    "request.url": str,
    "response": dict,
    "response.status": int,
}


def is_one(document: Any) -> bool:
    """Whether a decoded document is a HAR file."""
    return isinstance(document, dict) and isinstance(document.get("log"), dict)


def read(name: str, document: dict[str, Any]) -> Iterator[Exchange]:
    """Its exchanges in the order of their beginnings, which need not be that of the file.

    Documented: http://www.softwareishard.com/blog/har-12-spec/#entries.

    Raises:
        BadRecording: it has no entries, or one of them lacks something.
    """
    # Here, for it is an extra.
    from haralyzer import HarParser

    entries = HarParser(document).har_data.get("entries")
    if not isinstance(entries, list):
        raise BadRecording(f"{name} is no HAR file: its log has no list of entries")
    numbered: list[tuple[int, Any]] = list(enumerate(entries, 1))
    for number, entry in sorted(numbered, key=lambda pair: _began(pair[1])):
        place = f"{name}, exchange {number}"
        check_parts(place, entry, _PARTS, EXPECTED)
        for part in ("request", "response"):
            for header in _pairs(entry[part].get("headers")):
                check_parts(
                    f"{place}, a header of its {part}",
                    header,
                    {"name": str, "value": object},
                    "an object with name and value",
                )
        try:
            request, response = entry["request"], entry["response"]
            yield Exchange(
                place,
                str(request["method"]).upper(),
                request["url"],
                _headers(request.get("headers")),
                _sent(request),
                int(response["status"]),
                _headers(response.get("headers")),
                decoded(_headers(response.get("headers")), _content(response.get("content"))),
                moment_of(entry.get("startedDateTime")),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise BadRecording(
                f"{place} cannot be read ({type(error).__name__}: {error}); expected {EXPECTED}"
            ) from error


def _began(entry: Any) -> float:
    moment = moment_of(entry.get("startedDateTime")) if isinstance(entry, dict) else None
    return 0.0 if moment is None else moment.timestamp()


def _pairs(headers: Any) -> list[Any]:
    return headers if isinstance(headers, list) else []


def _headers(pairs: Any) -> dict[str, str]:
    """Those of HTTP; names that begin with a colon are the frames of HTTP/2."""
    return headers_of(
        [(pair["name"], pair["value"]) for pair in pairs or () if pair["name"][:1] != ":"]
    )


def _sent(request: dict[str, Any]) -> bytes | None:
    data = request.get("postData")
    if not isinstance(data, dict):
        # A body that was sent and not kept has a size.
        return None if (request.get("bodySize") or 0) > 0 else b""
    if data.get("text") is not None:
        if data.get("encoding") == "base64":
            return base64.b64decode(data["text"])
        return str(data["text"]).encode()
    pairs = [(pair["name"], pair.get("value", "")) for pair in data.get("params") or ()]
    # Its boundary and files are not kept, and cannot be made again.
    return None if "multipart" in str(data.get("mimeType")) else urlencode(pairs).encode()


def _content(content: Any) -> bytes | None:
    if not isinstance(content, dict) or content.get("text") is None:
        is_empty = isinstance(content, dict) and not content.get("size")
        return b"" if is_empty else None
    if content.get("encoding") == "base64":
        return base64.b64decode(content["text"])
    return str(content["text"]).encode()
