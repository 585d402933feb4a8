"""The command `record`: a program with Scale behind it, here a served fake in the role of Scale."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import yaml

from scaleapi_testing import FakeScale, verify
from scaleapi_testing.__main__ import main

KEY = "live_0123456789abcdefsecret"
ASK = f"""
import os, sys, requests
base = os.environ["SCALE_API_BASE_URL"] if sys.argv[1] == "base" else "https://api.scale.com"
session = requests.Session()
session.auth = ("{KEY}", "")
body = {{"attachment": "Moo.", "attachment_type": "text", "categories": ["cow", "sheep"],
         "metadata": {{"key": "{KEY}"}}, "callback_url": "https://h.example.com/?token=s3cr3t"}}
made = session.post(base + "/v1/task/categorization", json=body, headers={{"Cookie": "a=c00kie"}})
made.raise_for_status()
session.get(base + "/v1/task/" + made.json()["task_id"]).raise_for_status()
session.get(base + "/v1/tasks", params={{"limit": 1}}).raise_for_status()
session.post(base + "/v1/files/upload", files={{"file": ("a.png", bytes(range(256)))}},
             data={{"project_name": "cows"}})
print("asked")
sys.exit(int(sys.argv[2]))
"""


@pytest.fixture
def scale_elsewhere(monkeypatch):
    """A served fake that plays Scale; it is not started, so nothing in this process is answered."""
    fake = FakeScale(seed=5)
    fake.add_projects(["cows"])
    with fake.serve() as server:
        monkeypatch.setenv("SCALEAPI_TESTING_SCALE_URL", server.url)
        yield fake


def record(*arguments):
    """The exit code of the command."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["scaleapi-testing", "record", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
    return ended.value.code


@pytest.mark.parametrize("way", [pytest.param("base", marks=pytest.mark.slow), "proxy"])
def test_a_program_s_calls_are_recorded_and_verified(scale_elsewhere, tmp_path, capfd, way):
    out = tmp_path / "orders.yaml"

    code = record("--out", out, "--", sys.executable, "-c", ASK, way, "3")

    assert code == 3
    assert capfd.readouterr() == (
        "asked\n",
        f"scaleapi-testing record: recorded 4 calls to {out}\n",
    )
    assert len(scale_elsewhere.requests) == 4
    uris = [entry["request"]["uri"] for entry in yaml.safe_load(out.read_text())["interactions"]]
    assert uris[0] == "https://api.scale.com/v1/task/categorization"
    verification = verify(out)
    assert (len(verification.same), verification.ok) == (4, True), str(verification)


def test_nothing_secret_stands_in_the_cassette(scale_elsewhere, tmp_path):
    out = tmp_path / "orders.json"

    record("--out", out, "--", sys.executable, "-c", ASK, "base", "0")

    text = out.read_text()
    assert [secret for secret in (KEY, "s3cr3t", "c00kie") if secret in text] == []
    headers = json.loads(text)["interactions"][0]["request"]["headers"]
    assert headers["Authorization"] == ["Bearer live_recorded_1"]


