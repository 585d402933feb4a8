"""The whole state of a fake as rows of bytes, and a fake from them: for checkpoints of a server.

All is in it on which the bytes of a later answer depend: the same calls give the same bytes on a
fake and on one that was made from its rows. What cannot be in it: code. A policy, an answer or a
fault of the test's own code is refused and named; targets of callbacks are left out, and the one
that takes the state up keeps its own (``fill``) or has none (``fake_from``); exceptions that wait
to be raised are let go. The bodies of calls are kept as far as the journal keeps them, which
``journal_max_entries`` and ``journal_max_bytes`` bound; headers that carry keys are left out of
them. A key of an account stands as its digest and whether it is a test key, so that messages which
name an account name the digest until its key is used again; what users wrote into their tasks is
kept as they wrote it.

Versions: the first message states ``VERSION``. It is raised only when older readers would go wrong;
they refuse it then. Everything else is told by name, so that this version reads what older ones of
the same or a lower number wrote: parts, attributes, columns and fields that are not known here are
left out, and those that are missing are as in a new fake. ``packed.py`` and ``tables.py`` say what
a change of a record must keep to.

Nothing in it can run code when it is read (it is no pickle).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from msgspec.msgpack import Decoder, Encoder

from .._arguments import Settled, settle
from .._configuration import Configuration
from .._http.headers import SECRET
from .._http.unread import Unread
from .._http.values import Page
from .._journal.journal import JournalState, RecordedRequest
from .._log.command import StateError
from .._state.account import KeyDigest, digest_of
from .._state.idempotency import IdempotencyKeys, Remembered
from .._state.task import SAVED
from .._state.task_table import TableState
from .._time.turns import in_turns
from .._version import __version__
from .packed import pack, unpack
from .rows import opened, sealed
from .snapshot import Snapshot, put_back, take
from .tables import TABLES, Damaged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .._fake import FakeScale
    from .._faults.fault import Fault

FORMAT: Final = "scaleapi_testing state"
VERSION: Final = 1

HEADER: Final = b"h"
VALUE: Final = b"v"
ENTRIES: Final = b"m"
ITEMS: Final = b"l"
ROWS: Final = b"t"

MOST_TOGETHER: Final = 256 * 1024
"""From how many bytes on the entries of a container are written, and the next ones apart."""

CODE_IN: Final = {
    "configuration": "turnaround= of the fake",
    "rules": "a policy that turnaround() was given",
    "responses": "an answer that respond() was given",
}
"""Where code of a test may be met, in words."""

_WIRE: Final = SAVED.index("wire")

_encode: Final = Encoder().encode
_decode: Final = Decoder().decode


class _Branch(dict[str, Any]):
    """What is written part by part."""


class _Rows:
    """What is written as a table."""

    def __init__(self, table: str, things: list[Any]) -> None:
        self.table = table
        self.things = things


def rows_of(fake: FakeScale) -> Iterator[bytes]:
    """The whole state of ``fake`` as it is now, in rows of 2 MB at the most.

    What is written is taken at once, under the fake's lock; the rows are made as they are asked
    for, while the fake may go on.

    Raises:
        StateError: a policy, an answer or a fault holds code; the message names it. (Of policies
            and answers it may be raised while the rows are asked for.)
    """
    with fake._world.lock:
        tree = _tree(fake)
    return sealed(_messages(tree))


def fake_from(
    rows: Iterable[bytes],
    *,
    default_key: str | None = None,
    prepare: Callable[[FakeScale], None] | None = None,
) -> FakeScale:
    """A fake with the state that ``rows_of`` gave, not started, its callbacks without targets.

    Args:
        rows: all of them, in order.
        default_key: whose account the controls mean where no key is named; ``None`` is
            ``live_fake``.
        prepare: what is done with the new fake before the state comes into it.

    Raises:
        StateError: the rows are damaged, incomplete, no state, or of a newer version.
    """
    from .._fake import FakeScale

    tree = _read(rows)
    try:
        settled = Settled.restored({**_as_new(), **_known(tree["configuration"], _as_new())})
        if default_key is not None:
            settled = replace(settled, default_key=default_key)
        fake = FakeScale._made_of(settled)
    except Damaged as error:
        raise _damaged(error) from error
    if prepare is not None:
        prepare(fake)
    _fill(fake, tree)
    return fake


def fill(fake: FakeScale, rows: Iterable[bytes]) -> None:
    """Give ``fake`` the state that ``rows_of`` gave; it keeps the targets of its callbacks.

    Objects that are in both stay the same objects. When it raises, nothing has changed.

    Args:
        fake: one that was made with the same arguments.
        rows: all of them, in order.

    Raises:
        StateError: as for ``fake_from``, or the state is that of a fake with another seed.
    """
    tree = _read(rows)
    seed = tree.get("configuration", {}).get("seed")
    if seed != fake.seed:
        raise StateError(
            f"the state is of a fake with seed={seed!r}, this one has seed={fake.seed}: their ids "
            "differ; make a fake of the state with fake_from()"
        )
    _fill(fake, tree)


# -- out --------------------------------------------------------------------------------------


def _tree(fake: FakeScale) -> _Branch:
    """All that is written, by name; nothing in it changes any more."""
    world = fake._world
    snapshot = take(fake)
    parts = snapshot.parts
    digests = {account.key: str(account.digest) for account in world.store.everyone()}
    documents = _Documents(
        saved[_WIRE]
        for state in parts["accounts"].values()
        for saved in in_turns(state["tasks"].records)
    )
    faults = list(fake.faults)
    try:
        faults_state = fake.faults.to_state()
    except ValueError as error:
        raise StateError(f"the state cannot be saved: {error}") from None
    callbacks = {name: part for name, part in parts["callbacks"].items() if name != "targets"}
    for shelf in ("deliveries", "lost"):
        for delivery in callbacks[shelf]:  # the snapshot's own
            key = delivery.account_key
            delivery.account_key = digests.get(key) or str(key)
        callbacks[shelf] = _Rows("deliveries", callbacks[shelf])
    next_order, planned = parts["timeline"]
    journal: JournalState = parts["journal"]
    own = {
        "clock": snapshot.clock_ms,
        "moved": world.clock.moved_ms,
        "ahead": world.clock.ahead_ms,
        "tokens": world.tokens.save(),
        "configuration": fake._settled.save(),
        "accounts": _Branch(
            {
                digests[key]: _account_out(state, digests[key], documents)
                for key, state in parts["accounts"].items()
            }
        ),
        "callbacks": _Branch(callbacks),
        "timeline": _Branch(next_order=next_order, planned=_Rows("planned", planned)),
        "faults": faults_state,
        "faults_given": fake.faults._given,
        "journal": _Branch(
            next_n=journal.next_n,
            calls=_Rows(
                "calls", [_call_out(r, faults, documents) for r in in_turns(journal.records)]
            ),
        ),
        "documents": documents.others,
    }
    rest = {name: part for name, part in parts.items() if name not in own and name != "loaded"}
    return _Branch(rest | own)


class _Documents:
    """The documents of all tasks by identity: what holds one too is written as its place."""

    def __init__(self, wires: Iterable[bytes]) -> None:
        self._places = {id(wire): place for place, wire in enumerate(wires)}
        self._count = len(self._places)
        self.others: list[bytes] = []

    def place_of(self, document: bytes) -> int | None:
        """Where a task's document stands that is this very object."""
        return self._places.get(id(document))

    def placed(self, document: bytes) -> int:
        """Where it stands, from now on at any rate."""
        place = self._places.get(id(document))
        if place is None:
            place = self._places[id(document)] = self._count + len(self.others)
            self.others.append(document)
        return place


