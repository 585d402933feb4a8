"""The dashboard in a real browser: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from scaleapi_testing import FakeScale

CHROMIUM = Path("/usr/bin/chromium")
# Without these it asks hosts of its own, and a test would look for what they answer.
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NASTY = '<script>alert(1)</script>"><img src=x onerror=alert(1)> \u202eRTL \U0001f404'
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def chromium():
    """One browser for a file: its loop may not go on beside the tests of other files."""
    if not CHROMIUM.exists():
        missing = "NO CHROMIUM HERE: apt-get install chromium"
        if os.environ.get("SCALEAPI_TESTS_NEED_CHROMIUM"):
            pytest.fail(missing)
        pytest.skip(missing)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def fake():
    """A fake that only serves: the clocks and sockets of the browser are left alone."""
    return FakeScale(seed=7, start_time=START)


@pytest.fixture
def server(fake):
    with fake.serve() as running:
        yield running


@pytest.fixture
def call(server):
    """Calls the API of the server: ``call("POST", "/v1/task/categorization", {...})``."""

    def send(method, path, body=None):
        answer = requests.request(
            method, f"{server.url}{path}", json=body, auth=("live_demo", ""), timeout=30
        )
        return answer.json()

    return send


@pytest.fixture
def control(server):
    """Carries out a control: ``control("/clock/advance", hours=1)``."""

    def send(path, /, **arguments):
        answer = requests.post(f"{server.url}/_fake{path}", json=arguments, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return send


@pytest.fixture
def busy(fake, server, call, control):
    """A world where something of everything has happened; gives the ids of its tasks."""
    fake.turnaround(timedelta(hours=2))
    fake.callbacks.deliver_to("http://127.0.0.1:9", url_prefix="http://127.0.0.1:9")
    fake.callbacks.deliver_to(server.url, url_prefix=server.url)
    call("POST", "/v1/projects", {"name": "cows", "type": "imageannotation"})
    call("POST", "/v1/batches", {"project": "cows", "name": "belt 1"})
    ids = []
    for number in range(6):
        body = {
            "project": "cows",
            "batch": "belt 1",
            "instruction": NASTY if number == 0 else "Box every cow.",
            "attachment": f"https://img.example.com/{number}.png",
            "unique_id": f"belt-{number} {NASTY}" if number == 0 else f"belt-{number}",
            "callback_url": f"{server.url}/_fake/inbox/demo"
            if number % 2
            else "http://127.0.0.1:9/",
            "geometries": {"box": {"objects_to_annotate": [NASTY, "cow"]}},
        }
        ids.append(call("POST", "/v1/task/imageannotation", body)["task_id"])
    call("POST", "/v1/batches/belt%201/finalize")
    control("/clock/advance", hours=3)
    text = {"attachment": NASTY, "attachment_type": "text", "categories": ["cow", NASTY]}
    ids.append(call("POST", "/v1/task/categorization", text)["task_id"])
    call("GET", "/v1/taskz")
    call("GET", "/v1/tasks?limt=3")
    control("/faults/add", status=503, times=2, method="POST", path="/v1/task/*")
    return ids


class Visitor:
    """A page that notes what must not happen: errors, dialogs, calls of other hosts."""

    def __init__(self, page, url):
        self.page = page
        self.url = url
        self.wrong = []
        page.on("console", lambda told: told.type == "error" and self.wrong.append(told.text))
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("dialog", self._dialog)
        page.on("request", self._request)
        self.answers = []

    def _dialog(self, dialog):
        if self.answers:
            dialog.accept(self.answers.pop(0))
        else:
            self.wrong.append(f"dialog {dialog.message}")
            dialog.dismiss()

    def _request(self, request):
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.wrong.append(f"request {request.url}")

    def go(self, path):
        self.page.goto(f"{self.url}/_fake/{path}", wait_until="load")
        if path != "login":  # which needs no script
            self.page.wait_for_selector("html.scripted")
        return self.page

    def click(self, selector):
        """Click what acts, and wait until the page has been loaded anew."""
        with self.page.expect_navigation():
            self.page.click(selector)


@pytest.fixture
def visitor(chromium, server):
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(15_000)
    visitor = Visitor(context.new_page(), server.url)
    yield visitor
    context.close()
    assert visitor.wrong == []
