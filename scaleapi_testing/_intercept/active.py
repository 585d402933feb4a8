"""Which fake answers here and now, and when the doors stand open.

Fakes may be started and stopped in any order, in any thread or asyncio task. The first one that
starts opens the doors, the last one that stops closes them and leaves nothing behind. The list of
active fakes lives in the `Interception` that the doors hold while they are open; this module keeps
none.
"""

from __future__ import annotations

import sys
import threading
from contextvars import ContextVar
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from .._attachments import STORED_ORIGIN
from .named_origin import is_a_fakes_server, named_origin
from .origin import host_of, is_loopback, normal_origin, origin_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from .fake_protocol import ActiveFake


class Activation:
    """One `start` of a fake that its `stop` will end."""

    __slots__ = ("fake", "hosts", "in_task", "named", "origins", "skip_sleep", "thread")

    def __init__(self, fake: ActiveFake, *, skip_sleep: bool) -> None:
        self.fake: ActiveFake | None = fake
        self.named, _ = _places(fake.base_urls)
        # Links to uploaded files lead elsewhere than Scale itself, and to the fake all the same.
        self.origins, self.hosts = _places((*fake.base_urls, STORED_ORIGIN))
        self.skip_sleep = skip_sleep
        self.thread = threading.get_ident()
        self.in_task = _in_asyncio_task()


@lru_cache(maxsize=8)  # nearly every fake answers for the same ones
def _places(base_urls: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The normal origins of these URLs, and the hosts among them that are not this machine."""
    origins = tuple(map(normal_origin, base_urls))
    return origins, tuple(host for host in map(host_of, origins) if not is_loopback(host))


_STARTED_HERE: Final[ContextVar[tuple[Activation, ...]]] = ContextVar("scale_fakes", default=())
# No mutable state of the module: a context variable's value belongs to the thread or asyncio task
# that set it, and the tuple itself never changes. An activation that ended elsewhere lets go of
# its fake, so that a value left behind in some context keeps nothing alive.

_LOCK: Final = threading.Lock()
# Guards opening and closing of the doors, which are attributes of other people's classes and
# therefore shared by the process whatever we do.


class Interception:
    """What the open doors share: the active fakes, in the order of their start."""

    __slots__ = ("_close", "_close_sleep", "_served", "activations")

    def __init__(self) -> None:
        self.activations: tuple[Activation, ...] = ()
        self._served: frozenset[str] = frozenset()
        self._close: tuple[Callable[[], None], ...] = ()
        self._close_sleep: Callable[[], None] | None = None

    def answering(self, origin: str) -> ActiveFake | None:
        """The fake that answers for a normal origin here, or ``None``.

        The one started last in this thread or asyncio task, else in the process.
        """
        for activation in reversed(_STARTED_HERE.get()):
            fake = activation.fake
            if fake is not None and origin in activation.origins:
                return fake
        in_process: ActiveFake | None = None
        thread = threading.get_ident()
        for activation in reversed(self.activations):
            fake = activation.fake
            if fake is not None and origin in activation.origins:
                # Code that runs in another context of the same thread, as asynchronous
                # fixtures do, still belongs to what this thread started.
                if activation.thread == thread and not activation.in_task:
                    return fake
                in_process = fake if in_process is None else in_process
        return in_process or self._for_the_named_origin(origin)

    def _for_the_named_origin(self, origin: str) -> ActiveFake | None:
        """Who answers for what ``SCALE_API_BASE_URL`` names, unless it is a fake's server."""
        if origin != named_origin() or origin in self._served:
            return None
        here = self.here()
        if not here or is_a_fakes_server(origin):
            self._served = self._served | {origin}
            return None
        return here[-1].fake

    def here(self) -> tuple[Activation, ...]:
        """The activations that count here, in order: this task's, else this thread's, else all."""
        alive = tuple(a for a in _STARTED_HERE.get() if a.fake is not None)
        return alive or self.of_this_thread() or self.activations

    def of_this_thread(self) -> tuple[Activation, ...]:
        """What this thread started outside of any asyncio task."""
        thread = threading.get_ident()
        return tuple(a for a in self.activations if a.thread == thread and not a.in_task)

    def sleeping(self) -> ActiveFake | None:
        """The fake whose clock a sleep moves here, or ``None`` when the sleep is real."""
        thread = threading.get_ident()
        for activation in reversed((*self.of_this_thread(), *_STARTED_HERE.get())):
            fake = activation.fake
            if fake is not None and activation.skip_sleep and activation.thread == thread:
                return fake
        return None

    def open(self) -> None:
        """Replace what leads to the network."""
        from . import network_guard, requests_door, urllib3_door

        self._close = (
            requests_door.install(self),
            urllib3_door.install(self),
            network_guard.install(self),
        )

    def close(self) -> None:
        """Put everything back that is still ours."""
        for close in reversed(self._close):
            close()
        self._close = ()

    def open_or_close_sleep(self) -> None:
        """Replace the sleeps while a fake that skips them is active."""
        wanted = any(a.skip_sleep for a in self.activations)
        if wanted and self._close_sleep is None:
            from . import sleep

            self._close_sleep = sleep.install(self)
        elif not wanted and self._close_sleep is not None:
            self._close_sleep()
            self._close_sleep = None


def start(fake: ActiveFake, *, skip_sleep: bool = False) -> None:
    """Let a fake answer for its origins, until `stop` was called as often as `start`.

    Args:
        fake: who answers.
        skip_sleep: whether sleeps of this thread or asyncio task move the fake's clock instead.
    """
    activation = Activation(fake, skip_sleep=skip_sleep)
    with _LOCK:
        interception = _installed() or Interception()
        if not interception.activations:
            interception.open()
        interception.activations = (*interception.activations, activation)
        interception.open_or_close_sleep()
    _STARTED_HERE.set((*(a for a in _STARTED_HERE.get() if a.fake is not None), activation))


def stop(fake: ActiveFake) -> bool:
    """End the last `start` of a fake: this thread's or task's, else any.

    Returns:
        Whether there was one to end.
    """
    with _LOCK:
        interception = _installed()
        if interception is None:
            return False
        started = [a for a in _STARTED_HERE.get() if a.fake is fake]
        started = started or [a for a in interception.activations if a.fake is fake]
        if not started:
            return False
        ended = started[-1]
        ended.fake = None
        interception.activations = tuple(a for a in interception.activations if a is not ended)
        interception.open_or_close_sleep()
        if not interception.activations:
            interception.close()
    _STARTED_HERE.set(tuple(a for a in _STARTED_HERE.get() if a.fake is not None))
    return True


def fakes() -> list[ActiveFake]:
    """The fakes that are active anywhere in the process, each once, in the order of their start."""
    interception = _installed()
    activations = () if interception is None else interception.activations
    return list({id(a.fake): a.fake for a in activations if a.fake is not None}.values())


def answering(scheme: str, host: str, port: int | None = None) -> ActiveFake | None:
    """The fake that answers for an origin in this thread or asyncio task, or ``None``."""
    interception = _installed()
    return None if interception is None else interception.answering(origin_of(scheme, host, port))


def _installed() -> Interception | None:
    from . import requests_door

    return requests_door.installed()


def _in_asyncio_task() -> bool:
    asyncio = sys.modules.get("asyncio")
    if asyncio is None:
        return False
    try:
        return asyncio.current_task() is not None
    except RuntimeError:
        return False
