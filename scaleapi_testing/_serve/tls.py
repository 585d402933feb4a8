"""Which certificates a served fake shows: its own authority's, made anew for each server."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from .._extras import lack_of_extra

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class NoCertificate(ValueError):
    """A name for which there can be no certificate."""


def server_context(hosts: Iterable[str], ca_file: Path) -> ssl.SSLContext:
    """A TLS context with a certificate for ``hosts`` and for the loopback names.

    Args:
        hosts: names and addresses by which clients call the server.
        ca_file: where to write the authority's certificate, for clients to trust.

    Raises:
        NoCertificate: one of them cannot stand in a certificate.
        ImportError: the package ``trustme`` is missing; the message says how to get it.
    """
    try:
        import trustme  # an extra, and slow to load
    except ImportError as error:
        raise ImportError(lack_of_extra("scale.serve(tls=True)", "server", "trustme")) from error
    authority = trustme.CA()
    names = dict.fromkeys(("localhost", "127.0.0.1", "::1", *hosts))
    for name in names:
        try:
            authority.issue_cert(name)
        except ValueError as error:
            raise NoCertificate(
                f"{name!r:.80}: no certificate can be made for it ({error})"
            ) from None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    authority.cert_pem.write_to_path(ca_file)
    return context
