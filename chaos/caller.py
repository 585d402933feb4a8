"""A call over HTTP that may find nobody."""

from __future__ import annotations

import json
from base64 import b64encode
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from typing import Any, Final

KEY: Final = "live_chaos"
TIMEOUT_S: Final = 30.0


class Caller:
    """One connection to one server, made anew when it broke."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)

    def ask(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[int, bytes] | None:
        """The status and the body; ``None`` where nobody answered, or not to the end."""
        signed = {"Authorization": "Basic " + b64encode(f"{KEY}:".encode()).decode(), **headers}
        if body is not None:
            signed["Content-Type"] = "application/json"
        text = None if body is None else json.dumps(body)
        try:
            self._connection.request(method, path, text, signed)
            answer = self._connection.getresponse()
            return answer.status, answer.read()
        except (OSError, HTTPException):
            self.close()
            return None

    def close(self) -> None:
        """Hang up."""
        with suppress(OSError):
            self._connection.close()
