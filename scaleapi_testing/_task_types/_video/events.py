"""Which events labelers mark in a video: points and ranges of frames, with their attributes.

Sources: documented, https://docs.scale.com/reference/events (docs/scale/video.md 1.2); that times
are always there, and ``attributes`` too, is assumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._attributes.truth import AttributeTruth
from .._attributes.values import draw_values
from .._language.noise import Noise
from .._language.truth import few_of, refusal
from .._language.values import integer, strings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._attributes.values import Attributes
    from .._base import Job
    from .clip import Clip

MOST_EVENTS: Final = 3
"""A drawn answer has this many events at most (assumed)."""


def asked_events(params: Mapping[str, Any]) -> list[str]:
    """The labels of a checked ``events_to_annotate``, once each; ``[]`` when none are asked for."""
    return list(dict.fromkeys(strings(params.get("events_to_annotate")) or ()))


def draw_events(job: Job, labels: list[str], attributes: Attributes, clip: Clip) -> list[Any]:
    """One to three events of ``labels``, in order of their start.

    Args:
        job: of the task.
        labels: what `asked_events` gave, at least one.
        attributes: of the task; ``whole`` are those of events.
        clip: the task's frames.
    """
    random = job.random
    count = len(clip.moments)
    events: list[dict[str, Any]] = []
    for _ in range(1 + int(random.random() * MOST_EVENTS)):
        label = labels[int(random.random() * len(labels))]
        start = int(random.random() * count)
        end = start + int(random.random() * (count - start))
        is_range = random.random() < 0.5
        events.append(_event(job, attributes, clip, label, start, end if is_range else None))
    # Drawn one by one, written in order of time.
    return sorted(events, key=lambda event: event["start"])


def _event(
    job: Job, attributes: Attributes, clip: Clip, label: str, start: int, end: int | None
) -> dict[str, Any]:
    event: dict[str, Any] = {
        "label": label,
        "type": "point" if end is None else "range",
        "start": clip.moments[start],
        "startTime": clip.time(clip.numbers[start]),
    }
    if end is not None:
        event |= {"end": clip.moments[end], "endTime": clip.time(clip.numbers[end])}
    event["attributes"] = draw_values(attributes.whole, label, job.random, job.faker)
    return event


def find_events(
    job: Job, truth: Any, labels: list[str], attributes: Attributes, clip: Clip
) -> list[Any]:
    """What labelers find of the true events: some missed, some with another label.

    Args:
        job: of the task; its labelers say how well they work.
        truth: an array of events as in the answer; times and attributes may be absent.
        labels: what `asked_events` gave.
        attributes: of the task.
        clip: the task's frames.

    Raises:
        ValueError: the truth is no such array, or an event does not fit the task.
    """
    if isinstance(truth, dict):
        truth = truth.get("events", [])
    if not isinstance(truth, list):
        raise refusal("truth.events", truth, "an array of events as in the answer")
    noise = Noise(job)
    attribute_truth = AttributeTruth(attributes.whole)
    label_set = frozenset(labels)
    events: list[dict[str, Any]] = []
    for position, entry in enumerate(truth):
        where = f"truth.events[{position}]"
        event = _true_event(entry, label_set, clip, where)
        values = attribute_truth.checked(event["attributes"], f"{where}.attributes")
        # Checked in full before it is left out: a wrong truth must not hang on chance.
        if noise.misses():
            continue
        event["label"] = noise.name(event["label"], labels)
        seen = attribute_truth.seen(values, noise)
        values = draw_values(attributes.whole, event["label"], job.random, job.faker, preset=seen)
        events.append({**event, "attributes": values})
    return events


def _true_event(entry: Any, labels: frozenset[str], clip: Clip, where: str) -> dict[str, Any]:
    if not isinstance(entry, dict):
        raise refusal(where, entry, "an event, which is an object")
    label = entry.get("label")
    if not isinstance(label, str) or label not in labels:
        label_set = few_of(sorted(labels)) or "none: the task asks for no events"
        raise refusal(f"{where}.label", label, f"one of events_to_annotate: {label_set}")
    start, end = integer(entry.get("start")), integer(entry.get("end", entry.get("start")))
    if start is None or start < 0:
        raise refusal(f"{where}.start", entry.get("start"), "a frame number, 0 or more")
    if end is None or end < start:
        raise refusal(f"{where}.end", entry.get("end"), f"a frame number, {start} or more")
    is_range = entry.get("type", "range" if "end" in entry else "point") == "range"
    times = dict(zip(clip.moments, clip.numbers, strict=True))
    event: dict[str, Any] = {
        "label": label,
        "type": "range" if is_range else "point",
        "start": start,
        # A truth may mark frames between the annotated ones; their number serves as it is.
        "startTime": entry.get("startTime", clip.time(times.get(start, start))),
    }
    if is_range:
        event |= {"end": end, "endTime": entry.get("endTime", clip.time(times.get(end, end)))}
    return {**event, "attributes": entry.get("attributes", {})}
