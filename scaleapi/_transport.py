"""How the client of threads sends: one session of ``requests``, fresh in each process.

What is sent and what an answer means stands in :mod:`scaleapi._exchange`; when a call is sent
again, in :mod:`scaleapi._retry`.
"""

from __future__ import annotations

import os
import re
from random import SystemRandom
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar
from requests.structures import CaseInsensitiveDict
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.exceptions import TimeoutError as NoAnswerInTime

from ._exchange import BODY_SHOWN, NOTHING, Call, Exchange, encoded, path_of
from ._retry import ScaleRetry, no_jitter
from ._secrets import HiddenText

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ._deadline import Deadline
    from ._types import JSON, Timeout
    from .exceptions import ScaleConnectionError

__all__ = ["BODY_SHOWN", "DEFAULT_CA_BUNDLE_PATH", "Call", "Transport", "encoded", "path_of"]

POOL_SIZE: Final = 64
"""Connections kept per host. Scale's own samples send 50 calls at once."""

_WHERE_IN_MEMORY: Final = re.compile(r"<[\w.]+ object at 0x[0-9a-f]+>: ")
"""What older versions of urllib3 begin their reasons with: the connection's repr."""


class _Session(requests.Session):
    """A session that follows no redirect, so that the key stays with the host it was meant for."""

    def get_redirect_target(self, resp: requests.Response) -> None:  # noqa: ARG002  # requests asks
        # None: requests would otherwise prepare the next request, with the key in it.
        return None

    def resolve_redirects(self, *_: Any, **__: Any) -> Iterator[requests.Response]:
        return iter(())


def environment_settings(
    base_url: str,
    proxies: Mapping[str, str] | None,
    verify: bool | str | None,  # noqa: FBT001  # the name of requests
    cert: str | tuple[str, str] | None,
) -> dict[str, Any]:
    """``proxies``, ``verify`` and ``cert`` as given, else as the environment says.

    ``requests`` would scan the environment twice in each call, which costs more than all our
    own work. It is asked once, here; no call needs it then.
    """
    settings: dict[str, Any] = dict(
        requests.Session().merge_environment_settings(
            base_url, dict(proxies or {}), False, verify, cert
        )
    )
    return settings


def proxy_for(base_url: str, proxies: Mapping[str, str]) -> str | None:
    """The proxy through which a host is reached; ``None`` where there is none."""
    from requests.utils import select_proxy  # only clients without a session of requests ask

    return select_proxy(base_url, proxies)


