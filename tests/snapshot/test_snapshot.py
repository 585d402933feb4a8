"""State as a value: snapshot, restore, fork, diff."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from scaleapi_testing import FakeScale, policies

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PARAMS = {"attachment": "a", "attachment_type": "text", "categories": ["a", "b"]}


@pytest.fixture
def fake():
    """A fake with something of everything in it."""
    fake = FakeScale(seed=3, start_time=NOON, check=False)
    client = fake.client()
    client.create_project(project_name="p", task_type="categorization")
    client.create_batch(project="p", batch_name="b")
    fake.turnaround(timedelta(hours=2))
    fake.turnaround([policies.error("blurry"), policies.completed()], project="p")
    fake.respond("categorization", {"category": "b"})
    fake.attachments.describe("https://img.example.com/a.png", width=10, height=20)
    create(fake, unique_id="u", batch="b", tags=["x"])
    create(fake, callback_url="https://h.example.com/cb")
    fake.client("test_k").create_task(
        "categorization", callback_url="https://h.example.com/test", **PARAMS
    )
    fake.faults.add(status=503, times=2, path="/v1/task/*/cancel")
    fake.faults.rate_limit(requests=50, per=timedelta(minutes=1))
    return fake


def create(fake, **fields):
    return fake.client().create_task("categorization", **PARAMS, **fields)


def state(fake):
    """What a caller can see of a fake."""
    return {
        "clock": fake.clock.now(),
        "tasks": [task.as_dict() for task in fake.tasks],
        "batches": [batch.as_dict() for batch in fake.batches],
        "projects": [project.as_dict() for project in fake.projects],
        "timeline": fake.timeline.pending(),
        "faults": [repr(fault) for fault in fake.faults],
        "requests": [(r.n, r.method, r.path, r.status, r.at) for r in fake.requests],
        "callbacks": [repr(delivery) for delivery in fake.callbacks],
        "client chance": fake.fork().new_idempotency_key(),
    }


def play_on(fake):
    """Let the story go on; what it comes to depends on the whole state."""
    fake.clock.advance(hours=2)
    task = create(fake, batch="b", callback_url="https://h.example.com/cb")
    fake.clock.run_until_idle()
    return [task.id, *state(fake)["tasks"], fake.clock.now(), repr(list(fake.callbacks))]


def test_restore_brings_everything_back(fake):
    snapshot = fake.snapshot()
    before = state(fake)

    play_on(fake)
    fake.faults.clear()
    fake.client().cancel_task(create(fake).id)
    assert state(fake) != before
    fake.restore(snapshot)

    assert state(fake) == before
    assert not fake.diff(snapshot)


def test_a_story_goes_on_from_a_restored_state_exactly_as_it_did(fake):
    snapshot = fake.snapshot()

    first = play_on(fake)
    fake.restore(snapshot)

    assert play_on(fake) == first


def test_a_snapshot_can_be_restored_more_than_once_and_is_not_touched(fake):
    snapshot = fake.snapshot()

    stories = []
    for _ in range(3):
        fake.restore(snapshot)
        stories.append(play_on(fake))

    assert stories[0] == stories[1] == stories[2]


def test_records_and_accounts_stay_live_over_a_restore(fake):
    task, account = fake.tasks[0], fake.account("live_fake")
    batch, snapshot = account.batches["b"], fake.snapshot()
    fake.complete(task)
    account.email = "changed@example.com"

    fake.restore(snapshot)

    assert task.status == "pending"
    assert fake.account("live_fake") is account
    assert account.batches["b"] is batch
    assert account.email != "changed@example.com"


def test_a_listing_with_links_shows_what_was_restored(fake):
    listing = "https://api.scale.com/v1/tasks?include_attachment_url=true"
    snapshot = fake.snapshot()
    with fake:
        before = httpx.get(listing, auth=("live_fake", "")).json()
        fake.complete(fake.tasks[0])
        httpx.get(listing, auth=("live_fake", ""))
        fake.restore(snapshot)

        after = httpx.get(listing, auth=("live_fake", "")).json()

    assert after == before


def test_a_snapshot_says_what_it_is_instead_of_being_pickled(fake):
    with pytest.raises(TypeError) as refused:
        pickle.dumps(fake.snapshot())

    assert str(refused.value) == (
        "a snapshot is not copied or pickled: it lives in this process, for scale.restore(); "
        "nothing changes it, so one may be kept and shared. scale.dump(path) writes the state to "
        "a file that FakeScale.load(path) reads in any process"
    )


def test_a_fork_goes_its_own_way(fake):
    other = fake.fork()
    before = state(fake)

    first = play_on(other)

    assert state(fake) == before
    assert play_on(fake) == first
    assert other.seed == fake.seed


def test_a_fork_is_not_started(fake):
    import requests

    with fake:
        fake.fork()
        total = requests.get(
            "https://api.scale.com/v1/tasks", auth=("live_fake", ""), timeout=5
        ).json()["total"]

    assert total == 2


def test_a_diff_tells_what_was_added_changed_and_gone(fake):
    empty = FakeScale(seed=3, start_time=NOON).snapshot()
    snapshot = fake.snapshot()
    task = fake.tasks[1]

    new = create(fake)
    fake.complete(task)
    fake.archive(fake.projects["p"])
    diff = fake.diff(snapshot)

    assert [(change.kind, change.id) for change in diff.added] == [("task", new.id)]
    assert {change.account for change in (*diff.added, *diff.changed)} == {"live_f\u2026"}
    changed = {(change.kind, change.id): change.fields for change in diff.changed}
    assert changed["task", task.id]["status"] == ("pending", "completed")
    assert changed["project", "p"]["archived"] == (False, True)
    assert diff.gone == ()
    assert f"+ task {new.id}" in str(diff)
    assert "status: 'pending' -> 'completed'" in str(diff)
    fake.restore(empty)
    assert {change.kind for change in fake.diff(snapshot).gone} == {"task", "batch", "project"}


def test_no_difference_is_false_and_says_so(fake):
    diff = fake.diff(fake.snapshot())

    assert not diff
    assert str(diff) == "no difference"


def test_reset_is_the_state_right_after_construction(fake):
    fresh = state(FakeScale(seed=3, start_time=NOON))
    fake.other_hosts.get("https://img.example.com/a.png", body=b"x")

    fake.reset()

    assert state(fake) == fresh
    assert fake.other_hosts.registered() == []
    assert fake.attachments.save() == {}


def test_a_client_made_before_a_reset_still_reaches_the_fake(fake):
    client = fake.client()

    fake.reset()
    client.create_task("categorization", **PARAMS)

    assert len(fake.tasks) == 1


@pytest.mark.parametrize("wrong", [None, {}, "x"])
def test_only_a_snapshot_can_be_restored(fake, wrong):
    with pytest.raises(TypeError, match=r"^restore"):
        fake.restore(wrong)


def test_what_a_target_raised_before_a_restore_is_not_raised_after_it():
    fake = FakeScale(start_time=NOON)
    before = fake.snapshot()

    def target(request):
        raise RuntimeError(request.url)

    fake.callbacks.deliver_to(target)
    body = {**PARAMS, "callback_url": "https://h.example.com/cb"}
    transport = httpx.WSGITransport(fake.wsgi_app)
    with httpx.Client(transport=transport, auth=("test_k", "")) as http:
        answer = http.post("https://api.scale.com/v1/task/categorization", json=body)

    fake.restore(before)
    fake.clock.advance(seconds=1)

    assert answer.json()["status"] == "completed"
    assert fake.clock.now() == NOON + timedelta(seconds=1)


@pytest.mark.parametrize("over", ["restore", "fork", "dump"])
def test_callbacks_that_wait_to_be_overtaken_are_still_sent(tmp_path, over):
    fake = FakeScale(start_time=NOON)
    fake.callbacks.reorder(times=3)
    first, second = (create(fake, callback_url="https://h.example.com/cb") for _ in range(2))
    fake.complete(first)
    fake.complete(second)
    snapshot = fake.snapshot()
    fake.clock.advance(hours=1)

    fake.restore(snapshot)
    fake.dump(tmp_path / "d")
    copies = {"restore": fake, "fork": fake.fork(), "dump": FakeScale.load(tmp_path / "d")}
    held = [len(delivery.attempts) for delivery in copies[over].callbacks]
    sent = []
    copies[over].callbacks.deliver_to(lambda request: sent.append(request.json["task_id"]))
    copies[over].clock.advance(minutes=1)

    assert held == [0, 0]
    assert sent == [second.id, first.id]
