"""What arguments of the control plane may be: how each is written in JSON, and what it means."""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from .. import policies
from .._errors import CannotCross
from .._http.wire import LONGEST
from .._messages import described, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_LENGTH: Final = re.compile(r"(\d+(?:\.\d+)?)([smhd])")
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
# Bounded: whatever the schema allows must be a length that Python can hold.
_LENGTH_TEXT: Final = r"^([0-9]{1,5}(\.[0-9]{1,3})?[smhd]){1,4}$"
LONGEST_S: Final = LONGEST.total_seconds()
_LONG: Final = "a length of time: seconds as a number, or a text such as '90s', '2h' or '1h30m'"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of argument.

    Attributes:
        name: as messages and the reference say it, e.g. ``whole number``.
        schema: its JSON Schema.
        read: the value that a JSON value means; raises ``ValueError`` or ``TypeError`` with what
            would be right.
        is_text: whether it is a text in JSON too, so that a query gives it as it stands.
    """

    name: str
    schema: Mapping[str, Any]
    read: Callable[[Any], Any]
    is_text: bool = False

    def within(self, **schema: Any) -> Kind:
        """The same with bounds, in the words of JSON Schema."""
        return replace(self, schema={**self.schema, **schema})

    def fits(self, value: Any) -> bool:
        """Whether a JSON value is what the schema says, as far as types and bounds go."""
        return _fits(self.schema, value)

    @property
    def unchecked(self) -> Kind:
        """The same where the control itself says what is wrong with a value, in its own words."""
        return replace(self, read=_as_whole if self.read is _whole else _anything)

    def from_query(self, text: str) -> Any:
        """The JSON value that stands in a query: the text itself, or what it is as JSON."""
        if self.is_text:
            return text
        try:
            value = json.loads(text)
        # Python gives up on deep brackets; in a query they are a text like any other.
        except (ValueError, RecursionError):
            return text
        # A query has no null: there `null` is the text, e.g. the name of a project.
        return text if value is None else value


_TYPES: Final[Mapping[str, tuple[type, ...]]] = MappingProxyType(
    {
        "string": (str,),
        "integer": (int,),
        "number": (int, float),
        "boolean": (bool,),
        "object": (dict,),
        "array": (list,),
        "null": (type(None),),
    }
)


def _fits(schema: Mapping[str, Any], value: Any) -> bool:
    """Whether a value has the type, the bounds and the members that a schema names."""
    # The branches of our schemas exclude each other, so that one of them and any of them are the
    # same.
    choices = schema.get("oneOf") or schema.get("anyOf")
    if choices and not any(_fits(part, value) for part in choices):
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    if "const" in schema and value != schema["const"]:
        return False
    kind = schema.get("type", "")
    kinds = _TYPES.get(kind)
    if kinds is None:
        return True
    # JSON has one kind of number: 3.0 is a whole one there.
    value = _as_whole(value) if kind == "integer" else value
    # In Python True is a number, in JSON it is none.
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        return False
    if isinstance(value, int | float) and not isinstance(value, bool):
        low, high = schema.get("minimum", -math.inf), schema.get("maximum", math.inf)
        return bool(low <= value <= high and value > schema.get("exclusiveMinimum", -math.inf))
    if isinstance(value, str):
        pattern = schema.get("pattern")
        return len(value) >= schema.get("minLength", 0) and (
            pattern is None or re.search(pattern, value) is not None
        )
    if isinstance(value, list):
        least, most = schema.get("minItems", 0), schema.get("maxItems", math.inf)
        return least <= len(value) <= most and all(
            _fits(schema.get("items", {}), entry) for entry in value
        )
    if isinstance(value, dict):
        return _members_fit(schema, value)
    return True


def _members_fit(schema: Mapping[str, Any], value: Mapping[str, Any]) -> bool:
    parts, additional = schema.get("properties", {}), schema.get("additionalProperties", {})
    if additional is False and not value.keys() <= parts.keys():
        return False
    if len(value) < schema.get("minProperties", 0):
        return False
    return all(name in value for name in schema.get("required", ())) and all(
        _fits(parts.get(name, additional or {}), entry) for name, entry in value.items()
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"give a text, not {described(value)}")
    return value


def _texts(value: Any) -> list[str]:
    # A query cannot tell a list of one from its only member.
    entries = [value] if isinstance(value, str) else value
    if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
        raise TypeError(f"give a list of texts, not {described(value)}")
    return list(entries)


def _whole(value: Any) -> int:
    value = _as_whole(value)
    # In Python True is an int: as a number it would be taken for 1.
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"give a whole number, not {described(value)}")
    return value


def _as_whole(value: Any) -> Any:
    """JSON has one kind of number: 3.0 is whole too."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _number(value: Any) -> float:
    # Python's json reads NaN and Infinity, which JSON has not.
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError(f"give a number, not {described(value)}")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"give true or false, not {described(value)}")
    return value


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(f"give a JSON object, not {described(value)}")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"give a list, not {described(value)}")
    return value


