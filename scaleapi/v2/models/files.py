"""Files that messages and annotations carry, and which class a file is read as."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import Discriminator, Tag

from ._model import Model, Number


class _File(Model):
    """What every file has."""

    mime_type: str | None = None
    scale_url: str | None = None
    url: str | None = None

    @property
    def actual_instance(self) -> _File:
        """The file itself; the official client wraps it."""
        return self


class BasicFile(_File):
    """A file of any kind; ``content`` is base64."""

    content: str | None = None
    name: str | None = None


class ImageFile(_File):
    """A picture."""

    name: str | None = None
    file_size_in_bytes: int | None = None


class AudioFile(_File):
    """A recording; times in seconds."""

    duration: Number | None = None
    transcript: str | None = None
    transcript_url: str | None = None
    transcript_start: Number | None = None
    transcript_end: Number | None = None


_TAGS: Final[tuple[tuple[type[_File], str], ...]] = ((AudioFile, "audio"), (ImageFile, "image"))


def kind_of_file(value: Any) -> str:
    """``audio``, ``image`` or ``basic``, by the keys that only one of them has.

    Source: assumed; the wire carries no mark of a file's kind.
    """
    if isinstance(value, _File):
        return next((tag for kind, tag in _TAGS if isinstance(value, kind)), "basic")
    keys: dict[str, Any] = value if isinstance(value, dict) else {}
    if "duration" in keys or any(key.startswith("transcript") for key in keys):
        return "audio"
    if "file_size_in_bytes" in keys or str(keys.get("mime_type", "")).startswith("image/"):
        return "image"
    return "basic"


DetailedFile = Annotated[
    Annotated[BasicFile, Tag("basic")]
    | Annotated[ImageFile, Tag("image")]
    | Annotated[AudioFile, Tag("audio")],
    Discriminator(kind_of_file),
]
"""A file of any of the three classes."""


class WorkspaceFile(Model):
    """A file that a workspace wrote."""

    scale_url: str
    file_name: str | None = None
    url: str | None = None
    file_language: str | None = None
    file_content: str | None = None


class ContentAndUrl(Model):
    """Output of a run: the text, or where it lies."""

    content: str | None = None
    url: str | None = None
    scale_url: str | None = None
