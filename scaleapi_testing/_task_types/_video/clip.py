"""Which frames of a video or frame sequence are annotated, and when they are.

Rules for unknown media and the frame arithmetic: docs/scale/video.md 1.3, 2.3 and 3.3 (mostly
assumed; the numbering of playback keys is documented).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING, Any, Final

from ..._attachments import DEFAULT_DURATION_S, DEFAULT_FPS
from .._language.addresses import is_missing
from .._language.values import number, positive
from .._shapes.margins import region_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._base import Job
    from .._shapes.drawing import Region

MOST_FRAMES: Final = 10_000
"""No video gets more annotated frames: a response has to end somewhere (assumed)."""

_HIGHEST_RATE: Final = 100_000.0
_LOWEST_RATE: Final = 1e-6
_LATEST_S: Final = 1e7
"""Beyond these, frame numbers are no longer exact as floats (assumed bounds)."""


@dataclass(frozen=True, slots=True)
class Clip:
    """The annotated frames of one task.

    Attributes:
        keys: how annotations name each annotated frame, increasing.
        numbers: each one's frame number in the video or sequence.
        moments: how events name each one.
        fps: frames per second of the video or sequence.
        rate: annotated frames per second.
        size: width and height of the picture in pixels.
        region: where shapes may lie.
    """

    keys: Sequence[int]
    numbers: Sequence[int]
    moments: Sequence[int]
    fps: float
    rate: float
    size: tuple[int, int]
    region: Region

    def time(self, number: int) -> float:
        """Seconds from the start of the video to its frame ``number``."""
        return to_millionths(number / self.fps)


def to_millionths(value: float) -> float:
    """``value`` to a millionth, as an integer where it is one."""
    rounded = round(value, 6)
    return int(rounded) if rounded == int(rounded) else rounded


def frames_clip(job: Job) -> Clip:
    """The frames of a ``videoannotation``: keys count the annotated frames."""
    return _clip(job, _asked_rate(job, ("frame_rate",), 1.0), on_grid=False, by_count=True)


def playback_clip(job: Job) -> Clip:
    """The frames of a ``videoplaybackannotation``: keys are frame numbers of the video."""
    rate = _asked_rate(job, ("annotation_frame_rate", "frame_rate"), 1.0)
    return _clip(job, rate, on_grid=True, by_count=False)


def counted_clip(job: Job, default_rate: float) -> Clip:
    """The frames of a ``federal2dvideoannotation``: keys count, from the video's first frame."""
    rate = _asked_rate(job, ("annotation_frame_rate", "frame_rate"), default_rate)
    return _clip(job, rate, on_grid=True, by_count=True)


def _asked_rate(job: Job, fields: Sequence[str], default: float) -> float:
    for field in fields:
        rate = positive(job.params, field)
        if rate is not None:
            return _within(rate)
    return default


def _within(rate: float) -> float:
    """``rate`` as far as frames can be counted with it."""
    return min(max(rate, _LOWEST_RATE), _HIGHEST_RATE)


def _clip(job: Job, annotation_rate: float, *, on_grid: bool, by_count: bool) -> Clip:
    params = job.params
    sent = job.common.get("metadata")
    metadata = sent if isinstance(sent, dict) else {}
    frames: Any = params.get("attachments")
    video: Any = params.get("attachment")
    # Where both are given the video is annotated, unless the attachment type says image.
    of_images = not is_missing(frames) and (
        is_missing(video) or params.get("attachment_type") == "image"
    )
    url = frames[0] if of_images and frames else video
    media = job.surroundings.media(url, metadata)
    size = (media.width, media.height)
    region = region_of(params, *size)
    video_rate = positive(params, "video_frame_rate")
    if of_images and frames:
        fps = _within(video_rate or annotation_rate)
        count = len(frames)
        if not on_grid:
            numbers = list(range(count))
            return Clip(numbers, numbers, numbers, annotation_rate, annotation_rate, size, region)
        # Not more frames than there are.
        rate = min(annotation_rate, fps)
        steps = _grid(0, float("inf"), fps, rate, count)
    else:
        # Registered and measured facts come first; the metadata's duration is the sender's guess.
        facts = job.surroundings.media(url, {})
        counted = facts.frames / facts.duration if facts.frames and facts.duration else None
        # From the surest to a guess: registered, counted, told by the task, the usual one.
        fps = _within(facts.fps or counted or video_rate or DEFAULT_FPS)
        rate = min(annotation_rate, fps)
        length = facts.duration or (facts.frames / fps if facts.frames else None)
        # Bounded: an absurd start would give frame numbers that repeat.
        start = min(float(number(params.get("start_time")) or 0), _LATEST_S)
        part = positive(params, "duration_time")
        # A part that is longer than the video ends with it.
        if length is not None:
            end = length if part is None else min(start + part, length)
        elif part is not None:
            end = start + part
        else:
            # The sender's own guess, only where nothing is known of the video.
            end = media.duration or DEFAULT_DURATION_S
        end = min(end, _LATEST_S * 2)
        if not on_grid:
            numbers = _steps(start, end, fps, rate)
            places = range(len(numbers))
            return Clip(places, numbers, places, fps, rate, size, region)
        steps = _grid(start, end, fps, rate, end * fps)
    # Readers of counted keys map them back with floor; playback keys are rounded (both documented
    # by the programs that read them).
    numbers = [floor(k * fps / rate) if by_count else key for k, key in steps]
    keys = [k for k, _ in steps] if by_count else numbers
    return Clip(keys, numbers, numbers, fps, rate, size, region)


def _steps(start: float, end: float, fps: float, rate: float) -> list[int]:
    """``round(start * fps + k * fps / rate)`` before the end; at least one."""
    numbers: list[int] = []
    for k in range(MOST_FRAMES):
        frame = start * fps + k * fps / rate
        # The first one stands even when the part begins at the end: no answer is without frames.
        if numbers and frame >= end * fps:
            break
        numbers.append(round(frame))
    return numbers


def _grid(start: float, end: float, fps: float, rate: float, limit: float) -> list[tuple[int, int]]:
    """``(k, round(k * fps / rate))`` from ``start`` on, before the end and below ``limit``.

    A part that begins behind the video's last annotated frame is that frame alone.
    """
    # 0.07 s at 100 frames per second is 7.000000000000001 as a float: without the nudge the part
    # would begin a frame late.
    first = ceil(start * rate - 1e-9)
    steps: list[tuple[int, int]] = []
    for k in range(first, first + MOST_FRAMES):
        key = round(k * fps / rate)
        # Both: the limit is of frames, the end one of time, and either may come first.
        if k / rate >= end or key >= limit:
            break
        steps.append((k, key))
    if not steps:
        # Rounding may carry a key up to the limit, which need not be whole: the last one below it.
        k = max(min(first, ceil(limit * rate / fps) - 1), 0)
        while k > 0 and round(k * fps / rate) >= limit:
            k -= 1
        steps.append((k, round(k * fps / rate)))
    return steps
