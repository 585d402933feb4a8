"""How calls of v2 go over the wire: through the session, retries and errors of the client."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from .._transport import BODY_SHOWN, Call, Transport, encoded
from ..exceptions import ScaleDuplicateResource, ScaleException, ScaleUnreadableReply, refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ._operation import Operation, RequestOptions

HOST: Final = "https://api.scale.com"
ResultT = TypeVar("ResultT")


@dataclass(slots=True)
class Configuration:
    """Where v2 is, and with which key.

    Attributes:
        host: origin without a slash at its end and without ``/v2``; read for each call.
        access_token: the API key, for an :class:`ApiClient` that is made without a client.
        username: the same, as the official client takes it for HTTP Basic.
    """

    host: str = HOST
    access_token: str | None = field(default=None, repr=False)
    username: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ApiResponse(Generic[ResultT]):
    """An answer with all that came with it.

    Attributes:
        status_code: HTTP status.
        headers: names in any case.
        data: the object.
        raw_data: the bytes.
    """

    status_code: int
    headers: Mapping[str, str]
    data: ResultT
    raw_data: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one call, once its status was judged.

    Attributes:
        status_code: HTTP status, 200 or a redirect.
        headers: names in any case.
        content: the bytes.
    """

    status_code: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def location(self) -> str | None:
        """Where a redirect leads; ``None`` when it is none."""
        return self.headers.get("Location") if 300 <= self.status_code < 400 else None

    def json(self) -> Any:
        """The decoded body.

        Raises:
            ScaleUnreadableReply: it is not JSON.
        """
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError) as error:
            # With "replace": what is no JSON may be no text either.
            shown = self.content[:BODY_SHOWN].decode("utf-8", "replace")
            raise ScaleUnreadableReply(
                f"the answer is not JSON: {shown!r}", self.status_code
            ) from error

    def informed(self, data: ResultT) -> ApiResponse[ResultT]:
        """The answer together with the object that it holds."""
        return ApiResponse(self.status_code, self.headers, data, self.content)


