"""How a method of v2 is awaited: it runs on a worker thread, and the event loop goes on meanwhile.

v2 has one implementation, that of the client of threads; what the two share is all of it.
"""

from __future__ import annotations

from functools import partial, wraps
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

from anyio.to_thread import run_sync

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator

    from ..v2 import V2Api

P = ParamSpec("P")
ResultT = TypeVar("ResultT")

_END: Final = object()


class AsyncV2Base:
    """What the methods of ``AsyncV2Api`` are made of.

    The other two forms of each operation, ``..._with_http_info`` and
    ``..._without_preload_content``, are awaited as well.
    """

    def __init__(self, api: V2Api) -> None:
        self._api: Final = api

    def __repr__(self) -> str:
        return f"<AsyncV2Api of {self._api.api_client.configuration.host}>"

    if not TYPE_CHECKING:  # or checkers would take any method

        def __getattr__(self, name: str) -> Any:
            if name.startswith("_"):
                raise AttributeError(name)
            method = getattr(self._api, name)

            @wraps(method)
            async def call(*args: Any, **kwargs: Any) -> Any:
                return await run_sync(partial(method, *args, **kwargs))

            return call

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *(n for n in dir(self._api) if not n.startswith("_"))})

    @staticmethod
    async def _called(method: Callable[P, ResultT], *args: P.args, **kwargs: P.kwargs) -> ResultT:
        return await run_sync(partial(method, *args, **kwargs))

    @staticmethod
    def _each(
        method: Callable[P, Iterator[ResultT]], *args: P.args, **kwargs: P.kwargs
    ) -> AsyncGenerator[ResultT, None]:
        # Called here, so that an argument that it does not take is said at once.
        return _one_by_one(method(*args, **kwargs))


async def _one_by_one(items: Iterator[ResultT]) -> AsyncGenerator[ResultT, None]:
    while (item := await run_sync(next, items, _END)) is not _END:
        yield item  # type: ignore[misc]  # the end is no item
