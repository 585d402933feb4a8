"""Which fake answers here and now, and when the doors stand open.

Fakes may be started and stopped in any order, in any thread or asyncio task. The first one that
starts opens the doors, the last one that stops closes them and leaves nothing behind. The list of
active fakes lives in the `Interception` that the doors hold while they are open; this module keeps
none.

A door is a module of this folder with a function ``install(interception)`` that replaces what leads
out and returns what puts it back. All doors open, or none: where one cannot, those that did are
closed again and the start raises.
"""

from __future__ import annotations

import sys
import threading
import weakref
from contextvars import ContextVar
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final
from warnings import warn

from .._attachments import STORED_ORIGIN
from .call_site import call_site
from .named_origin import is_a_fakes_server, named_origin
from .origin import ascii_forms, host_of, is_loopback, normal_origin, origin_of
from .process import PROCESS

if TYPE_CHECKING:
    from collections.abc import Callable

    from .fake_protocol import ActiveFake

DOORS: Final = (
    "requests_door",
    "urllib3_door",
    "http_client_door",
    "library_doors",
    "network_guard",
    "child_processes",
)
"""The modules whose ``install`` opens a door, in the order of opening; they close in reverse."""


_FIRST_DOOR: Final = f"{__package__}.{DOORS[0]}"
"""The module that knows which doors are open."""


class Activation:
    """One `start` of a fake that its `stop` will end."""

    __slots__ = (
        "_fake_id",
        "began_ms",
        "fake_now",
        "hosts",
        "in_task",
        "is_dropped",
        "named",
        "origins",
        "place",
        "skip_sleep",
        "thread",
    )

    def __init__(self, fake: ActiveFake, *, skip_sleep: bool) -> None:
        # One that can tell when nobody holds it any more is held weakly until it does (`dropped`).
        self.fake_now: Callable[[], ActiveFake | None] = (
            weakref.ref(fake) if hasattr(type(fake), "__del__") else lambda: fake
        )
        self._fake_id = id(fake)
        self.is_dropped = False
        self.place = call_site()
        self.named, _ = _places(fake.base_urls)
        # Links to uploaded files lead elsewhere than Scale itself, and to the fake all the same.
        self.origins, self.hosts = _places((*fake.base_urls, STORED_ORIGIN))
        self.skip_sleep = skip_sleep
        self.thread = threading.get_ident()
        self.in_task = _in_asyncio_task()
        # Only what the fake's clock moves from now on shifts the clocks of the process.
        self.began_ms = fake.clock.moved_ms if skip_sleep else 0

    def shift_ms(self) -> int:
        """How far its fake's clock was moved since, and those that it took over from."""
        fake = self.fake
        return 0 if fake is None else fake.clock.moved_ms - self.began_ms

    @property
    def fake(self) -> ActiveFake | None:
        """Who answers; ``None`` when this activation has ended."""
        return self.fake_now()

    # So that a value left in some context keeps nothing alive.
    def end(self) -> None:
        """Let go of the fake."""
        self.fake_now = _nobody

    def keep(self, fake: ActiveFake) -> bool:
        """Hold the fake that nobody else holds, if it is this one's: it answers until stopped."""
        # A weak reference may be gone by now, and another fake cannot have the id yet.
        if self._fake_id != id(fake) or self.fake_now() not in {None, fake}:
            return False
        self.fake_now = lambda: fake
        self.is_dropped = True
        return True


def _nobody() -> None:
    return None