def _account_out(state: dict[str, Any], digest: str, documents: _Documents) -> _Branch:
    out = _Branch(state, key=digest)
    for name, value in state.items():
        if isinstance(value, TableState):
            out[name] = _Rows("tasks", value.records)
        elif isinstance(value, IdempotencyKeys):
            out[name] = _Rows("remembered", [_kept_out(*e, documents) for e in value.items()])
    return out


def _kept_out(key: str, kept: Remembered, documents: _Documents) -> tuple[Any, ...]:
    place = documents.place_of(kept.body)
    return key, kept.at_ms, kept.request, kept.status, kept.body if place is None else place


def _call_out(
    record: RecordedRequest, faults: list[Fault], documents: _Documents
) -> tuple[Any, ...]:
    answer: Any = record._answer
    if isinstance(answer, Page):
        answer = tuple(documents.placed(document) for document in answer.docs), answer.rest
    key = record.api_key
    return (
        record.n,
        record.method,
        record.path,
        record.raw_query,
        {
            name: value
            for name, value in record.sent_headers().items()
            if name.lower() not in SECRET
        },
        record._body,
        None if key is None else str(digest_of(key)),
        record.at_ms,
        record.base,
        record.route,
        record.status,
        answer,
        faults.index(record.fault) if record.fault in faults else None,
        record.broken,
        list(record.notices),
        [(entry.name, entry.nearest) for entry in record.unread],
    )


