"""What is known of an attachment: size, frames, duration, bytes and truth. Nothing is fetched."""

from __future__ import annotations

import base64
import binascii
import struct
from dataclasses import dataclass, replace
from io import BytesIO
from math import isfinite
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote_to_bytes

from ._messages import keywords_checked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ._state.account import Account
    from ._state.file import FileRecord

DEFAULT_WIDTH: Final = 640
DEFAULT_HEIGHT: Final = 480
"""Pixels of an image nothing is known of (assumed; docs/scale/images.md 1)."""

DEFAULT_FPS: Final = 30.0
DEFAULT_DURATION_S: Final = 10.0
"""Of a video nothing is known of (assumed; docs/scale/video.md 1.3)."""

STORED_ORIGIN: Final = "https://scale-fake-attachments.s3.amazonaws.com"
"""Where links to uploaded files lead in process; the fake answers for it as for Scale (the form of
the address is assumed: docs/scale/tasks.md 1).
"""

MAX_SIDE: Final = 20_000
"""The largest width or height in pixels that anything may claim: ``metadata`` (documented bound of
this fake; docs/scale/images.md 1), a file's header, or `Attachments.describe`."""


_FACTS: Final = {
    "width": f"a whole number of pixels from 1 to {MAX_SIDE}",
    "height": f"a whole number of pixels from 1 to {MAX_SIDE}",
    "frames": "a whole number of frames above 0",
    "duration": "seconds, a number above 0",
    "fps": "frames per second, a number above 0",
}


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
        claimed: the width and height in the file's header where a side is longer than `MAX_SIDE`,
            and was cut to it; else ``None``.
    """

    width: int = DEFAULT_WIDTH
    height: int = DEFAULT_HEIGHT
    frames: int | None = None
    fps: float | None = None
    duration: float | None = None
    content: bytes | None = None
    truth: Any = None
    exists: bool = True
    claimed: tuple[int, int] | None = None


_UNKNOWN: Final = Media()
"""Of an attachment that nobody has told anything of; a frozen value, made once."""


class Attachments:
    """What tests told of attachments, and what uploads and ``data:`` URLs tell of themselves."""

    def __init__(self) -> None:
        self._told: dict[str, dict[str, Any]] = {}

    @keywords_checked(length="duration", seconds="duration", labels="truth")
    def describe(
        self,
        url: str,
        *,
        width: int | None = None,
        height: int | None = None,
        frames: int | None = None,
        duration: float | None = None,
        fps: float | None = None,
        truth: Any = None,
    ) -> None:
        """Tell what is at ``url``; what is told again replaces, the rest stays.

        Args:
            url: the attachment exactly as tasks name it.
            width: pixels.
            height: pixels.
            frames: number of frames of a video.
            duration: seconds of a video or audio file.
            fps: frames per second of a video.
            truth: what labelers should find, in the shape of the task type's response.

        Raises:
            ValueError: a size that is no whole number from 1 to 20,000, a count that is none above
                0, or a length or rate that is no finite number above 0.
        """
        facts: dict[str, Any] = {
            "width": width,
            "height": height,
            "frames": frames,
            "duration": duration,
            "fps": fps,
        }
        for name, value in facts.items():
            if value is not None and not _is_fact(name, value):
                raise ValueError(f"describe({url!r}, {name}={value!r}): give {_FACTS[name]}")
        known = {name: value for name, value in facts.items() if value is not None}
        if truth is not None:
            known["truth"] = truth
        self._told[url] = {**self._told.get(url, {}), **known}

    def media(self, url: str, metadata: Mapping[str, Any], account: Account) -> Media:
        """The facts of the attachment at ``url``.

        First what a test told; then the uploaded file (images and WAV) or the image in a ``data:``
        URL; then ``width`` and ``height``, and ``duration``, of ``metadata``; then the defaults.
        """
        media = self._measured(url, account)
        if media is None:
            media = _UNKNOWN
            if url.startswith("scaledata://") and _file(url, account) is None:
                media = Media(exists=False)
            width, height = metadata.get("width"), metadata.get("height")
            if width is not None and height is not None and _is_side(width) and _is_side(height):
                media = replace(media, width=width, height=height)
        duration = metadata.get("duration")
        if media.duration is None and isinstance(duration, int | float):
            is_length = not isinstance(duration, bool) and 0 < duration < 1e6
            media = replace(media, duration=duration if is_length else None)
        facts = self._told.get(url)
        return replace(media, **facts) if facts else media

    @staticmethod
    def _measured(url: str, account: Account) -> Media | None:
        if url.startswith("scaledata://"):
            file = _file(url, account)
            if file is None or (file.imported_from is not None and not file.content):
                return None
            media = Media(content=file.content, duration=wav_seconds(file.content))
            return _sized(media, file.width, file.height)
        if url.startswith("data:"):
            content = _data_url(url)
            return None if content is None else _sized(Media(content=content), *measure(content))
        return None

    def save(self) -> dict[str, dict[str, Any]]:
        """The state as a value."""
        return {url: dict(facts) for url, facts in self._told.items()}

    def restore(self, state: dict[str, dict[str, Any]]) -> None:
        """Take over a state that ``save`` gave."""
        self._told = {url: dict(facts) for url, facts in state.items()}


def _file(url: str, account: Account) -> FileRecord | None:
    file = account.files.get(url.rpartition("/")[2])
    return file if file is not None and file.attachment_url == url else None


def attachment_urls(params: Mapping[str, Any]) -> list[str]:
    """The addresses of a task's attachments, in order, from its params."""
    candidates: list[Any] = [params.get("attachment")]
    if isinstance(params.get("attachments"), list):
        candidates += params["attachments"]
    urls = [
        candidate.get("content") if isinstance(candidate, dict) else candidate
        for candidate in candidates
    ]
    return [url for url in urls if isinstance(url, str) and ":" in url[:20]]


