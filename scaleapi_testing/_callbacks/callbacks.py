"""When a callback is tried, how often, what it carries, and what came back.

Source: docs/scale/callbacks.md.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from .._errors import FakeScaleError
from .._http.addresses import is_email
from .._http.kept_bodies import CutBody, KeptBodies
from .._http.wire import LONGEST, encode, span_ms
from .._messages import counted, described, keywords_checked, span
from .._time.turns import in_turns
from .._uncopied import Uncopied
from .delivery import Attempt, Delivery, Expected, Mail
from .targets import CallbackRequest, TargetAnswer, as_target

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from .._state.account import Account
    from .._state.batch import BatchRecord
    from .._state.task import TaskRecord
    from .._world.act import Act
    from .._world.world import World
    from .targets import Target

MAX_ATTEMPTS: Final = 20
"""Documented: up to 20 attempts; that this counts the first one is assumed."""

# Doubling from here makes the last attempt fall within a day, which is all that Scale says.
FIRST_GAP_MS: Final = 30_000
LONGEST_GAP_MS: Final = 90 * 60_000
"""Assumed: gaps of 30 s, doubling, at most 90 min; the 20th comes 18 h 37 min 30 s later."""

REORDER_PATIENCE_MS: Final = 60_000
"""How long a held callback waits for one to overtake it."""

MOST_NESTED: Final = 16
"""How many callbacks may be under way inside each other: each is a call of a target that makes
calls that bring about the next one, and Python's own limit is a few dozen such rounds away.
"""

KEPT_ANSWER: Final = 2000
"""How many bytes of a receiver's answer are kept."""

KEPT: Final = 10_000
"""How many deliveries and mails are kept; the oldest leave first."""

NONE_YET: Final = (
    "no callback was sent yet: tasks need a callback_url (or an account's default_callback_url), "
    "and something must happen to them"
)

AUTH_HEADER: Final = "scale-callback-auth"
"""Documented (docs/scale/callbacks.md 2): it carries the account's callback key."""


def gap_ms(attempts: int) -> int:
    """How long after the ``attempts``-th attempt the next one comes."""
    # Bounded shift: an attempt's number may be large after redeliveries.
    return min(FIRST_GAP_MS << min(attempts - 1, 20), LONGEST_GAP_MS)


@dataclass(slots=True)
class _Countdown:
    """Something that holds for the next ``left`` (``None``: until replaced)."""

    value: Any
    left: int | None

    def spend(self) -> bool:
        """Whether it still holds; takes one off what is left."""
        if self.left is None:
            return True
        if self.left <= 0:
            return False
        self.left -= 1
        return True


def check_delivery(control: str, delivery: object) -> None:
    """Refuse what is no delivery.

    Raises:
        TypeError: it is none.
    """
    if not isinstance(delivery, Delivery):
        raise TypeError(
            f"{control}() takes a delivery, such as scale.callbacks.last, not {described(delivery)}"
        )


def _times(times: object, name: str) -> int:
    if isinstance(times, bool) or not isinstance(times, int) or times < 1:
        raise ValueError(f"{name}(times={times!r:.60}): give a whole number from 1")
    return times


