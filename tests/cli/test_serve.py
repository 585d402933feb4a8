"""The command `serve` as a person meets it: a process of its own, ended by a signal."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests

from scaleapi_testing import FakeScale

COMMAND = [sys.executable, "-m", "scaleapi_testing", "serve"]
# As a signal does that comes just before the main thread goes to sleep: it interrupts nobody there.
SIGNALED_ASIDE = """
import signal, sys, threading, time
from scaleapi_testing.__main__ import main

def signal_this_thread():
    while signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        time.sleep(0.01)
    time.sleep(1)
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

threading.Thread(target=signal_this_thread, daemon=True).start()
main()
"""
KEY = ("live_demo", "")
TASK = {
    "instruction": "Is it a cow?",
    "attachment": "https://images.test/cow.jpg",
    "attachment_type": "image",
    "categories": ["cow", "no cow"],
}

EXPORTED = {
    "task_id": "65e2f0000000000000000001",
    "created_at": "2024-03-02T09:15:04.120Z",
    "type": "categorization",
    "status": "pending",
    "params": {"attachment": "Moo.", "attachment_type": "text", "categories": ["cow", "sheep"]},
}


def started(arguments, environment=None):
    return subprocess.Popen(
        [*COMMAND, *arguments],
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


class Served:
    """A running command."""

    def __init__(self, process):
        self.process = process
        first = process.stdout.readline()
        self.url = json.loads(first)["url"] if first.startswith("{") else first.split()[-1]
        self.said = [first]

    def end(self, number=signal.SIGTERM):
        """Its exit code, and what it said."""
        self.process.send_signal(number)
        # Not communicate(), which loses what a readline() has read ahead.
        self.said.append(self.process.stdout.read())
        assert self.process.stderr.read() == ""
        return self.process.wait(20), "".join(self.said)


@contextmanager
def serving(*arguments, **environment):
    process = started(("--port", "0", *arguments), environment)
    try:
        yield Served(process)
    finally:
        process.kill()
        process.communicate()


def refused(*arguments, **environment):
    """Exit code and complaint of a command that does not begin to serve."""
    process = started(arguments, environment)
    out, complaint = process.communicate(timeout=20)
    assert out == ""
    return process.returncode, complaint.removeprefix("scaleapi-testing serve: ")


def test_a_variable_that_is_nearly_an_option_is_told():
    code, complaint = refused(SCALE_FAKE_PROT="1", SCALE_FAKE_SPEED="-1")

    assert (code, complaint.splitlines()[0]) == (
        2,
        "SCALE_FAKE_PROT is no option; did you mean SCALE_FAKE_PORT?",
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        ("serve", "--port", "0", "--quiet"),
        ("record", "--out", "x.yaml", "--", sys.executable, "-c", "import time; time.sleep(60)"),
    ],
)
def test_a_signal_that_does_not_wake_the_main_thread_is_noticed_all_the_same(tmp_path, arguments):
    ended = subprocess.run(
        [sys.executable, "-c", SIGNALED_ASIDE, *arguments],
        cwd=tmp_path,
        capture_output=True,
        timeout=20,
        check=False,
    )

    # Of the recorder it is what its program ended with.
    assert ended.returncode == {"serve": 0, "record": 128 + signal.SIGTERM}[arguments[0]]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_zero(number):
    with serving() as served:
        assert requests.get(f"{served.url}/v1/tasks", auth=KEY, timeout=10).json()["docs"] == []
        code, _ = served.end(number)

    assert code == 0


def test_what_it_prints_can_be_pasted():
    with serving() as served:
        port = served.url.rpartition(":")[2]
        _, said = served.end()

    assert said == (
        f"Scale, faked, at http://127.0.0.1:{port}\n\n"
        f"  curl -u live_demo: http://127.0.0.1:{port}/v1/tasks\n\n"
        "Clients:\n"
        f"  export SCALE_API_BASE_URL=http://127.0.0.1:{port}\n"
        f'  scaleapi.ScaleClient(key, api_instance_url="http://127.0.0.1:{port}/v1")\n'
        f"  anything else: http://127.0.0.1:{port}/v1 and http://127.0.0.1:{port}/v2 in place of "
        "https://api.scale.com\n\n"
        f"Dashboard: http://127.0.0.1:{port}/_fake/\n\n"
        "Ctrl-C ends it.\n"
    )


@pytest.mark.slow
def test_each_call_is_a_line_without_query_and_key():
    with serving() as served:
        requests.get(f"{served.url}/v1/tasks?api_key=live_secret", auth=KEY, timeout=10)
        requests.get(f"{served.url}/v1/task/live_secretsecret", auth=KEY, timeout=10)
        _, said = served.end()

    lines = [line.split() for line in said.splitlines()[-2:]]
    assert [(line[0], line[1], line[2], line[4], line[5]) for line in lines] == [
        ("GET", "/v1/tasks", "200", "ms", "default"),
        ("GET", "/v1/task/live_sec…", "404", "ms", "default"),
    ]
    assert "secret" not in said


@pytest.mark.slow
def test_lines_may_be_json_and_calls_left_out():
    with serving("--log-format", "json") as served:
        requests.get(f"{served.url}/v1/tasks", auth=KEY, timeout=10)
        _, said = served.end()
    with serving("--quiet") as quiet:
        requests.get(f"{quiet.url}/v1/tasks", auth=KEY, timeout=10)
        _, little = quiet.end()

    banner, call = map(json.loads, said.splitlines())
    assert banner["event"] == "serving"
    assert {**call, "ms": 0} == {
        "method": "GET", "path": "/v1/tasks", "status": 200, "ms": 0, "world": "default",
    }  # fmt: skip
    assert "GET" not in little


@pytest.mark.slow
def test_options_come_from_the_environment_too():
    with serving(
        SCALE_FAKE_ALLOW_KEY="live_one,live_two",
        SCALE_FAKE_PROJECT="cows:categorization,dogs:comparison",
        SCALE_FAKE_START_TIME="2026-03-02T09:00:00Z",
        SCALE_FAKE_SPEED="0",
        SCALE_FAKE_QUIET="1",
    ) as served:
        url = f"{served.url}/v1/projects"
        projects = requests.get(url, auth=("live_two", ""), timeout=10).json()
        other = requests.get(url, auth=KEY, timeout=10)
        _, said = served.end()

    assert [project["name"] for project in projects] == ["dogs", "cows"]
    assert projects[0]["created_at"] == "2026-03-02T09:00:00.000Z"
    assert other.status_code == 401
    assert "live_" not in said


@pytest.mark.slow
def test_time_runs_beside_real_time_and_callbacks_arrive():
    received = []
    came = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()
            came.set()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as receiver:
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        hook = f"http://127.0.0.1:{receiver.server_port}/hook"
        with serving("--speed", "36000", "--turnaround", "2h") as served:
            requests.post(
                f"{served.url}/v1/task/categorization",
                json={**TASK, "callback_url": hook},
                auth=KEY,
                timeout=10,
            )
            arrived = came.wait(20)
            _, said = served.end()
        receiver.shutdown()

    assert arrived, said
    assert received[0]["status"] == "completed"


@pytest.mark.slow
def test_a_callback_elsewhere_is_not_sent_and_that_is_said():
    with serving() as served:
        url = f"{served.url}/v1/task/categorization"
        body = {**TASK, "callback_url": "http://hooks.example/x"}
        requests.post(url, json=body, auth=("test_demo", ""), timeout=10)
        _, said = served.end()

    assert (
        "callbacks to hooks.example are not sent: allow them by --callback-host hooks.example\n"
        in said
    )


@pytest.mark.slow
def test_a_dump_is_served_again(tmp_path):
    scale = FakeScale(seed=3)
    scale.add_projects([("cows", "categorization")], "live_demo")
    scale.dump(tmp_path / "dump.json")

    with serving("--load", str(tmp_path / "dump.json")) as served:
        answer = requests.get(f"{served.url}/v1/projects", auth=KEY, timeout=10).json()
        served.end()

    assert [project["name"] for project in answer] == ["cows"]


@pytest.mark.slow
@pytest.mark.parametrize("option", ["--host", "--public-name"])
def test_an_ipv6_address_may_be_given_in_brackets(option):
    with serving(option, "[::1]") as served:
        served.end()

    assert re.fullmatch(r"http://\[::1\]:\d+", served.url)


@pytest.mark.slow
def test_https_is_trusted_as_it_says():
    with serving("--tls", "--public-name", "localhost") as served:
        ready = [served.process.stdout.readline() for _ in range(11)]
        served.said += ready
        (trust,) = (shlex.split(line) for line in ready if "REQUESTS_CA_BUNDLE" in line)
        ca_file = trust[1].partition("=")[2]
        status = requests.get(f"{served.url}/v1/tasks", auth=KEY, verify=ca_file, timeout=10)
        code, _ = served.end()

    assert served.url.startswith("https://localhost:")
    assert (status.status_code, code) == (200, 0)


@pytest.mark.slow
def test_a_port_in_use_is_one_line_and_exit_code_1():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        assert refused("--port", str(port)) == (
            1,
            (
                f"cannot serve on 127.0.0.1:{port}: Address already in use; --port 0 takes a free "
                "port\n"
            ),
        )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ("--port x", "--port='x': give a number from 1 to 65535, or 0 for a free one"),
        ("--port 70000", "--port='70000': give a number from 1 to 65535, or 0 for a free one"),
        ("--seed x", "--seed='x': give a whole number"),
        ("--turnaround 2", "--turnaround='2': give a length such as 90s, 30m, 2h or 1d"),
        (
            "--speed nan",
            (
                "--speed='nan': give how many virtual seconds pass in a real one: 1, 3600, or 0 "
                "for none"
            ),
        ),
        (
            "--start-time 2026-01-01",
            (
                "--start-time='2026-01-01': it has no time zone; give a time with its zone, e.g. "
                "2026-03-02T09:00:00Z"
            ),
        ),
        (
            "--start-time 9999-12-31T23:59:59-10:00",
            (
                "--start-time='9999-12-31T23:59:59-10:00': it lies outside the years 1 to 9999 in "
                "UTC; give a time with its zone, e.g. 2026-03-02T09:00:00Z"
            ),
        ),
        ("--project x", "--project='x': give NAME:TYPE, e.g. cows:categorization"),
        ("--log-format x", "--log-format='x': give text or json"),
        (
            "--host 0.0.0.0 --allow-key live_x",
            (
                "--host 0.0.0.0 lets other machines call this fake: give --admin-token TOKEN too, "
                "or a loopback address such as 127.0.0.1"
            ),
        ),
        ("--allow-key 'live x'", "--allow-key: give letters, digits and signs, without spaces"),
        (
            "--checkpoint",
            "--checkpoint writes a state down: give --state WHERE too",
        ),
        ("--state fake.db --reads x", "--reads='x': give fresh or local"),
        (
            "--load x.json --seed 3",
            "--load brings the seed of its file; leave out --seed",
        ),
        (
            "--callback-host http://x",
            (
                "--callback-host='http://x': give HOST or HOST:PORT, an IPv6 address in brackets, "
                "without a scheme"
            ),
        ),
        (
            "--callback-host hooks.example:0",
            (
                "--callback-host='hooks.example:0': its port is no number from 1 to 65535; "
                "correct it, or leave it out"
            ),
        ),
        (
            "--public-name a.example/x",
            (
                "--public-name='a.example/x': give a host name or an address, without scheme, port "
                "and path"
            ),
        ),
        (
            "--public-name a..b",
            ("--public-name='a..b': give a host name or an address, without scheme, port and path"),
        ),
        (
            "--public-name [:::]",
            (
                "--public-name='[:::]': give a host name or an address, without scheme, port "
                "and path"
            ),
        ),
        (
            "--port 0 --tls --public-name a_b",
            (
                "--tls with the name 'a_b': no certificate can be made for it (Codepoint U+005F at "
                "position 2 of 'a_b' not allowed); give another, or leave out --tls"
            ),
        ),
        (
            "--state 'a\nb.db'",
            "--state: give a text without signs that cannot be printed",
        ),
    ],
)
def test_a_wrong_option_is_one_line_and_exit_code_2(arguments, complaint):
    assert refused(*shlex.split(arguments)) == (2, f"{complaint}\n")


def test_a_wrong_variable_is_named_as_such():
    assert refused(SCALE_FAKE_TLS="maybe") == (2, "SCALE_FAKE_TLS='maybe': give 1 or 0\n")


@pytest.mark.slow
def test_it_begins_with_exported_tasks(tmp_path):
    export = tmp_path / "tasks.json"
    export.write_text(json.dumps([EXPORTED]))

    with serving("--load", str(export), "--start-time", "2026-03-02T12:00:00Z") as served:
        page = requests.get(f"{served.url}/v1/tasks", auth=("live_fake", ""), timeout=10).json()
        _, said = served.end()

    assert page["docs"] == [EXPORTED]
    assert f"curl -u live_fake: {served.url}/v1/tasks" in said
    assert "1 task loaded into account live_f…: 1 categorization; 1 pending\n" in said


def test_what_is_no_export_is_one_line(tmp_path):
    export = tmp_path / "tasks.jsonl"
    export.write_text(f"{json.dumps(EXPORTED)}\n{json.dumps({'name': 'w10'})}\n")

    assert refused("--load", str(export)) == (
        1,
        (
            f"{export}, line 2 is an object without task_id (its keys: 'name'), no task; expected "
            "a page of GET /v1/tasks, its docs, a list of tasks, one task, or one of these on each "
            "line\n"
        ),
    )


@pytest.mark.slow
def test_a_file_that_cannot_be_loaded_is_one_line(tmp_path):
    missing, damaged = tmp_path / "missing.json", tmp_path / "damaged.json"
    damaged.write_text("{}")

    assert refused("--load", str(missing)) == (
        1, f"cannot load {missing}: No such file or directory\n",
    )  # fmt: skip
    assert refused("--load", str(damaged))[0] == 1
