"""Typing errors in the testing API are told, with the name that was meant."""

from __future__ import annotations

import copy
from datetime import timedelta

import pytest

from scaleapi_testing import FakeScale


@pytest.fixture
def records(scale, api, make_task):
    """One live record of each kind, by kind."""
    api("POST", "/v1/projects", {"type": "categorization", "name": "cows"})
    api("POST", "/v1/batches", {"project": "cows", "name": "monday"})
    api("POST", "/v1/files/upload", files={"file": ("a.txt", b"x")})
    task = make_task(project="cows", batch="monday")
    return {
        "task": scale.tasks[task],
        "batch": scale.batches["monday"],
        "project": scale.projects["cows"],
        "file": scale.files[0],
        "teammate": scale.teammates[0],
    }


@pytest.mark.parametrize(
    ("kind", "name", "near"),
    [
        ("task", "callback_succeded", "callback_succeeded"),
        ("task", "metdata", "metadata"),
        ("task", "instuction", "instruction"),
        ("batch", "calback", "callback"),
        ("project", "param_histroy", "param_history"),
        ("file", "attachment_ur", "attachment_url"),
        ("teammate", "firstname_", "firstName"),
    ],
)
def test_a_typing_error_in_a_live_record_names_the_nearest_name(records, kind, name, near):
    with pytest.raises(AttributeError, match=rf"^no {kind} has '{name}'; nearest: {near}"):
        getattr(records[kind], name)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("task", "callback_succeeded"),
        ("task", "response"),
        ("task", "audits"),
        ("task", "prior_responses"),
        ("task", "customer_review_status"),
        ("batch", "completed_at"),
        ("batch", "priority"),
        ("project", "pipeline"),
        ("file", "reference_id"),
        ("teammate", "expiry"),
    ],
)
def test_a_name_of_the_wire_that_is_absent_reads_as_none(records, kind, name):
    assert name not in records[kind].as_dict()
    assert getattr(records[kind], name) is None


def test_a_name_near_to_nothing_lists_the_known_ones(records):
    with pytest.raises(AttributeError, match=r"known: .*task_id, .*callback_url"):
        _ = records["task"].zzzzzz


def test_an_unusual_key_that_is_on_the_wire_can_be_read_and_filtered_by(scale, api, make_task):
    first, second = make_task(), make_task()
    scale.complete(first, {"category": "cat"})
    api("POST", f"/v1/task/{first}/audit", {"accepted": True})

    assert [task.id for task in scale.tasks(customer_review_status=None)] == [second]
    assert len(scale.tasks[first].audits) == 1


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("accept", r"client\.audit_task\(task\.id, accepted=True\)"),
        ("reject", r"client\.audit_task\(task\.id, accepted=False, comments=\.\.\.\)"),
        ("audit", r"scale\.fix\(\) and scale\.comment\(\)"),
        ("cancel", r"client\.cancel_task\(task\.id\)"),
        ("advance", r"scale\.clock\.advance"),
        ("complet_all", r"nearest: scale\.complete_all"),
        ("taks", r"nearest: scale\.tasks"),
        ("zzzzzz", r"see dir\(scale\)"),
    ],
)
def test_a_control_that_is_not_there_names_the_right_one(scale, name, told):
    with pytest.raises(AttributeError, match=rf"^a FakeScale has no '{name}'; .*{told}"):
        getattr(scale, name)


@pytest.mark.parametrize(
    ("part", "name", "nearest"),
    [
        ("faults", "outtage", "outage"),
        ("clock", "advanc", "advance, advance_to"),
        ("callbacks", "redelivr", "redeliver, deliver_by, deliver_to"),
        ("requests", "expct", "expect, next_n"),
    ],
)
def test_a_part_names_the_control_that_was_meant(scale, part, name, nearest):
    with pytest.raises(AttributeError, match=rf"^\w+ has no '{name}'; nearest: {nearest}$"):
        getattr(getattr(scale, part), name)