@lru_cache(maxsize=8)  # nearly every fake answers for the same ones
def _places(base_urls: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The normal origins of these URLs, and the hosts among them that are not this machine."""
    origins = tuple(origin for url in base_urls for origin in _spellings(url))
    return origins, tuple(host for host in map(host_of, origins) if not is_loopback(host))


def _spellings(url: str) -> tuple[str, ...]:
    """The normal origins of a URL: one, or two where its name has two forms in ASCII."""
    scheme, _, authority = normal_origin(url).partition("://")
    name = url.partition("://")[2].partition("/")[0].partition(":")[0]
    if name.isascii():
        return (f"{scheme}://{authority}",)
    port = authority.partition(":")[2]
    return tuple(origin_of(scheme, form, int(port) if port else None) for form in ascii_forms(name))


_STARTED_HERE: Final[ContextVar[tuple[Activation, ...]]] = ContextVar("scale_fakes", default=())
# No mutable state of the module: a context variable's value belongs to the thread or asyncio task
# that set it, and the tuple itself never changes. An activation that ended elsewhere lets go of
# its fake, so that a value left behind in some context keeps nothing alive.


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
        # The context first: tasks of one loop may each have a fake of their own.
        for activation in reversed(_STARTED_HERE.get()):
            fake = activation.fake_now()
            if fake is not None and origin in activation.origins:
                return fake
        in_process: ActiveFake | None = None
        thread = threading.get_ident()
        for activation in reversed(self.activations):
            fake = activation.fake_now()
            if fake is not None and origin in activation.origins:
                # Code that runs in another context of the same thread, as asynchronous
                # fixtures do, still belongs to what this thread started.
                if activation.thread == thread and not activation.in_task:
                    return fake
                in_process = fake if in_process is None else in_process
        return in_process or self._for_the_named_origin(origin)

    def _for_the_named_origin(self, origin: str) -> ActiveFake | None:
        """Who answers for what ``SCALE_API_BASE_URL`` names, unless it is a fake's server."""
        if origin != named_origin():
            return None
        # The last one started is asked first, as everywhere.
        activations = self.here()
        for activation in reversed(activations):
            # The server that a fake of another process is on: its world is meant, not the root's.
            if getattr(activation.fake, "server_origin", None) == origin:
                return activation.fake
        if origin in self._served:
            return None
        if not activations or is_a_fakes_server(origin):
            self._served = self._served | {origin}
            return None
        return activations[-1].fake

    def here(self) -> tuple[Activation, ...]:
        """The activations that count here, in order: this task's, else this thread's, else all."""
        alive = tuple(a for a in _STARTED_HERE.get() if a.fake is not None)
        # All of them last: a thread that the test began has started nothing itself.
        return alive or self.of_this_thread() or self.activations

    def of_this_thread(self) -> tuple[Activation, ...]:
        """What this thread started outside of any asyncio task."""
        thread = threading.get_ident()
        return tuple(a for a in self.activations if a.thread == thread and not a.in_task)

    def sleeping(self) -> ActiveFake | None:
        """The fake whose clock a sleep moves here, or ``None`` when the sleep is real."""
        activation = self.skipping()
        return None if activation is None else activation.fake

    def skipping(self) -> Activation | None:
        """The activation whose fake skips sleeps here."""
        thread = threading.get_ident()
        for activation in reversed((*self.of_this_thread(), *_STARTED_HERE.get())):
            if activation.fake is None or not activation.skip_sleep:
                continue
            # Sleeps of other threads are real: time that passes there is not this test's.
            if activation.thread == thread:
                return activation
        return None

    def shift_ms(self) -> int:
        """How far clocks are moved here, in milliseconds."""
        activation = self.skipping()
        return 0 if activation is None else activation.shift_ms()

    def keep_shift(self, shift_ms: int) -> None:
        """Another fake may skip sleeps here now: no clock goes back by that."""
        activation = self.skipping()
        if activation is not None:
            # At most back to what was shifted before; never forward.
            activation.began_ms -= max(shift_ms - activation.shift_ms(), 0)

    def open(self) -> None:
        """Replace what leads to the network: all of it, or, where something fails, nothing."""
        try:
            for name in DOORS:
                full = f"{__package__}.{name}"
                door = sys.modules.get(full) or import_module(full)
                self._close = (*self._close, door.install(self))
        # Everything, interrupts too: doors that stay open without a fake would answer nobody.
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Put everything back that is still ours."""
        # Taken first, so that closing twice puts nothing back twice.
        closing, self._close = self._close, ()
        # In reverse: what was replaced last stands on top.
        for close in reversed(closing):
            close()

    def open_or_close_sleep(self) -> None:
        """Replace the sleeps while a fake that skips them is active."""
        is_skipping = any(a.skip_sleep for a in self.activations)
        if is_skipping and self._close_sleep is None:
            from . import sleep

            self._close_sleep = sleep.install(self)
        elif not is_skipping and self._close_sleep is not None:
            close, self._close_sleep = self._close_sleep, None
            close()


@lru_cache(maxsize=len(DOORS))  # an import that was done still takes microseconds
def _door(name: str) -> Any:
    return import_module(f".{name}", __package__)


def start(fake: ActiveFake, *, skip_sleep: bool = False) -> None:
    """Let a fake answer for its origins, until `stop` was called as often as `start`.

    Args:
        fake: who answers.
        skip_sleep: whether sleeps of this thread or asyncio task move the fake's clock instead.
    """
    activation = Activation(fake, skip_sleep=skip_sleep)
    PROCESS.watch_sockets(_installed)
    # Started and stopped from any thread; two first starts must not both open the doors.
    with PROCESS.lock:
        interception = _installed() or Interception()
        before = interception.activations
        if not before:
            interception.open()
        shift_ms = interception.shift_ms() if before else 0
        try:
            interception.activations = (*before, activation)
            interception.open_or_close_sleep()
        except BaseException:
            # As before the start, whatever broke it: the fake that could not start answers nobody.
            interception.activations = before
            if not before:
                interception.close()
            raise
    # Those that ended elsewhere leave the tuple here, as nobody could reach into this context.
    _STARTED_HERE.set((*(a for a in _STARTED_HERE.get() if a.fake is not None), activation))
    if before:
        interception.keep_shift(shift_ms)


def stop(fake: ActiveFake) -> bool:
    """End the last `start` of a fake: this thread's or task's, else any.

    Returns:
        Whether there was one to end.
    """
    with PROCESS.lock:
        interception = _installed()
        if interception is None:
            return False
        # This context's own start first: threads that share a fake each end theirs.
        started = [a for a in _STARTED_HERE.get() if a.fake is fake]
        started = started or [a for a in interception.activations if a.fake is fake]
        if not started:
            return False
        ended = started[-1]
        other_activations = tuple(a for a in interception.activations if a is not ended)
        # Looked at before it ends: clocks must not go back when another fake takes over.
        shift_ms = interception.shift_ms() if other_activations else 0
        ended.end()
        interception.activations = other_activations
        if other_activations:
            interception.keep_shift(shift_ms)
        try:
            interception.open_or_close_sleep()
        finally:
            # Also where putting a sleep back failed: doors without a fake must not stay.
            if not interception.activations:
                interception.close()
    _STARTED_HERE.set(tuple(a for a in _STARTED_HERE.get() if a.fake is not None))
    return True


def dropped(fake: ActiveFake) -> None:
    """Note that nobody holds an active fake any more; called by its ``__del__``.

    It goes on answering: its test ran on the promise that no call leaves for the real Scale. The
    pytest plugin ends it with the test that started it.
    """
    # A finalizer may run in the middle of an import, so it imports nothing.
    installed = getattr(sys.modules.get(f"{__package__}.requests_door"), "installed", None)
    interception: Interception | None = None if installed is None else installed()
    if interception is None or sys.is_finalizing():
        return
    own = [activation for activation in interception.activations if activation.keep(fake)]
    if own:
        warn(
            f"the FakeScale started at {own[0].place or 'an unknown line'} was dropped without "
            "stop() and goes on answering; start it by `with FakeScale() as scale:`, or stop() it",
            ResourceWarning,
            stacklevel=3,
            source=fake,
        )


def guard_child() -> None:
    """Refuse Scale's own hosts from now on, while a fake is active in a process above only."""
    PROCESS.watch_sockets(_installed)


def activations() -> tuple[Activation, ...]:
    """What is started in this process and not ended, in the order of the starts."""
    interception = _installed()
    return () if interception is None else interception.activations


def end(activation: Activation) -> None:
    """End one start, wherever it was made."""
    fake = activation.fake
    while fake is not None and activation in activations():
        stop(fake)


def fakes() -> list[ActiveFake]:
    """The fakes that are active anywhere in the process, each once, in the order of their start."""
    interception = _installed()
    activations = () if interception is None else interception.activations
    # By identity: a fake that was started twice is one.
    return list({id(a.fake): a.fake for a in activations if a.fake is not None}.values())


def answering(scheme: str, host: str, port: int | None = None) -> ActiveFake | None:
    """The fake that answers for an origin in this thread or asyncio task, or ``None``."""
    interception = _installed()
    return None if interception is None else interception.answering(origin_of(scheme, host, port))


def _installed() -> Interception | None:
    door = sys.modules.get(_FIRST_DOOR)
    if door is None or getattr(door.__spec__, "_initializing", False):
        door = import_module(_FIRST_DOOR)
    interception: Interception | None = door.installed()
    return interception


def _in_asyncio_task() -> bool:
    asyncio = sys.modules.get("asyncio")
    if asyncio is None or asyncio._get_running_loop() is None:
        return False
    return asyncio.current_task() is not None
