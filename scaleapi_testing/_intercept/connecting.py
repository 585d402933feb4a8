"""How often a connection is tried for a library whose transports try again by themselves.

``httpx`` and ``httpcore`` repeat a connection that fails ``retries`` times, and nothing else. The
back-off between the tries is theirs, and passes on the fake's clock.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from .target_errors import marking, raise_from_targets

if TYPE_CHECKING:
    from .._http.values import Reply, Request
    from .fake_protocol import ActiveFake

BACK_OFF_S: Final = 0.5
"""``httpcore``'s: no wait before the first repeat, this one before the second, then doubled."""


def reply_to(fake: ActiveFake, call: Request, retries: int = 0) -> Reply:
    """What the fake answers when connecting was tried as often as ``retries`` allows.

    Raises:
        Exception: what a target of callbacks raised.
    """
    __tracebackhide__ = True
    reply = fake.app.handle(call)
    raise_from_targets(fake, call, reply.raised)
    waited_ms, seconds = reply.waited_ms, 0.0
    while reply.broken == "connect_timeout" and retries > 0:
        if seconds:
            with marking(fake, call):
                fake.clock.wait(seconds, began_ms=reply.wait_began)
        reply = fake.app.handle(replace(call, began_ms=None))
        raise_from_targets(fake, call, reply.raised)
        waited_ms += reply.waited_ms + round(seconds * 1000)
        retries, seconds = retries - 1, seconds * 2 or BACK_OFF_S
    reply.waited_ms = waited_ms
    return reply


async def began_ms(fake: ActiveFake) -> int | None:
    """When a call of this task began, given after other tasks could begin theirs.

    The answer comes without real waiting, so that otherwise each task would begin when the one
    before it has waited. ``None`` where nothing can make an answer late.
    """
    if not fake.app.has_faults:
        return None
    began = fake.clock.ms
    from anyio.lowlevel import checkpoint  # what these libraries run on, asyncio or trio

    await checkpoint()
    return began
