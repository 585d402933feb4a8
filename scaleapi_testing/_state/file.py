"""What Scale remembers of one uploaded or imported file (docs/scale/files.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class FileRecord:
    """One file. Values are replaced, never changed in place."""

    id: str
    attachment_url: str
    mime_type: str
    size: int
    project_names: tuple[str, ...]
    created_ms: int
    updated_ms: int
    content: bytes
    seq: int
    display_name: str | None = None
    reference_id: str | None = None
    metadata: Any = None
    width: int | None = None
    height: int | None = None
    imported_from: str | None = None
