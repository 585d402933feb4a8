"""What every group of client methods may use: the transport, and the checks made before sending."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from ._exchange import unreadable_keys
from ._secrets import listed
from .exceptions import ScaleException, ScaleUnreadableReply, refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ._transport import Transport
    from ._types import JSON, JSONObject


class BaseClient:
    """Holds the transport; the groups of methods that make up the client build on it."""

    _transport: Transport


ClientT = TypeVar("ClientT")


class Resource(Generic[ClientT]):
    """One object of Scale's: the JSON it answered, its keys readable as attributes.

    A key that Scale left out is an ``AttributeError``, not ``None``: ``hasattr`` tells. The raw
    JSON is :meth:`as_dict`, and ``param_dict`` as in the 1.0 client.

    An object can be pickled; it then leaves its client, and with it the API key, behind.

    Args:
        json: the decoded object.
        client: the client that the object's methods call.

    Raises:
        ScaleUnreadableReply: ``json`` lacks a key that every such object has.
    """

    param_dict: JSONObject
    _client: ClientT | None
    _needed: tuple[str, ...] = ()
    _shown: tuple[str, ...] = ("id",)
    """The attributes that the object's texts show; the first one names it."""

    def __init__(self, json: JSON, client: ClientT | None = None) -> None:
        self.param_dict = checked_object(json, _called(type(self)), self._needed)
        self._client = client

    @property
    def client(self) -> ClientT:
        """The client that the object's methods call.

        Raises:
            ScaleException: there is none, because the object was unpickled.
        """
        if self._client is None:
            raise ScaleException(
                f"this {_called(type(self))} is not connected to a client, as after"
                " unpickling; fetch it again, or call the client's own method"
            )
        return self._client

    @property
    def _json(self) -> JSONObject:
        """:attr:`param_dict` under the private name of the official client, which programs read."""
        return self.param_dict

    @_json.setter
    def _json(self, json: JSONObject) -> None:
        self.param_dict = json

    def as_dict(self) -> JSONObject:
        """The object as Scale answered it: a dict with the wire's names."""
        return self.param_dict

    def _accept(self, json: JSON) -> None:
        """Take over the newer state that Scale answered."""
        self.param_dict = checked_object(json, _called(type(self)), self._needed)

    if not TYPE_CHECKING:
        # Hidden from type checkers, so that a misspelt attribute is found before the program runs.
        def __getattr__(self, name: str) -> Any:
            if name.startswith("_") or name == "param_dict":
                raise AttributeError(name)
            try:
                return self.param_dict[name]  # nearly every attribute that is read stands here
            except KeyError:
                pass
            for keys in self._keys():
                if name in keys:
                    return keys[name]
            raise AttributeError(self._absent(name))

    def _keys(self) -> tuple[JSONObject, ...]:
        """The objects whose keys are attributes, the first one that has a key winning."""
        return (self.param_dict,)

    def _absent(self, name: str) -> str:
        """What is said when ``name`` is no attribute."""
        from difflib import get_close_matches  # only a misspelt attribute needs it

        kind = type(self)
        text = f"this {_called(kind)} has no {name!r}"
        known = _declared(kind)
        if name in known and hasattr(kind, "refresh"):
            status = self.param_dict.get("status")
            when = "" if status is None else f" while {status}"
            return (
                f"{text}: it was fetched{when}; refresh() fetches its present state."
                f" It has {listed(self.param_dict)}"
            )
        if name not in known:
            names = sorted({*known, *(key for keys in self._keys() for key in keys)})
            near = get_close_matches(name, names, n=1, cutoff=0.7)
            text += f" (nearest: {near[0]})" if near else ""
        return f"{text}; it has {listed(self.param_dict)}"

    def __dir__(self) -> Iterable[str]:
        return sorted({*super().__dir__(), *(key for keys in self._keys() for key in keys)})

    def __str__(self) -> str:
        return f"{type(self).__name__}({self._shown[0]}={getattr(self, self._shown[0], None)})"

    def __repr__(self) -> str:
        facts = [f"{name}={getattr(self, name)!r}" for name in self._shown if hasattr(self, name)]
        return f"{type(self).__name__}({', '.join(facts)})"

    def __copy__(self) -> Self:
        return type(self)(self.param_dict, self._client)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        from copy import deepcopy  # only those who copy need it

        return type(self)(deepcopy(self.param_dict, memo), self._client)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.param_dict, None)


def _called(kind: type[Resource[Any]]) -> str:
    """What messages call a record: the same for both clients."""
    return kind.__name__.removeprefix("Async").lower()


def _declared(kind: type[Resource[Any]]) -> set[str]:
    """The attributes that a class of records names: the wire's, its properties and methods."""
    from inspect import get_annotations  # only a missing attribute needs it

    names: set[str] = set()
    for base in kind.__mro__:
        if issubclass(base, Resource):
            names |= {*vars(base), *get_annotations(base)}
    return {name for name in names if not name.startswith("_")}


def checked_object(json: JSON, what: str, needed: Iterable[str] = ()) -> JSONObject:
    """``json``, found to be an object with the keys ``needed``.

    Raises:
        ScaleUnreadableReply: it is not.
    """
    if not isinstance(json, dict):
        raise ScaleUnreadableReply(f"expected a {what} as a JSON object, got {json!r:.120}", 200)
    missing = [key for key in needed if key not in json]
    if missing:
        raise ScaleUnreadableReply(unreadable_keys(what, missing, json), 200)
    return json


def checked_list(json: JSON, what: str) -> list[JSON]:
    """``json``, found to be an array.

    Raises:
        ScaleUnreadableReply: it is not.
    """
    if not isinstance(json, list):
        raise ScaleUnreadableReply(f"expected a list of {what}, got {json!r:.120}", 200)
    return json


def named(value: str, argument: str) -> str:
    """``value``, found fit to stand in a path.

    Raises:
        ScaleInvalidRequest: it is not a string, is empty, or has no UTF-8 form.
    """
    if not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance]  # callers may be untyped
        raise refused(f"{argument} must be a string, got {value!r:.80}")
    if not value:
        raise refused(f"{argument} must not be empty")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise refused(f"{argument} is not text that UTF-8 can carry: {value!r:.80}") from error
    return value


def text_list(values: Sequence[str], argument: str) -> list[str]:
    """``values`` as a list.

    Raises:
        ScaleInvalidRequest: it is one string, which would be taken for a list of its letters.
    """
    if isinstance(values, str):
        raise refused(f"{argument} must be a list of strings, got the string {values!r:.80}")
    return list(values)


def object_of(values: Mapping[str, Any], argument: str) -> JSONObject:
    """``values`` as a dict.

    Raises:
        ScaleInvalidRequest: it is no mapping.
    """
    if not isinstance(values, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]  # callers may be untyped
        raise refused(f"{argument} must be a mapping (a JSON object), got {values!r:.80}")
    return dict(values)
