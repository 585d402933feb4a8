"""Tasks: the record, its enumerations, and the client's methods on tasks that exist."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypedDict, Unpack

from ._base import BaseClient, Resource, checked_object, named, object_of, text_list
from ._enums import NearestMember
from ._filters import filter_query
from ._paging import Page, by_token
from ._task_types import TaskType as TaskType  # noqa: PLC0414  # users import it from here
from ._transport import path_of
from .exceptions import refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ._paging import Query
    from ._types import JSON, DateLike, JSONObject, OneOrMore


class TaskStatus(StrEnum, metaclass=NearestMember):
    """Where a task stands in its life."""

    Pending = "pending"
    Completed = "completed"
    Canceled = "canceled"
    Error = "error"


class TaskReviewStatus(StrEnum, metaclass=NearestMember):
    """What the customer's latest audit of a task said; ``Pending`` = completed, not audited."""

    Accepted = "accepted"
    Fixed = "fixed"
    Commented = "commented"
    Rejected = "rejected"
    Pending = "pending"


class TaskFilters(TypedDict, total=False):
    """The filters of ``GET /v1/tasks``, by their names on the wire; all of them combine.

    Bounds of time are inclusive. ``unique_id`` and ``tags`` match any of several values.
    """

    start_time: DateLike | None
    end_time: DateLike | None
    completed_after: DateLike | None
    completed_before: DateLike | None
    updated_after: DateLike | None
    updated_before: DateLike | None
    status: TaskStatus | str | None
    type: TaskType | str | None
    project: str | None
    batch: str | None
    unique_id: OneOrMore | None
    tags: OneOrMore | None
    customer_review_status: TaskReviewStatus | OneOrMore | None
    limit: int | None
    offset: int | None
    next_token: str | None
    include_attachment_url: bool | None
    limited_response: bool | None


class NoOtherFilters(TypedDict):
    """Nothing: a filter that a method does not name is refused."""


TASK_FILTERS: Final = tuple(TaskFilters.__annotations__)

_RENAMED: Final = MappingProxyType(
    {
        "project_name": "project",
        "batch_name": "batch",
        "task_type": "type",
        "review_status": "customer_review_status",
        "created_after": "start_time",
        "created_before": "end_time",
    }
)
"""What the official methods call a filter, where that is not its name on the wire."""

_PAGES: Final = ("offset", "next_token")
"""Filters of one page: the methods that fetch all pages set them themselves."""

_WIRE_NAMES: Final = MappingProxyType(
    _RENAMED
    | {name: name for name in TASK_FILTERS if name not in _PAGES and name not in _RENAMED.values()}
)


_SEARCH_NAMES: Final = MappingProxyType({wire: name for name, wire in _WIRE_NAMES.items()})


class Task(Resource["TaskMethods"]):
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

    def refresh(self) -> None:
        """Fetch the task's present state into this object."""
        self._accept(self.client._task_json(self.id))

    def cancel(self, clear_unique_id: bool = False) -> None:  # noqa: FBT001, FBT002  # official
        """Cancel the task; see :meth:`TaskMethods.cancel_task`."""
        self._accept(self.client.cancel_task(self.id, clear_unique_id).as_dict())

    def audit(self, accepted: bool, comments: str | None = None) -> None:  # noqa: FBT001  # official
        """Accept or reject the task's response; see :meth:`TaskMethods.audit_task`.

        Scale's answer does not say the new state: :meth:`refresh` fetches it.
        """
        self.client.audit_task(self.id, accepted, comments)

    def update_unique_id(self, unique_id: str) -> None:
        """Give the task another ``unique_id``."""
        self._accept(self.client.update_task_unique_id(self.id, unique_id).as_dict())

    def clear_unique_id(self) -> None:
        """Take the ``unique_id`` off the task, so that another may have it."""
        self._accept(self.client.clear_task_unique_id(self.id).as_dict())

    def set_metadata(self, metadata: Mapping[str, Any]) -> None:
        """Replace the task's metadata as a whole."""
        self._accept(self.client.set_task_metadata(self.id, metadata).as_dict())

    def set_tags(self, tags: Sequence[str]) -> None:
        """Replace the task's tags."""
        self._accept(self.client.set_task_tags(self.id, tags).as_dict())

    def add_tags(self, tags: Sequence[str]) -> None:
        """Add tags; those it has already are left as they are."""
        self._accept(self.client.add_task_tags(self.id, tags).as_dict())

    def delete_tags(self, tags: Sequence[str]) -> None:
        """Remove tags; those it does not have are ignored."""
        self._accept(self.client.delete_task_tags(self.id, tags).as_dict())

    def send_callback(self) -> None:
        """Have the task's callback sent again; see :meth:`TaskMethods.send_task_callback`."""
        self._accept(self.client.send_task_callback(self.id).as_dict())

    def __eq__(self, other: object) -> bool:
        return self.id == other.id if isinstance(other, Task) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.id)

    def _keys(self) -> tuple[JSONObject, ...]:
        params = self.param_dict.get("params")
        return (self.param_dict, params) if isinstance(params, dict) else (self.param_dict,)


