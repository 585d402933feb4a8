"""How a child process learns that a fake is active in its parent.

A door like the others: while it stands open, the environment says so, and children that inherit it
refuse Scale's own hosts where something of ours runs in them: our client, or the pytest plugin.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from .call_site import call_site, where_from
from .network_guard import LOOK_UPS, NetworkBlocked
from .origin import normal_host

if TYPE_CHECKING:
    from collections.abc import Callable

    from .active import Interception

VARIABLE: Final = "SCALEAPI_TESTING_ACTIVE"
"""Holds the number of the process in which a fake is active."""

SCALES_OWN: Final = frozenset({"api.scale.com", "api.scaleapi.com"})
"""The hosts that a child refuses: there, calls order real, paid work."""


def install(interception: Interception) -> Callable[[], None]:
    """Put the variable into the environment; returns what restores it."""
    del interception
    own = str(os.getpid())
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = own

    def restore() -> None:
        if os.environ.get(VARIABLE) != own:
            return  # a test has put another environment there
        if before is None or before == own:
            del os.environ[VARIABLE]
        else:
            os.environ[VARIABLE] = before

    return restore


def parent_with_a_fake() -> str | None:
    """The number of the process that this one descends from and in which a fake is active."""
    value = os.environ.get(VARIABLE)
    return None if value in {None, "", str(os.getpid())} else value


def check_event(event: str, args: tuple[object, ...]) -> None:
    """Refuse what an audit event announces, in a child of a process with an active fake.

    Raises:
        NetworkBlocked: the way leads to Scale itself.
    """
    __tracebackhide__ = True
    name = normal_host(args[0]) if event in LOOK_UPS else ""
    if name not in SCALES_OWN:
        return
    parent = parent_with_a_fake()
    if parent is not None:
        raise NetworkBlocked(
            f"refused to reach {name}{where_from()}: a FakeScale is active in process {parent}, "
            "of which this one is a child, and a fake answers in its own process alone. Give the "
            "child SCALE_API_BASE_URL=<scale_server.url> (or that of scale.serve()), or start a "
            "FakeScale here",
            host=name,
            call_site=call_site(),
        )
