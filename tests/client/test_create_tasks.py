"""Many creates at once: order, read-ahead, failures, closing, progress."""

from __future__ import annotations

import contextvars
import gc
import itertools
import subprocess
import sys
import threading

import pytest

import scaleapi
from scaleapi import CreateResult, TaskType

IMAGE = "imageannotation"


def echo(answer):
    """A server that answers each create by a task whose id is the ``n`` it was sent."""

    def reply(request):
        n = request.json["n"]
        if n < 0:
            return answer({"status_code": 400, "error": f"no {n}"}, status=400)
        return answer({"task_id": f"{n}", "status": "pending"})

    return reply


def numbered(numbers):
    return ({"n": n} for n in numbers)


def scaleapi_threads() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("scaleapi-create")]


def test_results_come_in_the_order_of_the_inputs(server, client, answer):
    server.otherwise = echo(answer)

    results = list(client.create_tasks(numbered(range(50)), IMAGE))

    assert [result.index for result in results] == list(range(50))
    assert [result.task.id for result in results] == [str(n) for n in range(50)]
    assert [result.params for result in results] == list(numbered(range(50)))
    assert all(result.ok for result in results)


def test_a_slow_first_call_does_not_change_the_order(server, client, answer):
    first_may_end = threading.Event()

    def reply(request):
        n = request.json["n"]
        if n == 3:
            first_may_end.set()
        return answer({"task_id": f"{n}"}, wait_for=first_may_end if n == 0 else None)

    server.otherwise = reply

    results = list(client.create_tasks(numbered(range(4)), IMAGE, concurrency=2))

    assert [result.task.id for result in results] == ["0", "1", "2", "3"]


def test_one_bad_task_spoils_no_other(server, client, answer):
    server.otherwise = echo(answer)

    good, bad, last = client.create_tasks(numbered([1, -2, 3]), TaskType.ImageAnnotation)

    assert (good.task.id, good.error, last.task.id) == ("1", None, "3")
    assert (bad.task, bad.ok, bad.params) == (None, False, {"n": -2})
    assert isinstance(bad.error, scaleapi.ScaleInvalidRequest)
    assert bad.error.message == "no -2"


@pytest.mark.parametrize(
    ("params", "text"),
    [
        (None, "the parameters of a task must be a mapping, got None"),
        (["n", 1], "the parameters of a task must be a mapping, got ['n', 1]"),
        ({"n": {1}}, "the parameters cannot be sent as JSON: set has no JSON form: {1}"),
        ({"n": 1, "task_type": ""}, "task_type must not be empty"),
        ({"n": 1, "task_type": 5}, "task_type must be a string, got 5"),
    ],
)
def test_an_input_that_cannot_be_sent_gives_an_error_result(server, client, answer, params, text):
    server.otherwise = echo(answer)

    bad, good = client.create_tasks([params, {"n": 1}], IMAGE)

    assert bad.task is None
    assert isinstance(bad.error, scaleapi.ScaleInvalidRequest)
    assert bad.error.message == text
    assert good.task.id == "1"


NO_TYPE = "no task type: give create_tasks a task_type, or each mapping a key task_type"


@pytest.mark.parametrize("kind", [list, iter])
def test_inputs_without_any_type_are_refused_at_once(server, client, kind):
    with pytest.raises(scaleapi.ScaleInvalidRequest) as caught:
        client.create_tasks(kind([{"n": 1}, {"n": 2}]))

    assert caught.value.message == NO_TYPE
    assert server.received == []


def test_an_input_without_a_type_among_others_gives_an_error_result(server, client, answer):
    server.otherwise = lambda request: answer({"task_id": "a"})

    bad, good = client.create_tasks([{"n": 1}, {"task_type": IMAGE}])

    assert isinstance(bad.error, scaleapi.ScaleInvalidRequest)
    assert bad.error.message == NO_TYPE
    assert good.ok


def test_an_iterable_that_fails_before_its_first_input_fails_when_results_are_read(client):
    def failing():
        raise ZeroDivisionError("at once")
        yield

    results = client.create_tasks(failing())

    with pytest.raises(ZeroDivisionError, match="at once"):
        next(results)


def test_no_inputs_and_no_type_give_no_result(client):
    assert list(client.create_tasks(iter(()))) == list(client.create_tasks([])) == []


