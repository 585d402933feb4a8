"""How many tasks are created at once: order, read-ahead, and what happens when one fails."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Generator, Iterable, Mapping, Sequence, Sized
from contextvars import copy_context
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from ._task_creators import TaskCreatorMethods
from .exceptions import refused
from .tasks import Task, TaskType, task_type_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

    from ._types import JSONObject

READ_AHEAD: Final = 2
"""Inputs read before their turn, for each worker."""


NO_TYPE: Final = "no task type: give create_tasks a task_type, or each mapping a key task_type"


class CreateResult:
    """What became of one input of :meth:`BulkMethods.create_tasks`.

    Attributes:
        index: place of the input, from 0.
        params: the input as it was given.
        task: the task made, ``None`` when none was.
        error: why none was made, ``None`` when one was.
    """

    __match_args__ = ("index", "params", "task", "error")
    __slots__ = ("error", "index", "params", "task")

    def __init__(self, index: int, params: Any, task: Task | None, error: Exception | None) -> None:
        self.index = index
        self.params = params
        self.task = task
        self.error = error

    @property
    def ok(self) -> bool:
        """Whether the task was made."""
        return self.error is None

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, CreateResult) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # its parameters are mutable

    def __iter__(self) -> Iterator[Any]:
        return iter((self.index, self.params, self.task, self.error))

    def __repr__(self) -> str:
        what = (
            repr(self.task) if self.error is None else f"{type(self.error).__name__}: {self.error}"
        )
        return f"<CreateResult {self.index}: {what}>"


class BulkMethods(TaskCreatorMethods):
    """What the client does to have many tasks made."""

    def create_tasks(
        self,
        iterable_of_params: Iterable[Mapping[str, Any]],
        task_type: TaskType | str | None = None,
        concurrency: int = 8,
        progress: bool = False,  # noqa: FBT001, FBT002  # a keyword in practice
    ) -> Generator[CreateResult, None, None]:
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

    def _results(
        self,
        inputs: Iterator[Any],
        type_name: str | None,
        concurrency: int,
        total: int | None,
        progress: bool,  # noqa: FBT001  # passed on as it came
    ) -> Generator[CreateResult, None, None]:
        from concurrent.futures import ThreadPoolExecutor  # keeps start-up light

        waiting: deque[Future[CreateResult]] = deque()
        input_error: Exception | None = None
        more = True
        index = 0
        bar = progress_bar(total) if progress else None
        workers = ThreadPoolExecutor(concurrency, thread_name_prefix="scaleapi-create")
        try:
            while True:
                # Bounded, so that an endless iterable is never read ahead of who takes the results.
                while more and len(waiting) < READ_AHEAD * concurrency:
                    try:
                        params = next(inputs)
                    except StopIteration:
                        more = False
                    except Exception as error:  # noqa: BLE001  # raised below, after the results
                        input_error, more = error, False
                    else:
                        # Each call runs in a copy of this context, so that whatever the caller
                        # set there holds in the worker too.
                        waiting.append(
                            workers.submit(
                                copy_context().run, self._outcome, index, params, type_name
                            )
                        )
                        index += 1
                if not waiting:
                    break
                # In the order of the inputs: a later one that is done already waits for its turn.
                result = waiting.popleft().result()
                if bar is not None:
                    bar.update(1)
                yield result
        finally:
            # What was not sent is canceled; what is under way has to end, for its task may be made.
            workers.shutdown(wait=True, cancel_futures=True)
            if bar is not None:
                bar.close()
        # After the results: all inputs before it have been sent.
        if input_error is not None:
            raise input_error

    def _outcome(self, index: int, params: Any, type_name: str | None) -> CreateResult:
        """Create one task; never raises an ``Exception``."""
        try:
            name, body, key = one_create(params, type_name)
            task = self._create_task(name, None, body, key)
        except Exception as error:  # noqa: BLE001  # this is where one bad task is kept to itself
            return CreateResult(index, params, None, error)
        return CreateResult(index, params, task, None)


class _Unread(Generator["CreateResult", None, None]):
    """Results that warn, at the line that asked for them, when they are dropped unread."""

    def __init__(
        self,
        results: Generator[CreateResult, None, None],
        total: int | None,
        asked_at: tuple[str, int],
    ) -> None:
        self._results = results
        self._total = total
        self._asked_at = asked_at
        self._read = False

    # Any use at all counts as read: closing says that dropping them was meant.
    def __next__(self) -> CreateResult:
        self._read = True
        return next(self._results)

    def send(self, value: None) -> CreateResult:
        self._read = True
        return self._results.send(value)

    def throw(self, *error: Any) -> CreateResult:
        self._read = True
        return self._results.throw(*error)

    def close(self) -> None:
        self._read = True
        self._results.close()

    def __del__(self) -> None:
        # An empty input sends nothing, and so loses nothing.
        if self._read or self._total == 0:
            return
        warn_unread("for result in client.create_tasks(...)", self._asked_at)


def warn_unread(right: str, asked_at: tuple[str, int]) -> None:
    """Warn that the results of ``create_tasks`` were dropped, where ``right`` was to be written."""
    from warnings import warn_explicit  # only those who forget the results need it

    warn_explicit(
        "the results of create_tasks were never read, so nothing was sent; iterate over them:"
        f" {right}",
        RuntimeWarning,
        *asked_at,
    )


def checked_inputs(
    iterable_of_params: Iterable[Mapping[str, Any]],
    task_type: TaskType | str | None,
    concurrency: int,
) -> tuple[Iterator[Any], str | None, int | None]:
    """The inputs of ``create_tasks``, the name of the type of those without one, their number.

    Raises:
        ScaleInvalidRequest: one of the arguments is none.
    """
    if not isinstance(concurrency, int) or isinstance(concurrency, bool) or concurrency < 1:  # pyright: ignore[reportUnnecessaryIsInstance]  # callers may be untyped
        raise refused(f"concurrency must be an integer of at least 1, got {concurrency!r:.80}")
    # A single mapping is iterable too: its keys would each be taken for an input.
    if isinstance(iterable_of_params, Mapping | str | bytes) or not isinstance(
        iterable_of_params,
        Iterable,  # pyright: ignore[reportUnnecessaryIsInstance]  # same
    ):
        kind = type(iterable_of_params).__name__
        raise refused(f"create_tasks takes an iterable of parameter mappings, got one {kind}")
    type_name = None if task_type is None else task_type_name(task_type)
    # Only for the progress bar: a generator has no number.
    total = len(iterable_of_params) if isinstance(iterable_of_params, Sized) else None
    inputs = iter(iterable_of_params)
    if type_name is None:
        inputs = _some_typed(iterable_of_params, inputs)
    return inputs, type_name, total


def one_create(params: Any, type_name: str | None) -> tuple[str, JSONObject, str | None]:
    """Type, parameters and idempotency key of one input."""
    if not isinstance(params, Mapping):
        raise refused(f"the parameters of a task must be a mapping, got {params!r:.80}")
    # A copy: the caller's own mapping stays as it was given.
    body: JSONObject = dict(params)
    key: str | None = body.pop("idempotency_key", None)
    own = body.pop("task_type", None)
    if own is None:
        own = type_name
    if own is None:
        # Results of the API, sent again, carry their type under this name.
        own = body.pop("type", None)
    if own is None:
        raise refused(NO_TYPE)
    return task_type_name(own), body, key


def _some_typed(iterable: Iterable[Any], inputs: Iterator[Any]) -> Iterator[Any]:
    """``inputs``, refused when none has a type; one that lacks it among others is its own result.

    Of what is no sequence only the first input is looked at, for the rest may be endless.
    """
    looked_at: list[Any]
    # A sequence is known whole, so that one typed input among many is enough.
    if isinstance(iterable, Sequence):
        looked_at = list(iterable)
    else:
        try:
            looked_at = [next(inputs)]
        except StopIteration:
            return iter(())
        except Exception as error:  # noqa: BLE001  # told when its turn comes, as any other
            return _raising(error)
        inputs = chain(looked_at, inputs)
    mappings = [params for params in looked_at if isinstance(params, Mapping)]
    if mappings and not any(
        params.get(key) is not None for params in mappings for key in ("task_type", "type")
    ):
        raise refused(NO_TYPE)
    return inputs


def _raising(error: Exception) -> Iterator[Any]:
    raise error
    yield


class _PlainLine:
    """Progress without tqdm: one line on stderr that is written over."""

    def __init__(self, total: int | None) -> None:
        self._total = "" if total is None else f" of {total}"
        self._done = 0

    def update(self, n: int) -> None:
        """Count ``n`` more tasks."""
        self._done += n
        sys.stderr.write(f"\rtasks created: {self._done}{self._total}")
        sys.stderr.flush()

    def close(self) -> None:
        """End the line."""
        sys.stderr.write("\n")


def progress_bar(total: int | None) -> Any:
    try:
        from tqdm import tqdm  # optional
    except ImportError:
        return _PlainLine(total)
    return tqdm(total=total, unit="task", desc="creating tasks", file=sys.stderr)
