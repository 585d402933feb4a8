"""How labelers find true tracks in a video: whole tracks missed or mislabeled, shapes blurred.

The truth has the form of the type's answer: frames of shapes, or tracks by uuid; an object with
that as ``annotations`` may add ``events``. Without labelers it comes back as it is. With them each
track is missed with ``miss_rate``, its label and each of its categories is wrong, in all frames
alike, with ``1 - accuracy``, and each coordinate of each frame is off by ``jitter_px``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._shapes.found import one_of
from .._shapes.truth import Blur, found_shape, refusal
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
    asked = dict.fromkeys(clip.keys)
    found: list[Track] = []
    for track in true:
        rule = rules[track.geometry]
        label = _checked_label(track, rule)
        seen = _drawn(track, rule, annotator, asked)
        _check_values(seen, annotator)
        if job.labelers is not None and job.random.random() < job.labelers.miss_rate:
            continue
        if not seen.shapes:
            continue
        if label is not None:
            label = one_of(rule.labels, label, job.labelers, annotator)
        seen.label = label
        _mistake_categories(seen, annotator)
        complete_values(annotator, seen, may_change=True)
        found.append(seen)
    _drop_lost_links(found, annotator)
    return found


def _checked_label(track: Track, rule: GeometryRule) -> str | None:
    if not rule.labels:
        return None
    if track.label is None or track.label not in rule.labels:
        raise refusal(
            f"the label of {track.uuid} in truth",
            track.label,
            f"a label of {rule.geometry}: " + ", ".join(rule.labels[:5]),
        )
    return track.label


def _drawn(track: Track, rule: GeometryRule, annotator: Annotator, asked: dict[int, None]) -> Track:
    job = annotator.job
    blur = Blur(job.random, 0 if job.labelers is None else job.labelers.jitter_px)
    seen = Track(track.uuid, track.geometry, track.label)
    for key, shape in track.shapes.items():
        where = f"{track.uuid} at frame {key} in truth"
        drawn = found_shape(shape, rule, annotator.region, blur, where)
        if key in asked:
            seen.shapes[key] = drawn | {name: shape[name] for name in TIMES if name in shape}
            if key in track.values:
                seen.values[key] = track.values[key]
    seen.drawn_at = frozenset(seen.shapes)
    return seen


def _check_values(track: Track, annotator: Annotator) -> None:
    known = {one.key: one for one in annotator.attributes.own}
    for key, values in track.values.items():
        for name, value in values.items():
            where = f"attributes.{name} of {track.uuid} at frame {key} in truth"
            if name not in known:
                raise refusal(where, value, "a key of annotation_attributes")
            choices = known[name].choices
            chosen = value if isinstance(value, list) else [value]
            if known[name].type == "category" and not all(one in choices for one in chosen):
                raise refusal(where, value, "of its choices: " + ", ".join(choices[:5]))


def _mistake_categories(track: Track, annotator: Annotator) -> None:
    labelers = annotator.job.labelers
    if labelers is None:
        return
    seen: dict[tuple[str, str], str] = {}
    for attribute in annotator.attributes.own:
        if attribute.type != "category":
            continue
        for values in track.values.values():
            if attribute.key not in values:
                continue
            given = values[attribute.key]
            chosen: list[str] = given if isinstance(given, list) else [given]
            for one in chosen:
                if (attribute.key, one) not in seen:
                    wrong = one_of(attribute.choices, one, labelers, annotator)
                    seen[attribute.key, one] = wrong
            taken = list(dict.fromkeys(seen[attribute.key, one] for one in chosen))
            values[attribute.key] = taken if attribute.multiple else taken[0]


def _drop_lost_links(tracks: list[Track], annotator: Annotator) -> None:
    """Links to tracks that were missed, or mislabeled, are gone; nothing new is invented."""
    linked = [one for one in annotator.attributes.own if one.type == "linked"]
    labels = {track.uuid: track.label for track in tracks}
    for track in tracks if linked else ():
        for values in track.values.values():
            for one in linked:
                target = values.get(one.key)
                if target is not None and (
                    target == track.uuid or labels.get(target) not in one.allowed_labels
                ):
                    del values[one.key]
