"""How ``datetime.now``, ``utcnow`` and ``today`` move with the fake's clock.

They cannot be replaced from Python, so the library ``time-machine`` does it, where it is installed;
it is loaded when sleeps are first skipped. Where it is not, they stay real. A time that the test
itself froze or moved, with time-machine or freezegun, is moved on by the same offset.

time-machine works in the whole process. Its travellers are asked for the time in the thread that
wants it, so the offset is added for the thread or task alone whose sleeps are skipped; what another
library caches of a ``datetime`` read there is nevertheless seen by everybody.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from .._time.frozen import OURS
from .clocks import frozen_by_freezegun
from .kept_real import keeps_real
from .spot import replace

if TYPE_CHECKING:
    from collections.abc import Callable


class FrozenClocks:
    """The travellers of time-machine and the factories of freezegun, moved by an offset.

    Args:
        shift: how far the fake's clock moved here, in milliseconds.
        changed: called after somebody froze or unfroze time.

    Attributes:
        open: false once all was put back.
    """

    def __init__(self, shift: Callable[[], int], changed: Callable[[], None]) -> None:
        self._shift = shift
        self._changed = changed
        self.open = True
        self._time_machine = _time_machine()
        self._travel: Any = None
        self._own: Any = None
        self._moved: list[tuple[Any, int]] = []
        self._watched: dict[str, Callable[[], None]] = {}

    def apply(self) -> None:
        """Move what is in force now; to be called again after each change."""
        self._watch("freezegun.api", "_freeze_time")
        self._watch("time_machine", "travel")
        freezegun = frozen_by_freezegun()
        if freezegun is not None:
            factories = freezegun.freeze_factories
            if not isinstance(factories[-1], _MovedFactory):
                factories[-1] = _MovedFactory(factories[-1], self._shift)
            return
        if self._time_machine is None:
            return
        stack = self._time_machine.traveller_stack
        if not stack:
            # Of its own for as long as the test has none: real time, which goes on.
            self._travel = self._time_machine.travel(0, tick=True)
            self._own = self._travel.start()
            setattr(self._own, OURS, True)
        top = stack[-1]
        if all(traveller is not top for traveller, _ in self._moved):
            self._move(top)

    def wall_shift(self) -> int:
        """How far the time of day is moved here, in milliseconds."""
        stack = self._time_machine.traveller_stack if self._time_machine is not None else ()
        top = stack[-1] if stack else None
        began = next((began for traveller, began in self._moved if traveller is top), 0)
        return max(self._shift() - began, 0)

    def put_back(self) -> None:
        """Leave nothing of ours in either library."""
        self.open = False
        for unwatch in self._watched.values():
            unwatch()
        self._watched.clear()
        freezegun: Any = sys.modules.get("freezegun.api")
        if freezegun is not None:
            factories = freezegun.freeze_factories
            factories[:] = [getattr(f, "_factory", f) for f in factories]
        for traveller, _ in self._moved:
            with suppress(AttributeError):
                del traveller.time_ns
        self._moved.clear()
        self._leave()

    def _move(self, traveller: Any) -> None:
        own = hasattr(traveller, OURS)
        original = self._time_machine.escape_hatch.time.time_ns if own else traveller.time_ns

        def time_ns() -> int:
            now: int = original()
            if keeps_real(sys._getframe(1).f_globals.get("__name__", "")):
                return now
            return now + self.wall_shift() * 1_000_000

        self._moved.append((traveller, 0 if own else self._shift()))
        traveller.time_ns = time_ns

    def _leave(self) -> None:
        if self._own is None:
            return
        stack = self._time_machine.traveller_stack
        if stack and stack[-1] is self._own:
            self._travel.stop()
        else:
            # Below one of the test's, which ends the travelling when it stops.
            stack[:] = [traveller for traveller in stack if traveller is not self._own]
        self._own = self._travel = None

    def _watch(self, module: str, name: str) -> None:
        """Notice when the test freezes time, or ends that."""
        if module in self._watched or module not in sys.modules:
            return
        kind = getattr(sys.modules[module], name, None)
        if kind is None:
            return

        def around(original: Callable[..., Any]) -> Callable[..., Any]:
            def change(freezer: Any, *args: Any, **kwargs: Any) -> Any:
                is_travel = freezer is self._travel
                try:
                    return original(freezer, *args, **kwargs)
                finally:
                    if not is_travel:
                        self._changed()

            return change

        self._watched[module] = replace((kind, "start", around), (kind, "stop", around))


class _MovedFactory:
    """A factory of freezegun whose times are moved; all else is the test's own."""

    def __init__(self, factory: Any, shift: Callable[[], int]) -> None:
        self._factory = factory
        self._shift = shift
        self._began = shift()

    def __call__(self) -> Any:
        return self._factory() + timedelta(milliseconds=max(self._shift() - self._began, 0))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._factory, name)


def _time_machine() -> Any:
    """The library where it is installed and is of a version whose travellers can be moved."""
    try:
        import time_machine
    except ImportError:
        return None
    return time_machine if hasattr(time_machine, "traveller_stack") else None
