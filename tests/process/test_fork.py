"""What a child process finds of its parent's fake: after a fork, and in a fresh interpreter."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import httpx
import pytest
import requests

from scaleapi_testing import FakeScale, ForkedFake
from tests.process.forked_child import in_child

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="forks are Unix's"),
    pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning"),
]

PARAMS = {"attachment": "a", "attachment_type": "text", "categories": ["a", "b"]}
CREATE = "https://api.scale.com/v1/task/categorization"


def create(url=CREATE):
    response = requests.post(url, json=PARAMS, auth=("live_fake", ""), timeout=5)
    return response.json()["task_id"]


def refusal():
    return (
        f"ForkedFake: this FakeScale lives in process {os.getpid()}, of which this one is a fork: "
        "nobody there would see a call made here. Let the child call the fake over HTTP: begin "
        "scale_server (or scale.serve()) before the fork and give the child its .url as "
        "SCALE_API_BASE_URL. FakeScale(forked='copy') gives each child a private copy instead"
    )


def test_a_forked_childs_first_call_is_refused_and_names_the_way():
    with FakeScale() as scale:
        assert in_child(create) == refusal()
        assert in_child(lambda: len(scale.tasks)) == refusal()
        assert in_child(lambda: scale.clock.advance(hours=1)) == refusal()
        assert in_child(lambda: len(scale.callbacks)) == refusal()
        assert in_child(lambda: list(scale.callbacks)) == refusal()
        assert in_child(lambda: list(scale.callbacks.outbox)) == refusal()
        assert in_child(scale.serve) == refusal()
        assert in_child(lambda: repr(scale)) == (
            "<FakeScale seed=0 of the process that this one was forked from>"
        )
        assert len(scale.requests) == 0
        assert create() == scale.tasks[0].id
    assert issubclass(ForkedFake, RuntimeError)


def test_a_forked_child_may_start_a_fake_of_its_own():
    def work():
        with FakeScale() as own:
            create()
            return len(own.tasks)

    with FakeScale():
        assert in_child(work) == 1


def test_a_forked_child_may_stop_its_parents_fake():
    with FakeScale() as scale:
        assert in_child(scale.stop) is None
        assert scale.is_active


def test_a_forked_child_calls_the_served_fake_of_its_parent():
    with FakeScale() as scale, scale.serve() as server:
        task_id = in_child(lambda: create(f"{server.url}/v1/task/categorization"))

        assert [task.id for task in scale.tasks] == [task_id]


def test_with_copies_every_child_has_a_private_one_with_ids_of_its_own():
    with FakeScale(seed=3, forked="copy") as scale:
        create()
        first = in_child(lambda: [create(), len(scale.tasks)])
        second = in_child(lambda: [create(), len(scale.tasks)])
        own = create()

        assert (first[1], second[1], len(scale.tasks)) == (2, 2, 2)
        assert len({first[0], second[0], own}) == 3


@pytest.mark.slow
@pytest.mark.parametrize("forked", ["refuse", "copy"])
def test_no_child_hangs_when_threads_call_while_it_is_forked(forked):
    over = threading.Event()

    def call():
        while not over.is_set():
            create()

    with FakeScale(forked=forked) as scale:
        threads = [threading.Thread(target=call) for _ in range(4)]
        for thread in threads:
            thread.start()
        try:
            answers = [in_child(create) for _ in range(15)]
        finally:
            over.set()
            for thread in threads:
                thread.join()
        ids = {task.id for task in scale.tasks}

    if forked == "refuse":
        assert set(answers) == {refusal()}
    else:
        assert len(set(answers)) == 15
        assert ids.isdisjoint(answers)


def test_another_word_for_forked_is_refused():
    with pytest.raises(ValueError, match=r"^forked='share': choose one of refuse, copy$"):
        FakeScale(forked="share")


def child(program, **environment):
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, **environment},
    )
    return done.stdout + done.stderr


def test_the_environment_says_that_a_fake_is_active_and_is_left_as_it_was(monkeypatch):
    monkeypatch.delenv("SCALEAPI_TESTING_ACTIVE", raising=False)

    with FakeScale(), FakeScale():
        assert os.environ["SCALEAPI_TESTING_ACTIVE"] == str(os.getpid())

    assert "SCALEAPI_TESTING_ACTIVE" not in os.environ


@pytest.mark.slow
def test_a_suite_in_a_child_process_is_refused_scale_itself_and_nothing_else(tmp_path):
    (tmp_path / "test_it.py").write_text(
        "import http.client, os, socket, pytest\n"
        "from scaleapi_testing import FakeScale, NetworkBlocked\n"
        "def test_it():\n"
        "    with pytest.raises(NetworkBlocked) as caught:\n"
        "        http.client.HTTPSConnection('api.scale.com').request('GET', '/v1/tasks')\n"
        "    assert str(caught.value) == (\n"
        "        'refused to reach api.scale.com at test_it.py:5: a FakeScale is active in '\n"
        "        f'process {os.getppid()}, of which this one is a child, and a fake answers in '\n"
        "        'its own process alone. Give the child SCALE_API_BASE_URL=<scale_server.url> '\n"
        "        '(or that of scale.serve()), or start a FakeScale here')\n"
        "    with pytest.raises(socket.gaierror):\n"
        "        socket.getaddrinfo('no-such-host.invalid', 80)\n"
        "def test_own(scale, scale_client):\n"
        "    assert scale_client.get_projects() == []\n"
    )
    options = ["-q", "-p", "no:cacheprovider"]
    program = f"import os, pytest; os.chdir({str(tmp_path)!r}); pytest.main({options})"

    with FakeScale():
        assert "2 passed" in child(program)


CALL = """
import scaleapi
try:
    scaleapi.ScaleClient("live_abc").get_projects()
