"""What Scale remembers of datasets: ready-made data, parallel to projects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class DatasetRecord:
    """One dataset."""

    id: str
    name: str


@dataclass(slots=True)
class DatasetDeliveryRecord:
    """Tasks of a dataset that were handed over together; its name is its own in the dataset.

    Attributes:
        dataset: the dataset's id.
        delivered_ms: when, in virtual milliseconds since 1970.
        task_ids: its tasks, in order.
        turns: how many turns they hold; ``None`` where nobody said.
    """

    id: str
    name: str
    dataset: str
    delivered_ms: int
    task_ids: tuple[str, ...]
    seq: int
    turns: int | None = None


@dataclass(slots=True)
class DatasetTaskRecord:
    """One task of a dataset.

    Attributes:
        dataset: the dataset's id.
        delivery: the delivery's id.
        response: any JSON object.
        files: MIME type and bytes of what the response points at, by attachment id.
    """

    id: str
    dataset: str
    delivery: str
    response: Any
    files: dict[str, tuple[str, bytes]]
