"""How ``requests`` reaches the fake: by the adapter that a session picks for a URL.

The spot is ``Session.get_adapter``, above ``HTTPAdapter.send`` where mock libraries stand, so that
neither hides the other, whichever was entered first; and every session looks there on every call,
so that one made before the fake started is caught as well.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from functools import lru_cache
from types import MethodType, new_class
from typing import TYPE_CHECKING, Any, Final, cast

from requests import Response, Session
from requests.adapters import HTTPAdapter
from requests.exceptions import (
    ConnectionError as RequestsConnectionError,
)
from requests.exceptions import (
    ConnectTimeout,
    ReadTimeout,
    RetryError,
)
from requests.utils import get_encoding_from_headers
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    MaxRetryError,
    ProtocolError,
    ReadTimeoutError,
    ResponseError,
)
from urllib3.util import Timeout

from .._http.values import Request
from .origin import DEFAULT_PORTS, SCHEME_END, host_of, normal_origin
from .retry_loop import WAITED, exchange, open_body, timeouts
from .spot import MARK, replace
from .target_errors import is_from_target

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from requests import PreparedRequest
    from requests.adapters import BaseAdapter

    from .active import Interception
    from .fake_protocol import ActiveFake

HANDLE: Final = "_scaleapi_interception"
"""Where, on ``requests.Session``, the open doors are found while a fake is active.

