"""Files of the recorder of ``responses``, read by ``responses`` itself: replies alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..exchange import BadRecording, Exchange, headers_of
from .parts import Kind, check_parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


EXPECTED: Final = (
    "an entry of the recorder of responses: a response with method, url, body, status, "
    "content_type and auto_calculate_content_length"
)

_PARTS: Final[Mapping[str, Kind]] = {
    "response": dict,
    "response.method": str,
    "response.url": str,
    "response.body": object,
    "response.status": int,
    "response.content_type": object,
    "response.auto_calculate_content_length": object,
}


def is_one(document: Any) -> bool:
    """Whether a decoded document is a file of the recorder."""
    return isinstance(document, dict) and isinstance(document.get("responses"), list)


def read(name: str, document: dict[str, Any]) -> Iterator[Exchange]:
    """Its exchanges, in order; what was sent is not in the file.

    Raises:
        BadRecording: ``responses`` cannot read it.
    """
    # Here, for it is an extra.
    from responses import RequestsMock

    class Reader(RequestsMock):
        """Takes what was parsed already, as a YAML or a TOML file says it."""

        def _parse_response_file(self, file_path: Any) -> dict[str, Any]:  # noqa: ARG002
            return document

    # Before responses, whose errors do not tell which exchange they are about.
    for number, entry in enumerate(document["responses"], 1):
        check_parts(f"{name}, exchange {number}", entry, _PARTS, EXPECTED)
    reader = Reader(assert_all_requests_are_fired=False)
    try:
        reader._add_from_file(name)
    # Its own code reads the file, and may raise anything at what it did not write.
    except Exception as error:
        raise BadRecording(
            f"{name} is no file that the recorder of responses wrote "
            f"({type(error).__name__}: {error})"
        ) from error
    for number, response in enumerate(reader.registered(), 1):
        untyped: Any = response
        body = untyped.body
        headers = headers_of(untyped.headers)
        if isinstance(untyped.content_type, str):
            headers.setdefault("content-type", untyped.content_type)
        needs_none = untyped.method.upper() in {"GET", "HEAD"}
        yield Exchange(
            f"{name}, exchange {number}",
            untyped.method.upper(),
            str(untyped.url),
            {},
            b"" if needs_none else None,
            int(untyped.status),
            headers,
            body if isinstance(body, bytes) else str(body or "").encode(),
        )
