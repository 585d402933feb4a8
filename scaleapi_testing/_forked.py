"""What a fake becomes in a child that was forked off while it lived.

The child has a copy of its memory and nothing of its threads: what it did there nobody would see,
and a lock that another thread held would be held for ever. So a child's fake refuses every call,
unless a copy was asked for.
"""

from __future__ import annotations

import os
from threading import RLock
from typing import TYPE_CHECKING, Any, Final, NoReturn

from ._errors import ForkedFake
from ._random import seeded

if TYPE_CHECKING:
    from ._faults.faults import Faults
    from ._journal.journal import Journal
    from ._world.world import World

MODES: Final = ("refuse", "copy")

LOCK_WAIT_S: Final = 5.0
"""Real seconds that a fork waits for calls in other threads; a fake that is busy for longer is
refused in the child, copy or not."""


class Refusing:
    """Takes the place of a fake's locks and store in the child: whoever comes there is told."""

    __slots__ = ("_parent",)

    def __init__(self, parent: int) -> None:
        self._parent = parent

    def acquire(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse.

        Raises:
            ForkedFake: always.
        """
        __tracebackhide__ = True
        raise ForkedFake(
            f"this FakeScale lives in process {self._parent}, of which this one is a fork: nobody "
            "there would see a call made here. Let the child call the fake over HTTP: begin "
            "scale_server (or scale.serve()) before the fork and give the child its .url as "
            "SCALE_API_BASE_URL. FakeScale(forked='copy') gives each child a private copy instead"
        )

    def release(self) -> None:
        """Nothing was acquired."""

    def __enter__(self) -> NoReturn:
        __tracebackhide__ = True
        self.acquire()

    def __exit__(self, *_: object) -> None:
        pass

    def __iter__(self) -> NoReturn:
        __tracebackhide__ = True
        self.acquire()

    def __len__(self) -> int:
        __tracebackhide__ = True
        return self.acquire()

    def __getattr__(self, name: str) -> NoReturn:
        __tracebackhide__ = True
        self.acquire()


class AtFork:
    """Takes part in forks for one fake.

    Args:
        mode: ``refuse`` or ``copy``.
        world: whose lock guards the state, and whose ids must not meet those of the parent.
        faults: the fake's.
        journal: the fake's.
    """

    def __init__(self, mode: str, world: World, faults: Faults, journal: Journal) -> None:
        self._copies = mode == "copy"
        self._world = world
        self._parts: tuple[Any, ...] = (faults, journal)
        self._held: list[Any] = []
        self._parent = 0
        self._forks = 0

    def before_fork(self) -> None:
        """Wait until no other thread is in the middle of a change that a copy would tear."""
        self._parent = os.getpid()
        self._forks += 1
        if self._copies:
            locks = [self._world.lock, *(part._lock for part in self._parts)]
            self._held = [lock for lock in locks if lock.acquire(timeout=LOCK_WAIT_S)]

    def after_fork_in_parent(self) -> None:
        """Let the other threads go on."""
        for lock in reversed(self._held):
            lock.release()
        self._held = []

    def go_on_in_child(self) -> None:
        """Be what it was, with locks that nobody holds: who held them is not there."""
        self._world.lock = self._world.clock._lock = RLock()
        for part in self._parts:
            part._lock = RLock()

    def after_fork_in_child(self) -> None:
        """Become a copy with ids of its own, or refuse every call."""
        world = self._world
        if self._copies and len(self._held) == 1 + len(self._parts):
            self.after_fork_in_parent()
            salt = seeded(world.seed, "fork", world._id_middle, self._forks)
            world._id_middle = f"{salt.getrandbits(32):08x}"
            return
        self._held = []
        refusing: Any = Refusing(self._parent)
        world.lock = world.store = refusing
        world.clock._lock = refusing
        world.callbacks._deliveries = world.callbacks.outbox = refusing
        for part in self._parts:
            part._lock = refusing
