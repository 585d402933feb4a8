"""Every button and form of the dashboard does what it says, and what it shows is the API's."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import requests

pytestmark = pytest.mark.slow


def text(page, selector):
    return " ".join(page.inner_text(selector).split())


# -- time -------------------------------------------------------------------------------------


def test_the_clock_is_moved_by_an_hour_a_day_and_to_a_moment(visitor, fake):
    page = visitor.go("ui/time")
    visitor.click("text=+1 hour")
    visitor.click("text=+1 day")
    page.fill("#moment", "2026-03-05T00:00:00Z")
    visitor.click("text=Go there")

    assert fake.clock.now().isoformat() == "2026-03-05T00:00:00+00:00"
    assert "5 Mar 2026" in text(page, ".clock") or "05 Mar 2026" in text(page, ".clock")


def test_the_clock_is_moved_by_the_keyboard_alone(visitor, fake):
    page = visitor.go("ui/time")
    page.focus("text=+1 hour")

    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert fake.clock.now().hour == 10


def test_what_is_to_come_is_done_now_and_runs_until_idle(visitor, fake, call):
    fake.turnaround(timedelta(hours=2))
    body = {"attachment": "Moo", "attachment_type": "text", "categories": ["cow"]}
    first = call("POST", "/v1/task/categorization", body)["task_id"]
    fake.clock.advance(hours=1)
    second = call("POST", "/v1/task/categorization", body)["task_id"]
    page = visitor.go("ui/time")

    visitor.click("button:text-is('Do it now') >> nth=0")
    assert (fake.tasks[first].status, fake.tasks[second].status) == ("completed", "pending")
    visitor.click("text=Run until idle")

    assert fake.tasks[second].status == "completed"
    assert "Nothing is planned" in text(page, "main")


def test_the_speed_is_set(visitor, server):
    page = visitor.go("ui/time")
    page.fill("#speed", "3600")
    visitor.click("button:text-is('Set')")

    assert "3600 virtual seconds for each real one" in text(page, "main")
    visitor.page.goto("about:blank")


def test_a_moment_that_is_none_is_refused_in_words(visitor):
    page = visitor.go("ui/time")
    page.fill("#moment", "yesterday")
    page.click("text=Go there")

    page.wait_for_selector("[data-message][data-kind=bad]")
    assert "give a time with its zone" in text(page, "[data-message]")
    visitor.wrong = [told for told in visitor.wrong if "422" not in told]


# -- callbacks --------------------------------------------------------------------------------


def test_why_a_callback_fails_is_found_and_the_webhook_passes(visitor, fake, server, call):
    body = {"attachment": "Moo", "attachment_type": "text", "categories": ["cow"]}
    body["callback_url"] = "http://127.0.0.1:9/hook"
    fake.callbacks.deliver_to("http://127.0.0.1:9")
    task = call("POST", "/v1/task/categorization", body)["task_id"]
    fake.complete(task)
    page = visitor.go("")

    page.click("section[aria-labelledby=failing-title] li a >> nth=0")
    assert "Nothing answered at this address" in text(page, ".message-line[data-kind=bad]")
    page.fill("#target", f"{server.url}/_fake/inbox")
    visitor.click("text=Send there")
    visitor.click("button:text-is('Redeliver')")

    assert fake.callbacks.last.succeeded
    assert "succeeded" in text(page, "details.delivery summary")
    visitor.go("ui/inbox/hook")
    assert task in text(page, "main")


def test_a_duplicate_is_sent_and_the_next_ones_are_refused_late_and_reversed(visitor, fake, busy):
    page = visitor.go("ui/callbacks?state=succeeded")
    count = len(fake.callbacks)
    page.click("details.delivery summary >> nth=0")
    visitor.click("text=Send a duplicate")
    assert len(fake.callbacks) == count + 1

    for button in ("Refuse", "Delay", "Reverse"):
        visitor.click(f"button:text-is('{button}')")

    fake.callbacks.redeliver(fake.callbacks[0])
    assert fake.callbacks[0].attempts[-1].status == 500


# -- faults -----------------------------------------------------------------------------------


def test_a_fault_is_added_with_a_sentence_that_says_what_will_happen(visitor, fake, server):
    page = visitor.go("ui/faults")
    page.select_option("#fault-kind", "disconnect")
    page.fill("#fault-times", "2")
    page.select_option("#fault-operation", label=next(
        label for label in page.locator("#fault-operation option").all_inner_texts()
        if label.startswith("GET /v1/tasks ")
    ))  # fmt: skip
    page.check("#after-commit")
    told = text(page, "[data-sentence]")

    visitor.click("text=Add it")

    assert told == (
        "Each of the next 2 calls of GET /v1/tasks is cut off without an answer, after it took "
        "effect."
    )
    assert text(page, "tr[data-fault] td >> nth=0") == told
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{server.url}/v1/tasks", auth=("live_a", ""), timeout=5)
    assert [fault.hits for fault in fake.faults] == [1]


@pytest.mark.parametrize(
    ("kind", "attribute"),
    [("timeout", "timeout"), ("truncate", "truncate"), ("garbage", "garbage"),
     ("connect_timeout", "connect_timeout"), ("latency", "latency"), ("status", "status")],
)  # fmt: skip
def test_a_fault_of_each_kind_is_added_and_removed(visitor, fake, kind, attribute):
    page = visitor.go("ui/faults")
    page.select_option("#fault-kind", kind)

    visitor.click("text=Add it")
    assert getattr(next(iter(fake.faults)), attribute)
    visitor.click("button:text-is('Remove')")

    assert len(fake.faults) == 0


def test_an_outage_begins_and_ends_and_the_rate_is_limited(visitor, fake, call):
    page = visitor.go("ui/faults")
    visitor.click("text=Begin an outage")
    during = call("GET", "/v1/tasks")["status_code"]
    visitor.click("text=End the outage")
    after = call("GET", "/v1/tasks")["docs"]
    visitor.click("button:text-is('Limit')")
    limited = text(page, "tr[data-fault] td >> nth=0")
    visitor.click("text=Remove all")

    assert (during, after) == (503, [])
    assert limited.startswith("A key has 10 calls in 60 s")
    assert len(fake.faults) == 0


# -- tasks ------------------------------------------------------------------------------------


def test_the_table_shows_what_the_api_lists(visitor, busy, call):
    page = visitor.go("ui/tasks")
    listed = call("GET", "/v1/tasks")["docs"]

    rows = page.evaluate(
        """[...document.querySelectorAll("tr[data-task]")].map(
          (row) => [row.dataset.task, row.querySelector(".badge").textContent])"""
    )

    assert sorted(rows) == sorted([task["task_id"], task["status"]] for task in listed)


def test_a_task_is_followed_from_creation_to_an_audited_label(visitor, fake, call):
    body = {"attachment": "Moo", "attachment_type": "text", "categories": ["cow", "calf"]}
    task = call("POST", "/v1/task/categorization", body)["task_id"]
    page = visitor.go("ui/tasks")
    page.click(f"a:has-text('{task}')")

    visitor.click("text=Start work")
    visitor.click("button:text-is('Complete')")
    page.click("text=Reject…")
    page.fill("#reject-comments", "That is a calf.")
    visitor.click("dialog[open] button.primary")

    assert fake.tasks[task].status == "completed"
    assert call("GET", f"/v1/task/{task}")["audits"][0]["audit_result"] == "rejected"
    assert "That is a calf." in text(page, "section[aria-labelledby=audits-title]")


def test_an_edited_answer_is_checked_before_it_is_taken(visitor, fake, call):
    body = {"attachment": "Moo", "attachment_type": "text", "categories": ["cow", "calf"]}
    task = call("POST", "/v1/task/categorization", body)["task_id"]
    page = visitor.go(f"ui/tasks/{task}")
    page.click("text=Complete with an answer…")
    good = page.input_value("#answer-response")

    page.fill("#answer-response", "{no json")
    page.click("dialog[open] button.primary")
    page.wait_for_selector("dialog[open] [data-form-message]:not(:empty)")
    no_json = text(page, "dialog[open] [data-form-message]")
    page.fill("#answer-response", '{"taxonomies": 5}')
    assert text(page, "dialog[open] [data-form-message]") == ""
    page.click("dialog[open] button.primary")
    page.wait_for_selector("dialog[open] [data-as-is]:visible")
    misfit = text(page, "dialog[open] [data-form-message]")
    page.fill("#answer-response", good)
    assert not page.is_visible("dialog[open] [data-as-is]")
    visitor.click("dialog[open] button.primary")

    assert "is no JSON" in no_json
    assert misfit == (
        "This does not fit the task: response.taxonomies is no part of an answer of this type; "
        "right would be category response.category is missing; right would be a text"
    )
    assert fake.tasks[task].response == json.loads(good)


def test_an_answer_that_does_not_fit_is_used_as_it_is_when_somebody_insists(visitor, fake, call):
    body = {"attachment": "Moo", "attachment_type": "text", "categories": ["cow", "calf"]}
    task = call("POST", "/v1/task/categorization", body)["task_id"]
    page = visitor.go(f"ui/tasks/{task}")
    page.click("text=Complete with an answer…")
    page.fill("#answer-response", '{"moo": true}')

    page.click("dialog[open] button.primary")
    page.wait_for_selector("dialog[open] [data-as-is]:visible")
    assert fake.tasks[task].status == "pending"
    visitor.click("dialog[open] [data-as-is]")

    assert fake.tasks[task].response == {"moo": True}


def test_many_tasks_are_chosen_and_completed_at_once(visitor, fake, call):
    body = {"attachment": "Moo", "attachment_type": "text", "categories": ["cow"]}
    for _ in range(4):
        call("POST", "/v1/task/categorization", body)
    page = visitor.go("ui/tasks")
    page.check("[data-choose-all]")

    visitor.click("[data-bulk-do=complete]")

    assert [task.status for task in fake.tasks] == ["completed"] * 4


def test_many_tasks_are_tagged_and_exported(visitor, fake, call):
    body = {"attachment": "Moo", "attachment_type": "text", "categories": ["cow"]}
    task = call("POST", "/v1/task/categorization", body)["task_id"]
    page = visitor.go("ui/tasks")
    page.check("[data-choose]")
    visitor.answers.append("belt, moo")
    visitor.click("[data-bulk-do=tag]")
    page.check("[data-choose]")
    with page.expect_download() as download:
        page.click("[data-bulk-export=jsonl]")

    assert fake.tasks[task].as_dict()["tags"] == ["belt", "moo"]
    assert json.loads(download.value.path().read_text())["task_id"] == task


# -- requests, settings -----------------------------------------------------------------------


def test_a_call_is_opened_and_replayed(visitor, fake, call):
    call("GET", "/v1/tasks?limit=3")
    page = visitor.go("ui/requests")
    page.click("tr[data-request] a")
    assert "/v1/tasks" in text(page, "h1")

    visitor.click("text=Replay")

    assert [entry.path for entry in fake.requests] == ["/v1/tasks", "/v1/tasks"]


def test_a_world_is_made_forked_and_ended(visitor, server):
    page = visitor.go("ui/settings")
    page.fill("#world-name", "ci-1")
    visitor.click("text=Make it")
    page.fill("#fork-name", "copy")
    visitor.click("text=Fork")
    visitor.answers.append("")
    visitor.click("tr[data-world=ci-1] button")

    worlds = requests.get(f"{server.url}/_fake/worlds", timeout=5).json()["items"]
    assert [world["name"] for world in worlds] == ["default", "copy"]


def test_turnaround_and_answers_are_set(visitor, fake, call):
    page = visitor.go("ui/settings")
    page.fill("#policy", "2h")
    visitor.click("section[aria-labelledby=turnaround-title] button")
    page.select_option("#respond-type", "categorization")
    page.fill("#respond-response", '{"annotations": {"category_id": ["cow"]}}')
    visitor.click("section[aria-labelledby=respond-title] button")
    body = {"attachment": "Moo", "attachment_type": "text", "categories": ["cow"]}
    task = call("POST", "/v1/task/categorization", body)["task_id"]
    fake.clock.advance(hours=2)

    assert fake.tasks[task].response == {"annotations": {"category_id": ["cow"]}}


def test_a_dump_is_downloaded_and_loaded_after_a_reset(visitor, fake, call):
    body = {"attachment": "Moo", "attachment_type": "text", "categories": ["cow"]}
    task = call("POST", "/v1/task/categorization", body)["task_id"]
    page = visitor.go("ui/settings")
    with page.expect_download() as download:
        page.click("text=Download a dump")
    path = download.value.path()
    visitor.answers.append("")
    visitor.click("text=Reset this world")
    assert len(fake.tasks) == 0
    page.set_input_files("#dump", path)
    visitor.click("button:text-is('Load')")

    assert [entry.id for entry in fake.tasks] == [task]


def test_an_overview_that_is_looked_at_shows_what_happens_meanwhile(visitor, call):
    body = {"attachment": "Moo", "attachment_type": "text", "categories": ["cow"]}
    call("POST", "/v1/task/categorization", body)
    page = visitor.go("")
    page.wait_for_timeout(500)
    call("POST", "/v1/task/categorization", body)

    page.wait_for_selector(".tile:first-child dd:has-text('2')")
