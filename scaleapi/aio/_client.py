"""The asynchronous client: all groups of methods on one transport."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from .._address import base_url
from .._client import CONNECT_TIMEOUT_S, READ_TIMEOUT_S
from .._exchange import not_copied
from .._settings import checked_key, checked_retries, checked_settings
from ._bulk import AsyncBulkMethods
from ._transport import AsyncTransport
from ._v2_methods import AsyncV2Methods
from .batches import AsyncBatchMethods
from .files import AsyncFileMethods
from .projects import AsyncProjectMethods
from .quality_tasks import AsyncQualityTaskMethods
from .studio import AsyncStudioMethods
from .teams import AsyncTeamMethods

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from .._retry import ScaleRetry
    from .._types import Timeout


class AsyncScaleClient(
    AsyncBulkMethods,
    AsyncBatchMethods,
    AsyncProjectMethods,
    AsyncFileMethods,
    AsyncTeamMethods,
    AsyncStudioMethods,
    AsyncQualityTaskMethods,
    AsyncV2Methods,
):
    """A client of the Scale API for asyncio and trio, to be shared by all tasks of a program.

    Every method of :class:`scaleapi.ScaleClient` is here under the same name, with the same
    arguments, and is awaited; what iterates over pages or results there is an asynchronous iterator
    here (``async for task in client.get_tasks("p")``). What it gives has the same attributes, and
    its methods are awaited as well (``await task.refresh()``). A property that fetches, such as
    ``batch.pending``, is awaited too: ``await batch.pending``.

    It needs the extra ``async``: ``pip install 'scaleapi[async]'``.

    Args:
        api_key: as for :class:`scaleapi.ScaleClient`, and so are all others.
        source: a word about your program for the ``User-Agent``.
        api_instance_url: base of all paths.
        verify: whether the server's certificate is checked, or the path of a CA bundle.
        proxies: scheme -> proxy URL.
        cert: path of a client certificate, or of certificate and key.
        user_agent_extension: ``source`` under its name of the 1.0 client.
        timeout: seconds to wait for connecting and for each read, or a pair of both.
        max_retries: how many times a call is sent again, or a :class:`scaleapi.ScaleRetry`.
        backoff_factor: seconds that scale the waits between tries.
        max_wait: seconds that no wait between two tries exceeds.
        total_timeout: seconds that a whole call may take.

    Raises:
        ScaleInvalidRequest: an argument is none of those that it may be; the message names it.

    Connections belong to the event loop that opened them: in another loop, or in a forked process,
    the client starts with new ones.
    """

    def __init__(
        self,
        api_key: str,
        source: str | None = None,
        api_instance_url: str | None = None,
        verify: bool | str | None = None,  # noqa: FBT001  # the official order
        proxies: Mapping[str, str] | None = None,
        cert: str | tuple[str, str] | None = None,
        *,
        user_agent_extension: str | None = None,
        timeout: Timeout = (CONNECT_TIMEOUT_S, READ_TIMEOUT_S),
        max_retries: int | ScaleRetry = 3,
        backoff_factor: float = 1.0,
        max_wait: float | None = None,
        total_timeout: float | None = None,
    ) -> None:
        url = base_url(api_instance_url)
        self.api_key: str = checked_key(api_key)
        source = source if source is not None else user_agent_extension
        self.source: str | None = source
        checked_settings(source, proxies, timeout, total_timeout)
        self._transport = AsyncTransport(
            api_key,
            url,
            retries=checked_retries(max_retries, backoff_factor, max_wait),
            source=source,
            verify=verify,
            proxies=proxies,
            cert=cert,
            timeout=timeout,
            total_timeout=total_timeout,
        )

    @property
    def api_instance_url(self) -> str:
        """Where paths are appended."""
        return self._transport.base_url

    async def close(self) -> None:
        """Close the kept connections. A later call opens new ones."""
        await self._transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def __copy__(self) -> Self:
        copied = object.__new__(type(self))
        copied.__dict__.update(self.__dict__)
        return copied

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError(not_copied(f"an {type(self).__name__}"))

    def __repr__(self) -> str:
        return (
            f"<AsyncScaleClient of {self.api_instance_url} with key {self._transport.mask.shown}>"
        )
