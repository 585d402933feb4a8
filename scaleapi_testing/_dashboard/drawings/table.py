"""Which drawing each task type has."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from .answers import draw_categories, draw_choice, draw_fields
from .audio import draw_audio
from .chat import draw_chat, draw_threads
from .documents import draw_document
from .forms import draw_form
from .images import draw_image
from .lidar import draw_cuboids, draw_point_segmentation, draw_topdown
from .linking import draw_linking
from .plain import draw_plain
from .segmentation import draw_segmentation
from .text import draw_entities
from .video import draw_video

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from markupsafe import Markup

    from .subject import Subject

DRAWINGS: Final[Mapping[str, Callable[[Subject], Markup]]] = {
    "annotation": draw_image,
    "audiotranscription": draw_audio,
    "categorization": draw_categories,
    "chat": draw_chat,
    "chatexperimental": draw_chat,
    "chatlite": draw_chat,
    "comparison": draw_choice,
    "cruisecontrol": draw_plain,
    "cuboidannotation": draw_image,
    "datacollection": draw_fields,
    "documentmodel": draw_document,
    "documenttranscription": draw_document,
    "federal2dvideoannotation": draw_video,
    "imageannotation": draw_image,
    "laneannotation": draw_image,
    "lidarannotation": draw_cuboids,
    "lidarlinking": draw_linking,
    "lidarsegmentation": draw_point_segmentation,
    "lidartopdown": draw_topdown,
    "lineannotation": draw_image,
    "multichat": draw_chat,
    "multistage": draw_cuboids,
    "namedentityrecognition": draw_entities,
    "phonecall": draw_choice,
    "pointannotation": draw_image,
    "polygonannotation": draw_image,
    "segmentannotation": draw_segmentation,
    "sensorfusion": draw_cuboids,
    "textcollection": draw_form,
    "transcription": draw_fields,
    "videoannotation": draw_video,
    "videoboxannotation": draw_video,
    "videocuboidannotation": draw_video,
    "videoplaybackannotation": draw_video,
}


def draw(subject: Subject) -> Markup:
    """The drawing of a task's response; an answer of another shape than its type's is outlined.

    Responses may be any JSON, for tests give their own; none makes this raise.
    """
    answer = subject.response
    if subject.document.get("status") == "error" and subject.type != "audiotranscription":
        return draw_plain(subject)
    if not isinstance(answer, dict):
        return draw_plain(subject)
    if subject.threads and subject.type not in DRAWINGS:
        return draw_threads(subject.threads)
    return DRAWINGS.get(subject.type, draw_plain)(subject)


def draw_attachment(subject: Subject) -> Markup | None:
    """The picture of a task that has no answer yet; ``None`` for what is no picture."""
    if DRAWINGS.get(subject.type) is not draw_image:
        return None
    return draw_image(replace(subject, response={"annotations": []}))
