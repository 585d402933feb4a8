"""How our own client is bound to one fake: by its session's adapters, whoever is active."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._http.values import Request
from .origin import SCHEME_END
from .requests_door import fake_adapter
from .target_errors import marking, raise_from_targets

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from scaleapi import AsyncScaleClient, ScaleClient

    from .._http.values import Reply
    from .fake_protocol import ActiveFake


def bind(client: ScaleClient, fake: ActiveFake) -> None:
    """Let ``client`` always reach ``fake``, and draw its chance from the fake's seed."""
    _bind_session(client._transport, fake)


def bind_async(client: AsyncScaleClient, fake: ActiveFake) -> None:
    """Let ``client`` always reach ``fake``, draw its chance from the seed, wait on its clock."""
    transport: Any = client._transport
    transport.door = _door_of(fake)
    transport.wait = _waiting_on(fake)
    transport.new_idempotency_key = fake.new_idempotency_key
    transport._retries = transport._retries.with_jitter(fake.jitter)
    make_for_threads = transport.for_threads

    def for_threads() -> Any:
        session = make_for_threads()
        _bind_session(session, fake)
        return session

    transport.for_threads = for_threads


class _Answer:
    """An answer of the fake's, as the client reads one."""

    __slots__ = ("_outgoing", "_reply", "location", "retry_after", "status")

    def __init__(self, reply: Reply, outgoing: Any) -> None:
        self._reply = reply
        self._outgoing = outgoing
        self.status = reply.status
        self.retry_after: str | None = None
        self.location: str | None = None
        for name, value in reply.headers:
            if name in {"Retry-After", "Location"}:
                setattr(self, name.lower().replace("-", "_"), value)

    async def read(self) -> bytes:
        if self._reply.broken == "truncate":
            from .httpx_door import cut_short

            raise cut_short(self._reply, _as_httpx(self._outgoing))
        return b"" if self._outgoing.method == "HEAD" else self._reply.body


def _door_of(fake: ActiveFake) -> Callable[[Any, Any], Awaitable[_Answer]]:
    """Sends to the fake what the client would send through ``httpx``, and spares it that way."""

    async def door(outgoing: Any, limits: Any) -> _Answer:
        __tracebackhide__ = True
        slash = outgoing.url.index("/", SCHEME_END)
        path, _, query = outgoing.url[slash:].partition("?")
        headers = {name.lower(): value for name, value in outgoing.headers.items()}
        headers["host"] = outgoing.url[:slash].partition("://")[2]
        call = Request(
            outgoing.method,
            outgoing.url[:slash],
            path,
            query,
            headers,
            outgoing.body or b"",
            limits.read,
            limits.connect,
        )
        reply = fake.app.handle(call)
        if reply.raised:
            raise_from_targets(fake, call, reply.raised)
        if not reply.status:
            from .httpx_door import broken

            raise broken(reply, _as_httpx(outgoing))
        return _Answer(reply, outgoing)

    return door


def _as_httpx(outgoing: Any) -> Any:
    from httpx import Request as HttpxRequest

    return HttpxRequest(outgoing.method, outgoing.url)


def _waiting_on(fake: ActiveFake) -> Callable[[float], Awaitable[None]]:
    """How the tasks of a client wait: those that wait at once wake in their order."""
    from anyio.lowlevel import checkpoint

    waking_ms: list[float] = []

    async def wait(seconds: float) -> None:
        began = fake.clock.ms
        wakes = began + seconds * 1000
        waking_ms.append(wakes)
        try:
            await checkpoint()  # others begin their waits, which last at the same time
            while min(waking_ms) < wakes:
                await checkpoint()
            with marking():
                fake.clock.wait(seconds, began)
        finally:
            waking_ms.remove(wakes)

    return wait


def _bind_session(transport: Any, fake: ActiveFake) -> None:
    session = transport.session
    for prefix in ("https://", "http://"):
        session.mount(prefix, fake_adapter(session.get_adapter(prefix), fake))
    transport.new_idempotency_key = fake.new_idempotency_key
