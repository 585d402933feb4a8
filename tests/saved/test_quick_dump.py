"""A dump that nobody changed is read in one go, to the same state as entry by entry."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from scaleapi_testing import FakeScale, policies
from scaleapi_testing._saved import quick_dump
from scaleapi_testing._saved.text import is_sealed
from scaleapi_testing._state.task import SAVED
from scaleapi_testing._state.task_table import TableState

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOOK = "https://h.example.com/cb"
PARAMS = {"attachment": "a", "attachment_type": "text", "categories": ["a", "b"]}


@pytest.fixture
def fake():
    """Of everything that is read in one go something, with and without what is seldom there."""
    fake = FakeScale(seed=2**70, start_time=NOON, journal_max_bytes=6_000)
    client = fake.client()
    client.create_task("categorization", callback_url=HOOK, **PARAMS)
    fake.turnaround([policies.completed(timedelta(hours=1), {"category": "x", "$tuple": [1]})])
    client.create_task(
        "categorization", unique_id="\u00fc", tags=["b", "a"], callback_url=HOOK, **PARAMS
    )
    fake.callbacks.fail_next(times=1)
    fake.complete(fake.tasks[0])
    client.upload_file(
        file=b"\x00\xff",
        project_name=client.create_project(project_name="p", task_type="categorization").name,
    )
    return fake


def unsealed(path):
    """The same file, with one space more where nobody minds it."""
    other = path.with_name("unsealed.json")
    other.write_bytes(path.read_bytes().replace(b'"format":', b'"format" :', 1))
    return other


def test_both_ways_give_the_same_state(fake, tmp_path):
    path = tmp_path / "state.json"
    fake.dump(path)

    FakeScale.load(path).dump(tmp_path / "quick.json")
    FakeScale.load(unsealed(path)).dump(tmp_path / "slow.json")

    assert (tmp_path / "quick.json").read_text() == path.read_text()
    assert (tmp_path / "slow.json").read_text() == path.read_text()


def test_tasks_of_a_file_that_nobody_changed_are_not_decoded(fake, tmp_path):
    fake.dump(tmp_path / "state.json")
    sealed = (tmp_path / "state.json").read_bytes()
    changed = unsealed(tmp_path / "state.json").read_bytes()

    (quick,) = quick_dump.parsed(sealed, lambda value, _: value)["state"]["accounts"].values()
    (slow,) = quick_dump.parsed(changed, lambda value, _: value)["state"]["accounts"].values()

    assert isinstance(quick["tasks"], TableState)
    assert isinstance(slow["tasks"], dict)


def test_a_text_that_is_no_unicode_is_read_all_the_same(fake, tmp_path):
    fake.client().create_task("categorization", unique_id="\ud800", **PARAMS)
    fake.dump(tmp_path / "state.json")

    loaded = FakeScale.load(tmp_path / "state.json")

    assert loaded.tasks[-1].unique_id == "\ud800"
    assert is_sealed((tmp_path / "state.json").read_bytes())


def test_a_document_that_was_changed_by_hand_is_kept_as_scale_would_send_it(fake, tmp_path):
    path = tmp_path / "state.json"
    fake.dump(path)
    document = json.loads(path.read_text())
    (account,) = document["state"]["accounts"].values()
    account["tasks"]["$tasks"][0]["document"]["instruction"] = "an \u00fc"
    path.write_text(json.dumps(document, indent=3, ensure_ascii=False), encoding="utf-8")

    loaded = FakeScale.load(path)

    assert loaded.tasks[0].instruction == "an \u00fc"
    assert b'"instruction":"an \\u00fc"' in loaded.account().tasks.records[0].wire


def test_each_task_stands_on_a_line_of_its_own(fake, tmp_path):
    fake.dump(tmp_path / "state.json")
    lines = (tmp_path / "state.json").read_text().splitlines()

    assert [line for line in lines if '"document": {' in line] == [
        line for line in lines if '"task_id":' in line and line.startswith('     {"attempt"')
    ]
    assert len([line for line in lines if '"document": {' in line]) == 2


def test_every_attribute_of_a_task_is_read_in_one_go():
    assert set(quick_dump._Task.__struct_fields__) == {*SAVED, "document"} - {"wire"}
