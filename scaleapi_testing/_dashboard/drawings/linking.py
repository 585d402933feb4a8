"""Shapes in the cameras of a scene, tied to its cuboids (docs/scale/scenes.md 4)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .frames import Frame
from .markup import element, joined
from .subject import as_dict, as_list, dicts, number
from .video import draw_frames

if TYPE_CHECKING:
    from markupsafe import Markup

    from .subject import Subject


def draw_linking(subject: Subject) -> Markup:
    """Each camera as a sequence of its own."""
    cameras: dict[int, list[Frame]] = {}
    content = subject.part("annotations")
    for key, frame in enumerate(content if isinstance(content, list) else []):
        for response in dicts(as_dict(frame).get("camera_responses")):
            camera = int(number(response.get("camera_used")) or 0)
            shapes = [_with_kind(entry) for entry in dicts(response.get("annotations"))]
            cameras.setdefault(camera, []).append(Frame(key, shapes))
    drawn: list[Markup] = []
    for camera, frames in sorted(cameras.items()):
        drawn.append(element("p", f"Camera {camera}", class_="view-name"))
        own = replace(subject, prefix=f"{subject.prefix}-c{camera}")
        drawn.append(draw_frames(own, frames, pictures=_pictures(subject, camera)))
    return joined(drawn) if drawn else draw_frames(subject, [])


def _with_kind(entry: dict[str, Any]) -> dict[str, Any]:
    """That there is no such cuboid in the scene is told like an attribute."""
    if entry.get("not_in_lidar") is not True:
        return entry
    return {**entry, "attributes": {**as_dict(entry.get("attributes")), "not in lidar": "yes"}}


def _pictures(subject: Subject, camera: int) -> list[str]:
    """What a camera saw in each frame, as the scans name it; empty where they are not here."""
    scene = as_dict((subject.root or {}).get("params"))
    pictures: list[str] = []
    for url in as_list(scene.get("attachments")):
        images = dicts(as_dict(subject.read(url) if isinstance(url, str) else None).get("images"))
        picture = images[camera].get("image_url") if camera < len(images) else None
        if not isinstance(picture, str):
            return []
        pictures.append(picture)
    return pictures
