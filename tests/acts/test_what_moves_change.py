"""What each move changes in a task, field by field, and what it says of the move."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from threading import get_ident

import httpx
import pytest

from scaleapi_testing import FakeScale, IllegalTransition

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOOK = "https://my.example/scale"
URL = "https://files.example/a.txt"
PARAMS = {"attachment": URL, "attachment_type": "text", "categories": ["a", "b"]}
STAMP, BEFORE = "2026-03-02T12:01:00.000Z", "2026-03-02T12:00:00.000Z"
UPDATED = {"updated_at": (BEFORE, STAMP)}
OWNER = "owner@example.com"


@pytest.fixture
def fake():
    with FakeScale(seed=7, start_time=NOON, check=False) as fake:
        yield fake


@pytest.fixture
def client(fake):
    return fake.client()


@pytest.fixture
def create(client):
    return lambda **fields: client.create_task("categorization", **PARAMS, **fields).id


@pytest.fixture
def changes(fake):
    """What an act changes in the documents of tasks, a minute later."""

    def changed(act):
        fake.clock.advance(minutes=1)
        before = fake.snapshot()
        act()
        return {c.id: c.fields for c in fake.diff(before).changed if c.kind == "task"}

    return changed


def test_a_start_sets_work_started(fake, create, changes):
    task = create()

    assert changes(lambda: fake.start_work(task)) == {
        task: {**UPDATED, "work_started": (False, True)}
    }
    assert changes(lambda: fake.start_work(task)) == {}


def test_a_completion_sets_response_status_and_times(fake, create, changes):
    task = create(callback_url=HOOK)

    assert changes(lambda: fake.complete(task, {"category": "a"})) == {
        task: {
            **UPDATED,
            "status": ("pending", "completed"),
            "work_started": (False, True),
            "completed_at": (None, STAMP),
            "response": (None, {"category": "a"}),
            "callback_succeeded": (None, True),
        }
    }


def test_an_error_names_each_attachment(fake, create, changes):
    task = create()

    assert changes(lambda: fake.fail(task)) == {
        task: {
            **UPDATED,
            "status": ("pending", "error"),
            "response": (
                None,
                {
                    "error": "One or more attachments could not be downloaded.",
                    "attachments": [{"statusCode": 403, "url": URL}],
                },
            ),
        }
    }


def test_a_recall_takes_back_what_the_completion_said(fake, create, changes):
    task = create(callback_url=HOOK)
    fake.complete(task, {"category": "a"})

    assert changes(lambda: fake.recall(task)) == {
        task: {
            **UPDATED,
            "status": ("completed", "pending"),
            "work_started": (True, False),
            "completed_at": (BEFORE, None),
            "response": ({"category": "a"}, None),
            "callback_succeeded": (True, None),
        }
    }


def test_a_cancel_sets_the_status_alone(client, create, changes):
    task = create(unique_id="u")

    assert changes(lambda: client.cancel_task(task)) == {
        task: {**UPDATED, "status": ("pending", "canceled")}
    }
    assert changes(lambda: client.cancel_task(task)) == {}
    assert changes(lambda: client.cancel_task(task, clear_unique_id=True))[task]["unique_id"] == (
        "u",
        None,
    )


def audited(result, text):
    """What an audit with a comment changes of a task that had none."""
    return {
        **UPDATED,
        "customer_review_status": (None, result),
        "customer_review_comments": (
            None,
            [{"comment": text, "commented_by": OWNER, "commented_at": STAMP}],
        ),
        "audits": (
            None,
            [
                {
                    "audited_by": OWNER,
                    "audited_at": STAMP,
                    "audit_time_secs": 0,
                    "audit_result": result,
                    "audit_comments": text,
                }
            ],
        ),
    }


@pytest.mark.parametrize(
    ("audit", "changed"),
    [
        (
            lambda _, client, task: client.audit_task(task, accepted=True, comments="x"),
            audited("accepted", "x"),
        ),
        (
            lambda _, client, task: client.audit_task(task, accepted=False, comments="x"),
            audited("rejected", "x"),
        ),
        (lambda fake, _, task: fake.comment(task, "x"), audited("commented", "x")),
        (
            lambda fake, _, task: fake.fix(task, {"category": "b"}, comments="x"),
            audited("fixed", "x")
            | {
                "response": ({"category": "a"}, {"category": "b"}),
                "prior_responses": (None, [{"category": "a"}]),
            },
        ),
    ],
    ids=["accept", "reject", "comment", "fix"],
)
def test_an_audit_adds_its_verdict_and_its_comment(fake, client, create, changes, audit, changed):
    task = create()
    fake.complete(task, {"category": "a"})

    assert changes(lambda: audit(fake, client, task)) == {task: changed}


def test_an_audit_without_a_comment_adds_none(fake, client, create, changes):
    task = create()
    fake.complete(task)

    fields = changes(lambda: client.audit_task(task, accepted=True))[task]

    assert fields["customer_review_comments"] == (None, [])
    assert "audit_comments" not in fields["audits"][1][0]


def test_what_a_clip_turns_out_to_be_joins_its_params(fake, client):
    task = client.create_task(
        "videoplaybackannotation",
        attachment="https://clips.example/a.mp4",
        geometries={"box": {"objects_to_annotate": ["car"]}},
    )
    before = task.params

    fake.complete(task)

    after = fake.tasks[task.id].params
    assert before.items() <= after.items()
    assert after.keys() > before.keys()


def test_every_move_is_told_with_who_made_it(fake, client, create):
    fake.turnaround(timedelta(minutes=1))
    task = create(callback_url=HOOK)
    fake.start_work(task)
    fake.clock.advance(minutes=1)
    fake.fix(task, {"category": "b"})
    client.audit_task(task, accepted=True)
    fake.recall(task)
    client.cancel_task(task)

    assert [line[28:] for line in fake.explain(task).splitlines()[1:-2]] == [
        "created by request 1 (POST /v1/task/categorization)",
        "started by scale.start_work()",
        "completed by its turnaround",
        f"callback completed to {HOOK}: attempt 1, 200",
        "audited: fixed by scale.fix()",
        f"callback audited to {HOOK}: attempt 1, 200",
        f"audited: accepted by request 2 (POST /v1/task/{task}/audit)",
        f"callback audited to {HOOK}: attempt 1, 200",
        "recalled by scale.recall()",
        f"callback recalled to {HOOK}: attempt 1, 200",
        f"canceled by request 3 (POST /v1/task/{task}/cancel)",
    ]


@pytest.mark.parametrize("end", ["complete", "fail"])
def test_the_last_task_that_ends_completes_its_batch_and_calls_back(fake, client, create, end):
    client.create_project(project_name="p", task_type="categorization")
    client.create_batch(project="p", batch_name="b", callback=HOOK)
    first, last = create(batch="b"), create(batch="b")
    client.cancel_task(first)
    assert fake.batches["b"].status == "in_progress"

    getattr(fake, end)(last)

    assert fake.batches["b"].status == "completed"
    assert [delivery.event for delivery in fake.callbacks] == ["batch_completed"]


def test_a_refusal_holds_what_was_asked_and_what_would_be_legal(fake, create):
    done = create()
    fake.complete(done)

    with pytest.raises(IllegalTransition) as refused:
        fake.complete(done)

    error = refused.value
    assert (error.task_id, error.status, error.move) == (done, "completed", "complete")
    assert error.legal == ("recall", "accept", "reject", "fix", "comment")


def test_no_work_is_legal_in_a_batch_that_is_in_staging(fake, client, create):
    client.create_project(project_name="p", task_type="categorization", rapid=True)
    client.create_batch(project="p", batch_name="b")
    waiting = create(batch="b")

    with pytest.raises(IllegalTransition) as refused:
        fake.start_work(waiting)

    assert (refused.value.status, refused.value.legal) == ("pending", ("fail", "cancel"))


def test_ids_that_are_drawn_between_tasks_repeat_none(client, create):
    ids = [each for _ in range(3) for each in (create(), client.upload_file(file=b"x").id)]

    assert len(set(ids)) == 6
    assert [task_id[-1] for task_id in ids[::2]] == ["1", "3", "5"]


def test_files_of_a_fake_that_was_never_called_lie_where_scale_does(fake):
    masks = (
        FakeScale(check=False)
        .client()
        .create_task("segmentannotation", attachment="https://x.example/a.png", labels=["car"])
    )
    fake.load_tasks([masks.as_dict()])

    fake.complete(masks.id)

    urls = re.findall(r"https://[^/']+", str(fake.tasks[masks.id].response))
    assert set(urls) == {"https://api.scale.com"}


def test_a_seed_gives_the_same_secrets_and_turnarounds_in_every_release(fake, create):
    drawn = []
    fake.turnaround(lambda task, random: drawn.append(random.random()))
    create()

    assert drawn == [0.9475121726640462]
    assert fake.account("live_a").callback_auth_key == "dab2fd9081c4dd63c57018bb08440b4c"
    assert fake.account("live_a").customer_id == "c407ef0817ecdf381944b9f8"


def test_a_fake_that_keeps_no_keys_has_the_same_secrets(fake):
    other = FakeScale(seed=7, start_time=NOON, check=False)
    other._world.keep_to_a_log()

    hidden, known = other.account("live_a"), fake.account("live_a")

    assert hidden.key == hidden.digest == known.digest
    assert hidden.callback_auth_key == known.callback_auth_key
    assert hidden.customer_id == known.customer_id
    assert re.fullmatch("[0-9a-f]{32}", known.callback_auth_key)


def test_ctrl_c_in_a_control_loses_no_callback(fake, create):
    first, second = create(callback_url=HOOK), create(callback_url=HOOK)

    def respond(task, random):
        if task.id == second:
            raise KeyboardInterrupt
        return {"category": "a"}

    fake.respond("categorization", respond)
    with pytest.raises(KeyboardInterrupt):
        fake.complete_all()
    assert fake.callbacks.of(first)[0].attempts == []

    fake.clock.advance(seconds=1)

    assert [delivery.succeeded for delivery in fake.callbacks.of(first)] == [True]


def test_a_callable_of_the_test_never_holds_up_an_event_loop(fake):
    threads = []
    fake.turnaround(lambda task, random: threads.append(get_ident()))

    async def call():
        transport = httpx.ASGITransport(fake.asgi_app)
        async with httpx.AsyncClient(transport=transport, auth=("live_a", "")) as client:
            await client.post("http://fake/v1/task/categorization", json=PARAMS)

    asyncio.run(call())

    assert len(threads) == 1
    assert threads != [get_ident()]


def test_a_fake_that_keeps_to_a_log_lists_attempts_instead_of_making_them():
    fake = FakeScale(seed=7, start_time=NOON, check=False)
    fake._world.keep_to_a_log()
    seen = []
    fake.callbacks.deliver_to(seen.append)
    task = fake.client().create_task("categorization", callback_url=HOOK, **PARAMS)

    fake.complete(task)

    assert seen == []
    assert [attempt.url for attempt in fake._world.callbacks.expected.values()] == [HOOK]
