"""A fake's state as a file: versioned, human-readable JSON that is read whole or not at all.

JSON has no tuples, bytes or records, so these stand as objects with one key that begins with
``$``: ``{"$tuple": [...]}``, ``{"$bytes": "<base64>"}``, ``{"$BatchRecord": {...}}``. An object of
the user's own that has such a key stands as ``{"$dict": [[key, value], ...]}``.
"""

from __future__ import annotations

import base64
import dataclasses
import json
import re
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, quote_plus

from .._arguments import Settled, settle
from .._callbacks.delivery import Attempt, Delivery, Expected, Mail
from .._configuration import Configuration
from .._errors import BadDump
from .._http.kept_bodies import CutBody
from .._http.wire import encode, from_ms
from .._journal.journal import JournalState, RecordedRequest
from .._state.account import KeyDigest, digest_of
from .._state.batch import BatchRecord
from .._state.dataset import DatasetDeliveryRecord, DatasetRecord, DatasetTaskRecord
from .._state.delivery import DeliveryRecord, SchemaRecord
from .._state.file import FileRecord
from .._state.idempotency import IdempotencyKeys, Remembered
from .._state.project import ParamVersion, ProjectGroup, ProjectRecord, TaskTemplate
from .._state.quality_task import QualityTaskRecord
from .._state.task import SAVED, Plan
from .._state.task_table import TableState
from .._state.teammate import TeammateRecord
from .._time.frozen import aware_ms
from .._time.turns import in_turns
from .._world.labelers import Labelers
from ..policies import AfterPolls, Never, Outcome, Rule
from .quick_dump import parsed
from .snapshot import Snapshot, put_back, take
from .text import in_lines, sealed_text

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable
    from random import Random

    from .._fake import FakeScale

SHORTEST_KEY: Final = 6
"""Shorter keys are words of tests, which would be replaced wherever the word stands."""

MOST_PASSES: Final = 20

_IN_URLS: Final = (quote, partial(quote, safe=""), quote_plus)

LIKE_A_KEY: Final = {  # a table of patterns, never the state of a fake
    "live_": "live_[0-9A-Za-z]{20,}",
    "test_": "test_[0-9A-Za-z]{20,}",
}
"""How Scale writes keys (seen), by how they begin."""

FORMAT: Final = "scaleapi_testing dump"
VERSION: Final = 1

RECORDS: Final = {
    kind.__name__: kind
    for kind in (
        AfterPolls,
        Attempt,
        BatchRecord,
        CutBody,
        DatasetDeliveryRecord,
        DatasetRecord,
        DatasetTaskRecord,
        Delivery,
        DeliveryRecord,
        Expected,
        FileRecord,
        Labelers,
        Mail,
        Never,
        Outcome,
        ParamVersion,
        Plan,
        ProjectGroup,
        ProjectRecord,
        QualityTaskRecord,
        Remembered,
        Rule,
        SchemaRecord,
        TaskTemplate,
        TeammateRecord,
    )
}


