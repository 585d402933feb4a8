"""What a test is told when it asks the engine for something that makes no sense, whole.

The calls stand in the golden files as they are written here, each above its refusal.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from scaleapi_testing import FakeScale, Labelers, policies

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PARAMS = {"attachment": "Moo.", "attachment_type": "text", "categories": ["cow", "sheep"]}
NAMES = {
    "FakeScale": FakeScale,
    "Labelers": Labelers,
    "NOON": NOON,
    "PARAMS": PARAMS,
    "UTC": UTC,
    "date": date,
    "datetime": datetime,
    "policies": policies,
    "timedelta": timedelta,
}


def new(**arguments):
    return FakeScale(seed=7, start_time=NOON, **arguments)


@pytest.fixture
def fake():
    return new()


def create(fake, key="live_dairy_key", **fields):
    return fake.client(key).create_task("categorization", **PARAMS, **fields)


# -- moves of a task ----------------------------------------------------------------------------

CONTROLS = (
    "scale.start_work(task)",
    "scale.complete(task)",
    "scale.fail(task)",
    "scale.recall(task)",
    "scale.fix(task, {'category': 'cow'})",
    "scale.comment(task, 'why?')",
)
CALLS = ("task.cancel()", "task.audit(True)", "task.audit(False, 'listen again')")


@pytest.fixture
def refused(golden, fake):
    """Compare what these moves are refused with; of calls what the report adds as well."""

    def refused(name, task, controls, calls):
        golden.refusals(f"{name}_by_controls", controls, scale=fake, task=task, **NAMES)
        first = len(fake.requests)
        golden.refusals(f"{name}_by_calls", calls, scale=fake, task=task)
        notices = [notice for request in fake.requests[first:] for notice in request.notices]
        assert len(notices) == len(calls)
        golden(f"{name}_by_calls_reported", "\n".join(notices))

    return refused


def test_moves_of_a_pending_task(refused, fake):
    task = create(fake)
    fake.clock.advance(minutes=5)

    refused("moves_from_pending", task, CONTROLS[3:], CALLS[1:])


def test_moves_of_a_task_that_was_recalled(golden, fake):
    task = create(fake)
    fake.complete(task)
    fake.clock.advance(minutes=5)
    fake.recall(task)

    golden.refusals("moves_after_recall", CONTROLS[3:], scale=fake, task=task)


def test_moves_of_a_completed_task(refused, fake):
    task = create(fake)
    fake.clock.advance(minutes=5)
    fake.complete(task)

    refused("moves_from_completed", task, CONTROLS[:3], CALLS[:1])


def test_moves_of_a_canceled_task(refused, fake):
    task = create(fake)
    fake.clock.advance(minutes=5)
    task.cancel()

    refused("moves_from_canceled", task, CONTROLS, CALLS[1:])


def test_moves_of_a_task_in_error(refused, fake):
    fake.turnaround([policies.error("silence", after=timedelta(hours=1))])
    task = create(fake)
    fake.clock.advance(hours=2)

    refused("moves_from_error", task, CONTROLS, CALLS)


def test_moves_of_a_test_key_s_task(golden, fake):
    task = create(fake, "test_dairy_key")

    golden.refusals("moves_of_a_test_key", [*CONTROLS[1:2], *CALLS[:1]], scale=fake, task=task)
    golden("moves_of_a_test_key_reported", fake.requests.last.notices[0])


def test_labelers_do_not_work_in_staging(golden, fake):
    client = fake.client("live_dairy_key")
    client.create_project("sounds", "categorization", rapid=True)
    client.create_batch("sounds", "monday")
    task = create(fake, batch="monday")

    calls = [*CONTROLS[:2], "scale.complete_all(batch='monday')", CONTROLS[3]]
    golden.refusals("moves_in_staging", calls, scale=fake, task=task)


# -- what does not exist ------------------------------------------------------------------------


def test_a_task_that_is_not_there(golden, fake):
    golden.refusals("no_task_at_all", ["scale.complete('69a57bc0ff04572600000001')"], scale=fake)
    create(fake)
    create(fake, "live_bakery_key")

    calls = [
        "scale.complete('69a57bc0ff04572600000009')",
        "scale.tasks['moo.wav']",
        "scale.tasks[2]",
        "scale.explain(None)",
        "scale.recall(3)",
    ]
    golden.refusals("no_such_task", calls, scale=fake)


def test_records_that_are_not_there(golden, fake):
    golden.refusals("no_records_at_all", ["scale.batches['monday']"], scale=fake)
    for key in ("live_dairy_key", "live_bakery_key"):
        fake.client(key).create_project("sounds", "categorization")
    fake.client("live_dairy_key").create_batch("sounds", "monday")

    calls = [
        "scale.batches['mondy']",
        "scale.batches['summer']",
        "scale.batches[1]",
        "scale.batches.get('monday', account='live_bakery_key')",
        "scale.projects['sounds']",
        "scale.publish_template('sounds', {})",
        "scale.files['5774cc78b01249ab09f089dd']",
        "scale.teammates['ann@dairy.example']",
        "scale.tasks(statu='pending')",
        "scale.batches(colour='red')",
        "scale.complete_all(bach='monday')",
        "scale.archive('monday')",
        "scale.unarchive(None)",
    ]
    golden.refusals("no_such_records", calls, scale=fake)


def test_moves_in_the_dashboard(golden, fake):
    client = fake.client("live_dairy_key")
    client.create_project("sounds", "categorization")
    client.create_project("notes", "textcollection")
    client.invite_teammates(["ann@dairy.example", "bob@dairy.example"], "labeler")
    fake.accept_invitation("ann@dairy.example")
    fake.disable_teammate("bob@dairy.example")

    calls = [
        "scale.accept_invitation('anne@dairy.example')",
        "scale.accept_invitation('ann@dairy.example')",
        "scale.accept_invitation('bob@dairy.example')",
        "scale.accept_invitation(3)",
        "scale.disable_teammate('owner@example.com')",
        "scale.publish_template('sounds', {'prompt': {'type': 'text'}})",
        "scale.publish_template('notes', 'prompt')",
        "scale.publish_template('notes', {'prompt': {1, 2}})",
        "scale.publish_template(scale.batches, {})",
    ]
    golden.refusals("dashboard", calls, scale=fake)


# -- time ---------------------------------------------------------------------------------------


def test_lengths_and_moments_that_mean_nothing(golden, fake):
    calls = [
        "scale.clock.advance()",
        "scale.clock.advance(3)",
        "scale.clock.advance(timedelta(hours=1), minutes=5)",
        "scale.clock.advance(hour=1)",
        "scale.clock.advance(lightyears=1)",
        "scale.clock.advance(hours='1')",
        "scale.clock.advance(hours=-1)",
        "scale.clock.advance(timedelta(days=-1, hours=-2))",
        "scale.clock.advance(days=10**10)",
        "scale.clock.advance(days=10**7)",
        "scale.clock.advance(hours=10**400)",
        "scale.clock.advance(days=-(10**5000))",
        "scale.clock.advance_to(datetime(2026, 3, 2, 11, tzinfo=UTC))",
        "scale.clock.advance_to(datetime(2026, 3, 3))",
        "scale.clock.advance_to(date(2026, 3, 3))",
        "scale.clock.advance_to('tomorrow')",
        "scale.clock.run_until_idle(limit=3)",
        "scale.clock.run_until_idle(limit=timedelta(days=-3))",
        "scale.timeline.step()",
    ]
    golden.refusals("clock", calls, scale=fake, **NAMES)


def test_a_world_that_does_not_come_to_rest(golden):
    fake = new(turnaround=timedelta(days=40))
    create(fake)
    create(fake)

    golden.refusals("not_idle", ["scale.clock.run_until_idle()"], scale=fake)


# -- arguments ----------------------------------------------------------------------------------


def test_arguments_of_a_fake_that_mean_nothing(golden):
    calls = [
        "FakeScale(seed='x')",
        "FakeScale(seed=True)",
        "FakeScale(start_time=datetime(2026, 1, 1))",
        "FakeScale(start_time='2026-01-01')",
        "FakeScale(turnaround='2h')",
        "FakeScale(api_keys='live_dairy_key')",
        "FakeScale(api_keys=[3])",
        "FakeScale(api_keys=3)",
        "FakeScale(api_keys=[''])",
        "FakeScale(base_urls='api.scale.com')",
        "FakeScale(base_urls='https://api.scale.com/v1')",
        "FakeScale(base_urls=[])",
        "FakeScale(base_urls=[None])",
        "FakeScale(base_urls=3)",
        "FakeScale(base_urls='https://scale.example:99999')",
        "FakeScale(base_urls='https://scale.example:0')",
        "FakeScale(base_urls='https://[::1')",
        "FakeScale(base_urls='https://me:secret@scale.example')",
        "FakeScale(test_key_tasks='complete')",
        "FakeScale(skip_sleep='yes')",
        "FakeScale(strict=1)",
        "FakeScale(block_network=None)",
        "FakeScale(labelers=0.9)",
        "FakeScale(journal_max_entries=0)",
    ]
    golden.refusals("arguments_of_a_fake", calls, **NAMES)


def test_labelers_that_cannot_be(golden):
    calls = [
        "Labelers(accuracy=90)",
        "Labelers(miss_rate=None)",
        "Labelers(jitter_px=-1)",
        "Labelers(seed='x')",
    ]
    golden.refusals("labelers", calls, **NAMES)


def test_accounts_that_are_not_let_in(golden):
    calls = [
        "scale.account('live_bakery_key')",
        "scale.account('')",
        "scale.account(None)",
        "shut.account()",
        "shut.callback_auth_key",
    ]
    golden.refusals(
        "accounts", calls, scale=new(api_keys=["live_dairy_key"]), shut=new(api_keys=[])
    )


def test_projects_that_cannot_be_added(golden, fake):
    fake.add_projects(["cows"])

    calls = [
        "scale.add_projects('cows')",
        "scale.add_projects([3])",
        "scale.add_projects([''])",
        "scale.add_projects([(3, 'categorization')])",
        "scale.add_projects(['cows'])",
        "scale.add_projects([('sounds', 'categorisation')])",
    ]
    golden.refusals("added_projects", calls, scale=fake)


def test_attachments_that_cannot_be(golden, fake):
    url = "'https://my.example/cow.jpg'"
    calls = [
        f"scale.attachments.describe({url}, width=-640)",
        f"scale.attachments.describe({url}, height='480')",
        f"scale.attachments.describe({url}, duration=0)",
    ]
    golden.refusals("attachments", calls, scale=fake)


# -- policies and responses ---------------------------------------------------------------------


def test_policies_that_mean_nothing(golden, fake):
    calls = [
        "scale.turnaround('2h')",
        "scale.turnaround(3600)",
        "scale.turnaround(timedelta(hours=-1))",
        "scale.turnaround([])",
        "scale.turnaround([policies.completed(), timedelta(hours=1)])",
        "scale.turnaround(timedelta(hours=1), task_type='categorisation')",
        "policies.after_polls(0)",
        "policies.completed(after=3)",
        "policies.completed(response='cow')",
        "policies.error('silence', after=timedelta(hours=-1))",
        "policies.error(timedelta(hours=1))",
        "policies.canceled(after=None)",
    ]
    golden.refusals("policies", calls, scale=fake, **NAMES)


def test_policies_that_answer_nonsense(golden, fake):
    calls = []
    for answer in (3, timedelta(hours=-1)):
        other = new(turnaround=lambda task, random, answer=answer: answer)
        calls.append(other)

    golden.refusals(
        "policies_that_answer",
        [f"fakes[{n}].client().create_task('categorization', **PARAMS)" for n in range(2)],
        fakes=calls,
        **NAMES,
    )


def test_responses_that_are_no_json_object(golden, fake):
    task = create(fake)
    fake.respond("categorization", lambda task, random: "cow")

    calls = [
        "scale.complete(task, 'cow')",
        "scale.complete(task, {'category': {'cow'}})",
        "scale.complete(task)",
        "scale.fix(task, None)",
        "scale.respond('categorization', 'cow')",
        "scale.respond('categorization', {'category': {'cow'}})",
        "scale.respond('categorisation', {'category': 'cow'})",
        "scale.respond('zzz', {'category': 'cow'})",
        "scale.respond(3, {'category': 'cow'})",
        "scale.comment(task, 3)",
        "scale.complete(task, {'weight': 10**5000})",
        "scale.fail(task, 3)",
        "scale.fail(task, attachments='https://my.example/moo.wav')",
    ]
    golden.refusals("responses", calls, scale=fake, task=task)


# -- callbacks ----------------------------------------------------------------------------------


def test_callbacks_that_cannot_be(golden, fake):
    calls = [
        "scale.callbacks.last",
        "scale.callbacks[0]",
        "scale.callbacks.fail_next(status=200)",
        "scale.callbacks.fail_next(times=0)",
        "scale.callbacks.fail_next(statsu=503)",
        "scale.callbacks.fail_next(status_code=503)",
        "scale.callbacks.fail_next(500, 1, why='down')",
        "scale.callbacks.delay(lenght=timedelta(minutes=5))",
        "scale.callbacks.delay(seconds=5)",
        "scale.callbacks.reorder(tiems=2)",
        "scale.callbacks.before_reply(n=2)",
        "scale.callbacks.deliver_to(print, prefix='https://a.example')",
        "scale.callbacks.redeliver(callback=None)",
        "scale.callbacks.duplicate(delivry=None)",
        "scale.callbacks.delay(300)",
        "scale.callbacks.delay(timedelta(minutes=-5))",
        "scale.callbacks.delay(timedelta(minutes=5), times='1')",
        "scale.callbacks.reorder(times=0)",
        "scale.callbacks.before_reply(times=0)",
        "scale.callbacks.redeliver(None)",
        "scale.callbacks.duplicate('completed')",
        "scale.callbacks.deliver_to(print, url_prefix=5)",
    ]
    golden.refusals("callback_controls", calls, scale=fake, **NAMES)


# -- state as a value ---------------------------------------------------------------------------


def test_what_is_no_snapshot(golden, fake):
    golden.refusals("snapshots", ["scale.restore({})", "scale.diff(None)"], scale=fake)


def test_a_dump_that_needs_callables(golden, tmp_path, monkeypatch):
    def two_hours(task, random):
        return timedelta(hours=2)

    def moo(task, random):
        return {"category": "cow"}

    monkeypatch.chdir(tmp_path)
    fake = new(turnaround=two_hours)
    fake.respond("categorization", moo)
    fake.dump("state.json")

    calls = [
        "FakeScale.load('state.json')",
        "FakeScale.load('state.json', turnaround=two_hours)",
        "FakeScale.load('state.json', turnaround=two_hours, respond={'comparison': moo})",
    ]
    golden.refusals("dumps_with_callables", calls, two_hours=two_hours, moo=moo, **NAMES)


DAMAGE = {
    "empty": lambda text: "",
    "cut": lambda text: text[:40],
    "a list": lambda text: "[]",
    "of another program": lambda text: '{"version": 1}',
    "newer": lambda text: text.replace('"version": 1', '"version": 99'),
    "without a version": lambda text: text.replace('"version": 1,', ""),
    "without a state": lambda text: text.replace('"state"', '"status"'),
    "without accounts": lambda text: text.replace('"accounts"', '"account"'),
    "with another seed": lambda text: text.replace('"seed": 7', '"seed": "seven"'),
    "at no time": lambda text: text.replace("2026-03-02T12:00:00+00:00", "noon"),
    "after all time": lambda text: text.replace(
        "2026-03-02T12:00:00+00:00", "9999-12-31T23:59:59-14:00"
    ),
    "with a strange record": lambda text: text.replace('"$Rule"', '"$Law"'),
    "with a strange field": lambda text: text.replace('"project"', '"projekt"'),
}


def test_a_dump_that_is_damaged(golden, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    fake = new()
    fake.turnaround(timedelta(hours=2))
    fake.dump("state.json")
    text = (tmp_path / "state.json").read_text(encoding="utf-8")
    damaged = {what: damage(text) for what, damage in DAMAGE.items()}
    assert text not in damaged.values()
    for what, content in damaged.items():
        (tmp_path / f"{what}.json").write_text(content, encoding="utf-8")

    calls = [f"FakeScale.load('{what}.json')" for what in DAMAGE]
    golden.refusals("dumps_damaged", calls, **NAMES)
