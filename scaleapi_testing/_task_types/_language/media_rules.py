"""What the video and 3D task types share in their rules: rules C1 to C11, one function each.

Texts and order: task-types-video-3d 1.4; C1 is documented, C4's form was recorded, the others are
assumed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from .._attributes.rules import check_attributes
from .._base import MISSING_ATTACHMENT, Params, Violation
from .._images.rules import NOT_A_URL, SCHEME
from .._shapes.links import check_links
from .._shapes.prelabels import FLAGS, PRELABELS, check_prelabel
from .._shapes.rules import check_booleans
from .labels import LABELS_EXPECTED, check_labels, strings
from .values import number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

NOT_STRINGS: Final = "Invalid attachments - expected array of URLs."

SHARED_BOOLEANS: Final = (*FLAGS, "clear_unique_id_on_error")
SHARED_KEYS: Final = frozenset(
    {
        "attachment", "attachments", "attachment_type", "annotation_attributes", "links",
        "hypothesis", "base_annotations", "priority", "tags", *SHARED_BOOLEANS,
    }
)  # fmt: skip
"""Parameters that nearly all types of this page name."""


def is_missing(value: Any) -> bool:
    """Whether an attachment parameter counts as not given: absent, null, ``""`` or ``[]``."""
    return value is None or value in ("", [])


def missing_attachment(path: str, expected: str) -> Violation:
    """Rule C1."""
    return Violation(path, MISSING_ATTACHMENT, expected)


def check_urls(value: Any, expected: str, path: str = "attachments") -> Iterator[Violation]:
    """Rules C2 and C3 for ``attachments`` that were sent.

    Args:
        value: the parameter.
        expected: what each entry should be, in our words.
        path: where it stands.
    """
    if not isinstance(value, list):
        yield Violation(path, NOT_STRINGS, f"an array, each entry {expected}")
        return
    for position, entry in enumerate(value):
        if not isinstance(entry, str):
            yield Violation(f"{path}[{position}]", NOT_STRINGS, expected)
    for position, entry in enumerate(value):
        if isinstance(entry, str):
            yield from check_scheme(entry, expected, f"{path}[{position}]")


def check_url(value: Any, expected: str, path: str = "attachment") -> Iterator[Violation]:
    """Rules V2 and C3 for one ``attachment`` that was sent."""
    if isinstance(value, str):
        yield from check_scheme(value, expected, path)
    else:
        yield Violation(path, f"Invalid {path} - expected string.", expected)


def check_scheme(url: str, expected: str, path: str) -> Iterator[Violation]:
    """Rule C3 for one address."""
    if not SCHEME.match(url):
        known = "https, http, s3, gs, scaledata and data are known schemes"
        yield Violation(path, NOT_A_URL, f"{expected}; {known}")


def check_choice(params: Params, field: str, choices: Sequence[str]) -> Iterator[Violation]:
    """Rule C4 for any parameter with a list of allowed values; one not sent passes."""
    if field in params and not _is_one_of(params[field], choices):
        yield Violation(
            field,
            f"Invalid {field} - please choose one of these: " + " ".join(choices),
            "one of " + ", ".join(choices),
        )


def _is_one_of(value: Any, choices: Sequence[str]) -> bool:
    return isinstance(value, str) and value in choices


def check_label_list(params: Params, field: str = "labels") -> Iterator[Violation]:
    """Rule C6 for a required label list."""
    value = params.get(field)
    if value is None or value == []:
        yield Violation(field, f"Please include a {field} parameter.", LABELS_EXPECTED)
    else:
        yield from check_labels(value, field)


def check_attribute_list(
    params: Params, labels: Iterable[str], *, with_events: bool = False
) -> Iterator[Violation]:
    """Rule C7: attributes over ``labels``, event attributes over ``events_to_annotate``."""
    if "annotation_attributes" in params:
        events = strings(params.get("events_to_annotate")) or () if with_events else None
        yield from check_attributes(params["annotation_attributes"], labels, event_labels=events)


def check_events(params: Params) -> Iterator[Violation]:
    """Rule C8; an empty array passes and asks for nothing."""
    if "events_to_annotate" in params and strings(params["events_to_annotate"]) is None:
        yield Violation(
            "events_to_annotate",
            "Invalid events_to_annotate - expected array of strings.",
            'an array of event names such as ["lane_change"]',
        )


def check_links_and_prelabels(
    params: Params, labels: Mapping[str, tuple[str, ...]], *, as_tracks: bool = False
) -> Iterator[Violation]:
    """Rules L1, H1 and H2, the parts of C9 that all types have before padding and tags.

    Args:
        params: of the task.
        labels: the leaves of each geometry.
        as_tracks: the type answers with tracks by uuid, so that its pre-labels may be such.
    """
    if "links" in params:
        every = dict.fromkeys(label for named in labels.values() for label in named)
        yield from check_links(params["links"], every)
    for field in PRELABELS:
        if field in params:
            yield from check_framed_prelabel(params[field], field, labels, as_tracks=as_tracks)


def check_framed_prelabel(
    value: Any, field: str, labels: Mapping[str, tuple[str, ...]], *, as_tracks: bool = False
) -> Iterator[Violation]:
    """Rules H1 and H2 for a pre-label in an answer's form: a link, frames, tracks, or shapes.

    Args:
        value: the pre-label as sent.
        field: its name.
        labels: the leaves of each geometry.
        as_tracks: whether tracks by uuid are this type's form.
    """
    given: Any = value.get("annotations") if isinstance(value, dict) else None
    tracks = tracks_of(given) if as_tracks else None
    if tracks is not None:
        as_shapes = [
            {**track, "type": track["geometry"]} if "geometry" in track else {}
            for track in tracks.values()
        ]
        for found in check_prelabel({"annotations": as_shapes}, field, labels):
            position = int(found.path.partition("[")[2].partition("]")[0])
            uuid = list(tracks)[position]
            key = found.path.rpartition(".")[2]
            yield replace(found, path=f"{field}.annotations.{uuid}.{key}")
        return
    yield from check_prelabel(value, field, labels, by_url=True)
    entries: list[Any] = given if isinstance(given, list) else []
    for position, frame in enumerate(entries):
        inner = frame.get("annotations") if isinstance(frame, dict) else None
        if isinstance(inner, list) and "type" not in frame:
            for found in check_prelabel({"annotations": inner}, field, labels):
                inside = found.path.removeprefix(field)
                yield replace(found, path=f"{field}.annotations[{position}]{inside}")


def tracks_of(value: Any) -> dict[str, dict[str, Any]] | None:
    """The tracks by uuid if ``value`` is a playback answer, bare or in its two wrappings.

    Documented is ``[{"annotations": {...}}]``; bare and ``{"annotations": {...}}`` are in use
    (task-types-video-3d 3.3).
    """
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, dict) and isinstance(value.get("annotations"), dict):
        value = value["annotations"]
    if not isinstance(value, dict) or isinstance(value.get("url"), str):
        return None
    for track in value.values():
        if not isinstance(track, dict) or not isinstance(track.get("frames"), list):
            return None
    return value or None


def check_positive(params: Params, fields: Iterable[str]) -> Iterator[Violation]:
    """Rule C10; fields that were not sent pass."""
    for field in fields:
        if field in params:
            found = number(params[field])
            if found is None or found <= 0:
                yield Violation(
                    field, f"Invalid {field} - expected positive number.", "a number above 0"
                )


def check_flags(params: Params, fields: Iterable[str] = ()) -> Iterator[Violation]:
    """Rule C11 for ``fields`` and for the booleans that all types of this page have."""
    yield from check_booleans(params, (*fields, *SHARED_BOOLEANS))


def positive(params: Mapping[str, Any], field: str) -> float | None:
    """A checked rate, factor or duration; ``None`` when it was not sent."""
    found = number(params.get(field))
    return found if found is not None and found > 0 else None
