"""How a call goes over the wire: one session, authentication, retries, reply -> JSON or error.

This is the only file that imports requests.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Mapping
from datetime import date
from enum import Enum
from random import Random
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.exceptions import TimeoutError as NoAnswerInTime
from urllib3.filepost import encode_multipart_formdata

from ._retry import ScaleRetry, no_jitter
from ._secrets import HiddenText, Mask, basic_credentials
from ._version import __version__
from .exceptions import (
    ScaleConnectionError,
    ScaleConnectionTimeout,
    ScaleException,
    ScaleUnreadableReply,
    error_for,
    refused,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ._types import JSON, Timeout

log: Final = logging.getLogger("scaleapi")

POOL_SIZE: Final = 64
"""Connections kept per host. Scale's own samples send 50 calls at once."""

BODY_SHOWN: Final = 300

FAKE_IN_PROCESS: Final = "SCALEAPI_TESTING_ACTIVE"
"""The variable by which a fake (`scaleapi_testing`) tells child processes of its own process."""

SCALES_OWN: Final = frozenset({"api.scale.com", "api.scaleapi.com"})
"""Where a call orders real, paid work."""

_NOTHING: Final = object()


class Call:
    """One call as it is sent: what errors and logs say about it."""

    __slots__ = ("attempts", "earlier_try_may_have_worked", "method", "path", "status")

    def __init__(self, method: str) -> None:
        self.method = method
        self.path = ""
        self.status = 0
        self.attempts = 1
        self.earlier_try_may_have_worked = False


class _Session(requests.Session):
    """A session that follows no redirect, so that the key stays with the host it was meant for."""

    def get_redirect_target(self, resp: requests.Response) -> None:  # noqa: ARG002  # requests asks
        return None


