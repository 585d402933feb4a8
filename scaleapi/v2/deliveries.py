"""Deliveries of v2: completed tasks that were handed over together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from ._base import V2Group, all_of
from ._operation import Moment, Operation, RequestOptions, query_of
from .models import (
    GetDeliveredTasksResponse,
    GetDeliveriesResponse,
    GetDeliveryTasksResponse,
    GetDeliveryTasksResponseDocsInner,
    Task,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class DeliveryMethods(V2Group):
    """Everything about deliveries."""

    def get_deliveries(
        self,
        project_id: str | None = None,
        project_name: str | None = None,
        delivered_after: Moment | None = None,
        delivered_before: Moment | None = None,
        expand: Sequence[str] | None = None,
        **options: Unpack[RequestOptions],
    ) -> GetDeliveriesResponse:
        """All deliveries of a project, by its id or its name.

        Args:
            project_id: of the project; or
            project_name: its name.
            delivered_after: only what was delivered later.
            delivered_before: only what was delivered earlier.
            expand: ``project``: sent whole in place of its id.
            options: see :class:`RequestOptions`.
        """
        query = query_of(
            project_id=project_id,
            project_name=project_name,
            delivered_after=delivered_after,
            delivered_before=delivered_before,
            expand=expand,
        )
        return self._run(Operation("GET", "v2/deliveries", GetDeliveriesResponse, query), options)

    def get_delivery(
        self,
        delivery_id: str | None = None,
        delivery_name: str | None = None,
        project_id: str | None = None,
        project_name: str | None = None,
        limit: int | None = None,
        next_token: str | None = None,
        expand: Sequence[str] | None = None,
        opts: Sequence[str] | None = None,
        **options: Unpack[RequestOptions],
    ) -> GetDeliveredTasksResponse:
        """A delivery and a page of its tasks.

        Args:
            delivery_id: its id; or
            delivery_name: its name, together with the project.
            project_id: of the project; or
            project_name: its name.
            limit: 1 to 100 tasks on a page; 100 by default.
            next_token: of the page before.
            expand: ``project``, ``batch``, ``delivery``: sent whole in place of their ids.
            opts: as for :meth:`get_task`.
            options: see :class:`RequestOptions`.
        """
        query = query_of(
            delivery_id=delivery_id,
            delivery_name=delivery_name,
            project_id=project_id,
            project_name=project_name,
            limit=limit,
            next_token=next_token,
            expand=expand,
            opts=opts,
        )
        operation = Operation("GET", "v2/delivery", GetDeliveredTasksResponse, query)
        return self._run(operation, options)

    def iter_delivery(
        self,
        delivery_id: str | None = None,
        delivery_name: str | None = None,
        project_id: str | None = None,
        project_name: str | None = None,
        limit: int | None = None,
        expand: Sequence[str] | None = None,
        opts: Sequence[str] | None = None,
    ) -> Iterator[Task]:
        """All tasks of a delivery, fetched ``limit`` at a time."""

        def fetch(next_token: str | None) -> GetDeliveredTasksResponse:
            return self.get_delivery(
                delivery_id, delivery_name, project_id, project_name, limit, next_token, expand,
                opts,
            )  # fmt: skip

        return all_of(fetch, lambda page: page.tasks)

    def get_delivery_tasks(
        self,
        delivery_id: str | None = None,
        project_id: str | None = None,
        project_name: str | None = None,
        status: str | None = None,
        completed_after: Moment | None = None,
        completed_before: Moment | None = None,
        limit: int | None = None,
        next_token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> GetDeliveryTasksResponse:
        """A page of tasks with the responses that were delivered.

        Args:
            delivery_id: only those of one delivery.
            project_id: of the project; or
            project_name: its name.
            status: a :class:`TaskStatus`.
            completed_after: only what was completed later.
            completed_before: only what was completed earlier.
            limit: 1 to 100 tasks on a page; 100 by default.
            next_token: of the page before.
            options: see :class:`RequestOptions`.
        """
        query = query_of(
            delivery_id=delivery_id,
            project_id=project_id,
            project_name=project_name,
            status=status,
            completed_after=completed_after,
            completed_before=completed_before,
            limit=limit,
            next_token=next_token,
        )
        operation = Operation("GET", "v2/delivery/tasks", GetDeliveryTasksResponse, query)
        return self._run(operation, options)

    def iter_delivery_tasks(
        self,
        delivery_id: str | None = None,
        project_id: str | None = None,
        project_name: str | None = None,
        status: str | None = None,
        completed_after: Moment | None = None,
        completed_before: Moment | None = None,
        limit: int | None = None,
    ) -> Iterator[GetDeliveryTasksResponseDocsInner]:
        """All that :meth:`get_delivery_tasks` lists, fetched ``limit`` at a time."""

        def fetch(next_token: str | None) -> GetDeliveryTasksResponse:
            return self.get_delivery_tasks(
                delivery_id, project_id, project_name, status, completed_after, completed_before,
                limit, next_token,
            )  # fmt: skip

        return all_of(fetch, lambda page: page.docs)