class Callbacks(Uncopied):
    """``scale.callbacks``: every delivery, where they go, and what goes wrong on request.

    Iterating gives each ``Delivery``, oldest first.

    Args:
        world: whose callbacks they are.
        max_bytes: how many bytes of bodies are kept at most. What is still to be tried for the
            first time counts for nothing, nor do bodies of batches: they are short.
    """

    def __init__(self, world: World, max_bytes: int) -> None:
        self._world = world
        self._bodies: KeptBodies[Delivery | Mail] = KeptBodies(max_bytes, self._cut)
        # Bounded by number, as a test may run for days of virtual time; bodies are bounded apart,
        # by bytes.
        self._deliveries: deque[Delivery] = deque(maxlen=KEPT)
        # Apart from the list, which lets the oldest go: what is still to be tried must not go with
        # it.
        self._open: dict[int, Delivery] = {}
        self._next = 1
        self._targets: dict[str, Any] = {}
        # Where the server that the fake lives in sends what no target takes; no part of the state.
        self._server: Target | None = None
        self._refusals: deque[_Countdown] = deque()
        self._delay: _Countdown | None = None
        self._reorder = _Countdown(None, 0)
        self._held: list[Delivery] = []
        # Attempts that whoever keeps a log has to make, and the deliveries that they are of.
        self._expected: dict[int, Expected] = {}
        self._under_way: dict[int, Delivery] = {}
        self._next_expected = 1
        # By thread: nesting is a matter of one stack.
        self._nested = threading.local()
        self.before_reply_left = 0
        self.outbox: list[Mail] = []

    # -- what a test says ---------------------------------------------------------------------

    @keywords_checked(url="target", app="target", callback="target", prefix="url_prefix")
    def deliver_to(self, target: Any, url_prefix: str = "") -> None:
        """Send callbacks to ``target`` from now on.

        Args:
            target: a callable ``(CallbackRequest) -> int | None`` (``None`` is 200), a WSGI or an
                ASGI app, or a loopback URL to which the callback's own path is appended.
            url_prefix: only callback URLs that begin so; the longest prefix wins. The same prefix
                given again replaces its target.

        Raises:
            TypeError: a target of no known kind, or a prefix that is no text.
            ValueError: a URL that is not loopback.
        """
        if not isinstance(url_prefix, str):  # pyright: ignore[reportUnnecessaryIsInstance] - callers may be untyped
            raise TypeError(
                "deliver_to(url_prefix=...) takes how callback URLs begin, such as "
                f"'https://my.example/', not {described(url_prefix)}"
            )
        # Checked here, not when a callback goes out: the mistake is on this line.
        self._targets[url_prefix] = as_target(target)

    def deliver_by(self, target: Target) -> None:
        """Send all callbacks that no target of a test takes by this one, which answers in full."""
        self._server = target

    @keywords_checked(status_code="status", code="status", count="times", n="times")
    def fail_next(self, status: int = 500, times: int = 1) -> None:
        """Refuse the next ``times`` attempts with ``status`` before they reach any target.

        Raises:
            ValueError: a status below 300 or above 599, or times below 1.
        """
        if isinstance(status, bool) or not isinstance(status, int) or not 300 <= status <= 599:  # pyright: ignore[reportUnnecessaryIsInstance] - callers may be untyped
            raise ValueError(
                f"fail_next(status={status!r:.60}): give a status from 300 to 599, which "
                "Scale takes for a failure"
            )
        # Behind those that were asked for before: each has its own count.
        self._refusals.append(_Countdown(status, _times(times, "fail_next")))

    @keywords_checked(by="length", duration="length", seconds="length", count="times", n="times")
    def delay(self, length: timedelta, times: int | None = None) -> None:
        """Make the first attempt of the next callbacks late by ``length`` of virtual time.

        Args:
            length: how late.
            times: of how many; ``None`` until told otherwise.

        Raises:
            TypeError: no timedelta.
            ValueError: a negative length, or times below 1.
        """
        self.check_delay(length)
        self._delay = _Countdown(span_ms(length), None if times is None else _times(times, "delay"))

    @staticmethod
    def check_delay(length: timedelta) -> None:
        """Refuse what ``delay`` does not take.

        Raises:
            TypeError: no timedelta.
            ValueError: a negative length, or one that is too long.
        """
        if not isinstance(length, timedelta):  # pyright: ignore[reportUnnecessaryIsInstance] - callers may be untyped
            raise TypeError(
                f"delay() takes a timedelta, e.g. timedelta(minutes=5), not {described(length)}"
            )
        if length < timedelta(0):
            raise ValueError(
                f"delay({span(length)}): a callback cannot come before its cause; give a positive "
                "length"
            )
        if length > LONGEST:
            raise ValueError(f"delay({span(length)}): give at most {LONGEST.days} days")

    @keywords_checked(count="times", n="times")
    def reorder(self, times: int = 2) -> None:
        """Send the next ``times`` callbacks in reverse order.

        They are held until all are there, or for a virtual minute, and then go out last first.

        Raises:
            ValueError: times below 1.
        """
        self._reorder.left = _times(times, "reorder")

    @keywords_checked(count="times", n="times")
    def before_reply(self, times: int = 1) -> None:
        """Complete and call back the next ``times`` creates of a live key inside the create call.

        Raises:
            ValueError: times below 1.
        """
        self.before_reply_left = _times(times, "before_reply")

    @keywords_checked(callback="delivery")
    def redeliver(self, delivery: Delivery) -> Delivery:
        """Try ``delivery`` once more, now; the attempt joins its list.

        Raises:
            TypeError: no delivery.
        """
        __tracebackhide__ = True
        check_delivery("redeliver", delivery)
        self._world.control("scale.callbacks.redeliver()", self._send, delivery)
        return delivery

    @keywords_checked(callback="delivery")
    def duplicate(self, delivery: Delivery) -> Delivery:
        """Send the same callback again as a delivery of its own, and return that.

        Raises:
            TypeError: no delivery.
        """
        __tracebackhide__ = True
        check_delivery("duplicate", delivery)
        return self._world.control("scale.callbacks.duplicate()", self._duplicate, delivery)

    def clear(self) -> None:
        """Forget every delivery and mail; targets and what is still to be tried stay."""
        # Attempts are noted in whatever thread makes them.
        with self._world.lock:  # a target in another thread may be adding to what is counted
            self._deliveries.clear()
            self.outbox.clear()
            self._bodies.clear()

    def __iter__(self) -> Iterator[Delivery]:
        # Over a copy: a target may bring about the next callback.
        return iter(list(self._deliveries))

    def __len__(self) -> int:
        return len(self._deliveries)

    def __getitem__(self, index: int) -> Delivery:
        if not -len(self._deliveries) <= index < len(self._deliveries):
            count = f"{counted(len(self._deliveries), 'callback')} so far, counted from 0"
            raise IndexError(f"no callback {index}: {count if self._deliveries else NONE_YET}")
        return self._deliveries[index]

    @property
    def last(self) -> Delivery:
        """The newest delivery.

        Raises:
            LookupError: there is none yet.
        """
        if not self._deliveries:
            raise LookupError(NONE_YET)
        return self._deliveries[-1]

    def of(self, task: Any) -> list[Delivery]:
        """The deliveries about one task, oldest first.

        Args:
            task: an id, a task of a client, or a record of ``scale.tasks``.
        """
        task_id = getattr(task, "id", task)
        return [delivery for delivery in self if delivery.task_id == task_id]

    def has_no_target(self, url: str) -> bool:
        """Whether a callback to this URL is recorded and goes nowhere."""
        return self._target(url) is None

    def __repr__(self) -> str:
        failed = sum(not delivery.succeeded for delivery in self)
        return f"<Callbacks {len(self)} deliveries, {failed} not yet successful>"

    # -- what the world says, under its lock --------------------------------------------------

    def about_task(self, act: Act, record: TaskRecord, event: str) -> None:
        """Something happened to a task that Scale calls back for."""
        # Looked for in the bytes.
        if not record.account.default_callback_url and b'"callback_url"' not in record.wire:
            return  # most tasks of most tests: their documents need not be read
        document = record.document()
        url = document.get("callback_url") or record.account.default_callback_url
        if not url:
            return
        if is_email(url):
            # A mail is one text about a completion: nobody retries it, and no other event is known
            # to send one.
            if event in {"completed", "resent"}:
                self._mail(url, f"Task {record.id} completed", record.wire, record.id)
            return
        self._new(
            act, event, record.id, record.batch, url, record.account, task_body(record, document)
        )

    def about_batch(
        self, act: Act, batch: BatchRecord, account: Account, stats: dict[str, int]
    ) -> None:
        """A batch was completed."""
        if not batch.callback:
            return
        body = encode({"batch": batch.name, "status": batch.status, "stats": stats})
        if is_email(batch.callback):
            self._mail(batch.callback, f"Batch {batch.name} completed", body, "")
        else:
            self._new(act, "batch_completed", None, batch.name, batch.callback, account, body)

    def _mail(self, to: str, subject: str, body: bytes, task_id: str) -> None:
        mail = Mail(to, subject, body.decode(), task_id, self._world.clock.now())
        # By identity: two mails may be equal.
        for oldest in self.outbox[: 1 - KEPT]:
            self._bodies.forget(id(oldest))
        del self.outbox[: 1 - KEPT]
        self.outbox.append(mail)
        self._bodies.keep(id(mail), mail, len(mail.body))

    def _add(self, delivery: Delivery) -> None:
        # Before the deque drops it by itself, as it is still counted.
        if len(self._deliveries) == KEPT:
            self._bodies.forget(self._deliveries[0].number)
        self._deliveries.append(delivery)

    def _keep(self, delivery: Delivery) -> None:
        """Count the body of a delivery that was tried: what comes next carries a new one."""
        # One that has left the list is not counted any more: nobody could let its body go.
        listed = self._deliveries and delivery.number >= self._deliveries[0].number
        if listed and delivery.task_id is not None and delivery.cut is None:
            self._bodies.keep(delivery.number, delivery, len(delivery.body))

    def _cut(self, holder: Delivery | Mail) -> None:
        if isinstance(holder, Delivery):
            holder.let_go()
            return
        # Mails are frozen, since tests compare them; it is replaced in its place.
        for place, mail in enumerate(self.outbox):
            if mail is holder:
                cut = str(CutBody.of(mail.body.encode()))
                self.outbox[place] = replace(mail, body=cut)
                return

    def _new(
        self,
        act: Act,
        event: str,
        task_id: str | None,
        batch: str | None,
        url: str,
        account: Account,
        body: bytes,
    ) -> Delivery:
        headers = {
            "Content-Type": "application/json",
            AUTH_HEADER: account.callback_auth_key,
        }
        delivery = Delivery(
            event,
            task_id,
            batch,
            url,
            body,
            headers,
            number=self._next,
            account_key=account.key,
        )
        # By number, not identity: a log and its snapshots name deliveries so.
        self._next += 1
        self._add(delivery)
        self._first_attempt(act, delivery)
        return delivery

    def _first_attempt(self, act: Act, delivery: Delivery) -> None:
        now = self._world.clock.ms
        if self._reorder.spend() and self._reorder.left is not None:
            self._held.append(delivery)
            # Begun anew with each one that is held: the patience counts from the last.
            self._world.timeline.plan(now + REORDER_PATIENCE_MS, "callbacks_held")
            if self._reorder.left == 0:
                self.release(act)
            return
        # A delay of 0 is none, and does not use up its count.
        if self._delay is not None and self._delay.value and self._delay.spend():
            self._plan(delivery, now + self._delay.value)
            return
        self._send(act, delivery)

    def release(self, act: Act) -> None:
        """Send what ``reorder`` held, last first."""
        self._world.timeline.drop("callbacks_held")
        deliveries, self._held = self._held, []
        self._reorder.left = 0
        for delivery in reversed(deliveries):
            self._send(act, delivery)

    def due(self, act: Act, number: int) -> None:
        """The timeline says that a delivery is to be tried (again)."""
        # Popped first: a failed attempt plans the next one under the same number.
        delivery = self._open.pop(number, None)
        if delivery is not None:
            self._send(act, delivery)

    def describe(self, number: int) -> str:
        """A planned attempt in words."""
        delivery = self._open.get(number)
        if delivery is None:
            return f"callback {number} is tried"
        about = f"task {delivery.task_id}" if delivery.task_id else f"batch {delivery.batch}"
        number = len(delivery.attempts) + 1
        return f"callback {delivery.event} of {about} is tried (attempt {number})"

    def _plan(self, delivery: Delivery, when_ms: int) -> None:
        self._open[delivery.number] = delivery
        self._world.timeline.plan(when_ms, "callback", delivery.number)

    def put_off(self, deliveries: list[Delivery]) -> None:
        """Try these when time next passes, not now."""
        for delivery in deliveries:
            # At the time that it is: the timeline runs what is due before time moves on.
            self._plan(delivery, self._world.clock.ms)

    @staticmethod
    def _send(act: Act, delivery: Delivery) -> None:
        # Listed only: attempts are made when the act is closed, without the lock.
        act.outgoing.append(delivery)

    def _duplicate(self, act: Act, delivery: Delivery) -> Delivery:
        account = self._world.store.holder(delivery.account_key)
        # The key may have been rotated since, and a repeat carries the current one.
        key = delivery.headers[AUTH_HEADER] if account is None else account.callback_auth_key
        copy = replace(
            delivery,
            headers={**delivery.headers, AUTH_HEADER: key},
            attempts=[],
            answer=b"",
            number=self._next,
        )
        self._next += 1
        # It has no body left to repeat, so it carries what the task is now.
        if copy.cut is not None:
            self._refresh(copy)
        self._add(copy)
        self._send(act, copy)
        return copy

    # -- the attempts themselves, without the lock --------------------------------------------

    def attempt(self, delivery: Delivery) -> BaseException | None:
        """Try a delivery now and note what came of it; returns what the target raised."""
        world = self._world
        # Twice and not around the attempt: a target may call the fake from another thread.
        with world.lock:
            at, refusal = self._begin(delivery)
            target = None if refusal is not None else self._target(delivery.url)
        # Nobody to send it to: it is recorded as if it had arrived.
        answer = TargetAnswer(200 if refusal is None else refusal)
        if target is not None:
            answer = self._tried(delivery, target)
        with world.lock:
            self._end(delivery, at, answer.status, answer.body)
        return answer.raised

    def expect(self, delivery: Delivery) -> None:
        """Where a log acts (under the lock): list an attempt, for whoever keeps the log to make.

        What ``fail_next`` refuses is refused here and now.
        """
        at, refusal = self._begin(delivery)
        if refusal is not None:
            self._end(delivery, at, refusal, b"")
            return
        number = self._next_expected
        self._next_expected += 1
        self._expected[number] = Expected(
            number, delivery.number, at, delivery.url, delivery.headers, delivery.body
        )
        self._under_way[number] = delivery

    @property
    def expected(self) -> dict[int, Expected]:
        """The attempts that are to be made by whoever keeps the log, by number, oldest first."""
        return self._expected

    def send(self, expected: Expected) -> TargetAnswer:
        """Make an attempt that is expected, and change nothing; may be called in any thread."""
        target = self._target(expected.url)
        if target is None:
            return TargetAnswer(200)
        request = CallbackRequest.of(expected.url, expected.headers, expected.body)
        answer: TargetAnswer = target(request)
        return answer

    def came(self, number: int, status: int | None, answer: bytes) -> bool:
        """The outcome of an attempt that was expected; false when it is expected no more."""
        # A snapshot may have been put back while it was under way: its outcome is nobody's then.
        expected = self._expected.pop(number, None)
        if expected is None:
            return False
        self._end(self._under_way.pop(number), expected.at, status, answer)
        return True

    def _begin(self, delivery: Delivery) -> tuple[datetime, int | None]:
        """When an attempt is made, and with what ``fail_next`` refuses it."""
        at = self._world.clock.now()
        # The first attempt carries the moment of the event; only a repeat the task as it is
        # (assumed).
        if delivery.attempts:
            self._refresh(delivery)
        return at, self._refusal()

    def _end(self, delivery: Delivery, at: datetime, status: int | None, answer: bytes) -> None:
        """Note what came of an attempt."""
        delivery.attempts.append(Attempt(at, status))
        # For messages; a receiver may answer a whole page of HTML.
        delivery.answer = answer[:KEPT_ANSWER]
        self._keep(delivery)
        self._note(delivery)

    def _tried(self, delivery: Delivery, target: Target) -> TargetAnswer:
        """What a target answers; whatever happens in it, other callbacks go on."""
        # Counted, as the chain of calls would else end in a RecursionError in code that is not to
        # blame.
        level: int = getattr(self._nested, "level", 0)
        if level == MOST_NESTED:
            endless = FakeScaleError(
                f"{MOST_NESTED} callbacks are under way inside each other, the last one "
                f"{delivery!r}: the target makes calls that bring about the next callback, without "
                "end. Let it stop, or complete its tasks outside of it (turnaround=...)"
            )
            return TargetAnswer(None, raised=endless)
        self._nested.level = level + 1
        try:
            return target(CallbackRequest.of(delivery.url, delivery.headers, delivery.body))
        # An interrupt is no answer: it leaves, and what was to be sent is put off.
        except Exception as error:  # noqa: BLE001 - the test sees it
            return TargetAnswer(None, raised=error)
        finally:
            self._nested.level = level

    def _refresh(self, delivery: Delivery) -> None:
        """Each retry carries the task's current state (assumed)."""
        record = self._world.store.tasks.get(delivery.task_id or "")
        if record is not None:
            delivery.body, delivery.cut = task_body(record, record.document()), None
            delivery.headers = {
                **delivery.headers,
                AUTH_HEADER: record.account.callback_auth_key,
            }

    def _refusal(self) -> int | None:
        # Spent ones leave only when they are looked at.
        while self._refusals:
            if self._refusals[0].spend():
                status: int = self._refusals[0].value
                return status
            self._refusals.popleft()
        return None

    def _target(self, url: str) -> Any:
        fitting = [prefix for prefix in self._targets if url.startswith(prefix)]
        # The longest prefix, whatever the order in which they were given.
        return self._targets[max(fitting, key=len)] if fitting else self._server

    def _note(self, delivery: Delivery) -> None:
        last = delivery.attempts[-1]
        self._world.note_attempt(delivery)
        # An attempt by hand, while the next one is already planned.
        again = self._open.get(delivery.number) is not None
        if last.succeeded:
            # Noted on the task first: what the timeline drops speaks of it no more.
            self._world.note_callback(delivery.task_id, succeeded=True)
            if again:
                del self._open[delivery.number]
                self._world.timeline.drop("callback", delivery.number)
        elif len(delivery.attempts) < MAX_ATTEMPTS:
            # Its next attempt keeps its place: `redeliver` does not push it away.
            if not again:
                when = self._world.clock.ms + gap_ms(len(delivery.attempts))
                self._plan(delivery, when)
        else:
            self._world.note_callback(delivery.task_id, succeeded=False)

    # -- state as a value ---------------------------------------------------------------------

    def save(self) -> dict[str, Any]:
        """The state as a value; targets are kept as they are."""
        return {
            "deliveries": [_copy(delivery) for delivery in in_turns(self._deliveries)],
            "open": sorted(self._open),
            "lost": [_copy(delivery) for delivery in self._lost()],
            "held": [delivery.number for delivery in self._held],
            "expected": list(self._expected.values()),
            "next": self._next,
            "next_expected": self._next_expected,
            "targets": dict(self._targets),
            "refusals": [(entry.value, entry.left) for entry in self._refusals],
            "delay": None if self._delay is None else (self._delay.value, self._delay.left),
            "reorder": self._reorder.left,
            "before_reply": self.before_reply_left,
            "outbox": list(self.outbox),
        }

    def _expect_again(self, expected: Expected, delivery: Delivery) -> None:
        if self._world.is_logged:
            self._expected[expected.number] = expected
            self._under_way[expected.number] = delivery
        else:  # a state out of a log, where there is none: it is tried when time next passes
            self._plan(delivery, self._world.clock.ms)

    # They must be saved all the same: else a snapshot would forget a planned attempt.
    def _lost(self) -> list[Delivery]:
        """Deliveries that are still to be tried, though the list has let them go."""
        kept_numbers = {delivery.number for delivery in self._deliveries}
        waiting = [*self._held, *self._under_way.values()]
        still = {**self._open, **{delivery.number: delivery for delivery in waiting}}
        return [still[number] for number in sorted(still) if number not in kept_numbers]

    def restore(self, state: dict[str, Any]) -> None:
        """Take over a state that ``save`` gave."""
        deliveries = [_copy(delivery) for delivery in in_turns(state["deliveries"])]
        by_number = {d.number: d for d in [*deliveries, *(_copy(d) for d in state["lost"])]}
        self._deliveries = deque(deliveries, maxlen=KEPT)
        self._open = {number: by_number[number] for number in state["open"]}
        # States of an earlier version may name what they do not hold.
        self._held = [by_number[number] for number in state["held"] if number in by_number]
        self._expected, self._under_way = {}, {}
        # Outcomes of attempts that are under way must not meet those that are to come.
        self._next_expected = max(self._next_expected, state.get("next_expected", 1))
        for expected in state.get("expected", ()):
            self._expect_again(expected, by_number[expected.delivery])
        self._next = state["next"]
        self._targets = dict(state["targets"])
        self._refusals = deque(_Countdown(*entry) for entry in state["refusals"])
        self._delay = None if state["delay"] is None else _Countdown(*state["delay"])
        # The patience is in the timeline; only the count is here.
        self._reorder = _Countdown(None, state["reorder"])
        self.before_reply_left = state["before_reply"]
        self.outbox = list(state["outbox"])
        # Counted anew from what was put back; one that was never tried counts for nothing.
        self._bodies.clear()
        for delivery in deliveries:
            if delivery.attempts:
                self._keep(delivery)
        for mail in list(self.outbox):
            self._bodies.keep(id(mail), mail, len(mail.body))


_FIELDS: Final = attrgetter(*(entry.name for entry in fields(Delivery)))


def _copy(delivery: Delivery) -> Delivery:
    copied = Delivery(*_FIELDS(delivery))  # four times as quick as replace()
    # What is changed in place later; the rest is replaced.
    copied.headers, copied.attempts = dict(delivery.headers), list(delivery.attempts)
    return copied


def task_body(record: TaskRecord, document: dict[str, Any]) -> bytes:
    """What a task's callback carries (documented: task, response, task_id, status)."""
    head = {"task_id": record.id, "status": record.status}
    if "response" in document:
        head["response"] = document["response"]
    # The task's own bytes: decoding and encoding them again would cost most of a callback.
    return encode(head)[:-1] + b',"task":' + record.wire + b"}"
