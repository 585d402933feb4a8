"""``federal2dvideoannotation``: tracks on a video as in playback, inline, counted by frame.

Only the name is public; the rest follows a reader of federal deliveries whose link with this type
is a guess (docs/scale/video.md 3.5).

``truth`` is a dictionary of tracks by uuid as in ``response.annotations``, or an object with that
dictionary as ``annotations`` and the true events as ``events``; ``key`` counts annotated frames. A
``ValueError`` names what does not fit the task.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._provenance import assumed
from ._base import Params, TaskType
from ._language.values import is_true
from ._shapes.rules import read_geometries
from ._video import answers
from ._video.clip import counted_clip
from ._video.rules import PLAYBACK_KEYS, check_playback_task, playback_written_back, unread

if TYPE_CHECKING:
    from ._base import Job

DEFAULT_RATE: Final = 5
"""Annotated frames per second where the task does not say (assumed)."""


def written_back(params: Params) -> Params:
    """As for playback; ``annotation_frame_rate`` is 5 where no rate was sent."""
    if "frame_rate" not in params:
        params.setdefault("annotation_frame_rate", DEFAULT_RATE)
    return playback_written_back(params)


def respond(job: Job) -> dict[str, Any]:
    """The tracks themselves; ``events`` is a list, or ``{}`` where none were asked for."""
    clip = counted_clip(job, DEFAULT_RATE)
    annotator = answers.annotator_of(job, read_geometries(job.params["geometries"]), clip)
    numbers = dict(zip(clip.keys, clip.numbers, strict=True))
    tracks = answers.playback_tracks(
        annotator,
        clip,
        lambda key: numbers.get(key, key) / clip.fps,
        with_labels=is_true(job.params.get("with_labels"), default=True),
    )
    events = answers.answer_events(annotator, clip)
    job.extra["params"] = answers.video_facts(clip)
    return {"annotations": tracks, "events": {} if events is None else events}


TASK_TYPE: Final = TaskType(
    name="federal2dvideoannotation",
    source=assumed("only the name is public; modelled on a reader of federal video deliveries"),
    keys=PLAYBACK_KEYS,
    check=check_playback_task,
    respond=respond,
    written_back=written_back,
    unread=unread,
)