def write(fake: FakeScale, path: str | os.PathLike[str]) -> None:
    """Write the state of ``fake`` to ``path``; the file appears whole."""
    store = fake._world.store
    with fake._world.lock:
        snapshot = take(fake)
        parts: dict[str, Any] = dict(snapshot.parts)
        parts["results"] = {uuid: store.result(uuid) for uuid in store.results}
        parts["faults"] = fake.faults.to_state()
    digests = {key: digest_of(key) for key in parts["accounts"] if key not in parts["loaded"]}
    parts["accounts"] = {
        digests.get(key, key): {**state, "key": digests.get(key, key)}
        for key, state in parts["accounts"].items()
    }
    parts["loaded"] = list(parts["accounts"])
    callbacks = dict(parts["callbacks"])
    # Targets are objects of this process; the loading test says its own.
    callbacks["targets"] = {}
    for shelf in ("deliveries", "lost"):
        for delivery in callbacks[shelf]:  # the snapshot's own
            delivery.account_key = digests.get(delivery.account_key, delivery.account_key)
    parts["callbacks"] = callbacks
    journal: JournalState = parts["journal"]
    parts["journal"] = {
        "next_n": journal.next_n,
        "records": list(journal.records),
    }
    document = {
        "format": FORMAT,
        "version": VERSION,
        "clock": from_ms(snapshot.clock_ms).isoformat(),
        "configuration": fake._settled.save(),
        "state": parts,
    }
    journal_keys = {record.api_key for record in journal.records if record.api_key}
    real_keys = [key for key in {*digests, *journal_keys} if not isinstance(key, KeyDigest)]
    hide = _without_keys(real_keys)
    target = Path(path)
    # Beside the target, so that putting it in place is one step of the file system.
    partial = target.with_name(target.name + ".partial")
    try:
        with partial.open("wb") as file:
            for part in sealed_text(hide(text) for text in in_turns(in_lines(document))):
                file.write(part)
        partial.replace(target)
    except OSError as error:
        # The user gave the name without the suffix.
        error.filename, error.filename2 = str(target), None
        partial.unlink(missing_ok=True)
        raise
    # An interrupt too: half a file must not be left lying.
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def _without_keys(known: Iterable[str]) -> Callable[[str], str]:
    """What puts a digest wherever a key stands, be it in a query, a body or a task's metadata.

    Args:
        known: keys that were used; what looks like one of Scale's own is replaced besides.
    """
    digests: dict[str, str] = {}
    for key in known:
        # A short key would be found inside of ordinary words.
        if len(key) >= SHORTEST_KEY:
            in_json = json.dumps(key)[1:-1]
            for written in (key, in_json, *(way(key, errors="replace") for way in _IN_URLS)):
                # As the file has it; a body that is JSON itself stands in it as a text.
                digests[json.dumps(written)[1:-1]] = digest_of(key)
    # The longest first: one key may begin as another does.
    forms = sorted(digests, key=len, reverse=True)

    def in_place_of(match: re.Match[str]) -> str:
        word = match.group()
        before = match.string[match.start() - 1] if match.start() else ""
        inside_a_word = before.isalnum() or before == "_"
        # Only whole words: a key may be the beginning of another one.
        return word if inside_a_word else digests.get(word) or digest_of(word)

    def hide(text: str) -> str:
        # A key at a time, for plain text is looked for many times faster than a pattern.
        patterns = [re.escape(form) for form in forms if form in text]
        # Many passes over the text cost more than one pattern of all.
        if len(patterns) > MOST_PASSES:
            patterns = ["|".join(patterns)]
        for form in [*patterns, *(form for begin, form in LIKE_A_KEY.items() if begin in text)]:
            text = re.sub(rf"(?:{form})(?![A-Za-z0-9_])", in_place_of, text)
        return text

    return hide


def read(
    path: str | os.PathLike[str],
    turnaround: Callable[[Any, Random], timedelta] | None,
    respond: dict[str, Any] | None,
) -> FakeScale:
    """A fake from what ``write`` wrote.

    Raises:
        BadDump: the file is newer, damaged, no dump, or needs a callable that is not given.
    """
    from .._fake import FakeScale

    content = Path(path).read_bytes()
    try:
        document: Any = parsed(content, _Reader(str(path), VERSION, None, {}).value)
    except (ValueError, RecursionError) as error:
        raise BadDump(
            f"{path} is no dump, or only a part of one: it is not JSON ({error})"
        ) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise BadDump(f'{path} is no dump of scaleapi_testing: it lacks "format": "{FORMAT}"')
    version = document.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise BadDump(f"{path} is damaged: its version is {version!r}, not a whole number from 1")
    if version > VERSION:
        raise BadDump(
            f"{path} has version {version}, this scaleapi reads up to {VERSION}; "
            "upgrade scaleapi, or dump it again with this one"
        )
    reader = _Reader(str(path), version, turnaround, respond or {})
    try:
        # By a fresh fake's values: the file has to have what this version has.
        saved: dict[str, Any] = {}
        for name, sample in settle(Configuration()).save().items():
            saved[name] = reader.value(document["configuration"][name], name)
            reader.check_type(name, saved[name], sample)
        fake = FakeScale._made_of(Settled.restored(saved))
        parts = reader.value(document["state"], "state")
        journal = parts["journal"]
        parts["journal"] = JournalState(
            journal["next_n"],
            tuple(
                RecordedRequest.from_state(record, record["key"] and KeyDigest(record["key"]))
                for record in in_turns(journal["records"])
            ),
        )
        parts["responses"] = {
            name: reader.response(name, value) for name, value in parts["responses"].items()
        }
        reader.check_shape(parts, take(fake).parts)
        faults = parts["faults"]
        # Put back afterwards, by a reader of their own that checks them as `add` does.
        parts["faults"] = fake.faults.snapshot()
        put_back(
            fake, Snapshot(aware_ms(datetime.fromisoformat(document["clock"]), "clock"), parts)
        )
        fake.faults.from_state(faults)
    except BadDump:
        raise
    except KeyError as error:
        raise BadDump(f"{path} (version {version}) is damaged: it lacks {error}") from error
    # A file that people edited may be wrong in any way; only our own words reach them.
    except (TypeError, ValueError, AttributeError, LookupError, ArithmeticError) as error:
        raise BadDump(
            f"{path} (version {version}) is damaged: {type(error).__name__}: {error}"
        ) from error
    return fake


