"""The whole state: kept, put back, compared, forgotten, written and read."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from .._errors import BadDump
from .._messages import described
from .._recorded.exports import LISTS
from .clock import shown as shown_clock
from .kinds import ANYTHING, OBJECT, TEXT
from .operation import Argument, control
from .shown import account_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._fake import FakeScale
    from .._messages import JSON
    from .._saved.snapshot import Change, Snapshot

KEPT: Final = 100
"""How many snapshots of a world the server keeps; the oldest leave first."""

THE_DUMP: Final = "the dump"
"""What messages call what ``load`` was given."""

DUMP: Final = OBJECT.within(
    required=["format", "version", "configuration", "state", "clock"],
    properties={"format": {"const": "scaleapi_testing dump"}, "version": {"type": "integer"}},
)

_TEXT: Final = {"type": "string", "minLength": 1}
_ONE: Final = {
    "anyOf": [
        {
            "type": "object",
            "required": ["task_id", "type", "status", "created_at"],
            "properties": dict.fromkeys(("task_id", "type", "status", "created_at"), _TEXT),
        },
        *({"type": "object", "required": [name]} for name in ("task", *LISTS)),
    ]
}
TASKS: Final = ANYTHING.within(anyOf=[_ONE, {"type": "array", "items": _ONE}])

SNAPSHOT: Final[Mapping[str, Any]] = {
    "type": "object",
    "required": ["snapshot", "clock_ms", "tasks"],
    "properties": {
        "snapshot": {"type": "string", "description": "its name, for restore and diff"},
        "clock_ms": {"type": "integer"},
        "tasks": {"type": "integer"},
    },
}
NAME: Final = Argument("snapshot", TEXT, "its name, as snapshot answers it", required=True)


@control("snapshot", gives=SNAPSHOT)
def snapshot(fake: FakeScale) -> JSON:
    """Keep the whole state under a name, in the server's memory."""
    snapshot = fake.snapshot()
    # Beyond the highest, not by count: names of those that left are not used again.
    numbers = [int(name[1:]) for name in fake.kept_snapshots]
    name = f"s{max(numbers, default=0) + 1}"
    fake.kept_snapshots[name] = snapshot
    while len(fake.kept_snapshots) > KEPT:
        # The oldest goes: a dict keeps the order in which they were taken.
        del fake.kept_snapshots[next(iter(fake.kept_snapshots))]
    return {"snapshot": name, "clock_ms": snapshot.clock_ms, "tasks": snapshot.tasks}


@control("restore", NAME, gives={"type": "object"})
def restore(fake: FakeScale, snapshot: str) -> JSON:
    """Put a state back that `snapshot` kept."""
    fake.restore(_kept(fake, snapshot))
    return shown_clock(fake.clock)


@control("diff", NAME, method="GET", gives={"type": "object", "required": ["text"]})
def diff(fake: FakeScale, snapshot: str) -> JSON:
    """What was added, changed and gone since a snapshot."""
    difference = fake.diff(_kept(fake, snapshot))
    return {
        "added": [_change(change) for change in difference.added],
        "changed": [_change(change) for change in difference.changed],
        "gone": [_change(change) for change in difference.gone],
        "clock_before": difference.clock_before,
        "clock_after": difference.clock_after,
        "text": str(difference),
    }


@control("reset", gives={"type": "object"})
def reset(fake: FakeScale) -> JSON:
    """Back to the state right after construction: everything is forgotten."""
    fake.reset()
    return shown_clock(fake.clock)


@control("dump", method="GET", gives={"type": "object", "required": ["format", "version"]})
def dump(fake: FakeScale) -> JSON:
    """The whole state as human-readable JSON; API keys stand in it as digests."""
    # Through a file: a dump over the wire and one on disk are then the same by construction.
    with TemporaryDirectory() as folder:
        path = Path(folder) / "dump.json"
        fake.dump(path)
        document: JSON = json.loads(path.read_bytes())
    return document


@control(
    "load",
    Argument("dump", DUMP, "what dump answered", required=True),
    gives={"type": "object"},
)
def load(fake: FakeScale, dump: dict[str, Any]) -> JSON:
    """Put the state of a dump in place of this one."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "dump.json"
        # Back through a file, so that one reader checks both kinds of dump.
        path.write_text(json.dumps(dump), encoding="utf-8")
        try:
            loaded = type(fake).load(path)
        except BadDump as error:
            # The path is a temporary one of the server, which tells the caller nothing.
            raise BadDump(str(error).replace(str(path), THE_DUMP)) from None
    # In place: the world keeps its name, its address and who listens to it.
    fake.restore(loaded.snapshot())
    return shown_clock(fake.clock)


@control(
    "load_tasks",
    Argument("tasks", TASKS, "tasks, or pages of them, as Scale answers them", required=True),
    Argument("project", TEXT, "the project that all of them are put into"),
    Argument("api_key", TEXT, "whose they are; the default account's without it"),
    Argument(
        "on_conflict",
        TEXT.within(enum=["refuse", "skip", "replace"]).unchecked,
        "refuse, skip or replace",
    ),
    gives={"type": "object", "required": ["tasks", "text"]},
)
def load_tasks(fake: FakeScale, tasks: Any, api_key: str | None = None, **how: Any) -> JSON:
    """Put tasks in that real Scale answered once, as they are."""
    # In Python a text is a path; whoever calls a server has no business with the server's files.
    for item in tasks if isinstance(tasks, list) else [tasks]:
        if isinstance(item, str):
            raise TypeError(
                "load_tasks takes tasks, or pages of them, as JSON values; the server opens no "
                f"file: send what {described(item)} holds"
            )
    key = None if api_key is None else account_key(fake, api_key)
    loaded = fake.load_tasks(tasks, api_key=key, **how)
    return {
        "tasks": [view.id for view in loaded],
        "types": loaded.types,
        "statuses": loaded.statuses,
        "account": loaded.account,
        "projects": list(loaded.projects),
        "batches": list(loaded.batches),
        "skipped": list(loaded.skipped),
        "replaced": list(loaded.replaced),
        "clock_before": loaded.clock_before.isoformat(),
        "clock_after": loaded.clock_after.isoformat(),
        "notices": list(loaded.notices),
        "text": str(loaded),
    }


def _kept(fake: FakeScale, name: str) -> Snapshot:
    snapshot = fake.kept_snapshots.get(name)
    if snapshot is None:
        names = ", ".join(fake.kept_snapshots) or "none"
        raise LookupError(
            f"no snapshot {name!r:.60} in this world, which keeps {names}; the newest {KEPT} are "
            "kept, in the server's memory"
        )
    return snapshot


def _change(change: Change) -> JSON:
    return {
        "kind": change.kind,
        "id": change.id,
        "account": change.account,
        "fields": {
            name: [_plain(before), _plain(after)] for name, (before, after) in change.fields.items()
        },
    }


def _plain(value: Any) -> JSON:
    try:
        # A change may hold values that only Python has; those are for people to read.
        json.dumps(value)
    except (TypeError, ValueError):
        return repr(value)
    return value
