"""How labelers answer the video task types: as frames of shapes, or as tracks by uuid.

Answer shapes: documented, https://docs.scale.com/reference/videoannotation-callback-format and
/video-playback; generated files have only the keys listed in docs/scale/video.md 2.3 and 3.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._attributes.values import read_attributes
from .._language.published import prelabel_content, publish
from .._shapes.annotator import Annotator
from .._shapes.links import draw_links
from . import truth as truths
from .clip import to_millionths
from .events import asked_events, draw_events, find_events
from .given_tracks import given_tracks
from .tracks import complete_values, draw_tracks, draw_video_track, link_tracks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .._base import Job
    from .._shapes.rules import GeometryRule
    from .clip import Clip
    from .tracks import Track


def annotator_of(job: Job, rules: Sequence[GeometryRule], clip: Clip) -> Annotator:
    """Who draws the shapes of a video task: pictures of ``clip``, attributes always present."""
    return Annotator(
        job,
        rules,
        read_attributes(job.params.get("annotation_attributes"), events=True),
        clip.region,
        clip.size,
        geometry_key="type",
        with_attributes=True,
    )


def answer_tracks(annotator: Annotator, clip: Clip) -> list[Track]:
    """The tracks of an answer: the truth's, the pre-label's, or drawn ones."""
    job = annotator.job
    if job.truth is not None:
        return truths.find_tracks(truths.split(job.truth)[0], annotator, clip)
    prelabel = given_tracks(job, annotator.rules, clip.keys)
    if prelabel is None:
        return draw_tracks(annotator, clip.keys)
    tracks = prelabel.tracks
    rules = {rule.geometry: rule for rule in annotator.rules}
    # What may not be edited has to come back as it was sent.
    fixed = frozenset[str]() if prelabel.can_edit else frozenset(track.uuid for track in tracks)
    for track in tracks:
        labels = rules[track.geometry].labels
        if track.label is None and labels and prelabel.can_edit_labels:
            track.label = labels[int(job.random.random() * len(labels))]
        complete_values(annotator, track, may_change=prelabel.can_edit)
        # All of them: a pre-label came with each of its frames drawn.
        track.drawn_at = frozenset(track.shapes)
    # One more now and then: an answer that only repeats its pre-label tests no reader.
    if prelabel.can_add and (not tracks or job.random.random() < 0.5):
        # As for drawn ones: with labels where there are any.
        usable = [rule for rule in annotator.rules if rule.labels] or list(annotator.rules)
        tracks.append(draw_video_track(annotator, usable[0], clip.keys))
    link_tracks(annotator, tracks, clip.keys, may_add=prelabel.can_add, fixed=fixed)
    return tracks


def answer_events(annotator: Annotator, clip: Clip) -> list[Any] | None:
    """The events of an answer, ``None`` when the task asks for none."""
    job = annotator.job
    labels = asked_events(job.params)
    if not labels:
        return None
    if job.truth is not None:
        true = truths.split(job.truth)[1]
        return find_events(job, true, labels, annotator.attributes, clip)
    events = prelabel_content(job, "hypothesis", "events")
    if isinstance(events, dict):
        events = events.get("events")
    # Base annotations win over a hypothesis as a whole, its events included.
    if isinstance(events, list) and "base_annotations" not in job.params:
        return events
    return draw_events(job, labels, annotator.attributes, clip)


def framed_answer(
    job: Job, rules: Sequence[GeometryRule], clip: Clip, *, with_labels: bool = True
) -> dict[str, Any]:
    """The response of ``videoannotation`` and its one-geometry forms.

    The file: an array with ``{"annotations": [shape]}`` for each annotated frame, and ``links`` in
    each if the task asks for them (assumed).
    """
    annotator = annotator_of(job, rules, clip)
    tracks = answer_tracks(annotator, clip)
    frames: dict[int, dict[str, Any]] = {key: {"annotations": []} for key in clip.keys}
    for track in tracks:
        for key, shape in track.shapes.items():
            if key not in frames:  # a pre-label may go on where the task ends
                continue
            item: dict[str, Any] = {"uuid": track.uuid, "type": track.geometry}
            if track.label is not None and with_labels:
                item["label"] = track.label
            frames[key]["annotations"].append({**item, **shape, "attributes": track.values[key]})
    if "links" in job.params:
        objects = [track.as_object() for track in tracks]
        _add_links(frames, draw_links(job.params["links"], objects, job.random), tracks)
    response = {"annotations": publish(job, list(frames.values()))}
    events = answer_events(annotator, clip)
    if events is not None:
        response["events"] = publish(job, {"events": events})
    return response


def _add_links(
    frames: dict[int, dict[str, Any]], links: list[dict[str, Any]], tracks: list[Track]
) -> None:
    shown = {track.uuid: track.shapes for track in tracks}
    for key, frame in frames.items():
        frame["links"] = [
            # In the frames that show both ends alone.
            link
            for link in links
            if key in shown[link["from"]] and key in shown[link["to"]]
        ]


def playback_tracks(
    annotator: Annotator, clip: Clip, time: Callable[[int], float], *, with_labels: bool
) -> dict[str, Any]:
    """The tracks of a playback answer by uuid.

    Args:
        annotator: of the task.
        clip: its frames.
        time: seconds from the video's start to the frame with a key.
        with_labels: whether tracks have ``label``.
    """
    return {
        track.uuid: _playback_track(track, time, with_labels=with_labels)
        for track in answer_tracks(annotator, clip)
    }


def _playback_track(
    track: Track, time: Callable[[int], float], *, with_labels: bool
) -> dict[str, Any]:
    written: dict[str, Any] = {}
    if track.label is not None and with_labels:
        written["label"] = track.label
    written["geometry"] = track.geometry
    frames: list[dict[str, Any]] = []
    last = max(track.shapes)
    for key, shape in track.shapes.items():
        seconds = to_millionths(time(key))
        # A track of one frame starts, and never ends: so readers find its beginning.
        kind = "middle"
        if not frames:
            kind = "start"
        elif key == last:
            kind = "end"
        frames.append(
            {
                "key": key,
                **shape,
                "attributes": track.values[key],
                # What a pre-label said of its frames stays as it was said.
                "timestamp": shape.get("timestamp", seconds),
                "timestamp_secs": shape.get("timestamp_secs", seconds),
                "keyframeType": shape.get("keyframeType", kind),
                "isInferredKeyframe": shape.get("isInferredKeyframe", key not in track.drawn_at),
            }
        )
    written["frames"] = frames
    return written


def video_facts(clip: Clip) -> dict[str, Any]:
    """The params that a completed playback task has besides those sent (assumed)."""
    return {
        "annotation_frame_rate": to_millionths(clip.rate),
        "videoMetadata": {"video": {"fps": to_millionths(clip.fps)}},
    }
