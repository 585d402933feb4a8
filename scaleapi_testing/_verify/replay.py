"""Replays recorded calls against a fresh fake, in order, and compares the answers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, unquote

from .._configuration import BASE_URLS
from .._endpoints import router
from .._fake import FakeScale
from .._http.auth import key_of
from .._http.routing import split_path
from .._http.values import Request
from .._intercept.origin import is_loopback
from .._state.account import is_test_key
from .._state.lifecycle import COMPLETED, PENDING
from .answers import RecordedAnswers
from .before import Before
from .bindings import Bindings
from .comparing import Comparison, Difference
from .exchange import ABSENT, Exchange, moment_of
from .foreknown import Foreknown, tasks_in
from .foreknown_v2 import LISTED, is_v2, shows_others
from .masking import Mask, cookies_in
from .verification import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from .._state.account import Account
    from .allowed import Allowance

HOSTS: Final = (*(origin.partition("://")[2] for origin in BASE_URLS), "api.scale.ai")
"""Where Scale answers, and where it did (recorded in 2019)."""

UNSEEN: Final = "counts and further pages: the recording does not show all tasks that there were"
UNSEEN_IN_BATCH: Final = "counts: the recording does not show all tasks of the batch"
NO_BODY_SENT: Final = "the file does not hold what was sent"
NO_BODY: Final = "the file does not hold what was answered, or in a coding that is not known"
BROKEN_OFF: Final = "the call was broken off before it was answered"
NOT_SCALE: Final = "an answer of a cache or of what stands before Scale's API"
TROUBLE: Final = "trouble of the server, or a limit of calls, which no fake foresees"
NOT_ENABLED: Final = "a product that the account has not, which the recording alone knows"
LIMITED: Final = "a listing with limited_response of tasks that no other answer shows whole"
UNSHOWN: Final = "what it was refused for was there before, and no answer shows it"
OF_V2: Final = "an object of v2 that was there before, which cannot be put in"
UNSEEN_TASKS: Final = "status: the recording does not show whether the batch has tasks"
ELSEWHERE: Final = "another host, no part of Scale's API"
UNKNOWN_PLACE: Final = "a path that is none of v1 or v2"

_SENDS: Final = frozenset({"POST", "PUT", "PATCH"})
_NO_BODY_NEEDED: Final = ("cancel", "finalize", "send-callback", "reset_priorities")


@dataclass
class Replay:
    """One recording, replayed.

    Attributes:
        exchanges: its calls, in order.
        hosts: further hosts that stood for Scale.
        allowances: differences that are known.
        used: those of them that were met.
    """

    exchanges: Sequence[Exchange]
    hosts: frozenset[str]
    allowances: Sequence[Allowance]
    used: set[str] = field(default_factory=set[str])

    def __post_init__(self) -> None:
        keys = {exchange.key for exchange in self.exchanges}
        self.mask = Mask(
            keys,
            {
                cookie
                for exchange in self.exchanges
                for headers in (exchange.headers, exchange.reply_headers)
                for cookie in cookies_in(headers)
            },
        )
        self.bindings = Bindings()
        self._keys = self._keys_let_in()
        self.fake = FakeScale(
            start_time=self._start(),
            api_keys=[*dict.fromkeys(self._keys.values())] or None,
            test_key_tasks="complete_on_read" if self._is_of_old() else "complete_at_once",
        )
        self.answers = RecordedAnswers()
        self.fake._world.answers = self.answers
        scale = [exchange for exchange in self.exchanges if self._is_scale(exchange)]
        foreknown = Foreknown(scale)
        self._of_v2 = foreknown.of_v2
        self.before = Before(self.fake, self.bindings, self.answers, foreknown)
        for exchange in self.exchanges:
            self._name_customer(exchange)

    def _name_customer(self, exchange: Exchange) -> None:
        """The account is the recorded one: tasks tell its id."""
        account = self._account(exchange)
        for document in tasks_in(exchange.json):
            customer_id = document.get("customerId")
            if account is not None and isinstance(customer_id, str) and customer_id:
                if self.bindings.of(customer_id) is None:
                    account.customer_id = customer_id
                self.bindings.bind(customer_id, account.customer_id)

    # -- what the recording tells beforehand --------------------------------------------------

    def _start(self) -> datetime | None:
        """The earliest time that it names, so that the clock can follow it."""
        moments = [exchange.at for exchange in self.exchanges if exchange.at is not None]
        if not moments:
            shown = [
                moment_of(document.get("created_at"))
                for exchange in self.exchanges
                for document in tasks_in(exchange.json)
            ]
            moments = [moment for moment in shown if moment is not None]
        return min(moments, default=None)

    def _is_of_old(self) -> bool:
        """Whether a test key's creates said pending, as they did until 2019 (recorded)."""
        return any(
            document.get("is_test") is True and document["status"] == PENDING
            for exchange in self.exchanges
            if exchange.method == "POST" and exchange.path.startswith("/v1/task/")
            if exchange.path.strip("/").count("/") == 2
            for document in tasks_in(exchange.json)
        )

    def _keys_let_in(self) -> dict[str | None, str]:
        """For each recorded key, or what masks it, a key of the same mode."""
        keys: dict[str | None, str] = {}
        for exchange in self.exchanges:
            if self._is_scale(exchange) and exchange.status != 401:
                keys.setdefault(exchange.key, "")
        for number, key in enumerate(keys, 1):
            is_test = key is not None and is_test_key(key)
            shown = [
                document["is_test"]
                for exchange in self.exchanges
                if exchange.key == key
                for document in tasks_in(exchange.json)
                if isinstance(document.get("is_test"), bool)
            ]
            if shown:
                is_test = shown[0]
            keys[key] = f"{'test' if is_test else 'live'}_recorded_{number}"
        return keys

    def _is_scale(self, exchange: Exchange) -> bool:
        host = exchange.origin.partition("://")[2]
        return (
            host in HOSTS
            or exchange.host in HOSTS
            or host in self.hosts
            or exchange.host in self.hosts
            or (is_loopback(exchange.host) and exchange.path.startswith(("/v1/", "/v2/")))
        )

    # -- exchange by exchange -----------------------------------------------------------------

    def run(self) -> Iterable[Verdict]:
        """A verdict for each exchange, in order."""
        for exchange in self.exchanges:
            yield self._masked(self._judged(exchange))

    def _judged(self, exchange: Exchange) -> Verdict:
        verdict = Verdict(
            exchange.place,
            f"{exchange.method} {exchange.url}",
            self._operation(exchange),
            exchange.status,
            None,
            "not comparable",
        )
        reason = self._why_not(exchange)
        account = self._account(exchange)
        if reason:
            if reason == NO_BODY_SENT and account is not None:
                self.before.is_lossy = True
                self._follow(exchange)
                self.before.assume(exchange, account)
            return replace(verdict, reason=reason)
        self._follow(exchange)
        problems = [] if account is None else self.before.prepare(exchange, account)
        if not is_v2(exchange) and any(
            "type" not in document and not self._is_there(document["task_id"])
            for document in tasks_in(exchange.json)
        ):
            return replace(verdict, reason=LIMITED)
        if account is not None:
            self._set_answer(exchange, account)
        notes = self._unseen(exchange)
        whole = self.fake.snapshot() if exchange.status >= 400 else None
        reply = self.fake.app.handle(self._request(exchange))
        if is_v2(exchange) and self._was_not_put_in(exchange, reply.status):
            return replace(verdict, fake=reply.status, reason=OF_V2)
        if exchange.method != "GET" and exchange.status in {400, 409} and reply.status == 404:
            return replace(verdict, fake=reply.status, reason=UNSHOWN)
        differences, remarks = self._compare(exchange, reply.status, reply.body, notes)
        # What the one refused and the other did would be told again and again.
        if whole is not None and reply.status < 400:
            self.fake.restore(whole)
        elif account is not None and exchange.status < 400 <= reply.status:
            self.before.assume(exchange, account)
        left: list[Difference] = []
        known: list[Difference] = []
        for difference in differences:
            allowance = next(
                (a for a in self.allowances if a.matches(verdict.operation, difference)), None
            )
            (left if allowance is None else known).append(difference)
            if allowance is not None:
                self.used.add(allowance.line)
        return replace(
            verdict,
            fake=reply.status,
            outcome="different" if left else "same",
            differences=tuple(left),
            allowed=tuple(known),
            notes=(*remarks, *problems),
        )

    def _was_not_put_in(self, exchange: Exchange, fake_status: int) -> bool:
        """Whether a call of v2 was answered with what no answer tells enough of."""
        if exchange.status >= 400:
            return False
        # No call of the API makes a delivery or a dataset: what is listed was there before.
        return fake_status == 404 or shows_others(exchange)

    def _is_there(self, task_id: str) -> bool:
        return (self.bindings.of(task_id) or task_id) in self.fake._world.store.tasks

    def _operation(self, exchange: Exchange) -> str:
        segments = split_path(exchange.path)
        match = router().find(exchange.method, segments)
        return match[0].name if match else f"{exchange.method} {exchange.path}"

    def _why_not(self, exchange: Exchange) -> str:
        if not self._is_scale(exchange):
            return f"{ELSEWHERE}: {exchange.host or exchange.url[:40]}"
        if not exchange.path.startswith(("/v1/", "/v2/")):
            return UNKNOWN_PLACE
        if exchange.status == 0:
            return BROKEN_OFF
        if exchange.status in {301, 304, 307, 308}:
            return f"{NOT_SCALE}: status {exchange.status}"
        if exchange.status in {408, 429} or exchange.status >= 500 or exchange.status < 200:
            return f"{TROUBLE}: status {exchange.status}"
        if exchange.status == 402:
            return NOT_ENABLED
        if exchange.method in {"OPTIONS", "HEAD"}:
            return f"{exchange.method}, which is no operation of the API"
        # In v2 the body names what is meant.
        needs_body = is_v2(exchange) or not exchange.path.rstrip("/").endswith(_NO_BODY_NEEDED)
        if exchange.body is None and exchange.method in _SENDS and needs_body:
            return NO_BODY_SENT
        return NO_BODY if exchange.reply is None else ""

    def _account(self, exchange: Exchange) -> Account | None:
        key = self._keys.get(exchange.key)
        return None if key is None or exchange.status == 401 else self.fake.account(key)

    def _follow(self, exchange: Exchange) -> None:
        """Let the clock go where the recording went: no answer shows a time that is to come.

        The header tells seconds, tasks tell milliseconds.
        """
        shown = [
            moment_of(document.get(name))
            for document in tasks_in(exchange.json)
            for name in ("created_at", "updated_at", "completed_at")
        ]
        moment = max((time for time in (exchange.at, *shown) if time is not None), default=None)
        # Virtual time never goes back, and answers may show times of long ago.
        if moment is not None and moment > self.fake.clock.now():
            self.fake.clock.advance_to(moment)

    def _set_answer(self, exchange: Exchange, account: Account) -> None:
        """What a test key's task answers at once."""
        shown = self._of_v2.tasks_in(exchange) if is_v2(exchange) else tasks_in(exchange.json)
        at_once = account.is_test and exchange.method == "POST" and len(shown) == 1
        done = at_once and shown[0]["status"] == COMPLETED
        self.answers.shown = self.bindings.value(shown[0]) if done else None

    def _unseen(self, exchange: Exchange) -> dict[str, str]:
        """Places that depend on tasks which existed and are not shown."""
        reply = exchange.json
        if exchange.path.startswith("/v1/studio/batches"):
            return self._unseen_in_studio(reply)
        if not isinstance(reply, dict):
            return {}
        if is_v2(exchange):
            return self._unseen_in_v2(exchange, reply)
        total = reply.get("total")
        if isinstance(reply.get("docs"), list) and isinstance(total, int):
            is_whole = not reply.get("has_more") and not parse_qs(exchange.query).get("next_token")
            shows_all = is_whole or self._recorded_in_all(exchange) >= total
            if not shows_all and not self._is_of_the_recording(exchange):
                return dict.fromkeys(("total", "totalDocs", "has_more", "next_token"), UNSEEN)
        *_, name, last = exchange.path.rstrip("/").split("/")
        if last == "status" and unquote(name) in self.before.shown:
            return dict.fromkeys(("pending", "completed", "canceled", "error"), UNSEEN_IN_BATCH)
        return {}

    def _unseen_in_v2(self, exchange: Exchange, reply: dict[str, Any]) -> dict[str, str]:
        """Further pages, and whether a pause found tasks to hold."""
        path = exchange.path.rstrip("/")
        if path in LISTED and not self._of_v2.is_shown_to_its_end(exchange):
            return {"next_token": UNSEEN}
        batch = reply.get("batch")
        name = batch.get("name") if isinstance(batch, dict) else None
        if path == "/v2/batch/pause" and name in self.before.shown:
            return {"batch.status": UNSEEN_TASKS}
        return {}

    def _unseen_in_studio(self, reply: Any) -> dict[str, str]:
        """The counts of batches that were there before."""
        batches = reply if isinstance(reply, list) else [reply]
        return {
            f"[{number}].{count}" if isinstance(reply, list) else count: UNSEEN_IN_BATCH
            for number, batch in enumerate(batches)
            if isinstance(batch, dict) and batch.get("name") in self.before.shown
            for count in ("total", "completed")
        }

    def _is_of_the_recording(self, listing: Exchange) -> bool:
        """Whether it asks for a project or batch that the recording made, and so is known."""
        query_values = parse_qs(listing.query)
        names = [*query_values.get("project", ()), *query_values.get("batch", ())]
        return any(name not in self.before.shown for name in names)

    def _recorded_in_all(self, listing: Exchange) -> int:
        """How many tasks the pages of one listing show together."""

        def filters(exchange: Exchange) -> list[tuple[str, list[str]]]:
            query_values = parse_qs(exchange.query)
            return sorted(
                (name, values)
                for name, values in query_values.items()
                if name not in {"next_token", "offset", "limit"}
            )

        shown: set[str] = set()
        for exchange in self.exchanges:
            if exchange.path == listing.path and filters(exchange) == filters(listing):
                shown |= {
                    str(document.get("task_id") or document.get("name"))
                    for document in _docs(exchange.json)
                }
        return len(shown)

    def _request(self, exchange: Exchange) -> Request:
        headers = dict(exchange.headers)
        # The body is sent decoded, and with other ids it has another length.
        for name in ("content-length", "transfer-encoding", "content-encoding"):
            headers.pop(name, None)
        key = self._keys.get(exchange.key)
        # A call that Scale let nobody in for must be one here, too.
        if key is not None and exchange.status != 401:
            headers["authorization"] = f"Bearer {key}"
        elif key_of(headers.get("authorization")) in set(self._keys.values()):
            headers.pop("authorization")
        body = exchange.body or b""
        if exchange.sent is not ABSENT:
            self.bindings.note_sent(self.bindings.value(exchange.sent))
        return Request(
            exchange.method,
            BASE_URLS[0],
            self.bindings.path(exchange.path),
            self.bindings.query(exchange.query) if exchange.query else "",
            headers,
            self.bindings.body(body, exchange.sent),
            deferred=True,
        )

    def _compare(
        self, exchange: Exchange, status: int, body: bytes, skipped: dict[str, str]
    ) -> tuple[list[Difference], list[str]]:
        try:
            fake = json.loads(body) if body else ABSENT
        except ValueError:
            fake = ABSENT
        # Then bodies differ in everything, which would bury the one thing that is wrong.
        if status != exchange.status:
            recorded = _shown(exchange.status, exchange.json)
            return [Difference("status", "status", recorded, _shown(status, fake))], []
        comparison = Comparison(self.bindings, skipped)
        if exchange.json is ABSENT or fake is ABSENT:
            texts = [_text(exchange.reply), _text(body)]
            if texts[0] != texts[1]:
                comparison.differences.append(Difference("body", "body", texts[0], texts[1]))
        else:
            comparison.compare(exchange.json, fake)
        return comparison.differences, comparison.notes

    def _masked(self, verdict: Verdict) -> Verdict:
        def hidden(difference: Difference) -> Difference:
            return replace(
                difference,
                # Paths too: a key may be the name of a field.
                path=self.mask.text(difference.path),
                recorded=self.mask.value(difference.recorded, difference.path),
                fake=self.mask.value(difference.fake, difference.path),
            )

        return replace(
            verdict,
            call=self.mask.text(verdict.call),
            operation=self.mask.text(verdict.operation),
            reason=self.mask.text(verdict.reason),
            differences=tuple(map(hidden, verdict.differences)),
            allowed=tuple(map(hidden, verdict.allowed)),
            notes=tuple(map(self.mask.text, verdict.notes)),
        )


def _docs(reply: Any) -> list[dict[str, Any]]:
    documents = reply.get("docs") if isinstance(reply, dict) else None
    return [doc for doc in documents or () if isinstance(doc, dict)]


def _shown(status: int, reply: Any) -> Any:
    if isinstance(reply, dict) and "error" in reply:
        return {"status": status, "error": reply["error"]}
    return status


def _text(body: bytes | None) -> str:
    return (body or b"").decode("utf-8", "replace").strip()
