"""Which clocks move with the fake's while sleeps are skipped: the functions of ``time``.

They are moved by an offset, so real time still passes on top, and only for the thread or task whose
sleeps are skipped. Names bound at import (``from time import monotonic``) are found in every module
but those that keep real time, and so are those of modules imported meanwhile when all is put back.
"""

from __future__ import annotations

import sys
import time
from functools import partial
from types import BuiltinFunctionType, ModuleType
from typing import TYPE_CHECKING, Any, Final

from .kept_real import keeps_real

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Shift = Callable[[], int]

WALL: Final = {"time": 1e-3, "time_ns": 1_000_000}
STEADY: Final = {
    "monotonic": 1e-3,
    "perf_counter": 1e-3,
    "monotonic_ns": 1_000_000,
    "perf_counter_ns": 1_000_000,
}
"""What a millisecond is in the unit of each."""

WALL_IDS: Final = ("CLOCK_REALTIME",)
STEADY_IDS: Final = ("CLOCK_MONOTONIC", "CLOCK_MONOTONIC_RAW", "CLOCK_BOOTTIME")


def frozen_by_freezegun() -> Any:
    """The module ``freezegun.api`` while it freezes time, else ``None``."""
    freezegun = sys.modules.get("freezegun.api")
    return freezegun if freezegun is not None and freezegun.freeze_factories else None


def moved_clocks(shift: Shift, wall_shift: Shift) -> dict[str, tuple[Any, Any]]:
    """By name in ``time``: the original and what stands in for it.

    Args:
        shift: how far steady clocks are moved here and now, in milliseconds.
        wall_shift: how far the time of day is.
    """
    replacements: dict[str, tuple[Any, Any]] = {}

    def add(name: str, make: Callable[[Any], Any]) -> None:
        original = _original(name)
        if original is not None:
            replacement = make(original)
            replacement.__name__ = replacement.__qualname__ = name
            replacements[name] = (original, replacement)

    for names, moved in ((WALL, wall_shift), (STEADY, shift)):
        for name, unit in names.items():
            add(name, partial(_reading, name, unit, moved))
    ids = {
        getattr(time, name): moved
        for names, moved in ((WALL_IDS, wall_shift), (STEADY_IDS, shift))
        for name in names
        if hasattr(time, name)
    }
    add("clock_gettime", partial(_reading_by_id, 1e-3, ids))
    add("clock_gettime_ns", partial(_reading_by_id, 1_000_000, ids))
    real_time, real_localtime = _original("time"), _original("localtime")

    def now() -> float:
        return float(real_time()) + wall_shift() * 1e-3

    for name in ("gmtime", "localtime", "ctime"):
        add(name, partial(_of_now, name, 0, now))

    def local_now() -> Any:
        return real_localtime(now())

    for name, before in (("strftime", 1), ("asctime", 0)):
        add(name, partial(_of_now, name, before, local_now))
    return replacements


def _original(name: str) -> Any:
    value = getattr(time, name, None)
    if value is not None and getattr(value, "__module__", "") == "freezegun.api":
        return getattr(sys.modules["freezegun.api"], f"real_{name}", None)
    return value if isinstance(value, BuiltinFunctionType) else None


def _reading(name: str, unit: float, moved: Shift, original: Callable[[], Any]) -> Any:
    def read() -> Any:
        freezegun = frozen_by_freezegun()
        if freezegun is not None:
            return getattr(freezegun, f"fake_{name}")()
        now = original()
        if keeps_real(sys._getframe(1).f_globals.get("__name__", "")):
            return now
        by = moved()
        return now + by * unit if by else now

    return read


def _reading_by_id(unit: float, ids: dict[int, Shift], original: Callable[[int], Any]) -> Any:
    def read(clk_id: int, /) -> Any:
        now = original(clk_id)
        moved = ids.get(clk_id)
        if moved is None or keeps_real(sys._getframe(1).f_globals.get("__name__", "")):
            return now
        return now + moved() * unit

    return read


def _of_now(name: str, before: int, now: Callable[[], Any], original: Callable[..., Any]) -> Any:
    def read(*args: Any) -> Any:
        # `before` arguments stand before the moment, which is now where it is left out.
        freezegun = frozen_by_freezegun()
        if freezegun is not None and hasattr(freezegun, f"fake_{name}"):
            return getattr(freezegun, f"fake_{name}")(*args)
        if len(args) > before and args[before] is not None:
            return original(*args)
        if keeps_real(sys._getframe(1).f_globals.get("__name__", "")):
            return original(*args)
        return original(*args[:before], now())

    return read


class BoundNames:
    """Names in modules that mean a function which something stands in for.

    Args:
        pairs: originals and what stands in for them.
    """

    def __init__(self, pairs: Iterable[tuple[Any, Any]]) -> None:
        pairs = list(pairs)
        self._replacements = {id(original): (original, new) for original, new in pairs}
        self._originals = {id(new): (new, original) for original, new in pairs}

    def replace(self) -> None:
        """Put the replacements in, wherever an original stands now."""
        for module in list(sys.modules.values()):
            name = getattr(module, "__name__", None)
            # `time` is what is looked up at each call; its own callers are told apart there.
            if name == "time" or (isinstance(name, str) and not _is_apart(name)):
                _swap(module, self._replacements)

    def put_back(self) -> None:
        """Put the originals back, wherever a replacement stands now."""
        for module in list(sys.modules.values()):
            _swap(module, self._originals)


def _is_apart(name: str) -> bool:
    return name.partition(".")[0] in sys.stdlib_module_names or keeps_real(name)


def _swap(module: ModuleType, pairs: dict[int, tuple[Any, Any]]) -> None:
    names: Any = getattr(module, "__dict__", None)
    if not isinstance(names, dict):
        return
    for name, value in list(names.items()):
        pair = pairs.get(id(value))
        if pair is not None and pair[0] is value:
            names[name] = pair[1]
