"""Whatever is asked of a table of tasks, its indexes answer what a plain search would."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from scaleapi_testing._http.wire import timestamp
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


def filled(entries):
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


@settings(max_examples=200)
@given(st.lists(tasks, max_size=8), queries)
def test_a_table_answers_as_a_plain_search_does(entries, query):
    table = filled(entries)

    answer = table.find(query)

    assert (answer.tasks, answer.total, answer.has_more) == plainly(table, query)


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