def test_results_that_are_dropped_unread_are_warned_of_where_they_were_asked_for(server, client):
    with pytest.warns(RuntimeWarning) as caught:
        client.create_tasks([{"n": 1}], IMAGE)

    assert len(caught) == 1
    assert str(caught[0].message) == (
        "the results of create_tasks were never read, so nothing was sent; iterate over them:"
        " for result in client.create_tasks(...)"
    )
    assert caught[0].filename == __file__
    assert server.received == []


def test_results_that_are_closed_unread_were_not_wanted(server, client, recwarn):
    client.create_tasks([{"n": 1}], IMAGE).close()
    gc.collect()

    assert list(recwarn) == []
    assert server.received == []


def test_each_input_may_bring_its_own_type(server, client, answer):
    server.otherwise = echo(answer)
    inputs = [
        {"n": 1, "task_type": TaskType.Comparison},
        {"n": 2},
        {"n": 3, "task_type": "transcription"},
    ]

    list(client.create_tasks(inputs, IMAGE, concurrency=1))

    assert [(request.path, request.json) for request in server.received] == [
        ("/v1/task/comparison", {"n": 1}),
        ("/v1/task/imageannotation", {"n": 2}),
        ("/v1/task/transcription", {"n": 3}),
    ]


def test_an_input_without_task_type_may_name_it_as_tasks_do(server, client, answer):
    server.otherwise = echo(answer)

    list(client.create_tasks([{"n": 1, "type": "comparison"}]))

    assert [(r.path, r.json) for r in server.received] == [("/v1/task/comparison", {"n": 1})]


def test_an_input_may_bring_its_idempotency_key(server, client, answer):
    server.otherwise = echo(answer)

    list(client.create_tasks([{"n": 1, "idempotency_key": "mine"}], IMAGE))

    assert server.received[0].headers["idempotency-key"] == "mine"
    assert server.received[0].json == {"n": 1}


def test_inputs_are_left_as_they_were(server, client, answer):
    server.otherwise = echo(answer)
    params = {"n": 1, "task_type": IMAGE}

    (result,) = client.create_tasks([params])

    assert result.params is params
    assert params == {"n": 1, "task_type": IMAGE}


def test_nothing_happens_before_the_first_result_is_asked_for(server, client):
    read: list[int] = []

    results = client.create_tasks(({"n": read.append(n)} for n in range(3)), IMAGE)

    assert read == []
    assert server.received == []
    assert next(results) is not None


@pytest.mark.parametrize("concurrency", [1, 3, 8])
def test_an_endless_input_is_read_at_most_twice_the_concurrency_ahead(
    server, client, answer, concurrency
):
    server.otherwise = echo(answer)
    read = 0
    ahead: list[int] = []

    def endless():
        nonlocal read
        for n in itertools.count():
            read += 1
            yield {"n": n}

    results = client.create_tasks(endless(), IMAGE, concurrency=concurrency)
    for taken, _ in enumerate(itertools.islice(results, 30)):
        ahead.append(read - taken)
    results.close()

    assert max(ahead) == 2 * concurrency


def test_no_more_calls_are_under_way_than_the_concurrency(server, client, answer):
    lock = threading.Lock()
    under_way = 0
    most = 0
    full = threading.Event()

    class Counted(threading.Event):
        def wait(self, timeout=None):
            nonlocal under_way, most
            with lock:
                under_way += 1
                most = max(most, under_way)
                if most == 3:
                    full.set()
            full.wait(5)
            with lock:
                under_way -= 1
            return True

    server.otherwise = lambda request: answer({"task_id": "a"}, wait_for=Counted())

    list(client.create_tasks(numbered(range(12)), IMAGE, concurrency=3))

    assert most == 3


def test_closing_early_sends_nothing_more_and_leaves_no_thread(server, client, answer):
    server.otherwise = echo(answer)
    results = client.create_tasks(numbered(range(1000)), IMAGE, concurrency=4)
    next(results)

    results.close()

    sent = len(server.received)
    assert sent <= 1 + 2 * 4
    assert scaleapi_threads() == []
    assert list(results) == []


def test_closing_early_sends_nothing_that_still_waits_for_a_worker(server, client, answer):
    may_end = threading.Event()

    def reply(request):
        n = request.json["n"]
        return answer({"task_id": f"{n}"}, wait_for=may_end if n else None)

    server.otherwise = reply
    results = client.create_tasks(numbered(range(1000)), IMAGE, concurrency=2)
    next(results)
    threading.Timer(0.3, may_end.set).start()

    results.close()

    assert {request.json["n"] for request in server.received} <= {0, 1, 2}