class Transport(Exchange):
    """One kept-alive, thread-safe session with Scale.

    A process that was forked shares its parent's sockets: each would read the other's answers. The
    first call in another process therefore starts with no connection at all.

    Attributes:
        session: the ``requests`` session every call goes through. Its adapters carry the retry
            rule; it reads no environment of its own after construction.
    """

    session: requests.Session

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
        self._timeout: Final = timeout
        self._total_timeout: Final = total_timeout
        self.session = _Session()
        if retries.jitter_source is no_jitter:
            # A generator of our own would draw the same numbers in each forked process.
            retries = retries.with_jitter(SystemRandom().random)
        self._retries: Final = retries
        kind = HTTPAdapter
        if total_timeout is not None:
            from ._deadline_sockets import DeadlineAdapter

            kind = DeadlineAdapter
        self._adapter_kind: Final = kind
        # One adapter for both schemes: one pool for all connections.
        adapter = kind(pool_maxsize=POOL_SIZE, max_retries=retries)
        self.session.mount("https://", adapter)
        self.session.mount("http://", adapter)
        settings = environment_settings(self.base_url, proxies, verify, cert)
        self._proxies: Final[dict[str, str]] = dict(settings["proxies"])
        self._verify: Final = settings["verify"]
        self._cert: Final = settings["cert"]
        self.session.trust_env = False
        # Compared on each call, as a fork leaves no other trace.
        self._process = os.getpid()
        self._inherited: list[object] = []

    def close(self) -> None:
        """Close the kept connections. A later call opens new ones."""
        if self._process != os.getpid():
            self._start_afresh()
        self.session.close()

    def get(self, path: str, query: Sequence[tuple[str, str]] = ()) -> JSON:
        """The decoded answer of ``GET path?query``."""
        return self.send("GET", path, query=query)

    def send(
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
        """Send one call, again where the retry rule says so, and decode the answer.

        Args:
            method: upper-case verb.
            path: percent-encoded, relative to the base URL, without a slash at its start.
            query: names and values, not yet encoded; a name may occur several times.
            body: any JSON value, ``{}`` and ``[]`` included; left out, no body is sent.
            files: parts of a multipart body: a name and a text, or (file name, bytes, media type).
            idempotency_key: sent as ``Idempotency-Key``, the same on each try.
            json_expected: whether an answer that is not JSON is an error; else it reads as None.
            call: is filled in with what is known about the exchange, for callers that judge by it.

        Returns:
            The decoded JSON.

        Raises:
            ScaleException: the subclass that fits the answer's status, or
                :class:`ScaleConnectionError` when none arrived.
        """
        if call is None:
            call = Call(method)
        outgoing = self.outgoing(method, path, query, body, files, idempotency_key, call)
        # Not through `Request.prepare`, which costs several times as much as all else here.
        request = requests.PreparedRequest()
        request.method = method
        request.url = outgoing.url
        headers: CaseInsensitiveDict[str] = CaseInsensitiveDict()
        for name, value in outgoing.headers.items():  # one by one is quicker than all at once
            headers[name] = value
        request.headers = headers
        request.body = outgoing.body
        deadline = self._new_deadline()
        response = self._sent(request, call, self._timeout, deadline)
        content = self.read(call, response, deadline)
        # A redirect is an error: the key stays with the host that it was meant for.
        if response.is_redirect:
            raise self.redirected(call, response.headers["Location"])
        return self.judged(call, call.status, content, json_expected=json_expected)

    def open(
        self,
        call: Call,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None = None,
        timeout: Timeout = None,
        bearer: bool = False,
        public: bool = False,
    ) -> requests.Response:
        """The response of a whole address, unread and unjudged; tried again as every call.

        Args:
            call: is filled in with what is known about the exchange.
            url: the whole address, percent-encoded.
            headers: go before those of every call.
            body: what is sent.
            timeout: in place of the client's.
            bearer: send the key as a bearer token, as v2 documents it.
            public: send no key at all.

        Raises:
            ScaleConnectionError: no answer arrived.
        """
        parts = urlsplit(url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        call.path = self.mask.text(target)
        request = requests.PreparedRequest()
        request.method = call.method
        request.url = url
        request.hooks = {"response": []}
        merged: CaseInsensitiveDict[str] = CaseInsensitiveDict(self._headers)
        if public:
            del merged["Authorization"]
        elif bearer:
            merged["Authorization"] = HiddenText(f"Bearer {self._api_key}")
        merged.update(headers)
        if body is not None:
            request.body = body
            merged["Content-Length"] = str(len(body))
        request.headers = merged
        deadline = self._new_deadline()
        return self._sent(request, call, self._timeout if timeout is None else timeout, deadline)

    def read(
        self, call: Call, response: requests.Response, deadline: Deadline | None = None
    ) -> bytes:
        """The body of a response.

        Raises:
            ScaleConnectionError: it did not arrive whole.
        """
        try:
            content = response.content
        # Whatever of the three libraries breaks off: users catch one error.
        except (requests.RequestException, HTTPError, OSError) as error:
            raise self._unanswered(call, error, deadline) from error
        self.answered(call, response.status_code)
        return content or b""

    def _sent(
        self,
        request: requests.PreparedRequest,
        call: Call,
        timeout: Timeout,
        deadline: Deadline | None,
    ) -> requests.Response:
        """The response of the last try."""
        if self._process != os.getpid():
            self._start_afresh()
        url = request.url or ""
        strayed = self.meant_for_a_fake(call, url)
        # Of another kind is the adapter of a fake, or what a test has mounted.
        if strayed is not None and type(self.session.get_adapter(url)) is self._adapter_kind:
            raise strayed
        try:
            if deadline is None:
                response = self._send_in(request, timeout)
            else:
                from ._deadline_sockets import CallTimeout
                from ._settings import connect_and_read

                with self._retries.for_this_thread(deadline):
                    response = self._send_in(
                        request, CallTimeout(*connect_and_read(timeout), deadline)
                    )
        except (requests.RequestException, HTTPError, OSError) as error:
            raise self._unanswered(call, error, deadline) from error
        retries = getattr(response.raw, "retries", None)
        call.note_history(getattr(retries, "history", ()))
        return response

    def _new_deadline(self) -> Deadline | None:
        if self._total_timeout is None:
            return None
        from ._deadline import Deadline  # only clients with a total_timeout need it

        return Deadline(self._total_timeout)

    def _send_in(self, request: requests.PreparedRequest, timeout: Any) -> requests.Response:
        # Streamed, so that reading the body is under our own bound as well.
        return self.session.send(
            request,
            stream=True,
            timeout=timeout,
            verify=self._verify,
            cert=self._cert,
            proxies=self._proxies,
            allow_redirects=False,
        )

    def _start_afresh(self) -> None:
        """Forget every connection, without touching it or the locks of a thread that is gone."""
        for adapter in {
            id(mounted): mounted for mounted in self.session.adapters.values()
        }.values():
            if isinstance(adapter, HTTPAdapter):
                # Kept, for what collects them would wait for locks that nobody can release.
                self._inherited += [adapter.poolmanager, adapter.proxy_manager]
                adapter.proxy_manager = {}
                adapter.init_poolmanager(
                    adapter._pool_connections,  # type: ignore[attr-defined]
                    adapter._pool_maxsize,  # type: ignore[attr-defined]
                    block=adapter._pool_block,  # type: ignore[attr-defined]
                )
        self.session.cookies = RequestsCookieJar()
        self._process = os.getpid()

    def _unanswered(
        self, call: Call, error: Exception, deadline: Deadline | None = None
    ) -> ScaleConnectionError:
        # First of all: the texts of libraries hold the request, and the request the key.
        self.mask.exception(error)
        inner = error.args[0] if error.args else None
        reason = getattr(inner, "reason", None)
        tries = self._retries.total
        if reason is not None and isinstance(tries, int):
            # urllib3 gives up when all of them are used, our rule also when time is up.
            call.attempts = getattr(inner, "attempts", tries + 1)
        over = deadline is not None and deadline.remaining() <= 0
        # A connection that could not be made is no time-out, though urllib3 derives its error from
        # one.
        timed_out = (
            over
            or isinstance(error, requests.Timeout)
            or (isinstance(inner, NoAnswerInTime) and not isinstance(inner, NewConnectionError))
            or (isinstance(reason, NoAnswerInTime) and not isinstance(reason, NewConnectionError))
        )
        why = str(deadline) if over else str(reason if reason is not None else error)
        why = _WHERE_IN_MEMORY.sub("", why)
        return self.unanswered(call, why or type(error).__name__, timed_out=timed_out)
