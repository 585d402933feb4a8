"""What the video task types ask of their parameters: rules VA1 to VA5, VP1 to VP3, and their order.

Texts are assumed unless `_media_rules` says otherwise (docs/scale/video.md 2.2, 3.2 and 4).
"""

from __future__ import annotations

from posixpath import splitext
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from .._attributes.rules import check_attribute_list, unread_attributes
from .._base import Params, Violation
from .._language.addresses import check_address, check_addresses, is_missing, missing_attachment
from .._language.labels import check_label_list, leaves
from .._language.sentences import (
    check_choice,
    check_integers,
    check_not_negative,
    check_positive,
    check_string_array,
    check_tags,
)
from .._language.values import positive
from .._shapes.links import unread_links
from .._shapes.margins import PADDING, check_padding
from .._shapes.prelabels import SHARED_KEYS, check_flags, check_links_and_prelabels
from .._shapes.rules import (
    CAMERA_OPTIONS,
    GEOMETRIES,
    SIZE_OPTIONS,
    check_camera,
    check_geometries,
    labels_by_geometry,
    unread_options,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .._base import Surroundings

KINDS: Final = ("image", "video")
FORMATS: Final = ("mp4", "webm", "ogg")
"""Video files that can be annotated, by their suffix (from the generated client)."""

FRAME_URL: Final = "the URL of one frame, e.g. https://example.com/000.jpg"
VIDEO_URL: Final = "the URL of a video file, e.g. https://example.com/drive.mp4"

RATES: Final = ("frame_rate", "annotation_frame_rate", "video_frame_rate")

FRAMES_KEYS: Final = SHARED_KEYS | {
    "geometries", "frame_rate", "video_frame_rate", "start_time", "duration_time",
    "events_to_annotate", "layers", *PADDING,
}  # fmt: skip
"""Parameters of ``videoannotation``."""

PLAYBACK_KEYS: Final = FRAMES_KEYS | {
    "annotation_frame_rate", "with_labels", "convert_to_constant_frame_rate_video",
    "constant_frame_rate",
}  # fmt: skip
"""Parameters of ``videoplaybackannotation``."""

ONE_GEOMETRY_KEYS: Final = FRAMES_KEYS | {"objects_to_annotate", "with_labels", *SIZE_OPTIONS}
"""Parameters of ``videoboxannotation``."""

CUBOID_KEYS: Final = ONE_GEOMETRY_KEYS | {*CAMERA_OPTIONS}
"""Parameters of ``videocuboidannotation``."""


def attachment_type_of(params: Params) -> str:
    """``attachment_type``, or its default: images where there are frames, else a video."""
    sent = params.get("attachment_type")
    if isinstance(sent, str) and sent in KINDS:
        return sent
    return "image" if params.get("attachments") else "video"


def check_frames_task(params: Params, surroundings: Surroundings) -> Iterator[Violation]:
    """The rules of ``videoannotation`` in their documented order."""
    del surroundings
    yield from _check_material(params)
    yield from check_positive(params, ("duration_time", "frame_rate", "video_frame_rate"))
    yield from _check_geometries(params)
    yield from _check_after_geometries(params, labels_by_geometry(params.get("geometries")))
    yield from check_flags(params)


def check_playback_task(params: Params, surroundings: Surroundings) -> Iterator[Violation]:
    """The rules of ``videoplaybackannotation`` in their documented order."""
    del surroundings
    video, frames = params.get("attachment"), params.get("attachments")
    if is_missing(video) and is_missing(frames):
        yield missing_attachment("attachment", VIDEO_URL)
    if not is_missing(frames):
        yield from check_addresses(frames, FRAME_URL)
    if not is_missing(video):
        yield from check_address(video, VIDEO_URL)
        if params.get("attachment_type") != "image":
            yield from check_format(video)
    yield from check_positive(params, RATES)
    own, of_video = (
        positive(params, name) for name in ("annotation_frame_rate", "video_frame_rate")
    )
    rate = own or positive(params, "frame_rate")
    if rate is not None and of_video is not None and rate > of_video:
        yield Violation(
            "annotation_frame_rate" if own is not None else "frame_rate",
            "Invalid annotation_frame_rate - must not exceed video_frame_rate.",
            f"at most {of_video:g} frames per second",
        )
    yield from check_choice(params, "attachment_type", KINDS)
    yield from _check_start(params)
    yield from _check_geometries(params)
    yield from _check_after_geometries(
        params, labels_by_geometry(params.get("geometries")), as_tracks=True
    )
    yield from check_positive(params, ("duration_time", "constant_frame_rate"))
    yield from check_flags(params, ("with_labels", "convert_to_constant_frame_rate_video"))


def check_one_geometry_task(
    geometry: str, params: Params, surroundings: Surroundings
) -> Iterator[Violation]:
    """The rules of ``videoboxannotation`` and ``videocuboidannotation`` (assumed)."""
    del surroundings
    yield from _check_material(params)
    if params.get("geometries") is not None:
        # Nothing else is read then: the geometry's own options take the top level's place.
        yield from check_geometries(
            params["geometries"],
            attributes=params.get("annotation_attributes"),
            allowed=(geometry,),
        )
        labels = labels_by_geometry(params["geometries"])
    else:
        yield from check_label_list(params, "objects_to_annotate")
        yield from check_integers(params, SIZE_OPTIONS)
        if geometry == "cuboid":
            yield from check_camera(params)
        labels = {geometry: leaves(params.get("objects_to_annotate"))}
    yield from _check_after_geometries(params, labels)
    yield from check_positive(params, ("duration_time", "frame_rate", "video_frame_rate"))
    yield from check_flags(params, ("with_labels",))


def _check_material(params: Params) -> Iterator[Violation]:
    """Rules VA1 to VA5."""
    yield from check_choice(params, "attachment_type", KINDS)
    video, frames = params.get("attachment"), params.get("attachments")
    if attachment_type_of(params) == "image":
        if is_missing(frames):
            yield missing_attachment("attachments", f"an array, each entry {FRAME_URL}")
        else:
            yield from check_addresses(frames, FRAME_URL)
    else:
        if is_missing(video):
            yield missing_attachment("attachment", VIDEO_URL)
        else:
            yield from check_address(video, VIDEO_URL)
        if not is_missing(frames):
            yield Violation(
                "attachments",
                "Please omit attachments when attachment_type is video.",
                "no attachments, or attachment_type image for a sequence of frames",
            )
        yield from check_format(video)
    yield from _check_start(params)


def check_format(video: Any) -> Iterator[Violation]:
    """Rule VA4: the path's suffix, where there is one."""
    if not isinstance(video, str) or video.startswith("data:"):
        return
    # The suffix of the path, not of the address: a query may end in anything.
    try:
        path = urlsplit(video).path
    except ValueError:  # e.g. a bracket that opens no IPv6 address
        return
    suffix = splitext(path.rpartition("/")[2])[1].removeprefix(".")
    if suffix and suffix.lower() not in FORMATS:
        yield Violation(
            "attachment",
            "Invalid attachment - please choose one of these formats: " + " ".join(FORMATS),
            f"a file whose name ends in {' or '.join('.' + name for name in FORMATS)}",
        )


def _check_start(params: Params) -> Iterator[Violation]:
    """Rule VA5."""
    yield from check_not_negative(params, ("start_time",), "seconds from the video's start")


def _check_geometries(params: Params) -> Iterator[Violation]:
    """Rule C5."""
    yield from check_geometries(
        params.get("geometries"),
        attributes=params.get("annotation_attributes"),
        allowed=GEOMETRIES,
    )


def _check_after_geometries(
    params: Params, labels: dict[str, tuple[str, ...]], *, as_tracks: bool = False
) -> Iterator[Violation]:
    """Rules C7 to C9."""
    every = dict.fromkeys(label for names in labels.values() for label in names)
    yield from check_attribute_list(params, every, with_events=True)
    expected = 'an array of event names such as ["lane_change"]'
    yield from check_string_array(params, "events_to_annotate", expected)
    yield from check_links_and_prelabels(params, labels, as_tracks=as_tracks)
    yield from check_padding(params)
    yield from check_tags(params)


def unread(params: Params) -> Iterator[str]:
    """Keys inside geometries, attributes and links that nothing reads."""
    yield from unread_options(params.get("geometries"))
    yield from unread_attributes(params.get("annotation_attributes"))
    yield from unread_links(params.get("links"))


def playback_written_back(params: Params) -> Params:
    """``attachment_type``, ``frame_rate`` (the rate in force) and ``with_labels``."""
    params.setdefault("attachment_type", "video")
    params.setdefault("frame_rate", positive(params, "annotation_frame_rate") or 1)
    params.setdefault("with_labels", True)
    return params
