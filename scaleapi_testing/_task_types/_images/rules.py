"""What all image task types ask of their parameters: attachment, examples and counts.

Texts and order: docs/scale/images.md 7.5 and 8.3; V1 is documented, V4's form was recorded, the
others are assumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .._base import Params, Violation
from .._language.addresses import check_address, missing_attachment
from .._language.sentences import check_choice, too_low, wrong
from .._language.values import boolean, integer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .._base import Job

ATTACHMENT_KEYS: Final = frozenset({"attachment", "attachment_type", "attachments"})
"""``attachments`` is named by the page, as unused by this family."""


def check_image(params: Params) -> Iterator[Violation]:
    """Rules V1 to V4."""
    attachment = params.get("attachment")
    url = "the URL of one image, e.g. https://example.com/street.jpg"
    if attachment is None or attachment == "":
        yield missing_attachment("attachment", url)
    else:
        yield from check_address(attachment, url)
    if "attachment_type" in params:
        yield from check_choice(params, "attachment_type", ("image",))


def check_context_attachments(params: Params) -> Iterator[Violation]:
    """Rules V5 and V6."""
    if "context_attachments" not in params:
        return
    value = params["context_attachments"]
    expected = 'an array of objects such as {"attachment": "https://example.com/map.png"}'
    kind = "array of objects with an attachment"
    if not isinstance(value, list):
        yield wrong("context_attachments", kind, expected)
        return
    urls = [entry.get("attachment") if isinstance(entry, dict) else None for entry in value]
    for position, url in enumerate(urls):
        if not isinstance(url, str):
            yield wrong("context_attachments", kind, expected, f"context_attachments[{position}]")
    for position, url in enumerate(urls):
        if isinstance(url, str) and url == params.get("attachment"):
            yield Violation(
                f"context_attachments[{position}].attachment",
                "A context attachment cannot be the same as the attachment.",
                "the URL of another image",
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
        yield too_low("max_annotations", "min_annotations", f"at least {fewest}, or 0 for no limit")


def image_size(job: Job) -> tuple[int, int]:
    """Width and height, in pixels, of the task's image; 640 x 480 when nothing is known of it."""
    metadata = job.common.get("metadata")
    media = job.surroundings.media(
        job.params["attachment"], metadata if isinstance(metadata, dict) else {}
    )
    return media.width, media.height