def oversized(media: Media) -> str | None:
    """What is said of a file that claims more pixels than can be; ``None`` where it does not."""
    if media.claimed is None:
        return None
    width, height = media.claimed
    return (
        f"claims {width} x {height} pixels and is taken for {media.width} x {media.height}: "
        f"no side may be longer than {MAX_SIDE}"
    )


def _sized(media: Media, width: int | None, height: int | None) -> Media:
    if not width or not height:
        return media
    if width <= MAX_SIDE and height <= MAX_SIDE:
        return replace(media, width=width, height=height)
    # A few bytes may claim to be any number of pixels, and masks would have to be as large.
    return replace(
        media,
        width=min(width, MAX_SIDE),
        height=min(height, MAX_SIDE),
        claimed=(width, height),
    )


def _is_fact(name: str, value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if name in {"width", "height"}:
        return _is_side(value)
    if isinstance(value, int):
        return value > 0
    return name in {"duration", "fps"} and value > 0 and isfinite(value)


def _is_side(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX_SIDE


def _data_url(url: str) -> bytes | None:
    head, comma, data = url.partition(",")
    if not comma:
        return None
    raw = unquote_to_bytes(data)
    if not head.endswith(";base64"):
        return raw
    try:
        return base64.b64decode(raw + b"=" * (-len(raw) % 4))
    except (binascii.Error, ValueError):
        return None


def measure(content: bytes) -> tuple[int | None, int | None]:
    """Width and height in pixels of an image, read from its header; ``None`` when it is none."""
    import imagesize

    try:
        width, height = imagesize.get(BytesIO(content))
    except Exception:  # noqa: BLE001 - a damaged header may fail in any way; it then has no size
        return None, None
    return (int(width), int(height)) if width > 0 and height > 0 else (None, None)


def wav_seconds(content: bytes) -> float | None:
    """The length of a WAV file in seconds, read from its header; ``None`` when it is none."""
    if not content.startswith(b"RIFF"):
        return None
    import wave

    try:
        with wave.open(BytesIO(content)) as sound:
            seconds = sound.getnframes() / sound.getframerate()
    except (wave.Error, EOFError, ZeroDivisionError, struct.error):
        return None
    return seconds if seconds > 0 else None
