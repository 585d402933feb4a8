"""How a task is created: one method for all types and one per type, with typed parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from ._base import object_of
from ._transport import Call, path_of
from .exceptions import ScaleDuplicateResource, ScaleException
from .tasks import Task, TaskMethods, TaskType, task_type_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ._task_types import KnownType, ParamsP
    from ._types import JSONObject

MYPY = False
"""What mypy takes for true and everything else for false; see :meth:`create_task`."""


class TaskCreationMethods(TaskMethods):
    """What the client does to have tasks made.

    A create is safe to be sent again: each carries an ``Idempotency-Key``, the same on each of
    its tries. When an earlier try may have worked although its reply was lost (5xx or a broken
    connection), and a later one is told that the ``unique_id`` is taken, the task that has it is
    fetched and returned.
    """

    # Type checkers find the parameters in the member's own class. A misspelt one is named by mypy
    # only where there are no overloads, and a plain string fits in pyright only where there are.
    if MYPY:

        def create_task(  # pyright: ignore[reportRedeclaration]  # the other one is pyright's
            self, task_type: KnownType[ParamsP] | str, *args: ParamsP.args, **params: ParamsP.kwargs
        ) -> Task: ...

    else:

        @overload
        def create_task(
            self, task_type: KnownType[ParamsP], *args: ParamsP.args, **params: ParamsP.kwargs
        ) -> Task: ...
        @overload
        def create_task(
            self, task_type: str, *, idempotency_key: str | None = None, **params: Any
        ) -> Task: ...
        def create_task(
            self,
            task_type: Any,
            *,
            idempotency_key: str | None = None,
            **params: Any,
        ) -> Task:
            """Create a task.

            Type checkers know the parameters of each member of :class:`TaskType`. For a type that
            is only known at run time, or a plain dict, there is :meth:`create_task_from`.

            Args:
                task_type: what kind of work it is.
                idempotency_key: sent as ``Idempotency-Key`` instead of a generated one. Scale
                    answers a repeated create with the same key by the task it made first.
                params: the type's own parameters (:mod:`scaleapi.task_params`) and the common ones:
                    ``project``, ``batch``, ``instruction``, ``callback_url``, ``unique_id``,
                    ``metadata``, ``tags``, ``priority``.

            Returns:
                The task; with a live key ``pending``, with a test key ``completed`` at once.

            Raises:
                ScaleInvalidRequest: a parameter is missing or wrong; the message names it.
                ScaleNotEnabled: the account may not use this type.
                ScaleDuplicateResource: the ``unique_id`` is taken by another task.
                ScaleConnectionError: no answer arrived, also after the retries.

            Source: documented (https://scale.com/docs/api-reference/tasks).
            """
            return self._create_task(task_type_name(task_type), None, params, idempotency_key)

    def create_task_from(
        self,
        task_type: TaskType | str,
        params: Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> Task:
        """Create a task from a mapping of parameters that type checkers do not look into.

        For a type or parameters that are only known at run time, e.g. read from a file. Otherwise
        :meth:`create_task`, which also takes a dict that is annotated with the type's class of
        :mod:`scaleapi.task_params`: ``create_task(TaskType.ImageAnnotation, **common)``.

        Args:
            task_type: what kind of work it is.
            params: as the keywords of :meth:`create_task`; it is left as it is.
            idempotency_key: as there.

        Raises:
            ScaleInvalidRequest: ``params`` is no mapping; otherwise as :meth:`create_task`.
        """
        body = object_of(params, "params")
        return self._create_task(task_type_name(task_type), None, body, idempotency_key)

    def _create_task(
        self,
        type_name: str,
        instruction: str | None,
        params: JSONObject,
        idempotency_key: str | None = None,
    ) -> Task:
        if instruction is not None:
            params = {"instruction": instruction, **params}
        # Made once, before the first try: all tries of this create carry it.
        key = idempotency_key or self._transport.new_idempotency_key()
        call = Call("POST")
        try:
            json = self._transport.send(
                "POST", path_of("task", type_name), body=params, idempotency_key=key, call=call
            )
        except ScaleDuplicateResource as taken:
            unique_id = params.get("unique_id")
            # A 409 to a first try is a true one: somebody else has the unique_id.
            if unique_id is None or not call.earlier_try_may_have_worked:
                raise
            return self._task_made_before(unique_id, taken)
        return Task(json, self)

    def _task_made_before(self, unique_id: str, duplicate: ScaleDuplicateResource) -> Task:
        """The task that has ``unique_id``; ``duplicate`` is raised when there is none."""
        try:
            # By its unique_id: the lost reply is the only one that held the id.
            tasks = self.tasks(unique_id=unique_id)
        except ScaleException as error:
            duplicate.add_note(f"looking the task up by its unique_id failed as well: {error}")
            # The 409 stays the error: it is what the create was answered.
            raise duplicate from error
        if not tasks:
            raise duplicate
        return tasks[0]
