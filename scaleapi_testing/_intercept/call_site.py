"""Which line of a test's or program's own code a call came from, also where a stack does not say.

A look-up often happens in a task or a thread of a library's own. Then the line is the one at which
the program's code waits for that library, in whichever task of whichever running event loop.
"""

from __future__ import annotations

import gc
import os
import sys
import sysconfig
import threading
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType, FrameType

_SITE: Final = Path(__file__).parents[2]
_PACKAGES: Final = f"{os.sep}site-packages{os.sep}"
NOT_THE_USERS: Final = (
    f"{_SITE / 'scaleapi_testing'}{os.sep}",
    f"{_SITE / 'scaleapi'}{os.sep}",
    f"{Path(os.__file__).parent}{os.sep}",
    f"{sysconfig.get_path('scripts')}{os.sep}",
    "<",
)
"""Files that are no user's call site: both our packages, the standard library, installed commands
such as ``pytest``, generated code."""

_LOOP_STEP: Final = f"{os.sep}asyncio{os.sep}events.py"
_LOOP_RUNS: Final = "run_forever"


def call_site() -> str:
    """``file:line`` of the code that wants what happens now; ``""`` when nothing tells.

    Where several lines may be the one, all of them, joined by " or ".
    """
    own, below_loop = _on_this_stack(sys._getframe(1))
    if own:
        return own
    waiting = sorted(set(_waiting_in_tasks(_libraries(sys._getframe(1)))))
    return " or ".join(waiting) or below_loop


def where_from() -> str:
    """The call site as a message says it, with a space before it."""
    site = call_site()
    return f" at {site}" if site else f" in thread {threading.current_thread().name!r}"


def _on_this_stack(frame: FrameType | None) -> tuple[str, str]:
    """The first line of the user's, and the first below an event loop that runs here."""
    under_loop = False
    beginning = _frame_of(_coroutine_here())
    while frame is not None:
        code = frame.f_code
        if code.co_name == "_run" and code.co_filename.endswith(_LOOP_STEP):
            under_loop = True  # what lies below only started the loop
        elif _is_the_users(code):
            site = _shown(code, frame.f_lineno)
            return ("", site) if under_loop else (site, "")
        under_loop = under_loop or frame is beginning
        frame = frame.f_back
    return "", ""


def _waiting_in_tasks(libraries: frozenset[str]) -> Iterator[str]:
    """Where tasks of running loops wait, in a library that is at work here or in a look-up."""
    asyncio = sys.modules.get("asyncio")
    if asyncio is None:
        return
    for loop in _running_loops():
        for task in asyncio.all_tasks(loop):
            site, waits_in = "", set[str]()
            for code, line in _awaited(task.get_coro()):
                if _is_the_users(code):
                    site, waits_in = _shown(code, line), set()
                else:
                    waits_in.add(_library(code))
                    if code.co_name == "getaddrinfo":
                        waits_in |= libraries
            if site and not libraries.isdisjoint(waits_in):
                yield site


def _running_loops() -> Iterator[Any]:
    loops: list[Any] = []
    # A thread without a loop of its own asks for the others'.
    for frame in sys._current_frames().values():
        below: FrameType | None = frame
        while below is not None:
            if below.f_code.co_name == _LOOP_RUNS:
                loop = below.f_locals.get("self")
                if loop is not None and loop not in loops:
                    loops.append(loop)
            below = below.f_back
    asyncio: Any = sys.modules["asyncio"]
    own_loop = asyncio._get_running_loop()
    yield from chain(loops, [own_loop] if own_loop is not None and own_loop not in loops else [])


def _coroutine_here() -> Any:
    """The coroutine of the task that runs in this thread, if one does."""
    asyncio = sys.modules.get("asyncio")
    if asyncio is None or asyncio._get_running_loop() is None:
        return None
    task = asyncio.current_task()
    return None if task is None else task.get_coro()


def _frame_of(awaitable: Any) -> FrameType | None:
    for name in ("cr_frame", "gi_frame", "ag_frame"):
        frame: FrameType | None = getattr(awaitable, name, None)
        if frame is not None:
            return frame
    return None


def _awaited(awaitable: Any) -> Iterator[tuple[CodeType, int]]:
    """Code and line of a suspended coroutine and of what it awaits, outermost first."""
    while awaitable is not None:
        frame = _frame_of(awaitable)
        if frame is None:
            # What `__await__` of an object returned: it keeps the coroutine to itself.
            inner = [
                referent
                for referent in gc.get_referents(awaitable)
                if _frame_of(referent) is not None
            ]
            awaitable = inner[0] if inner else None
            continue
        yield frame.f_code, frame.f_lineno
        names = ("cr_await", "gi_yieldfrom", "ag_await")
        awaitable = next((got for n in names if (got := getattr(awaitable, n, None))), None)


def _libraries(frame: FrameType | None) -> frozenset[str]:
    """The packages that are at work on this stack, above the event loop that runs them."""
    names = {"asyncio.getaddrinfo"}  # never empty: a look-up of asyncio's own has none
    while frame is not None and not (
        frame.f_code.co_name == "_run" and frame.f_code.co_filename.endswith(_LOOP_STEP)
    ):
        names.add(_library(frame.f_code))
        frame = frame.f_back
    return frozenset(names - {""})


def _library(code: CodeType) -> str:
    """The installed package that code belongs to; ``""`` for any other."""
    _, packages, rest = code.co_filename.partition(_PACKAGES)
    return rest.partition(os.sep)[0] if packages else ""


def _is_the_users(code: CodeType) -> bool:
    return _is_a_users_file(code.co_filename)


@lru_cache(maxsize=256)  # each start of a fake walks over the same frames of the test runner
def _is_a_users_file(file: str) -> bool:
    return not file.startswith(NOT_THE_USERS) and _PACKAGES not in file


def _shown(code: CodeType, line: int | None) -> str:
    return f"{code.co_filename.removeprefix(f'{os.getcwd()}{os.sep}')}:{line}"  # noqa: PTH109 - a fake's start is timed
