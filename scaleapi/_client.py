"""The client: all groups of methods on one transport."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self

from ._address import base_url
from ._bulk import BulkMethods
from ._exchange import not_copied
from ._settings import checked_key, checked_retries, checked_settings
from ._transport import Transport
from ._v2_methods import V2Methods
from .batches import BatchMethods
from .files import FileMethods
from .projects import ProjectMethods
from .quality_tasks import QualityTaskMethods
from .studio import StudioMethods
from .teams import TeamMethods

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from ._retry import ScaleRetry
    from ._types import Timeout

CONNECT_TIMEOUT_S: Final = 10.0
READ_TIMEOUT_S: Final = 60.0


class ScaleClient(
    BulkMethods,
    BatchMethods,
    ProjectMethods,
    FileMethods,
    TeamMethods,
    StudioMethods,
    QualityTaskMethods,
    V2Methods,
):
    """A client of the Scale API, to be shared by all threads of a program.

    It keeps its connections open, sends a call again after 408, 429, 5xx and broken connections,
    and gives up on an answer that does not come. Proxies and CA bundles that the environment names
    are read once, here.

    Args:
        api_key: your test or live key.
        source: a word about your program for the ``User-Agent``.
        user_agent_extension: ``source`` under its name of the 1.0 client.
        api_instance_url: base of all paths; by default ``https://api.scale.com/v1``, or ``/v1`` at
            the origin that the environment variable ``SCALE_API_BASE_URL`` names.
        verify: whether the server's certificate is checked, or the path of a CA bundle.
        proxies: scheme -> proxy URL; goes before the environment's.
        cert: path of a client certificate, or of certificate and key.
        timeout: seconds to wait for connecting and for each read, or a pair of both; 10 and 60 by
            default, ``None`` = for ever.
        max_retries: how many times a call is sent again, or a :class:`scaleapi.ScaleRetry`.
        backoff_factor: seconds that scale the waits between tries (full length ``backoff_factor``,
            then twice, then four times that, with jitter); 0 = no wait but ``Retry-After``.
        max_wait: seconds that no wait between two tries exceeds; an hour by default. An answer
            whose ``Retry-After`` asks for more is raised as its error at once.
        total_timeout: seconds that a whole call may take, its tries, waits and reading included;
            no bound by default. Without it a server that sends a byte now and then can hold a
            call for ever, since ``timeout`` holds for each read. Looking up a host's name is not
            bounded, for the system's resolver cannot be stopped. :meth:`create_tasks` counts it
            for each task.

    Raises:
        ScaleInvalidRequest: an argument is none of those that it may be; the message names it.

    After a ``fork`` the client starts with new connections in the child. It cannot be pickled or
    deep-copied, for the copy would hold the key.
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
        self._transport = Transport(
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

    def close(self) -> None:
        """Close the kept connections. A later call opens new ones."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __copy__(self) -> Self:
        copied = object.__new__(type(self))
        copied.__dict__.update(self.__dict__)
        return copied

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError(not_copied(f"a {type(self).__name__}"))

    def __repr__(self) -> str:
        return f"<ScaleClient of {self.api_instance_url} with key {self._transport.mask.shown}>"
