"""Tasks: the record, its enumerations, and the client's methods on tasks that exist."""

# Written by `make generate` from scaleapi/tasks.py: change it there.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

from .._base import Resource, checked_object, named, object_of, text_list
from .._filters import filter_query
from .._paging import Page
from .._transport import path_of
from ..tasks import (
    _WIRE_NAMES,
    TASK_FILTERS,
    NoOtherFilters,
    TaskFilters,
    TaskReviewStatus,
    TaskStatus,
    _search_query,
)
from ._base import AsyncBaseClient
from ._paging import by_token

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

    from .._task_types import TaskType
    from .._types import JSON, DateLike, JSONObject, OneOrMore


class AsyncTask(Resource["AsyncTaskMethods"]):
    """One task, as Scale answered it last. Two are equal when their ids are.

    The attributes below are the wire's; one that Scale left out raises ``AttributeError``, as
    ``tags`` does until they are first set. The keys of ``params`` are attributes too, as in the 1.0
    client: ``task.geometries`` is ``task.params["geometries"]``, unless the task itself has a key
    of that name.

    Source: documented (https://scale.com/docs/api-reference/tasks); the reading of ``params``: the
    1.0 client.
    """

    _needed = ("task_id",)
    _shown = ("id", "type", "status")

    task_id: str
    type: str
    status: str
    created_at: str
    updated_at: str
    completed_at: str
    instruction: str
    params: JSONObject
    metadata: JSONObject
    is_test: bool
    urgency: str
    priority: int
    callback_url: str
    callback_succeeded: bool
    processed_attachments: list[JSON]
    project: str
    projectId: str  # noqa: N815  # the wire's name
    customerId: str  # noqa: N815
    project_param_version: int
    batch: str
    unique_id: str
    tags: list[str]
    work_started: bool
    response: JSONObject
    audits: list[JSONObject]
    customer_review_status: str
    customer_review_comments: list[JSON]
    prior_responses: list[JSONObject]
    attachmentS3Downloads: list[JSONObject]  # noqa: N815  # the wire's name
    document_pages: list[JSONObject]
    dependents: list[str]

    # Of ``params``: what nearly every type takes, for editors; the others are found as well.
    attachment: str
    attachments: list[JSON]
    attachment_type: str
    geometries: JSONObject

    @property
    def id(self) -> str:
        """The task's id, 24 hex digits."""
        return str(self.param_dict["task_id"])

    async def refresh(self) -> None:
        """Fetch the task's present state into this object."""
        self._accept(await self.client._task_json(self.id))

    async def cancel(self, clear_unique_id: bool = False) -> None:  # noqa: FBT001, FBT002  # official
        """Cancel the task; see :meth:`TaskMethods.cancel_task`."""
        self._accept((await self.client.cancel_task(self.id, clear_unique_id)).as_dict())

    async def audit(self, accepted: bool, comments: str | None = None) -> None:  # noqa: FBT001  # official
        """Accept or reject the task's response; see :meth:`TaskMethods.audit_task`.

        Scale's answer does not say the new state: :meth:`refresh` fetches it.
        """
        await self.client.audit_task(self.id, accepted, comments)

    async def update_unique_id(self, unique_id: str) -> None:
        """Give the task another ``unique_id``."""
        self._accept((await self.client.update_task_unique_id(self.id, unique_id)).as_dict())

    async def clear_unique_id(self) -> None:
        """Take the ``unique_id`` off the task, so that another may have it."""
        self._accept((await self.client.clear_task_unique_id(self.id)).as_dict())

    async def set_metadata(self, metadata: Mapping[str, Any]) -> None:
        """Replace the task's metadata as a whole."""
        self._accept((await self.client.set_task_metadata(self.id, metadata)).as_dict())

    async def set_tags(self, tags: Sequence[str]) -> None:
        """Replace the task's tags."""
        self._accept((await self.client.set_task_tags(self.id, tags)).as_dict())

    async def add_tags(self, tags: Sequence[str]) -> None:
        """Add tags; those it has already are left as they are."""
        self._accept((await self.client.add_task_tags(self.id, tags)).as_dict())

    async def delete_tags(self, tags: Sequence[str]) -> None:
        """Remove tags; those it does not have are ignored."""
        self._accept((await self.client.delete_task_tags(self.id, tags)).as_dict())

    async def send_callback(self) -> None:
        """Have the task's callback sent again; see :meth:`TaskMethods.send_task_callback`."""
        self._accept((await self.client.send_task_callback(self.id)).as_dict())

    def __eq__(self, other: object) -> bool:
        return self.id == other.id if isinstance(other, AsyncTask) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.id)

    def _keys(self) -> tuple[JSONObject, ...]:
        params = self.param_dict.get("params")
        return (self.param_dict, params) if isinstance(params, dict) else (self.param_dict,)


