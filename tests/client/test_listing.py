"""Pages, iterators over all pages, and filters."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from urllib.parse import parse_qsl, urlsplit

import pytest

import scaleapi
from scaleapi import BatchStatus, TaskReviewStatus, TaskStatus, TaskType


def page(docs, **more):
    return {"docs": docs, "total": 5, "limit": 2, "offset": 0, "has_more": False, **more}


def query_of(request):
    return parse_qsl(urlsplit(request.path).query, keep_blank_values=True)


def tasks_named(*ids):
    return [{"task_id": task_id, "status": "completed"} for task_id in ids]


def batches_named(*names):
    return [{"name": name, "status": "in_progress"} for name in names]


def test_a_tasklist_is_a_list_that_knows_its_place(server, client, answer):
    server.answers(answer(page(tasks_named("a", "b"), has_more=True, next_token="t")))

    tasks = client.tasks(limit=2)

    assert isinstance(tasks, scaleapi.Tasklist)
    assert isinstance(tasks, list)
    assert [task.id for task in tasks] == ["a", "b"]
    assert tasks.docs == list(tasks)
    assert (tasks.total, tasks.limit, tasks.offset) == (5, 2, 0)
    assert (tasks.has_more, tasks.next_token) == (True, "t")
    assert repr(tasks) == "<Tasklist of 2 of 5, more to come>"


@pytest.mark.parametrize("last", [{}, {"next_token": None}, {"next_token": ""}])
def test_the_last_page_has_no_token(server, client, answer, last):
    server.answers(answer(page([], **last)))

    assert client.tasks().next_token is None


def test_get_tasks_goes_through_all_pages_with_the_same_filters(server, client, answer):
    server.answers(
        answer(page(tasks_named("a", "b"), has_more=True, next_token="t/1+=")),
        answer(page(tasks_named("c", "d"), has_more=True, next_token="t2")),
        answer(page(tasks_named("e"))),
    )

    tasks = list(client.get_tasks("cows", status=TaskStatus.Completed, limit=2))

    assert [task.id for task in tasks] == ["a", "b", "c", "d", "e"]
    asked = [
        ("project", "cows"),
        ("status", "completed"),
        ("include_attachment_url", "true"),
        ("limit", "2"),
    ]
    assert [query_of(request) for request in server.received] == [
        asked,
        [*asked, ("next_token", "t/1+=")],
        [*asked, ("next_token", "t2")],
    ]


def test_a_page_is_fetched_only_when_it_is_reached(server, client, answer):
    server.answers(answer(page(tasks_named("a"), has_more=True, next_token="t")))

    next(client.get_tasks("cows"))

    assert len(server.received) == 1


def test_a_page_that_leads_to_itself_is_an_error_not_an_endless_loop(server, client, answer):
    server.otherwise = lambda request: answer(page(tasks_named("a"), next_token="t"))

    with pytest.raises(scaleapi.ScaleUnreadableReply, match="names itself as the next page"):
        list(client.get_tasks("cows"))


def test_get_tasks_takes_every_filter_of_the_official_package(server, client, answer):
    server.answers(answer(page([])))

    list(
        client.get_tasks(
            project_name="p",
            batch_name="b",
            task_type=TaskType.ImageAnnotation,
            status="completed",
            review_status=[TaskReviewStatus.Accepted, "fixed"],
            unique_id=["u1", "u2"],
            completed_after="2021-01-01",
            completed_before=date(2021, 1, 2),
            updated_after=datetime(2021, 1, 3, 4, 5, 6),
            updated_before=datetime(2021, 1, 4, tzinfo=UTC),
            created_after=datetime(2021, 1, 5, tzinfo=timezone(timedelta(hours=-7))),
            created_before="2021-01-06T00:00:00Z",
            tags=("night", "rain"),
            include_attachment_url=False,
            limited_response=True,
            limit=7,
        )
    )

    assert query_of(server.received[0]) == [
        ("project", "p"),
        ("batch", "b"),
        ("type", "imageannotation"),
        ("status", "completed"),
        ("customer_review_status", "accepted,fixed"),
        ("unique_id", "u1"),
        ("unique_id", "u2"),
        ("completed_after", "2021-01-01"),
        ("completed_before", "2021-01-02"),
        ("updated_after", "2021-01-03T04:05:06"),
        ("updated_before", "2021-01-04T00:00:00+00:00"),
        ("start_time", "2021-01-05T00:00:00-07:00"),
        ("end_time", "2021-01-06T00:00:00Z"),
        ("tags", "night"),
        ("tags", "rain"),
        ("include_attachment_url", "false"),
        ("limited_response", "true"),
        ("limit", "7"),
    ]


def test_a_plus_and_an_ampersand_survive_the_query(server, client, answer):
    server.answers(answer(page([])))

    client.tasks(unique_id="a+b&c=d é", project="x/y z")

    assert query_of(server.received[0]) == [("unique_id", "a+b&c=d é"), ("project", "x/y z")]
    assert "+" not in server.received[0].path


@pytest.mark.parametrize("method", ["get_tasks", "get_tasks_count"])
def test_without_project_and_batch_the_search_is_refused_at_once(server, client, method):
    with pytest.raises(ValueError, match=f"{method} needs a project_name or a batch_name"):
        getattr(client, method)()

    assert server.received == []


def test_the_count_is_the_total_of_all_pages(server, client, answer):
    server.answers(answer(page(tasks_named("a"), total=1234)))

    assert client.get_tasks_count(batch_name="b", status="pending", limit=50) == 1234
    assert query_of(server.received[0]) == [
        ("batch", "b"),
        ("status", "pending"),
        ("limit", "1"),
    ]


KNOWN_TASK_FILTERS = (
    "start_time, end_time, completed_after, completed_before, updated_after, updated_before, "
    "status, type, project, batch, unique_id, tags, customer_review_status, limit, offset, "
    "next_token, include_attachment_url, limited_response"
)


def test_an_unknown_filter_is_named_with_the_nearest_and_all_known_ones(server, client):
    with pytest.raises(scaleapi.ScaleInvalidRequest) as caught:
        client.tasks(projct="cows")

    assert caught.value.message == (
        f"unknown filter for tasks: projct (nearest: project). Known are: {KNOWN_TASK_FILTERS}"
    )
    assert server.received == []


def test_several_unknown_filters_are_all_named(client):
    with pytest.raises(scaleapi.ScaleInvalidRequest) as caught:
        client.tasks(limits=1, xyzzy=2, status="pending")

    assert caught.value.message.startswith(
        "unknown filters for tasks: limits (nearest: limit), xyzzy. Known are: start_time, "
    )


def test_get_tasks_refuses_the_wires_names_at_once(client):
    with pytest.raises(scaleapi.ScaleInvalidRequest, match="nearest: created_after"):
        client.get_tasks("cows", created_aftr="2021-01-01")


def test_batches_refuse_an_unknown_filter(client):
    with pytest.raises(scaleapi.ScaleInvalidRequest, match="unknown filter for batches: type"):
        client.batches(type="imageannotation")


@pytest.mark.parametrize("name", ["unique_id", "tags", "customer_review_status"])
def test_an_empty_list_of_values_does_not_mean_everything(client, name):
    with pytest.raises(scaleapi.ScaleInvalidRequest, match=f"{name} is an empty list"):
        client.tasks(**{name: []})


def test_a_value_that_is_no_filter_is_refused(client):
    with pytest.raises(scaleapi.ScaleInvalidRequest, match=r"limit cannot be <object"):
        client.tasks(limit=object())


def test_a_filter_of_none_counts_as_not_given(server, client, answer):
    server.answers(answer(page([])))

    client.tasks(next_token=None, status=None)

    assert server.received[0].path == "/v1/tasks"


def test_a_batchlist_reads_its_total_from_totaldocs(server, client, answer):
    reply = {"docs": batches_named("b"), "totalDocs": 9, "limit": 1, "offset": 3, "has_more": True}
    server.answers(answer(reply))

    batches = client.batches(status=BatchStatus.Staging, exclude_archived=True)

    assert isinstance(batches, scaleapi.Batchlist)
    assert [batch.name for batch in batches] == ["b"]
    assert (batches.total, batches.offset, batches.has_more) == (9, 3, True)
    assert query_of(server.received[0]) == [("status", "staging"), ("exclude_archived", "true")]


def test_get_batches_goes_through_all_pages_by_offset(server, client, answer):
    server.answers(
        answer({"docs": batches_named("a", "b"), "totalDocs": 3, "has_more": True}),
        answer({"docs": batches_named("c"), "totalDocs": 3, "has_more": False}),
    )

    batches = list(client.get_batches("p", batch_status=BatchStatus.InProgress))

    assert [batch.name for batch in batches] == ["a", "b", "c"]
    asked = [("project", "p"), ("status", "in_progress"), ("exclude_archived", "false")]
    assert [query_of(request) for request in server.received] == [
        [*asked, ("offset", "0")],
        [*asked, ("offset", "2")],
    ]


def test_an_empty_page_ends_get_batches_whatever_it_says(server, client, answer):
    server.answers(answer({"docs": [], "totalDocs": 3, "has_more": True}))

    assert list(client.get_batches()) == []


@pytest.mark.parametrize("reply", [[], {}, {"docs": None}, "x"])
def test_an_answer_that_is_no_page_is_an_error_of_its_own(server, client, answer, reply):
    server.answers(answer(reply))

    with pytest.raises(scaleapi.ScaleUnreadableReply):
        client.tasks()


def test_assets_are_paged_by_cursor(server, client, answer):
    first = {"assets": [{"id": "1", "attachment_url": "scaledata://a/1"}], "next_cursor": "c"}
    last = {"assets": [{"id": "2", "attachment_url": "scaledata://a/2"}], "next_cursor": None}
    server.answers(answer(first), answer(last))

    files = list(client.get_assets("p", metadata={"day": 1}))

    assert [file.id for file in files] == ["1", "2"]
    assert [query_of(request) for request in server.received] == [
        [("project", "p"), ("metadata", '{"day": 1}')],
        [("project", "p"), ("metadata", '{"day": 1}'), ("cursor", "c")],
    ]
