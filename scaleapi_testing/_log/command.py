"""What stands in the log, what a store of it promises, and how it fails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from .._errors import FakeScaleError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


class StateError(FakeScaleError):
    """A place of state cannot be used; the text is one line: what, what is wrong, what to do."""


class LogUnavailable(StateError):
    """The log cannot be reached or written just now; the same call may succeed later.

    Raised by ``append`` it does not say whether the commands stand in the log (a commit may have
    been lost on its way back): ``read`` says so, once it answers again.
    """


class OlderTerm(StateError):
    """Another server has the lead by now: nothing was appended."""


class Behind(StateError):
    """The commands asked for were removed, since a newer checkpoint holds what they did."""


@dataclass(frozen=True, slots=True)
class Base:
    """How a world's time runs, from the command on that brings it.

    Between two commands it runs on at ``speed`` times real time, also while no server does. What
    controls add (``advance``, ``run_until_idle``) is no part of it.

    Attributes:
        speed: virtual seconds in a real one; 0 stands still.
        start_ms: where the time of a new world begins, in ms since 1970 (UTC). A world that exists
            already keeps its base, whatever is given here. ``None`` changes the speed of one that
            exists: the command itself applies at the moment that the old speed led to.
    """

    speed: float
    start_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """A command that is not in the log yet.

    Attributes:
        world: the name of the world that it changes.
        kind: for the one who applies it; the store does not read it.
        body: likewise.
        base: a world that begins, or changes its speed, with this command.
        ends: the world ends with this command, and its base is forgotten.
    """

    world: str
    kind: str
    body: bytes
    base: Base | None = None
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """A command that stands in the log.

    Attributes:
        n: its place in the one order of all worlds: 1, 2, 3 ... without a gap.
        world: the world's name.
        at_ms: the world's own time when it was appended, in ms since 1970 (UTC); it never goes back
            within one world. 0 in a world that has no base, which is one that has ended.
        kind: as it was given.
        body: likewise.
    """

    n: int
    world: str
    at_ms: int
    kind: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The whole state at one place of the log.

    Attributes:
        n: the last command whose outcome it holds.
        rows: what was saved, in order, read as it is asked for; to be used up, or closed, before
            the next call of the store in the same thread.
    """

    n: int
    rows: Iterator[bytes]


class LogStore(Protocol):
    """A log and its checkpoints.

    Every method may wait for a disk or a network, so none is called in an event loop; all may be
    called from any thread, also at once. Each but ``open`` raises ``LogUnavailable`` while the
    place cannot be reached, and does its work again when it can, without being opened anew.
    """

    def open(self, version: Mapping[str, str]) -> None:
        """Make the place if it is not there, and take it.

        Args:
            version: what the bytes of a reply depend on: this package and others, with their
                versions. A log that is not empty is only opened by the version that wrote it.

        Raises:
            StateError: it is not there, is something else, is in use, is newer, is damaged, or its
                log was written by another version. It is left as it is.
        """
        ...

    def append(
        self,
        pending: Sequence[Pending],
        *,
        term: int | None = None,
        after: int | None = None,
    ) -> list[Command]:
        """Write commands, all or none, next to each other; they are durable when it returns.

        On a shared log others may have written since: what stands between the last command that
        was read and the first of these is got by ``read``.

        Args:
            pending: at least one, in their order.
            term: of the lead that they are written under; ``None`` for what needs no lead.
            after: write only if this is the number of the last command, as for the first command of
                all. Else nothing is written, and the list is empty.

        Raises:
            OlderTerm: the lead has moved since ``term``.
            LogUnavailable: they may stand in the log or not; see there.
            StateError: a server of another version has taken over the log.
        """
        ...

    def read(self, after: int, most: int) -> list[Command]:
        """The commands after number ``after``, at most ``most``; none where there are none yet.

        Raises:
            Behind: the next one has been removed; load the checkpoint.
        """
        ...

    def last(self) -> int:
        """The number of the last command, also if it has been removed; 0 before the first."""
        ...

    def wait(self, after: int, timeout_s: float) -> int:
        """``last()`` as soon as it is greater than ``after``, and after ``timeout_s`` in any case.

        Called by one thread at a time.
        """
        ...

    def times(self) -> dict[str, int]:
        """The ``at_ms`` that a command would get now, for every world that has a base."""
        ...

    def lead(self) -> int | None:
        """The term of the lead, taking it where it is free; ``None`` while another server has it.

        Asked again every second or so, by one thread that does nothing slow: it also notices when
        the lead is lost, and whoever has it and does not ask for 15 s loses it.
        """
        ...

    def save_checkpoint(self, n: int, rows: Iterable[bytes], *, term: int | None = None) -> None:
        """Keep the whole state as it is after command ``n``, and remove the log up to there.

        Until the last row is there the checkpoint before it stays the newest one. Others append and
        read meanwhile.

        Args:
            n: the command; not before that of the newest checkpoint.
            rows: at most a few MB each.
            term: as for ``append``.

        Raises:
            OlderTerm: the lead has moved; nothing is removed.
        """
        ...

    def checkpoint(self) -> Checkpoint | None:
        """The newest whole one."""
        ...

    def close(self) -> None:
        """Let go of the place. A second time does nothing."""
        ...
