"""One line for each call, written by a thread of its own: a slow reader holds up no call."""

from __future__ import annotations

import json
import queue
import re
import sys
import threading
import traceback
from contextlib import suppress
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from .._messages import mask_key, shortened

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType
    from typing import Self, TextIO


WAITING: Final = 10_000
"""Lines that may wait to be written; what comes beyond is counted."""

MOST_TEXT: Final = 200
"""Characters of a path, of a notice, of what an error says."""

NOTICES: Final = 3
"""Notices of a call that its line tells; those beyond are counted, and the journal has them all."""

PLACES: Final = 4
"""Innermost places of an error that a line of text names."""

MOST_TRACEBACK: Final = 8_000
"""Characters of a traceback, from its end."""

_KEY: Final = re.compile(r"(?:live|test)_[A-Za-z0-9]+")


def _masked(text: str) -> str:
    # A client may put its key anywhere by mistake, and logs are kept and shared.
    return _KEY.sub(lambda key: mask_key(key.group()), text)


def _fit(text: str) -> str:
    """A text as a part of one line."""
    # Cut once masked: the beginning of a key at the cut would look like none.
    return shortened("".join(c if c.isprintable() else " " for c in _masked(text)), MOST_TEXT)


def _told(notices: Sequence[str]) -> list[str]:
    if len(notices) <= NOTICES:
        return [_fit(notice) for notice in notices]
    # The last one speaks of the whole call, those before it of its parameters.
    told = [*notices[: NOTICES - 1], notices[-1]]
    return [*(_fit(notice) for notice in told), f"and {len(notices) - NOTICES} more"]


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
        trace: TracebackType | None,
    ) -> None:
        """Write what is left."""
        self._lines.put(None)
        # No longer: a pipe that nobody reads would keep the program from ending.
        self._thread.join(1.0)

    def call(
        self,
        method: str,
        path: str,
        outcome: int | str,
        seconds: float,
        world: str,
        notices: Sequence[str] = (),
    ) -> None:
        """Say what was asked and answered: no query, no header, no key.

        Args:
            method: the verb.
            path: as sent, below the world's address.
            outcome: the status, or how the exchange broke off.
            seconds: how long it took.
            world: whose call it was.
            notices: what the journal says of it.
        """
        if self._quiet:
            return
        ms = round(seconds * 1000, 1)
        path = _fit(path)
        told = _told(notices) if notices else []
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
            if told:
                fields["notices"] = told
            self._put(json.dumps(fields))
        else:
            beside = f" noticed: {' | '.join(told)}" if told else ""
            self._put(f"{method} {path} {outcome} {ms:.1f} ms {world}{beside}")

    def failed(self, method: str, path: str, error: BaseException) -> None:
        """Say what of this package failed, and where: quiet or not, nobody else knows.

        In JSON the whole traceback stands beside it; a line of text names the innermost places.

        Args:
            method: the verb.
            path: as sent.
            error: what was raised.
        """
        what = _fit(f"{type(error).__name__}: {error}")
        frames = traceback.extract_tb(error.__traceback__)[-PLACES:]
        places = " < ".join(
            f"{PurePath(frame.filename).name}:{frame.lineno} in {frame.name}"
            for frame in reversed(frames)
        )
        path = _fit(path)
        self.say(
            "failed",
            f"{method} {path} failed: {what} (at {places})",
            method=method,
            path=path,
            error=what,
            traceback=_masked("".join(traceback.format_exception(error)))[-MOST_TRACEBACK:],
        )

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