A second attribute beside the replacement itself, because a mock library may have put its own
``get_adapter`` over ours by the time the next fake starts.
"""


class LateResponse(Response):
    """A response for which virtual time passed: ``elapsed`` is that and the real time.

    A session measures only when the adapter is done, so the virtual part waits here for the real
    one.
    """

    late_by = timedelta(0)

    @property
    def elapsed(self) -> timedelta:
        """How long the answers of this call took, back-off apart."""
        passed: timedelta = self.__dict__["elapsed"]
        return passed

    @elapsed.setter
    def elapsed(self, passed: timedelta) -> None:  # pyright: ignore[reportIncompatibleVariableOverride] - an attribute there
        self.__dict__["elapsed"] = passed + self.late_by


class FakeAdapter(HTTPAdapter):
    """An adapter that lets a fake answer in place of the network.

    It has all of the real adapter's state, so that its ``max_retries`` hold and
    ``build_response`` makes what it makes.

    Args:
        real: the adapter that the session would use.
        fake: who answers, started or not.
    """

    __slots__ = ("fake",)

    def __init__(self, real: HTTPAdapter, fake: ActiveFake) -> None:
        # The same dict, not a copy: what the user sets on the adapter holds here as well.
        self.__dict__ = real.__dict__
        self.fake = fake

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002  # the signature of requests
        timeout: Any = None,
        verify: bool | str = True,  # noqa: FBT001, FBT002  # the same
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> Response:
        """Answer as over a real connection.

        Raises:
            requests.exceptions.RequestException: what the same failure raises over a connection.
        """
        __tracebackhide__ = True
        self.add_headers(
            request, stream=stream, timeout=timeout, verify=verify, cert=cert, proxies=proxies
        )
        url = request.url or ""
        slash = url.find("/", SCHEME_END)
        origin, target = (url[:slash], url[slash:]) if slash > 0 else (url, "/")
        # A fragment is never sent.
        if "#" in target:
            target = target.partition("#")[0]
        path, _, query = target.partition("?")
        body, again = open_body(request.body)
        read_timeout, connect_timeout = _timeouts(timeout)
        call = Request(
            request.method or "GET",
            origin,
            path,
            query,
            # Lower case once, here: the app looks for them by it.
            _headers(request, origin),
            body,
            read_timeout,
            connect_timeout,
        )
        try:
            raw = exchange(
                self.fake,
                call,
                retries=self.max_retries,
                target=target,
                pool=lambda: _pool(origin),
                body=again,
                preload_content=False,
                decode_content=False,
            )
        # Translated as the real adapter would: users catch requests' own errors.
        except HTTPError as error:
            translated = None if is_from_target(error) else _as_requests_error(error, request)
            if translated is None:
                raise
            raise translated from error
        response = self.build_response(request, raw)
        waited_s = getattr(raw, WAITED, 0.0)
        if waited_s and type(response) is Response:
            # By its class, as the session writes `elapsed` after this has returned.
            response.__class__ = LateResponse
            cast("LateResponse", response).late_by = timedelta(seconds=waited_s)
        return response

    def build_response(self, req: PreparedRequest, resp: Any) -> Response:
        """As that of ``requests``, which parses anew what each answer says alike."""
        response = Response()
        response.status_code = resp.status
        headers = response.headers
        for name, value in resp.headers.items():
            headers[name] = value
        response.encoding = _encoding(headers.get("Content-Type"))
        response.raw = resp
        response.reason = resp.reason
        response.url = req.url or ""
        response.request = req
        bearer: Any = response
        bearer.connection = self
        return response


@lru_cache(maxsize=16)
def _encoding(content_type: str | None) -> str | None:
    return get_encoding_from_headers({} if content_type is None else {"content-type": content_type})


def fake_adapter(real: HTTPAdapter, fake: ActiveFake) -> FakeAdapter:
    """The adapter through which ``fake`` answers where ``real`` would be used.

    What a subclass of the user's adds to ``send`` or ``build_response`` stays in force: ours takes
    the place of the ``HTTPAdapter`` that it builds on.
    """
    kind = type(real)
    if kind is HTTPAdapter:
        return FakeAdapter(real, fake)
    if issubclass(kind, FakeAdapter):
        return kind(real, fake)
    return _in_place_of_http_adapter(kind)(real, fake)


class _Doorkeeper:
    """Stands as ``Session.get_adapter`` while a fake is active.

    A data descriptor, because requests-mock sets ``get_adapter`` on the session itself while it
    sends: what is set there is asked for other hosts, never for the fake's.
    """

    __slots__ = ("_kinds", "function", "interception", "original", MARK)

    def __init__(self, interception: Interception, original: Callable[..., BaseAdapter]) -> None:
        self.interception = interception
        self.original = original
        # By kind: making a class costs more than a call.
        self._kinds: dict[type[HTTPAdapter], Callable[..., FakeAdapter]] = {}

        def get_adapter(session: Session, url: str) -> BaseAdapter:
            """Return the appropriate connection adapter for the given URL."""
            return self.adapter_for(session, url)

        setattr(get_adapter, HANDLE, id(get_adapter))
        self.function = get_adapter

    def __get__(self, session: Session | None, owner: type[Session]) -> Callable[..., BaseAdapter]:
        if session is None:
            return self.function
        return MethodType(self.function, session)

    # A mock may put back what it read from us: that is no other adapter.
    def __set__(self, session: Session, value: Callable[..., BaseAdapter]) -> None:
        if _is_ours(value):
            session.__dict__.pop("get_adapter", None)
        else:
            session.__dict__["get_adapter"] = value

    def __delete__(self, session: Session) -> None:
        try:
            del session.__dict__["get_adapter"]
        except KeyError:
            raise AttributeError("get_adapter") from None

    def adapter_for(self, session: Session, url: str) -> BaseAdapter:
        """The session's own adapter, or ours in front of it when a fake answers for the URL."""
        own = session.__dict__.get("get_adapter")
        real = self.original(session, url) if own is None or _is_ours(own) else own(url=url)
        # Nothing to add where nobody is active, or where another fake stands already.
        if isinstance(real, FakeAdapter) or not self.interception.activations:
            return real
        # As it is written first: nearly every URL has the normal form.
        slash = url.find("/", SCHEME_END)
        fake = self.interception.answering(url[:slash] if slash > 0 else url)
        if fake is None:
            fake = self.interception.answering(normal_origin(url))
        if fake is None:
            return _with_stubs(real, self.interception)
        if not isinstance(real, HTTPAdapter) and own is not None:
            # A mock library's: it has no retries, and the fake's origin is not its to answer.
            real = self.original(session, url)
        if not isinstance(real, HTTPAdapter):
            # Mounted by the user: it runs, and what it sends through an adapter of its own comes
            # to the door of urllib3.
            return real
        kind = type(real)
        if kind is HTTPAdapter:
            return FakeAdapter(real, fake)
        # Once for each class of the user's.
        if kind not in self._kinds:
            self._kinds[kind] = _in_place_of_http_adapter(kind)
        return self._kinds[kind](real, fake)


def install(interception: Interception) -> Callable[[], None]:
    """Replace ``Session.get_adapter`` and what prepares for it; returns what puts them back."""
    put_back = replace(
        (Session, "get_adapter", lambda original: _Doorkeeper(interception, original)),
        (Session, "merge_environment_settings", _without_environment),
    )
    setattr(Session, HANDLE, interception)

    def close() -> None:
        delattr(Session, HANDLE)
        put_back()

    return close


