"""What pre-labels (``hypothesis``, ``base_annotations``) and ``layers`` may say, and what stays.

Sources: documented, https://docs.scale.com/reference/image-annotation-hypothesis-2 and
/image-layers; the defaults of the ``can_*`` flags are assumed (docs/scale/images.md 6).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from ..._random import draw_uuid
from .._base import Params, Violation
from .._language.sentences import check_booleans
from .._language.values import is_one_of, is_true, wording
from .links import check_links

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from random import Random

PRELABELS: Final = ("hypothesis", "base_annotations")
FLAGS: Final = (
    "can_add_base_annotations",
    "can_edit_base_annotations",
    "can_edit_base_annotation_labels",
    "can_delete_base_annotations",
)
SHARED_BOOLEANS: Final = (*FLAGS, "clear_unique_id_on_error")
SHARED_KEYS: Final = frozenset(
    {
        "attachment", "attachments", "attachment_type", "annotation_attributes", "links",
        "hypothesis", "base_annotations", "priority", "tags", *SHARED_BOOLEANS,
    }
)  # fmt: skip
"""Parameters that nearly all types of video and of scenes name."""

LAYERS: Final = ("boxes", "lines", "cuboids", "polygons")


def check_prelabel(
    value: Any,
    field: str,
    labels: Mapping[str, tuple[str, ...]],
    *,
    by_url: bool = False,
) -> Iterator[Violation]:
    """Rules H1 and H2 for a pre-label that was sent, or for a training task's expected response.

    Args:
        value: the field: an object with an array ``annotations``.
        field: its name, in messages and paths.
        labels: the leaves of each requested geometry.
        by_url: ``{"annotations": {"url": "..."}}`` passes as well (the video types).
    """
    yield from check_prelabel_form(value, field, by_url=by_url)
    yield from check_prelabel_items(value, field, labels)


def _sets(labels: Mapping[str, tuple[str, ...]]) -> dict[str, frozenset[str]]:
    return {geometry: frozenset(names) for geometry, names in labels.items()}


def check_prelabel_form(value: Any, field: str, *, by_url: bool = False) -> Iterator[Violation]:
    """Rule H1; see `check_prelabel`."""
    items = value.get("annotations") if isinstance(value, dict) else None
    # What lies behind the link is not fetched: only its form can be checked.
    if by_url and isinstance(items, dict) and isinstance(items.get("url"), str):
        return
    if not isinstance(items, list):
        yield Violation(
            f"{field}.annotations",
            f"Please include annotations in {field}.",
            "an object with an array annotations, its items as in a response",
        )


def check_prelabel_items(
    value: Any,
    field: str,
    labels: Mapping[str, tuple[str, ...]],
    known: Mapping[str, frozenset[str]] | None = None,
) -> Iterator[Violation]:
    """Rule H2; items without ``type`` are passed over. See `check_prelabel`.

    ``known`` are the same labels as sets, for whoever calls this for each of many frames.
    """
    items = value.get("annotations") if isinstance(value, dict) else None
    entries: list[Any] = items if isinstance(items, list) else []
    known = _sets(labels) if known is None else known
    for position, item in enumerate(entries):
        # Real strictness is unknown; an item that names no geometry may be of any.
        if not isinstance(item, dict) or "type" not in item:
            continue
        geometry = item["type"]
        if not isinstance(geometry, str) or geometry not in labels:
            yield Violation(
                f"{field}.annotations[{position}].type",
                f"Invalid annotation in {field} - unknown type {wording(geometry)}.",
                "one of the requested geometries: " + ", ".join(labels),
            )
        elif "label" in item and not is_one_of(item["label"], known[geometry]):
            shown = ", ".join(labels[geometry][:5]) or "none, it asks for no labels"
            yield Violation(
                f"{field}.annotations[{position}].label",
                f"Invalid annotation in {field} - unknown label {wording(item['label'])}.",
                f"one of the labels of {geometry} ({shown})",
            )


def check_layers(value: Any) -> Iterator[Violation]:
    """Rule H3 for a parameter ``layers`` that was sent."""
    message = "Invalid layers - expected boxes, lines, cuboids or polygons."
    if not isinstance(value, dict):
        yield Violation("layers", message, 'an object such as {"boxes": [...]}')
        return
    for key, shapes in value.items():
        if key not in LAYERS:
            yield Violation(f"layers.{key}", message, "one of " + ", ".join(LAYERS))
        elif not isinstance(shapes, list):
            yield Violation(f"layers.{key}", message, "an array of shapes as in a response")


def check_flags(params: Params, fields: Iterable[str] = ()) -> Iterator[Violation]:
    """Rule C11 for ``fields`` and for the booleans that all types with pre-labels have."""
    yield from check_booleans(params, (*fields, *SHARED_BOOLEANS))


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
        every = dict.fromkeys(label for names in labels.values() for label in names)
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
    content: Any = value.get("annotations") if isinstance(value, dict) else None
    tracks = tracks_of(content) if as_tracks else None
    # Checked as shapes, to have one rule for both; the places are then put back to the uuids.
    if tracks is not None:
        uuids = list(tracks)
        as_shapes = [
            {**track, "type": track["geometry"]} if "geometry" in track else {}
            for track in tracks.values()
        ]
        for violation in check_prelabel({"annotations": as_shapes}, field, labels):
            position = int(violation.path.partition("[")[2].partition("]")[0])
            uuid = uuids[position]
            key = violation.path.rpartition(".")[2]
            yield replace(violation, path=f"{field}.annotations.{uuid}.{key}")
        return
    yield from check_prelabel(value, field, labels, by_url=True)
    entries: list[Any] = content if isinstance(content, list) else []
    # Made once for all frames: each would cost as much as there are labels.
    known = _sets(labels)
    for position, frame in enumerate(entries):
        inner = frame.get("annotations") if isinstance(frame, dict) else None
        if isinstance(inner, list) and "type" not in frame:
            for violation in check_prelabel_items({"annotations": inner}, field, labels, known):
                inside = violation.path.removeprefix(field)
                yield replace(violation, path=f"{field}.annotations[{position}]{inside}")


def tracks_of(value: Any) -> dict[str, dict[str, Any]] | None:
    """The tracks by uuid if ``value`` is a playback answer, bare or in its two wrappings.

    Documented is ``[{"annotations": {...}}]``; bare and ``{"annotations": {...}}`` are in use
    (docs/scale/video.md 3.3).
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
    # An empty object shows no form: it is left to rule H1, which refuses it.
    return value or None


