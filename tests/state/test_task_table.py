"""Whatever is asked of a table of tasks, its indexes answer what a plain search would."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaleapi_testing._http.wire import timestamp
from scaleapi_testing._state import task_table, task_view, time_index
from scaleapi_testing._state.account import Account
from scaleapi_testing._state.query import TaskQuery, inside
from scaleapi_testing._state.task import TaskRecord
from scaleapi_testing._state.task_table import KEPT_WITH_LINKS, TaskTable

STATUSES = ("pending", "completed", "canceled", "error")
NAMES = ("a", "b")
maybe_name = st.none() | st.sampled_from(NAMES)
times = st.integers(0, 8)
bounds = st.tuples(st.none() | times, st.none() | times)

tasks = st.fixed_dictionaries(
    {
        "gap": st.integers(0, 2),
        "type": st.sampled_from(NAMES),
        "project": maybe_name,
        "batch": maybe_name,
        "tags": st.lists(st.sampled_from(("x", "y")), unique=True).map(tuple),
        "has_unique_id": st.booleans(),
        "changes": st.lists(
            st.fixed_dictionaries(
                {
                    "status": st.sampled_from(STATUSES),
                    "customer_review_status": st.none() | st.sampled_from(("accepted", "rejected")),
                    "completed_at": st.none() | times.map(timestamp),
                    "updated_at": times.map(timestamp),
                    "tags": st.lists(st.sampled_from(("x", "y")), unique=True).map(tuple),
                }
            ),
            max_size=2,
        ),
    }
)

queries = st.builds(
    TaskQuery,
    created=bounds,
    completed=bounds,
    updated=bounds,
    status=st.none() | st.sampled_from(STATUSES),
    type=maybe_name,
    project=maybe_name,
    batch=maybe_name,
    unique_ids=st.none() | st.lists(st.sampled_from(("u0", "u1", "u9")), min_size=1).map(tuple),
    tags=st.none() | st.lists(st.sampled_from(("x", "y", "z")), min_size=1).map(tuple),
    reviews=st.none() | st.lists(st.sampled_from(("accepted", "pending")), min_size=1).map(tuple),
    before=st.none() | st.tuples(times, st.integers(0, 9).map(lambda n: f"{n:024x}")),
    offset=st.integers(0, 3),
    limit=st.integers(1, 5),
)


@contextmanager
def small_numbers():
    """Everything that a table does for very many tasks, done for a few."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(task_table, "FEW", -1)
        patch.setattr(task_table, "MOST_VIEWS", 2)
        patch.setattr(time_index, "BLOCK", 2)
        patch.setattr(time_index, "GROUP", 2)
        yield


def filled(entries, asked=()):
    """A table of these tasks, which is asked for listings all the while."""
    account = Account("live_k", number=0, callback_auth_key="", customer_id="")
    table = TaskTable()
    now = 0
    for number, entry in enumerate(entries):
        now += entry["gap"]
        document = {
            "task_id": f"{number:024x}",
            "type": entry["type"],
            "status": "pending",
            "created_at": timestamp(now),
            "updated_at": timestamp(now),
            "project": entry["project"],
            "batch": entry["batch"],
            "unique_id": f"u{number}" if entry["has_unique_id"] else None,
            "tags": entry["tags"],
        }
        record = TaskRecord(document, account=account, request_n=1)
        table.add(record)
        for change in entry["changes"]:
            table.write(record, {**document, **change})
        for query in asked:
            table.find(query)
    return table


def plainly(table, query):
    """The same question, answered by looking at each task."""
    equal = [(name, getattr(query, name)) for name in ("status", "type", "project", "batch")]
    matches = [
        record
        for record in table
        if all(wanted is None or getattr(record, name) == wanted for name, wanted in equal)
        and inside(query.created, record.created_ms)
        and inside(query.completed, record.completed_ms)
        and inside(query.updated, record.updated_ms)
        and (query.unique_ids is None or record.unique_id in query.unique_ids)
        and (query.tags is None or set(query.tags) & set(record.tags))
        and (
            query.reviews is None
            or record.review in query.reviews
            or (
                "pending" in query.reviews
                and record.review is None
                and record.status == "completed"
            )
        )
    ]
    newest_first = matches[::-1]
    older = [
        record
        for record in newest_first
        if query.before is None or (record.created_ms, record.id) < query.before
    ]
    page = older[query.offset : query.offset + query.limit]
    return page, len(matches), bool(page) and len(older) > query.offset + query.limit


