"""How lists come in pages: the list that is one page, and the iterators over all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from ._base import checked_list, checked_object
from .exceptions import ScaleUnreadableReply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ._types import JSON

ItemT = TypeVar("ItemT")

MOST_EMPTY_PAGES = 10
"""How many pages in a row may be empty: a filter may match nothing on some of them."""

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
            # Batches are counted as totalDocs, tasks as total.
            reply["totalDocs"] if "totalDocs" in reply else reply.get("total", len(docs)),
            reply.get("limit", len(docs)),
            reply.get("offset", 0),
            bool(reply.get("has_more", False)),
            reply.get("next_token") or None,
        )

    def __repr__(self) -> str:
        more = ", more to come" if self.has_more else ""
        return f"<{type(self).__name__} of {len(self)} of {self.total}{more}>"


class Progress:
    """Watches that a listing comes to its end: pages without anything new would go on for ever.

    Args:
        what: what is listed, for error texts.
        key: the key of a document that tells it from others.
    """

    def __init__(self, what: str, key: str) -> None:
        self._what: str = what
        self._key: str = key
        self._token: str | None = None
        self._tokens: set[str] = set()
        self._page_before: list[JSON] = []
        self._empty: int = 0
        self._seen: set[str] = set()

    def next_token(self, page: Page[Any]) -> str | None:
        """What to ask the next page with; ``None`` after the last one.

        Raises:
            ScaleUnreadableReply: the listing turns in a circle.
        """
        token = page.next_token
        if token is None:
            return None
        if not isinstance(token, str):  # pyright: ignore[reportUnnecessaryIsInstance]  # Scale may say anything
            raise self._unreadable(f"has no text as its next_token: {token!r:.80}")
        if token == self._token:
            raise self._unreadable("names itself as the next page")
        if token in self._tokens:
            raise self._unreadable(f"names an earlier page as the next one: {token!r:.80}")
        self._token = token
        self._tokens.add(token)
        self._empty = 0 if page else self._empty + 1
        # Tokens may be new each time: only a bound ends a listing of empty pages.
        if self._empty >= MOST_EMPTY_PAGES:
            raise self._unreadable(f"was empty {self._empty} times in a row, and says more follow")
        keys = self._keys(page)
        # Equal empty pages are no repetition: a filter may match nothing on either.
        if keys and keys == self._page_before:
            raise self._unreadable("repeats the page before, and says more follow")
        self._page_before = keys
        return token

    def goes_on(self, page: Page[Any]) -> bool:
        """Whether a further page is to be asked for by its offset.

        Raises:
            ScaleUnreadableReply: the page brings nothing new, and says that more follows.
        """
        if not (page.has_more and page):
            return False
        # As texts: a faulty answer may have lists for keys, which no set can hold.
        keys = {repr(key) for key in self._keys(page)}
        if keys and keys <= self._seen:
            raise self._unreadable("brings nothing new, and says more follow")
        self._seen |= keys
        return True

    def _keys(self, page: Page[Any]) -> list[JSON]:
        return [item.as_dict().get(self._key) for item in page]

    def _unreadable(self, why: str) -> ScaleUnreadableReply:
        return ScaleUnreadableReply(f"a page of {self._what} {why}", 200)


def by_token(
    fetch: Callable[[Query], JSON],
    query: Query,
    what: str,
    make: Callable[[JSON], ItemT],
    key: str = "task_id",
) -> Iterator[ItemT]:
    """Each object of a listing that pages by ``next_token``, one page fetched at a time.

    Raises:
        ScaleUnreadableReply: an answer is no page, or the pages bring nothing new.
    """
    progress = Progress(what, key)
    page_query = query
    while True:
        page = Page.read(fetch(page_query), what, make)
        yield from page
        token = progress.next_token(page)
        if token is None:
            return
        page_query = [*query, ("next_token", token)]


def by_offset(
    fetch: Callable[[Query], JSON],
    query: Query,
    what: str,
    make: Callable[[JSON], ItemT],
    key: str = "name",
) -> Iterator[ItemT]:
    """Each object of a listing that pages by ``offset``, one page fetched at a time.

    Raises:
        ScaleUnreadableReply: an answer is no page, or the pages bring nothing new.
    """
    progress = Progress(what, key)
    offset = 0
    while True:
        page = Page.read(fetch([*query, ("offset", str(offset))]), what, make)
        yield from page
        if not progress.goes_on(page):
            return
        # By what came, not by the limit: a server may give less than it was asked for.
        offset += len(page)