@dataclass(frozen=True, slots=True)
class Prelabel:
    """The pre-label a labeler starts from, and what may be done to it; none of it is removed.

    Attributes:
        annotations: copies of the given items, each with a ``uuid``, no two alike.
        content: the whole given object (``global_attributes``, ``links`` ...).
        can_add: new shapes may join.
        can_edit: positions and attributes may change.
        can_edit_labels: labels may change.
    """

    annotations: list[dict[str, Any]]
    content: Mapping[str, Any]
    can_add: bool
    can_edit: bool
    can_edit_labels: bool


def read_prelabel(params: Mapping[str, Any], random: Random) -> Prelabel | None:
    """What a labeler of a checked task starts from; ``base_annotations`` wins (assumed).

    A hypothesis is a suggestion that labelers leave as it is by default (assumed): nothing may be
    added to it, and an empty one counts as none.
    """
    for field in ("base_annotations", "hypothesis"):
        content = params.get(field)
        if not isinstance(content, dict) or not isinstance(content.get("annotations"), list):
            continue
        is_base = field == "base_annotations"
        annotations = _with_uuids(content["annotations"], random)
        # The fourth flag, may they be removed, is not read: nothing given is ever removed.
        flags = [is_base and is_true(params.get(flag), default=True) for flag in FLAGS[:3]]
        # An empty one says nothing, unless nothing may be added to it: then it is the answer.
        if annotations or (is_base and not flags[0]):
            return Prelabel(annotations, content, *flags)
    return None


def _with_uuids(items: list[Any], random: Random) -> list[dict[str, Any]]:
    uuids: set[str] = set()
    copies: list[dict[str, Any]] = []
    for item in items:
        if not isinstance(item, dict):
            continue
        uuid = item.get("uuid")
        # Links and attributes name shapes by uuid: two alike would make them ambiguous.
        if not isinstance(uuid, str) or not uuid or uuid in uuids:
            uuid = draw_uuid(random)
        uuids.add(uuid)
        # A copy: the task's params must come back exactly as they were sent.
        copies.append({**item, "uuid": uuid})
    return copies
