"""Webhooks of a world on a server."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .._callbacks.callbacks import NONE_YET, Callbacks, check_delivery
from .._callbacks.delivery import Attempt, Delivery, Mail
from .._callbacks.targets import as_target
from .._control_plane.kinds import length_out
from .._errors import CannotCross
from .._http.kept_bodies import CutBody
from .._messages import counted, keywords_checked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

    from .wire import Wire


class FarDelivery(Delivery):
    """One callback of a world; its attempts are those that there are now."""

    _far: FarCallbacks | None = None

    def __getattribute__(self, name: str) -> Any:
        if name in _CHANGING:
            # Past this very method, which would call itself without end.
            far: FarCallbacks | None = object.__getattribute__(self, "_far")
            if far is not None:
                far.look(self)
        return object.__getattribute__(self, name)


_CHANGING = frozenset({"answer", "attempts", "body", "cut", "headers", "succeeded"})


class FarCallbacks(Callbacks):
    """``scale.callbacks`` of a world.

    Args:
        wire: to the world.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._known: dict[int, FarDelivery] = {}

    @keywords_checked(url="target", app="target", callback="target", prefix="url_prefix")
    def deliver_to(self, target: Any, url_prefix: str = "") -> None:
        """Send callbacks to a loopback URL on the server's machine from now on.

        Raises:
            TypeError: a callable or an application, which no wire carries; or no target at all.
            ValueError: a URL that is not loopback.
        """
        __tracebackhide__ = True
        as_target(target)  # says what is none
        if not isinstance(target, str):
            raise CannotCross(
                "deliver_to() takes a URL here: a callable or an application cannot cross a wire. "
                "Serve yours on this machine and give its address, e.g. "
                "'http://127.0.0.1:8000', where the server can reach it"
            )
        self._wire.control("callbacks.deliver_to", target=target, url_prefix=url_prefix)

    @keywords_checked(status_code="status", code="status", count="times", n="times")
    def fail_next(self, status: int = 500, times: int = 1) -> None:
        """Refuse the next ``times`` attempts; see ``Callbacks.fail_next``."""
        __tracebackhide__ = True
        self._wire.control("callbacks.fail_next", status=status, times=times)

    @keywords_checked(by="length", duration="length", seconds="length", count="times", n="times")
    def delay(self, length: timedelta, times: int | None = None) -> None:
        """Make the first attempt of the next callbacks late; see ``Callbacks.delay``."""
        __tracebackhide__ = True
        self.check_delay(length)
        self._wire.control("callbacks.delay", length=length_out(length), times=times)

    @keywords_checked(count="times", n="times")
    def reorder(self, times: int = 2) -> None:
        """Send the next ``times`` callbacks in reverse order."""
        __tracebackhide__ = True
        self._wire.control("callbacks.reorder", times=times)

    @keywords_checked(count="times", n="times")
    def before_reply(self, times: int = 1) -> None:
        """Complete and call back the next creates inside the create call."""
        __tracebackhide__ = True
        self._wire.control("callbacks.before_reply", times=times)

    @keywords_checked(callback="delivery")
    def redeliver(self, delivery: Delivery) -> Delivery:
        """Try ``delivery`` once more, now; the attempt joins its list."""
        __tracebackhide__ = True
        check_delivery("redeliver", delivery)
        return self._delivery(self._wire.control("callbacks.redeliver", delivery=delivery.number))

    @keywords_checked(callback="delivery")
    def duplicate(self, delivery: Delivery) -> Delivery:
        """Send the same callback again as a delivery of its own, and return that."""
        __tracebackhide__ = True
        check_delivery("duplicate", delivery)
        return self._delivery(self._wire.control("callbacks.duplicate", delivery=delivery.number))

    def clear(self) -> None:
        """Forget every delivery and mail; targets and what is still to be tried stay."""
        self._wire.control("callbacks.clear")

    @property
    def outbox(self) -> list[Mail]:  # type: ignore[override]  # an attribute there
        """The mails that Scale would have sent in place of callbacks."""
        return [
            Mail(
                answer["to"],
                answer["subject"],
                answer["body"],
                answer["task_id"],
                datetime.fromisoformat(answer["at"]),
            )
            for answer in self._wire.every("callbacks.outbox")
        ]

    def of(self, task: Any) -> list[Delivery]:
        """The deliveries about one task, oldest first."""
        return [
            self._delivery(answer)
            for answer in self._wire.every("callbacks", task=getattr(task, "id", task))
        ]

    def has_no_target(self, url: str) -> bool:
        """Whether a callback to this URL is recorded and goes nowhere."""
        targets = self._wire.control("callbacks.targets")
        prefixes = [target["url_prefix"] for target in targets["targets"]]
        return not targets["sends"] and not any(url.startswith(prefix) for prefix in prefixes)

    def __iter__(self) -> Iterator[Delivery]:
        return iter([self._delivery(answer) for answer in self._wire.every("callbacks")])

    def __len__(self) -> int:
        total: int = self._wire.control("callbacks", limit=1)["total"]
        return total

    def __getitem__(self, index: int) -> Delivery:
        total = len(self)
        if not -total <= index < total:
            count = f"{counted(total, 'callback')} so far, counted from 0"
            raise IndexError(f"no callback {index}: {count if total else NONE_YET}")
        return self._delivery(
            self._wire.control("callbacks", after=index % total, limit=1)["items"][0]
        )

    @property
    def last(self) -> Delivery:
        """The newest delivery.

        Raises:
            LookupError: there is none yet.
        """
        if not len(self):
            raise LookupError(NONE_YET)
        return self[-1]

    def look(self, delivery: FarDelivery) -> None:
        """Ask what became of a delivery."""
        try:
            answer = self._wire.control(
                "callbacks.get", delivery=object.__getattribute__(delivery, "number")
            )
        except LookupError:
            return  # it was forgotten
        _fill(delivery, self._wire, answer)

    def forget(self) -> None:
        """The world was reset, or put back: numbers may mean others."""
        self._known.clear()

    def _delivery(self, entry: Any) -> Delivery:
        number = entry["delivery"]
        # The same object each time, as in process: tests keep and compare them.
        delivery = self._known.get(number)
        if delivery is None:
            delivery = FarDelivery(
                entry["event"],
                entry["task_id"],
                entry["batch"],
                entry["url"],
                b"",
                {},
                number=number,
            )
            delivery._far = self
            self._known[number] = delivery
        _fill(delivery, self._wire, entry)
        return delivery


def _fill(delivery: FarDelivery, wire: Wire, entry: Any) -> None:
    cut = entry["cut"]
    delivery.body = bytes_of(entry["body"])
    delivery.headers = dict(entry["headers"])
    delivery.attempts = [
        Attempt(datetime.fromisoformat(attempt["at"]), attempt["status"])
        for attempt in entry["attempts"]
    ]
    delivery.answer = bytes_of(entry["answer"])
    delivery.cut = (
        None if cut is None else CutBody(cut["length"], cut["digest"], is_json=cut["is_json"])
    )
    delivery.account_key = wire.key_of(entry["account_id"], entry["account"]) or ""


def bytes_of(encoded: Any) -> bytes:
    """Bytes as the control plane writes them."""
    return encoded.encode() if isinstance(encoded, str) else base64.b64decode(encoded["base64"])
