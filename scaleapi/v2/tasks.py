"""Tasks of v2: read, listed, created, described."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

from ._base import V2Group, all_of, needed
from ._operation import Moment, Operation, RequestOptions, body_of, query_of, sent
from .models import (
    Annotation,
    CreateChatTaskRequest,
    GetTasksResponse,
    SetTaskMetadataRequest,
    Task,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


class TaskMethods(V2Group):
    """Everything about tasks and their annotations."""

    def get_task(
        self,
        task_id: str,
        expand: Sequence[str] | None = None,
        opts: Sequence[str] | None = None,
        **options: Unpack[RequestOptions],
    ) -> Task:
        """A task.

        Args:
            task_id: its id.
            expand: ``project``, ``batch``: sent whole in place of their ids.
            opts: ``annotation_details``, ``attachment_details``, ``model_parameters``,
                ``submissions``: what to send besides.
            options: see :class:`RequestOptions`.
        """
        query = query_of(task_id=needed(task_id, "task_id"), expand=expand, opts=opts)
        return self._run(Operation("GET", "v2/task", Task, query), options)

    def get_tasks(
        self,
        project_id: str | None = None,
        project_name: str | None = None,
        batch_id: str | None = None,
        batch_name: str | None = None,
        status: str | None = None,
        completed_after: Moment | None = None,
        completed_before: Moment | None = None,
        limit: int | None = None,
        next_token: str | None = None,
        expand: Sequence[str] | None = None,
        opts: Sequence[str] | None = None,
        **options: Unpack[RequestOptions],
    ) -> GetTasksResponse:
        """A page of tasks of a project, or of a batch: one of the first four is needed.

        Args:
            project_id: of the project; or
            project_name: its name.
            batch_id: of the batch; or
            batch_name: its name.
            status: a :class:`TaskStatus`.
            completed_after: only what was completed later.
            completed_before: only what was completed earlier.
            limit: 1 to 100 tasks on a page; 100 by default.
            next_token: of the page before.
            expand: as for :meth:`get_task`.
            opts: as for :meth:`get_task`.
            options: see :class:`RequestOptions`.
        """
        query = query_of(
            project_id=project_id,
            project_name=project_name,
            batch_id=batch_id,
            batch_name=batch_name,
            status=status,
            completed_after=completed_after,
            completed_before=completed_before,
            limit=limit,
            next_token=next_token,
            expand=expand,
            opts=opts,
        )
        return self._run(Operation("GET", "v2/tasks", GetTasksResponse, query), options)

    def iter_tasks(
        self,
        project_id: str | None = None,
        project_name: str | None = None,
        batch_id: str | None = None,
        batch_name: str | None = None,
        status: str | None = None,
        completed_after: Moment | None = None,
        completed_before: Moment | None = None,
        limit: int | None = None,
        expand: Sequence[str] | None = None,
        opts: Sequence[str] | None = None,
    ) -> Iterator[Task]:
        """All tasks that :meth:`get_tasks` lists, fetched ``limit`` at a time."""

        def fetch(next_token: str | None) -> GetTasksResponse:
            return self.get_tasks(
                project_id,
                project_name,
                batch_id,
                batch_name,
                status,
                completed_after,
                completed_before,
                limit,
                next_token,
                expand,
                opts,
            )

        return all_of(fetch, lambda page: page.tasks)

    def create_chat_task(
        self,
        create_chat_task_request: CreateChatTaskRequest | Mapping[str, Any],
        **options: Unpack[RequestOptions],
    ) -> Task:
        """Create a chat task.

        Without a ``unique_id`` it gets a drawn one, so that a call whose reply was lost can be
        sent again and makes no second task: v2 knows a repetition by it alone (documented).

        Args:
            create_chat_task_request: a :class:`CreateChatTaskRequest`, or a dict of its fields.
            options: see :class:`RequestOptions`.
        """
        argument = "create_chat_task_request"
        request = body_of(CreateChatTaskRequest, create_chat_task_request, argument)
        body = sent(request)
        if "unique_id" not in body:
            body["unique_id"] = self.api_client.transport.new_idempotency_key()
        operation = Operation("POST", "v2/task/chat", Task, body=body, unique_id=body["unique_id"])
        return self._run(operation, options)

    def set_task_metadata(
        self,
        set_task_metadata_request: SetTaskMetadataRequest | Mapping[str, Any],
        **options: Unpack[RequestOptions],
    ) -> Task:
        """Replace a task's metadata, or with ``merge`` add to it.

        Args:
            set_task_metadata_request: a :class:`SetTaskMetadataRequest`, or a dict of its fields.
            options: see :class:`RequestOptions`.
        """
        argument = "set_task_metadata_request"
        request = body_of(SetTaskMetadataRequest, set_task_metadata_request, argument)
        return self._run(Operation("POST", "v2/task/metadata", Task, body=sent(request)), options)

    def get_annotation(self, annotation_id: str, **options: Unpack[RequestOptions]) -> Annotation:
        """An annotation by its id, wherever it stands; tell its kind by ``isinstance``."""
        query = query_of(annotation_id=needed(annotation_id, "annotation_id"))
        return self._run(Operation("GET", "v2/annotation", Annotation, query), options)
