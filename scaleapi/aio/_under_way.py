"""Calls that run beside the one that waits for them, on asyncio and on trio.

A task group cannot hold them: an asynchronous generator may be left half-way, and closed by
another task than the one that began it, which neither library allows a group to survive.
"""

from __future__ import annotations

import asyncio
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeVar

import sniffio

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

ResultT_co = TypeVar("ResultT_co", covariant=True)
ResultT = TypeVar("ResultT")

NAME: Final = "scaleapi-create"
"""What the tasks are called, as the threads of the other client are."""


class UnderWay(Protocol[ResultT_co]):
    """A call that has been started."""

    async def result(self) -> ResultT_co:
        """Wait for it, and give what it gave."""
        ...

    async def ended(self) -> None:
        """Wait until it is over, however it ended."""
        ...

    def cancel(self) -> None:
        """Break it off."""
        ...


def start(act: Callable[[], Coroutine[Any, Any, ResultT]]) -> UnderWay[ResultT]:
    """Start ``act``, which raises no ``Exception``, in a copy of this context."""
    if sniffio.current_async_library() == "trio":
        return _OnTrio(act)
    return _OnAsyncio(act)


class _OnAsyncio(Generic[ResultT]):
    def __init__(self, act: Callable[[], Coroutine[Any, Any, ResultT]]) -> None:
        self._task: Final = asyncio.get_running_loop().create_task(act(), name=NAME)

    async def result(self) -> ResultT:
        return await self._task

    async def ended(self) -> None:
        await asyncio.wait([self._task])

    def cancel(self) -> None:
        self._task.cancel()


class _OnTrio(Generic[ResultT]):
    def __init__(self, act: Callable[[], Coroutine[Any, Any, ResultT]]) -> None:
        import trio  # only a program on trio comes here

        self._done: Final = trio.Event()
        self._scope: Final = trio.CancelScope()
        self._results: Final[list[ResultT]] = []

        async def run() -> None:
            try:
                with self._scope:
                    self._results.append(await act())
            finally:
                self._done.set()

        trio.lowlevel.spawn_system_task(run, name=NAME, context=copy_context())

    async def result(self) -> ResultT:
        await self._done.wait()
        return self._results[0]

    async def ended(self) -> None:
        await self._done.wait()

    def cancel(self) -> None:
        self._scope.cancel()
