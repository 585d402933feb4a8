"""What a call is and what its answer means, for every client: it touches no socket and no clock.

A transport takes the request that :meth:`Exchange.outgoing` builds, sends it by its own library, as
often as the retry rule says, and has the answer judged here.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode, urlsplit

from urllib3.filepost import encode_multipart_formdata

from ._secrets import HiddenText, Mask, basic_credentials, listed
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
    from collections.abc import Callable, Iterable, Sequence

    from ._types import JSON

log: Final = logging.getLogger("scaleapi")

BODY_SHOWN: Final = 300

FAKE_IN_PROCESS: Final = "SCALEAPI_TESTING_ACTIVE"
"""The variable by which a fake (`scaleapi_testing`) tells child processes of its own process."""

SCALES_OWN: Final = frozenset({"api.scale.com", "api.scaleapi.com"})
"""Where a call orders real, paid work."""

NOTHING: Final = object()
"""No body, where every JSON value is one."""


class Call:
    """One call as it is sent: what errors and logs say about it."""

    __slots__ = ("attempts", "earlier_try_may_have_worked", "method", "path", "status")

    def __init__(self, method: str) -> None:
        self.method = method
        self.path = ""
        self.status = 0
        self.attempts = 1
        self.earlier_try_may_have_worked = False

    def note_history(self, history: Iterable[Any]) -> None:
        """Take note of the tries before the one that was answered.

        Args:
            history: urllib3's records of them.
        """
        past = tuple(history)
        self.attempts = len(past) + 1
        self.earlier_try_may_have_worked = bool(past) and any(
            # After these an earlier try may have been carried out; after a 429 or 408 it was not.
            attempt.error is not None or (attempt.status or 0) >= 500
            for attempt in past
        )


class Outgoing:
    """A request, ready to be sent."""

    __slots__ = ("body", "headers", "method", "url")

    def __init__(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> None:
        self.method: Final = method
        self.url: Final = url
        self.headers: Final = headers
        self.body: Final = body


class Exchange:
    """Builds the requests of one key to one host, and judges the answers.

    Attributes:
        base_url: where paths are appended, without a slash at its end.
        mask: keeps the key out of texts.
        new_idempotency_key: gives the ``Idempotency-Key`` of each create that brings none; a
            version 4 UUID by default, settable.
    """

    base_url: str
    mask: Mask
    new_idempotency_key: Callable[[], str]

    def __init__(self, api_key: str, base_url: str, source: str | None = None) -> None:
        self.base_url = base_url
        self.mask = Mask(api_key)
        self.new_idempotency_key = _random_uuid
        # Hidden from reprs and tracebacks that show locals.
        self._api_key: Final[str] = HiddenText(api_key)
        self._prefix: Final = urlsplit(base_url).path
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
        return f"<{type(self).__name__} to {self.base_url} with key {self.mask.shown}>"

    # Both pickle and deepcopy come here.
    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError(not_copied("the transport of a client"))

    def outgoing(
        self,
        method: str,
        path: str,
        query: Sequence[tuple[str, str]],
        body: JSON,
        files: Sequence[tuple[str, str | tuple[str, bytes, str]]] | None,
        idempotency_key: str | None,
        call: Call,
    ) -> Outgoing:
        """The request of one call; ``call`` is told its path.

        Raises:
            ScaleInvalidRequest: something cannot be sent as it is.
        """
        try:
            target = f"{path}?{urlencode(query, quote_via=quote)}" if query else path
        except UnicodeEncodeError as error:
            raise refused(f"the query is not text that UTF-8 can carry: {query!r:.200}") from error
        call.path = self.mask.text(f"{self._prefix}/{target}")
        headers = dict(self._headers)
        content: bytes | None = None
        if files is not None:
            try:
                content, headers["Content-Type"] = encode_multipart_formdata(files)
            except UnicodeEncodeError as error:
                raise refused(
                    f"a part of the form is not text that UTF-8 can carry: {error.object!r:.200}"
                ) from error
        elif body is not NOTHING:
            content = encoded(body)
            headers["Content-Type"] = "application/json"
        if content is not None:
            headers["Content-Length"] = str(len(content))
        if idempotency_key is not None:
            headers["Idempotency-Key"] = header_text(idempotency_key, "idempotency_key")
        return Outgoing(method, f"{self.base_url}/{target}", headers, content)

    def answered(self, call: Call, status: int) -> None:
        """Take note of an answer that has been read whole."""
        call.status = status
        if log.isEnabledFor(logging.DEBUG):
            log.debug("%s %s: %d, attempt %d", call.method, call.path, status, call.attempts)

    def meant_for_a_fake(self, call: Call, url: str) -> ScaleConnectionError | None:
        """The error for a call that would order real work from within a test; mostly ``None``.

        It is one when this process descends from one in which a fake is active, and the call goes
        to Scale itself. Whether a fake answers here all the same is the transport's to know.
        """
        parent = os.environ.get(FAKE_IN_PROCESS)
        if not parent or parent == str(os.getpid()) or urlsplit(url).hostname not in SCALES_OWN:
            return None
        return ScaleConnectionError(
            f"refused to call {urlsplit(url).hostname}: a FakeScale is active in process {parent}, "
            "of which this one is a child, and a fake answers in its own process alone. Give the "
            "child SCALE_API_BASE_URL=<scale_server.url> (or that of scale.serve())",
            method=call.method,
            path=call.path,
            attempts=0,
        )

    def redirected(self, call: Call, location: str) -> ScaleException:
        """The error for an answer that points elsewhere."""
        return ScaleException(
            f"redirected to {self.mask.message(location)}; redirects are not followed, so that the"
            " API key stays with the host it was meant for. Set api_instance_url if Scale has"
            " moved",
            call.status,
            method=call.method,
            path=call.path,
            attempts=call.attempts,
        )

    def unanswered(self, call: Call, why: str, *, timed_out: bool) -> ScaleConnectionError:
        """The error for a call without a whole answer."""
        kind = ScaleConnectionTimeout if timed_out else ScaleConnectionError
        what = "no answer in time" if timed_out else "no complete answer"
        return kind(
            f"{what} from {urlsplit(self.base_url).netloc}: {self.mask.message(why)}",
            method=call.method,
            path=call.path,
            attempts=call.attempts,
        )

    def judged(self, call: Call, status: int, content: bytes, *, json_expected: bool) -> JSON:
        """The decoded JSON of an answer.

        Raises:
            ScaleException: it is no success, or no JSON where that is expected.
        """
        try:
            decoded = json.loads(content) if content else None
            readable = bool(content)
        except (ValueError, RecursionError):
            decoded, readable = None, False
        # Scale documents 200 alone as success; anything else is judged as a refusal.
        if status == 200:
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
            # A proxy in between answers HTML: a part of it tells more than nothing.
            text = content[:BODY_SHOWN].decode("utf-8", "replace") or "no further explanation"
        error = error_for(status)(
            self.mask.message(text),
            status,
            method=call.method,
            path=call.path,
            attempts=call.attempts,
        )
        # Whole, for programs that look into it; the message holds a part.
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
        return _json_of(body).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise refused(f"the parameters cannot be sent as JSON: {error}") from error


def header_text(value: str, argument: str) -> str:
    """``value``, found fit to be the value of a header.

    Raises:
        ScaleInvalidRequest: it is no string, is empty, has a line end or another control
            character, white space at an end, or a character that is not latin-1.
    """
    # Checked at run time as well: most callers are not type-checked.
    if not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance]  # callers may be untyped
        raise refused(f"{argument} must be a string, got {value!r:.80}")
    if value.isascii() and value.isprintable() and value.strip(" ") == value != "":
        return value  # as nearly every key is, and each create carries one
    if not value or value != value.strip():
        raise refused(
            f"{argument} must not be empty or have white space at an end, got {value!r:.80}"
        )
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        pass
    else:
        if not any(character < " " or "\x7f" <= character < "\xa0" for character in value):
            return value
    raise refused(
        f"{argument} is sent in a header, which holds latin-1 characters and no line ends or"
        f" other control characters, got {value!r:.80}"
    )


def not_copied(what: str) -> str:
    """What is said to those who pickle or deep-copy a client."""
    return (
        f"{what} cannot be pickled or deep-copied, for the copy would hold the API key in clear;"
        " make a client where it is needed, e.g. scaleapi.ScaleClient(os.environ['SCALE_API_KEY'])"
    )


def unreadable_keys(what: str, missing: Iterable[str], json: Iterable[object]) -> str:
    """What is said of an object that lacks keys which every such object has."""
    return f"expected a {what} with {', '.join(missing)}, got the keys {listed(json)}"


# A client's mapping or enum is no mistake; anything else would be sent as its repr.
def _encode_other(value: object) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form: {value!r:.80}")


_json_of: Final = json.JSONEncoder(allow_nan=False, default=_encode_other).encode


def _random_uuid() -> str:
    import uuid  # 2 ms of start-up that only creates need

    # Not the `random` module: programs seed it, and two of them would send the same key.
    return str(uuid.UUID(bytes=os.urandom(16), version=4))
