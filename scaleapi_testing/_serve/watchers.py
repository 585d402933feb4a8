"""Who is told of changes, by server-sent events: pages, and whoever waits without asking again."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from .._http.values import Reply, Request
    from .._worlds.worlds import HostedWorld

MOST_WAITING: Final = 1000
"""Events that one listener may leave unread; then it is told that some were lost."""

ALIVE_S: Final = 15.0
"""Real seconds after which a listener who heard nothing gets a comment: the line is alive."""

TICK_S: Final = 0.25
"""Real seconds after which a listener's world is looked at, for what time alone brought about."""


class Watchers:
    """The listeners of every world, told in the event loop."""

    def __init__(self) -> None:
        self._ended = False
        self._of: dict[HostedWorld, list[asyncio.Queue[dict[str, Any]]]] = {}

    def call(self, world: HostedWorld, request: Request, reply: Reply) -> None:
        """A call was answered."""
        if world in self._of:
            self._tell(
                world,
                {
                    "what": "call",
                    "method": request.method,
                    "path": request.path[:300],
                    "status": reply.status or None,
                },
            )

    def control(self, world: HostedWorld, name: str) -> None:
        """A control was carried out."""
        if world in self._of:
            self._tell(world, {"what": "control", "name": name})

    def _tell(self, world: HostedWorld, event: dict[str, Any]) -> None:
        clock = world.fake.clock
        event = {**event, "now": clock.stamp(), "ms": clock.ms}
        for queue in self._of.get(world, ()):
            if queue.qsize() < MOST_WAITING:
                queue.put_nowait(event)
            # Told once: a listener who does not read must not fill the memory.
            elif queue.qsize() == MOST_WAITING:
                queue.put_nowait({"what": "lost"})

    def end(self) -> None:
        """Let every listener go; the server ends."""
        self._ended = True
        for queues in self._of.values():
            for queue in queues:
                queue.put_nowait({"what": "end"})

    async def listen(self, world: HostedWorld) -> AsyncGenerator[bytes]:
        """What one listener reads, without end."""
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._of.setdefault(world, []).append(queue)
        changes = world.fake._world.changes
        # The world notes changes only while somebody hears of them.
        changes.heard_by += 1
        seen = changes.number
        before = self._state(world)
        number = 0
        silent_s = 0.0
        try:
            yield b": listening\n\n"
            while not self._ended:
                try:
                    # Time that passes by itself puts nothing into the queue: it is looked for.
                    event: dict[str, Any] | None = await asyncio.wait_for(queue.get(), TICK_S)
                except TimeoutError:
                    event = None
                now = self._state(world)
                if event is None and now != before:
                    event = {"what": "clock", "now": world.fake.clock.stamp(), "ms": now[0]}
                before = now
                if event is None:
                    silent_s += TICK_S
                    is_time = silent_s >= ALIVE_S
                    silent_s = 0.0 if is_time else silent_s
                    yield b": alive\n\n" if is_time else b""  # who asks sees whether it is gone
                    continue
                silent_s = 0.0
                event["tasks"] = changes.since(seen)
                seen = changes.number
                number += 1
                data = json.dumps(event)
                yield f"id: {number}\nevent: {event['what']}\ndata: {data}\n\n".encode()
        finally:
            changes.heard_by -= 1
            listeners = self._of.get(world, [])
            listeners.remove(queue)
            if not listeners:
                self._of.pop(world, None)

    @staticmethod
    def _state(world: HostedWorld) -> tuple[int, int]:
        return world.fake.clock.ms, world.fake._world.changes.number
