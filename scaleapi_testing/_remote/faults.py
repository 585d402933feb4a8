"""Errors on demand, of a world on a server."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from .._configuration import configured_by
from .._control_plane.kinds import length_out
from .._endpoints import router
from .._errors import CannotCross
from .._faults.fault import ARGUMENTS, Fault, FaultArguments, Outage, RateLimit
from .._faults.faults import Faults
from .._messages import keywords_checked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .wire import Wire


class _Far:
    """What all faults of a world have in common: how often they struck is asked for.

    Attributes:
        number: which fault of its world it is.
    """

    number: int
    _far: FarFaults
    _hits: int
    _is_told: bool

    @property
    def hits(self) -> int:
        """How many calls it has struck; of a removed one as it was told last."""
        self._far.look(self)
        return self._hits

    @hits.setter
    def hits(self, hits: int) -> None:
        self._hits = hits

    @property
    def told(self) -> bool:
        """Whether a test has failed for its being unspent."""
        return self._is_told

    @told.setter
    def told(self, told: bool) -> None:
        self._is_told = told
        if told and getattr(self, "_far", None) is not None:
            self._far.tell(self)

    def remove(self) -> None:
        """Strike no further call; removing it again does nothing."""
        self._far.look(self)
        self._far.remove(self)


class FarFault(_Far, Fault):
    """A fault of a world."""


class FarRateLimit(_Far, RateLimit):
    """A rate limit of a world."""


class FarOutage(_Far, Outage):
    """An outage of a world."""


class FarFaults(Faults):
    """``scale.faults`` of a world: what is wrong is said here, in the same words.

    Args:
        wire: to the world.
    """

    def __init__(self, wire: Wire) -> None:
        super().__init__(router())
        self._wire = wire
        self._known: dict[int, Any] = {}

    @configured_by(
        FaultArguments,
        code="status", status_code="status", http_status="status", error="status",
        count="times", n="times", delay="latency", sleep="latency", url="path", text="message",
    )  # fmt: skip
    def add(self, arguments: FaultArguments) -> Fault:
        """Ask for an error; see ``Faults.add``.

        Raises:
            TypeError: an argument has a wrong type, or is a callable, which no wire carries.
            ValueError: a value out of range, a combination that means nothing, or a route that
                nothing answers.
        """
        __tracebackhide__ = True
        fields_by_name = {name: getattr(arguments, name) for name in ARGUMENTS}
        Faults(router()).add(**fields_by_name)  # says what is wrong
        if fields_by_name.pop("when") is not None:
            raise CannotCross(
                "faults.add(when=...) is a callable, which cannot cross a wire; narrow the fault "
                "by method=, path= and times="
            )
        if fields_by_name["latency"] is not None:
            fields_by_name["latency"] = length_out(fields_by_name["latency"])
        arguments_sent = {
            name: value for name, value in fields_by_name.items() if value is not False
        }
        fault: Fault = self._fault(self._wire.control_with("faults.add", arguments_sent))
        return fault

    @keywords_checked(limit="requests", calls="requests", n="requests", window="per")
    def rate_limit(self, *, requests: int, per: timedelta) -> Fault:
        """Let each key make ``requests`` calls per window; see ``Faults.rate_limit``."""
        __tracebackhide__ = True
        Faults(router()).rate_limit(requests=requests, per=per)  # says what is wrong
        answer = self._wire.control("faults.rate_limit", requests=requests, per=length_out(per))
        fault: Fault = self._fault(answer)
        return fault

    def outage(self) -> Outage:
        """Answer 503 to every call from now on, until it is removed or its block ends."""
        outage: Outage = self._fault(self._wire.control("faults.outage")["items"][0])
        return outage

    def clear(self) -> None:
        """Remove all faults."""
        list(self)  # how often each struck
        self._wire.control("faults.clear")

    def look(self, fault: Any) -> None:
        """Ask how often a fault struck."""
        try:
            answer = self._wire.control("faults.get", fault=fault.number)
        except LookupError:
            return  # it was removed
        fault._hits, fault._is_told = answer["hits"], answer["told"]

    def remove(self, fault: Any) -> None:
        """Remove one."""
        self._wire.control("faults.remove", fault=fault.number)

    def tell(self, fault: Any) -> None:
        """Note that a test has failed for it."""
        self._wire.control("faults.tell", faults=[fault.number])

    def numbered(self, number: int | None) -> Fault | None:
        """The fault that a call names."""
        if number is None:
            return None
        if number not in self._known:
            list(self)
        fault: Fault | None = self._known.get(number)
        return fault

    def forget(self) -> None:
        """The world was reset, or put back: numbers may mean others."""
        self._known.clear()

    def __iter__(self) -> Iterator[Fault]:
        return iter([self._fault(answer) for answer in self._wire.every("faults")])

    def __len__(self) -> int:
        total: int = self._wire.control("faults", limit=1)["total"]
        return total

    def _fault(self, entry: Any) -> Any:
        """The one object that stands for a fault here."""
        number = entry["fault"]
        fault = self._known.get(number)
        if fault is None:
            if entry.get("outage"):
                fault = FarOutage(self)
            elif "rate_limit" in entry:
                limit = entry["rate_limit"]
                fault = FarRateLimit(self, limit["requests"], timedelta(seconds=limit["per"]))
            else:
                fields_by_name = {name: entry[name] for name in ARGUMENTS if name != "when"}
                if fields_by_name["latency"] is not None:
                    fields_by_name["latency"] = timedelta(seconds=fields_by_name["latency"])
                fault = FarFault(self, FaultArguments(**fields_by_name))
            fault.number = number
            fault._far = self
            self._known[number] = fault
        fault._hits, fault._is_told = entry["hits"], entry["told"]
        return fault
