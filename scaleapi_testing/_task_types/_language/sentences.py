"""Which whole-sentence errors the older text types answer with, and the rules they share.

Texts O1 to O4 were recorded, O5 to O9 are assumed (task-types-text 1.1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._base import Violation
from .._text.values import are_strings, has_duplicates, is_boolean, is_url, sent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .._base import Params

NO_ATTACHMENT: Final = "Please provide an attachment as a URL or plaintext."
"""O1: recorded 2016 for categorization and transcription."""

NOTHING_TO_COMPARE: Final = "Please provide attachments for the worker to compare for the task."
"""O3: recorded 2016 for comparison."""

NO_ENTITY_NAME: Final = (
    "Please provide an entity name (name, business name, etc.) corresponding to the phone number "
    "for the worker."
)
"""O4: recorded 2016 for phonecall."""

NO_URL: Final = "Invalid attachment - expected a URL."
"""O7: assumed text; the 400 itself was seen for audio."""

NEITHER_FIELDS_NOR_CHOICES: Final = "Please include a fields parameter or a choices parameter."
"""O8: assumed text of a documented rule."""

A_URL: Final = "a URL whose scheme is http, https, s3, gs or scaledata"
AN_OBJECT_OF_STRINGS: Final = "an object of strings"
STRINGS: Final = "a non-empty array of strings"


def missing(field: str, expected: str) -> Violation:
    """O5: a required parameter is not there."""
    article = "an" if field[:1] in "aeiou" else "a"
    return Violation(field, f"Please include {article} {field} parameter.", expected)


def wrong(field: str, kind: str, expected: str = "", path: str = "") -> Violation:
    """O6: a parameter is not what it should be.

    Args:
        field: the parameter's name.
        kind: what was expected, as Scale's sentence names it.
        expected: the same in our words, when there is more to say.
        path: where, when it is inside of the parameter.
    """
    return Violation(path or field, f"Invalid {field} - expected {kind}.", expected or kind)


def duplicates(field: str, path: str = "") -> Violation:
    """O9: entries that must differ do not."""
    return Violation(
        path or field, f"Invalid {field} - must not contain duplicates.", "each entry once"
    )


def check_attachment(params: Params) -> Iterator[Violation]:
    """O1: no attachment; an empty one counts as missing."""
    if params.get("attachment") in (None, ""):
        yield Violation("attachment", NO_ATTACHMENT, "the text itself, or its URL, as a string")


def check_attachment_type(params: Params, allowed: Sequence[str]) -> Iterator[Violation]:
    """O2: no attachment type, or none of ``allowed``."""
    kind = params.get("attachment_type")
    if not isinstance(kind, str) or kind not in allowed:
        listed = " ".join(allowed)
        yield Violation(
            "attachment_type",
            f"Invalid attachment_type - please choose one of these: {listed}",
            f"one of {', '.join(allowed)}",
        )


def check_attachment_form(params: Params, allowed: Sequence[str]) -> Iterator[Violation]:
    """O7: an attachment that is no URL although its type is not text."""
    if params.get("attachment") not in (None, ""):
        yield from check_form(params["attachment"], params.get("attachment_type"), allowed)


def check_form(
    attachment: Any, kind: object, allowed: Sequence[str], path: str = "attachment"
) -> Iterator[Violation]:
    """O7 for one attachment of the type ``kind``.

    With a type outside of ``allowed`` nobody can tell what form was meant: only strings pass.
    """
    known = isinstance(kind, str) and kind in allowed
    if known and kind != "text":
        if not is_url(attachment):
            yield Violation(path, NO_URL, f"{A_URL}, for attachment_type {kind}")
    elif not isinstance(attachment, str):
        if known:
            yield wrong("attachment", "a string", "the text itself, as a string", path)
        else:
            yield Violation(path, NO_URL, "a string")


def check_one_attachment(params: Params, allowed: Sequence[str]) -> Iterator[Violation]:
    """The three rules of ``attachment`` and ``attachment_type``: O1, O2, O7."""
    yield from check_attachment(params)
    yield from check_attachment_type(params, allowed)
    yield from check_attachment_form(params, allowed)


def check_fields(params: Params, name: str) -> Iterator[Violation]:
    """O6: a sent ``fields`` object that is not a non-empty object of strings (1.3)."""
    if not sent(params, name):
        return
    fields = params[name]
    if not isinstance(fields, dict) or not fields:
        yield wrong(
            name, AN_OBJECT_OF_STRINGS, "an object with a description for each answer, at least one"
        )
        return
    for key, description in fields.items():
        if not isinstance(description, str):
            yield wrong(
                name, AN_OBJECT_OF_STRINGS, "a description as a string", path=f"{name}.{key}"
            )


def check_strings(params: Params, name: str) -> Iterator[Violation]:
    """O6, O9: a sent list that is empty, holds something else than strings, or repeats one."""
    if not sent(params, name):
        return
    strings = params[name]
    if not are_strings(strings) or not strings:
        yield wrong(name, STRINGS)
    elif has_duplicates(strings):
        yield duplicates(name)


def check_booleans(params: Params, *names: str) -> Iterator[Violation]:
    """O6: flags that are neither booleans nor the words for them (form bodies)."""
    for name in names:
        if name in params and not is_boolean(params[name]):
            yield wrong(name, "a boolean", "true or false")


def check_texts(params: Params, *names: str) -> Iterator[Violation]:
    """O6: sent parameters that are no strings."""
    for name in names:
        if sent(params, name) and not isinstance(params[name], str):
            yield wrong(name, "a string")
