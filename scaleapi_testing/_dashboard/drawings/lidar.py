"""Scenes in three dimensions: what was found there, frame by frame (docs/scale/scenes.md)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from .colours import colour_of
from .frames import Frame, first_shown, layered, player, thinned, tracks
from .images import SHAPE_COLUMNS
from .markup import element, joined
from .parts import annotation_list, figure, legend, legend_of
from .shapes import Tagger, points_of
from .space import (
    HIGH,
    SIDE_HIGH,
    WIDE,
    Cloud,
    View,
    draw_above,
    draw_beside,
    draw_flat,
    draw_points,
    draw_rings,
    fitted,
    middle_height,
    place_of,
    size_of,
    vector,
    view_above,
    view_of,
)
from .subject import as_dict, as_list, dicts, id_of, label_of, number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markupsafe import Markup

    from .subject import Subject

MOST_POINTS: Final = 3_000
"""Points of a frame that are drawn; of more as many, evenly chosen."""


def draw_cuboids(subject: Subject) -> Markup:
    """Cuboids of each frame with the points, from above and from the side."""
    return draw_scene(subject, cuboid_frames(subject.part("annotations")))


def draw_scene(
    subject: Subject, every: Sequence[Frame], labels: Sequence[Sequence[str]] = ()
) -> Markup:
    """A scene: what was found in each frame, among the points of the frame.

    Args:
        subject: what is drawn.
        every: its frames.
        labels: of each frame those of its points, where it was segmented.
    """
    frames = thinned(every) or [Frame(0, [])]
    shown = first_shown(subject, frames)
    clouds = [_cloud(subject, frame, labels) for frame in frames]
    # By id: an object stands in each frame in which it is seen.
    objects = list({id_of(entry): entry for frame in every for entry in frame.annotations}.values())
    above = view_above(frames, clouds)
    side = View(above.x0, middle_height(frames, clouds), above.scale, SIDE_HIGH)
    is_known = any(cloud.known for cloud in clouds)
    counted: dict[str, int] = {}
    for frame_labels in labels:
        for label in frame_labels:
            counted[label] = counted.get(label, 0) + 1
    return figure(
        "lidar",
        element("p", "From above", class_="view-name"),
        view_of(
            HIGH,
            f"Seen from above: {len(objects)} objects in {len(every)} frames",
            draw_rings(above, clouds[shown].device),
            layered(
                frames,
                shown,
                lambda place, frame: draw_above(above, frame, clouds[place], subject.marks),
            ),
        ),
        element("p", "From the side", class_="view-name"),
        view_of(
            SIDE_HIGH,
            "Seen from the side",
            layered(frames, shown, lambda place, frame: draw_beside(side, frame, clouds[place])),
        ),
        player(subject, frames, shown, len(every)),
        tracks(frames),
        None
        if is_known
        else element(
            "p",
            element("b", "The scans are not on this server"),
            ", so no points are drawn; cuboids stand where the answer has them.",
            class_="note note-missing",
        ),
        legend_of(counted, " points") if counted else legend(label_of(entry) for entry in objects),
        annotation_list(objects, {"Place": place_of, "Size": size_of}, subject.marks, "object"),
    )


def cuboid_frames(content: Any) -> list[Frame]:
    """The frames of a cuboid file; of a scene in time its moments."""
    if isinstance(content, list):
        return [
            Frame(key, dicts(as_dict(entry).get("cuboids"))) for key, entry in enumerate(content)
        ]
    return _of_paths(dicts(as_dict(content).get("annotations")))


def draw_point_segmentation(subject: Subject) -> Markup:
    """A label for each point: coloured where the scan is here, counted in any case."""
    content = as_dict(subject.part("point_segmentations"))
    objects = {entry.get("index"): label_of(entry) for entry in dicts(content.get("objects"))}
    per_frame = [
        [objects.get(index, "unlabeled") for index in as_list(indexes) if isinstance(index, int)]
        for indexes in as_list(content.get("point_objects"))
    ]
    boxes = cuboid_frames(subject.part("annotations"))
    frames = [
        Frame(key, boxes[key].annotations if key < len(boxes) else [])
        for key in range(len(per_frame))
    ]
    return joined([draw_scene(subject, frames, per_frame), _shares(per_frame)])


def draw_topdown(subject: Subject) -> Markup:
    """Shapes on the ground, seen from above, in the world's units."""
    content = as_dict(subject.part("annotations"))
    annotations = dicts(content.get("annotations"))
    cloud = _cloud(subject, Frame(0, []), ())
    corners = [point for entry in annotations for point in points_of(entry.get("vertices"))]
    view = fitted([*(corners or [(x, y) for x, y, _ in cloud.points]), cloud.device[:2]], HIGH)
    tagger = Tagger((WIDE, HIGH))
    shapes: list[Markup] = []
    tags: list[Markup] = []
    for entry in annotations:
        points = [view.at(x, y) for x, y in points_of(entry.get("vertices") or [entry])]
        if points:
            shapes.append(draw_flat(entry, points))
            tags.append(tagger.tag(label_of(entry), points))
    return figure(
        "lidar",
        element("p", "From above", class_="view-name"),
        view_of(
            HIGH,
            f"Seen from above: {len(annotations)} shapes",
            draw_rings(view, cloud.device),
            draw_points(view, [(x, y) for x, y, _ in cloud.points], cloud.labels),
            *shapes,
            *tags,
        ),
        None
        if cloud.known
        else element(
            "p",
            element("b", "The scans are not on this server"),
            ", so no points are drawn.",
            class_="note note-missing",
        ),
        legend(label_of(entry) for entry in annotations),
        annotation_list(
            annotations,
            SHAPE_COLUMNS,
            subject.marks,
        ),
    )


