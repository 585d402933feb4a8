"""How labelers find true tracks in a video: whole tracks missed or mislabeled, shapes blurred.

The truth has the form of the type's answer: frames of shapes, or tracks by uuid; an object with
that as ``annotations`` may add ``events``. Without labelers it comes back as it is. With them each
track is missed with ``miss_rate``, its label and each of its categories is wrong, in all frames
alike, with ``1 - accuracy``, and each coordinate of each frame is off by ``jitter_px``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._attributes.truth import AttributeTruth, drop_lost_links
from .._language.noise import Noise
from .._language.truth import few_of, refusal
from .._shapes.truth import found_shape
from .given_tracks import TIMES, read_tracks
from .tracks import Track, complete_values

if TYPE_CHECKING:
    from .._shapes.annotator import Annotator
    from .._shapes.rules import GeometryRule
    from .clip import Clip


def split(truth: Any) -> tuple[Any, Any]:
    """The truth about annotations, and the one about events (``[]`` when it names none)."""
    if isinstance(truth, dict) and "annotations" in truth:
        return truth["annotations"], truth.get("events", [])
    return truth, []


def find_tracks(truth: Any, annotator: Annotator, clip: Clip) -> list[Track]:
    """What the job's labelers find of ``truth``; frames that the task does not annotate drop out.

    Args:
        truth: frames of shapes or tracks by uuid, as in the answer. ``uuid``, ``attributes`` and
            the times may be absent, and ``type`` when the task asks for one geometry alone.
        annotator: of the task; its job's labelers say how well they work (``None``: perfectly).
        clip: the task's frames.

    Raises:
        ValueError: the truth has another form, or a part of it does not fit the task; the text
            names the place, the value, and what would be right.
    """
    job = annotator.job
    true = read_tracks(truth, job, annotator.rules, clip.keys, "truth")
    rules = {rule.geometry: rule for rule in annotator.rules}
    labels = {rule.geometry: frozenset(rule.labels) for rule in annotator.rules}
    noise = Noise(job)
    attribute_truth = AttributeTruth(annotator.attributes.own)
    keys = dict.fromkeys(clip.keys)
    tracks: list[Track] = []
    for track in true:
        rule = rules[track.geometry]
        label = _checked_label(track, rule, labels[rule.geometry])
        seen = _drawn(track, rule, annotator, keys, noise)
        for key, values in seen.values.items():
            attribute_truth.checked(values, f"truth: {track.uuid} at frame {key}: attributes")
        # Checked in full before anything is left out: a wrong truth must not hang on chance.
        if noise.misses() or not seen.shapes:
            continue
        seen.label = None if label is None else noise.name(label, rule.labels)
        # One for all frames: who takes a car for a van does so throughout.
        mistakes: dict[tuple[str, str], str] = {}
        for key, values in seen.values.items():
            seen.values[key] = attribute_truth.seen(values, noise, seen.shapes[key], mistakes)
        complete_values(annotator, seen, may_change=True)
        tracks.append(seen)
    drop_lost_links(
        annotator.attributes.own,
        ((track.uuid, track.label, track.values.values()) for track in tracks),
    )
    return tracks


def _checked_label(track: Track, rule: GeometryRule, labels: frozenset[str]) -> str | None:
    if not labels:
        return None
    if track.label is None or track.label not in labels:
        raise refusal(
            f"the label of {track.uuid} in truth",
            track.label,
            f"a label of {rule.geometry}: {few_of(rule.labels)}",
        )
    return track.label


def _drawn(
    track: Track, rule: GeometryRule, annotator: Annotator, keys: dict[int, None], noise: Noise
) -> Track:
    seen = Track(track.uuid, track.geometry, track.label)
    for key, shape in track.shapes.items():
        where = f"{track.uuid} at frame {key} in truth"
        drawn = found_shape(shape, rule, annotator.region, noise, where)
        if key in keys:
            seen.shapes[key] = drawn | {name: shape[name] for name in TIMES if name in shape}
            if key in track.values:
                seen.values[key] = track.values[key]
    seen.drawn_at = frozenset(seen.shapes)
    return seen
