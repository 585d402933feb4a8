"""What all image task types ask of their parameters: attachment, padding, examples and tags.

Texts and order: task-types-image 7.5 and 8.3; V1 is documented, V4's form was recorded, the others
are assumed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from .._attributes.rules import CONDITION_KEYS, as_conditions
from .._attributes.rules import KEYS as ATTRIBUTE_KEYS
from .._base import MISSING_ATTACHMENT, Params, Violation
from .._language.values import boolean, integer, number
from .._shapes.drawing import Region

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .._base import Job

ATTACHMENT_KEYS: Final = frozenset({"attachment", "attachment_type", "attachments"})
"""``attachments`` is named by the page, as unused by this family."""

PADDING: Final = ("padding", "paddingX", "paddingY", "padding_x", "padding_y")
"""camelCase on the wire; the snake_case names are aliases (assumed)."""

MOST_TAGS: Final = 5

NOT_A_URL: Final = "Please provide an attachment as a URL."
"""Assumed text (V3, C3)."""

SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def check_attachment(params: Params) -> Iterator[Violation]:
    """Rules V1 to V4."""
    attachment = params.get("attachment")
    url = "the URL of one image, e.g. https://example.com/street.jpg"
    if attachment is None or attachment == "":
        yield Violation("attachment", MISSING_ATTACHMENT, url)
    elif not isinstance(attachment, str):
        yield Violation("attachment", "Invalid attachment - expected string.", url)
    elif not SCHEME.match(attachment):
        yield Violation(
            "attachment",
            NOT_A_URL,
            f"{url}; https, http, s3, gs, scaledata and data are known schemes",
        )
    if "attachment_type" in params and params["attachment_type"] != "image":
        yield Violation(
            "attachment_type",
            "Invalid attachment_type - please choose one of these: image",
            "image, which is also the default",
        )


def check_context_attachments(params: Params) -> Iterator[Violation]:
    """Rules V5 and V6."""
    if "context_attachments" not in params:
        return
    value = params["context_attachments"]
    expected = 'an array of objects such as {"attachment": "https://example.com/map.png"}'
    message = "Invalid context_attachments - expected array of objects with an attachment."
    if not isinstance(value, list):
        yield Violation("context_attachments", message, expected)
        return
    urls = [entry.get("attachment") if isinstance(entry, dict) else None for entry in value]
    for position, url in enumerate(urls):
        if not isinstance(url, str):
            yield Violation(f"context_attachments[{position}]", message, expected)
    for position, url in enumerate(urls):
        if isinstance(url, str) and url == params.get("attachment"):
            yield Violation(
                f"context_attachments[{position}].attachment",
                "A context attachment cannot be the same as the attachment.",
                "the URL of another image",
            )


def check_padding(params: Params) -> Iterator[Violation]:
    """Rule P1."""
    for field in PADDING:
        if field in params:
            pixels = number(params[field])
            if pixels is None or pixels < 0:
                yield Violation(
                    field,
                    f"Invalid {field} - expected non-negative number.",
                    "a number of pixels, 0 or more",
                )


def check_tags(params: Params) -> Iterator[Violation]:
    """Rule T1; a single string is one tag (assumed), other forms are the common fields' matter."""
    tags = params.get("tags")
    if isinstance(tags, list) and len(tags) > MOST_TAGS:
        yield Violation(
            "tags", "At most 5 tags are allowed.", f"{MOST_TAGS} tags or fewer, not {len(tags)}"
        )


def check_examples(params: Params) -> Iterator[Violation]:
    """Rule W2."""
    if "examples" not in params:
        return
    value = params["examples"]
    message = "Invalid examples - each example needs correct and image."
    expected = 'an array of objects such as {"correct": true, "image": "https://example.com/a.png"}'
    if not isinstance(value, list):
        yield Violation("examples", message, expected)
        return
    for position, example in enumerate(value):
        if (
            not isinstance(example, dict)
            or boolean(example.get("correct")) is None
            or not isinstance(example.get("image"), str)
        ):
            yield Violation(f"examples[{position}]", message, expected)


def check_annotation_counts(params: Params) -> Iterator[Violation]:
    """Rule W3."""
    fewest = integer(params.get("min_annotations")) or 0
    most = integer(params.get("max_annotations")) or 0
    if 0 < most < fewest:
        yield Violation(
            "max_annotations",
            "Invalid max_annotations - must be at least min_annotations.",
            f"at least {fewest}, or 0 for no limit",
        )


def image_size(job: Job) -> tuple[int, int]:
    """Width and height, in pixels, of the task's image; 640 x 480 when nothing is known of it."""
    metadata = job.common.get("metadata")
    media = job.surroundings.media(
        job.params["attachment"], metadata if isinstance(metadata, dict) else {}
    )
    return media.width, media.height


def region_of(params: Mapping[str, Any], width: int, height: int) -> Region:
    """Where shapes may lie: the image and its padding."""
    around = params.get("padding", 0)
    return Region.of_image(
        width,
        height,
        params.get("paddingX", params.get("padding_x", around)),
        params.get("paddingY", params.get("padding_y", around)),
    )


def unread_attributes(value: Any, path: str = "annotation_attributes") -> Iterator[str]:
    """The keys inside ``annotation_attributes`` that nothing reads."""
    for key, spec in value.items() if isinstance(value, dict) else ():
        if not isinstance(spec, dict):
            continue
        for name in spec:
            if name not in ATTRIBUTE_KEYS:
                yield f"{path}.{key}.{name}"
        for condition in as_conditions(spec):
            for name in condition:
                if name not in CONDITION_KEYS:
                    yield f"{path}.{key}.conditions.{name}"