class _Reader:
    """Turns what ``_out`` wrote into values again."""

    def __init__(
        self,
        path: str,
        version: int,
        turnaround: Callable[[Any, Random], timedelta] | None,
        respond: dict[str, Any],
    ) -> None:
        self._where = f"{path} (version {version})"
        self._turnaround = turnaround
        self._respond = respond

    def value(self, value: Any, place: str) -> Any:
        """The value that stands in the file."""
        if isinstance(value, list):
            return [self.value(item, place) for item in in_turns(value)]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            mark, inner = next(iter(value.items()))
            if mark.startswith("$"):
                return self._marked(mark[1:], inner, place)
        return {key: self.value(item, key) for key, item in value.items()}

    def _marked(self, mark: str, inner: Any, place: str) -> Any:
        if mark == "text":
            return inner.encode("ascii")
        if mark == "bytes":
            return base64.b64decode(inner, validate=True)
        if mark == "seconds":
            return timedelta(seconds=inner)
        if mark == "time":
            return datetime.fromisoformat(inner)
        if mark == "tuple":
            return tuple(self.value(item, place) for item in inner)
        if mark == "set":
            return set(inner)
        if mark == "frozenset":
            return frozenset(inner)
        if mark == "dict":
            return {self.value(key, place): self.value(item, place) for key, item in inner}
        if mark == "tasks":
            return self._tasks(inner)
        if mark == "IdempotencyKeys":
            keys = IdempotencyKeys()
            for key, kept in inner:
                keys.keep(key, self.value(kept, place))
            return keys
        if mark == "callable":
            return self._callable(inner, place)
        kind = RECORDS.get(mark)
        if kind is None:
            raise BadDump(f"{self._where} is damaged: it holds an unknown record {mark!r}")
        names = {entry.name for entry in dataclasses.fields(kind)}
        strange = sorted(set(inner) - names)
        if strange:
            raise BadDump(f"{self._where} is damaged: {mark} has no {strange[0]!r}")
        return kind(**{name: self.value(item, name) for name, item in inner.items()})

    def _tasks(self, entries: list[Any]) -> TableState:
        """The tasks of one account."""
        records: list[tuple[Any, ...]] = []
        for entry in entries:
            facts = {name: self.value(entry[name], name) for name in SAVED if name in entry}
            facts["wire"] = encode(entry["document"])
            records.append(tuple(facts[name] for name in SAVED))
        return TableState(records)

    def _callable(self, name: str, place: str) -> Any:
        if place in {"_turnaround", "policy"}:
            if self._turnaround is None:
                raise BadDump(
                    f"{self._where} needs the turnaround callable {name}: "
                    "FakeScale.load(path, turnaround=...)"
                )
            return self._turnaround
        return _Missing(name)

    def check_shape(self, parts: dict[str, Any], fresh: dict[str, Any]) -> None:
        """Refuse a part that is of another type than a fresh fake's.

        Raises:
            BadDump: naming the part.
            KeyError: a part is missing.
        """
        for name, sample in fresh.items():
            if name != "faults":
                self.check_type(name, parts[name], sample)

    def check_type(self, name: str, value: Any, sample: Any) -> None:
        """Refuse a value that is of another type than ``sample``, unless that is ``None``.

        Raises:
            BadDump: naming it.
        """
        if sample is not None and type(value) is not type(sample):
            raise BadDump(
                f"{self._where} is damaged: {name} is {type(value).__name__}, "
                f"not {type(sample).__name__}"
            )

    def response(self, task_type: str, value: Any) -> Any:
        """What ``respond`` was given for a type; a callable must be given again."""
        if not isinstance(value, _Missing):
            return value
        answer = self._respond.get(task_type)
        if answer is None:
            raise BadDump(
                f"{self._where} needs the respond callable {value.name} for {task_type}: "
                f"FakeScale.load(path, respond={{{task_type!r}: ...}})"
            )
        return answer


@dataclasses.dataclass(frozen=True, slots=True)
class _Missing:
    name: str