def _messages(tree: _Branch) -> Iterator[tuple[bytes, bytes]]:
    header = {"format": FORMAT, "version": VERSION, "engine": __version__}
    yield HEADER, _encode(header)
    yield from _written([], tree)


def _written(path: list[str], value: Any) -> Iterator[tuple[bytes, bytes]]:
    place = CODE_IN.get(path[0], path[0]) if path else ""
    if isinstance(value, _Branch):
        if path:
            yield VALUE, pack([path, {}], place)
        for name, part in value.items():
            yield from _written([*path, name], part)
    elif isinstance(value, _Rows):
        yield VALUE, pack([path, []], place)
        for packed in TABLES[value.table].pack(value.things, place):
            yield ROWS, _encode((path, value.table, packed))
    elif isinstance(value, dict) and len(path) > 0:
        yield VALUE, pack([path, {}], place)
        for together in _together(pack(list(entry), place) for entry in value.items()):
            yield ENTRIES, _encode((path, together))
    elif isinstance(value, list):
        yield VALUE, pack([path, []], place)
        for together in _together(pack(item, place) for item in value):
            yield ITEMS, _encode((path, together))
    else:
        yield VALUE, pack([path, value], place)


def _together(packed: Iterable[bytes]) -> Iterator[list[bytes]]:
    several: list[bytes] = []
    size = 0
    for entry in packed:
        several.append(entry)
        size += len(entry)
        if size > MOST_TOGETHER:
            yield several
            several, size = [], 0
    if several:
        yield several


# -- in ---------------------------------------------------------------------------------------


def _read(rows: Iterable[bytes]) -> dict[str, Any]:
    """What was written, by name."""
    tree: dict[str, Any] = {}
    messages = opened(rows)
    try:
        first = next(messages, (b"", b""))
        _check_header(first)
        for kind, body in in_turns(messages):
            _take_in(tree, kind, body)
    except Damaged as error:
        if isinstance(error, StateError):
            raise
        raise _damaged(error) from error
    return tree


def _check_header(message: tuple[bytes, bytes]) -> None:
    kind, body = message
    header: Any = _decode(body) if kind == HEADER else {}
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise StateError("these rows are no state of scaleapi_testing; nothing was loaded")
    version = header["version"]
    if version > VERSION:
        raise StateError(
            f"the state was saved by scaleapi_testing {header.get('engine')} in format {version}, "
            f"and this one, {__version__}, reads up to {VERSION}; upgrade scaleapi_testing"
        )


def _take_in(tree: dict[str, Any], kind: bytes, body: bytes) -> None:
    if kind == VALUE:
        path, value = unpack(body)
        _at(tree, path[:-1])[path[-1]] = value
    elif kind == ROWS:
        path, table, packed = _decode(body)
        if table in TABLES:
            _at(tree, path).extend(TABLES[table].unpack(packed))
    elif kind == ENTRIES:
        path, together = _decode(body)
        _at(tree, path).update(unpack(entry) for entry in together)
    elif kind == ITEMS:
        path, together = _decode(body)
        _at(tree, path).extend(unpack(item) for item in together)
    else:
        raise ValueError(f"it holds a message of the unknown kind {kind!r}")