class AsyncTasklist(Page[AsyncTask]):
    """A page of tasks."""


class AsyncTaskMethods(AsyncBaseClient):
    """What the client does with tasks that exist: fetch, list, cancel, audit, change."""

    async def _task_json(self, task_id: str) -> JSONObject:
        path = path_of("task", named(task_id, "task_id"))
        return checked_object(await self._transport.get(path), "task", ("task_id",))

    async def _change(self, method: str, task_id: str, change: str, **send: Any) -> AsyncTask:
        path = path_of("task", named(task_id, "task_id"), change)
        return AsyncTask(await self._transport.send(method, path, **send), self)

    async def get_task(self, task_id: str) -> AsyncTask:
        """The task with this id.

        Raises:
            ScaleResourceNotFound: no such task for this key.

        Source: documented (https://scale.com/docs/api-reference/tasks).
        """
        return AsyncTask(await self._task_json(task_id), self)

    async def fetch_task(self, task_id: str) -> AsyncTask:
        """The task with this id: :meth:`get_task` under its name of the 1.0 client."""
        return await self.get_task(task_id)

    async def cancel_task(self, task_id: str, clear_unique_id: bool = False) -> AsyncTask:  # noqa: FBT001, FBT002  # official
        """Cancel a pending task and give its new state. Canceling twice changes nothing.

        Args:
            task_id: the task's id.
            clear_unique_id: also free its ``unique_id`` for another task.

        Raises:
            ScaleInvalidRequest: the task is completed already.
            ScaleResourceNotFound: no such task for this key.

        Source: documented (https://scale.com/docs/api-reference/tasks).
        """
        query = [("clear_unique_id", "true")] if clear_unique_id else []
        return await self._change("POST", task_id, "cancel", query=query)

    async def audit_task(self, task_id: str, accepted: bool, comments: str | None = None) -> None:  # noqa: FBT001  # official
        """Accept or reject a completed task's response.

        Args:
            task_id: the task's id.
            accepted: whether the response is good.
            comments: what to tell the labelers.

        Raises:
            ScaleInvalidRequest: the task is not completed.
            ScaleResourceNotFound: no such task for this key.

        Source: official client; documented by title
        (https://docs.scale.com/reference/audit-a-task).
        """
        path = path_of("task", named(task_id, "task_id"), "audit")
        body = {"accepted": accepted, "comments": comments}
        await self._transport.send("POST", path, body=body, json_expected=False)

    async def update_task_unique_id(self, task_id: str, unique_id: str) -> AsyncTask:
        """Set or change a task's ``unique_id``.

        Raises:
            ScaleDuplicateResource: another task has it.
        """
        return await self._change("POST", task_id, "unique_id", body={"unique_id": unique_id})

    async def clear_task_unique_id(self, task_id: str) -> AsyncTask:
        """Take the ``unique_id`` off a task, so that another may have it."""
        return await self._change("DELETE", task_id, "unique_id")

    async def set_task_metadata(self, task_id: str, metadata: Mapping[str, Any]) -> AsyncTask:
        """Replace a task's metadata as a whole, in whatever status it is.

        Args:
            task_id: the task's id.
            metadata: any JSON object up to 10 KB.
        """
        return await self._change(
            "POST", task_id, "setMetadata", body=object_of(metadata, "metadata")
        )

    async def set_task_tags(self, task_id: str, tags: Sequence[str]) -> AsyncTask:
        """Replace a task's tags; an empty list removes them all."""
        return await self._change("POST", task_id, "tags", body=text_list(tags, "tags"))

    async def add_task_tags(self, task_id: str, tags: Sequence[str]) -> AsyncTask:
        """Add tags to a task; those it has already are left as they are."""
        return await self._change("PUT", task_id, "tags", body=text_list(tags, "tags"))

    async def delete_task_tags(self, task_id: str, tags: Sequence[str]) -> AsyncTask:
        """Remove tags from a task; those it does not have are ignored."""
        return await self._change("DELETE", task_id, "tags", body=text_list(tags, "tags"))

    async def send_task_callback(self, task_id: str) -> AsyncTask:
        """Have the callback of a completed or failed task sent again.

        Raises:
            ScaleInvalidRequest: the task is neither, or has no ``callback_url``.

        Source: assumed (a public third-party client uses it; Scale's pages do not list it).
        """
        return await self._change("POST", task_id, "send-callback")

    async def tasks(self, **filters: Unpack[TaskFilters]) -> AsyncTasklist:
        """One page of the tasks that match, newest first.

        Ask for the next page with the same filters and ``next_token=page.next_token``;
        :meth:`get_tasks` does that by itself.

        Args:
            filters: see :class:`TaskFilters`.

        Raises:
            ScaleInvalidRequest: a filter is not known, or Scale refuses its value.

        Source: documented (https://scale.com/docs/api-reference/tasks).
        """
        query = filter_query(filters, TASK_FILTERS, "tasks", _WIRE_NAMES)
        json = await self._transport.get("tasks", query)
        return AsyncTasklist.read(json, "tasks", lambda doc: AsyncTask(doc, self))

    def get_tasks(
        self,
        project_name: str | None = None,
        batch_name: str | None = None,
        task_type: TaskType | str | None = None,
        status: TaskStatus | str | None = None,
        review_status: TaskReviewStatus | Sequence[TaskReviewStatus | str] | str | None = None,
        unique_id: OneOrMore | None = None,
        completed_after: DateLike | None = None,
        completed_before: DateLike | None = None,
        updated_after: DateLike | None = None,
        updated_before: DateLike | None = None,
        created_after: DateLike | None = None,
        created_before: DateLike | None = None,
        tags: OneOrMore | None = None,
        include_attachment_url: bool | None = True,  # noqa: FBT001, FBT002  # the official order
        limited_response: bool | None = None,  # noqa: FBT001  # the same
        limit: int | None = None,
        **unknown: Unpack[NoOtherFilters],
    ) -> AsyncGenerator[AsyncTask, None]:
        """Each task of a project or batch that matches, newest first, fetched page by page.

        Bounds of time are inclusive.

        Args:
            project_name: the project's name; this or ``batch_name`` is needed.
            batch_name: the batch's name.
            task_type: only tasks of this type.
            status: only tasks in this status.
            review_status: only tasks whose latest audit said this, or one of these.
            unique_id: only the task, or tasks, with this ``unique_id`` or one of these.
            completed_after: earliest completion.
            completed_before: latest completion.
            updated_after: earliest last change.
            updated_before: latest last change.
            created_after: earliest creation.
            created_before: latest creation.
            tags: only tasks with this tag or one of these.
            include_attachment_url: whether the tasks come with links to their attachments.
            limited_response: whether they come with nothing but id, status, metadata and project.
            limit: the size of a page (1-100), not of the whole.
            unknown: nothing; a name that is not listed here is refused.

        Raises:
            ScaleInvalidRequest: at once, when neither project nor batch is named or a filter is
                not known; while iterating, when Scale refuses a value.

        Source: official client.
        """
        fields = {
            "project_name": project_name,
            "batch_name": batch_name,
            "task_type": task_type,
            "status": status,
            "review_status": review_status,
            "unique_id": unique_id,
            "completed_after": completed_after,
            "completed_before": completed_before,
            "updated_after": updated_after,
            "updated_before": updated_before,
            "created_after": created_after,
            "created_before": created_before,
            "tags": tags,
            "include_attachment_url": include_attachment_url,
            "limited_response": limited_response,
            "limit": limit,
            **unknown,
        }
        query = _search_query(fields, "get_tasks")
        return by_token(
            lambda page: self._transport.get("tasks", page),
            query,
            "tasks",
            lambda doc: AsyncTask(doc, self),
        )

    async def get_tasks_count(
        self,
        project_name: str | None = None,
        batch_name: str | None = None,
        task_type: TaskType | str | None = None,
        status: TaskStatus | str | None = None,
        review_status: TaskReviewStatus | Sequence[TaskReviewStatus | str] | str | None = None,
        unique_id: OneOrMore | None = None,
        completed_after: DateLike | None = None,
        completed_before: DateLike | None = None,
        updated_after: DateLike | None = None,
        updated_before: DateLike | None = None,
        created_after: DateLike | None = None,
        created_before: DateLike | None = None,
        tags: OneOrMore | None = None,
        include_attachment_url: bool | None = None,  # noqa: FBT001  # the official order
        limited_response: bool | None = None,  # noqa: FBT001  # the same
        limit: int | None = None,  # noqa: ARG002  # the answer is a page of one
        **unknown: Unpack[NoOtherFilters],
    ) -> int:
        """How many tasks :meth:`get_tasks` would give for the same filters.

        Of them ``include_attachment_url``, ``limited_response`` and ``limit`` make no difference.

        Raises:
            ScaleInvalidRequest: neither project nor batch is named, or a filter is not known or
                its value is refused.
        """
        fields = {
            "project_name": project_name,
            "batch_name": batch_name,
            "task_type": task_type,
            "status": status,
            "review_status": review_status,
            "unique_id": unique_id,
            "completed_after": completed_after,
            "completed_before": completed_before,
            "updated_after": updated_after,
            "updated_before": updated_before,
            "created_after": created_after,
            "created_before": created_before,
            "tags": tags,
            "include_attachment_url": include_attachment_url,
            "limited_response": limited_response,
            "limit": 1,
            **unknown,
        }
        query = _search_query(fields, "get_tasks_count")
        return Page.read(await self._transport.get("tasks", query), "tasks", lambda doc: doc).total