def test_questions_of_the_language_itself_are_answered_plainly(scale, records):
    assert not hasattr(scale, "__array__")
    assert not hasattr(scale, "_not_there")
    assert not hasattr(scale.faults, "__array__")
    assert not hasattr(records["task"], "__deepcopy__")
    assert copy.copy(records["task"]) == records["task"]


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda s: s.faults.add(code=503), r"add\(\) takes no 'code'; did you mean 'status'\?"),
        (lambda s: s.faults.add(status_code=503), r"did you mean 'status'\?"),
        (lambda s: s.faults.add(status=503, time=1), r"did you mean 'times'\?"),
        (lambda s: s.faults.add(retry_afer=1), r"did you mean 'retry_after'\?"),
        (lambda s: s.faults.rate_limit(limit=1, per=timedelta(1)), r"did you mean 'requests'\?"),
        (lambda s: s.requests.expect("GET", "/v1/tasks", code=200), r"did you mean 'status'\?"),
        (lambda s: s.requests.expect("GET", body={}), r"did you mean 'json'\?"),
        (lambda s: s.attachments.describe("u", widht=3), r"did you mean 'width'\?"),
        (lambda s: s.turnaround(timedelta(1), type="chat"), r"did you mean 'task_type'\?"),
        (lambda _: FakeScale(tunaround=None), r"^FakeScale\(\) takes no 'tunaround'; did you"),
        (lambda _: FakeScale(api_key="x"), r"did you mean 'api_keys'\?"),
        (lambda s: s.faults.add(zzz=1), r"add\(\) takes no 'zzz'; it takes status, retry_after"),
    ],
)
def test_a_keyword_that_is_not_there_names_the_right_one(scale, call, told):
    with pytest.raises(TypeError, match=told):
        call(scale)

    assert list(scale.faults) == []


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "[::]", "", "192.168.0.5", "example.com", "0"])
def test_a_fake_is_served_to_this_machine_alone(scale, host):
    with pytest.raises(ValueError, match=r"serve --host \.\.\. --admin-token"):
        scale.serve(host=host)


@pytest.mark.parametrize("port", [99999, 65536, -1])
def test_a_port_that_is_none_is_refused(scale, port):
    with pytest.raises(ValueError, match=rf"serve\(port={port}\) is no port: give a number from 1"):
        scale.serve(port=port)


@pytest.mark.parametrize(("name", "value"), [("host", 5), ("host", None), ("port", "80")])
def test_an_address_of_another_type_is_refused(scale, name, value):
    with pytest.raises(TypeError, match=rf"serve\({name}=\.\.\.\) takes a"):
        scale.serve(**{name: value})


def test_loopback_by_name_is_served(scale):
    with scale.serve(host="localhost") as server:
        assert server.url.startswith("http://localhost:")


def test_complete_all_says_what_it_skips_in_staging(scale, api, make_task, section):
    api("POST", "/v1/projects", {"type": "categorization", "name": "fast", "rapid": True})
    api("POST", "/v1/batches", {"project": "fast", "name": "b1"})
    waiting = make_task(project="fast", batch="b1")

    done = scale.complete_all()

    assert done == []
    assert "skipped by complete_all(): its batch 'b1' is in staging" in scale.explain(waiting)
    assert (
        "in staging:\n  batch 'b1': nobody works on its 1 pending task, and complete_all() skips "
        "them; finalize it first: client.finalize_batch('b1')"
    ) in section()


@pytest.mark.parametrize(
    ("status", "move"),
    [("completed", lambda s, t: s.complete(t)), ("pending", lambda s, t: s.recall(t))],
)
def test_every_legal_move_that_a_message_names_exists(scale, scale_client, make_task, status, move):
    task = make_task()
    scale.complete(task)
    _ = None if status == "completed" else scale.recall(task)

    with pytest.raises(ValueError, match=f"Legal from {status}: ") as error:
        move(scale, task)

    told = str(error.value).partition(f"Legal from {status}: ")[2].split(", ")
    owners = {"scale": scale, "client": scale_client}
    split = [one.removesuffix("()").split(".") for one in told]
    assert all(callable(getattr(owners[owner], name)) for owner, name in split)
    assert len(told) == 4
