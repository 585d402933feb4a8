"""Batches: the record, its status, and the client's methods."""

# Written by `make generate` from scaleapi/batches.py: change it there.
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

from .._base import Resource, checked_object, object_of
from .._filters import filter_query
from .._paging import Page
from ..batches import BATCH_FILTERS, BatchFilters, BatchStatus, _path
from ._base import AsyncBaseClient
from ._paging import by_offset

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from .._types import DateLike, JSONObject


class AsyncBatch(Resource["AsyncBatchMethods"]):
    """One batch of tasks, as Scale answered it last. Two are equal when their names are.

    The counts (``tasks_pending`` and so on) are ``None`` until :meth:`get_status` fetches them;
    ``pending`` and so on, their names of the 1.0 client, fetch them when first read.

    Source: documented (https://scale.com/docs/api-reference/batches).
    """

    _needed = ("name", "status")
    _shown = ("name", "status")
    _counts: JSONObject | None = None

    name: str
    status: str
    project: str
    callback: str
    created_at: str
    completed_at: str
    last_audited_at: str
    metadata: JSONObject
    calibration_batch: bool
    self_label_batch: bool
    priority: int

    @property
    def tasks_pending(self) -> int | None:
        """How many of its tasks are pending."""
        return self._count("pending")

    @property
    def tasks_completed(self) -> int | None:
        """How many of its tasks are completed."""
        return self._count("completed")

    @property
    def tasks_error(self) -> int | None:
        """How many of its tasks ended in an error."""
        return self._count("error")

    @property
    def tasks_canceled(self) -> int | None:
        """How many of its tasks were canceled."""
        return self._count("canceled")

    @property
    async def pending(self) -> int:
        """:attr:`tasks_pending` as in the 1.0 client: fetched when it is first read."""
        return await self._fetched_count("pending")

    @property
    async def completed(self) -> int:
        """:attr:`tasks_completed` as in the 1.0 client: fetched when it is first read."""
        return await self._fetched_count("completed")

    @property
    async def error(self) -> int:
        """:attr:`tasks_error` as in the 1.0 client: fetched when it is first read."""
        return await self._fetched_count("error")

    @property
    async def canceled(self) -> int:
        """:attr:`tasks_canceled` as in the 1.0 client: fetched when it is first read."""
        return await self._fetched_count("canceled")

    async def get_status(self) -> JSONObject:
        """Fetch status and counts into this object, and give Scale's answer.

        Returns:
            E.g. ``{"status": "in_progress", "pending": 7, "completed": 2}``; a count of zero may
            be left out.
        """
        answer = await self.client.batch_status(self.name)
        self._counts = answer
        # The status is news too: object and answer must not differ.
        self.param_dict["status"] = answer["status"]
        return answer

    async def refresh(self) -> None:
        """Fetch the batch's present state into this object."""
        self._accept((await self.client.get_batch(self.name)).as_dict())

    async def finalize(self) -> AsyncBatch:
        """Say that the batch is full; see :meth:`BatchMethods.finalize_batch`.

        Returns:
            This batch, with its state afterwards.
        """
        self._accept((await self.client.finalize_batch(self.name)).as_dict())
        return self

    async def set_metadata(self, metadata: Mapping[str, Any]) -> None:
        """Replace the batch's metadata as a whole."""
        self._accept((await self.client.set_batch_metadata(self.name, metadata)).as_dict())

    async def prioritize(self, priority: float) -> None:
        """Set the priority of a batch in staging."""
        self._accept((await self.client.prioritize_batch(self.name, priority)).as_dict())

    async def _fetched_count(self, status: str) -> int:
        # The 1.0 client fetched the counts with every batch; 0 instead of them would be a lie.
        if self._count(status) is None and self._client is not None:
            await self.get_status()
        return self._count(status) or 0

    def _count(self, status: str) -> int | None:
        if self._counts is not None:
            # A count of zero may be left out of Scale's answer.
            return int(self._counts.get(status, 0))
        return self.param_dict.get(status)

    def __eq__(self, other: object) -> bool:
        return self.name == other.name if isinstance(other, AsyncBatch) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.name)


class AsyncBatchlist(Page[AsyncBatch]):
    """A page of batches."""


