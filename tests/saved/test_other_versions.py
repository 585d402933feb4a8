"""Rows of another version: what is not known is left out, what is missing is as in a new fake."""

from __future__ import annotations

import pytest
from msgspec.msgpack import Ext, decode, encode

from scaleapi_testing import FakeScale, policies
from scaleapi_testing._journal.journal import RecordedRequest
from scaleapi_testing._saved.binary import ROWS, VALUE, fake_from, rows_of
from scaleapi_testing._saved.packed import RECORD, pack, unpack
from scaleapi_testing._saved.rows import opened, sealed
from scaleapi_testing._saved.tables import CALLS, DELIVERIES, TASKS, Column, Table
from scaleapi_testing._state.batch import BatchRecord
from scaleapi_testing._state.task import SAVED


@pytest.fixture
def fake():
    fake = FakeScale(seed=3)
    client = fake.client("live_one")
    client.create_project(project_name="p", task_type="categorization")
    client.create_task("categorization", attachment="a", attachment_type="text", categories=["a"])
    fake.turnaround(policies.never)
    return fake


def without(fake, *paths):
    """The rows of a state, some parts left out of them."""
    messages = [
        (kind, body)
        for kind, body in opened(rows_of(fake))
        if kind != VALUE or unpack(body)[0] not in [list(path) for path in paths]
    ]
    return sealed(messages)


def test_parts_and_attributes_that_are_missing_are_as_in_a_new_fake(fake):
    rows = without(
        fake, ["forms"], ["counter"], ["accounts", fake.account("live_one").digest, "rapid"]
    )

    other = fake_from(rows)

    assert other._world._counter == 0
    assert other.account("live_one").rapid is True
    assert len(other.tasks) == 1


def test_parts_and_attributes_that_are_not_known_are_left_out(fake):
    account = fake.account("live_one").digest
    messages = list(opened(rows_of(fake)))
    later = [
        (VALUE, pack([["mood"], "good"], "")),
        (VALUE, pack([["accounts", account, "mood"], "good"], "")),
        (VALUE, pack([["callbacks", "mood"], "good"], "")),
        (VALUE, pack([["moods"], []], "")),
        (ROWS, encode((["moods"], "moods", b""))),
    ]

    other = fake_from(sealed([*messages, *later]))

    assert not hasattr(other.account("live_one"), "mood")
    assert [task.as_dict() for task in other.tasks] == [task.as_dict() for task in fake.tasks]


def test_a_field_that_is_not_known_is_left_out_and_a_missing_one_has_its_default():
    batch = BatchRecord("1", "b", "p", "staging", None, 5, {}, False, False, False, False, 1, 0)
    name, fields = decode(decode(pack(batch, "")).data)
    del fields["priority"]

    packed = encode(Ext(RECORD, encode([name, {**fields, "mood": "good"}])))

    assert unpack(packed) == batch


def test_columns_are_found_by_their_names():
    older = Table({"b": Column(str), "a": Column(int)}, lambda row: row, lambda row: row)
    newer = Table(
        {"a": Column(int), "c": Column(bool, default=True), "b": Column(str)},
        lambda row: row,
        lambda row: row,
    )

    (packed,) = older.pack([("x", 2**70), ("\ud800", 1)], "")
    (quick,) = older.pack([("x", 7)], "")
    (back,) = newer.pack([(7, False, "x")], "")

    assert newer.unpack(packed) == [(2**70, True, "x"), (1, True, "\ud800")]
    assert newer.unpack(quick) == [(7, True, "x")]
    assert older.unpack(back) == [("x", 7)]
    with pytest.raises(KeyError, match="'a'"):
        older.unpack(next(Table({"b": Column(str)}, tuple, tuple).pack([("x",)], "")))


def test_every_attribute_of_what_stands_in_tables_has_a_column(fake):
    # Calls that no log holds stand in no state; headers are kept in two parts.
    slots = set(RecordedRequest.__slots__) - {"own", "_header_values"}

    assert tuple(TASKS.columns) == SAVED
    assert len(CALLS.columns) == len(slots)
    assert set(DELIVERIES.columns) == {
        "event", "task_id", "batch", "url", "body", "headers", "answer", "number", "account_key",
        "cut", "attempts",
    }  # fmt: skip
