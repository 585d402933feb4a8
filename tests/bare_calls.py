"""Calls of any form, also such as no client would send, made as a WSGI server makes them."""

from __future__ import annotations

import io
from typing import NamedTuple
from urllib.parse import unquote_to_bytes


class BareAnswer(NamedTuple):
    """What the fake handed back, before a client makes anything of it."""

    status: int
    headers: dict[str, str]
    body: bytes


def bare_call(fake, method, path, query="", headers=None, body=b""):
    """One call; ``path`` is percent-encoded, and every text is passed on as it is."""
    environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "REQUEST_URI": path.encode().decode("latin-1"),
        "QUERY_STRING": query,
        "HTTP_HOST": "api.scale.com",
        "SERVER_NAME": "api.scale.com",
        "SERVER_PORT": "443",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(body),
    }
    for name, value in (headers or {}).items():
        of_environ = name.upper().replace("-", "_")
        environ[of_environ if of_environ == "CONTENT_TYPE" else f"HTTP_{of_environ}"] = value
    begun = []
    chunks = fake.wsgi_app(environ, lambda status, sent: begun.append((status, dict(sent))))
    ((status, sent),) = begun
    return BareAnswer(int(status.partition(" ")[0]), sent, b"".join(chunks))