class AsyncBatchMethods(AsyncBaseClient):
    """What the client does with batches."""

    async def create_batch(
        self,
        project: str,
        batch_name: str,
        callback: str = "",
        calibration_batch: bool = False,  # noqa: FBT001, FBT002  # the official order
        self_label_batch: bool = False,  # noqa: FBT001, FBT002  # the same
        metadata: Mapping[str, Any] | None = None,
    ) -> AsyncBatch:
        """Create a batch in a project.

        Args:
            project: the project's name.
            batch_name: a name that no other batch of the account has.
            callback: URL or e-mail address that is told when all its tasks are done.
            calibration_batch: whether its tasks train labelers (Rapid and Studio).
            self_label_batch: whether your own team labels it (Rapid and Studio).
            metadata: any JSON object; ``{}`` by default.

        Raises:
            ScaleDuplicateResource: the name is taken.
            ScaleInvalidRequest: no such project.

        Source: documented (https://scale.com/docs/api-reference/batches).
        """
        body = {
            "project": project,
            "name": batch_name,
            "callback": callback,
            "calibration_batch": calibration_batch,
            "self_label_batch": self_label_batch,
            "metadata": object_of(metadata or {}, "metadata"),
        }
        return AsyncBatch(await self._transport.send("POST", "batches", body=body), self)

    async def get_batch(self, batch_name: str) -> AsyncBatch:
        """The batch with this name.

        Raises:
            ScaleResourceNotFound: no such batch for this key.
        """
        return AsyncBatch(await self._transport.get(_path(batch_name)), self)

    async def fetch_batch(self, batch_name: str) -> AsyncBatch:
        """The batch with this name: :meth:`get_batch` under its name of the 1.0 client."""
        return await self.get_batch(batch_name)

    async def batch_status(self, batch_name: str) -> JSONObject:
        """A batch's status and the number of its tasks in each status.

        Returns:
            E.g. ``{"status": "in_progress", "pending": 7, "completed": 2}``; a count of zero may
            be left out.
        """
        json = await self._transport.get(_path(batch_name, "status"))
        return checked_object(json, "batch status", ("status",))

    async def finalize_batch(self, batch_name: str) -> AsyncBatch:
        """Say that a batch is full.

        A batch of a Rapid or Studio project leaves staging: its tasks are worked on, and no more
        can be added. For other projects nothing happens.

        Source: documented (https://scale.com/docs/api-reference/batches).
        """
        return AsyncBatch(await self._transport.send("POST", _path(batch_name, "finalize")), self)

    async def set_batch_metadata(self, batch_name: str, metadata: Mapping[str, Any]) -> AsyncBatch:
        """Replace a batch's metadata as a whole."""
        path = _path(batch_name, "setMetadata")
        return AsyncBatch(
            await self._transport.send("POST", path, body=object_of(metadata, "metadata")), self
        )

    async def prioritize_batch(self, batch_name: str, priority: float) -> AsyncBatch:
        """Set the priority of a batch that is not finalized yet.

        Source: assumed (a public third-party client uses it; Scale's pages do not list it).
        """
        path = _path(batch_name, "prioritize")
        return AsyncBatch(
            await self._transport.send("POST", path, body={"priority": priority}), self
        )

    async def batches(self, **filters: Unpack[BatchFilters]) -> AsyncBatchlist:
        """One page of the batches that match, newest first; pages go by ``offset``.

        Args:
            filters: see :class:`BatchFilters`.

        Raises:
            ScaleInvalidRequest: a filter is not known, or Scale refuses its value.

        Source: documented (https://scale.com/docs/api-reference/batches).
        """
        query = filter_query(filters, BATCH_FILTERS, "batches")
        json = await self._transport.get("batches", query)
        return AsyncBatchlist.read(json, "batches", lambda doc: AsyncBatch(doc, self))

    async def list_batches(self, **filters: Unpack[BatchFilters]) -> AsyncBatchlist:
        """One page of batches: :meth:`batches` under its name of the 1.0 client."""
        return await self.batches(**filters)

    def get_batches(
        self,
        project_name: str | None = None,
        batch_status: BatchStatus | str | None = None,
        created_after: DateLike | None = None,
        created_before: DateLike | None = None,
        exclude_archived: bool = False,  # noqa: FBT001, FBT002  # the official order
    ) -> AsyncGenerator[AsyncBatch, None]:
        """Each batch that matches, newest first, fetched page by page.

        Args:
            project_name: only batches of this project.
            batch_status: only batches in this status.
            created_after: earliest creation, inclusive.
            created_before: latest creation, inclusive.
            exclude_archived: leave out what the dashboard has archived.

        Source: official client.
        """
        filters = {
            "project": project_name,
            "status": batch_status,
            "exclude_archived": exclude_archived,
            "start_time": created_after,
            "end_time": created_before,
        }
        query = filter_query(filters, BATCH_FILTERS, "get_batches")
        return by_offset(
            lambda page: self._transport.get("batches", page),
            query,
            "batches",
            lambda doc: AsyncBatch(doc, self),
        )
