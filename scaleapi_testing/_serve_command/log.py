"""One line for each call, written by a thread of its own: a slow reader holds up no call."""

from __future__ import annotations

import json
import queue
import re
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from .._messages import mask_key

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self, TextIO


WAITING: Final = 10_000
"""Lines that may wait to be written; what comes beyond is counted."""

_KEY: Final = re.compile(r"(?:live|test)_[A-Za-z0-9]+")


class Log:
    """Writes lines to stdout.

    Args:
        as_json: whether each line is a JSON object.
        quiet: whether calls are left out.
    """

    def __init__(self, *, as_json: bool, quiet: bool, out: TextIO | None = None) -> None:
        self._as_json = as_json
        self._quiet = quiet
        self._out = out or sys.stdout
        self._lines: queue.Queue[str | None] = queue.Queue(WAITING)
        self._lost = 0
        self._thread = threading.Thread(target=self._write, name="scale-server-log", daemon=True)

    def __enter__(self) -> Self:
        """Begin to write."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Write what is left."""
        self._lines.put(None)
        # No longer: a pipe that nobody reads would keep the program from ending.
        self._thread.join(1.0)

    def call(self, method: str, path: str, outcome: int | str, seconds: float, world: str) -> None:
        """Say what was asked and answered: no query, no header, no key.

        Args:
            method: the verb.
            path: as sent, below the world's address.
            outcome: the status, or how the exchange broke off.
            seconds: how long it took.
            world: whose call it was.
        """
        if self._quiet:
            return
        ms = round(seconds * 1000, 1)
        # A client may put its key into a path by mistake, and logs are kept and shared.
        path = _KEY.sub(lambda key: mask_key(key.group()), path)
        path = path if len(path) <= 200 else f"{path[:199]}…"
        if self._as_json:
            is_status = isinstance(outcome, int)
            fields: dict[str, Any] = {
                "method": method,
                "path": path,
                "status": outcome if is_status else None,
                "ms": ms,
                "world": world,
            }
            if not is_status:
                fields["broken"] = outcome
            self._put(json.dumps(fields))
        else:
            self._put(f"{method} {path} {outcome} {ms:.1f} ms {world}")

    def say(self, event: str, text: str, **fields: Any) -> None:
        """Say something else: the text, or the event and its fields."""
        self._put(json.dumps({"event": event, **fields}) if self._as_json else text)

    def _put(self, line: str) -> None:
        try:
            self._lines.put_nowait(line)
        # A line is lost rather than a call held up by whoever reads stdout slowly.
        except queue.Full:
            self._lost += 1

    def _write(self) -> None:
        with suppress(OSError, ValueError):  # nobody reads any more
            while (line := self._lines.get()) is not None:
                lost, self._lost = self._lost, 0
                if lost:
                    line += "\n" + (
                        json.dumps({"event": "lost", "lines": lost})
                        if self._as_json
                        else f"({lost} lines left out: they were not read fast enough)"
                    )
                self._out.write(f"{line}\n")
                # Flushing each line would cost a system call per call under load.
                if self._lines.empty():
                    self._out.flush()
