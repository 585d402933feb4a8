"""Listing tasks: every filter, paging by token, and pages that change while they are read."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from scaleapi_testing import FakeScale


@pytest.fixture
def tasks(scale, api, make_task):
    """Six tasks, a minute apart; the ids by the number of their minute."""
    api("POST", "/v1/projects", {"type": "categorization", "name": "p"})
    api("POST", "/v1/batches", {"project": "p", "name": "b"})
    fields = [
        {},
        {"project": "p", "tags": ["night"]},
        {"project": "p", "batch": "b", "tags": ["night", "wet"]},
        {"unique_id": "u3"},
        {"unique_id": "u4", "tags": ["wet"]},
        {"project": "p"},
    ]
    ids = []
    for field in fields:
        ids.append(make_task(**field))
        scale.clock.advance(minutes=1)
    scale.complete(ids[1])
    scale.clock.advance(minutes=1)
    scale.complete(ids[4])
    api("POST", f"/v1/task/{ids[4]}/audit", {"accepted": True})
    api("POST", f"/v1/task/{ids[0]}/cancel")
    scale.fail(ids[3])
    return ids


def token_of(task_id):
    position = {"id": task_id, "created_at": "2026-03-02T12:00:00.000Z"}
    return quote(base64.b64encode(json.dumps(position).encode()))


def listed(api, tasks, query):
    answer = api("GET", f"/v1/tasks?{query}")
    assert answer.status == 200, answer.text
    assert answer.json["total"] == len(answer.json["docs"])
    return [tasks.index(doc["task_id"]) for doc in answer.json["docs"]]


@pytest.mark.scale(start_time=datetime(2026, 3, 2, 12, tzinfo=UTC))
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [5, 4, 3, 2, 1, 0]),
        ("status=pending", [5, 2]),
        ("status=completed", [4, 1]),
        ("status=canceled", [0]),
        ("status=error", [3]),
        ("status=", [5, 4, 3, 2, 1, 0]),
        ("type=categorization", [5, 4, 3, 2, 1, 0]),
        ("type=imageannotation", []),
        ("project=p", [5, 2, 1]),
        ("project=p&status=completed", [1]),
        ("project=unknown", []),
        ("batch=b", [2]),
        ("batch=unknown", []),
        ("batch=b&status=completed", []),
        ("unique_id=u3", [3]),
        ("unique_id=u3&unique_id=u4&unique_id=zz", [4, 3]),
        ("unique_id=u3&status=pending", []),
        ("tags=night", [2, 1]),
        ("tags=night&tags=wet", [4, 2, 1]),
        ("tags=nothing", []),
        ("customer_review_status=accepted", [4]),
        ("customer_review_status=pending", [1]),
        ("customer_review_status=accepted,pending", [4, 1]),
        ("start_time=2026-03-02T12:04:00Z", [5, 4]),
        ("end_time=2026-03-02T12:01:00Z", [1, 0]),
        ("start_time=2026-03-02T12:01:00Z&end_time=2026-03-02T12:01:00Z", [1]),
        ("start_time=2026-03-02T13:01:00%2B01:00&end_time=2026-03-02%2012:02", [2, 1]),
        ("start_time=2026-03-02T13:05:00+01:00", [5]),
        ("start_time=2026-03-03", []),
        ("start_time=2026-03-02&end_time=2026-03-03", [5, 4, 3, 2, 1, 0]),
        ("completed_after=2026-03-02T12:06:30Z", [4]),
        ("completed_before=2026-03-02T12:06:30Z", [1]),
        ("updated_after=2026-03-02T12:07:00Z", [4, 3, 0]),
        ("updated_before=2026-03-02T12:02:00Z", [2]),
        ("stray=1&callback_url", [5, 4, 3, 2, 1, 0]),
    ],
)
def test_each_filter_finds_its_tasks_newest_first(api, tasks, query, expected):
    assert listed(api, tasks, query) == expected


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("limit=0", "Invalid limit - must be an integer between 1 and 100."),
        ("limit=101", "Invalid limit - must be an integer between 1 and 100."),
        ("limit=ten", "Invalid limit - must be an integer between 1 and 100."),
        ("start_time=soon", "Invalid start_time - expected an ISO 8601 date."),
        ("end_time=2026-13-01", "Invalid end_time - expected an ISO 8601 date."),
        ("completed_after=1", "Invalid completed_after - expected an ISO 8601 date."),
        ("next_token=x", "Invalid next_token."),
        ("next_token=eyJpZCI6MX0=", "Invalid next_token."),
        (f"next_token=!{token_of('0' * 24)}", "Invalid next_token."),
        (f"next_token={token_of('0' * 23)}", "Invalid next_token."),
        (f"next_token={token_of('x' * 24)}", "Invalid next_token."),
        (
            "status=done",
            "Invalid status - please choose one of these: pending completed canceled error",
        ),
        ("offset=-1", "Invalid offset - must be an integer of at least 0."),
    ],
)
def test_a_malformed_filter_is_a_400_and_never_page_one(api, query, error):
    answer = api("GET", f"/v1/tasks?{query}")

    assert (answer.status, answer.error) == (400, error)


def test_a_unique_id_that_is_asked_for_twice_is_listed_once(api, make_task):
    task_id = make_task(unique_id="a")

    page = api("GET", "/v1/tasks?unique_id=a&unique_id=a").json

    assert ([doc["task_id"] for doc in page["docs"]], page["total"]) == ([task_id], 1)


def test_pages_follow_each_other_by_tokens_of_scales_own_form(api, tasks):
    first = api("GET", "/v1/tasks?limit=4").json
    second = api("GET", f"/v1/tasks?limit=4&next_token={quote(first['next_token'])}").json

    assert [len(page["docs"]) for page in (first, second)] == [4, 2]
    assert (first["total"], second["total"]) == (6, 6)
    assert (first["has_more"], second["has_more"]) == (True, False)
    assert (first["limit"], first["offset"]) == (4, 0)
    assert "next_token" not in second
    last = first["docs"][-1]
    position = base64.b64decode(first["next_token"])
    assert (
        position
        == json.dumps(
            {"id": last["task_id"], "created_at": last["created_at"]}, separators=(",", ":")
        ).encode()
    )
    ids = [doc["task_id"] for page in (first, second) for doc in page["docs"]]
    assert ids == tasks[::-1]


def test_the_old_paging_by_offset_still_works(api, tasks):
    page = api("GET", "/v1/tasks?limit=2&offset=3").json

    assert [tasks.index(doc["task_id"]) for doc in page["docs"]] == [2, 1]
    assert (page["total"], page["offset"], page["has_more"]) == (6, 3, True)
    assert api("GET", "/v1/tasks?offset=999").json["docs"] == []


def test_a_token_is_valid_in_another_fake_with_the_same_state(scale, api, tasks):
    token = api("GET", "/v1/tasks?limit=4").json["next_token"]

    with scale.fork():
        page = api("GET", f"/v1/tasks?next_token={quote(token)}").json

    assert [doc["task_id"] for doc in page["docs"]] == [tasks[1], tasks[0]]


def test_tasks_that_existed_throughout_are_listed_once_while_others_come_and_go(
    scale, api, tasks, make_task
):
    seen = []
    token = ""
    more = True
    while more:
        page = api("GET", f"/v1/tasks?limit=1{token}").json
        seen += [doc["task_id"] for doc in page["docs"]]
        make_task()
        scale.complete_all()
        more = page["has_more"]
        token = f"&next_token={quote(page.get('next_token', ''))}"

    assert seen == tasks[::-1]


@pytest.mark.scale(start_time=datetime(2026, 3, 2, 12, tzinfo=UTC))
@pytest.mark.parametrize(
    ("bound", "total"),
    [
        ("start_time=2026-03-02T12:00:00.000000Z", 1),
        ("start_time=2026-03-02T12:00:00.000001Z", 0),
        ("start_time=2026-03-02T11:59:59.999999Z", 1),
        ("updated_after=2026-03-02T12:00:00.000001Z", 0),
        ("end_time=2026-03-02T12:00:00.000001Z", 1),
        ("end_time=2026-03-02T11:59:59.999999Z", 0),
        ("updated_before=2026-03-02T11:59:59.999999Z", 0),
    ],
)
def test_a_bound_finer_than_a_millisecond_is_not_rounded_onto_a_task(api, make_task, bound, total):
    make_task()

    assert api("GET", f"/v1/tasks?{bound}").json["total"] == total


def test_a_token_used_with_other_filters_is_answered_and_noticed(scale, api, tasks):
    token = api("GET", "/v1/tasks?limit=1&status=pending").json["next_token"]

    answer = api("GET", f"/v1/tasks?next_token={quote(token)}")

    assert answer.status == 200
    assert scale.requests.last.notices == [
        (
            "this next_token came from a listing with other filters (status=pending); Scale keeps "
            "no filters in it: repeat them on every page"
        )
    ]


@pytest.mark.scale(strict=True)
def test_a_strict_fake_refuses_a_token_with_other_filters(api, make_task):
    make_task()
    make_task()
    token = api("GET", "/v1/tasks?limit=1&status=pending").json["next_token"]

    assert api("GET", f"/v1/tasks?next_token={quote(token)}").status == 400
    assert api("GET", f"/v1/tasks?status=pending&next_token={quote(token)}").status == 200


def test_tokens_are_forgotten_by_a_restore(scale, api, tasks):
    before = scale.snapshot()
    token = api("GET", "/v1/tasks?limit=1&status=pending").json["next_token"]

    scale.restore(before)
    answer = api("GET", f"/v1/tasks?next_token={quote(token)}")

    assert answer.status == 200
    assert scale.requests.last.notices == []


@pytest.mark.slow
def test_only_the_newest_thousand_tokens_are_told_by_their_filters(scale, api, make_task):
    make_task()
    make_task()
    first = api("GET", "/v1/tasks?limit=1&status=pending").json["next_token"]

    for _ in range(1_000):
        make_task()
        assert api("GET", "/v1/tasks?limit=1").json["next_token"] != first
    api("GET", f"/v1/tasks?next_token={quote(first)}")

    assert scale.requests.last.notices == []


def test_a_limited_response_carries_five_keys(api, tasks):
    doc = api("GET", "/v1/tasks?project=p&limited_response=True&limit=1").json["docs"][0]

    assert doc == {
        "task_id": tasks[5],
        "status": "pending",
        "metadata": {},
        "project": "p",
        "otherVersion": None,
    }


def test_a_filter_later_than_the_virtual_now_is_noticed(scale, api):
    later = quote((scale.clock.now() + timedelta(days=1)).isoformat())

    api("GET", f"/v1/tasks?start_time={later}")

    assert "lies after the virtual now" in scale.requests.last.notices[0]


def test_each_key_lists_its_own_tasks_only(api, tasks, make_task):
    make_task(key="other")

    assert api.under("other")("GET", "/v1/tasks").json["total"] == 1
    assert api("GET", "/v1/tasks").json["total"] == 6


def test_listing_never_moves_a_task():
    with FakeScale() as scale:
        from scaleapi_testing import policies

        scale.turnaround(policies.after_polls(1))
        client = scale.client()
        task = client.create_task(
            "categorization", attachment="a", attachment_type="text", categories=["a"]
        )

        client.tasks()
        assert scale.tasks[0].status == "pending"
        assert client.get_task(task.id).status == "completed"


@pytest.mark.parametrize(
    "date",
    [
        "2026-03-02T14:01:00%2B02:00",
        "2026-03-02T14:01:00+02:00",
        "2026-03-02%2014:01:00%2B02:00",
        "2026-03-02+14:01:00+0200",
        "2026-03-02T05:01:00-07:00",
        "2026-03-02+12:01:00.000000",
        "2026-03-02T12:01",
    ],
)
@pytest.mark.scale(start_time=datetime(2026, 3, 2, 12, tzinfo=UTC))
def test_a_date_may_be_spelled_in_any_of_these_ways(api, tasks, date):
    assert listed(api, tasks, f"start_time={date}&end_time={date}") == [1]


def test_with_a_token_there_is_no_offset(api, tasks):
    first = api("GET", "/v1/tasks?limit=2").json
    token = quote(first["next_token"], safe="")

    second = api("GET", f"/v1/tasks?limit=2&offset=1&next_token={token}").json

    assert second["offset"] == 0
    assert [tasks.index(doc["task_id"]) for doc in second["docs"]] == [3, 2]
