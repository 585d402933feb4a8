"""The world of one fake: what labelers, customers' calls and time do to the state.

Endpoints and ``FakeScale`` act through the methods here and nowhere else, so that a move is
checked, noted, counted into its batch and called back in one way, whoever makes it.
"""

from __future__ import annotations

import re
import threading
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

from .._attachments import Attachments, attachment_urls
from .._callbacks.callbacks import Callbacks
from .._errors import ApiError, IllegalTransition, NoAnswer
from .._http.wire import timestamp
from .._random import chance, draw_uuid, drawing_from, seeded
from .._state import batch as batches
from .._state import lifecycle
from .._state.account import Account, KeyDigest
from .._state.store import Store
from .._state.task import Plan, TaskRecord
from .._state.tokens import IssuedTokens
from .._task_types import task_type
from .._time.clock import Clock, raise_first
from .._time.timeline import Planned, Timeline
from .._time.turns import in_turns
from ..policies import Rule, decide
from .act import INTERRUPTS, Act, Unraised
from .changes import Changes
from .history import made_by, note, note_attempt
from .labelers import AccountSurroundings, Answers, Labelers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import timedelta

    from .._callbacks.delivery import Delivery
    from .._state.batch import BatchRecord

T = TypeVar("T")

DOWNLOAD_FAILED: Final = "One or more attachments could not be downloaded."
"""Documented constant (docs/scale/errors.md 5)."""

ALREADY_COMPLETED: Final = "The task was already completed and cannot be canceled."
"""Recorded in 2016; answered with 400 today (documented)."""

ALREADY_FAILED: Final = "The task has an error and cannot be canceled."
"""Assumed text; that it is a 400 is assumed as well (docs/scale/tasks.md 3)."""

ONLY_COMPLETED: Final = "Only completed tasks can be audited."
"""Assumed text (docs/scale/errors.md 4)."""

_COUNTER: Final = re.compile("[0-9a-f]{8}")

TEST_KEY_MODES: Final = ("complete_at_once", "complete_on_read", "stay_pending")


@lru_cache(maxsize=8)  # nearly every fake has the same seed
def _id_middle(seed: int) -> str:
    return f"{seeded(seed, 'ids').getrandbits(32):08x}"


