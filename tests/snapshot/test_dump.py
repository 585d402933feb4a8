"""A fake's state as a file: read whole or not at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
import requests

from scaleapi.exceptions import ScaleServiceUnavailable
from scaleapi_testing import BadDump, FakeScale, policies

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PARAMS = {"attachment": "a", "attachment_type": "text", "categories": ["a", "b"]}
FORMAT = "scaleapi_testing dump"
KEY = "live_very_secret_key"


@pytest.fixture
def fake():
    fake = FakeScale(seed=3, start_time=NOON, turnaround=timedelta(hours=2))
    client = fake.client(KEY)
    params = {"a": [1, {"$x": 2}]}
    client.create_project(project_name="p", task_type="categorization", params=params)
    client.create_batch(project="p", batch_name="b")
    client.upload_file(file=b"\x00\xff", project_name="p")
    fake.turnaround([policies.error("blurry"), policies.completed()], project="p")
    fake.respond("categorization", {"category": "b"})
    client.create_task("categorization", batch="b", unique_id="ü", metadata={"$tuple": 1}, **PARAMS)
    client.create_task("categorization", callback_url="https://h.example.com/cb", **PARAMS)
    fake.callbacks.fail_next(times=2)
    fake.complete(fake.tasks[1])
    fake.faults.add(status=503, times=2, path="/v1/task/*/cancel")
    fake.faults.rate_limit(requests=50, per=timedelta(minutes=1))
    return fake


def visible(fake):
    return (
        fake.clock.now(),
        [task.as_dict() for task in fake.tasks],
        [batch.as_dict() for batch in fake.batches],
        [project.as_dict() for project in fake.projects],
        [(file.as_dict(), file.content) for file in fake.files],
        fake.timeline.pending(),
        [repr(fault) for fault in fake.faults],
        [(r.n, r.method, r.path, r.status, r.at, r.body) for r in fake.requests],
        [(repr(delivery), delivery.body) for delivery in fake.callbacks],
    )


def test_what_was_dumped_is_loaded_and_goes_on_the_same_way(fake, tmp_path):
    path = tmp_path / "state.json"

    fake.dump(path)
    loaded = FakeScale.load(path)

    assert visible(loaded) == visible(fake)
    for one in (fake, loaded):
        one.clock.run_until_idle()
        one.client(KEY).create_task("categorization", batch="b", **PARAMS)
    assert visible(loaded) == visible(fake)


def test_keys_stand_in_it_as_digests_and_work_again(fake, tmp_path):
    path = tmp_path / "state.json"

    fake.dump(path)
    loaded = FakeScale.load(path)

    assert KEY not in path.read_text()
    assert loaded.client(KEY).get_tasks_count(project_name="p") == 1
    assert loaded.account(KEY).callback_auth_key == fake.account(KEY).callback_auth_key
    assert loaded.client("live_other").get_tasks_count(project_name="p") == 0


@pytest.mark.parametrize("key", ["live_abc", "live mine/7", "live_\u00fc\u00df\u0144", 'live_"a"'])
def test_a_key_sent_elsewhere_than_in_its_header_stands_nowhere_in_it(tmp_path, key):
    fake = FakeScale()
    client = fake.client("live_other_one")
    fake.account(key)
    client.create_task(
        "categorization",
        attachment="a",
        attachment_type="text",
        categories=["a"],
        metadata={"who": key},
        instruction=f"call with {key}, please",
    )
    with fake:
        requests.get(f"https://api.scale.com/v1/tasks?api_key={quote(key)}")

    fake.dump(tmp_path / "state.json")

    text = (tmp_path / "state.json").read_text()
    assert key not in text
    assert quote(key) not in text
    assert json.dumps(key)[1:-1] not in text
    assert json.dumps(json.dumps(key)[1:-1])[1:-1] not in text  # as in a body, which is JSON itself
    assert FakeScale.load(tmp_path / "state.json").requests.last.path == "/v1/tasks"


def test_a_key_that_was_never_let_in_stands_nowhere_in_it(tmp_path):
    fake = FakeScale(api_keys=["live_mine"])
    query = "api_key=live_0123456789abcdef0123456789abcdef"
    with fake:
        requests.get(f"https://api.scale.com/v1/tasks?{query}")

    fake.dump(tmp_path / "state.json")

    assert "0123456789abcdef" not in (tmp_path / "state.json").read_text()


def test_a_loaded_account_takes_its_key_when_that_is_used(fake, tmp_path):
    fake.dump(tmp_path / "first.json")
    loaded = FakeScale.load(tmp_path / "first.json")
    digest = loaded.account(KEY).digest

    loaded.client(KEY).create_task("categorization", **PARAMS)
    loaded.dump(tmp_path / "second.json")

    assert loaded.account(KEY).key == KEY != digest
    assert loaded.account(KEY).is_test is False
    assert repr(loaded.account(KEY)) == repr(fake.account(KEY))
    assert digest in (tmp_path / "second.json").read_text()
    assert len(list(FakeScale.load(tmp_path / "second.json").client(KEY).tasks())) == 3


@pytest.mark.slow
def test_sets_stand_in_it_in_the_same_order_in_every_process(tmp_path):
    code = (
        "import sys\n"
        "from datetime import UTC, datetime\n"
        "from scaleapi_testing import FakeScale\n"
        "fake = FakeScale(start_time=datetime(2026, 3, 2, tzinfo=UTC))\n"
        "fake.account().disabled_task_types |= {'chat', 'comparison', 'transcription', 'lines'}\n"
        "fake.dump(sys.argv[1])\n"
    )

    for seed in ("1", "2", "3"):
        subprocess.run(
            [sys.executable, "-c", code, tmp_path / seed],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
        )

    assert len({(tmp_path / seed).read_bytes() for seed in ("1", "2", "3")}) == 1


def test_the_keys_let_in_are_kept(tmp_path):
    FakeScale(api_keys=["live_a"]).dump(tmp_path / "d")

    loaded = FakeScale.load(tmp_path / "d")

    assert loaded.account("live_a").key == "live_a"
    with pytest.raises(ValueError, match="not among api_keys="):
        loaded.account("live_b")


def test_a_dump_leaves_one_file_also_where_there_was_one(fake, tmp_path):
    path = tmp_path / "state.json"
    path.write_text("old")

    fake.dump(path)

    assert [file.name for file in tmp_path.iterdir()] == ["state.json"]
    assert FakeScale.load(path).clock.now() == fake.clock.now()


def test_it_is_readable_json_with_a_version(fake, tmp_path):
    path = tmp_path / "state.json"
    fake.dump(path)

    document = json.loads(path.read_text())

    assert document["version"] == 1
    assert document["clock"] == "2026-03-02T12:00:00+00:00"
    (account,) = document["state"]["accounts"].values()
    assert account["tasks"]["$tasks"][0]["document"]["unique_id"] == "ü"


def test_callables_must_be_given_again(tmp_path):
    fake = FakeScale(start_time=NOON, turnaround=lambda task, random: timedelta(hours=1))
    fake.respond("categorization", lambda task, random: {"category": "a"})
    fake.client().create_task("categorization", **PARAMS)
    fake.dump(tmp_path / "d")

    def turnaround(task, random):
        return timedelta(hours=3)

    with pytest.raises(BadDump, match="needs the turnaround callable "):
        FakeScale.load(tmp_path / "d")
    with pytest.raises(BadDump, match="needs the respond callable "):
        FakeScale.load(tmp_path / "d", turnaround=turnaround)
    loaded = FakeScale.load(
        tmp_path / "d",
        turnaround=turnaround,
        respond={"categorization": lambda task, random: {"category": "b"}},
    )
    loaded.client().create_task("categorization", **PARAMS)
    loaded.clock.advance(hours=3)
    assert [task.response for task in loaded.tasks] == [{"category": "b"}] * 2


def test_a_dump_that_cannot_be_written_names_the_path_that_was_given(fake, tmp_path):
    for_nobody, folder = tmp_path / "nowhere" / "world.json", tmp_path / "world"
    folder.mkdir()

    with pytest.raises(FileNotFoundError) as absent:
        fake.dump(for_nobody)
    with pytest.raises(IsADirectoryError) as taken:
        fake.dump(folder)

    assert (absent.value.filename, taken.value.filename) == (str(for_nobody), str(folder))
    assert list(tmp_path.iterdir()) == [folder]


def test_a_fault_with_a_callable_cannot_be_dumped(tmp_path):
    fake = FakeScale()
    fake.faults.add(status=500, when=lambda request: True)

    with pytest.raises(ValueError, match="when"):
        fake.dump(tmp_path / "d")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is no dump, or only a part of one: it is not JSON"),
        ("[]", "is no dump of scaleapi_testing"),
        ('{"version": 1}', "is no dump of scaleapi_testing"),
        (f'{{"format": "{FORMAT}"}}', "is damaged: its version is None"),
        (f'{{"format": "{FORMAT}", "version": true}}', "is damaged: its version is True"),
        (f'{{"format": "{FORMAT}", "version": 99}}', "has version 99, .* upgrade scaleapi"),
        (
            f'{{"format": "{FORMAT}", "version": 1}}',
            r"\(version 1\) is damaged: it lacks 'configuration'",
        ),
    ],
)
def test_what_is_no_dump_is_refused_by_name(tmp_path, content, message):
    path = tmp_path / "d.json"
    path.write_text(content)

    with pytest.raises(BadDump, match=message) as caught:
        FakeScale.load(path)
    assert "d.json" in str(caught.value)


def test_a_damaged_part_is_refused_whatever_it_is(fake, tmp_path):
    path = tmp_path / "d.json"
    fake.dump(path)
    document = json.loads(path.read_text())

    for part in document["state"]:
        damaged = json.loads(json.dumps(document))
        damaged["state"][part] = "damaged"
        path.write_text(json.dumps(damaged))
        with pytest.raises(BadDump, match="damaged"):
            FakeScale.load(path)


def test_a_dump_of_what_was_loaded_is_the_same_file(fake, tmp_path):
    fake.dump(tmp_path / "first.json")

    FakeScale.load(tmp_path / "first.json").dump(tmp_path / "second.json")

    assert (tmp_path / "second.json").read_text() == (tmp_path / "first.json").read_text()


def test_the_key_of_a_call_that_failed_is_digested_once(fake, tmp_path):
    with fake.faults.outage(), pytest.raises(ScaleServiceUnavailable):
        fake.client("live_unheard", max_retries=0).tasks()

    fake.dump(tmp_path / "first.json")
    FakeScale.load(tmp_path / "first.json").dump(tmp_path / "second.json")

    assert (tmp_path / "second.json").read_text() == (tmp_path / "first.json").read_text()


@pytest.mark.parametrize("used", [(), (KEY,)], ids=["key unknown", "key used"])
def test_a_loaded_callback_is_sent_again_by_its_own_account(fake, tmp_path, used):
    fake.dump(tmp_path / "state.json")
    loaded = FakeScale.load(tmp_path / "state.json")
    for key in used:
        loaded.account(key)

    again = loaded.callbacks.duplicate(loaded.callbacks.last)

    assert again.headers == fake.callbacks.last.headers
    assert len(loaded.teammates) == len(fake.teammates) == 1


def test_a_delivery_names_its_account_by_digest_however_short_the_key(tmp_path):
    fake = FakeScale()
    task = fake.client("abc").create_task(
        "categorization", callback_url="https://h.example.com/cb", **PARAMS
    )
    fake.complete(task)

    fake.dump(tmp_path / "state.json")

    state = json.loads((tmp_path / "state.json").read_text())["state"]
    (delivery,) = state["callbacks"]["deliveries"]
    assert [delivery["$Delivery"]["account_key"]] == list(state["accounts"])


@pytest.mark.parametrize("indent", [None, 3], ids=["as written", "formatted anew"])
def test_a_create_is_not_made_again_by_a_loaded_fake(tmp_path, indent):
    path = tmp_path / "state.json"
    fake = FakeScale()
    made = fake.client(KEY).create_task("categorization", idempotency_key="i", **PARAMS)
    fake.dump(path)
    path.write_text(json.dumps(json.loads(path.read_text()), indent=indent))
    loaded = FakeScale.load(path)

    again = loaded.client(KEY).create_task("categorization", idempotency_key="i", **PARAMS)

    assert again.id == made.id
    assert len(loaded.tasks) == 1
