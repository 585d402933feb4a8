"""One call of v2 as a value: what is sent, and what is made of the answer. Touches no socket."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Final, Generic, TypedDict, TypeVar

from pydantic import ValidationError

from .._exchange import header_text
from .._settings import check_timeout
from ..exceptions import ScaleInvalidRequest, refused
from .models import Model

ModelT = TypeVar("ModelT", bound=Model)
ResultT = TypeVar("ResultT")

Moment = datetime | str
"""A point in time: a ``datetime`` (a naive one is taken for UTC) or a text in ISO 8601."""

LIMITS = range(1, 101)
"""What ``limit`` may be (documented)."""


_HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A token (RFC 9110, 5.6.2)."""


class RequestOptions(TypedDict, total=False):
    """What every method takes besides, under the names of the official client.

    ``_request_timeout`` is seconds, or (connect, read); ``_headers`` join those of the call;
    ``_request_auth`` is ``{"value": "Bearer ..."}``, in place of the client's key;
    ``_content_type`` replaces that of the body; ``_host_index`` is 0, for there is one host.
    """

    _request_timeout: float | tuple[float, float] | None
    _request_auth: Mapping[str, Any] | None
    _content_type: str | None
    _headers: Mapping[str, str] | None
    _host_index: int


def check_options(method: str, argument_names: Iterable[str], options: Mapping[str, Any]) -> None:
    """Refuse keywords that a method does not take, and options that no call could be made with.

    Args:
        method: its name.
        argument_names: the parameters that it has by name.
        options: what it was given besides.

    Raises:
        ScaleInvalidRequest: names the keyword, and what would be right.
    """
    option_names = RequestOptions.__annotations__
    for name in options:
        if name not in option_names:
            import difflib  # only a mistake needs it

            near = difflib.get_close_matches(name, [*argument_names, *option_names], n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(argument_names)}"
            raise refused(f"{method} has no argument {name!r}; {hint}")
    check_timeout(options.get("_request_timeout"), "_request_timeout")
    headers, auth = options.get("_headers"), options.get("_request_auth")
    if not isinstance(headers, Mapping | None):
        raise refused(f"_headers must be a mapping of names to values, got {headers!r:.80}")
    for name, value in (headers or {}).items():
        if not isinstance(name, str) or not _HEADER_NAME.fullmatch(name):
            raise refused(f"_headers has a name that no header can have: {name!r:.80}")
        header_text(value, f"_headers[{name!r:.80}]")
    if auth is not None and not (isinstance(auth, Mapping) and auth.get("value")):
        raise refused("_request_auth must be a mapping such as {'value': 'Bearer ...'}")
    if auth is not None:
        try:
            header_text(auth["value"], "")
        except ScaleInvalidRequest:  # which would show a key
            raise refused("_request_auth['value'] is nothing that a header can hold") from None
    if options.get("_content_type") is not None:
        header_text(options["_content_type"], "_content_type")


@dataclass(frozen=True, slots=True)
class Operation(Generic[ResultT]):
    """One call.

    Attributes:
        method: upper-case verb.
        path: below the host, percent-encoded, without a slash at its start.
        reads: the model of a 200; ``None`` where the answer is a redirect.
        query: names and values, not yet encoded.
        body: JSON, or ``None`` for none.
        unique_id: what a create is found again by when its reply was lost.
    """

    method: str
    path: str
    reads: type[ResultT] | None
    query: Sequence[tuple[str, str]] = ()
    body: dict[str, Any] | None = None
    unique_id: str | None = None


def query_of(**arguments: Any) -> list[tuple[str, str]]:
    """The arguments that were given as a query, each checked.

    Raises:
        ScaleInvalidRequest: names the argument, what it was, and what would be right.
    """
    query: list[tuple[str, str]] = []
    for name, value in arguments.items():
        if value is None:
            continue
        if name in {"expand", "opts"}:
            query += [(name, text_of(item, name)) for item in _several(value, name)]
        elif name == "limit":
            query.append((name, _limit(value)))
        elif name.endswith(("_after", "_before")):
            query.append((name, _moment(value, name)))
        else:
            query.append((name, text_of(value, name)))
    return query


def body_of(model: type[ModelT], request: ModelT | Mapping[str, Any], argument: str) -> ModelT:
    """A request as its model; a mapping is read as one.

    Raises:
        ScaleInvalidRequest: it is neither, or a field of it is wrong; names which.
    """
    if isinstance(request, model):
        return request
    # Before the mapping: a model of another kind would be refused there in words that mislead.
    if isinstance(request, Model):
        raise refused(f"{argument} must be a {model.__name__}, got a {type(request).__name__}")
    if not isinstance(request, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]  # callers may be untyped
        raise refused(
            f"{argument} must be a {model.__name__} or a dict of its fields, got {request!r:.80}"
        )
    # Models keep unknown keys, for answers; in a request one is a misspelling.
    unknown = [name for name in request if name not in model.model_fields]
    if unknown:
        import difflib  # only a mistake needs it

        near = difflib.get_close_matches(str(unknown[0]), model.model_fields, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(model.model_fields)}"
        raise refused(f"{argument} has no field {unknown[0]!r}; {hint}")
    try:
        return model.model_validate(dict(request))
    except ValidationError as error:
        # The first alone: further ones are often its consequences.
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise refused(f"{argument}.{field}: {first['msg'].lower()}") from error


def sent(request: Model) -> dict[str, Any]:
    """A request as JSON, without the fields that are ``None``, as the official client sends it.

    ``None`` inside of metadata and variables is kept.
    """
    return {
        name: value
        for name, value in request.model_dump(mode="json", by_alias=True).items()
        if value is not None
    }


def text_of(value: Any, name: str) -> str:
    """A text, or a member of one of the enumerations, as it is sent."""
    if isinstance(value, Enum):
        value = value.value
    if not isinstance(value, str):
        raise refused(f"{name} must be a string, got {value!r:.80}")
    try:
        # Lone surrogates are texts to Python, and would break only in the middle of sending.
        value.encode()
    except UnicodeEncodeError as error:
        raise refused(f"{name} is not text that UTF-8 can carry: {value!r:.80}") from error
    return value


def _several(values: Any, name: str) -> list[Any]:
    # A text is a sequence too: its letters would be sent one by one.
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise refused(f"{name} must be a list such as [{str(values)!r}], got {values!r:.80}")
    return list(values)


def _limit(value: Any) -> str:
    # Python takes True for 1, and `limit=True` would be sent as a page of one.
    if isinstance(value, bool) or not isinstance(value, int) or value not in LIMITS:
        raise refused(f"limit must be a whole number from 1 to 100, got {value!r:.80}")
    return str(value)


def _moment(value: Any, name: str) -> str:
    """A point in time as it is sent: UTC, ``Z``; a naive one is taken for UTC (assumed)."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise refused(f"{name} must be a date in ISO 8601, got {value!r:.80}") from None
    # Every datetime is a date, too: asked in the other order, its time would be lost.
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    if not isinstance(value, datetime):
        raise refused(f"{name} must be a datetime or an ISO 8601 string, got {value!r:.80}")
    moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