class World:
    """Store, clock, timeline, ids, labelers and callbacks of one fake.

    Args:
        seed: the only source of randomness.
        start: virtual milliseconds since 1970 at which the clock starts.
        allowed_keys: the keys that are let in; ``None`` for any.
        test_key_tasks: what a test key's tasks do, one of ``TEST_KEY_MODES``.
        labelers: how well labelers work; ``None`` for perfectly.
        origins: where the fake stands in for Scale; elsewhere it is served at its own address.
        follows_frozen: whether time that the test freezes is followed.
        max_idle: how far waits move the clock for nothing.
        max_bytes: how many bytes of the bodies of callbacks are kept.
        as_view: a task as a test's own callables see it.
        follow_up: what a completed or audited task brings about besides: the tasks that depend on
            it.
        welcome: gives a new account what a test prepared for every key.
    """

    def __init__(
        self,
        *,
        seed: int,
        start: int,
        allowed_keys: frozenset[str] | None,
        test_key_tasks: str,
        labelers: Labelers | None,
        origins: Sequence[str],
        follows_frozen: bool,
        max_idle: timedelta,
        max_bytes: int,
        as_view: Callable[[TaskRecord], Any],
        follow_up: Callable[[World, Act, TaskRecord], None],
        welcome: Callable[[World, Account], None],
    ) -> None:
        self.seed = seed
        # One act at a time. Taken again by the same thread, for the test's own callables (policies,
        # answers) are asked in the middle of an act and may call the fake; let go while callbacks
        # are tried, for their targets may wait for calls of other threads.
        self.lock = threading.RLock()
        # Apart from any act: it outlives the one whose targets raised.
        self.unraised = Unraised()
        self.changes = Changes()
        self.timeline = Timeline()
        self.clock = Clock(
            start,
            self.timeline,
            self._run_planned,
            self.close,
            self.lock,
            self.unraised,
            follows_frozen=follows_frozen,
            max_idle=max_idle,
        )
        # After both are there: clock and timeline need each other.
        self.timeline.bind(self._describe, self.clock.step)
        # Projects that a test prepared for every key, name to type.
        self.seeds: dict[str, str] = {}
        self.store = Store(self._new_account, allowed_keys, lambda account: welcome(self, account))
        self.tokens = IssuedTokens()
        self.attachments = Attachments()
        self.answers = Answers(seed, labelers)
        self.callbacks = Callbacks(self, max_bytes)
        self.rules: list[Rule] = []
        self.test_key_tasks = test_key_tasks
        self.scale_origins = frozenset(origins)
        self._first_origin = origins[0]
        self._as_view = as_view
        self._follow_up = follow_up
        # The act in whose middle a test's own callable may begin another.
        self._running: Act | None = None
        # Whether a log of commands is what acts here: see `keep_to_a_log`.
        self.is_logged = False
        self._counter = 0
        self._id_middle = _id_middle(seed)

    def keep_to_a_log(self) -> None:
        """Act from now on so that a log of commands, applied again, gives the same bytes.

        Attempts at callbacks are not made but listed, keys are known by their digests, nobody
        waits, and nothing is remembered of calls that are not in the log.
        """
        self.is_logged = True
        self.clock.never_waits()
        self.tokens.forget_all()
        seed = self.seed
        self.store.hide_keys(lambda key: KeyDigest.of(key, seed))

    # -- acting -------------------------------------------------------------------------------

    def apply(self, act: Act, do: Callable[..., T], *args: Any) -> T:
        """Do something to the state, under the lock: ``do(act, *args)``.

        What goes out because of it is in ``act.outgoing`` afterwards, whether it ends or raises.
        """
        # Held for the whole act: nobody sees a task moved and its batch not yet counted.
        with self.lock:
            outer, self._running = self._running, act
            try:
                return do(act, *args)
            # Also after an exception: what the act had caused by then has happened in Scale too.
            finally:
                self._running = outer
                if outer is not None:
                    # What a test's own callable brings about in the middle of an act goes out
                    # with the outer one, which lets the lock go first.
                    outer.outgoing += act.outgoing
                    act.outgoing = []

    def may_wait(self) -> bool:
        """Whether a call might have to wait before its act is applied, or in its middle."""
        return (
            # Following frozen time may run planned events, whose callbacks wait for targets.
            self.clock.follower.has_moved()
            or any(callable(rule.policy) for rule in self.rules)
            or self.answers.asks_the_test()
        )

    def reaches_targets(self, act: Act) -> bool:
        """Whether closing the act calls something of the user's."""
        goes_nowhere = self.callbacks.has_no_target
        return any(not goes_nowhere(delivery.url) for delivery in act.outgoing)

    def close(self, act: Act) -> None:
        """Make the attempts that an act brought about, without the lock.

        What targets raise joins ``act.raised``; no attempt touches the next one. Where a log acts,
        they are listed, and made by whoever keeps the log.
        """
        if self.is_logged:
            # An attempt is a command of its own in the log, for its outcome cannot be computed
            # again.
            with self.lock:
                for delivery in act.outgoing:
                    self.callbacks.expect(delivery)
                act.outgoing = []
            return
        while act.outgoing:
            try:
                # It leaves the queue after the attempt: an interrupt in its middle must not lose
                # it.
                error = self.callbacks.attempt(act.outgoing[0])
            except INTERRUPTS:
                self.put_off(act)
                raise
            del act.outgoing[0]
            if error is not None:
                act.raised.append(error)

    def put_off(self, act: Act) -> None:
        """Somebody wants to leave: what would go out waits for time to pass, nothing is lost."""
        with self.lock:
            self.callbacks.put_off(act.outgoing)
            act.outgoing = []
        self.unraised.keep(act.raised)

    def control(self, actor: str, do: Callable[..., T], *args: Any) -> T:
        """Do what a test asks for, ``do(act, *args)``, and raise what came of it.

        The first exception is raised, with the later ones as notes: what a door could not pass on
        before, what the act itself raised, what targets of its callbacks raised.
        """
        __tracebackhide__ = True
        act = Act(actor)
        # Both before the act: what came earlier is what the test wants to hear of first.
        act.raised += self.clock.follow() + self.unraised.take()
        results: list[T] = []
        # A list, since the act may end with None as its result and still have raised nothing.
        try:
            results.append(self.apply(act, do, *args))
        except INTERRUPTS:
            self.put_off(act)
            raise
        except BaseException as error:  # noqa: BLE001 - raised below, behind what came before it
            act.raised.append(error)
        self.clock.note_change()
        self.close(act)
        raise_first(act.raised)
        return results[0]

    def _run_planned(self, planned: Planned) -> tuple[Act, bool]:
        """Do one planned event (under the lock, held by the clock).

        An event that raises stays planned. Returns its act, and whether it is done.
        """
        kind, payload = planned.kind, planned.payload
        act = Act("its turnaround" if kind == "finish" else "the callback schedule")
        # Taken out before it runs: it may plan the same event anew, which would replace it.
        self.timeline.pop()
        try:
            if kind == "finish":
                self.apply(act, self._finish_planned, payload[0])
            elif kind == "callback":
                self.apply(act, self.callbacks.due, payload[0])
            else:
                self.apply(act, self.callbacks.release)
        except INTERRUPTS:
            self.timeline.put_back(planned)
            self.put_off(act)
            raise
        except BaseException as error:  # noqa: BLE001 - whoever moves the clock raises it
            # It did not happen. Losing it would leave its task pending for ever.
            self.timeline.put_back(planned)
            act.raised.append(error)
            return act, False
        return act, True

    def _finish_planned(self, act: Act, task_id: str) -> None:
        record = self.store.tasks.get(task_id)
        # A test may have ended the task since.
        if record is not None and record.status == lifecycle.PENDING:
            self._finish(act, record)

    def _describe(self, kind: str, payload: tuple[Any, ...]) -> str:
        if kind == "finish":
            record = self.store.tasks.get(payload[0])
            outcome = record.plan.outcome if record is not None and record.plan else "completed"
            return f"task {payload[0]} ends: {outcome}"
        if kind == "callback":
            return self.callbacks.describe(payload[0])
        return "held callbacks are sent"

    # -- ids and accounts ---------------------------------------------------------------------

    def new_id(self) -> str:
        """A fresh id of 24 hex digits: virtual seconds, the seed's mark, a counter."""
        self._counter += 1
        # Scale's ids begin with their second of creation (docs/scale/tasks.md 1), in 8 hex digits.
        seconds = min(max(self.clock.ms // 1000, 0), 0xFFFFFFFF)
        return f"{seconds:08x}{self._id_middle}{self._counter:08x}"

    def pass_ids(self, ids: Iterable[str]) -> None:
        """Never give one of these ids, which came from a fake of the same seed perhaps."""
        for taken_id in ids:
            # The middle tells this seed's ids from others: those of Scale or another seed cannot
            # collide.
            counter = taken_id[16:]
            if taken_id[8:16] == self._id_middle and _COUNTER.fullmatch(counter):
                self._counter = max(self._counter, int(counter, 16))

    def new_uuid(self, purpose: str) -> str:
        """A fresh version 4 UUID."""
        self._counter += 1
        return draw_uuid(seeded(self.seed, purpose, self._counter))

    def _new_account(self, key: str, number: int) -> Account:
        # A log keeps only the digest of a key, and must still draw what the key itself would have
        # drawn.
        drawn = key.chance if isinstance(key, KeyDigest) else b""
        random = drawing_from(drawn or chance(self.seed, "account", key))
        return Account(
            key,
            number=number,
            callback_auth_key=f"{random.getrandbits(128):032x}",
            customer_id=f"{random.getrandbits(96):024x}",
        )

    def surroundings(self, account: Account) -> AccountSurroundings:
        """What checks and generators of this account may look up."""
        return AccountSurroundings(
            account,
            self.store,
            self.attachments,
            account.base_url or self._first_origin,
            self.answers.forms,
        )

    # -- a task comes into being --------------------------------------------------------------

    def add_task(self, act: Act, record: TaskRecord) -> None:
        """A task was created: decide what becomes of it, store it, count it into its batch.

        What a test's own callable decides is asked first: where it raises, there is no task.
        """
        account, idle = record.account, self.is_idle(record)
        # First of all: an unusable attachment beats a policy and a test key alike.
        unusable = self._unusable_attachments(record)
        at_once = False
        if unusable:
            pass
        elif account.is_test:
            # Whatever asks next finds a task of "complete_on_read" completed; only the reply of its
            # create says pending.
            at_once = self.test_key_tasks != "stay_pending" and not idle
        # Spent only by tasks that complete: one in staging waits for a later one.
        elif self.callbacks.before_reply_left and not idle:
            self.callbacks.before_reply_left -= 1
            at_once = True
        elif self.rules:
            random = seeded(self.seed, "turnaround", record.id[8:])
            record.plan = decide(self.rules, self._as_view(record), random)
            if record.plan is not None:
                record.polls_left = record.plan.polls
                if not idle:
                    self._schedule(record, record.plan)
        # After the callables of the test: what they raise leaves no task behind.
        self.store.add_task(record)
        if self.changes.heard_by:
            self.changes.note(record)
        batch = self.batch_of(record)
        # A plain batch keeps taking tasks and opens again (docs/scale/batches.md 1).
        if batch is not None and batch.status == batches.COMPLETED:
            batch.status = batches.IN_PROGRESS
            batch.completed_ms = None
        if unusable:
            self.fail(act, record, None, **unusable)
        elif at_once:
            self.complete(act, record, None)

    def _schedule(self, record: TaskRecord, plan: Plan) -> None:
        if plan.after_ms is None:
            return
        self.timeline.plan(self.clock.ms + plan.after_ms, "finish", record.id)

    def _unusable_attachments(self, record: TaskRecord) -> dict[str, list[dict[str, Any]]]:
        """Files that do not exist (assumed: status code 404), else frames that cannot be read."""
        # Looked for in the bytes first: decoding the document of each new task would slow every
        # create.
        if b'"scaledata://' not in record.wire and b'"data:' not in record.wire:
            return {}
        around = self.surroundings(record.account)
        document = record.document()
        missing = [
            {"statusCode": 404, "url": url}
            for url in attachment_urls(document["params"])
            if url.startswith("scaledata://") and not around.media(url, {}).exists
        ]
        if missing:
            return {"attachments": missing}
        kind = task_type(record.type)
        frames = kind.unusable(document["params"], around) if kind and kind.unusable else []
        return {"frames": frames} if frames else {}

    def read(self, act: Act, record: TaskRecord) -> None:
        """Somebody read this task: some tasks are completed by that."""
        # A task in staging is read like any other, but nobody works on it: its reads do not count.
        if record.polls_left and record.status == lifecycle.PENDING and not self.is_idle(record):
            record.polls_left -= 1
            self.clock.note_change()
            if record.polls_left == 0:
                self._finish(act, record)

    def _finish(self, act: Act, record: TaskRecord) -> None:
        """What a policy decided comes true."""
        plan = record.plan or Plan("")
        if plan.outcome == "error":
            self.fail(act, record, plan.message, None)
        elif plan.outcome == "canceled":
            self.cancel(act, record, clear_unique_id=False)
        else:
            try:
                self.complete(act, record, plan.response)
            except NoAnswer as error:
                # Else time could not pass beyond it.
                note(record, self.clock.ms, f"left as it is: {error}")

    # -- moves --------------------------------------------------------------------------------

    def start_work(self, act: Act, record: TaskRecord) -> None:
        """A labeler begins."""
        self._check(record, "start_work")
        if not record.work_started:
            # Twice is once, without a second entry in the history.
            self._write(act, record, {**record.document(), "work_started": True}, "started")

    def complete(self, act: Act, record: TaskRecord, response: Any) -> None:
        """A labeler finishes, with the given response or a generated one."""
        self._check(record, "complete")
        document = record.document()
        extra: dict[str, Any] = {}
        if response is None:
            surroundings = self.surroundings(record.account)
            response, extra = self.answers.answer(record, document, surroundings, self._as_view)
        # What is learned of a video while it is labeled stands in params, not in the response.
        extra_params = extra.pop("params", None)
        if extra_params:
            document["params"] = {**document["params"], **extra_params}
        document |= {
            "status": lifecycle.COMPLETED,
            "completed_at": self.clock.stamp(),
            "work_started": True,
            **extra,
        }
        if response is not None:
            document["response"] = response
        record.attempt += 1
        # Counted before the reply: a later read must not complete it again after a recall.
        record.polls_left = None
        # Written before the batch is counted and the callback is made: both read the new status.
        self._write(act, record, document, "completed")
        self._ended(act, record)
        self._follow_up(self, act, record)
        self.callbacks.about_task(act, record, "completed")

    def fail(
        self,
        act: Act,
        record: TaskRecord,
        message: str | None,
        attachments: list[dict[str, Any]] | None = None,
        *,
        frames: list[dict[str, Any]] | None = None,
    ) -> None:
        """An attachment turns out to be unusable: status ``error`` (docs/scale/errors.md 5)."""
        self._check(record, "fail")
        document = record.document()
        if frames is None and attachments is None:
            attachments = [
                # 403 is what Scale reports of a file that it may not fetch (docs/scale/errors.md
                # 5).
                {"statusCode": 403, "url": url}
                for url in attachment_urls(document["params"])
            ]
        document["status"] = lifecycle.ERROR
        document["response"] = {
            "error": message or DOWNLOAD_FAILED,
            **({"attachments": attachments} if frames is None else {"frames": frames}),
        }
        if document["params"].get("clear_unique_id_on_error") is True:
            document.pop("unique_id", None)
        record.polls_left = None
        self._write(act, record, document, "failed")
        self._ended(act, record)
        self.callbacks.about_task(act, record, "error")

    def cancel(self, act: Act, record: TaskRecord, *, clear_unique_id: bool) -> None:
        """The customer cancels; twice is once (documented)."""
        self._check(record, "cancel")
        document = record.document()
        freed = clear_unique_id and document.pop("unique_id", None) is not None
        # No second end, no callback and no count: only the unique_id may still be let go.
        if record.status == lifecycle.CANCELED:
            if freed:
                self._write(act, record, document, "freed of its unique_id")
            return
        document["status"] = lifecycle.CANCELED
        record.polls_left = None
        self._write(act, record, document, "canceled")
        self._ended(act, record)

    def recall(self, act: Act, record: TaskRecord) -> None:
        """Scale takes work back: completed becomes pending."""
        self._check(record, "recall")
        document = record.document()
        # What a completion added goes; audits stay, for they did happen.
        for name in ("response", "completed_at", "callback_succeeded"):
            document.pop(name, None)
        document |= {"status": lifecycle.PENDING, "work_started": False}
        self._write(act, record, document, "recalled")
        batch = self.batch_of(record)
        if batch is not None and batch.status == batches.COMPLETED:
            batch.status = batches.IN_PROGRESS
            batch.completed_ms = None
        self.callbacks.about_task(act, record, "recalled")

    def audit(self, act: Act, record: TaskRecord, *, accepted: bool, comments: str | None) -> None:
        """The customer approves or rejects."""
        self._check(record, "accept" if accepted else "reject")
        verdict = "accepted" if accepted else "rejected"
        self._audited(act, record, {}, verdict, comments)

    def fix(self, act: Act, record: TaskRecord, response: Any, comments: str | None) -> None:
        """The customer corrects the response in the dashboard."""
        self._check(record, "fix")
        document = record.document()
        prior = document.get("prior_responses", [])
        # Older ones first: the next fix appends behind them.
        if "response" in document:
            prior = [*prior, document["response"]]
        # Only where the type's response has the key at all (docs/scale/images.md 7).
        if isinstance(response, dict) and "is_customer_fix" in (document.get("response") or {}):
            response = {**response, "is_customer_fix": True}
        changes = {"prior_responses": prior, "response": response}
        self._audited(act, record, changes, "fixed", comments)

    def comment(self, act: Act, record: TaskRecord, text: str) -> None:
        """The customer comments without a verdict, in the dashboard."""
        self._check(record, "comment")
        self._audited(act, record, {}, "commented", text)

    def _audited(
        self,
        act: Act,
        record: TaskRecord,
        changes: dict[str, Any],
        result: str,
        comments: str | None,
    ) -> None:
        now = self.clock.stamp()
        email = record.account.email
        entry: dict[str, Any] = {
            "audited_by": email,
            "audited_at": now,
            "audit_time_secs": 0,
            "audit_result": result,
        }
        # Each audit appends its comment (documented); that one without leaves [] is assumed.
        comment = None
        if comments:
            entry["audit_comments"] = comments
            comment = {"comment": comments, "commented_by": email, "commented_at": now}
        changes = {**changes, "customer_review_status": result, "updated_at": now}
        # One write of its own, not `_write`: audits are appended without decoding what is there.
        record.account.tasks.audit(record, changes, entry, comment)
        note(record, self.clock.ms, f"audited: {result} by {act.actor}")
        if self.changes.heard_by:
            self.changes.note(record)
        batch = self.batch_of(record)
        if batch is not None:
            batch.last_audited_ms = self.clock.ms
        self._follow_up(self, act, record)
        self.callbacks.about_task(act, record, "audited")

    def change_fields(self, act: Act, record: TaskRecord, document: dict[str, Any]) -> None:
        """Tags, metadata or unique_id were changed; any status allows it."""
        self._write(act, record, document, "changed")

    def note_attempt(self, delivery: Delivery) -> None:
        """A callback was tried: its last attempt joins the history of its task."""
        record = self.store.tasks.get(delivery.task_id or "")
        if record is not None:
            note_attempt(record, self.clock.ms, delivery)

    def note_callback(self, task_id: str | None, *, succeeded: bool) -> None:
        """A task's callback arrived, or was given up."""
        record = self.store.tasks.get(task_id or "")
        if record is None:
            return
        if not succeeded:
            note(record, self.clock.ms, "Scale gives the callback up; redeliver() tries it again")
        # A recall's callback reports a pending task, which has no verdict on its completion yet.
        if record.status not in {lifecycle.COMPLETED, lifecycle.ERROR}:
            return
        document = record.document()
        # A second success changes nothing, so `updated_at` and the indexes are left alone.
        if document.get("callback_succeeded") is not succeeded:
            document["callback_succeeded"] = succeeded
            record.account.tasks.write(record, document)
            if self.changes.heard_by:
                self.changes.note(record)

    def _write(self, act: Act, record: TaskRecord, document: dict[str, Any], done: str) -> None:
        """Replace a task's document, and note who did what."""
        before = record.status
        # Moves on every change (docs/scale/tasks.md 3, assumed).
        document["updated_at"] = self.clock.stamp()
        record.account.tasks.write(record, document)
        text = f"{done} by {act.actor}"
        note(record, self.clock.ms, text)
        if self.changes.heard_by:
            self.changes.note(record)
        # Tags and metadata are no cause of a status, which is what `cause` explains.
        if record.status != before:
            record.cause = (self.clock.ms, text)

    # -- batches ------------------------------------------------------------------------------

    def batch_of(self, record: TaskRecord) -> BatchRecord | None:
        """The batch a task is in."""
        return record.account.batches.get(record.batch) if record.batch is not None else None

    def in_staging(self, record: TaskRecord) -> bool:
        """Whether nobody works on the task yet, because its batch is not finalized."""
        batch = self.batch_of(record)
        return batch is not None and batch.status == batches.STAGING

    def is_idle(self, record: TaskRecord) -> bool:
        """Whether nobody begins to work on the task: its batch is in staging, or paused.

        A pause holds only tasks that nobody started (documented for v2).
        """
        batch = self.batch_of(record)
        if batch is None or batch.status not in batches.IDLE:
            return False
        # In staging nobody may have begun; in a pause those who had begun finish.
        return batch.status == batches.STAGING or not record.work_started

    def finalize(self, act: Act, account: Account, batch: BatchRecord) -> None:
        """Labeling of a Rapid or Studio batch begins; of others nothing happens."""
        if batch.status != batches.STAGING:
            return
        batch.status = batches.IN_PROGRESS
        self._begin(act, account, batch)
        # All its tasks may have ended before, by a test or by canceling.
        self._complete_batch(act, account, batch)

    def pause(self, account: Account, batch: BatchRecord) -> None:
        """Hold the tasks that nobody started; a batch without tasks stays as it is (seen)."""
        if not account.tasks.count(batch=batch.name):
            return
        batch.status = batches.PAUSED
        for record in in_turns(account.tasks.of(batch=batch.name, status=lifecycle.PENDING)):
            if not record.work_started:
                self.timeline.drop("finish", record.id)

    def resume(self, act: Act, account: Account, batch: BatchRecord) -> None:
        """Let the work on a paused batch go on; labelers take their whole time from now on."""
        batch.status = batches.IN_PROGRESS
        self._begin(act, account, batch)
        self._complete_batch(act, account, batch)

    def cancel_batch(self, act: Act, account: Account, batch: BatchRecord) -> None:
        """End a batch for good; its open tasks are canceled."""
        batch.status = batches.CANCELLED
        for record in in_turns(account.tasks.of(batch=batch.name, status=lifecycle.PENDING)):
            self.cancel(act, record, clear_unique_id=False)

    def _begin(self, act: Act, account: Account, batch: BatchRecord) -> None:
        """The tasks that waited for their batch are taken up."""
        for record in in_turns(account.tasks.of(batch=batch.name, status=lifecycle.PENDING)):
            if account.is_test and self.test_key_tasks != "stay_pending":
                self.complete(act, record, None)
            # Those already under way when the pause came keep the end that was planned for them.
            elif record.plan is not None and self.timeline.planned("finish", record.id) is None:
                self._schedule(record, record.plan)

    def _ended(self, act: Act, record: TaskRecord) -> None:
        # Whatever ended it: a planned end that stayed would meet a task that is no longer pending.
        self.timeline.drop("finish", record.id)
        batch = self.batch_of(record)
        if batch is not None and batch.status == batches.IN_PROGRESS:
            self._complete_batch(act, record.account, batch)

    def _complete_batch(self, act: Act, account: Account, batch: BatchRecord) -> None:
        """A batch is completed when its last open task has ended (documented)."""
        open_tasks = account.tasks.count(batch=batch.name, status=lifecycle.PENDING)
        if batch.status != batches.IN_PROGRESS or open_tasks:
            return
        # It has no last task that could end: finalizing an empty batch completes nothing.
        if not account.tasks.count(batch=batch.name):
            return
        batch.status = batches.COMPLETED
        batch.completed_ms = self.clock.ms
        self.callbacks.about_batch(act, batch, account, self.batch_counts(account, batch.name))

    @staticmethod
    def batch_counts(account: Account, name: str) -> dict[str, int]:
        """Task counts by status, zeros left out (assumed)."""
        counts = {
            status: account.tasks.count(batch=name, status=status) for status in lifecycle.STATUSES
        }
        return {status: count for status, count in counts.items() if count}

    # -- what is not allowed ------------------------------------------------------------------

    def _check(self, record: TaskRecord, move: str) -> None:
        works = move in lifecycle.OF_WORK
        # The table knows statuses alone; whether the batch lets anyone work is known here.
        if lifecycle.is_legal(move, record.status) and not (works and self.is_idle(record)):
            return
        raise IllegalTransition(
            self._why_not(record, move),
            task_id=record.id,
            status=record.status,
            move=move,
            legal=self._legal_moves(record),
        )

    def _legal_moves(self, record: TaskRecord) -> list[str]:
        idle = self.is_idle(record)
        moves = lifecycle.legal_moves(record.status)
        return [move for move in moves if not (idle and move in lifecycle.OF_WORK)]

    def _why_not(self, record: TaskRecord, move: str) -> str:
        attempted = lifecycle.move(move)
        what = f"cannot {attempted.verb} task {record.id} of account {record.account.shown}"
        if lifecycle.is_legal(move, record.status):
            batch = self.batch_of(record)
            if batch is not None and batch.status == batches.PAUSED:
                return (
                    f"{what}: its batch {record.batch!r} is paused, where nobody begins to work. "
                    f'Resume it first: client.v2.resume_batch({{"batch_name": "{record.batch}"}})'
                )
            return (
                f"{what}: its batch {record.batch!r} is in staging, where nobody works. "
                f"Finalize it first: client.finalize_batch({record.batch!r})"
            )
        created = (record.created_ms, made_by(record))
        ms, text = record.cause or created
        how = f"its status is {record.status}, {text} at {timestamp(ms)}"
        origin = attempted.origin[0]
        way = next(
            (move.name for move in lifecycle.MOVES if move.leads(record.status, origin)), None
        )
        if way in lifecycle.OF_WORK and self.is_idle(record):
            hint = f"finalize its batch {record.batch!r} and make it {origin} first: scale.{way}()"
        elif way is not None:
            hint = f"make it {origin} first: scale.{way}()"
        else:
            hint = f"nothing brings a task back from {record.status}: create another one"
        if record.account.is_test and origin == lifecycle.PENDING:
            hint += (
                ". This is a test key, whose tasks are completed at once: use a live key, or "
                "FakeScale(test_key_tasks='stay_pending')"
            )
        legal = lifecycle.in_words(self._legal_moves(record))
        return (
            f"{what}: {how}. Only a {origin} task can be {attempted.done}; {hint}. "
            f"Legal from {record.status}: {legal}"
        )


def refuse_move(error: IllegalTransition) -> ApiError:
    """An illegal move that came through the API, in Scale's words."""
    if error.move == "cancel":
        text = ALREADY_FAILED if error.status == lifecycle.ERROR else ALREADY_COMPLETED
    else:
        text = ONLY_COMPLETED
    return ApiError(400, text, str(error))
