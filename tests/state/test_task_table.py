"""Whatever is asked of a table of tasks, its indexes answer what a plain search would."""

from __future__ import annotations

from contextlib import contextmanager
from random import Random

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


def id_of(rank, number):
    """An id; of one millisecond a lower rank stands before what was made earlier."""
    return f"{rank:012x}{number:012x}"


ids = st.builds(id_of, st.integers(0, 2), st.integers(0, 9))

tasks = st.fixed_dictionaries(
    {
        "gap": st.integers(0, 2),
        "rank": st.integers(0, 2),
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
    before=st.none() | st.tuples(times, ids),
    offset=st.integers(0, 3),
    limit=st.integers(1, 5),
)

by_one_time = st.builds(
    lambda name, wanted, **others: TaskQuery(**{name: wanted}, **others),
    name=st.sampled_from(("completed", "updated")),
    wanted=bounds,
    status=st.none() | st.just("completed"),
    before=st.none() | st.tuples(times, ids),
    offset=st.integers(0, 1),
    limit=st.integers(1, 9),
)
"""Listings that bound one time and ask for little besides, so that many tasks are left."""


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
            "task_id": id_of(entry["rank"], number),
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


def many(seed, count):
    """Tasks by the dozen, which Hypothesis would seldom draw: each is completed and updated."""
    random = Random(seed)
    return [
        {
            "gap": random.randrange(2),
            "rank": random.randrange(3),
            "type": "a",
            "project": None,
            "batch": None,
            "tags": ("x",),
            "has_unique_id": False,
            "changes": [
                {
                    "status": random.choice(("completed", "completed", "pending")),
                    "completed_at": timestamp(random.randrange(9)),
                    "updated_at": timestamp(random.randrange(9)),
                }
                for _ in range(random.randrange(1, 3))
            ],
        }
        for _ in range(count)
    ]


@settings(max_examples=60)
@given(st.integers(0, 2**16), st.integers(5, 25), st.lists(by_one_time, min_size=1, max_size=2))
def test_bounds_of_one_time_among_many_tasks_answer_as_a_plain_search_does(seed, count, asked):
    with small_numbers():
        table = filled(many(seed, count), asked)

        answers = [answered(table, query) for query in asked]

    assert answers == [plainly(table, query) for query in asked]


@pytest.mark.parametrize("seed", range(5))
def test_tasks_stand_in_order_of_their_time_then_their_id(seed):
    table = filled(many(seed, 20))

    assert [(r.created_ms, r.id) for r in table] == sorted((r.created_ms, r.id) for r in table)
    assert [record.seq for record in table] == list(range(20))


@pytest.mark.parametrize(
    ("query", "served"),
    [
        (TaskQuery(status="completed"), "b"),
        (TaskQuery(type="a", status="completed"), "b"),
        (TaskQuery(status="completed", type="a"), "b"),
        (TaskQuery(project="a", status="completed"), "b"),
        (TaskQuery(batch="a", status="completed"), "b"),
        (TaskQuery(tags=("y",)), "b"),
        (TaskQuery(type="a", tags=("y", "y")), "b"),
        (TaskQuery(unique_ids=("u1", "u9"), status="completed", tags=("x",)), "b"),
        (TaskQuery(tags=("x",)), "ab"),
    ],
)
def test_a_listing_looks_at_no_more_tasks_than_the_smallest_index_holds(query, served):
    both = {"gap": 1, "rank": 0, "type": "a", "project": "a", "batch": "a", "has_unique_id": True}
    completed = {"status": "completed", "tags": ("x", "y")}
    table = filled(
        [{**both, "tags": ("x",), "changes": []}, {**both, "tags": ("x",), "changes": [completed]}]
    )

    index, _ = table._narrowest(query)

    assert [("a", "b")[seq] for seq in index] == list(served)


@pytest.mark.parametrize(
    "query",
    [
        TaskQuery(),
        TaskQuery(type="a"),
        TaskQuery(project="a", status="pending"),
        TaskQuery(batch="a", status="pending"),
        TaskQuery(tags=("x",)),
        TaskQuery(unique_ids=("u0", "u1")),
    ],
)
def test_what_an_index_answers_is_checked_on_no_task(query):
    entry = {"gap": 1, "rank": 0, "type": "a", "project": "a", "batch": "a", "tags": ("x",)}
    table = filled([{**entry, "has_unique_id": True, "changes": []}] * 2)

    _, rules = table._narrowest(query)

    assert rules == []


@pytest.mark.parametrize(("limit", "has_more"), [(1, True), (2, True), (3, False), (4, False)])
def test_more_follows_while_one_match_is_left(limit, has_more):
    entry = {"gap": 1, "rank": 0, "type": "a", "project": "a", "batch": "b", "tags": ("x", "y")}
    table = filled([{**entry, "has_unique_id": False, "changes": []}] * 3)
    query = TaskQuery(tags=("x", "y"), limit=limit)

    assert table.find(query).has_more is has_more
    with small_numbers():
        assert table.find(query).has_more is has_more


@settings(max_examples=60)
@given(
    st.lists(times, max_size=8),
    st.lists(st.tuples(times, st.integers(0, 30), st.booleans()), max_size=60),
    bounds,
)
def test_an_index_of_times_gives_each_task_once_whatever_came_and_went(first, moves, wanted):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time_index, "BLOCK", 3)
        patch.setattr(time_index, "GROUP", 2)
        here = dict(enumerate(first, 40))
        index = time_index.TimeIndex([(ms, seq) for seq, ms in here.items()])
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


def test_times_that_come_in_order_fill_each_block():
    index = time_index.TimeIndex([])

    for seq in range(4 * time_index.BLOCK):
        index.add(seq, seq)

    assert [len(block.times) for block in index._blocks] == [time_index.BLOCK] * 4


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
