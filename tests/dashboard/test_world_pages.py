"""Time, callbacks, faults, requests and settings, as pages without scripts."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests

from scaleapi_testing._http.values import Request

NASTY = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
PAGES = ["time", "callbacks", "faults", "requests", "settings", "inbox/demo"]
QUESTION = {"attachment": "Moo", "attachment_type": "text", "categories": ["cow", "calf"]}


@pytest.fixture
def server(scale):
    with scale.serve() as running:
        yield running


@pytest.fixture
def get(server, read):
    def load(path):
        answer = requests.get(f"{server.url}/_fake/ui/{path}", timeout=30)
        assert answer.status_code == 200
        return read(answer.text)

    return load


@pytest.fixture
def post(server):
    def control(path, **arguments):
        return requests.post(f"{server.url}/_fake{path}", json=arguments, timeout=30)

    return control


def texts(page, name, **attributes):
    return [" ".join(element.text.split()) for element in page.named(name, **attributes)]


def values(page, name):
    """What the fields of this name hold."""
    return [
        field.attributes["value"]
        for field in page.named("input")
        if field.attributes.get("name") == name
    ]


def controls(page):
    """Every form that acts: where it goes, and what it sends unless somebody changes it."""
    return [
        form.attributes["data-control"]
        for form in page.named("form")
        if "data-control" in form.attributes
    ]


@pytest.mark.parametrize("path", PAGES)
def test_an_empty_world_has_every_page_with_nothing_written_into_it(get, path):
    page = get(path)

    assert len(page.named("h1")) == 1
    assert [script.text for script in page.named("script") if script.text.strip()] == []
    assert [element for element in page.elements if "style" in element.attributes] == []


@pytest.mark.parametrize("path", PAGES)
def test_every_form_of_a_page_goes_to_a_control_that_there_is(get, server, path):
    described = requests.get(f"{server.url}/_fake/openapi.json", timeout=30).json()["paths"]

    assert set(controls(get(path))) <= set(described)


def test_the_time_page_lists_what_is_to_come_with_a_way_to_do_it_now(scale, get):
    scale.turnaround(timedelta(hours=2))
    task = scale.client().create_task("categorization", **QUESTION)

    page = get("time")

    assert texts(page, "td")[0] == "in 2 hours"
    assert f"/_fake/ui/tasks/{task.id}" in [a.attributes["href"] for a in page.named("a")]
    assert "/clock/advance_to" in controls(page)
    moment = values(page, "moment")[-1]
    scale.clock.advance_to(scale.clock.now().fromisoformat(moment))
    assert scale.tasks[task.id].status == "completed"


def test_a_callback_that_fails_says_why_and_when_it_is_tried_again(scale, get):
    scale.callbacks.deliver_to(lambda _: 404)
    client = scale.client()
    task = client.create_task(
        "categorization", callback_url="https://belt.example/hook", **QUESTION
    )
    scale.complete(task.id)

    page = get("callbacks?state=failing")

    assert "1 failing" in texts(page, "p", class_="soft")[0]
    assert "404" in texts(page, "summary")[0]
    assert texts(page, "p", class_="message-line") == [
        "The receiver has nothing at this path: compare the callback_url with its routes."
    ]
    assert "in 30 seconds" in " ".join(texts(page, "dd"))


def test_callbacks_are_filtered_by_state_address_and_task(scale, get):
    scale.callbacks.deliver_to(lambda request: 500 if "bad" in request.url else 200)
    client = scale.client()
    for name in ("good", "bad"):
        url = f"https://belt.example/{name}"
        scale.complete(client.create_task("categorization", callback_url=url, **QUESTION).id)

    shown = [
        [
            entry.attributes["data-delivery"]
            for entry in get(query).named("details", class_="delivery")
        ]
        for query in (
            "callbacks",
            "callbacks?state=succeeded",
            "callbacks?url=bad",
            "callbacks?task=none",
        )
    ]

    assert shown == [["2", "1"], ["1"], ["2"], []]


def test_the_count_of_failing_callbacks_leads_to_them(scale, get):
    scale.callbacks.deliver_to(lambda request: 500 if "bad" in request.url else 200)
    client = scale.client()
    for name in ("bad", "good", "good"):
        url = f"https://belt.example/{name}"
        scale.complete(client.create_task("categorization", callback_url=url, **QUESTION).id)

    (link,) = (
        e for e in get("callbacks").named("a") if "badge-bad" in e.attributes.get("class", "")
    )

    assert (link.text, link.attributes["href"]) == (
        "1 failing",
        "/_fake/ui/callbacks?state=failing",
    )
    deliveries = get("callbacks?state=failing").named("details", class_="delivery")
    assert [entry.attributes["data-delivery"] for entry in deliveries] == ["1"]


def test_no_link_to_failing_callbacks_stands_where_none_fails(get):
    assert [e for e in get("callbacks").named("a") if "state=failing" in e.attributes["href"]] == []


def test_an_inbox_shows_what_was_sent_to_it_as_text(server, get):
    requests.post(f"{server.url}/_fake/inbox/demo", json={"note": NASTY}, timeout=30)

    page = get("inbox/demo")

    assert NASTY.replace('"', '\\"') in "".join(texts(page, "code"))
    assert [e for e in page.elements if "onerror" in e.attributes] == []


def test_the_faults_page_tells_each_fault_in_a_sentence_and_how_often_it_struck(scale, get):
    scale.faults.add(
        status=503, retry_after=30, times=2, method="GET", path="/v1/tasks", optional=True
    )
    scale.faults.add(latency=timedelta(seconds=3))
    scale.faults.rate_limit(requests=10, per=timedelta(minutes=1))

    page = get("faults")

    assert [row[0] for row in [texts(page, "td")[i : i + 4] for i in (0, 4, 8)]] == [
        "Each of the next 2 calls of GET /v1/tasks is answered with 503 and Retry-After: 30.",
        "Every call is answered 3 s late.",
        "A key has 10 calls in 60 s; each one more is answered with 429.",
    ]


def test_an_outage_is_begun_and_ended_by_one_switch(scale, get, post):
    before = values(get("faults"), "on")
    post("/faults/outage", on=True)
    during = get("faults")

    assert (before, values(during, "on")) == (["true"], ["false"])
    assert "down" in texts(during, "span", class_="badge-bad")
    assert len(scale.faults) == 1


def test_the_requests_page_shows_refusals_notices_and_keys_cut(scale, get):
    client = scale.client("live_secret_key_1234")
    client.create_task("categorization", **QUESTION)
    requests.get("https://api.scale.com/v1/taskz", auth=("live_secret_key_1234", ""), timeout=5)

    page = get("requests")

    assert [
        row.attributes["data-request"]
        for row in page.named("tr")
        if "data-request" in row.attributes
    ] == ["2", "1"]
    assert "no route GET /v1/taskz" in texts(page, "td")[1]
    assert "live_secret_key_1234" not in "".join(texts(page, "body"))
    assert "GET /v1/tasks" in texts(get("requests/2"), "li")


def test_a_call_is_replayed_with_its_key_and_body(scale, post):
    scale.client("live_abc").create_task("categorization", **QUESTION)

    answer = post("/requests/replay", n=1)

    assert (answer.status_code, answer.json()["status"]) == (200, 200)
    assert [call.api_key for call in scale.requests] == ["live_abc", "live_abc"]
    assert scale.requests[0].body == scale.requests[1].body


def test_a_call_that_is_not_kept_cannot_be_replayed(post):
    answer = post("/requests/replay", n=7)

    assert answer.status_code == 404
    assert answer.json()["error"]["message"] == "no request 7 in this fake, which keeps 0"


def test_the_settings_say_how_each_client_finds_the_world(scale, get, server):
    scale.turnaround(timedelta(hours=2), project="cows")
    scale.respond("categorization", {"annotations": {}})

    page = get("settings")

    assert f"export SCALE_API_BASE_URL={server.url}" in texts(page, "code")
    assert "project cows" in texts(page, "dt")
    assert "is completed after 2:00:00" in texts(page, "dd")
    assert '{ "annotations": {} }' in texts(page, "pre")


def cells(page, width):
    found = texts(page, "td")
    return [found[place : place + width] for place in range(0, len(found), width)]


def test_the_requests_page_says_how_long_this_server_took(scale, server, get):
    requests.get(f"{server.url}/v1/tasks", auth=("live_abc", ""), timeout=5)
    scale.app.handle(Request("GET", server.url, "/v1/tasks", "", {}, b""))

    inside, served = cells(get("requests"), 7)

    assert inside[3] == "–"
    assert 0 < float(served[3]) < 5000
    assert "ms, as this server measured it" in " ".join(texts(get("requests/1"), "dd"))
    assert "ms" not in scale.requests[0].to_state()


def test_how_long_calls_took_is_forgotten_when_they_are_numbered_anew(scale, server, get, post):
    requests.get(f"{server.url}/v1/tasks", auth=("live_abc", ""), timeout=5)
    post("/reset")
    scale.app.handle(Request("GET", server.url, "/v1/tasks", "", {}, b""))

    assert [row[3] for row in cells(get("requests"), 7)] == ["–"]


def test_a_call_that_a_fault_struck_shows_its_operation_and_the_fault(scale, server, get):
    scale.faults.add(status=503, times=1, method="GET", path="/v1/tasks")
    requests.get(f"{server.url}/v1/tasks", auth=("live_abc", ""), timeout=5)
    with scale.faults.outage():
        requests.get(f"{server.url}/v1/batches", auth=("live_abc", ""), timeout=5)

    during, struck = cells(get("requests"), 7)

    assert (during[4], struck[4]) == ("/v1/batches", "/v1/tasks")
    assert "fault an outage" in during[1]
    assert "fault The next call of GET /v1/tasks is answered with 503." in struck[1]
    assert "No operation is at this address" not in texts(get("requests/1"), "h2")
