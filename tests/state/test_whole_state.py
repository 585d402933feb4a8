"""No attribute of anything that a fake remembers is forgotten by a snapshot, dump or checkpoint."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from scaleapi_testing import FakeScale, policies
from scaleapi_testing._saved.binary import fake_from, rows_of

_spec = spec_from_file_location("whole_state", Path(__file__).with_name("whole_state.py"))
whole_state = module_from_spec(_spec)
_spec.loader.exec_module(whole_state)

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PARAMS = {"attachment": "a", "attachment_type": "text", "categories": ["a", "b"]}
HOOK = "https://h.example.com/cb"

SHARED = {"Fault", "RateLimit"}
"""Descriptions that nobody changes: a snapshot shares them, and keeps what is spent of them."""

SPENT = {"Fault.hits", "RateLimit.hits"}

TOGETHER = {
    "Account.key", "IdempotencyKeys._made", "IdempotencyKeys._order",
    "TaskTable._records", "TaskTable._by_unique_id", "TaskRecord.unique_id",
    "Timeline._heap", "Timeline._by_payload", "Planned.kind", "Planned.payload", "Planned.dropped",
    "_Countdown.value",  # of reorder(), which has none
}  # fmt: skip
"""Two views of the same things: one of them changed alone is no state that could be restored."""

DERIVED = {
    # A file says these once, in the records that they follow from.
    "Account.digest": "of the key, in whose place it stands",
    "Fault.pattern": "of its method and path",
    "IdempotencyKeys._order": "the keys once more",
    "TaskRecord.seq": "the place in the table",
    "TaskRecord.wire": "stands there as a document, which a blank more does not change",
    "TaskTable._by_unique_id": "an index",
    "TaskTable._indexes": "an index",
    "Timeline._by_payload": "an index",
    "_Countdown.value": "of reorder(), which has none",
    # These are of this process.
    "Callbacks._targets": "code, which no file can hold: give it again",
    "Fault.told": "whether a test of this run has heard of it",
}

DERIVED_FROM_ROWS = DERIVED.keys() - {"TaskRecord.wire"} | {"TaskRecord.seq"}
"""As of a dump; but documents stand in rows byte for byte."""

OF_A_LIMIT = {"RateLimit.requests", "RateLimit.per", "RateLimit.hits"}
"""The other attributes of a limit are those of any fault, and always the same."""


@pytest.fixture(scope="module")
def fake():
    """A fake in which every class that remembers something has an object."""
    fake = FakeScale(seed=3, start_time=NOON)
    client = fake.client()
    client.create_project(project_name="p", task_type="categorization")
    client.create_batch(project="p", batch_name="b", callback=HOOK)
    client.upload_file(file=b"x", project_name="p")
    client.invite_teammates(["ann@example.com"], "labeler")
    boxes = {"geometries": {"box": {"objects_to_annotate": ["car"]}}}
    client.create_project(
        project_name="cars", task_type="imageannotation", rapid=True, params=boxes
    )
    client.create_training_task(
        "imageannotation",
        project="cars",
        attachment="https://img.example.com/1.png",
        unique_id="q",
        expected_response={"annotations": []},
    )
    fake.turnaround([policies.error("blurry"), policies.completed()], project="p")
    fake.respond("categorization", {"category": "b"})
    fake.attachments.describe("https://img.example.com/a.png", width=10)
    schema = fake.publish_schema({"type": "object"}, name="s")
    fake.complete(client.create_task("categorization", project="p", **PARAMS))
    fake.deliver("p", name="d", schema=schema)
    fake.add_dataset("set", [({}, {"a": b"x"})])
    tasks = [
        client.create_task("categorization", callback_url=url, **PARAMS)
        for url in (HOOK, "ann@example.com", HOOK)
    ]
    client.create_task("categorization", unique_id="u", batch="b", tags=["x"], **PARAMS)
    fake.account().disabled_task_types.add("comparison")
    fake.callbacks.fail_next(times=2)
    fake.callbacks.delay(timedelta(1), times=3)
    for task in tasks[:2]:
        fake.complete(task)
    fake.callbacks.reorder(times=2)
    fake.complete(tasks[2])
    fake.callbacks.before_reply()
    fake.faults.add(status=503, times=2)
    fake.faults.rate_limit(requests=50, per=timedelta(minutes=1))
    return fake


def state_of(fake):
    return whole_state.tree(fake, set())


def loaded(fake, path):
    fake.dump(path)
    return state_of(FakeScale.load(path))


def with_another_value(place, ask):
    """What ``ask`` gives while one attribute has another value.

    Nonsense may stand where it stumbles over it: what it stumbles over it has not forgotten.
    """
    owner, name = place
    before = getattr(owner, name)
    object.__setattr__(owner, name, whole_state.other_than(before))
    try:
        return ask()
    except Exception as error:  # noqa: BLE001 - see above
        return error
    finally:
        object.__setattr__(owner, name, before)


def outlives_a_restore(fake, attribute):
    """Whether one attribute, changed after a snapshot, is still changed when that is restored."""
    before, snapshot = state_of(fake), fake.snapshot()
    owner, name = whole_state.changeable(fake)[attribute]
    object.__setattr__(owner, name, whole_state.other_than(getattr(owner, name)))
    return restored(fake, snapshot) != before


def is_forgotten_by_a_snapshot(fake, attribute):
    """Whether a state with one attribute changed is restored without the change."""
    place = whole_state.changeable(fake)[attribute]
    taken = with_another_value(place, lambda: (fake.snapshot(), state_of(fake)))
    return not isinstance(taken, Exception) and restored(fake, taken[0]) != taken[1]


def restored(fake, snapshot):
    fake.restore(snapshot)
    return state_of(fake)


@pytest.fixture
def asked(fake):
    """Every attribute that a snapshot must keep."""
    fake.restore(fake.snapshot())
    attributes = [
        attribute
        for attribute in whole_state.changeable(fake)
        if attribute.partition(".")[0] not in SHARED or attribute in SPENT
    ]
    assert len(attributes) > 150
    return attributes


def those_of(fake, attributes, is_wrong):
    """Of the attributes those of which it is true, each asked of the same state."""
    whole = fake.snapshot()
    wrong = []
    for attribute in attributes:
        if is_wrong(fake, attribute):
            wrong.append(attribute)
        fake.restore(whole)
    return wrong


def test_a_restore_takes_back_every_attribute(fake, asked):
    left = those_of(fake, asked, outlives_a_restore)

    assert left == [], "a restore leaves these changed, or list why it may: LEFT_OUT"


def test_a_snapshot_holds_every_attribute(fake, asked):
    alone = [attribute for attribute in asked if attribute not in TOGETHER]

    forgotten = those_of(fake, alone, is_forgotten_by_a_snapshot)

    assert forgotten == [], "a snapshot forgets these, or list why it may: LEFT_OUT"


@pytest.mark.slow
def test_a_dump_holds_every_attribute(fake, tmp_path):
    path = tmp_path / "state.json"
    state = loaded(fake, path)
    asked = {
        attribute: place
        for attribute, place in whole_state.changeable(fake).items()
        if attribute not in DERIVED
        and (attribute.partition(".")[0] != "RateLimit" or attribute in OF_A_LIMIT)
    }

    forgotten = [
        attribute
        for attribute, place in asked.items()
        if with_another_value(place, lambda: loaded(fake, path)) == state
    ]

    assert len(asked) > 150
    assert forgotten == [], "a dump forgets these, or list why it may: LEFT_OUT, DERIVED"


@pytest.mark.slow
def test_rows_hold_every_attribute(fake):
    state = state_of(fake_from(rows_of(fake)))
    asked = {
        attribute: place
        for attribute, place in whole_state.changeable(fake).items()
        if attribute not in DERIVED_FROM_ROWS
        and (attribute.partition(".")[0] != "RateLimit" or attribute in OF_A_LIMIT)
    }

    forgotten = [
        attribute
        for attribute, place in asked.items()
        if with_another_value(place, lambda: state_of(fake_from(rows_of(fake)))) == state
    ]

    assert len(asked) > 150
    assert forgotten == [], "rows forget these, or list why they may: LEFT_OUT, DERIVED"
