"""A log applied again in a fresh process gives the same bytes, whatever happened."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaleapi_testing._commands.applier import LoggedWorld
from scaleapi_testing._commands.checkpoint import Server, read, rows

_spec = spec_from_file_location("history", Path(__file__).with_name("history.py"))
history = module_from_spec(_spec)
_spec.loader.exec_module(history)

HOOK = "https://hooks.example.com/scale"
PICTURE = "https://img.example.com/a.png"

BODIES = {
    "categorization": {"attachment": "t", "attachment_type": "text", "categories": ["a", "b", "c"]},
    "imageannotation": {
        "attachment": PICTURE,
        "geometries": {"box": {"objects_to_annotate": ["cow", "calf"]}},
        "annotation_attributes": {
            "kind": {"type": "category", "choices": ["x", "y"], "description": "d"}
        },
    },
    "segmentannotation": {"attachment": PICTURE, "labels": ["sky", "cow"]},
    "textcollection": {
        "attachments": [{"type": "text", "content": "t"}],
        "fields": [{"type": "text", "field_id": "f", "title": "F", "required": True}],
    },
    "namedentityrecognition": {
        "text": "Ana Sosa moved to Quito in May.",
        "labels": [{"name": "person"}, {"name": "city"}],
    },
    "audiotranscription": {"attachment": "https://a.example.com/a.wav", "attachment_type": "audio"},
}

KEYS = ["live_fake", "test_fake", "live_other"]


def call(method, path, body=None, key="live_fake", **headers):
    return lambda world: world.call(method, path, body, key, **headers)


def control(name, /, **arguments):
    return lambda world: world.control(name, **arguments)


def of_a_task(pick, act):
    """Something done to one of the tasks that there are by then."""

    def step(world):
        tasks = list(world.fake._world.store.tasks)
        return act(world, tasks[pick % len(tasks)] if tasks else "66f0a1b2c3d4e5f6a7b8c9d0")

    return step


creates = st.builds(
    lambda kind, key, hook, unique_id, idempotency: call(
        "POST",
        f"/v1/task/{kind}",
        {
            **BODIES[kind],
            **({"callback_url": HOOK} if hook else {}),
            **({"unique_id": unique_id} if unique_id else {}),
        },
        key,
        **({"idempotency_key": idempotency} if idempotency else {}),
    ),
    st.sampled_from(sorted(BODIES)),
    st.sampled_from(KEYS),
    st.booleans(),
    st.sampled_from([None, None, "u1", "u2"]),
    st.sampled_from([None, None, "i1", "i2"]),
)

calls = st.sampled_from(
    [
        call("POST", "/v1/projects", {"name": "p", "type": "categorization"}),
        call("POST", "/v1/batches", {"project": "p", "name": "b", "callback": HOOK}),
        call("POST", "/v1/task/categorization", {**BODIES["categorization"], "batch": "b"}),
        call("POST", "/v1/batches/b/finalize"),
        call("GET", "/v1/tasks?limit=1"),
        call("GET", "/v1/projects/cows"),
        call("GET", "/v1/projects", key="live_other"),
        call("GET", "/nowhere", key="live_never_seen"),
        call("POST", "/nowhere"),
        call("GET", "/v2/tasks?project_name=p"),
        call("GET", "/v2/projects"),
        call("POST", "/v1/teams/invite", {"emails": ["ann@example.com"], "team_role": "labeler"}),
    ]
)  # fmt: skip

about_tasks = st.builds(
    of_a_task,
    st.integers(0, 5),
    st.sampled_from(
        [
            lambda world, task: world.call("GET", f"/v1/task/{task}"),
            lambda world, task: world.call("GET", f"/v2/task?task_id={task}"),
            lambda world, task: world.call("POST", f"/v1/task/{task}/cancel"),
            lambda world, task: world.call("POST", f"/v1/task/{task}/audit", {"accepted": True}),
            lambda world, task: world.call("PUT", f"/v1/task/{task}/tags", ["b", "a"]),
            lambda world, task: world.call("POST", f"/v1/task/{task}/send-callback"),
            lambda world, task: world.control("complete", task=task),
            lambda world, task: world.control("recall", task=task),
            lambda world, task: world.control("fail", task=task),
            lambda world, task: world.control("start_work", task=task),
        ]
    ),
)

controls = st.one_of(
    st.builds(
        lambda policy: control("turnaround", policy=history.POLICIES[policy]),
        st.sampled_from(sorted(history.POLICIES)),
    ),
    st.builds(lambda minutes: control("clock.advance", minutes=minutes), st.integers(0, 300)),
    st.sampled_from(
        [
            control("complete_all"),
            control("clock.run_until_idle"),
            control("faults.add", status=503, times=2),
            control("faults.add", status=409, times=1, after_commit=True),
            control("faults.add", disconnect=True, times=1, method="GET"),
            control("faults.add", timeout=True, times=1, after_commit=True),
            control("faults.add", truncate=True, times=1),
            control("faults.add", latency="40s", times=2),
            control("faults.rate_limit", requests=3, per="1m"),
            control("callbacks.fail_next", times=2),
            control("callbacks.delay", length="5m", times=2),
            control("callbacks.reorder"),
            control("callbacks.redeliver", delivery=1),
            control("add_projects", projects=["cows"]),
            control("add_projects", projects=["goats"], api_key="live_other"),
            control("faults.outage", on=True),
            control("faults.clear"),
            control("timeline.step"),
            control("clock.wait", seconds=3_000_000),
            control("respond", task_type="categorization", response={"category": "b"}),
            control("attachments.describe", url=PICTURE, width=60, height=40),
            control("callbacks.duplicate", delivery=1),
            control("callbacks.before_reply"),
            control("callbacks.clear"),
            control("account.set", api_key="live_other", default_callback_url=HOOK),
            control("callback_auth_key"),
            control("configure_project", project="p", types=["SFT"]),
            control("publish_schema", schema={"type": "object"}, api_key="live_other"),
            control("deliver", to="p"),
            control("add_dataset", name="d", tasks=[{"a": 1}]),
            control("snapshot"),
            control("restore", snapshot="s1"),
            control("reset"),
        ]
    ),
)

passing = st.builds(lambda ms: lambda world: world.pass_time(ms), st.integers(0, 10_000_000))
outcomes = st.builds(
    lambda status: lambda world: world.attempt(status), st.sampled_from([200, 200, 500, None])
)

steps = st.lists(
    st.one_of(creates, creates, calls, about_tasks, controls, passing, outcomes),
    min_size=3,
    max_size=25,
)


@given(seed=st.integers(0, 3), steps=steps)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_log_applied_again_in_a_fresh_process_gives_the_same_bytes(replay_elsewhere, seed, steps):
    # given
    world = history.Logged(seed)
    world.call(
        "POST", "/v1/task/categorization", {**BODIES["categorization"], "callback_url": HOOK}
    )
    for step in steps:
        step(world)

    # when
    elsewhere = replay_elsewhere(world)

    # then
    assert elsewhere == world.told()


def taken_up_from_a_checkpoint(world):
    """The same world as another server has it that read its checkpoint."""
    logged = LoggedWorld("default", world.fake)
    _, (other,) = read(list(rows(Server(0, {}), [logged])))
    return other.fake


@given(seed=st.integers(0, 3), before=steps, after=steps)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_server_that_began_with_a_checkpoint_goes_on_with_the_same_bytes(seed, before, after):
    # given
    world = history.Logged(seed)
    for step in before:
        step(world)
    other, length = taken_up_from_a_checkpoint(world), len(world.log)

    # when
    for step in after:
        step(world)
    outcomes = [
        history.told(history.apply(other, command, history.CONTROLS))
        for command in world.log[length:]
    ]

    # then
    assert history.told_of(other, outcomes) == history.told_of(world.fake, world.outcomes[length:])
