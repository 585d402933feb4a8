"""``videoannotation``: shapes in every annotated frame of a video or frame sequence.

``truth`` (what labelers should find) has the form of the published file, an array with one
``{"annotations": [shape]}`` per annotated frame, or is an object with that array as
``annotations`` and the true events as ``events``. Shapes of one object share their ``uuid``;
``attributes`` are filled in where absent. A ``ValueError`` names what does not fit the task.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._provenance import documented
from ._base import Params, TaskType
from ._shapes.rules import read_geometries
from ._video.answers import framed_answer
from ._video.clip import frames_clip
from ._video.rules import FRAMES_KEYS, attachment_type_of, check_frames_task, unread

if TYPE_CHECKING:
    from ._base import Job


def written_back(params: Params) -> Params:
    """``attachment_type``, and for a video ``frame_rate`` (assumed)."""
    params["attachment_type"] = attachment_type_of(params)
    if params["attachment_type"] == "video":
        params.setdefault("frame_rate", 1)
    return params


def respond(job: Job) -> dict[str, Any]:
    """Links to the frames, and to the events where they were asked for."""
    return framed_answer(job, read_geometries(job.params["geometries"]), frames_clip(job))


TASK_TYPE: Final = TaskType(
    name="videoannotation",
    source=documented("https://docs.scale.com/reference/videoannotation-callback-format"),
    keys=FRAMES_KEYS,
    check=check_frames_task,
    respond=respond,
    written_back=written_back,
    unread=unread,
)
