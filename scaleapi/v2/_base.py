"""What every group of v2's methods uses: one call, and listings that go on."""

from __future__ import annotations

import inspect
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from .._paging import MOST_EMPTY_PAGES
from ..exceptions import ScaleException, refused
from ._operation import Operation, RequestOptions, check_options, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from .api_client import Answer, ApiClient

ResultT = TypeVar("ResultT")
PageT = TypeVar("PageT")
ItemT = TypeVar("ItemT")


class V2Group:
    """Holds how calls go over the wire; the groups that make up ``V2Api`` build on it."""

    api_client: ApiClient

    def __init_subclass__(cls) -> None:
        # A copy: setattr changes the namespace that is walked.
        for name, method in list(vars(cls).items()):
            if not name.startswith("_") and inspect.isfunction(method):
                setattr(cls, name, _with_options_checked(method))

    def _run(self, operation: Operation[ResultT], options: RequestOptions) -> ResultT:
        return self._judged(self.api_client.send(operation, options), operation)

    @staticmethod
    def _judged(answer: Answer, operation: Operation[ResultT]) -> ResultT:
        reads: Any = operation.reads
        result: ResultT = reads.from_dict(answer.json())
        return result


def _with_options_checked(method: Callable[..., Any]) -> Callable[..., Any]:
    """The method, if it takes options: those that it does not know were dropped otherwise."""
    code = inspect.unwrap(method).__code__
    # Without **options Python itself refuses what it does not know.
    if not code.co_flags & inspect.CO_VARKEYWORDS:
        return method
    # From 1: `self` is no argument that a caller could have meant.
    argument_names = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]

    @wraps(method)
    def checked(self: V2Group, *args: Any, **kwargs: Any) -> Any:
        options = {name: value for name, value in kwargs.items() if name not in argument_names}
        if options:
            check_options(method.__name__, argument_names, options)
        return method(self, *args, **kwargs)

    return checked


def needed(value: str, argument: str) -> str:
    if not text_of(value, argument):
        raise refused(f"{argument} must not be empty")
    return value


def all_of(
    fetch: Callable[[str | None], PageT], items: Callable[[PageT], Sequence[ItemT]]
) -> Iterator[ItemT]:
    """The items of every page; ends at a token that is missing or empty.

    Raises:
        ScaleException: a page answers with a token that it or an earlier one was asked by, or
            one page after the other is empty: it would never end.
    """
    next_token: str | None = None
    asked_by: set[str] = set()
    empty = 0
    while True:
        page = fetch(next_token)
        on_page = items(page)
        yield from on_page
        # A filter may match nothing on some pages: only many in a row are an error.
        empty = 0 if on_page else empty + 1
        following: str | None = getattr(page, "next_token", None)
        if not following:
            return
        if following == next_token:
            raise ScaleException(
                f"the listing does not go on: a page answered with the next_token {following!r}"
                " that it was asked by"
            )
        if following in asked_by or empty >= MOST_EMPTY_PAGES:
            why = "names an earlier page as the next one" if following in asked_by else "was empty"
            raise ScaleException(f"the listing does not end: page after page {why}")
        asked_by.add(following)
        next_token = following