def test_reading_to_the_end_leaves_no_thread(client):
    list(client.create_tasks(numbered(range(5)), IMAGE))

    assert scaleapi_threads() == []


def test_an_error_of_the_input_comes_after_all_results_before_it(server, client, answer):
    server.otherwise = echo(answer)

    def broken():
        yield from numbered(range(3))
        raise LookupError("row 4 is torn")

    results = client.create_tasks(broken(), IMAGE)
    seen = [next(results).task.id for _ in range(3)]

    with pytest.raises(LookupError, match="row 4 is torn"):
        next(results)
    assert seen == ["0", "1", "2"]
    assert scaleapi_threads() == []


def test_no_input_gives_no_result(client):
    assert list(client.create_tasks([], IMAGE)) == []


@pytest.mark.parametrize("concurrency", [0, -1, 1.5, "8", True, None])
def test_a_concurrency_that_is_none_is_refused_at_once(client, concurrency):
    with pytest.raises(scaleapi.ScaleInvalidRequest, match="concurrency must be an integer"):
        client.create_tasks([], IMAGE, concurrency=concurrency)


@pytest.mark.parametrize("inputs", [{"n": 1}, "text", b"bytes", 5, None])
def test_what_is_no_iterable_of_mappings_is_refused_at_once(client, inputs):
    with pytest.raises(scaleapi.ScaleInvalidRequest, match="takes an iterable of parameter"):
        client.create_tasks(inputs, IMAGE)


def test_a_type_that_is_none_is_refused_at_once(client):
    with pytest.raises(scaleapi.ScaleInvalidRequest, match="task_type must not be empty"):
        client.create_tasks([], "")


def test_workers_see_the_callers_context(server, client, answer):
    setting = contextvars.ContextVar("setting", default="unset")
    setting.set("mine")
    seen: list[str] = []

    def key():
        seen.append(setting.get())
        return "k"

    client._transport.new_idempotency_key = key
    list(client.create_tasks(numbered(range(3)), IMAGE))

    assert seen == ["mine"] * 3


class TargetRaises:
    """An adapter that lets the call through and then raises, as a fake does for its user."""

    def __init__(self, inner, errors):
        self._inner = inner
        self._errors = errors

    def send(self, request, **options):
        response = self._inner.send(request, **options)
        response.content  # noqa: B018  # read it, so that the connection is free again
        if self._errors:
            raise self._errors.pop(0)
        return response

    def close(self):
        self._inner.close()


def mount_raising(client, errors):
    session = client._transport.session
    session.mount("http://", TargetRaises(session.get_adapter("http://"), errors))


def test_an_error_that_is_none_of_the_networks_passes_through(client):
    error = ZeroDivisionError("in a callback target")
    mount_raising(client, [error])

    with pytest.raises(ZeroDivisionError) as caught:
        client.create_task(IMAGE)

    assert caught.value is error


def test_a_result_can_be_taken_apart(server, client, answer):
    server.otherwise = echo(answer)

    ((index, params, task, error),) = client.create_tasks(numbered([5]), IMAGE)

    assert (index, params, task.id, error) == (0, {"n": 5}, "5", None)


def test_a_result_shows_what_became_of_it():
    good = CreateResult(0, {}, scaleapi.Task({"task_id": "a", "status": "pending"}), None)
    bad = CreateResult(1, {}, None, ValueError("why"))

    assert repr(good) == "<CreateResult 0: Task(id='a', status='pending')>"
    assert repr(bad) == "<CreateResult 1: ValueError: why>"
    assert good != bad


def test_progress_is_shown_on_stderr(server, client, answer, capfd):
    server.otherwise = echo(answer)

    list(client.create_tasks([{"n": n} for n in range(5)], IMAGE, progress=True))

    out, err = capfd.readouterr()
    assert out == ""
    assert "5/5" in err


def test_without_being_asked_nothing_is_shown(server, client, answer, capfd):
    server.otherwise = echo(answer)

    list(client.create_tasks([{"n": 1}], IMAGE))

    assert capfd.readouterr() == ("", "")


def test_progress_without_tqdm_is_a_plain_line(server, answer):
    server.otherwise = echo(answer)
    program = f"""
import sys
sys.modules["tqdm"] = None
import scaleapi
client = scaleapi.ScaleClient("k", api_instance_url={server.url!r})
list(client.create_tasks([dict(n=n) for n in range(3)], "imageannotation", progress=True))
"""

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout == ""
    assert done.stderr.endswith("tasks created: 3 of 3\n")
