"""Runs an asynchronous target beside a running event loop, and notices when it waits for that loop.

The loop of the caller stands still until the target is done. A target that awaits something that
only that loop can bring (an event that the test sets later, a coroutine handed over to it) would
wait for ever, so a target is looked at now and then: where nothing of it works, nothing of it is
timed and nothing comes from a connection, it is given up.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from contextvars import copy_context
from threading import Thread, get_ident
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

# Long enough that a slow import in the target is not taken for a wait.
LOOK_S: Final = 1.5
"""Real seconds between two looks; two in a row must find the target stuck."""

WAITING: Final = frozenset({"select", "wait", "_wait_for_tstate_lock", "get", "_worker"})
"""Functions of the standard library in which a thread waits for another."""


class StuckTarget(RuntimeError):
    """A callback target waits for the event loop that waits for it."""


def run_beside_the_loop(start: Callable[[], Awaitable[Any]]) -> Any:
    """The result of an awaitable, run in a thread of its own while this one's loop stands still.

    Raises:
        StuckTarget: it waits for something of that loop.
    """
    results: list[Any] = []
    raised: list[BaseException] = []
    loops: list[asyncio.AbstractEventLoop] = []
    # The target sees the test's context variables, as it would in the test's own thread.
    context = copy_context()

    async def body() -> Any:
        return await start()

    def run() -> Any:
        # With a factory given the runner leaves the thread's current event loop alone.
        with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
            loops.append(runner.get_loop())
            return runner.run(body())

    def work() -> None:
        # Whatever it is: an exception that stayed here would leave the caller with nothing.
        try:
            results.append(context.run(run))
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            raised.append(error)

    # Not `threading.enumerate()`, which leaves out threads that were begun beneath it.
    there_before = set(sys._current_frames())
    # A daemon, for one that is stuck for good must not keep the interpreter from ending.
    thread = Thread(target=work, name="scale-callback-target", daemon=True)
    thread.start()
    times_stuck = 0
    while thread.is_alive():
        thread.join(LOOK_S)
        idle = thread.is_alive() and bool(loops) and _is_stuck(loops[0], there_before)
        # Two in a row: between two steps of its work a target may look idle once.
        times_stuck = times_stuck + 1 if idle else 0
        if times_stuck == 2:
            _give_up(loops[0])
            raise StuckTarget(
                "the callback target waits for something of the event loop that runs this test, "
                "and that loop waits for the target: it was called from a coroutine, in a thread "
                "of its own. Bring the callback about from a thread (await "
                "asyncio.to_thread(scale.complete, task)), serve the app and deliver_to() its "
                "URL, or let the target wait for nothing that the test does later"
            )
    if raised:
        raise raised[0]
    return results[0]


def _is_stuck(loop: Any, there_before: set[int]) -> bool:
    """Whether nothing that belongs to a target can happen any more by itself."""
    selector = getattr(loop, "_selector", None)
    # A loop that cannot be looked into counts as busy: rather wait than give up what works.
    connections = 2 if selector is None else len(selector.get_map() or ())
    if connections > 1 or getattr(loop, "_scheduled", None):  # one is the loop's own
        return False
    return all(
        # Its own frames are in files of Python itself; a driver of a package that waits has a
        # connection.
        frame.f_code.co_name in WAITING and "site-packages" not in frame.f_code.co_filename
        for ident, frame in sys._current_frames().items()
        if ident not in there_before and ident != get_ident()
    )


def _give_up(loop: asyncio.AbstractEventLoop) -> None:
    """Cancel what can be canceled; a thread that blocks stays where it is."""

    def cancel() -> None:
        for task in asyncio.all_tasks(loop):
            task.cancel()

    # The loop may have ended since the look.
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(cancel)
