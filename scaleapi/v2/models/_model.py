"""What every object of v2 can do: be read from JSON without losing anything, and written again."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from ...exceptions import ScaleUnreadableReply

if TYPE_CHECKING:
    from collections.abc import Iterable


class Model(BaseModel):
    """An object of v2.

    Keys that this version does not know are kept: they read as attributes, and are written again.
    Values of a known key that Scale adds later (a new status, a new kind of annotation) are kept
    as they came, so that a new server never breaks a program.
    """

    # protected_namespaces: pydantic would warn of keys such as Scale's model_parameters.
    model_config: ClassVar[ConfigDict] = ConfigDict(
        extra="allow", populate_by_name=True, protected_namespaces=(), validate_assignment=True
    )

    if not TYPE_CHECKING:  # or checkers would take any attribute

        def __getattr__(self, name: str) -> Any:
            try:
                return super().__getattr__(name)
            except AttributeError:
                # copy and pickle ask for private names that are not there, and need Python's own
                # answer.
                if name.startswith("_"):
                    raise
            names = [*type(self).model_fields, *self.additional_properties]
            raise AttributeError(absent(f"this {type(self).__name__}", name, names), name=name)

    @property
    def additional_properties(self) -> dict[str, Any]:
        """The keys that this version does not know, with their values."""
        return dict(self.model_extra or {})

    @classmethod
    def from_dict(cls, obj: Any) -> Self:
        """The object that decoded JSON describes.

        Raises:
            ScaleUnreadableReply: it lacks something that every such object has; names what, where.
        """
        from pydantic import ValidationError

        try:
            return cls.model_validate(obj)
        except ValidationError as error:
            raise unreadable(cls.__name__, error.errors(include_url=False)) from error

    @classmethod
    def from_json(cls, json_str: str) -> Self:
        """The object that a JSON text describes.

        Raises:
            ScaleUnreadableReply: as ``from_dict``, or the text is not JSON.
        """
        try:
            decoded = json.loads(json_str)
        except ValueError as error:
            raise ScaleUnreadableReply(f"the text is not JSON: {json_str!r:.120}") from error
        return cls.from_dict(decoded)

    def to_dict(self) -> dict[str, Any]:
        """The object with the wire's names, without what was not set; dates are ``datetime``s."""
        return self.model_dump(by_alias=True, exclude_unset=True)

    def to_json(self) -> str:
        """The object as JSON, as it goes over the wire."""
        return json.dumps(self.to_wire())

    def to_wire(self) -> dict[str, Any]:
        """The object as JSON values: what ``from_dict`` reads again."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)

    def to_str(self) -> str:
        """The object for people: indented JSON."""
        return json.dumps(self.to_wire(), indent=2)


def absent(what: str, name: str, known: Iterable[str]) -> str:
    """The sentence that ``what`` has no attribute ``name``, with the nearest that it has."""
    from difflib import get_close_matches  # only a misspelt attribute needs it

    names = sorted(known)
    near = get_close_matches(name, names, n=1, cutoff=0.7)
    return f"{what} has no {name!r}" + (
        f" (nearest: {near[0]})" if near else f"; it has {', '.join(names)}"
    )


def unreadable(what: str, errors: Any) -> ScaleUnreadableReply:
    """The error for JSON that is no such object, with the first places that differ."""
    shown = [
        f"{'.'.join(str(part) for part in error['loc']) or 'the object'}: {error['msg'].lower()}"
        for error in errors[:3]
    ]
    more = f"; and {len(errors) - 3} more" if len(errors) > 3 else ""
    return ScaleUnreadableReply(f"the answer is no {what}: {'; '.join(shown)}{more}", 200)


def _written(moment: datetime) -> str:
    """As Scale writes it: UTC, milliseconds, ``Z``; microseconds where there are any."""
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    # Scale writes milliseconds; a moment must come back as it came, though.
    precision = "milliseconds" if moment.microsecond % 1000 == 0 else "microseconds"
    return moment.replace(tzinfo=None).isoformat(timespec=precision) + "Z"


Moment = Annotated[datetime, PlainSerializer(_written, return_type=str, when_used="json")]
"""A point in time: ``2025-01-01T08:31:03.169Z`` on the wire (documented), aware here."""


ObjectT = TypeVar("ObjectT", bound=Model)


class Expandable(Model, Generic[ObjectT]):
    """An object that is sent as its id unless ``expand=`` asked for the whole.

    Attributes:
        actual_instance: the id, or the object; what stands on the wire.
    """

    actual_instance: str | ObjectT

    @model_validator(mode="before")
    @classmethod
    def _wrap(cls, value: Any) -> Any:
        # What was read once comes here again whenever a field is assigned.
        if isinstance(value, Expandable) or (
            isinstance(value, dict) and "actual_instance" in value
        ):
            return value
        return {"actual_instance": value}

    @model_serializer(mode="wrap")
    def _unwrap(self, handler: SerializerFunctionWrapHandler) -> Any:
        # Only what stands within: on the wire there is no wrapper.
        return handler(self)["actual_instance"]

    @property
    def id(self) -> str:
        """The object's id, expanded or not."""
        if isinstance(self.actual_instance, str):
            return self.actual_instance
        return str(getattr(self.actual_instance, "id", ""))

    @property
    def entity(self) -> ObjectT | None:
        """The object, if it was expanded."""
        return None if isinstance(self.actual_instance, str) else self.actual_instance

    def __str__(self) -> str:
        return self.id

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str):
            return self.id == other
        return super().__eq__(other)

    __hash__ = None  # type: ignore[assignment]  # the object within can be changed


WordT = TypeVar("WordT", bound=Enum)


def word_of(enum: type[WordT]) -> BeforeValidator:
    """Reads a word as a member of ``enum``; one that is not among them stays a ``str``."""

    def read(value: Any) -> Any:
        try:
            return enum(value)
        except ValueError:
            return value

    return BeforeValidator(read)


def _number(value: Any) -> Any:
    """Refuse what Python would take for a number though JSON does not."""
    if isinstance(value, bool | str):
        raise ValueError("a number is expected")  # noqa: TRY004 - pydantic wants a ValueError
    return value


Number = Annotated[int | float, BeforeValidator(_number)]
"""A JSON number, whole or not, as it came."""