def _anything(value: Any) -> Any:
    return value


def length(value: Any) -> timedelta:
    """A length of time as JSON writes it.

    Raises:
        TypeError: no length.
        ValueError: a text that is none, or longer than any ``timedelta``.
    """
    if isinstance(value, str):
        parts = list(_LENGTH.finditer(value))
        # Compared as a whole: else "1hx" would count as an hour.
        if not parts or "".join(part.group() for part in parts) != value:
            raise ValueError(f"give {_LONG}, not {value!r:.60}")
        keywords = [{_UNITS[part.group(2)]: float(part.group(1))} for part in parts]
    elif isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"give {_LONG}, not {described(value)}")
    else:
        keywords = [{"seconds": value}]
    try:
        return sum((timedelta(**keyword) for keyword in keywords), timedelta())
    except (OverflowError, ValueError):
        raise ValueError(f"no length of time is as long as {value!r:.60}") from None


def length_out(value: timedelta) -> float:
    """A length as JSON writes it: seconds."""
    return value.total_seconds()


def _moment(value: Any) -> datetime:
    right = "give a time with its zone, e.g. '2026-03-02T09:00:00Z'"
    if not isinstance(value, str):
        raise TypeError(f"{right}, not {described(value)}")
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{right}, not {value!r:.60}") from None


