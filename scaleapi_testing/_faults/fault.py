"""What one fault is: which calls it is meant for, how it strikes, how it shows itself."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal, Self, TypeAlias

from .._errors import PUBLIC
from .._http.patterns import RequestPattern
from .._messages import shortened
from .._nesting import asked
from .._state.account import digest_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from .._journal.journal import RecordedRequest
    from .faults import Faults

Kind: TypeAlias = Literal[
    "status", "disconnect", "timeout", "connect_timeout", "truncate", "garbage", "latency"
]
"""How a strike spoils a call; ``latency`` only delays it."""

When: TypeAlias = "Callable[[RecordedRequest], bool]"
Windows: TypeAlias = dict[str, tuple[int, int]]
"""Of each key's digest: when its window began, virtual milliseconds, and its calls in it."""

Progress: TypeAlias = tuple[int, Windows]
FaultsState: TypeAlias = "tuple[tuple[Fault, Progress], ...]"

MILLISECOND: Final = timedelta(milliseconds=1)

FLAGS: Final[tuple[Kind, ...]] = (
    "disconnect",
    "timeout",
    "connect_timeout",
    "truncate",
    "garbage",
)
SWITCHES: Final = (*FLAGS, "after_commit", "optional")


# Known by identity: two faults that were asked for alike are spent each on its own.
@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class FaultArguments:
    """The arguments of :meth:`Faults.add`, which says what each means."""

    status: int | None = None
    retry_after: int | None = None
    disconnect: bool = False
    timeout: bool = False
    connect_timeout: bool = False
    latency: timedelta | None = None
    truncate: bool = False
    garbage: bool = False
    after_commit: bool = False
    method: str | None = None
    path: str | None = None
    times: int | None = None
    when: When | None = None
    optional: bool = False
    message: str | None = None


ARGUMENTS: Final = tuple(argument.name for argument in fields(FaultArguments))


@dataclass(frozen=True, slots=True)
class Strike:
    """What one fault does to one call.

    Attributes:
        fault: the fault that strikes.
        kind: how the call is spoiled.
        status: status of the error answer, with kind ``"status"`` only.
        retry_after: seconds for the ``Retry-After`` header of that answer, or ``None``.
        after_commit: whether the call takes effect before it is spoiled.
        latency_ms: by how many virtual milliseconds the answer is late.
        message: the error's text, ``None`` for the usual text of the status.
    """

    fault: Fault
    kind: Kind
    status: int | None = None
    retry_after: int | None = None
    after_commit: bool = False
    latency_ms: int = 0
    message: str | None = None


class Fault(FaultArguments):
    """An error that was asked for.

    Made by :meth:`Faults.add`, whose arguments its attributes are; ``method`` is in upper case.

    Attributes:
        hits: how many calls it has struck.
        number: which fault of its fake it is, counted from 1; 0 while it is none's.
        told: whether a test has failed for its being unspent, or failed otherwise and shown it.
    """

    # Weakly referenced, so that the report can remember faults without keeping their fake alive.
    __slots__ = ("__weakref__", "_faults", "hits", "number", "pattern", "told")

    def __init__(self, faults: Faults, arguments: FaultArguments) -> None:
        super().__init__(**{name: getattr(arguments, name) for name in ARGUMENTS})
        self.pattern = RequestPattern.parse(arguments.method, arguments.path)
        self.method, self.path = self.pattern.method, self.pattern.path
        self._faults = faults
        self.hits = 0
        self.number = 0
        self.told = False

    @property
    def remaining(self) -> int | None:
        """How many calls it will still strike; ``None`` for all until it is removed."""
        return None if self.times is None else self.times - self.hits

    @property
    def kind(self) -> Kind:
        """How it spoils a call."""
        if self.status is not None:
            return "status"
        for kind in FLAGS:
            if getattr(self, kind):
                return kind
        return "latency"

    def remove(self) -> None:
        """Strike no further call; removing it again does nothing."""
        self._faults._remove(self)

    def matches(self, record: RecordedRequest) -> bool:
        """Whether it is meant for this call, spent or not."""
        # The pattern first: `when` is asked only about calls that it is meant for.
        if not self.pattern.matches(record.method, record.segments):
            return False
        when = self.when
        return when is None or bool(
            # Any truthy answer counts, as in an `if`; a callable that ends up asking itself is told
            # so.
            asked(
                lambda: when(record),
                lambda: (
                    f"when= of the fault {self!r}, asked about {record.method} "
                    f"{shortened(record.path, 80)},"
                ),
                "It makes calls about which it is asked in turn: narrow the fault by method= and "
                "path=, or judge by the request that it is given",
            )
        )

    def _progress(self) -> Progress:
        return self.hits, {}

    def _go_back(self, progress: Progress) -> None:
        self.hits = progress[0]
        # Told anew: after a restore the fault is unspent again, and a later test may fail for it.
        self.told = False

    def _copy_for(self, faults: Faults) -> Fault:
        return Fault(faults, self)

    def _strike(self, record: RecordedRequest, now_ms: int) -> Strike:
        del record, now_ms
        return Strike(
            fault=self,
            kind=self.kind,
            status=self.status,
            retry_after=self.retry_after,
            # A body can be cut or garbled only when there is one.
            after_commit=self.after_commit or self.truncate or self.garbage,
            latency_ms=0 if self.latency is None else self.latency // MILLISECOND,
            message=self.message,
        )

    def _told(self) -> str:
        """What it does, in a few words: ``503 after commit``, ``429 retry_after=30``."""
        words = [str(self.status) if self.status is not None else self.kind.replace("_", " ")]
        if self.kind == "latency":
            words = []
        if self.latency is not None:
            words.append(f"latency {_seconds_text(self.latency)}")
        if self.retry_after is not None:
            words.append(f"retry_after={self.retry_after}")
        if self.after_commit:
            words.append("after commit")
        return " ".join(words)

    def _counts(self) -> str:
        remaining = "" if self.remaining is None else f" remaining={self.remaining}"
        return f"hits={self.hits}{remaining}{' optional' if self.optional else ''}"

    def __repr__(self) -> str:
        narrowed = " when=..." if self.when is not None else ""
        return f"<Fault {self._told()} on {self.pattern}{narrowed} {self._counts()}>"


