"""``videoplaybackannotation``: tracks on a video, each with its key frames.

``truth`` (what labelers should find) has the form of the published file, a dictionary of tracks by
uuid, or is an object with that dictionary as ``annotations`` and the true events as ``events``:
``{"a1": {"label": "car", "geometry": "box", "frames": [{"key": 0, "left": 1, ...}]}}``. Frames that
the task does not annotate drop out. A ``ValueError`` names what does not fit the task.

Two published accounts of the file differ from the default here (docs/scale/video.md 3.3). Where the
surroundings have an attribute ``answer_forms``, its entry ``playback_root`` says how the dictionary
is wrapped: ``"bare"`` (default), ``"list"`` (``[{"annotations": {...}}]``, documented) or
``"object"`` (``{"annotations": {...}}``); its entry ``playback_key`` says what keys count:
``"video"`` frames (default) or ``"annotated"`` ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._provenance import documented
from ._base import TaskType
from ._language.published import publish
from ._language.values import is_true
from ._shapes.links import draw_links
from ._shapes.rules import read_geometries
from ._video import answers
from ._video.clip import counted_clip, playback_clip
from ._video.rules import PLAYBACK_KEYS, check_playback_task, playback_written_back, unread

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ._base import Job


def respond(job: Job) -> dict[str, Any]:
    """Links to the tracks, and to the events where they were asked for.

    The task's params get ``annotation_frame_rate`` and ``videoMetadata`` on completion (readers
    require them; assumed).
    """
    forms: Mapping[str, Any] = getattr(job.surroundings, "answer_forms", {})
    by_count = forms.get("playback_key") == "annotated"
    clip = counted_clip(job, 1.0) if by_count else playback_clip(job)
    annotator = answers.annotator_of(job, read_geometries(job.params["geometries"]), clip)
    times = dict(zip(clip.keys, clip.numbers, strict=True))
    tracks = answers.playback_tracks(
        annotator,
        clip,
        lambda key: times.get(key, key) / clip.fps,
        with_labels=is_true(job.params.get("with_labels"), default=True),
    )
    root: Any = tracks
    if forms.get("playback_root") in {"list", "object"}:
        root = {"annotations": tracks}
        # A bare dictionary holds tracks alone: only a wrapping has room for links.
        if "links" in job.params:
            objects = [
                {"uuid": uuid, "label": track["label"]}
                for uuid, track in tracks.items()
                if "label" in track
            ]
            root["links"] = draw_links(job.params["links"], objects, job.random)
        if forms["playback_root"] == "list":
            root = [root]
    response: dict[str, Any] = {"annotations": publish(job, root)}
    events = answers.answer_events(annotator, clip)
    if events is not None:
        response["events"] = publish(job, {"events": events})
    job.extra["params"] = answers.video_facts(clip)
    return response


TASK_TYPE: Final = TaskType(
    name="videoplaybackannotation",
    source=documented("https://docs.scale.com/reference/video-playback"),
    keys=PLAYBACK_KEYS,
    check=check_playback_task,
    respond=respond,
    written_back=playback_written_back,
    unread=unread,
)
