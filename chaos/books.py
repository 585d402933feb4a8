"""What was asked and answered, line by line in a file, as JSON."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


class Books:
    """Lines that many threads write.

    Args:
        path: the file, made anew.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("w")
        self._lock = threading.Lock()

    def note(self, what: str, **facts: Any) -> None:
        """Write a line down."""
        with self._lock:
            self._file.write(json.dumps({"what": what, **facts}) + "\n")
            self._file.flush()

    def close(self) -> None:
        """End it."""
        self._file.close()


def lines_of(path: Path) -> list[dict[str, Any]]:
    """What was written down."""
    return [json.loads(line) for line in path.read_text().splitlines()]