@pytest.mark.slow
def test_a_difference_of_scale_s_is_found_out(scale_elsewhere, tmp_path):
    out = tmp_path / "orders.yaml"
    scale_elsewhere.faults.add(status=404, message="No.", method="GET", path="/v1/tasks")

    program = ASK.replace(', params={"limit": 1}).raise_for_status()', ")")
    record("--out", out, "--", sys.executable, "-c", program, "base", "0")

    (difference,) = verify(out).differences
    assert difference.recorded == {"status": 404, "error": "No."}


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (("x.yaml",), 2, "name a command: record --out FILE -- python program.py"),
        (
            ("no/x.yaml", "--", "true"), 2,
            (
                "--out no/x.yaml is in a folder that is not there: no; name a file, e.g. "
                "tests/cassettes/orders.yaml"
            ),
        ),
        (
            ("notes.txt", "--", "true"), 2,
            "--out notes.txt is there, and no cassette; name another file",
        ),
        (
            ("x.yaml", "--", "no-such-program"), 127,
            "cannot run no-such-program: No such file or directory",
        ),
        (
            ("x.yaml", "--", sys.executable, "-c", ""), 0,
            (
                "nothing was recorded: the program called Scale neither at SCALE_API_BASE_URL nor "
                "through HTTPS_PROXY"
            ),
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_recorded_is_one_line(
    scale_elsewhere, tmp_path, monkeypatch, capfd, arguments, code, complaint
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("buy milk")

    assert record("--out", *arguments) == code
    assert capfd.readouterr().err == f"scaleapi-testing record: {complaint}\n"
    assert (tmp_path / "notes.txt").read_text() == "buy milk"


@pytest.mark.slow
def test_an_upstream_that_does_not_answer_is_a_502_and_no_recording(tmp_path, monkeypatch, capfd):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv("SCALEAPI_TESTING_SCALE_URL", f"http://127.0.0.1:{port}")
    program = (
        "import os, requests; print(requests.get("
        "os.environ['SCALE_API_BASE_URL'] + '/v1/tasks').status_code)"
    )

    record("--out", tmp_path / "x.yaml", "--", sys.executable, "-c", program)

    out, err = capfd.readouterr()
    assert out == "502\n"
    assert err.startswith("scaleapi-testing record: nothing was recorded")


def test_other_hosts_are_reached_through_a_tunnel(scale_elsewhere, tmp_path, capfd):
    program = """
import os, socket
from urllib.parse import urlsplit
proxy = urlsplit(os.environ["HTTPS_PROXY"])
end = socket.create_connection((proxy.hostname, proxy.port))
end.sendall(b"CONNECT 127.0.0.1:%d HTTP/1.1\\r\\n\\r\\n" % int(os.environ["ECHO"]))
end.recv(100)
end.sendall(b"moo")
print(end.recv(100).decode())
"""
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("ECHO", str(server.getsockname()[1]))

        def echo():
            connection, _ = server.accept()
            with connection:
                connection.sendall(connection.recv(100)[::-1])

        thread = threading.Thread(target=echo)
        thread.start()
        record("--out", tmp_path / "x.yaml", "--", sys.executable, "-c", program)
        thread.join(5)

    assert capfd.readouterr().out == "oom\n"


TIDY = f"""
import os, signal, sys, time, requests
def tidy(*_):
    time.sleep(0.4)  # longer than subprocess.call() waits
    requests.get(base + "/v1/tasks", auth=("{KEY}", ""))
    sys.exit(9)
signal.signal(signal.SIGINT, tidy)
signal.signal(signal.SIGTERM, tidy)
base = os.environ["SCALE_API_BASE_URL"]
requests.get(base + "/v1/projects", auth=("{KEY}", ""))
print("asked", flush=True)
for _ in range(200):
    time.sleep(0.1)  # a signal just before one long sleep would be handled after it
"""


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_program_that_is_stopped_tidies_up_and_its_calls_are_recorded(
    scale_elsewhere, tmp_path, number
):
    out = tmp_path / "stopped.yaml"
    arguments = [sys.executable, "-m", "scaleapi_testing", "record", "--out", out, "--"]
    recorder = subprocess.Popen(
        [*arguments, sys.executable, "-c", TIDY],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert recorder.stdout.readline() == "asked\n"

    # Ctrl-C reaches all of the terminal's processes, what stops a job the recorder alone.
    stop = os.killpg if number == signal.SIGINT else os.kill
    stop(recorder.pid, number)
    _, said = recorder.communicate(timeout=15)

    assert (recorder.returncode, said) == (
        9,
        f"scaleapi-testing record: recorded 2 calls to {out}\n",
    )
    assert len(verify(out).same) == 2


STOPPED_EARLY = """
import os, runpy, signal, subprocess, sys
class Early(subprocess.Popen):
    def __init__(self, *args, **settings):
        super().__init__(*args, **settings)
        os.kill(os.getpid(), signal.SIGTERM)
subprocess.Popen = Early
runpy.run_module("scaleapi_testing", run_name="__main__")
"""


@pytest.mark.slow
def test_a_stop_before_the_program_is_known_ends_it_too(tmp_path):
    record = [sys.executable, "-c", STOPPED_EARLY, "record", "--out", tmp_path / "stopped.yaml"]
    program = [sys.executable, "-c", "import time; time.sleep(60)"]

    stopped = subprocess.run(
        [*record, "--", *program], capture_output=True, timeout=30, check=False
    )

    assert stopped.returncode == 128 + signal.SIGTERM


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="there are no devices")
def test_a_device_is_no_cassette(capfd):
    assert record("--out", "/dev/null", "--", "true") == 2
    assert capfd.readouterr().err == (
        "scaleapi-testing record: --out /dev/null is no file, but a device or a pipe; name a file\n"
    )
