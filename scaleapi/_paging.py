"""How lists come in pages: the list that is one page, and the iterators over all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Self, TypeVar

from ._base import checked_list, checked_object
from .exceptions import ScaleUnreadableReply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ._types import JSON

ItemT = TypeVar("ItemT")

Query = list[tuple[str, str]]
"""Names and values of a query, not yet percent-encoded; a name may repeat."""


class Page(list[ItemT], Generic[ItemT]):
    """One page of a listing: a list of its objects that also knows its place in the whole.

    Attributes:
        docs: the objects of this page, as a plain list.
        total: how many objects match on all pages together.
        limit: the most that a page holds.
        offset: how many objects come before this page (always 0 where pages go by token).
        has_more: whether further pages follow.
        next_token: what to ask the next page with; ``None`` on the last one.
    """

    def __init__(
        self,
        docs: list[ItemT],
        total: int,
        limit: int,
        offset: int,
        has_more: bool,  # noqa: FBT001  # the positional order of the 1.0 client
        next_token: str | None = None,
    ) -> None:
        super().__init__(docs)
        self.docs: list[ItemT] = docs
        self.total: int = total
        self.limit: int = limit
        self.offset: int = offset
        self.has_more: bool = has_more
        self.next_token: str | None = next_token

    @classmethod
    def read(cls, json: JSON, what: str, make: Callable[[JSON], ItemT]) -> Self:
        """The page that Scale answered.

        Args:
            json: the decoded answer.
            what: what is listed, for error texts.
            make: makes an object from one document.

        Raises:
            ScaleUnreadableReply: the answer is no page.
        """
        reply = checked_object(json, f"page of {what}", ("docs",))
        docs = [make(doc) for doc in checked_list(reply["docs"], what)]
        return cls(
            docs,
            reply["totalDocs"] if "totalDocs" in reply else reply.get("total", len(docs)),
            reply.get("limit", len(docs)),
            reply.get("offset", 0),
            bool(reply.get("has_more", False)),
            reply.get("next_token") or None,
        )

    def __repr__(self) -> str:
        more = ", more to come" if self.has_more else ""
        return f"<{type(self).__name__} of {len(self)} of {self.total}{more}>"


def by_token(
    fetch: Callable[[Query], JSON], query: Query, what: str, make: Callable[[JSON], ItemT]
) -> Iterator[ItemT]:
    """Each object of a listing that pages by ``next_token``, one page fetched at a time."""
    token: str | None = None
    while True:
        page_query = query if token is None else [*query, ("next_token", token)]
        page = Page.read(fetch(page_query), what, make)
        yield from page
        if page.next_token is None:
            return
        if page.next_token == token:
            raise ScaleUnreadableReply(f"a page of {what} names itself as the next page", 200)
        token = page.next_token


def by_offset(
    fetch: Callable[[Query], JSON], query: Query, what: str, make: Callable[[JSON], ItemT]
) -> Iterator[ItemT]:
    """Each object of a listing that pages by ``offset``, one page fetched at a time."""
    offset = 0
    while True:
        page = Page.read(fetch([*query, ("offset", str(offset))]), what, make)
        yield from page
        offset += len(page)
        if not (page.has_more and page):
            return
