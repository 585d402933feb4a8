"""Where a served fake is found; known without the packages that serving needs."""

from __future__ import annotations

from dataclasses import dataclass

from .._errors import PUBLIC


@dataclass(frozen=True, slots=True)
class Server:
    """Where a served fake is found.

    Attributes:
        url: its origin, e.g. ``http://127.0.0.1:41873``; ``/v1`` and ``/v2`` are below it.
        ca_file: the certificate that HTTPS clients must trust (``verify=`` of ``requests``);
            ``None`` for HTTP.
    """

    url: str
    ca_file: str | None = None


Server.__module__ = PUBLIC