class Tasklist(Page[Task]):
    """A page of tasks."""


class TaskMethods(BaseClient):
    """What the client does with tasks that exist: fetch, list, cancel, audit, change."""

    def _task_json(self, task_id: str) -> JSONObject:
        path = path_of("task", named(task_id, "task_id"))
        return checked_object(self._transport.get(path), "task", ("task_id",))

    def _change(self, method: str, task_id: str, change: str, **send: Any) -> Task:
        path = path_of("task", named(task_id, "task_id"), change)
        return Task(self._transport.send(method, path, **send), self)

    def get_task(self, task_id: str) -> Task:
        """The task with this id.

        Raises:
            ScaleResourceNotFound: no such task for this key.

        Source: documented (https://scale.com/docs/api-reference/tasks).
        """
        return Task(self._task_json(task_id), self)

    def fetch_task(self, task_id: str) -> Task:
        """The task with this id: :meth:`get_task` under its name of the 1.0 client."""
        return self.get_task(task_id)

    def cancel_task(self, task_id: str, clear_unique_id: bool = False) -> Task:  # noqa: FBT001, FBT002  # official
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
        return self._change("POST", task_id, "cancel", query=query)

    def audit_task(self, task_id: str, accepted: bool, comments: str | None = None) -> None:  # noqa: FBT001  # official
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
        self._transport.send("POST", path, body=body, json_expected=False)

    def update_task_unique_id(self, task_id: str, unique_id: str) -> Task:
        """Set or change a task's ``unique_id``.

        Raises:
            ScaleDuplicateResource: another task has it.
        """
        return self._change("POST", task_id, "unique_id", body={"unique_id": unique_id})

    def clear_task_unique_id(self, task_id: str) -> Task:
        """Take the ``unique_id`` off a task, so that another may have it."""
        return self._change("DELETE", task_id, "unique_id")

    def set_task_metadata(self, task_id: str, metadata: Mapping[str, Any]) -> Task:
        """Replace a task's metadata as a whole, in whatever status it is.

        Args:
            task_id: the task's id.
            metadata: any JSON object up to 10 KB.
        """
        return self._change("POST", task_id, "setMetadata", body=object_of(metadata, "metadata"))

    def set_task_tags(self, task_id: str, tags: Sequence[str]) -> Task:
        """Replace a task's tags; an empty list removes them all."""
        return self._change("POST", task_id, "tags", body=text_list(tags, "tags"))

    def add_task_tags(self, task_id: str, tags: Sequence[str]) -> Task:
        """Add tags to a task; those it has already are left as they are."""
        return self._change("PUT", task_id, "tags", body=text_list(tags, "tags"))

    def delete_task_tags(self, task_id: str, tags: Sequence[str]) -> Task:
        """Remove tags from a task; those it does not have are ignored."""
        return self._change("DELETE", task_id, "tags", body=text_list(tags, "tags"))

    def send_task_callback(self, task_id: str) -> Task:
        """Have the callback of a completed or failed task sent again.

        Raises:
            ScaleInvalidRequest: the task is neither, or has no ``callback_url``.

        Source: assumed (a public third-party client uses it; Scale's pages do not list it).
        """
        return self._change("POST", task_id, "send-callback")

    def tasks(self, **filters: Unpack[TaskFilters]) -> Tasklist:
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
        json = self._transport.get("tasks", query)
        return Tasklist.read(json, "tasks", lambda doc: Task(doc, self))

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
    ) -> Iterator[Task]:
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
            lambda doc: Task(doc, self),
        )

    def get_tasks_count(
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
        return Page.read(self._transport.get("tasks", query), "tasks", lambda doc: doc).total


def _search_query(arguments: Mapping[str, Any], method: str) -> Query:
    query = filter_query(arguments, tuple(_WIRE_NAMES), method, _SEARCH_NAMES)
    if arguments["project_name"] is None and arguments["batch_name"] is None:
        raise refused(f"{method} needs a project_name or a batch_name; tasks() lists without")
    return [(_WIRE_NAMES[name], value) for name, value in query]


def task_type_name(task_type: TaskType | str) -> str:
    """The name of a task type in paths.

    Raises:
        ScaleInvalidRequest: it is neither a :class:`TaskType` nor a non-empty string.
    """
    return named(task_type.value if isinstance(task_type, TaskType) else task_type, "task_type")
