"""Which attachment the older text types ask for: rules O1 to O4, O7 and O8.

Texts O1, O3 and O4 were recorded, O7 and O8 are assumed (docs/scale/text.md 1.1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._base import Violation
from .._language.addresses import is_address
from .._language.sentences import check_choice, wrong
from .._language.values import is_one_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .._base import Params

MEDIA: Final = ("text", "image", "video", "audio", "website", "pdf")
"""The media types, in the documented order of the older pages (docs/scale/text.md 1.2, 2)."""

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

A_URL: Final = "a URL whose scheme is http, https, s3, gs, scaledata or data"


def check_present(params: Params) -> Iterator[Violation]:
    """O1: no attachment; an empty one counts as missing."""
    if params.get("attachment") in (None, ""):
        yield Violation("attachment", NO_ATTACHMENT, "the text itself, or its URL, as a string")


def check_type(params: Params, allowed: Sequence[str]) -> Iterator[Violation]:
    """O2: no attachment type, or none of ``allowed``."""
    yield from check_choice(params, "attachment_type", allowed, required=True)


def check_address_form(params: Params, allowed: Sequence[str]) -> Iterator[Violation]:
    """O7: an attachment that is no URL although its type is not text."""
    if params.get("attachment") not in (None, ""):
        yield from check_one(params["attachment"], params.get("attachment_type"), allowed)


def check_one(
    attachment: Any, kind: object, allowed: Sequence[str], path: str = "attachment"
) -> Iterator[Violation]:
    """O7 for one attachment of the type ``kind``.

    With a type outside of ``allowed`` nobody can tell what form was meant: only strings pass.
    """
    is_allowed = is_one_of(kind, allowed)
    if is_allowed and kind != "text":
        if not is_address(attachment):
            yield Violation(path, NO_URL, f"{A_URL}, for attachment_type {kind}")
    elif not isinstance(attachment, str):
        if is_allowed:
            yield wrong("attachment", "string", "the text itself, as a string", path)
        else:
            yield Violation(path, NO_URL, "a string")


def check_attachment(params: Params, allowed: Sequence[str]) -> Iterator[Violation]:
    """The three rules of ``attachment`` and ``attachment_type``: O1, O2, O7."""
    yield from check_present(params)
    yield from check_type(params, allowed)
    yield from check_address_form(params, allowed)