def _of_paths(annotations: Sequence[Mapping[str, Any]]) -> list[Frame]:
    """Moments of a sensor fusion answer: ``path.values`` are dx dy dz px py pz roll pitch yaw."""
    moments: dict[float, list[dict[str, Any]]] = {}
    for entry in annotations:
        path = as_dict(entry.get("path"))
        for time, values in zip(
            as_list(path.get("timestamps")), as_list(path.get("values")), strict=False
        ):
            at = number(time)
            pose = [number(value) for value in as_list(values)]
            # An answer is whatever a test gave: what is odd is not drawn, and breaks nothing.
            if at is None or len(pose) != 9 or None in pose:
                continue
            moments.setdefault(at, []).append(
                {
                    "uuid": entry.get("id"),
                    "label": entry.get("label"),
                    "dimensions": dict(zip("xyz", pose[:3], strict=True)),
                    "position": dict(zip("xyz", pose[3:6], strict=True)),
                    "yaw": pose[8],
                    "stationary": entry.get("stationary"),
                }
            )
    return [Frame(key, moments[at], at / 1e6) for key, at in enumerate(sorted(moments))]


def _cloud(subject: Subject, frame: Frame, labels: Sequence[Sequence[str]]) -> Cloud:
    root = subject.root or subject.document
    urls = as_list(as_dict(root.get("params")).get("attachments"))
    url = urls[frame.key] if frame.key < len(urls) else None
    content = subject.media(url).content if isinstance(url, str) else None
    if content is None:
        return Cloud((0.0, float(frame.key), 0.0))
    try:
        scan = as_dict(json.loads(content))
    # A scan need not be JSON; the cuboids are drawn all the same.
    except (ValueError, RecursionError):
        return Cloud((0.0, float(frame.key), 0.0))
    every = [point for point in map(vector, as_list(scan.get("points"))) if point is not None]
    # Labels of another number than the points would colour the wrong ones.
    own = (
        labels[frame.key]
        if frame.key < len(labels) and len(labels[frame.key]) == len(every)
        else ()
    )
    step = max(1, -(-len(every) // MOST_POINTS))
    return Cloud(
        vector(scan.get("device_position")) or (0.0, 0.0, 0.0),
        every[::step],
        own[::step],
        known=True,
    )


def _shares(per_frame: Sequence[Sequence[str]]) -> Markup | None:
    """Of each frame how its points are shared out, as a bar."""
    if not per_frame:
        return None
    rows: list[Markup] = []
    for row, labels in enumerate(per_frame[:24]):
        left = 80.0
        for label in sorted(set(labels)):
            wide = labels.count(label) / max(len(labels), 1) * 710
            rows.append(
                element(
                    "rect",
                    element("title", f"{label}: {labels.count(label)} points"),
                    x=left,
                    y=row * 20 + 3,
                    width=wide,
                    height=14,
                    fill=colour_of(label),
                    attributes={"data-label": label},
                )
            )
            left += wide
        rows.append(
            element(
                "text",
                f"frame {row}",
                x=72,
                y=row * 20 + 14,
                text_anchor="end",
                font_size=12,
                fill="currentColor",
            )
        )
    return element(
        "svg",
        *rows,
        class_="tracks",
        viewBox=f"0 0 800 {min(len(per_frame), 24) * 20 + 4}",
        role="img",
        attributes={"aria-label": "Points of each label, frame by frame"},
    )
