"""Which errors were asked for, which calls they strike, and which were never struck."""

from __future__ import annotations

from datetime import timedelta
from threading import RLock
from typing import TYPE_CHECKING, TypeVar

from .._configuration import configured_by
from .._messages import JSON, counted, keywords_checked, listed
from .._uncopied import Uncopied
from .checks import check_count, check_duration, check_types, check_values
from .fault import (
    ARGUMENTS,
    MILLISECOND,
    Fault,
    FaultArguments,
    FaultsState,
    Kind,
    Outage,
    RateLimit,
    Strike,
    Windows,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .._http.patterns import RequestPattern
    from .._http.routing import Router
    from .._journal.journal import Journal, RecordedRequest

__all__ = ("Fault", "Faults", "Kind", "Outage", "RateLimit", "Strike")

_AnyFault = TypeVar("_AnyFault", bound=Fault)


class Faults(Uncopied):
    """The errors that were asked for of one fake, in the order they were added.

    Of several that match a call, the first added one that is unspent strikes, alone. An outage
    goes before all of them: while it lasts nothing else is reached. Nothing strikes that was not
    asked for. Safe to use from any thread.

    Args:
        routes: what the fake answers, for refusing faults that could never strike.
    """

    def __init__(self, routes: Router) -> None:
        self._routes = routes
        self._faults: list[Fault] = []
        # Counts on after `clear`, so that a number names one fault for the whole life of its fake.
        self._given = 0
        # Calls of several threads spend what is left of a fault, each once.
        self._lock = RLock()

    @configured_by(
        FaultArguments,
        code="status", status_code="status", http_status="status", error="status",
        count="times", n="times", delay="latency", sleep="latency", url="path", text="message",
    )  # fmt: skip
    def add(self, arguments: FaultArguments) -> Fault:  # noqa: D417 - these are its fields
        """Ask for an error; it strikes from the next matching call on.

        One of ``status``, ``disconnect``, ``timeout``, ``connect_timeout``, ``truncate``,
        ``garbage`` says what happens; ``latency`` may stand alone or make one of them late, but
        for the two timeouts, which wait as long as the client does.

        Args:
            status: an error answer in Scale's shape, 400 to 599.
            retry_after: whole seconds for its ``Retry-After`` header; needs a status that
                clients retry (408, 413, 425, 429, 5xx).
            disconnect: the connection is closed without an answer.
            timeout: the client's read timeout passes without an answer.
            connect_timeout: the client's connect timeout passes; the call is never committed.
            latency: the answer comes this much later, in virtual time.
            truncate: the answer to the committed call is cut in the middle.
            garbage: the answer to the committed call is malformed JSON.
            after_commit: the call takes effect first.
            method: only calls with this verb; ``None`` for any.
            path: only calls at a path of this pattern; ``*`` is one segment; ``None`` for any.
            times: how many calls it strikes; ``None`` until it is removed.
            when: only calls for which this says ``True``.
            optional: the test may end although the fault was not fully spent.
            message: the error text of the answer; ``None`` for the usual one of the status.

        Returns:
            The fault, to count its hits or to remove it.

        Raises:
            TypeError: an argument has a wrong type.
            ValueError: a value out of range, a combination that means nothing, or a ``method``
                and ``path`` that no route answers (the message names near ones).
        """
        fault = Fault(self, arguments)
        check_types(fault)
        check_values(fault)
        # Last, since it searches all routes for near ones.
        self._check_route(fault.pattern)
        return self._append(fault)

    @keywords_checked(limit="requests", calls="requests", n="requests", window="per")
    def rate_limit(self, *, requests: int, per: timedelta) -> Fault:
        """Let each key make ``requests`` calls per window and answer 429 to those beyond it.

        The window is fixed: it begins with the key's first call and lasts ``per``; the first call
        after its end begins the next one. ``Retry-After`` gives the whole seconds to its end.
        Every call with a key counts, also one that another fault strikes.

        Raises:
            TypeError: ``requests`` is no whole number or ``per`` no ``timedelta``.
            ValueError: ``requests`` is below 1, or ``per`` is not positive.
        """
        check_count("requests", requests)
        check_duration("per", per)
        return self._append(RateLimit(self, requests, per))

    def outage(self) -> Outage:
        """Answer 503 to every call from now on, until it is removed or its ``with`` block ends."""
        return self._append(Outage(self))

    def clear(self) -> None:
        """Remove all faults."""
        with self._lock:
            self._faults.clear()

    def strike(self, record: RecordedRequest, now_ms: int) -> Strike | None:
        """What strikes this call, ``None`` when nothing does; counts the hit.

        Args:
            record: the call.
            now_ms: the virtual time, milliseconds since 1970.
        """
        # Without the lock: nearly every call meets no fault, and a list is looked at as a whole.
        if not self._faults:
            return None
        with self._lock:
            # While an outage lasts nothing else is spent; each limit counts every call, whichever
            # fault strikes in the end.
            waiting = sorted(self._faults, key=lambda fault: not isinstance(fault, Outage))
            # Under the lock and for every limit: two calls that come together must not share a
            # place.
            limited = [f for f in waiting if isinstance(f, RateLimit) and f._count(record, now_ms)]
        for fault in waiting:
            if isinstance(fault, RateLimit) and fault not in limited:
                continue
            # `when` is the test's code and may call the fake in turn: never under the lock.
            if fault.remaining == 0 or not fault.matches(record):
                continue
            with self._lock:
                # Asked again under the lock: `when` took its time, and another thread may have
                # spent it.
                if fault.remaining != 0 and fault in self._faults:
                    fault.hits += 1
                    return fault._strike(record, now_ms)
        return None

    def touched_by(self, record: RecordedRequest) -> bool:
        """Whether this call would strike a fault or be counted by one; changes nothing."""
        return any(
            # A limit counts by keys, and leaves a call without one alone.
            record.api_key is not None
            if isinstance(fault, RateLimit)
            else fault.remaining != 0 and fault.matches(record)
            for fault in self
        )

    def unspent(self) -> list[Fault]:
        """The faults that were asked for a number of times and have not struck so often."""
        return [fault for fault in self if fault.remaining and not fault.optional]

    def untold(self) -> list[Fault]:
        """The unspent ones that no test has failed for yet."""
        return [fault for fault in self.unspent() if not fault.told]

    def describe_unspent(self, journal: Journal, faults: Iterable[Fault] | None = None) -> str:
        """Why the test fails: each unspent fault, and the calls that came nearest to it.

        Args:
            journal: the calls that came.
            faults: which ones; ``None`` is every unspent one.

        Returns:
            One paragraph per fault; ``""`` when there is none.
        """
        chosen = self.unspent() if faults is None else faults
        return "\n".join(_unspent_text(fault, journal) for fault in chosen)

    def snapshot(self) -> FaultsState:
        """The faults and how far they are spent, as a value for :meth:`restore`."""
        with self._lock:
            return tuple((fault, fault._progress()) for fault in self._faults)

    def restore(self, state: FaultsState) -> None:
        """Hold again what ``state`` holds.

        Faults that were added here are the same objects again, so that whoever holds one sees its
        ``hits``; those of another fake are copied.
        """
        with self._lock:
            self._faults = []
            for fault, progress in state:
                # Copied, for both fakes may spend it from here on.
                own_fault = fault if fault._faults is self else fault._copy_for(self)
                own_fault._go_back(progress)
                own_fault.number = fault.number
                self._faults.append(own_fault)
            # Never lower than before: a number that was shown once is not given to another fault.
            self._given = max([self._given, *(fault.number for fault in self._faults)])

    def to_state(self) -> list[dict[str, JSON]]:
        """The faults as JSON-able data, in order, for :meth:`from_state`.

        API keys stand in it as digests.

        Raises:
            ValueError: a fault has a ``when``, which no file can hold; the message names it.
        """
        with self._lock:
            return [_state_of(fault) for fault in self._faults]

    def from_state(self, state: list[dict[str, JSON]]) -> None:
        """Replace all faults by those that :meth:`to_state` described.

        Raises:
            KeyError, TypeError, ValueError: ``state`` is no such description; nothing changed.
        """
        # All are read before any is replaced: a broken file leaves the old faults.
        faults = [_fault_of(self, entry) for entry in state]
        with self._lock:
            self._faults = faults
            self._given = max([self._given, *(fault.number for fault in faults)])

    def __iter__(self) -> Iterator[Fault]:
        with self._lock:
            # Over a copy: a test's own callable may add or remove faults while they are gone
            # through.
            return iter(list(self._faults))

    def __len__(self) -> int:
        return len(self._faults)

    def __repr__(self) -> str:
        return f"<Faults {listed(self) or 'none'}>"

    def _append(self, fault: _AnyFault) -> _AnyFault:
        with self._lock:
            self._given += 1
            fault.number = self._given
            self._faults.append(fault)
        return fault

    def _remove(self, fault: Fault) -> None:
        with self._lock:
            # Compared by identity; one that was cleared already is no mistake.
            if fault in self._faults:
                self._faults.remove(fault)

    def _check_route(self, pattern: RequestPattern) -> None:
        if self._routes.matches_any(pattern.method, pattern.path):
            return
        if pattern.path is None:
            hint = f"routes answer {listed(self._routes.methods)}"
        else:
            near = self._routes.nearest(pattern.method, pattern.path)
            hint = f"nearest: {listed(near)}" if near else "write it as '/v1/task/*'"
        raise ValueError(f"no route answers {pattern}, so this fault could never strike; {hint}")


def _unspent_text(fault: Fault, journal: Journal) -> str:
    reason = (
        f"fault {fault!r} was asked for {_times(fault.times or 0)} "
        f"and struck {_times(fault.hits)}: "
    )
    matching = [r for r in journal if fault.pattern.matches(r.method, r.segments)]
    struck_others = [r for r in matching if r.fault is not None and r.fault is not fault]
    if not len(journal):
        why = "no request reached the fake; does the code under test call it at all?"
    elif not matching:
        near = "".join(f"\n    {record}" for record in journal.nearest(fault.pattern))
        further = "further " if fault.hits else ""
        why = f"no {further}request matched {fault.pattern}. Nearest calls:{near}"
    elif struck_others:
        why = (
            f"{counted(len(struck_others), 'matching call')} went to a fault that comes before it: "
            f"{struck_others[-1].fault!r}. Add that one later, or narrow it."
        )
    elif fault.when is not None and len(matching) > fault.hits:
        why = f"{counted(len(matching), 'request')} matched {fault.pattern}, but its when= said no."
    else:
        why = (
            f"only {counted(len(matching), 'request')} matched {fault.pattern}; "
            "does the code under test give up early, or was the fault added too late?"
        )
    return f"{reason}{why}\n    A fault that need not strike is added with optional=True."


def _times(number: int) -> str:
    return counted(number, "time").replace("no times", "0 times")


def _state_of(fault: Fault) -> dict[str, JSON]:
    if fault.when is not None:
        raise ValueError(
            f"{fault!r} cannot be written to a file: its when= is a callable, which no file can "
            "hold; remove the fault before the dump, or narrow it by method= and path="
        )
    if isinstance(fault, RateLimit):
        windows = {key: list(window) for key, window in fault._windows.items()}
        kind: dict[str, JSON] = {
            "rate_limit": {
                "requests": fault.requests,
                "per_ms": fault.per // MILLISECOND,
                "windows": windows,
            }
        }
    elif isinstance(fault, Outage):
        kind = {"outage": True}
    else:
        latency = None if fault.latency is None else fault.latency // MILLISECOND
        arguments = {name: getattr(fault, name) for name in ARGUMENTS if name != "when"}
        arguments |= {"latency": latency}
        kind = {
            # Without defaults: a file keeps its meaning when an argument is added later.
            "add": {name: value for name, value in arguments.items() if value not in (None, False)}
        }
    return {**kind, "hits": fault.hits, "number": fault.number}


def _fault_of(faults: Faults, state: Mapping[str, JSON]) -> Fault:
    fault: Fault
    windows: Windows = {}
    if "rate_limit" in state:
        limit = state["rate_limit"]
        check_count("requests", limit["requests"])
        fault = RateLimit(faults, limit["requests"], timedelta(milliseconds=limit["per_ms"]))
        windows = {key: (began, used) for key, (began, used) in limit["windows"].items()}
    elif "outage" in state:
        fault = Outage(faults)
    else:
        arguments = dict(state["add"])
        if "latency" in arguments:
            arguments["latency"] = timedelta(milliseconds=arguments["latency"])
        fault = Fault(faults, FaultArguments(**arguments))
        # A file may have been edited: the same rules hold as for `add`.
        check_types(fault)
        check_values(fault)
    fault._go_back((int(state["hits"]), windows))
    fault.number = int(state.get("number", 0))  # files written before there were any
    return fault
