"""How many tasks are created at once: as :mod:`scaleapi._bulk`, with tasks in place of threads."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import AsyncGenerator
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import anyio

from .._bulk import READ_AHEAD, CreateResult, checked_inputs, one_create, progress_bar, warn_unread
from ._task_creators import AsyncTaskCreatorMethods
from ._under_way import start

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ..tasks import TaskType
    from ._under_way import UnderWay
    from .tasks import AsyncTask

    class AsyncCreateResult(CreateResult):
        """What became of one input; its ``task`` is an :class:`AsyncTask`."""

        task: AsyncTask | None  # type: ignore[assignment]  # pyright: ignore[reportIncompatibleVariableOverride]
else:
    AsyncCreateResult = CreateResult


class AsyncBulkMethods(AsyncTaskCreatorMethods):
    """What the client does to have many tasks made."""

    def create_tasks(
        self,
        iterable_of_params: Iterable[Mapping[str, Any]],
        task_type: TaskType | str | None = None,
        concurrency: int = 8,
        progress: bool = False,  # noqa: FBT001, FBT002  # a keyword in practice
    ) -> AsyncGenerator[AsyncCreateResult, None]:
        """Create many tasks at once, and give what became of each, in the order of the inputs.

        Nothing is sent until the iterator is asked for its first result. It never raises because
        a task could not be made: the result's ``error`` says why. An error of the iterable itself
        is raised after the results of all inputs before it. Closing the iterator early waits for
        the calls that are under way and sends no others.

        Args:
            iterable_of_params: the parameters of each task, as for
                :meth:`create_task`. It is read at most
                ``2 * concurrency`` inputs ahead of the results taken, so it may be endless.
            task_type: the type of every task whose parameters have no ``task_type`` of their own.
            concurrency: how many calls are under way at once, at least 1.
            progress: whether a progress bar is shown on stderr (a plain line without ``tqdm``).

        Raises:
            ScaleInvalidRequest: at once, when ``concurrency`` is no positive integer,
                ``task_type`` is no type, the first argument cannot be iterated, or there is no
                ``task_type`` and the inputs have none: none of a sequence, or the first one of
                another iterable, which is read for this.

        Warns:
            RuntimeWarning: the results were dropped before the first one was asked for, so that
                nothing was sent. :meth:`Generator.close` says that this was meant.
        """
        inputs, type_name, total = checked_inputs(iterable_of_params, task_type, concurrency)
        caller = sys._getframe(1)
        return _Unread(
            self._results(inputs, type_name, concurrency, total, progress),
            total,
            (caller.f_code.co_filename, caller.f_lineno),
        )

    async def _results(
        self,
        inputs: Iterator[Any],
        type_name: str | None,
        concurrency: int,
        total: int | None,
        progress: bool,  # noqa: FBT001  # passed on as it came
    ) -> AsyncGenerator[AsyncCreateResult, None]:
        waiting: deque[UnderWay[AsyncCreateResult]] = deque()
        input_error: Exception | None = None
        more = True
        index = 0
        bar = progress_bar(total) if progress else None
        gate = _Gate(concurrency)
        try:
            while True:
                while more and len(waiting) < READ_AHEAD * concurrency:
                    try:
                        params = next(inputs)
                    except StopIteration:
                        more = False
                    except Exception as error:  # noqa: BLE001  # raised below, after the results
                        input_error, more = error, False
                    else:
                        waiting.append(
                            start(partial(self._outcome, gate, index, params, type_name))
                        )
                        index += 1
                if not waiting:
                    break
                result = await waiting[0].result()
                waiting.popleft()
                if bar is not None:
                    bar.update(1)
                yield result
        except GeneratorExit:
            gate.closed = True  # what has not begun is not sent; what has is waited for
            raise
        except BaseException:
            for call in waiting:
                call.cancel()
            raise
        finally:
            with anyio.CancelScope(shield=True):
                for call in waiting:
                    await call.ended()
            if bar is not None:
                bar.close()
        if input_error is not None:
            raise input_error

    async def _outcome(
        self, gate: _Gate, index: int, params: Any, type_name: str | None
    ) -> AsyncCreateResult:
        """Create one task; never raises an ``Exception``."""
        error: Exception | None = None
        task: Any = None
        async with gate.free:
            try:
                name, body, key = one_create(params, type_name)
                if not gate.closed:
                    task = await self._create_task(name, None, body, key)
            except Exception as failed:  # noqa: BLE001  # this is where one bad task is kept to itself
                error = failed
        return AsyncCreateResult(index, params, task, error)


class _Gate:
    """Lets some calls through at a time, and none any more once it is closed."""

    def __init__(self, width: int) -> None:
        self.free: Final = anyio.Semaphore(width)
        self.closed: bool = False


class _Unread(AsyncGenerator[AsyncCreateResult, None]):
    """Results that warn, at the line that asked for them, when they are dropped unread."""

    def __init__(
        self,
        results: AsyncGenerator[AsyncCreateResult, None],
        total: int | None,
        asked_at: tuple[str, int],
    ) -> None:
        self._results = results
        self._total = total
        self._asked_at = asked_at
        self._read = False

    async def __anext__(self) -> AsyncCreateResult:
        self._read = True
        return await anext(self._results)

    async def asend(self, value: None) -> AsyncCreateResult:
        self._read = True
        return await self._results.asend(value)

    async def athrow(self, *error: Any) -> AsyncCreateResult:
        self._read = True
        return await self._results.athrow(*error)

    async def aclose(self) -> None:
        self._read = True
        await self._results.aclose()

    def __del__(self) -> None:
        if not self._read and self._total != 0:
            warn_unread("async for result in client.create_tasks(...)", self._asked_at)