def answered(table, query):
    answer = table.find(query)
    return answer.tasks, answer.total, answer.has_more


@settings(max_examples=200)
@given(st.lists(tasks, max_size=8), queries)
def test_a_table_answers_as_a_plain_search_does(entries, query):
    table = filled(entries)

    assert answered(table, query) == plainly(table, query)


@settings(max_examples=200)
@given(st.lists(tasks, max_size=8), st.lists(queries, min_size=1, max_size=3))
def test_what_is_kept_of_listings_answers_as_a_plain_search_does(entries, asked):
    with small_numbers():
        table = filled(entries, asked)

        answers = [answered(table, query) for query in asked]

    assert answers == [plainly(table, query) for query in asked]


@settings(max_examples=40)
@given(st.lists(st.tuples(times, st.integers(0, 30), st.booleans()), max_size=120), bounds)
def test_an_index_of_times_gives_each_task_once_whatever_came_and_went(moves, wanted):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time_index, "BLOCK", 3)
        patch.setattr(time_index, "GROUP", 2)
        index = time_index.TimeIndex([(4, 40), (2, 41), (4, 42)])
        here = {40: 4, 41: 2, 42: 4}
        for ms, seq, stays in moves:
            if seq in here:
                index.remove(here.pop(seq), seq)
            if stays:
                index.add(ms, seq)
                here[seq] = ms
            index.runs(wanted)

        runs = [list(run) for run in index.runs(wanted)]

    assert runs == [sorted(run) for run in runs]
    assert sorted(seq for run in runs for seq in run) == sorted(
        seq for seq, ms in here.items() if inside(wanted, ms)
    )


def test_blocks_that_tasks_left_do_not_pile_up():
    index = time_index.TimeIndex([(0, seq) for seq in range(3_000)])

    for number in range(24_000):
        seq, turn = number % 3_000, number // 3_000
        index.remove(turn, seq)
        index.add(turn + 1, seq)

    assert len(index._blocks) < 20


def test_the_view_that_was_not_asked_for_longest_is_let_go():
    table = filled([])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(task_table, "FEW", -1)
        for number in [*range(task_view.MOST_VIEWS), 0, -1]:
            table.find(TaskQuery(type=str(number), status="pending"))

    assert len(table._views) == task_view.MOST_VIEWS
    assert [dict(key)["type"] for key in table._views][-2:] == ["0", "-1"]
    assert "1" not in [dict(key)["type"] for key in table._views]


@given(st.lists(tasks, max_size=8), queries)
def test_a_restored_table_answers_as_before(entries, query):
    table = filled(entries)
    account = Account("live_k", number=0, callback_auth_key="", customer_id="")
    other = TaskTable()

    other.restore(account, table.save())

    assert [record.id for record in other.find(query).tasks] == [
        record.id for record in table.find(query).tasks
    ]


@given(st.lists(tasks, max_size=8))
def test_counts_agree_with_the_tasks(entries):
    table = filled(entries)

    for batch in NAMES:
        for status in STATUSES:
            plain = [r for r in table if r.batch == batch and r.status == status]
            assert table.count(batch=batch, status=status) == len(plain)
            assert table.of(batch=batch, status=status) == plain


def test_the_document_with_links_is_kept_of_the_latest_listed_tasks_only():
    table = filled([])
    first, second = (
        TaskRecord(
            {
                "task_id": f"{n:024x}",
                "type": "a",
                "status": "pending",
                "created_at": timestamp(0),
                "updated_at": timestamp(0),
            },
            account=Account("live_k", number=0, callback_auth_key="", customer_id=""),
            request_n=1,
        )
        for n in range(2)
    )
    table.keep_with_links(first, b"{1}")

    for _ in range(KEPT_WITH_LINKS):
        table.keep_with_links(second, b"{2}")

    assert (first.with_links, second.with_links) == (None, b"{2}")
