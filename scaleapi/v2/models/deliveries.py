"""Deliveries: completed tasks that were handed over together."""

from __future__ import annotations

from typing import Any

from ._model import Expandable, Model, Moment
from .projects import ExpandableProject
from .tasks import Task


class Delivery(Model):
    """A delivery; its name is its own within the project."""

    id: str
    name: str
    task_count: int
    delivered_at: Moment
    project: ExpandableProject

    @property
    def project_id(self) -> str:
        """The project's id, expanded or not."""
        return self.project.id


class ExpandableDelivery(Expandable[Delivery]):
    """A delivery, or its id."""


class GetDeliveriesResponse(Model):
    """All deliveries of a project."""

    deliveries: list[Delivery]


class GetDeliveredTasksResponse(Model):
    """A page of a delivery's tasks; ``next_token`` is there when more follow."""

    tasks: list[Task]
    delivery: ExpandableDelivery | None = None
    next_token: str | None = None


class GetDeliveryTasksResponseDocsInner(Model):
    """A task with the response that was delivered; all but ``task_id`` is ``None`` before that.

    ``response_schema_id`` is for ``get_schema``.
    """

    task_id: str
    created_at: Moment | None = None
    delivery_id: str | None = None
    delivered_at: str | None = None
    response_schema_id: str | None = None
    response: dict[str, Any] | None = None


class GetDeliveryTasksResponse(Model):
    """A page of tasks with delivered responses; ``total`` counts this page alone."""

    docs: list[GetDeliveryTasksResponseDocsInner]
    total: int
    next_token: str | None = None
