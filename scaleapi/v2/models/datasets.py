"""Datasets: ready-made data, in deliveries of their own."""

from __future__ import annotations

from typing import Any

from ._model import Expandable, Model, Moment


class Dataset(Model):
    """A dataset."""

    id: str
    name: str


class ExpandableDataset(Expandable[Dataset]):
    """A dataset, or its id."""


class DatasetDeliveryDataset(Expandable[Dataset]):
    """The dataset of a delivery, or its id."""


class DatasetDeliveryMetadata(Model):
    """How much a delivery holds."""

    task_count: int | None = None
    turn_count: int | None = None


class DatasetDelivery(Model):
    """A delivery of a dataset; its name is its own within the dataset."""

    id: str
    name: str
    delivered_at: Moment
    metadata: DatasetDeliveryMetadata
    dataset: DatasetDeliveryDataset | None = None


class ExpandableDatasetDelivery(Expandable[DatasetDelivery]):
    """A delivery of a dataset, or its id."""


class DatasetTask(Model):
    """A task of a dataset; its response has any form."""

    task_id: str
    dataset: ExpandableDataset
    delivery: ExpandableDatasetDelivery
    response: dict[str, Any]

    @property
    def id(self) -> str:
        """The task's id."""
        return self.task_id


class GetDatasetsResponse(Model):
    """All datasets."""

    datasets: list[Dataset]


class GetDatasetDeliveriesResponse(Model):
    """All deliveries of a dataset, or of all."""

    deliveries: list[DatasetDelivery]


class GetDatasetDeliveryResponse(Model):
    """A page of a delivery's tasks; ``next_token`` is there when more follow."""

    tasks: list[DatasetTask]
    delivery: ExpandableDatasetDelivery | None = None
    next_token: str | None = None


class GetDatasetTasksResponse(Model):
    """A page of dataset tasks; ``next_token`` is there when more follow."""

    tasks: list[DatasetTask]
    next_token: str | None = None
