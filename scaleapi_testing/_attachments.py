"""What is known of an attachment: its size, frames, duration, bytes and truth. Nothing is fetched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

DEFAULT_WIDTH: Final = 640
DEFAULT_HEIGHT: Final = 480
"""Pixels of an image nothing is known of (assumed; task-types-image 1)."""

DEFAULT_FPS: Final = 30.0
DEFAULT_DURATION_S: Final = 10.0
"""Of a video nothing is known of (assumed; task-types-video-3d 1.3)."""


@dataclass(frozen=True, slots=True)
class Media:
    """The facts of one attachment, defaults filled in.

    Attributes:
        width: pixels.
        height: pixels.
        frames: number of frames of a video or frame sequence, ``None`` when unknown.
        fps: frames per second of a video, ``None`` when unknown.
        duration: seconds of a video or audio file, ``None`` when unknown.
        content: the file's bytes, when it was uploaded or is a ``data:`` URL.
        truth: what ``scale.attachments.describe(url, truth=...)`` said labelers should find.
        exists: false for a ``scaledata://`` address that no file has.
    """

    width: int = DEFAULT_WIDTH
    height: int = DEFAULT_HEIGHT
    frames: int | None = None
    fps: float | None = None
    duration: float | None = None
    content: bytes | None = None
    truth: Any = None
    exists: bool = True