def _without_environment(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Spare calls that a fake answers the search for proxies and certificates in the environment.

    It takes ``requests`` a third of a call, more where there are more variables, and our adapter
    has no use for what it finds. An adapter of the user's may have, and so may code that asks for
    the settings by itself: both get them.
    """

    def merge_environment_settings(
        session: Session, url: str, proxies: Any, stream: Any, verify: Any, cert: Any
    ) -> dict[str, Any]:
        """Check the environment and merge it with some settings."""
        # Code of the user's that asks by itself gets the real settings.
        by_requests = sys._getframe(1).f_globals.get("__name__") == Session.__module__
        if not by_requests or type(session.get_adapter(url)) is not FakeAdapter:
            return original(session, url, proxies, stream, verify, cert)
        return {
            "proxies": {**session.proxies, **(proxies or {})},
            "stream": session.stream if stream is None else stream,
            "verify": session.verify if verify is None else verify,
            "cert": session.cert if cert is None else cert,
        }

    return merge_environment_settings


def installed() -> Interception | None:
    """The open doors, or ``None`` when no fake is active."""
    return Session.__dict__.get(HANDLE)


def _with_stubs(real: BaseAdapter, interception: Interception) -> BaseAdapter:
    for activation in interception.here():
        fake = activation.fake
        if fake is not None and fake.stubbed_hosts.registered:
            real = fake.stubbed_hosts.adapter(real)
    return real


def _in_place_of_http_adapter(kind: type[HTTPAdapter]) -> Callable[..., FakeAdapter]:
    """A class that is ``kind`` with `FakeAdapter` in place of ``HTTPAdapter`` below it."""

    def __init__(self: FakeAdapter, real: HTTPAdapter, fake: ActiveFake) -> None:  # noqa: N807  # of the class made below
        FakeAdapter.__init__(self, real, fake)

    body = {"__init__": __init__, "__module__": kind.__module__, "__doc__": kind.__doc__}
    adapter_kind: Any = new_class(
        kind.__name__, (kind, FakeAdapter), exec_body=lambda ns: ns.update(body)
    )
    return cast("Callable[..., FakeAdapter]", adapter_kind)


def _is_ours(bound: object) -> bool:
    function = getattr(bound, "__func__", None)
    return function is not None and getattr(function, HANDLE, None) == id(function)


def _headers(request: PreparedRequest, origin: str) -> dict[str, str]:
    headers = {
        name: value.decode("latin-1") if isinstance(value, bytes) else value
        for name, value in request.headers.lower_items()
    }
    # One look for all: headers are nearly always ASCII.
    if not "".join(headers.values()).isascii():
        for value in headers.values():
            value.encode("latin-1")  # as on a connection, or UnicodeEncodeError
    if "host" not in headers:
        headers["host"] = origin.partition("://")[2]
    return headers


def _timeouts(timeout: Any) -> tuple[float | None, float | None]:
    if timeout is None:
        return None, None
    if isinstance(timeout, Timeout):
        return timeouts(timeout)
    if isinstance(timeout, tuple):
        connect, read = timeout  # a tuple of another length is a ValueError, as in requests
        if _is_seconds(connect) and _is_seconds(read):
            return read, connect
        return timeouts(Timeout(connect=connect, read=read))
    if _is_seconds(timeout):
        return timeout, timeout
    return timeouts(Timeout(connect=timeout, read=timeout))


def _is_seconds(value: Any) -> bool:
    return type(value) in {int, float} and value > 0


def _pool(origin: str) -> HTTPConnectionPool:
    """A pool that is never connected: error texts name it, as they name a real one."""
    scheme, _, authority = origin.partition("://")
    kind = HTTPSConnectionPool if scheme == "https" else HTTPConnectionPool
    port = authority.rpartition("]")[2].rpartition(":")[2]
    number = int(port) if port.isdecimal() else DEFAULT_PORTS.get(scheme)
    return kind(host_of(origin), number, maxsize=1)


def _as_requests_error(error: HTTPError, request: PreparedRequest) -> Exception | None:
    """What ``HTTPAdapter.send`` makes of an error of urllib3; ``None`` when it leaves it alone."""
    if isinstance(error, MaxRetryError):
        if isinstance(error.reason, ConnectTimeoutError):
            return ConnectTimeout(error, request=request)
        if isinstance(error.reason, ResponseError):
            return RetryError(error, request=request)
        return RequestsConnectionError(error, request=request)
    if isinstance(error, ProtocolError):
        return RequestsConnectionError(error, request=request)
    if isinstance(error, ReadTimeoutError):
        return ReadTimeout(error, request=request)
    return None
