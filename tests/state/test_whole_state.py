"""No attribute of anything that a fake remembers is forgotten by a snapshot or by a dump."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from scaleapi_testing import BadDump, FakeScale, policies

_spec = spec_from_file_location("whole_state", Path(__file__).with_name("whole_state.py"))
whole_state = module_from_spec(_spec)
_spec.loader.exec_module(whole_state)

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PARAMS = {"attachment": "a", "attachment_type": "text", "categories": ["a", "b"]}
HOOK = "https://h.example.com/cb"

DERIVED = {
    # A file says these once, in the records that they follow from.
    "Journal._held": "the size of the calls",
    "Journal._large": "the calls that are large",
    "Journal._small": "the calls that are small",
    "TaskTable._by_unique_id": "an index",
    "TaskTable._indexes": "an index",
    "TaskRecord.seq": "the place in the table",
    "Account.digest": "of the key; stands in the file in its place",
    "Callbacks._targets": "code, which no file can hold: give it again",
    "Fault.when": "code; a dump with it is refused",
    "RateLimit.when": "code; a dump with it is refused",
}

IMMUTABLE = {"Fault", "RateLimit"}
"""Descriptions that nobody changes, which a snapshot shares; what is spent of them is kept."""

SPENT = {"Fault.hits", "Fault.told", "RateLimit.hits"}


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


def load_with(fake, place, path):
    """What is loaded after one attribute was changed; a file that is refused was read at least."""
    owner, name = place
    before = getattr(owner, name)
    object.__setattr__(owner, name, whole_state.other_than(before))
    try:
        return loaded(fake, path)
    except (BadDump, ValueError) as error:
        return str(error)
    finally:
        object.__setattr__(owner, name, before)


def restored_after(fake, place, snapshot):
    """The state that a restore gives back after one attribute was changed."""
    owner, name = place
    before = getattr(owner, name)
    object.__setattr__(owner, name, whole_state.other_than(before))
    fake.restore(snapshot)
    state = state_of(fake)
    object.__setattr__(owner, name, before)
    fake.restore(snapshot)
    return state


def test_a_restore_brings_back_every_attribute(fake):
    snapshot = fake.snapshot()
    fake.restore(snapshot)
    state = state_of(fake)
    asked = {
        attribute: place
        for attribute, place in whole_state.changeable(fake).items()
        if attribute.partition(".")[0] not in IMMUTABLE or attribute in SPENT
    }

    forgotten = [
        attribute
        for attribute, place in asked.items()
        if restored_after(fake, place, snapshot) != state
    ]

    assert len(asked) > 150
    assert forgotten == [], "a snapshot forgets these, or list why it need not: LEFT_OUT"


def test_a_dump_holds_every_attribute(fake, tmp_path):
    path = tmp_path / "state.json"
    fake.callbacks._targets.clear()
    state = loaded(fake, path)
    asked = {
        attribute: place
        for attribute, place in whole_state.changeable(fake).items()
        if attribute not in DERIVED
    }

    forgotten = [
        attribute for attribute, place in asked.items() if load_with(fake, place, path) == state
    ]

    assert len(asked) > 150
    assert forgotten == [], "a dump forgets these, or list why it need not: LEFT_OUT, DERIVED"