class RateLimit(Fault):
    """The fault of :meth:`Faults.rate_limit`: 429 for the calls of a key beyond its share.

    Attributes:
        requests: how many calls a key has in a window.
        per: the window's length, counted from the key's first call in it.
    """

    __slots__ = ("_windows", "per", "requests")

    def __init__(self, faults: Faults, requests: int, per: timedelta) -> None:
        super().__init__(faults, FaultArguments(status=429))
        self.requests = requests
        self.per = per
        self._windows: Windows = {}

    def _count(self, record: RecordedRequest, now_ms: int) -> bool:
        """Count the call in its key's window; true when it is beyond the key's share."""
        # A call without a key is refused in any case and is nobody's share.
        if record.api_key is None:
            return False
        # By its digest: a dump of the windows must not hold keys.
        key = digest_of(record.api_key)
        began, used = self._windows.get(key, (now_ms, 0))
        # The window is fixed, not sliding: `Retry-After` can then name its end.
        if now_ms >= began + self.per // MILLISECOND:
            began, used = now_ms, 0
        self._windows[key] = began, used + 1
        return used >= self.requests

    def _strike(self, record: RecordedRequest, now_ms: int) -> Strike:
        # `_count` ran for this call, under the same key, so there is a window.
        began, _ = self._windows[digest_of(record.api_key or "")]
        left_ms = began + self.per // MILLISECOND - now_ms
        # Rounded up: whoever waits the whole seconds comes after the end, not just before it.
        return Strike(fault=self, kind="status", status=429, retry_after=-(-left_ms // 1000))

    def _progress(self) -> Progress:
        # A copy, since the windows go on after the snapshot was taken.
        return self.hits, dict(self._windows)

    def _go_back(self, progress: Progress) -> None:
        self.hits, windows = progress
        self._windows = dict(windows)

    def _copy_for(self, faults: Faults) -> RateLimit:
        return RateLimit(faults, self.requests, self.per)

    def _told(self) -> str:
        return f"rate limit {self.requests} per {_seconds_text(self.per)}"


class Outage(Fault):
    """The fault of :meth:`Faults.outage`: 503 for every call, until removed or its block ends."""

    __slots__ = ()

    def __init__(self, faults: Faults) -> None:
        super().__init__(faults, FaultArguments(status=503))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.remove()

    def _copy_for(self, faults: Faults) -> Outage:
        return Outage(faults)

    def _told(self) -> str:
        return "outage"


# People see and import them from the package: tracebacks and reprs name them there.
for _public in (Fault, RateLimit, Outage):
    _public.__module__ = PUBLIC
del _public


def _seconds_text(span: timedelta) -> str:
    return f"{span.total_seconds():g} s"
