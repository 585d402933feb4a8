"""Somebody who has never seen it shows a project with it, without reading anything.

What each step looked like stands as a picture in the folder that STORY_PICTURES names.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scaleapi import ScaleClient
from scaleapi_testing._demo.pictures import scenes
from scaleapi_testing._demo.served import DEAF, Show

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

PICTURES = 4
LONG_MS = 20_000


class Film:
    """Takes a picture of each step, where somebody wants them."""

    def __init__(self, page):
        self.page = page
        self.steps = 0
        folder = os.environ.get("STORY_PICTURES")
        self.folder = None if folder is None else Path(folder)

    def step(self, name):
        self.steps += 1
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=self.folder / f"{self.steps:02}-{name}.png", full_page=True)


def text(page, selector):
    return " ".join(page.inner_text(selector).split())


@pytest.fixture
def show():
    with Show(list(scenes(0, PICTURES)), 0, is_opened=False, tempo=0.2) as running:
        yield running


@pytest.fixture
def fake(show):
    return show.fake


def test_a_project_is_shown_from_its_first_task_to_a_test_of_it(
    visitor, show, fake, server, tmp_path
):
    visitor.page.set_default_timeout(LONG_MS)
    film = Film(visitor.page)

    for origin in (server.url, DEAF):  # as the command lets them go
        fake.callbacks.deliver_to(origin, url_prefix=origin)

    # The demo begins: tasks come in while one watches.
    page = visitor.go("")
    film.step("nothing-yet")
    show.begin(server.url)
    page.wait_for_selector(".tile:first-child dd:has-text('4')")
    film.step("tasks-come-in")
    assert page.locator("[data-project=cows]").count() == 1

    # One task is followed from its creation to its audited label.
    page.click("nav >> text=Tasks")
    film.step("tasks")
    page.click("td.id a >> nth=-1")
    assert "No answer yet" in text(page, "section[aria-labelledby=answer-title]")
    film.step("a-task")
    visitor.click("text=Start work")
    visitor.click("button:text-is('Complete')")
    # A hasty answer is sent back and done again meanwhile: the page shows how it ends.
    page.wait_for_selector(".page-head .badge:text-is('accepted')")
    page.wait_for_selector("#answer-title ~ figure .shape")
    film.step("an-audited-label")
    followed = page.inner_text("h1")
    assert fake.tasks[followed].audits
    assert page.locator("section[aria-labelledby=audits-title] li").count() > 0
    assert "created by request" in text(page, "section[aria-labelledby=history-title]")

    # Time passes; somewhere a callback fails. Why?
    page.click("nav >> text=Time")
    film.step("time")
    visitor.click("text=+1 day")
    page.click("nav >> text=Overview")
    page.click("section[aria-labelledby=failing-title] li a >> nth=0")
    film.step("why-a-callback-fails")
    assert "Nothing answered at this address" in text(page, ".message-line[data-kind=bad]")

    # The webhook is made to pass.
    visitor.click("text=Send there from now on")
    film.step("sent-elsewhere")
    visitor.click("button:text-is('Redeliver')")
    film.step("the-webhook-passes")
    assert "succeeded" in text(page, "details.delivery summary")
    page.click("text=the inbox cows")
    film.step("the-inbox")
    assert DEAF not in page.url
    assert page.locator("details").count() > 0

    # An outage; a client rides it out.
    page.click("nav >> text=Faults")
    visitor.click("text=Begin an outage")
    film.step("an-outage")
    with ScaleClient("live_demo", api_instance_url=f"{server.url}/v1") as client:
        from threading import Thread

        seen = []
        rider = Thread(target=lambda: seen.append(client.get_task(followed).status))
        rider.start()
        page.wait_for_selector("[data-outage-hits]:has-text('2')")
        film.step("calls-meet-it")
        visitor.click("text=End the outage")
        rider.join(timeout=60)
    page.click("nav >> text=Requests")
    film.step("a-client-rode-it-out")
    assert seen == ["completed"]
    assert "an outage" in text(page, "table")

    # All of it as a test, which passes.
    page.click("nav >> text=Overview")
    page.click("text=Copy all of it as pytest")
    film.step("as-a-test")
    test = tmp_path / "test_what_was_done.py"
    test.write_text(page.inner_text("#copy-world"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(test)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert re.search(r"^1 passed", done.stdout, re.MULTILINE), done.stdout[-3000:]