def _at(tree: dict[str, Any], path: list[str]) -> Any:
    place: Any = tree
    for name in path:
        place = place[name]
    return place


def _fill(fake: FakeScale, tree: dict[str, Any]) -> None:
    world = fake._world
    try:
        new = fake._alike()
        fresh = take(new).parts
        known_here = {account.digest: account.key for account in world.store.accounts.values()}
        states: dict[str, dict[str, Any]] = tree["accounts"]
        documents: list[bytes] = [
            saved[_WIRE] for state in states.values() for saved in state["tasks"]
        ]
        documents += tree["documents"]
        keys = {
            digest: known_here.get(digest) or KeyDigest(digest, is_test=state["is_test"])
            for digest, state in states.items()
        }
        accounts = {
            keys[digest]: _account_in(state, keys[digest], new, documents)
            for digest, state in states.items()
        }
        fresh_callbacks = fresh["callbacks"]
        callbacks = {**fresh_callbacks, **_known(tree["callbacks"], fresh_callbacks)}
        callbacks["targets"] = world.callbacks.save()["targets"]
        timeline = tree["timeline"]
        new.faults.from_state(tree["faults"])
        faults = list(new.faults)
        parts = {
            **fresh,
            **_known(tree, fresh),
            "accounts": accounts,
            "loaded": [digest for digest in states if digest not in known_here],
            "callbacks": callbacks,
            "timeline": (timeline["next_order"], timeline["planned"]),
            "faults": new.faults.snapshot(),
            "journal": JournalState(
                tree["journal"]["next_n"],
                tuple(_call_in(row, faults, documents) for row in tree["journal"]["calls"]),
            ),
        }
        snapshot = Snapshot(tree["clock"], parts)
        tokens = tree.get("tokens", [])
    except Damaged as error:
        raise _damaged(error) from error
    with world.lock:
        put_back(fake, snapshot)
        world.tokens.restore(tokens)
        fake.faults._given = max(fake.faults._given, tree.get("faults_given", 0))
        world.clock.moved_ms = tree.get("moved", 0)
        world.clock.ahead_ms = tree.get("ahead", 0)


def _account_in(
    state: dict[str, Any], key: str, new: FakeScale, documents: list[bytes]
) -> dict[str, Any]:
    """An account's attributes, as a snapshot holds them."""
    account = new._world.store.make(key, state["number"])
    fresh = vars(account)
    known = {**fresh, **_known(state, fresh), "key": key}
    known["tasks"] = TableState(state["tasks"])
    keys = IdempotencyKeys()
    for name, at_ms, request, status, body in state["idempotency"]:
        content = documents[body] if isinstance(body, int) else body
        keys.keep(name, Remembered(at_ms, request, status, content))
    known["idempotency"] = keys
    return known


def _call_in(row: tuple[Any, ...], faults: list[Fault], documents: list[bytes]) -> RecordedRequest:
    n, method, path, raw_query, headers, body, key, at_ms, base, route, status, answer, *rest = row
    fault, broken, notices, unread = rest
    digest = None if key is None else KeyDigest(key)
    record = RecordedRequest(n, method, path, raw_query, headers, b"", digest, at_ms, base)
    record._body = body
    record.finish(status, b"", None if fault is None else faults[fault], broken)
    if isinstance(answer, tuple):
        places, page_rest = answer
        answer = Page(tuple(documents[place] for place in places), page_rest)
    record._answer = answer
    record.route = route
    record.notices = list(notices)
    record.unread = [Unread(name, nearest) for name, nearest in unread]
    return record


def _known(saved: dict[str, Any], fresh: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in saved.items() if name in fresh}


def _as_new() -> dict[str, Any]:
    return settle(Configuration()).save()


def _damaged(error: BaseException) -> StateError:
    return StateError(
        f"the saved state does not hold together ({type(error).__name__}: {error}); nothing was "
        "loaded"
    )
