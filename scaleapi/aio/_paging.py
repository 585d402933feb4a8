"""The iterators over all pages of a listing, one page fetched at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from .._paging import Page, Progress

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from .._paging import Query
    from .._types import JSON

ItemT = TypeVar("ItemT")


async def by_token(
    fetch: Callable[[Query], Awaitable[JSON]],
    query: Query,
    what: str,
    make: Callable[[JSON], ItemT],
    key: str = "task_id",
) -> AsyncGenerator[ItemT, None]:
    """As :func:`scaleapi._paging.by_token`."""
    progress = Progress(what, key)
    page_query = query
    while True:
        page = Page.read(await fetch(page_query), what, make)
        for item in page:
            yield item
        token = progress.next_token(page)
        if token is None:
            return
        page_query = [*query, ("next_token", token)]


async def by_offset(
    fetch: Callable[[Query], Awaitable[JSON]],
    query: Query,
    what: str,
    make: Callable[[JSON], ItemT],
    key: str = "name",
) -> AsyncGenerator[ItemT, None]:
    """As :func:`scaleapi._paging.by_offset`."""
    progress = Progress(what, key)
    offset = 0
    while True:
        page = Page.read(await fetch([*query, ("offset", str(offset))]), what, make)
        for item in page:
            yield item
        if not progress.goes_on(page):
            return
        offset += len(page)
