"""Pages come from the server, without scripts, and let nothing in that users sent."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
import requests

from scaleapi_testing._control_plane.table import controls
from scaleapi_testing._dashboard.routes import is_page

NASTY = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
BOXES = {"geometries": {"box": {"objects_to_annotate": ["cow"]}}}


@pytest.fixture
def server(scale):
    with scale.serve() as running:
        yield running


@pytest.fixture
def get(server, read):
    """Loads a page: its status, its headers and its elements."""

    def load(path, **more):
        answer = requests.get(f"{server.url}{path}", timeout=30, **more)
        return answer, read(answer.text)

    return load


def texts(page, name, **attributes):
    return [element.text for element in page.named(name, **attributes)]


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/_fake/", "/_fake/ui/tasks", "/_fake/gallery", "/_fake/login"])
def test_a_page_runs_nothing_of_its_own_and_loads_from_here_alone(get, path):
    answer, page = get(path)

    policy = answer.headers["Content-Security-Policy"]
    assert answer.status_code == 200
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert [element for element in page.named("script") if element.text.strip()] == []
    assert page.named("style") == []
    assert {
        (element.attributes.get("href") or element.attributes.get("src") or "/")[:1]
        for element in page.elements
        if element.name in {"script", "link", "img"}
    } <= {"/", "d"}


def test_every_file_that_a_page_names_is_there(get, server):
    _, page = get("/_fake/")
    named = {
        element.attributes.get("href") or element.attributes["src"]
        for element in page.elements
        if element.name in {"script", "link", "img"}
    }

    assert len(named) >= 4
    assert {name: requests.get(f"{server.url}{name}", timeout=5).status_code for name in named} == (
        dict.fromkeys(named, 200)
    )


@pytest.mark.scale(start_time=datetime(1, 1, 1, tzinfo=UTC))
def test_the_overview_is_shown_on_the_first_day_of_all(get):
    answer, _ = get("/_fake/")

    assert answer.status_code == 200


def test_an_empty_world_says_what_to_do_next(get, server):
    _, page = get("/_fake/ui/tasks")

    assert f"curl -u live_demo: {server.url}/v1/task/imageannotation" in texts(page, "pre")[0]


def test_the_overview_counts_the_tasks_of_each_project(scale, get):
    client = scale.client()
    client.create_project("Cows & calves", "imageannotation", params=BOXES)
    done, _ = (
        client.create_task("imageannotation", project="Cows & calves", attachment=url)
        for url in ("https://img.example.com/1.png", "https://img.example.com/2.png")
    )
    scale.complete(done.id)

    _, page = get("/_fake/")

    assert "Cows & calves" in texts(page, "h3")
    assert [svg.attributes["aria-label"] for svg in page.named("svg", class_="bar")] == [
        "1 completed, 1 pending"
    ]


def make_tasks(scale, count):
    client = scale.client()
    for number in range(count):
        client.create_task(
            "imageannotation",
            attachment="https://img.example.com/a.png",
            unique_id=f"row-{number}",
            instruction=f"Box every cow in picture {number}.",
            tags=["even"] if number % 2 == 0 else ["odd"],
            **BOXES,
        )


def rows(page):
    return [
        row.attributes["data-task"] for row in page.named("tr") if "data-task" in row.attributes
    ]


def test_the_pages_of_the_table_hold_every_task_once_newest_first(scale, get):
    make_tasks(scale, 120)
    expected = [task.id for task in scale.tasks][::-1]

    seen, path = [], "/_fake/ui/tasks"
    while path:
        _, page = get(path)
        seen += rows(page)
        links = page.named("a", rel="next")
        path = links[0].attributes["href"] if links else None

    assert seen == expected


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("unique_id=row-3", [3]),
        ("tags=even&order=created", [4, 2, 0]),
        ("q=PICTURE+2", [2]),
        ("q=row-4", [4]),
        ("status=completed", [1]),
        ("order=completed", [1]),
        ("type=categorization", []),
        ("created_after=2100-01-01", []),
    ],
)
def test_the_table_shows_what_its_address_asks_for(scale, get, query, numbers):
    make_tasks(scale, 5)
    scale.complete(scale.tasks[1].id)

    _, page = get(f"/_fake/ui/tasks?{query}")

    assert rows(page) == [scale.tasks[number].id for number in numbers]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("created_after=soon", "created_after=soon: give a date such as 2026-03-02"),
        ("order=size", "order=size: tasks are ordered by created, completed, updated"),
        ("after=x", "after=x: no place in this table"),
    ],
)
def test_an_address_that_means_nothing_is_told(get, query, said):
    _, page = get(f"/_fake/ui/tasks?{query}")

    assert any(text.startswith(said) for text in texts(page, "p", class_="message-line"))


def test_what_users_sent_is_text_in_the_table(scale, get):
    scale.client().create_task(
        "imageannotation", attachment="https://img.example.com/a.png", unique_id=NASTY,
        tags=[NASTY], **BOXES,
    )  # fmt: skip

    answer, page = get(f"/_fake/ui/tasks?q={NASTY}")

    assert NASTY in texts(page, "bdi")
    assert "<script>alert" not in answer.text
    assert [
        element.attributes for element in page.elements if "onerror" in element.attributes
    ] == []


def test_a_page_that_is_not_there_is_a_page_that_says_so(get):
    answer, page = get("/_fake/ui/nothing")

    assert answer.status_code == 404
    assert texts(page, "h1") == ["Nothing is here"]


def test_an_upload_is_never_a_page_of_the_server(scale, server):
    file = scale.client().upload_file(b"<script>alert(1)</script>")
    address = file.attachment_url.removeprefix("scaledata://")

    answer = requests.get(f"{server.url}/_fake/ui/files/{address}", timeout=5)

    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == "attachment"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("demo", b'{"task_id": 1}', 200),
        ("a" * 61, b"", 404),
        ("demo/more", b"", 404),
        ("demo", b"x" * (512 * 1024 + 1), 413),
    ],
)
def test_an_inbox_takes_bounded_letters_of_any_kind(server, name, body, status):
    answer = requests.post(f"{server.url}/_fake/inbox/{name}", data=body, timeout=5)

    assert answer.status_code == status


def test_the_theme_that_was_chosen_holds_without_scripts(get):
    _, page = get("/_fake/", cookies={"theme": "dark"})

    assert page.named("html")[0].attributes["data-theme"] == "dark"


def test_no_address_of_a_page_stands_in_the_journal_of_calls(scale, get):
    get("/_fake/")

    assert list(scale.requests) == []


def test_the_stylesheet_reaches_nothing_else(server):
    sheet = requests.get(f"{server.url}/_fake/assets/dashboard.css", timeout=5).text

    assert re.findall(r"url\(|@import|https?:", sheet) == []


def test_a_page_that_cannot_be_made_says_so_in_a_page(scale, get, monkeypatch):
    task = scale.client().create_task(
        "imageannotation", attachment="https://img.example.com/a.png", **BOXES
    )
    monkeypatch.setattr(type(scale), "explain", lambda *_: 1 / 0)

    answer, page = get(f"/_fake/ui/tasks/{task.id}")

    assert answer.status_code == 500
    assert "ZeroDivisionError" in "".join(texts(page, "p"))
    assert "Traceback" not in answer.text


def test_no_page_stands_at_the_address_of_a_control():
    stands_in = [
        operation.path
        for operation in controls().values()
        if operation.method == "GET" and is_page(re.sub(r"\{\w+\}", "x", operation.path))
    ]

    assert stands_in == []


def test_masks_and_uploads_are_shown_from_this_server(scale, get, server):
    file = scale.client().upload_file(b"\x89PNG\r\n\x1a\n" + bytes(40))
    task = scale.client().create_task(
        "segmentannotation", attachment=file.attachment_url, labels=["road", "sky"]
    )
    scale.complete(task)

    _, page = get(f"/_fake/ui/tasks/{task.id}")

    addresses = [image.attributes["href"] for image in page.named("image")]
    answers = [requests.get(f"{server.url}{address}", timeout=10) for address in addresses]
    assert addresses[0] == f"/_fake/ui/files/{file.attachment_url.removeprefix('scaledata://')}"
    assert len(addresses) == 3
    assert {answer.headers["Content-Type"] for answer in answers} == {"image/png"}
