"""Whatever happens between two pages, each task that existed throughout is listed exactly once."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from scaleapi_testing import FakeScale

PARAMS = {"attachment": "a", "attachment_type": "text", "categories": ["a", "b"]}

happenings = st.lists(
    st.sampled_from(["create", "complete", "cancel", "recall", "tag", "time"]), max_size=4
)
filters = st.sampled_from(
    [{}, {"project": "p"}, {"type": "categorization"}, {"batch": "b"}, {"tags": "kept"}]
)


@settings(max_examples=60, deadline=None)
@given(
    before=st.integers(0, 9),
    limit=st.integers(1, 4),
    between=st.lists(happenings, min_size=12, max_size=12),
    asked=filters,
    pick=st.randoms(use_true_random=False),
)
def test_each_task_that_was_there_throughout_is_listed_once(before, limit, between, asked, pick):
    scale = FakeScale(turnaround=timedelta(hours=1))
    client = scale.client()
    client.create_project(project_name="p", task_type="categorization")
    client.create_batch(project="p", batch_name="b")

    def create(tag):
        return client.create_task("categorization", project="p", batch="b", tags=[tag], **PARAMS).id

    there = [create("kept") for _ in range(before)]
    for _ in range(before // 2):
        scale.clock.advance(milliseconds=pick.randint(0, 2))

    def happen(what):
        pending = scale.tasks(status="pending")
        completed = scale.tasks(status="completed")
        if what == "create":
            create("new")
        elif what == "time":
            scale.clock.advance(minutes=pick.randint(0, 30))
        elif what == "complete" and pending:
            scale.complete(pick.choice(pending))
        elif what == "cancel" and pending:
            client.cancel_task(pick.choice(pending).id)
        elif what == "recall" and completed:
            scale.recall(pick.choice(completed))
        elif what == "tag" and len(scale.tasks):
            client.add_task_tags(pick.choice(list(scale.tasks)).id, ["more"])

    seen = []
    token = None
    for happening in between:
        page = client.tasks(limit=limit, next_token=token, **asked)
        seen += [task.id for task in page]
        token = page.next_token
        if token is None:
            break
        for what in happening:
            happen(what)

    assert len(seen) == len(set(seen))
    assert [task_id for task_id in seen if task_id in there] == there[::-1]
