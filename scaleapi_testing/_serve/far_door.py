"""The door of another process: a call that says where it was meant to go, and how its end is told.

``RemoteFake`` answers for Scale's origins in its own process and forwards the bytes of each call to
the world's address. What HTTP has no place for stands in two headers: with the call where it was
meant to go, how long the client waits and the admin token; with the answer how the exchange failed,
if it did, and what time it is.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from .safety import Refused

if TYPE_CHECKING:
    from .._http.values import Reply, Request
    from .._worlds.worlds import HostedWorld
    from .safety import Safety

CALL: Final = "scale-fake-door"
"""The header of a call, a JSON object: ``origin``, ``read_timeout``, ``connect_timeout``,
``began_ms``, ``token``."""

ANSWER: Final = "scale-fake-answer"
"""The header of an answer, a JSON object: ``status``, ``broken``, ``waited_ms``, ``wait_began``,
``length``, ``ms``, ``moved_ms``."""

CLOCK: Final = "scale-fake-clock"
"""The header of an answer of the control plane: ``ms,moved_ms`` of the world's clock."""

BROKEN: Final = 502
"""The status of an answer that stands for a broken connection."""


def through_the_door(request: Request, safety: Safety) -> Request:
    """The call as its client made it.

    Raises:
        Refused: the header is none that ``RemoteFake`` sends, or lacks the admin token.
    """
    try:
        details: Any = json.loads(request.headers[CALL])
        origin = str(details["origin"])
        times = [details.get(name) for name in ("read_timeout", "connect_timeout", "began_ms")]
        token = details.get("token")
    except (ValueError, TypeError, KeyError, RecursionError):
        details, origin, times, token = None, "", [], None
    if details is None or not all(time is None or isinstance(time, int | float) for time in times):
        raise Refused(
            400, "BadDoor", f"the header {CALL} is no JSON object as RemoteFake sends it",
            "Leave the header out, or call with scaleapi_testing.RemoteFake.",
        )  # fmt: skip
    # The header moves origins and waits at will, so it is for whoever may use the controls.
    safety.check_token({} if token is None else {"authorization": f"Bearer {token}"})
    read, connect, began = times
    # It is no header of the client's, and holds the admin token: no journal may keep it.
    headers = {name: value for name, value in request.headers.items() if name != CALL}
    return replace(
        request,
        origin=origin,
        headers=headers,
        read_timeout=read,
        connect_timeout=connect,
        began_ms=None if began is None else int(began),
    )


def told_to_the_door(world: HostedWorld, reply: Reply) -> str:
    """The header that says what HTTP cannot."""
    clock = world.fake.clock
    length = next(
        (value for name, value in reply.headers if name.lower() == "content-length"), None
    )
    return json.dumps(
        {
            "status": reply.status,
            "broken": reply.broken,
            "waited_ms": reply.waited_ms,
            "wait_began": reply.wait_began,
            "length": length,
            "ms": clock.ms,
            "moved_ms": clock.moved_ms,
        },
        separators=(",", ":"),
    )


def clock_header(world: HostedWorld) -> tuple[str, str]:
    """The header that tells the world's time beside an answer of the control plane."""
    clock = world.fake.clock
    return CLOCK, f"{clock.ms},{clock.moved_ms}"
