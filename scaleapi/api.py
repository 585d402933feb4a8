"""``Api``: calls of v1 by their path, as programs for the official package make them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from ._filters import query_values
from .exceptions import ExceptionMap, ScaleException

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ._types import JSON

__all__ = ["SCALE_API_BASE_URL_V1", "Api", "ExceptionMap", "ScaleException"]

SCALE_API_BASE_URL_V1: Final = "https://api.scale.com/v1"
"""Where paths are appended by default."""


class Api:
    """Sends calls of v1 by their path, for what has no method.

    Args:
        api_key: the API key.
        user_agent_extension: joins the ``User-Agent``.
        api_instance_url: where paths are appended; Scale's own by default.
        verify: as in ``requests``.
        proxies: as in ``requests``.
        cert: as in ``requests``.

    Every method raises a ``ScaleException`` where the answer is no success.
    """

    def __init__(
        self,
        api_key: str,
        user_agent_extension: str | None = None,
        api_instance_url: str | None = None,
        verify: bool | str | None = None,  # noqa: FBT001  # the official order
        proxies: Mapping[str, str] | None = None,
        cert: str | tuple[str, str] | None = None,
    ) -> None:
        from ._client import ScaleClient  # which knows this class

        self._transport = ScaleClient(
            api_key, user_agent_extension, api_instance_url, verify, proxies, cert
        )._transport

    def __repr__(self) -> str:
        return f"<Api of {self._transport.base_url} with key {self._transport.mask.shown}>"

    @property
    def base_api_url(self) -> str:
        """Where paths are appended."""
        return self._transport.base_url

    @staticmethod
    def quote_string(text: str) -> str:
        """``text`` fit to stand in a path, nothing kept safe."""
        return quote(text, safe="")

    def get_request(self, endpoint: str, params: Mapping[str, Any] | None = None) -> JSON:
        """The decoded answer of a GET."""
        return self._send("GET", endpoint, params)

    def delete_request(
        self, endpoint: str, params: Mapping[str, Any] | None = None, body: JSON = None
    ) -> JSON:
        """The decoded answer of a DELETE."""
        return self._send("DELETE", endpoint, params, body)

    def put_request(
        self, endpoint: str, body: JSON = None, params: Mapping[str, Any] | None = None
    ) -> JSON:
        """The decoded answer of a PUT."""
        return self._send("PUT", endpoint, params, body)

    def post_request(
        self,
        endpoint: str,
        body: JSON = None,
        files: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> JSON:
        """The decoded answer of a POST: JSON, or with ``files`` a multipart form."""
        if files is None:
            return self._send("POST", endpoint, None, body)
        parts: list[tuple[str, str | tuple[str, bytes, str]]] = [
            (name, str(value)) for name, value in (data or {}).items() if value is not None
        ]
        parts += [(name, _part(name, file)) for name, file in files.items()]
        return self._transport.send("POST", endpoint.strip("/"), files=parts)

    def _send(
        self,
        method: str,
        endpoint: str,
        params: Mapping[str, Any] | None = None,
        body: JSON = None,
    ) -> JSON:
        query = [
            (name, text)
            for name, value in (params or {}).items()
            if value is not None
            for text in query_values(value, name)
        ]
        path = endpoint.strip("/")
        # A body of null is not no body: it would be sent as JSON.
        if body is None:
            return self._transport.send(method, path, query=query)
        return self._transport.send(method, path, query=query, body=body)


def _part(name: str, file: Any) -> tuple[str, bytes, str]:
    """A file as a part of a form: what ``requests`` takes for one."""
    file_name, content = (file[0], file[1]) if isinstance(file, tuple) else (None, file)
    content = content.read() if hasattr(content, "read") else content
    if isinstance(content, str):
        content = content.encode()
    shown = file_name or str(getattr(file, "name", name)).rpartition("/")[2]
    return shown, content, "application/octet-stream"