class Transport:
    """One kept-alive, thread-safe session with Scale.

    Attributes:
        session: the ``requests`` session every call goes through. Its adapters carry the retry
            rule; it reads no environment of its own after construction.
        base_url: where paths are appended, without a slash at its end.
        new_idempotency_key: gives the ``Idempotency-Key`` of each create that brings none; a
            version 4 UUID by default, settable.
    """

    session: requests.Session
    base_url: str
    new_idempotency_key: Callable[[], str]

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
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.new_idempotency_key = _random_uuid
        self.mask: Final = Mask(api_key)
        self._api_key: Final[str] = HiddenText(api_key)
        self._timeout: Final = timeout
        self._retries: Final = retries.total
        self._prefix: Final = urlsplit(self.base_url).path
        self.session = _Session()
        if retries.jitter_source is no_jitter:
            retries = retries.with_jitter(Random().random)
        adapter = HTTPAdapter(pool_maxsize=POOL_SIZE, max_retries=retries)
        self.session.mount("https://", adapter)
        self.session.mount("http://", adapter)
        # requests would scan the environment twice in each call, which costs more than all our
        # own work. It is asked once, here; the session then needs it no more.
        settings = self.session.merge_environment_settings(
            self.base_url, dict(proxies or {}), False, verify, cert
        )
        self._proxies: Final[dict[str, str]] = dict(settings["proxies"])
        self._verify: Final = settings["verify"]
        self._cert: Final = settings["cert"]
        self.session.trust_env = False
        agent = (
            f"scaleapi/{__version__} Python/{sys.version_info.major}.{sys.version_info.minor}."
            f"{sys.version_info.micro} OS/{sys.platform}{f' {source}' if source else ''}"
        )
        self._headers: Final[dict[str, str]] = {
            "User-Agent": agent,
            "Accept": "application/json",
            "Accept-Encoding": "gzip, deflate",
            "Authorization": HiddenText(f"Basic {basic_credentials(api_key)}"),
        }

    def __repr__(self) -> str:
        return f"<Transport to {self.base_url} with key {self.mask.shown}>"

    def close(self) -> None:
        """Close the kept connections. A later call opens new ones."""
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
        body: JSON = _NOTHING,
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
        target = f"{path}?{urlencode(query, quote_via=quote)}" if query else path
        if call is None:
            call = Call(method)
        call.path = self.mask.text(f"{self._prefix}/{target}")
        request = requests.PreparedRequest()
        request.method = method
        request.url = f"{self.base_url}/{target}"
        headers: CaseInsensitiveDict[str] = CaseInsensitiveDict(self._headers)
        request.headers = headers
        request.hooks = {"response": []}
        if files is not None:
            content, content_type = encode_multipart_formdata(files)
            request.body = content
            headers["Content-Type"] = content_type
            headers["Content-Length"] = str(len(content))
        elif body is not _NOTHING:
            content = encoded(body)
            request.body = content
            headers["Content-Type"] = "application/json"
            headers["Content-Length"] = str(len(content))
        elif method in {"POST", "PUT"}:
            headers["Content-Length"] = "0"
        if idempotency_key is not None:
            headers["Idempotency-Key"] = idempotency_key
        status, content = self._exchange(request, call)
        return self._judged(call, status, content, json_expected=json_expected)

    def _exchange(self, request: requests.PreparedRequest, call: Call) -> tuple[int, bytes]:
        """Status and body of the last try."""
        response = self._sent(request, call, self._timeout)
        content = self.read(call, response)
        if response.is_redirect:
            location = self.mask.text(response.headers["Location"])
            raise ScaleException(
                f"redirected to {location}; redirects are not followed, so that the API key stays"
                " with the host it was meant for. Set api_instance_url if Scale has moved",
                call.status,
                method=call.method,
                path=call.path,
                attempts=call.attempts,
            )
        return call.status, content

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
        return self._sent(request, call, self._timeout if timeout is None else timeout)

    def read(self, call: Call, response: requests.Response) -> bytes:
        """The body of a response.

        Raises:
            ScaleConnectionError: it did not arrive whole.
        """
        try:
            content = response.content
        except (requests.RequestException, HTTPError) as error:
            raise self._unanswered(call, error) from error
        call.status = response.status_code
        if log.isEnabledFor(logging.DEBUG):
            log.debug("%s %s: %d, attempt %d", call.method, call.path, call.status, call.attempts)
        return content

    def _sent(
        self, request: requests.PreparedRequest, call: Call, timeout: Timeout
    ) -> requests.Response:
        """The response of the last try."""
        self._refuse_in_a_child(request.url or "", call)
        try:
            response = self.session.send(
                request,
                stream=True,
                timeout=timeout,
                verify=self._verify,
                cert=self._cert,
                proxies=self._proxies,
                allow_redirects=False,
            )
        except (requests.RequestException, HTTPError) as error:
            raise self._unanswered(call, error) from error
        _note_history(call, response)
        return response

    def _refuse_in_a_child(self, url: str, call: Call) -> None:
        """A test's child process must not order real work that its parent meant for a fake.

        Raises:
            ScaleConnectionError: this process descends from one in which a fake is active, none is
                here, and the call would go to Scale itself.
        """
        parent = os.environ.get(FAKE_IN_PROCESS)
        if not parent or parent == str(os.getpid()) or urlsplit(url).hostname not in SCALES_OWN:
            return
        if type(self.session.get_adapter(url)) is not HTTPAdapter:
            return  # a fake answers here, or what a test has mounted
        raise ScaleConnectionError(
            f"refused to call {urlsplit(url).hostname}: a FakeScale is active in process {parent}, "
            "of which this one is a child, and a fake answers in its own process alone. Give the "
            "child SCALE_API_BASE_URL=<scale_server.url> (or that of scale.serve())",
            method=call.method,
            path=call.path,
            attempts=0,
        )

    def _unanswered(self, call: Call, error: Exception) -> ScaleConnectionError:
        self.mask.exception(error)
        inner = error.args[0] if error.args else None
        reason = getattr(inner, "reason", None)
        if reason is not None and isinstance(self._retries, int):
            call.attempts = self._retries + 1  # urllib3 gives up when all of them are used
        timed_out = isinstance(error, requests.Timeout) or (
            isinstance(reason, NoAnswerInTime) and not isinstance(reason, NewConnectionError)
        )
        kind = ScaleConnectionTimeout if timed_out else ScaleConnectionError
        what = "no answer in time" if timed_out else "no complete answer"
        text = self.mask.text(str(reason if reason is not None else error)) or type(error).__name__
        return kind(
            f"{what} from {urlsplit(self.base_url).netloc}: {text}",
            method=call.method,
            path=call.path,
            attempts=call.attempts,
        )

    def _judged(self, call: Call, status: int, content: bytes, *, json_expected: bool) -> JSON:
        try:
            decoded = json.loads(content) if content else None
            readable = bool(content)
        except (ValueError, RecursionError):
            decoded, readable = None, False
        if status == requests.codes.ok:
            if json_expected and not readable:
                shown = self.mask.text(content[:BODY_SHOWN].decode("utf-8", "replace"))
                raise ScaleUnreadableReply(
                    f"the answer is not JSON: {shown!r}",
                    status,
                    method=call.method,
                    path=call.path,
                    attempts=call.attempts,
                )
            return decoded
        raise self.refusal(call, status, content, decoded)

    def refusal(
        self, call: Call, status: int, content: bytes, decoded: JSON = None
    ) -> ScaleException:
        """The error that an answer stands for.

        Args:
            call: what was asked.
            status: of the answer; none that means success.
            content: its body.
            decoded: the same, where somebody has decoded it.
        """
        if decoded is None:
            try:
                decoded = json.loads(content) if content else None
            except (ValueError, RecursionError):
                decoded = None
        text = decoded.get("error") if isinstance(decoded, dict) else None
        if not isinstance(text, str):
            text = content[:BODY_SHOWN].decode("utf-8", "replace") or "no further explanation"
        error = error_for(status)(
            self.mask.text(text),
            status,
            method=call.method,
            path=call.path,
            attempts=call.attempts,
        )
        error.body = self.mask.text(content.decode("utf-8", "replace"))
        return error


def path_of(*segments: str) -> str:
    """The percent-encoded path of ``segments``, nothing kept safe: ``a b/c`` -> ``a%20b%2Fc``."""
    encoded_segments: list[str] = []
    for segment in segments:
        if segment.isascii() and segment.isalnum():
            encoded_segments.append(segment)
        elif segment in {".", ".."}:
            # The server, and urllib3 before it, would take it for a step upwards.
            encoded_segments.append(segment.replace(".", "%2E"))
        else:
            encoded_segments.append(quote(segment, safe=""))
    return "/".join(encoded_segments)


def encoded(body: JSON) -> bytes:
    """``body`` as JSON; enumerations are sent as their values, dates in ISO 8601.

    Raises:
        ScaleInvalidRequest: it holds something JSON has no form for, such as NaN or a set.
    """
    try:
        return json.dumps(body, allow_nan=False, default=_encode_other).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise refused(f"the parameters cannot be sent as JSON: {error}") from error


def _encode_other(value: object) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form: {value!r:.80}")


def _note_history(call: Call, response: requests.Response) -> None:
    retries = getattr(response.raw, "retries", None)
    history = getattr(retries, "history", ())
    call.attempts = len(history) + 1
    call.earlier_try_may_have_worked = any(
        past.error is not None or (past.status or 0) >= 500 for past in history
    )


def _random_uuid() -> str:
    import uuid  # 2 ms of start-up that only creates need

    return str(uuid.UUID(bytes=os.urandom(16), version=4))