class ApiClient:
    """Sends the calls of v2.

    ``client.v2`` makes its own, which shares session, proxies, certificates, retries and timeouts
    with the client. One that is made from a ``configuration`` alone has the client's defaults.

    Args:
        configuration: where to, and with which key.
        transport: how; made from the configuration's key when first needed.
    """

    configuration: Configuration

    def __init__(
        self, configuration: Configuration | None = None, transport: Transport | None = None
    ) -> None:
        self.configuration = Configuration() if configuration is None else configuration
        self._given = transport

    def __repr__(self) -> str:
        return f"<ApiClient of {self.configuration.host}>"

    @property
    def transport(self) -> Transport:
        """The session with Scale.

        Raises:
            ScaleInvalidRequest: the configuration holds no key.
        """
        if self._given is None:
            key = self.configuration.access_token or self.configuration.username
            if not key:
                raise refused("Configuration needs an access_token, which is the API key")
            # Here, for it is seldom needed: a client brings its own transport along.
            from .._client import ScaleClient

            self._given = ScaleClient(key)._transport
        return self._given

    def send(self, operation: Operation[Any], options: RequestOptions) -> Answer:
        """The answer to one call, if it succeeded; redirects are answers, and not followed.

        A create whose reply was lost, and whose repetition found its own work done, succeeded.

        Raises:
            ScaleException: the subclass that fits the status, or ``ScaleConnectionError``.
        """
        call = Call(operation.method)
        try:
            return self._send(operation, options, call)
        except ScaleDuplicateResource as taken:
            # Without an earlier try the 409 is the caller's own mistake, not this call's work.
            earlier_answer = (
                self._made_before(operation, taken) if call.earlier_try_may_have_worked else None
            )
            if earlier_answer is None:
                raise
            return earlier_answer

    def open(self, operation: Operation[Any], options: RequestOptions) -> Any:
        """The response as it comes: unread, whatever its status.

        Returns:
            A ``urllib3`` response: ``.status``, ``.headers``, ``.read()``.
        """
        return self._open(operation, options, Call(operation.method)).raw

    def download(self, url: str, options: RequestOptions) -> bytes:
        """The bytes at an address that an answer named; the API key is not sent there.

        Raises:
            ScaleException: they could not be had.
        """
        call = Call("GET")
        timeout = options.get("_request_timeout")
        response = self.transport.open(call, url, headers={}, timeout=timeout, public=True)
        content = self.transport.read(call, response)
        if response.status_code != 200:
            raise self.transport.refusal(call, response.status_code, content)
        return content

    def _send(self, operation: Operation[Any], options: RequestOptions, call: Call) -> Answer:
        response = self._open(operation, options, call)
        content = self.transport.read(call, response)
        # An address to fetch from comes as a redirect, which is the answer there; elsewhere it is
        # none.
        expected = response.is_redirect if operation.reads is None else response.status_code == 200
        if not expected:
            if response.is_redirect:
                raise ScaleException(
                    "redirected, where an answer was expected; redirects are not followed, so that "
                    "the API key stays with the host it was meant for",
                    response.status_code,
                    method=call.method,
                    path=call.path,
                    attempts=call.attempts,
                )
            raise self.transport.refusal(call, response.status_code, content)
        return Answer(response.status_code, response.headers, content)

    def _open(self, operation: Operation[Any], options: RequestOptions, call: Call) -> Any:
        index = options.get("_host_index")
        if index:
            raise refused(f"_host_index must be 0, for there is one host; got {index!r}")
        url = f"{self._host()}/{operation.path}"
        if operation.query:
            # quote, not quote_plus: a blank is %20 for every reader, "+" only for those of forms.
            url = f"{url}?{urlencode(operation.query, quote_via=quote)}"
        content: bytes | None = None
        headers: dict[str, str] = {}
        if operation.body is not None:
            content = encoded(operation.body)
            headers["Content-Type"] = options.get("_content_type") or "application/json"
        headers.update(options.get("_headers") or {})
        auth = options.get("_request_auth")
        # After the headers: an Authorization among those does not win over the option made for it.
        if auth is not None:
            headers["Authorization"] = str(auth.get("value", ""))
        return self.transport.open(
            call,
            url,
            headers=headers,
            body=content,
            timeout=options.get("_request_timeout"),
            bearer=True,
        )

    def _host(self) -> str:
        host = self.configuration.host.rstrip("/")
        if urlsplit(host).scheme not in {"http", "https"}:
            raise refused(f"configuration.host must begin with https:// or http://, got {host!r}")
        return host

    def _made_before(
        self, operation: Operation[Any], duplicate: ScaleDuplicateResource
    ) -> Answer | None:
        """What an earlier try of a create made; ``None`` where nothing is found."""
        from ._operation import Operation as Look

        try:
            # A batch is known by its name, which no other one in the account may have.
            if operation.path == "v2/batch":
                name = str((operation.body or {}).get("name"))
                return self._send(
                    Look("GET", "v2/batch", operation.reads, [("batch_name", name)]),
                    {},
                    Call("GET"),
                )
            if operation.unique_id is None:
                return None
            # Only v1 finds a task by its unique_id; both versions know the same tasks.
            query = [("unique_id", operation.unique_id)]
            look = Look("GET", "v1/tasks", operation.reads, query)
            docs = self._send(look, {}, Call("GET")).json()["docs"]
            task = [("task_id", docs[0]["task_id"])]
            return self._send(Look("GET", "v2/task", operation.reads, task), {}, Call("GET"))
        except (ScaleException, LookupError, TypeError) as error:
            # The 409 is what the caller has to know; the failed look-up must not hide it.
            duplicate.add_note(f"looking up what was made before failed as well: {error}")
            return None
