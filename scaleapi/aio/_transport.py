"""How the asynchronous client sends: by ``httpx``, afresh in each process and event loop.

What is sent and what an answer means stands in :mod:`scaleapi._exchange`; when a call is sent
again, in :mod:`scaleapi._retry`, which is asked here as urllib3 asks it for the client of threads.
"""

from __future__ import annotations

import os
import ssl
from contextlib import suppress
from functools import partial
from pathlib import Path
from random import SystemRandom
from typing import TYPE_CHECKING, Any, Final, Protocol

import anyio
import httpx
import sniffio
from urllib3 import HTTPResponse
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    MaxRetryError,
    ProtocolError,
    ReadTimeoutError,
)

from .._deadline import Deadline
from .._exchange import NOTHING, Call, Exchange, Outgoing
from .._retry import ScaleRetry, no_jitter
from .._settings import connect_and_read
from .._transport import (
    DEFAULT_CA_BUNDLE_PATH,
    POOL_SIZE,
    Transport,
    environment_settings,
    proxy_for,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from .._types import JSON, Timeout
    from ..exceptions import ScaleConnectionError


class Incoming(Protocol):
    """An answer whose head has arrived.

    Attributes:
        status: of HTTP.
        retry_after: the header of that name, ``None`` where there is none.
        location: the same of ``Location``.
    """

    status: int
    retry_after: str | None
    location: str | None

    async def read(self) -> bytes:
        """The body, which is read once and kept.

        Raises:
            httpx.HTTPError: it did not arrive whole.
        """
        ...


class Door(Protocol):
    """Sends one request once; what fails, it raises as ``httpx`` does."""

    async def __call__(self, outgoing: Outgoing, limits: httpx.Timeout) -> Incoming:
        """The answer to a request."""
        ...


class _OverHttpx:
    """An answer that came over the wire."""

    def __init__(self, response: httpx.Response) -> None:
        self._response: Final = response
        self.status: int = response.status_code
        self.retry_after: str | None = response.headers.get("Retry-After")
        self.location: str | None = response.headers.get("Location")

    async def read(self) -> bytes:
        return await self._response.aread()


class AsyncTransport(Exchange):
    """Kept-alive connections with Scale, to be shared by all tasks of a program.

    Connections belong to an event loop and to a process: the first call in another one starts with
    none, so that a client made once for a module works in every test and after every fork.

    Attributes:
        wait: waits for some seconds between two tries; settable.
        door: sends in place of ``httpx``, where it is set.
        for_threads: makes a transport of the client of threads with the same settings; settable.
    """

    wait: Callable[[float], Awaitable[None]]
    door: Door | None
    for_threads: Callable[[], Transport]

    def __init__(
        self,
        api_key: str,
        base_url: str,
        *,
        retries: ScaleRetry,
        source: str | None = None,
        verify: bool | str | None = None,
        proxies: Mapping[str, str] | None = None,
        cert: str | tuple[str, str] | None = None,
        timeout: Timeout = None,
        total_timeout: float | None = None,
    ) -> None:
        super().__init__(api_key, base_url.rstrip("/"), source)
        connect, read = connect_and_read(timeout)
        self._timeout: Final = httpx.Timeout(read, connect=connect, pool=None)
        self._total_timeout: Final = total_timeout
        if retries.jitter_source is no_jitter:
            retries = retries.with_jitter(SystemRandom().random)
        self._retries = retries
        self._environment: Final = environment_settings(self.base_url, proxies, verify, cert)
        self.for_threads = partial(
            Transport,
            api_key,
            base_url,
            retries=retries,
            source=source,
            verify=verify,
            proxies=proxies,
            cert=cert,
            timeout=timeout,
            total_timeout=total_timeout,
        )
        self.wait = anyio.sleep
        self.door = None
        self._lanes: dict[tuple[int, object], list[httpx.AsyncClient]] = {}
        self._trust: ssl.SSLContext | bool | None = None

    async def close(self) -> None:
        """Close the kept connections. A later call opens new ones."""
        for lane in self._lanes.pop(_home(), ()):
            await lane.aclose()

    async def get(self, path: str, query: Sequence[tuple[str, str]] = ()) -> JSON:
        """The decoded answer of ``GET path?query``."""
        return await self.send("GET", path, query=query)

    async def send(
        self,
        method: str,
        path: str,
        *,
        query: Sequence[tuple[str, str]] = (),
        body: JSON = NOTHING,
        files: Sequence[tuple[str, str | tuple[str, bytes, str]]] | None = None,
        idempotency_key: str | None = None,
        json_expected: bool = True,
        call: Call | None = None,
    ) -> JSON:
        """As :meth:`scaleapi._transport.Transport.send`."""
        if call is None:
            call = Call(method)
        outgoing = self.outgoing(method, path, query, body, files, idempotency_key, call)
        if self._total_timeout is None:
            response = await self._answer(outgoing, call, None)
        else:
            deadline = Deadline(self._total_timeout)
            try:
                with anyio.fail_after(self._total_timeout):
                    response = await self._answer(outgoing, call, deadline)
            except TimeoutError as error:
                raise self.unanswered(call, str(deadline), timed_out=True) from error
        if 300 <= response.status < 400 and response.location:
            raise self.redirected(call, response.location)
        content = await response.read()
        return self.judged(call, call.status, content, json_expected=json_expected)

    async def _answer(self, outgoing: Outgoing, call: Call, deadline: Deadline | None) -> Incoming:
        """The answer to the last try, read whole."""
        if self.door is not None:
            return await self._read(outgoing, call, deadline, self.door)
        strayed = self.meant_for_a_fake(call, outgoing.url)
        if strayed is not None:
            raise strayed
        free = self._free_lanes()
        lane = free.pop() if free else self._new_lane(call)
        try:
            return await self._read(outgoing, call, deadline, partial(_over, lane))
        finally:
            if len(free) < POOL_SIZE:
                free.append(lane)
            else:
                await lane.aclose()

    async def _read(
        self, outgoing: Outgoing, call: Call, deadline: Deadline | None, door: Door
    ) -> Incoming:
        response, rule = await self._tried(outgoing, call, deadline, door)
        call.note_history(rule.history)
        try:
            await response.read()
        except (httpx.HTTPError, OSError) as error:
            raise self._unanswered(call, error) from error
        self.answered(call, response.status)
        return response

    async def _tried(
        self, outgoing: Outgoing, call: Call, deadline: Deadline | None, door: Door
    ) -> tuple[Incoming, ScaleRetry]:
        """The answer to the last try, its body unread, and the rule with the tries before it."""
        rule = self._retries if deadline is None else self._retries.until(deadline)
        method, url = outgoing.method, outgoing.url
        while True:
            try:
                response = await door(outgoing, self._limits(deadline))
            except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
                try:
                    rule = rule.increment(method, url, error=_as_urllib3_names_it(error))
                except HTTPError as last:
                    call.attempts = getattr(last, "attempts", len(rule.history) + 1)
                    raise self._unanswered(call, error) from error
                seconds = rule.get_backoff_time()
            else:
                retry_after = response.retry_after
                if not rule.is_retry(method, response.status, bool(retry_after)):
                    return response, rule
                headers = {"Retry-After": retry_after} if retry_after else None
                head = HTTPResponse(status=response.status, headers=headers)
                try:
                    rule = rule.increment(method, url, response=head)
                except MaxRetryError:
                    return response, rule
                # Read to its end, so that the connection serves the next try.
                with suppress(httpx.HTTPError):
                    await response.read()
                after = rule.get_retry_after(head) if rule.respect_retry_after_header else None
                seconds = after or rule.get_backoff_time()
            if seconds > 0:
                await self.wait(seconds)

    def _limits(self, deadline: Deadline | None) -> httpx.Timeout:
        limits = self._timeout
        if deadline is None:
            return limits
        return httpx.Timeout(
            deadline.shortened(limits.read), connect=deadline.shortened(limits.connect)
        )

    def _free_lanes(self) -> list[httpx.AsyncClient]:
        """Clients of ``httpx`` in this loop and process, each for one call at a time.

        One client for all would look through all its connections for each of them at each call:
        fifty calls at once would be slower than one after another.
        """
        home = _home()
        if home not in self._lanes:
            # Those of another process stay, for what collects them would close the other's sockets.
            for process, loop in list(self._lanes):
                if process == home[0] and getattr(loop, "is_closed", bool)():
                    del self._lanes[process, loop]
        return self._lanes.setdefault(home, [])

    def _new_lane(self, call: Call) -> httpx.AsyncClient:
        settings = self._environment
        proxy = proxy_for(self.base_url, settings["proxies"])
        limits = httpx.Limits(max_keepalive_connections=1, keepalive_expiry=None)
        try:
            if self._trust is None:
                # Reading all authorities takes longer than fifty calls; without TLS it is spared.
                is_plain = self.base_url.startswith("http:") and "https:" not in (proxy or "")
                self._trust = not is_plain and _certificates(settings["verify"], settings["cert"])
            return httpx.AsyncClient(
                verify=self._trust, proxy=proxy, limits=limits, trust_env=False
            )
        except (OSError, ValueError, ImportError, httpx.InvalidURL) as error:
            # A certificate or a proxy that is none, or one that needs another package.
            raise self._unanswered(call, error) from error

    def _unanswered(self, call: Call, error: Exception) -> ScaleConnectionError:
        self.mask.exception(error)
        timed_out = isinstance(error, httpx.TimeoutException)
        return self.unanswered(call, _why(error), timed_out=timed_out)


async def _over(lane: httpx.AsyncClient, outgoing: Outgoing, limits: httpx.Timeout) -> Incoming:
    """The answer to a request that is sent over a connection of its own."""
    request = httpx.Request(
        outgoing.method,
        outgoing.url,
        headers=outgoing.headers,
        content=outgoing.body,
        extensions={"timeout": limits.as_dict()},
    )
    return _OverHttpx(await lane.send(request, stream=True))


def _why(error: BaseException) -> str:
    """What an error says, or the one behind it where it says nothing, as some on trio do."""
    behind: BaseException | None = error
    while behind is not None:
        if str(behind):
            return str(behind)
        behind = behind.__cause__ or behind.__context__
    return type(error).__name__


def _home() -> tuple[int, object]:
    """The process and the event loop, to which connections belong."""
    if sniffio.current_async_library() == "trio":
        from trio.lowlevel import current_trio_token  # only a program on trio comes here

        return os.getpid(), current_trio_token()
    from asyncio import get_running_loop

    return os.getpid(), get_running_loop()


def _certificates(verify: bool | str, cert: Any) -> ssl.SSLContext | bool:  # noqa: FBT001  # the name of requests
    """What ``verify`` and ``cert`` mean to ``requests``, for ``httpx``.

    Raises:
        OSError: a file is not there or not what it should be.
    """
    if verify is False:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        bundle = Path(verify if isinstance(verify, str) else DEFAULT_CA_BUNDLE_PATH)
        if not bundle.exists():
            raise OSError(
                f"Could not find a suitable TLS CA certificate bundle, invalid path: {bundle}"
            )
        if bundle.is_dir():
            context = ssl.create_default_context(capath=bundle)
        else:
            context = ssl.create_default_context(cafile=bundle)
    if isinstance(cert, str):
        context.load_cert_chain(cert)
    elif cert:
        context.load_cert_chain(*cert)
    return context


def _as_urllib3_names_it(error: Exception) -> Exception:
    """The failed try as the retry rule knows it."""
    text = str(error)
    if isinstance(error, httpx.ConnectTimeout | httpx.ConnectError | httpx.ProxyError):
        return ConnectTimeoutError(text)
    if isinstance(error, httpx.TimeoutException):
        return ReadTimeoutError(None, None, text)  # type: ignore[arg-type]  # there is no pool
    return ProtocolError(text)