except scaleapi.ScaleConnectionError as error:
    print(error)
"""


@pytest.mark.slow
def test_our_client_in_a_child_process_does_not_call_scale_itself():
    with FakeScale():
        said = child(CALL, SCALE_API_BASE_URL="")

    assert said.startswith(
        f"refused to call api.scale.com: a FakeScale is active in process {os.getpid()}, of which "
        "this one is a child, and a fake answers in its own process alone. Give the child "
        "SCALE_API_BASE_URL=<scale_server.url> (or that of scale.serve())"
    )


def test_our_client_in_a_child_process_calls_the_server_that_it_is_told():
    with FakeScale() as scale, scale.serve() as server:
        assert child(CALL, SCALE_API_BASE_URL=server.url) == ""
        assert len(scale.requests) == 1


def test_our_client_in_a_child_process_reaches_the_childs_own_fake():
    own = "from scaleapi_testing import FakeScale\nFakeScale().start()\n"
    bound = "from scaleapi_testing import FakeScale\nprint(FakeScale().client().get_projects())\n"

    with FakeScale():
        assert child(own + CALL) == ""
        assert child(bound) == "[]\n"


def test_a_served_fake_is_not_called_through_a_proxy_of_the_environment(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "intranet.test")
    monkeypatch.delenv("no_proxy", raising=False)

    with FakeScale() as scale:
        with scale.serve() as server, scale.serve():
            for get in (requests.get, httpx.get):
                get(f"{server.url}/v1/tasks", auth=("live_fake", ""), timeout=5).raise_for_status()
            assert os.environ["NO_PROXY"] == "intranet.test,127.0.0.1,127.0.0.1"
        assert len(scale.requests) == 2
    assert os.environ["NO_PROXY"] == "intranet.test"
    assert "no_proxy" not in os.environ


def test_an_exception_for_a_server_that_ended_early_is_taken_out_once(monkeypatch):
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    fake = FakeScale()
    first, second = fake.serve(), fake.serve()
    first.__enter__()
    second.__enter__()

    first.__exit__(None, None, None)
    assert os.environ["NO_PROXY"] == "127.0.0.1"

    second.__exit__(None, None, None)
    assert "NO_PROXY" not in os.environ
    assert "no_proxy" not in os.environ
