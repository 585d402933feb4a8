"""How Scale's whole-sentence errors are built, and the rules that any parameter may have.

Every sentence of an assumed form is made here, so that one mistake is told in one way whatever the
task type: ``Invalid {field} - expected {kind}.`` with a bare kind (``boolean``, ``string``), as the
pages spell it (docs/scale/images.md 7.5, docs/scale/video.md 1.4, docs/scale/text.md 1.1 O5, O6,
O9). The newer text types answer in another style, that of a schema schema: see `schema`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._base import Violation
from .values import are_strings, boolean, has_duplicates, integer, is_one_of, number, sent, strings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .._base import Params

AN_OBJECT_OF_STRINGS: Final = "an object of strings"
NON_EMPTY_STRINGS: Final = "a non-empty array of strings"
"""The two kinds that a page spells with an article (docs/scale/text.md 1.3 and C5)."""

ARRAY_OF_STRINGS: Final = "array of strings"

MOST_TAGS: Final = 5


def missing(field: str, expected: str, path: str = "") -> Violation:
    """O5: a required parameter is not there.

    Args:
        field: the parameter's name.
        expected: what it should be, in our words.
        path: where, when that is more than ``field``.
    """
    article = "an" if field[:1] in "aeiou" else "a"
    return Violation(path or field, f"Please include {article} {field} parameter.", expected)


def wrong(field: str, kind: str, expected: str = "", path: str = "") -> Violation:
    """O6: a parameter is not what it should be.

    Args:
        field: the parameter's name.
        kind: what was expected, as Scale's sentence names it.
        expected: the same in our words, when there is more to say.
        path: where, when it is inside of the parameter.
    """
    return Violation(path or field, f"Invalid {field} - expected {kind}.", expected or kind)


def not_among(what: str, choices: Sequence[str], path: str = "", also: str = "") -> Violation:
    """O2 and C4: none of the values that are allowed.

    Args:
        what: the parameter's name, or what else was wrong, as the sentence names it.
        choices: the allowed values, as the sentence lists them.
        path: where, when that is more than ``what``.
        also: more on what would be right, in our words.
    """
    return Violation(
        path or what,
        f"Invalid {what} - please choose one of these: {' '.join(choices)}",
        f"one of {', '.join(choices)}{also}",
    )


def duplicates(field: str, path: str = "") -> Violation:
    """O9: entries that must differ do not."""
    return Violation(
        path or field, f"Invalid {field} - must not contain duplicates.", "each entry once"
    )


def too_low(field: str, other: str, expected: str, path: str = "") -> Violation:
    """V14 and W3: a maximum below its minimum."""
    return Violation(path or field, f"Invalid {field} - must be at least {other}.", expected)


def check_choice(
    params: Mapping[str, Any], field: str, choices: Sequence[str], *, required: bool = False
) -> Iterator[Violation]:
    """A parameter with a list of allowed values; one not sent passes unless it is required."""
    if (required or field in params) and not is_one_of(params.get(field), choices):
        yield not_among(field, choices)


def check_booleans(
    options: Mapping[str, Any], names: Iterable[str], prefix: str = ""
) -> Iterator[Violation]:
    """Rules V15, C11 and O6 for flags: neither booleans nor the words for them (form bodies).

    Args:
        options: where they stand; those not sent pass.
        names: their keys.
        prefix: of the violations' paths, ending in a dot; no part of the messages.
    """
    for name in names:
        if name in options and boolean(options[name]) is None:
            yield wrong(name, "boolean", "true or false", f"{prefix}{name}")


def check_texts(params: Mapping[str, Any], names: Iterable[str]) -> Iterator[Violation]:
    """Sent parameters that are no strings."""
    for name in names:
        if sent(params, name) and not isinstance(params[name], str):
            yield wrong(name, "string", "a string")


def check_integers(
    options: Mapping[str, Any],
    names: Iterable[str],
    prefix: str = "",
    lowest: Mapping[str, int | None] | None = None,
) -> Iterator[Violation]:
    """Rule V13 for the options called ``names``; those not sent pass.

    Args:
        options: where they stand.
        names: their keys.
        prefix: of the violations' paths, ending in a dot; no part of the messages.
        lowest: the smallest value of those that do not start at 0; ``None`` is no bound.
    """
    for name in names:
        if name not in options:
            continue
        # Texts of digits are integers: clients of 2019 send "30", and form bodies nothing else.
        value = integer(options[name])
        least = 0 if lowest is None else lowest.get(name, 0)
        if value is None or (least is not None and value < least):
            right = "an integer" if least is None else f"an integer of at least {least}"
            yield wrong(name, "integer", right, f"{prefix}{name}")


def check_positive(params: Mapping[str, Any], fields: Iterable[str]) -> Iterator[Violation]:
    """Rule C10; fields that were not sent pass."""
    for field in fields:
        value = number(params.get(field))
        if field in params and (value is None or value <= 0):
            yield wrong(field, "positive number", "a number above 0")


def check_not_negative(
    params: Mapping[str, Any], fields: Iterable[str], unit: str
) -> Iterator[Violation]:
    """Rules P1 and VA5; fields that were not sent pass. ``unit`` is told, e.g. ``pixels``."""
    for field in fields:
        value = number(params.get(field))
        if field in params and (value is None or value < 0):
            yield wrong(field, "non-negative number", f"a number of {unit}, 0 or more")


def check_string_array(params: Mapping[str, Any], field: str, expected: str) -> Iterator[Violation]:
    """Rules C8 and A4: a sent ``string[]`` that is none; an empty array passes."""
    if field in params and strings(params[field]) is None:
        yield wrong(field, ARRAY_OF_STRINGS, expected)


def check_different_strings(params: Mapping[str, Any], name: str) -> Iterator[Violation]:
    """O6, O9: a sent list that is empty, holds something else than strings, or repeats one."""
    if not sent(params, name):
        return
    value = params[name]
    if not are_strings(value) or not value:
        yield wrong(name, NON_EMPTY_STRINGS)
    elif has_duplicates(value):
        yield duplicates(name)


def check_descriptions(params: Mapping[str, Any], name: str) -> Iterator[Violation]:
    """O6: a sent ``fields`` object that is not a non-empty object of strings.

    Source: docs/scale/text.md 1.3.
    """
    if not sent(params, name):
        return
    fields = params[name]
    if not isinstance(fields, dict) or not fields:
        expected = "an object with a description for each answer, at least one"
        yield wrong(name, AN_OBJECT_OF_STRINGS, expected)
        return
    for key, description in fields.items():
        if not isinstance(description, str):
            expected = "a description as a string"
            yield wrong(name, AN_OBJECT_OF_STRINGS, expected, f"{name}.{key}")


def check_tags(params: Params) -> Iterator[Violation]:
    """Rule T1; a single string is one tag (assumed), other forms are the common fields' matter."""
    tags = params.get("tags")
    if isinstance(tags, list) and len(tags) > MOST_TAGS:
        yield Violation(
            "tags", "At most 5 tags are allowed.", f"{MOST_TAGS} tags or fewer, not {len(tags)}"
        )
