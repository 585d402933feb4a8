"""Whatever users can name, send or answer is text on every page: nothing of it runs or loads."""

from __future__ import annotations

import json

import pytest
import requests

NASTY = (
    "\"'><script>alert(1)</script><img src=x onerror=alert(1)></title></svg>\u202eRTL \U0001f404"
)
RUNS = "javascript:alert(1)//"
PAGES = [
    "/",
    "/ui/tasks",
    "/ui/time",
    "/ui/callbacks",
    "/ui/faults",
    "/ui/requests",
    "/ui/settings",
    "/ui/copy",
    "/ui/inbox/demo",
]
SHAPES = [
    {"type": "box", "label": NASTY, "left": RUNS, "top": 1, "width": 5, "height": 5, "uuid": NASTY},
    {"type": "polygon", "label": NASTY, "vertices": [{"x": 1, "y": 1}, {"x": 9, "y": 9}], NASTY: 1},
    {"type": NASTY, "label": {NASTY: NASTY}, "attributes": {NASTY: NASTY}, "url": RUNS},
]


@pytest.fixture
def server(scale):
    with scale.serve() as running:
        yield running


@pytest.fixture
def hostile(scale, server):
    """A world in which everything that a user can choose is hostile; gives the tasks' ids."""
    scale.callbacks.deliver_to(lambda request: 500)
    with scale.client() as client:
        client.create_project(NASTY, "imageannotation")
        client.create_batch(NASTY, NASTY)
        file = client.upload_file(
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", NASTY, NASTY, NASTY
        )
        ids = [
            client.create_task(
                "imageannotation",
                project=NASTY,
                batch=NASTY,
                unique_id=f"{number} {NASTY}",
                instruction=NASTY,
                attachment=url,
                callback_url="http://127.0.0.1:9/'<script>alert(1)</script>",
                tags=[NASTY],
                metadata={NASTY: NASTY},
                geometries={"box": {"objects_to_annotate": [NASTY]}},
            ).id
            for number, url in enumerate(
                (f"https://x.example/{NASTY}", file.attachment_url, f"https://x.example/{RUNS}")
            )
        ]
        text = {"attachment": NASTY, "attachment_type": "text", "categories": [NASTY, "cow"]}
        ids.append(client.create_task("categorization", **text).id)
        client.finalize_batch(NASTY)
        for task in ids[:2]:
            scale.complete(task, {"annotations": SHAPES, NASTY: NASTY, "url": RUNS})
            client.audit_task(task, accepted=False, comments=NASTY)
        scale.fail(ids[2], message=NASTY)
        scale.complete(ids[3])
    requests.get(f"{server.url}/v1/{NASTY}?{NASTY}={NASTY}", headers={"X": "<script>"}, timeout=5)
    scale.faults.add(status=503, times=1, message=NASTY, path="/v1/*", optional=True)
    requests.post(f"{server.url}/_fake/inbox/demo", data=NASTY.encode(), timeout=5)
    scale.respond("categorization", {NASTY: NASTY})
    return ids


def test_no_page_of_a_hostile_world_holds_anything_that_could_run(server, hostile, read):
    calls = requests.get(f"{server.url}/_fake/requests", timeout=5).json()["items"]
    paths = [
        *PAGES,
        *(f"/ui/tasks/{task}" for task in hostile),
        *(f"/ui/requests/{call['n']}" for call in calls),
        "/ui/callbacks?delivery=1",
        f"/ui/tasks?q={requests.utils.quote(NASTY)}",
    ]
    loaded = {}
    for path in paths:
        answer = requests.get(f"{server.url}/_fake{path}", timeout=30)
        page = read(answer.text)
        inside = page.elements[page.elements.index(page.named("main")[0]) :]
        loaded[path] = (
            answer.status_code,
            "unsafe" in answer.headers["Content-Security-Policy"],
            [element for element in inside if element.name == "script"],
            [entry for entry in page.active if RUNS in entry or " on" in entry or "style" in entry],
            [image.attributes for image in page.named("img", src="x")],
        )

    assert loaded == dict.fromkeys(paths, (200, False, [], [], []))


def test_a_file_of_a_hostile_user_is_sealed_and_has_no_name(scale, server, hostile):
    url = scale.tasks[hostile[1]].params["attachment"].removeprefix("scaledata://")

    answer = requests.get(f"{server.url}/_fake/ui/files/{url}", timeout=5)

    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "filename" not in answer.headers.get("Content-Disposition", "")


def test_an_address_of_a_host_can_add_no_rule_to_the_policy(scale, server):
    with scale.client() as client:
        task = client.create_task(
            "imageannotation",
            attachment="https://x.example;script-src *.evil.example/cow.png",
            geometries={"box": {"objects_to_annotate": ["cow"]}},
        ).id
    load = requests.utils.quote("https://x.example;script-src *.evil.example")

    answer = requests.get(f"{server.url}/_fake/ui/tasks/{task}?load={load}", timeout=5)

    assert "evil" not in answer.headers["Content-Security-Policy"]


def test_an_inbox_keeps_its_newest_letters_alone(server, read):
    for number in range(130):
        requests.post(f"{server.url}/_fake/inbox/demo", data=json.dumps(number), timeout=5)

    page = read(requests.get(f"{server.url}/_fake/ui/inbox/demo", timeout=5).text)

    assert len(page.named("details", class_="delivery")) == 100
