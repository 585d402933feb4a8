"""Video: shapes frame by frame, and their tracks (docs/scale/video.md 2.3 and 3.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .frames import Frame, first_shown, layered, listed, player, thinned, tracks
from .images import SHAPE_COLUMNS, frame_shapes, size_of, told
from .markup import element, joined
from .parts import annotation_list, canvas, figure, legend, said_of
from .shapes import draw_shapes
from .subject import as_dict, dicts, id_of, label_of, number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markupsafe import Markup

    from .subject import Subject


def draw_video(subject: Subject) -> Markup:
    """The frames with their shapes, a player, and the tracks."""
    every = frames_of(subject.part("annotations"))
    return draw_frames(subject, every, listed(subject.part("events")))


def draw_frames(
    subject: Subject,
    every: Sequence[Frame],
    events: Sequence[Mapping[str, Any]] = (),
    pictures: Sequence[str] | None = None,
) -> Markup:
    """A sequence of pictures with what was found on each.

    Args:
        subject: what is drawn.
        every: its frames.
        events: what happened over time.
        pictures: the address of each frame's picture; the task's attachments unless given.
    """
    frames = thinned(every)
    pictures = subject.attachments if pictures is None else pictures
    url = pictures[0] if pictures else None
    size = size_of(subject, url)
    shown = first_shown(subject, frames)

    def drawn(place: int, frame: Frame) -> Markup:
        picture = pictures[frame.key] if len(pictures) > 1 and frame.key < len(pictures) else None
        address = None if picture is None else subject.address(picture)
        ground = (
            element(
                "image", href=address, width=size[0], height=size[1], preserveAspectRatio="none"
            )
            if address is not None
            else None
        )
        del place
        return joined([ground, draw_shapes(frame.annotations, size, subject.marks)])

    objects = _objects(every)
    return figure(
        "video",
        canvas(subject, url, size, layered(frames, shown, drawn), what=told(objects)),
        player(subject, frames, shown, len(every)),
        tracks(frames, events),
        said_of(subject, url, size),
        legend(label_of(entry) for entry in objects),
        annotation_list(objects, SHAPE_COLUMNS, subject.marks, "track"),
    )


def frames_of(content: Any) -> list[Frame]:
    """The frames of an answer: an array of frames, or a dictionary of tracks, wrapped or bare."""
    if isinstance(content, list):
        tracks_inside = [as_dict(entry).get("annotations") for entry in content]
        if len(tracks_inside) == 1 and isinstance(tracks_inside[0], dict):
            return _of_tracks(tracks_inside[0])
        return [Frame(key, frame_shapes(entry)) for key, entry in enumerate(content)]
    inside = as_dict(content).get("annotations")
    if isinstance(inside, list):
        return [Frame(0, dicts(inside))]
    return _of_tracks(inside if isinstance(inside, dict) else as_dict(content))


def _of_tracks(dictionary: Mapping[str, Any]) -> list[Frame]:
    by_key: dict[int, list[dict[str, Any]]] = {}
    seconds: dict[int, float] = {}
    for uuid, track in dictionary.items():
        content = as_dict(track)
        for moment in dicts(content.get("frames")):
            key = number(moment.get("key"))
            if key is None:
                continue
            shape = {"uuid": uuid, "type": content.get("geometry"), **moment}
            if content.get("label") is not None:
                shape["label"] = content["label"]
            by_key.setdefault(int(key), []).append(shape)
            time = number(moment.get("timestamp"))
            if time is not None:
                seconds[int(key)] = time
    return [Frame(key, by_key[key], seconds.get(key)) for key in sorted(by_key)]


def _objects(frames: Sequence[Frame]) -> list[Mapping[str, Any]]:
    """Of each track the first shape."""
    objects: dict[str, Mapping[str, Any]] = {}
    for frame in frames:
        for place, annotation in enumerate(frame.annotations):
            objects.setdefault(id_of(annotation) or f"{frame.key}.{place}", annotation)
    return list(objects.values())
