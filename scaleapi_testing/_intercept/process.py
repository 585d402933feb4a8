"""What belongs to the process of the operating system: its audit hook, and its forks.

Both are set up once, by the first fake, and cannot be taken back: while no fake is active the hook
looks a word up in a table and returns, and a fork finds nothing to do.
"""

from __future__ import annotations

import os
import sys
import threading
import weakref
from collections import OrderedDict
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from .active import Interception


class Forkable(Protocol):
    """What takes part in a fork of the process."""

    def before_fork(self) -> None:
        """Make sure that what the child will copy is whole."""
        ...

    def after_fork_in_parent(self) -> None:
        """Go on."""
        ...

    def after_fork_in_child(self) -> None:
        """Become a private copy, or refuse every call from now on."""
        ...

    def go_on_in_child(self) -> None:
        """Be what it was: the child was forked for what the fake itself needs."""
        ...


class _AuditHook(OrderedDict[str, Any]):
    """An audit hook, as the method ``setdefault``, that costs no line of Python where it can.

    Called with an event and its arguments, the interpreter's own ``setdefault`` finds the events
    that happen often and do not concern us and returns; any other it gives to ``__setitem__``.

    This is not for speed alone. In CPython 3.11 a hook written in Python lets another thread have
    its turn in the midst of ``sys.settrace``, and that thread's own ``sys.settrace`` then fails:
    with coverage or a debugger, a thread died before its first line.
    """

    def __init__(self, installed: Callable[[], Interception | None]) -> None:
        super().__init__()
        for event in _OFTEN:
            super().__setitem__(event, None)
        from . import child_processes, network_guard

        self._installed = installed
        self._watched = network_guard.LOOK_UPS | network_guard.SENDS
        self._check = network_guard.check_event
        self._check_in_child = child_processes.check_event

    def __setitem__(self, event: str, args: Any) -> None:
        """Check what ``event`` announces; nothing is kept."""
        if event not in self._watched:
            return
        __tracebackhide__ = True
        interception = self._installed()
        if interception is not None and interception.activations:
            self._check(interception, event, args)
        else:
            self._check_in_child(event, args)


_OFTEN: Final = (
    "sys.settrace",
    "sys.setprofile",
    "sys._getframe",
    "sys._getframemodulename",
    "object.__getattr__",
    "object.__setattr__",
    "import",
    "compile",
    "exec",
    "marshal.loads",
    "open",
    "os.listdir",
    "os.scandir",
)


class Process:
    """The process's own: as there is one of it, there is one of this.

    Attributes:
        lock: guards opening and closing of the doors, which are attributes of other people's
            classes and therefore shared by the process whatever we do. A forked child gets a new
            one, for the thread that may have held it is not there.
    """

    __slots__ = (
        "_forkables",
        "_forks_are_watched",
        "_forks_itself",
        "_sockets_are_watched",
        "_taking_part",
        "lock",
    )

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._forkables: weakref.WeakSet[Any] = weakref.WeakSet()
        self._taking_part: list[Forkable] = []
        self._forks_itself = False
        self._forks_are_watched = False
        self._sockets_are_watched = False

    def watch_sockets(self, installed: Callable[[], Interception | None]) -> None:
        """Add the audit hook, the first time.

        Args:
            installed: gives the open doors.
        """
        if self._sockets_are_watched:
            return
        self._sockets_are_watched = True
        sys.addaudithook(_AuditHook(installed).setdefault)

    def take_along(self, forkable: Forkable) -> None:
        """Tell ``forkable`` of forks for as long as it lives."""
        self._forkables.add(forkable)
        if not self._forks_are_watched:
            self._forks_are_watched = True
            if hasattr(os, "register_at_fork"):
                os.register_at_fork(
                    before=self._before,
                    after_in_parent=self._after_in_parent,
                    after_in_child=self._after_in_child,
                )

    @contextmanager
    def forking_itself(self) -> Generator[None]:
        """Fork for what the fakes themselves need: in the child they are what they were."""
        self._forks_itself = True
        try:
            yield
        finally:
            self._forks_itself = False

    def _before(self) -> None:
        self._taking_part = list(self._forkables)
        if self._forks_itself:
            return
        for forkable in self._taking_part:
            forkable.before_fork()

    def _after_in_parent(self) -> None:
        if not self._forks_itself:
            for forkable in self._taking_part:
                forkable.after_fork_in_parent()
        self._taking_part = []

    def _after_in_child(self) -> None:
        self.lock = threading.Lock()
        for forkable in self._taking_part:
            if self._forks_itself:
                forkable.go_on_in_child()
            else:
                forkable.after_fork_in_child()
        self._taking_part = []


PROCESS: Final = Process()
"""Not the state of any fake: which hooks this process has, as ``sys`` would know it."""
