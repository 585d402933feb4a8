"""Keeps clients from taking the way to a served fake through a proxy of the environment."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Generator

VARIABLES: Final = ("NO_PROXY", "no_proxy")
"""Both: some clients read one, some the other, most the second where it is set."""


@contextmanager
def excepted(host: str) -> Generator[None]:
    """While the block lasts, ``HTTP_PROXY`` is not used for ``host``, here and in children.

    A list that is there is added to, and left as it was; a list that was replaced meanwhile loses
    no more than one entry of this host.
    """
    before = {name: os.environ.get(name) for name in VARIABLES}
    shared = before["no_proxy"] or before["NO_PROXY"] or ""
    put_in: dict[str, str] = {}
    for name, value in before.items():
        # The one that is not set would hide the other from those who read it first.
        put_in[name] = ",".join(filter(None, (shared if value is None else value, host)))
        os.environ[name] = put_in[name]
    try:
        yield
    finally:
        for name, value in before.items():
            _restore(name, value, put_in[name], host)


def _restore(name: str, before: str | None, put_in: str, host: str) -> None:
    now = os.environ.get(name)
    if now == put_in:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
        return
    hosts = [] if now is None else now.split(",")
    if host not in hosts:
        return  # another environment stands there by now
    # The last one of equals is ours: it was put in at the end.
    hosts.reverse()
    hosts.remove(host)
    if hosts:
        os.environ[name] = ",".join(reversed(hosts))
    else:
        del os.environ[name]
