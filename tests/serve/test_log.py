"""What the log of a server says of calls, and of what fails in this package itself."""

from __future__ import annotations

import gzip
import io
import json
import socket
from contextlib import contextmanager

import pytest
import requests

from scaleapi_testing import FakeScale
from scaleapi_testing._serve.executor import Executor
from scaleapi_testing._serve.server import serve
from scaleapi_testing._serve_command.log import Log
from scaleapi_testing._worlds.worlds import Worlds

TASK = {"attachment": "Moo.", "attachment_type": "text", "categories": ["cow", "sheep"]}
PAGE = {"Accept": "text/html"}


@contextmanager
def logged(scale, **arguments):
    """The address of a server, and where its log is written, whole after the block."""
    out = io.StringIO()
    with Log(**{"as_json": False, "quiet": False, "out": out, **arguments}) as log:
        worlds = Worlds(scale, FakeScale, lambda _: None)
        with serve(worlds, seen=log) as server:
            yield server.url, out


def lines_of(out):
    return out.getvalue().splitlines()


def test_a_line_tells_the_notices_of_its_call(scale, key):
    with logged(scale) as (url, out):
        requests.post(f"{url}/v1/task/categorization", data={"a": "b"}, auth=key, timeout=10)
        requests.get(f"{url}/v1/tasks", auth=key, timeout=10)

    refused, plain = lines_of(out)
    assert refused.startswith("POST /v1/task/categorization 400 ")
    assert "noticed: " in refused
    assert "the body was read as a form, as its Content-Type: application/x-www" in refused
    assert "noticed" not in plain


def test_a_line_in_json_has_the_notices_as_a_list(scale, key):
    with logged(scale, as_json=True) as (url, out):
        requests.post(f"{url}/v1/task/categorization", data={"a": "b"}, auth=key, timeout=10)
        requests.get(f"{url}/v1/tasks", auth=key, timeout=10)

    refused, plain = map(json.loads, lines_of(out))
    assert any(notice.startswith("the body was read as a form") for notice in refused["notices"])
    assert "notices" not in plain


def test_a_line_bounds_its_notices_and_shows_no_key():
    out = io.StringIO()
    notices = ["live_secretsecret\nis odd", "x" * 1000, "c", "d", "e"]

    with Log(as_json=False, quiet=False, out=out) as log:
        log.call("GET", "/v1/tasks", 200, 0.001, "default", notices)

    assert out.getvalue() == (
        "GET /v1/tasks 200 1.0 ms default noticed: live_sec… is odd | "
        f"{'x' * 199}… | e | and 2 more\n"
    )


@pytest.mark.parametrize("own_key", ["plainsecret", "live_secretsecret", "s"])
def test_no_notice_shows_the_key_of_its_call(scale, own_key):
    with logged(scale) as (url, out):
        call = {"instruction": own_key, "attachment": own_key, "attachment_type": own_key}
        requests.post(f"{url}/v1/task/categorization", json=call, auth=(own_key, ""), timeout=10)

    assert "noticed" in out.getvalue()
    assert f"'{own_key}'" not in out.getvalue()


def test_a_compressed_body_is_refused_with_a_notice(scale, key):
    body = gzip.compress(b'{"name": "cows", "type": "categorization"}')
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}

    with scale.serve() as server:
        url = f"{server.url}/v1/projects"
        answer = requests.post(url, data=body, headers=headers, auth=key, timeout=10)

    assert answer.status_code == 400
    assert scale.requests.last.notices[-1] == (
        "the body came with Content-Encoding: gzip and was read as it is, compressed or not: "
        "send it uncompressed, without that header"
    )


def failing(*_):
    raise ValueError("no such luck with live_secretsecret")


def test_a_page_that_cannot_be_made_names_the_log_which_says_where(scale, monkeypatch):
    monkeypatch.setattr(FakeScale, "explain", failing)
    with scale:
        task = scale.client().create_task("categorization", **TASK)

    with logged(scale) as (url, out):
        answer = requests.get(f"{url}/_fake/ui/tasks/{task.id}", headers=PAGE, timeout=10)

    assert answer.status_code == 500
    assert "The log of the server has a line that says where" in answer.text
    (failed,) = [line for line in lines_of(out) if " failed: " in line]
    assert failed.startswith(f"GET /_fake/ui/tasks/{task.id} failed: ValueError: no such luck ")
    assert "live_sec…" in failed
    assert "(at test_log.py:" in failed
    assert " in failing < " in failed
    assert "secretsecret" not in out.getvalue()


@pytest.mark.parametrize("error", [RuntimeError, KeyError])
def test_every_page_and_control_that_fails_is_logged(scale, monkeypatch, error):
    def fail(*_, **__):
        raise error("x")

    monkeypatch.setattr("scaleapi_testing._dashboard.routes.page", fail)
    monkeypatch.setattr("scaleapi_testing._dashboard.pages.overview.page", fail)
    with logged(scale, as_json=True) as (url, out):
        answer = requests.get(f"{url}/_fake/", headers=PAGE, timeout=10)

    first, second, call = map(json.loads, lines_of(out))
    assert answer.status_code == 500
    assert answer.json()["error"]["kind"] == "InternalError"
    assert first["event"] == second["event"] == "failed"
    assert "Traceback" in first["traceback"]
    assert call["status"] == 500


@pytest.mark.parametrize("where", ["begin", "header", "call"])
def test_what_raises_is_answered_500_in_the_envelope_and_logged(scale, monkeypatch, where):
    begin = Executor.begin

    def begin_badly(self, world, request):
        if where == "begin":
            raise ValueError("bad luck")
        reply = begin(self, world, request)
        if where == "header":
            reply.headers.append(("X-Odd", "\u20ac"))
            return reply

        async def wait():
            raise ValueError("bad luck")

        return wait()

    monkeypatch.setattr(Executor, "begin", begin_badly)
    with logged(scale, quiet=True) as (url, out):
        port = int(url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(b"GET /v1/tasks HTTP/1.1\r\nHost: x\r\n\r\n")
            answer = b"".join(iter(lambda: connection.recv(65536), b""))

    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 500 Internal Server Error\r\n")
    assert b"\r\nConnection: close" in head
    assert json.loads(body) == {"status_code": 500, "error": "Internal Server Error"}
    (failed,) = lines_of(out)
    assert failed.startswith("GET /v1/tasks failed: ")