def _bytes(value: Any) -> bytes:
    try:
        # Unless it validates, Python drops in silence what is no base64.
        return base64.b64decode(_text(value), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("give base64") from None


_OUTCOMES: Final = ("completed", "error", "canceled")
_POLICY_TEXT: Final = (
    "a policy: null, a length such as '2h', 'never', {'after_polls': 3}, or outcomes such as "
    "{'completed': {'after': '1h'}}, {'error': {'message': '...'}}, {'canceled': {}}, or a list "
    "of these"
)


def policy(value: Any) -> policies.Policy:
    """A policy of ``scale.turnaround`` as JSON writes it.

    Raises:
        TypeError: none of the kinds.
        ValueError: one that means nothing.
    """
    if value is None:
        return None
    if value == "never":
        return policies.never
    if isinstance(value, list):
        return [_outcome(entry) for entry in value]
    if isinstance(value, dict):
        if set(value) == {"after_polls"}:
            # Other languages may write 3 as 3.0; the policy refuses what is no whole number itself.
            return policies.after_polls(_as_whole(value["after_polls"]))
        return _outcome(value)
    try:
        return length(value)
    except (TypeError, ValueError):
        # Not in the words of a length alone: another kind of policy may have been meant.
        raise ValueError(f"give {_POLICY_TEXT}, not {described(value)}") from None


def _outcome(value: Any) -> policies.Outcome:
    if not isinstance(value, dict) or len(value) != 1:
        raise ValueError(f"give {_POLICY_TEXT}, not {described(value)}")
    kind, details = next(iter(value.items()))
    if kind not in _OUTCOMES:
        near = did_you_mean(kind, (*_OUTCOMES, "after_polls"), 1)
        hint = f"did you mean {near[0]!r}?" if near else f"give {_POLICY_TEXT}"
        raise ValueError(f"{kind!r:.60} is no outcome; {hint}")
    details_by_name = dict(_object({} if details is None else details))
    if "after" in details_by_name:
        details_by_name["after"] = length(details_by_name["after"])
    known = {"completed": {"after", "response"}, "error": {"after", "message"}}
    strange = sorted(set(details_by_name) - known.get(kind, {"after"}))
    if strange:
        right = ", ".join(sorted(known.get(kind, {"after"})))
        raise ValueError(f"{kind} has no {strange[0]!r:.60}; it takes {right}")
    outcome: policies.Outcome = getattr(policies, kind)(**details_by_name)
    return outcome


def policy_out(value: Any) -> Any:
    """A policy as JSON writes it.

    Raises:
        TypeError: it is code, which no wire carries.
    """
    if value is None:
        return None
    if isinstance(value, policies.Never):
        return "never"
    if isinstance(value, policies.AfterPolls):
        return {"after_polls": value.polls}
    if isinstance(value, timedelta):
        return length_out(value)
    if isinstance(value, policies.Outcome):
        details = {"after": length_out(value.after)}
        extra = {"completed": ("response", value.response), "error": ("message", value.message)}
        name, extra_value = extra.get(value.kind, ("", None))
        return {value.kind: details if extra_value is None else {**details, name: extra_value}}
    if isinstance(value, list | tuple):
        return [policy_out(entry) for entry in value]
    what = "a callable" if callable(value) else described(value)
    raise CannotCross(f"{what} cannot cross a wire; give {_POLICY_TEXT}")


_NULLABLE_LENGTH: Final[Mapping[str, Any]] = {
    "oneOf": [
        {"type": "number", "minimum": 0, "maximum": LONGEST_S},
        {"type": "string", "pattern": _LENGTH_TEXT},
    ]
}
_OUTCOME_SCHEMA: Final[Mapping[str, Any]] = {
    "type": "object",
    "minProperties": 1,
    "maxProperties": 1,
    "additionalProperties": False,
    "properties": {
        "completed": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"after": _NULLABLE_LENGTH, "response": {"type": "object"}},
        },
        "error": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"after": _NULLABLE_LENGTH, "message": {"type": "string"}},
        },
        "canceled": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"after": _NULLABLE_LENGTH},
        },
    },
}

TEXT: Final = Kind("text", {"type": "string"}, _text, is_text=True)
TEXTS: Final = Kind("list of texts", {"type": "array", "items": {"type": "string"}}, _texts)
WHOLE: Final = Kind("whole number", {"type": "integer"}, _whole)
NUMBER: Final = Kind("number", {"type": "number"}, _number)
FLAG: Final = Kind("true or false", {"type": "boolean"}, _flag)
OBJECT: Final = Kind("JSON object", {"type": "object"}, _object)
LIST: Final = Kind("list", {"type": "array"}, _list)
PROJECTS: Final = LIST.within(
    items={
        "anyOf": [
            {"type": "string"},
            {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2},
        ]
    }
)
ANYTHING: Final = Kind("any JSON value", {}, _anything)
LENGTH: Final = Kind("length of time", _NULLABLE_LENGTH, length)
MOMENT: Final = Kind(
    "time with its zone",
    {"type": "string", "format": "date-time", "pattern": "([Zz]|[+-][0-9]{2}:[0-9]{2})$"},
    _moment,
    is_text=True,
)
BYTES: Final = Kind("base64", {"type": "string", "contentEncoding": "base64"}, _bytes, is_text=True)
POLICY: Final = Kind(
    "policy",
    {
        "anyOf": [
            {"type": "null"},
            {"const": "never"},
            *_NULLABLE_LENGTH["oneOf"],
            {
                "type": "object",
                "required": ["after_polls"],
                "additionalProperties": False,
                "properties": {"after_polls": {"type": "integer", "minimum": 1}},
            },
            _OUTCOME_SCHEMA,
            {"type": "array", "minItems": 1, "items": _OUTCOME_SCHEMA},
        ]
    },
    policy,
)
