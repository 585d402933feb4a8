"""The road of one call: journal, fault, key, route, handler. Every door leads here.

Faults are applied in this file and nowhere else.
"""

from __future__ import annotations

from functools import cached_property, partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_plus

from ._endpoints import router
from ._endpoints._call import Call, Later
from ._endpoints.form_body import READ_AS_FORM, is_form
from ._errors import ApiError, IllegalTransition
from ._http.auth import BAD_KEY, key_of, why_no_key
from ._http.routing import split_path
from ._http.values import JSON_TYPE, Reply
from ._http.wire import encode
from ._journal.journal import RecordedRequest
from ._messages import mask_key, shortened
from ._state.account import Account
from ._state.task import TaskRecord
from ._world.act import INTERRUPTS, Act
from ._world.world import refuse_move

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._endpoints._call import Answer
    from ._faults.faults import Faults, Strike
    from ._http.routing import Endpoint
    from ._http.values import Breakage, Request
    from ._journal.journal import Journal
    from ._world.world import World

NOT_FOUND: Final = "Not Found"
"""Assumed text of an unknown route (docs/scale/errors.md 4)."""

FAULT_TEXTS: Final = {
    401: BAD_KEY,
    429: "Too many requests.",
}
"""What a status fault says without a ``message=``; the text of the 429 is assumed
(docs/scale/errors.md 4), as is that any other status says its HTTP phrase.
"""

READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods whose calls change nothing by themselves."""

MANY: Final = 5_000
"""Among so many tasks a search by several filters may take longer than others should wait."""

PAGING: Final = frozenset({"limit", "offset", "next_token", "page", "limited_response"})
"""What a listing is asked for besides filters."""

BY_ANOTHER_TIME: Final = ("completed", "updated")
"""How filters begin that bound a time by which tasks are not in order."""

READ_AS_IT_IS: Final = (
    "the body came with Content-Encoding: {coding} and was read as it is, compressed or not: "
    "send it uncompressed, without that header"
)
"""Noted where a call with such a body is refused. Assumed: Scale's own API decompresses nothing,
for no page of it mentions compressed bodies.
"""

DEFAULT_TIMEOUT_S: Final = 60.0
"""Virtual seconds that a client without a timeout waits before a timeout fault ends the call."""

_NOBODY: Final = ""


class App:
    """The fake as one callable.

    Args:
        world: what the handlers act on.
        faults: what spoils calls on request.
        journal: where every call stands.
        strict: whether what Scale tolerates but nobody means is refused.
    """

    def __init__(self, world: World, faults: Faults, journal: Journal, *, strict: bool) -> None:
        self._world = world
        self._faults = faults
        self._journal = journal
        self._strict = strict
        self._router = router()
        # The header and its key change in one assignment: calls of several threads never mix two.
        self._last_key: tuple[str | None, str | None] = (None, None)

    def handle(self, request: Request) -> Reply:
        """Answer a call; whatever the request holds, the answer is a reply.

        What targets of callbacks raise is in ``reply.raised``, for the door to raise. What a test's
        own callable (``respond``, ``turnaround``) raises comes out of here as it is.
        """
        return self.apply(request, self._key_of(request))

    def apply(self, request: Request, api_key: str | None) -> Reply:
        """Answer a call of the account of ``api_key``, whatever key its headers hold."""
        record, followed = self._receive(request, api_key)
        strike = self._faults.strike(record, self._world.clock.ms)
        # A strike that takes no effect must not touch the state at all, so it goes before any
        # handler.
        if strike is None:
            reply = self._answer(request, record)
        else:
            reply = self._spoil(request, record, strike)
        return self._settled(request, record, strike, followed, reply)

    @cached_property
    def _nobody(self) -> Account:
        """Whose calls those are that need no key."""
        return Account(_NOBODY, number=0, callback_auth_key="", customer_id="")

    @property
    def has_faults(self) -> bool:
        """Whether anything was asked for that may make an answer late."""
        return len(self._faults) > 0

    def begin(self, request: Request) -> Reply | Callable[[], Reply]:
        """Answer in a thread that must not wait, such as that of an event loop.

        Returns:
            The reply; or, where something may have to be waited for (targets of callbacks, a test's
            own callables, time that passes, another thread that holds the state) or much has to be
            looked through, what gives it, to be called once in a thread that may wait.
        """
        world = self._world
        # Faults may make the call late, and only `handle` applies them.
        if (
            len(self._faults)
            or world.may_wait()
            or self.is_long(request)
            or not world.lock.acquire(blocking=False)
        ):
            return partial(self.handle, request)
        try:
            record, followed = self._receive(request, self._key_of(request))
            act, outcome = self._applied(request, record)
        finally:
            world.lock.release()

        def end() -> Reply:
            reply = self._finished(request, record, act, outcome)
            return self._settled(request, record, None, followed, reply)

        return end if world.reaches_targets(act) else end()

    def is_long(self, request: Request) -> bool:
        """Whether a call that reads may take long: a file that is made now, a search among many."""
        if request.method not in READING:
            return False
        store = self._world.store
        stored = store.results.get(request.path.rpartition("/")[2])
        if stored is not None:
            return not isinstance(stored[1], bytes)
        query = request.query
        if not query or len(store.tasks) < MANY:
            return False
        names = {pair.partition("=")[0] for pair in query.split("&")} - PAGING
        return len(names) > 1 or any(name.startswith(BY_ANOTHER_TIME) for name in names)

    def _receive(
        self, request: Request, api_key: str | None
    ) -> tuple[RecordedRequest, list[BaseException]]:
        """Note that a call came in; also what targets raised while frozen time was followed."""
        followed = self._world.clock.begin_call()
        record = self._record_of(request, api_key)
        self._journal.receive(record)
        return record, followed

    def _key_of(self, request: Request) -> str | None:
        """The key that a call carries; a client sends the same header again and again."""
        authorization = request.headers.get("authorization")
        last, key = self._last_key
        if authorization != last:
            key = key_of(authorization)
            self._last_key = authorization, key
        return key

    def _settled(
        self,
        request: Request,
        record: RecordedRequest,
        strike: Strike | None,
        followed: list[BaseException],
        reply: Reply,
    ) -> Reply:
        """Note what was answered, and who is told of what targets raised."""
        world = self._world
        fault = None if strike is None else strike.fault
        # A page is kept in parts so that the journal need not copy the bytes of its tasks.
        record.finish(reply.status, reply.page or reply.body, fault, reply.broken)
        self._journal.settle(record)
        if fault is not None and fault.remaining is not None:
            # A fault that is counted down is progress; one that never ends is not, so that whoever
            # retries against it without end gets NotIdle.
            world.clock.note_change()
        reply.wait_began = world.clock.ms
        reply.call = record
        if followed:
            reply.raised = followed + reply.raised
        # A server has no test above it that could catch what is raised.
        if reply.raised and request.deferred:
            world.unraised.keep(reply.raised)
            reply.raised = []
        return reply

    # -- where a log of commands acts ---------------------------------------------------------

    def changes(self, request: Request, api_key: str | None) -> bool:
        """Whether a call would change anything but the list of calls; answered before it acts.

        Everything does but what reads, and what is refused before any handler sees it. What reads
        changes something where it is a key's first call, where a task waits for reads, and where a
        fault strikes or counts it.
        """
        world = self._world
        # Before the route: a fault strikes calls of unknown paths and wrong keys as well.
        if len(self._faults) and self._faults.touched_by(self._record_of(request, api_key)):
            return True
        route = self._router.find(request.method, split_path(request.path))
        if route is None:
            return False
        endpoint, path = route
        if not endpoint.public and (api_key is None or not world.store.lets_in(api_key)):
            return False
        # The route and the key are asked before the method: a refused POST changes nothing either.
        if request.method not in READING:
            return True
        if endpoint.public or api_key is None:
            return False
        account = world.store.known(api_key)
        return account is None or (
            (endpoint.touches is not None and endpoint.touches(world, account, path, request.query))
            or (bool(account.untouched) and _names_one_of(request, account))
        )

    def look(self, request: Request, api_key: str | None) -> Reply:
        """Answer a call of which ``changes`` says no: it leaves no trace in the state."""
        world = self._world
        # On no number of the log, for only what is in the log is numbered alike on every server.
        record = self._record_of(request, api_key)
        act = Act("a call that changes nothing")
        with world.lock:
            try:
                outcome: Answer | BaseException = self._looked(act, request, record)
            except INTERRUPTS:
                raise
            except BaseException as error:  # noqa: BLE001 - answered below, as every other
                outcome = error
        reply = self._finished(request, record, act, outcome)
        record.finish(reply.status, reply.page or reply.body, None, reply.broken)
        self._journal.add_own(record)
        reply.wait_began, reply.call = world.clock.ms, record
        return reply

    def _looked(self, act: Act, request: Request, record: RecordedRequest) -> Answer:
        """As ``_perform``, and leave everything as it was."""
        store = self._world.store
        route = self._router.find(request.method, split_path(request.path))
        if route is not None and route[0].public:
            # Under the name of nobody, so that fetching a file makes no account for the key it
            # carries.
            return self._handled(act, request, record, route, self._nobody)
        key = record.api_key
        if key is not None and store.known(key) is None and store.lets_in(key):
            # Nothing but an unknown route is looked at under a key that has no account yet.
            raise ApiError(404, NOT_FOUND, self._nearest(request))
        account = self._account(record)
        # The answer's links lead to where this call went; the state, which the log alone changes,
        # does not learn of it.
        base_url, account.base_url = account.base_url, request.origin
        try:
            return self._handled(act, request, record, route, account)
        finally:
            account.base_url = base_url

    def _record_of(self, request: Request, api_key: str | None) -> RecordedRequest:
        return RecordedRequest(
            0,  # numbered by the journal, where it is kept there
            request.method,
            request.path,
            request.query,
            request.headers,
            request.body,
            api_key,
            self._world.clock.ms,
            request.origin,
        )

    def keep(self, raised: list[BaseException]) -> None:
        """Leave to the next control what a door cannot pass on to the test."""
        self._world.unraised.keep(raised)

    # -- the plain road -----------------------------------------------------------------------

    def _answer(self, request: Request, record: RecordedRequest) -> Reply:
        return self._finished(request, record, *self._applied(request, record))

    def _applied(
        self, request: Request, record: RecordedRequest
    ) -> tuple[Act, Answer | BaseException]:
        """Act on the state and nothing else: what goes out because of it stands in the act."""
        act = Act(f"request {record.n} ({request.method} {request.path})", record.n)
        try:
            return act, self._world.apply(act, self._perform, request, record)
        except INTERRUPTS:
            # Its callbacks wait until time passes: nothing of the user's runs any more now.
            self._world.put_off(act)
            raise
        except BaseException as error:  # noqa: BLE001 - raised or answered when the act is closed
            return act, error

    def _finished(
        self, request: Request, record: RecordedRequest, act: Act, outcome: Answer | BaseException
    ) -> Reply:
        """Make the attempts at callbacks, then write the reply."""
        world = self._world
        # Before the reply is written: it shows what the receivers of the callbacks did in the
        # meantime.
        world.close(act)
        try:
            if isinstance(outcome, BaseException):
                raise outcome  # noqa: TRY301 - one place says how each outcome is answered
            reply = self._reply(outcome)
            if request.method not in READING:
                # A program that writes does not wait for nothing; one that only reads may.
                world.clock.note_change()
        except ApiError as error:
            record.notices.extend(error.notices)
            if error.status == 400 and is_form(request.headers, request.body):
                record.notices.append(READ_AS_FORM)
            elif coding := _coding_of(request):
                record.notices.append(READ_AS_IT_IS.format(coding=coding))
            reply = error_reply(error)
        except IllegalTransition as move:
            refusal = refuse_move(move)
            record.notices.extend(refusal.notices)
            reply = error_reply(refusal)
        except Exception as own:
            # The journal shows the call even where the test's own exception leaves from here.
            record.finish(500, b"", None, "")
            self._journal.settle(record)
            if not request.deferred:
                # What targets raised before it waits for the next control: one can be raised.
                world.unraised.keep(act.raised)
                raise
            act.raised.insert(0, own)
            reply = error_reply(ApiError(500, "Internal Server Error"))
        # Last, for it counts the bytes of whichever branch wrote them.
        reply.headers.append(("Content-Length", str(len(reply.body))))
        reply.raised = act.raised
        return reply

    def _reply(self, result: Answer) -> Reply:
        """An answer as a reply, written after the callbacks were made."""
        if isinstance(result, Reply):
            return result
        if isinstance(result, TaskRecord):
            body = result.wire
        elif isinstance(result, Later):
            # The callbacks went out without the lock, so other threads may have changed what is
            # written.
            with self._world.lock:
                body = result.write()
        else:
            body = result
        return Reply(200, body, [("Content-Type", JSON_TYPE)])

    def _perform(self, act: Act, request: Request, record: RecordedRequest) -> Answer:
        """Find who calls and what for, and run its handler, under the world's lock."""
        route = self._router.find(request.method, split_path(request.path))
        if route is not None and route[0].public:  # fetched files are elsewhere than Scale itself
            return self._handled(act, request, record, route, self._nobody)
        store = self._world.store
        # Asked before the account is made, which is what makes a key known.
        is_new = not store.knows(record.api_key)
        account = self._account(record)
        try:
            account.base_url = request.origin
            return self._handled(act, request, record, route, account)
        except ApiError:
            if is_new:  # a key whose first call is refused leaves no account behind
                store.forget(account)
            raise

    def _handled(
        self,
        act: Act,
        request: Request,
        record: RecordedRequest,
        route: tuple[Endpoint, dict[str, str]] | None,
        account: Account,
    ) -> Answer:
        if route is None:
            raise ApiError(404, NOT_FOUND, self._nearest(request))
        endpoint, path = route
        # The path as registered, not as called: the report groups calls by operation.
        record.route = endpoint.path
        call = Call(request, account, self._world, path, act, strict=self._strict)
        # The same lists, not copies: what the handler adds later shows in the journal.
        record.notices, record.unread = call.notices, call.unread
        checked = endpoint.query is not None and bool(call.request.query)
        # When it is strict a call is refused before it changes anything; else what the handler has
        # to say comes first, and of what it refuses no unread parameter is told.
        if checked and call.strict:
            call.report_unread(call.query, endpoint.query or ())
        answer: Answer = endpoint.handler(call)
        if checked and not call.strict:
            call.report_unread(call.query, endpoint.query or ())
        return answer

    def _account(self, record: RecordedRequest) -> Account:
        account = None
        if record.api_key is not None:
            account = self._world.store.account(record.api_key)
        if account is None:
            why = (
                why_no_key(record.headers.get("authorization"))
                if record.api_key is None
                else f"the key {mask_key(record.api_key)} is not among api_keys= of this fake"
            )
            raise ApiError(401, BAD_KEY, why)
        return account

    def _nearest(self, request: Request) -> str:
        near = "; ".join(self._router.nearest(request.method, request.path))
        return f"no route {request.method} {request.path[:100]}. Nearest: {near}"

    # -- the spoiled one ----------------------------------------------------------------------

    def _spoil(self, request: Request, record: RecordedRequest, strike: Strike) -> Reply:
        kind = strike.kind
        if kind == "connect_timeout":
            # Nothing was connected, so nothing can have taken effect.
            return self._time_out(request, "connect_timeout", [])
        if kind == "latency":
            # The call takes effect when it comes in; late is only its answer, also for a client
            # that gave up.
            return self._late(request, self._answer(request, record), strike.latency_ms)
        reply = self._answer(request, record) if strike.after_commit else Reply(0, b"")
        if strike.latency_ms:
            # The client has stopped reading by then: it never sees what the fault would have
            # answered.
            if _beyond(strike.latency_ms, request.read_timeout):
                return self._time_out(request, "read_timeout", reply.raised)
            self._pass(request, reply, strike.latency_ms)
        if kind == "timeout":
            return self._time_out(request, "read_timeout", reply.raised)
        if kind == "disconnect":
            return Reply(0, b"", broken="disconnect", raised=reply.raised)
        if kind == "status":
            return self._refused(strike, reply)
        if kind == "truncate":
            # Its header keeps the whole length: that is how a client notices that bytes are
            # missing.
            reply.body, reply.page = reply.body[: len(reply.body) // 2], None
            reply.broken = "truncate"
            return reply
        return _garbled(reply)

    def _refused(self, strike: Strike, committed: Reply) -> Reply:
        status = strike.status or 500
        headers: list[tuple[str, str]] = []
        if strike.retry_after is not None:
            headers.append(("Retry-After", str(strike.retry_after)))
        text = strike.message or FAULT_TEXTS.get(status) or _phrase(status)
        reply = error_reply(ApiError(status, text, headers=headers))
        reply.headers.append(("Content-Length", str(len(reply.body))))
        # Of what was committed nothing is told but what must not be lost: raised errors, and time
        # passed.
        reply.raised, reply.waited_ms = committed.raised, committed.waited_ms
        return reply

    def _late(self, request: Request, reply: Reply, latency_ms: int) -> Reply:
        if _beyond(latency_ms, request.read_timeout):
            return self._time_out(request, "read_timeout", reply.raised)
        self._pass(request, reply, latency_ms)
        return reply

    def _time_out(
        self,
        request: Request,
        broken: Breakage,
        raised: list[BaseException],
    ) -> Reply:
        reply = Reply(0, b"", broken=broken, raised=raised)
        timeout = request.connect_timeout if broken == "connect_timeout" else request.read_timeout
        self._pass(
            request, reply, round((DEFAULT_TIMEOUT_S if timeout is None else timeout) * 1000)
        )
        return reply

    def _pass(self, request: Request, reply: Reply, ms: int) -> None:
        """Let virtual time pass; waits of several threads or tasks that begin together overlap."""
        clock = self._world.clock
        # Waits that began together end together: from when the call began, not from now.
        began = clock.ms if request.began_ms is None else request.began_ms
        reply.raised += clock.wait_quietly(ms / 1000, began)
        reply.waited_ms += ms


def _beyond(latency_ms: int, timeout: float | None) -> bool:
    return timeout is not None and latency_ms > timeout * 1000


def _garbled(reply: Reply) -> Reply:
    """A body that is no JSON any more, of the right length for its header."""
    # A NUL stands in no JSON: whatever the first half is, the whole is malformed.
    body = reply.body[: max(len(reply.body) // 2, 1)] + b"\x00<html>"
    headers = [(name, value) for name, value in reply.headers if name != "Content-Length"]
    # Not Scale's own length: a wrong one would make a truncated body of a malformed one.
    headers.append(("Content-Length", str(len(body))))
    return Reply(reply.status, body, headers, raised=reply.raised, waited_ms=reply.waited_ms)


def error_reply(error: ApiError) -> Reply:
    """An error in Scale's envelope (documented): ``status_code`` and ``error``, nothing else."""
    body = encode({"status_code": error.status, "error": error.message})
    return Reply(error.status, body, [("Content-Type", JSON_TYPE), *error.headers])


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def _names_one_of(request: Request, account: Account) -> bool:
    """Whether a call may name one of the prepared projects that nothing has used yet."""
    # Names may be percent-encoded and hold blanks; text that holds one by chance only costs a line
    # in the log.
    target = unquote_plus(f"{request.path}?{request.query}")
    return any(name in target or account.projects[name].id in target for name in account.untouched)


def _coding_of(request: Request) -> str:
    """How the body of a call is said to be compressed; empty where it is not."""
    coding = request.headers.get("content-encoding", "").strip().lower()
    return "" if coding == "identity" or not request.body else shortened(coding, 40)
