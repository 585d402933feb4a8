"""Datasets of v2: ready-made data, in deliveries of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack
from urllib.parse import quote

from ..exceptions import ScaleException
from ._base import V2Group, all_of, needed
from ._operation import Moment, Operation, RequestOptions, query_of
from .models import (
    DatasetTask,
    GetDatasetDeliveriesResponse,
    GetDatasetDeliveryResponse,
    GetDatasetsResponse,
    GetDatasetTasksResponse,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class DatasetMethods(V2Group):
    """Everything about datasets."""

    def get_datasets(self, **options: Unpack[RequestOptions]) -> GetDatasetsResponse:
        """All datasets."""
        return self._run(Operation("GET", "v2/datasets", GetDatasetsResponse), options)

    def get_dataset_deliveries(
        self,
        dataset_id: str | None = None,
        delivered_after: Moment | None = None,
        delivered_before: Moment | None = None,
        expand: Sequence[str] | None = None,
        **options: Unpack[RequestOptions],
    ) -> GetDatasetDeliveriesResponse:
        """All deliveries of a dataset, or of all.

        Args:
            dataset_id: of the dataset.
            delivered_after: only what was delivered later.
            delivered_before: only what was delivered earlier.
            expand: ``dataset``: sent whole in place of its id.
            options: see :class:`RequestOptions`.
        """
        query = query_of(
            dataset_id=dataset_id,
            delivered_after=delivered_after,
            delivered_before=delivered_before,
            expand=expand,
        )
        operation = Operation("GET", "v2/datasets/deliveries", GetDatasetDeliveriesResponse, query)
        return self._run(operation, options)

    def get_dataset_delivery(
        self,
        delivery_id: str,
        limit: int | None = None,
        next_token: str | None = None,
        expand: Sequence[str] | None = None,
        **options: Unpack[RequestOptions],
    ) -> GetDatasetDeliveryResponse:
        """A delivery of a dataset and a page of its tasks.

        Args:
            delivery_id: its id.
            limit: 1 to 100 tasks on a page; 100 by default.
            next_token: of the page before.
            expand: ``dataset``, ``delivery``: sent whole in place of their ids.
            options: see :class:`RequestOptions`.
        """
        query = query_of(
            delivery_id=needed(delivery_id, "delivery_id"),
            limit=limit,
            next_token=next_token,
            expand=expand,
        )
        operation = Operation("GET", "v2/datasets/delivery", GetDatasetDeliveryResponse, query)
        return self._run(operation, options)

    def iter_dataset_delivery(
        self, delivery_id: str, limit: int | None = None, expand: Sequence[str] | None = None
    ) -> Iterator[DatasetTask]:
        """All tasks of a dataset's delivery, fetched ``limit`` at a time."""

        def fetch(next_token: str | None) -> GetDatasetDeliveryResponse:
            return self.get_dataset_delivery(delivery_id, limit, next_token, expand)

        return all_of(fetch, lambda page: page.tasks)

    def get_dataset_task(
        self,
        task_id: str,
        expand: Sequence[str] | None = None,
        **options: Unpack[RequestOptions],
    ) -> DatasetTask:
        """A task of a dataset.

        Args:
            task_id: its id.
            expand: ``dataset``, ``delivery``: sent whole in place of their ids.
            options: see :class:`RequestOptions`.
        """
        query = query_of(task_id=needed(task_id, "task_id"), expand=expand)
        return self._run(Operation("GET", "v2/datasets/task", DatasetTask, query), options)

    def get_dataset_tasks(
        self,
        dataset_id: str | None = None,
        delivery_id: str | None = None,
        delivered_after: Moment | None = None,
        delivered_before: Moment | None = None,
        limit: int | None = None,
        next_token: str | None = None,
        expand: Sequence[str] | None = None,
        **options: Unpack[RequestOptions],
    ) -> GetDatasetTasksResponse:
        """A page of the tasks of a dataset, or of one of its deliveries: one of the two is needed.

        Args:
            dataset_id: of the dataset; or
            delivery_id: of the delivery.
            delivered_after: only what was delivered later.
            delivered_before: only what was delivered earlier.
            limit: 1 to 100 tasks on a page; 100 by default.
            next_token: of the page before.
            expand: ``dataset``, ``delivery``: sent whole in place of their ids.
            options: see :class:`RequestOptions`.
        """
        query = query_of(
            dataset_id=dataset_id,
            delivery_id=delivery_id,
            delivered_after=delivered_after,
            delivered_before=delivered_before,
            limit=limit,
            next_token=next_token,
            expand=expand,
        )
        operation = Operation("GET", "v2/datasets/tasks", GetDatasetTasksResponse, query)
        return self._run(operation, options)

    def iter_dataset_tasks(
        self,
        dataset_id: str | None = None,
        delivery_id: str | None = None,
        delivered_after: Moment | None = None,
        delivered_before: Moment | None = None,
        limit: int | None = None,
        expand: Sequence[str] | None = None,
    ) -> Iterator[DatasetTask]:
        """All tasks that :meth:`get_dataset_tasks` lists, fetched ``limit`` at a time."""

        def fetch(next_token: str | None) -> GetDatasetTasksResponse:
            return self.get_dataset_tasks(
                dataset_id, delivery_id, delivered_after, delivered_before, limit, next_token,
                expand,
            )  # fmt: skip

        return all_of(fetch, lambda page: page.tasks)

    def get_dataset_task_response_url(
        self, task_id: str, attachment_id: str, **options: Unpack[RequestOptions]
    ) -> str:
        """The address of a file that a dataset task's response holds, for a short time.

        The official client follows it and gives nothing; see
        :meth:`download_dataset_task_response` for the bytes.

        Args:
            task_id: of the dataset task.
            attachment_id: as its response names it.
            options: see :class:`RequestOptions`.
        """
        answer = self.api_client.send(response_url(task_id, attachment_id), options)
        location = answer.location
        if location is None:
            raise ScaleException(
                f"expected a redirect to the file, got {answer.status_code}", answer.status_code
            )
        return location

    def download_dataset_task_response(
        self, task_id: str, attachment_id: str, **options: Unpack[RequestOptions]
    ) -> bytes:
        """The bytes of a file that a dataset task's response holds.

        The API key is not sent to where the file lies.

        Args:
            task_id: of the dataset task.
            attachment_id: as its response names it.
            options: see :class:`RequestOptions`.
        """
        url = self.get_dataset_task_response_url(task_id, attachment_id, **options)
        return self.api_client.download(url, options)


def response_url(task_id: str, attachment_id: str) -> Operation[Any]:
    """The call that is answered by a redirect to the file."""
    # Slashes too: the official client leaves none, and the server decodes after routing.
    task = quote(needed(task_id, "task_id"), safe="")
    attachment = quote(needed(attachment_id, "attachment_id"), safe="")
    return Operation("GET", f"v2/datasets/task/{task}/response_url/{attachment}", None)
