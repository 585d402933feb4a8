"""``client.v2`` of the asynchronous client, and what goes with it: made on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._v2_methods import origin_of
from ._base import AsyncBaseClient

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from datetime import datetime

    from ..v2.models import Task as V2Task
    from ._v2_api import AsyncV2Api


class AsyncV2Methods(AsyncBaseClient):
    """The way from a client to the API of generative-AI data."""

    _v2: AsyncV2Api | None = None

    @property
    def v2(self) -> AsyncV2Api:
        """The v2 API: projects, batches, tasks with threads, deliveries, datasets.

        It shares session, proxies, retries, timeouts and error classes with this client, and
        follows ``api_instance_url``: ``https://host/v1`` has its v2 at ``https://host/v2``.

        Raises:
            ImportError: the extra ``v2`` is not installed.
        """
        if self._v2 is None:
            from ..v2 import ApiClient, Configuration, V2Api
            from ._v2_api import AsyncV2Api

            host = origin_of(self._transport.base_url)
            api_client = ApiClient(Configuration(host=host), self._transport.for_threads())
            self._v2 = AsyncV2Api(V2Api(api_client))
        return self._v2

    def v2_get_tasks(
        self,
        project_id: str | None = None,
        project_name: str | None = None,
        batch_id: str | None = None,
        batch_name: str | None = None,
        status: str | None = None,
        completed_after: datetime | str | None = None,
        completed_before: datetime | str | None = None,
        limit: int | None = None,
        expand: Sequence[str] | None = None,
        opts: Sequence[str] | None = None,
    ) -> AsyncGenerator[V2Task, None]:
        """All v2 tasks of a project or a batch, page by page: ``client.v2.iter_tasks(...)``.

        Args:
            project_id: of the project; or
            project_name: its name.
            batch_id: of the batch; or
            batch_name: its name.
            status: ``pending``, ``completed``, ``canceled``, ``error`` or ``deleted``.
            completed_after: only what was completed later.
            completed_before: only what was completed earlier.
            limit: 1 to 100 tasks on a page; 100 by default.
            expand: ``project``, ``batch``: sent whole in place of their ids.
            opts: ``annotation_details``, ``attachment_details``, ``model_parameters``,
                ``submissions``: what to send besides.
        """
        return self.v2.iter_tasks(
            project_id,
            project_name,
            batch_id,
            batch_name,
            status,
            completed_after,
            completed_before,
            limit,
            expand,
            opts,
        )
