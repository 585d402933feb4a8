"""``client.v2`` of the asynchronous client: the methods of :class:`scaleapi.V2Api`, awaited.

v2 has one implementation, whose calls are made on worker threads here: the event loop goes on
meanwhile, and what they share with the client of threads is all of it.
"""

from __future__ import annotations

from functools import partial, wraps
from typing import TYPE_CHECKING, Any, Final

from anyio.to_thread import run_sync

from .._v2_methods import origin_of
from ._base import AsyncBaseClient

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
    from datetime import datetime

    from ..v2 import V2Api
    from ..v2.models import Task as V2Task

_END: Final = object()


class AsyncV2Api:
    """Every method of :class:`scaleapi.V2Api`: awaited, and ``iter_...`` iterated."""

    def __init__(self, api: V2Api) -> None:
        self._api: Final = api

    def __repr__(self) -> str:
        return f"<AsyncV2Api of {self._api.api_client.configuration.host}>"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        method = getattr(self._api, name)
        return _each_of(method) if name.startswith("iter_") else _awaited(method)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *(n for n in dir(self._api) if not n.startswith("_"))})


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
        tasks: AsyncGenerator[V2Task, None] = self.v2.iter_tasks(
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
        return tasks


def _awaited(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    async def call(*args: Any, **kwargs: Any) -> Any:
        return await run_sync(partial(method, *args, **kwargs))

    return call


def _each_of(method: Callable[..., Iterator[Any]]) -> Callable[..., AsyncGenerator[Any, None]]:
    @wraps(method)
    def iterate(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, None]:
        # What is wrong with the arguments is said at once, as by the method itself.
        return _each(iter(method(*args, **kwargs)))

    return iterate


async def _each(items: Iterator[Any]) -> AsyncGenerator[Any, None]:
    while (item := await run_sync(next, items, _END)) is not _END:
        yield item
