"""Whatever part of a fake's own pages is loaded into another fake, it lists the same there."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from scaleapi_testing import BadExport, FakeScale

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PARAMS = {"attachment": "a", "attachment_type": "text", "categories": ["a", "b"]}

lives = st.lists(
    st.tuples(
        st.sampled_from(["pending", "completed", "canceled", "error"]),
        st.sampled_from([None, "p", "q"]),
        st.sampled_from([[], ["x"], ["x", "y"]]),
        st.integers(0, 2),
    ),
    min_size=1,
    max_size=8,
)
ASKED = [{}, {"status": "pending"}, {"project": "p"}, {"batch": "b"}, {"tags": "y"}]


def lived(tasks):
    """A fake in which these tasks were made."""
    fake = FakeScale(seed=1, start_time=NOON)
    client = fake.client()
    for project in ("p", "q"):
        client.create_project(project_name=project, task_type="categorization")
    client.create_batch(project="p", batch_name="b")
    for number, (status, project, tags, milliseconds) in enumerate(tasks):
        places = {} if project is None else {"project": project}
        places |= {"batch": "b"} if project == "p" else {}
        made = client.create_task(
            "categorization", unique_id=f"u{number}", tags=tags, **places, **PARAMS
        )
        fake.clock.advance(timedelta(milliseconds=milliseconds))
        ends = {"completed": fake.complete, "error": fake.fail, "canceled": client.cancel_task}
        ends.get(status, str)(made.id)
    return fake


def pages(fake, limit, **asked):
    """The documents of every page, as they came over the wire."""
    documents, token = [], None
    with fake:
        while token is not None or not documents:
            query = {"limit": limit, **asked} | ({} if token is None else {"next_token": token})
            answer = requests.get(
                "https://api.scale.com/v1/tasks", query, auth=("live_fake", ""), timeout=10
            ).json()
            documents.append(answer)
            token = answer.get("next_token")
            if token is None:
                return documents
    return documents


def documents_of(listing):
    return [document for page in listing for document in page["docs"]]


@settings(max_examples=8, deadline=None)
@given(
    tasks=lives,
    limit=st.integers(1, 4),
    part=st.randoms(use_true_random=False),
    form=st.sampled_from(["pages", "list", "lines"]),
    start=st.integers(-10, 10),
)
def test_any_part_of_its_pages_lists_the_same_elsewhere(
    tmp_path_factory, tasks, limit, part, form, start
):
    exported = documents_of(pages(lived(tasks), limit))
    chosen = [document for document in exported if part.random() < 0.7]
    part.shuffle(chosen)
    text = {
        "pages": lambda: json.dumps([{"docs": chosen[:2]}, {"docs": chosen[2:]}]),
        "list": lambda: json.dumps(chosen, indent=1),
        "lines": lambda: "\n".join(map(json.dumps, chosen)),
    }[form]()
    path = tmp_path_factory.mktemp("export") / "tasks.json"
    path.write_text(text or "[]")
    other = FakeScale(seed=1, start_time=NOON + timedelta(seconds=start))

    other.load_tasks(path)

    kept = {document["task_id"] for document in chosen}
    for asked in ASKED:
        here = documents_of(pages(lived(tasks), limit, **asked))
        there = documents_of(pages(other, limit, **asked))
        assert there == [document for document in here if document["task_id"] in kept]


@settings(max_examples=8, deadline=None)
@given(before=lives, tasks=lives, after=lives, limit=st.integers(1, 3))
def test_loaded_tasks_stand_in_order_among_those_before_and_after(before, tasks, after, limit):
    fake = lived(before)
    exported = documents_of(pages(lived(tasks), 100))
    for document in exported:
        # As if another account of another seed had made them.
        document["task_id"] = document["task_id"][:8] + "f" * 8 + document["task_id"][16:]
        document["unique_id"] += "-other"
    fake.load_tasks(exported)
    client = fake.client()
    for number, _ in enumerate(after):
        client.create_task("categorization", unique_id=f"after{number}", **PARAMS)

    everything = documents_of(pages(fake, limit))

    places = [(document["created_at"], document["task_id"]) for document in everything]
    assert places == sorted(places, reverse=True)
    assert len(set(places)) == len(before) + len(tasks) + len(after)
    assert fake.fork().tasks[0].as_dict() == fake.tasks[0].as_dict()


def loaded_or_refused(fake, source):
    """What ``load_tasks`` is refused with, if it is."""
    try:
        fake.load_tasks(source)
    except BadExport as error:
        return str(error)
    return ""


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
KEYS = [
    "task_id", "type", "status", "created_at", "updated_at", "completed_at", "params", "tags",
    "project", "batch", "unique_id", "metadata", "audits", "response", "is_test", "callback_url",
]  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(changes=st.dictionaries(st.sampled_from(KEYS), json_values, max_size=4))
def test_any_document_is_loaded_as_it_is_or_refused_in_words(changes):
    document = {
        "task_id": "65e2f0000000000000000001",
        "created_at": "2024-03-02T09:15:04.120Z",
        "type": "imageannotation",
        "status": "completed",
        "params": {},
        **changes,
    }
    fake = FakeScale(start_time=NOON)

    refusal = loaded_or_refused(fake, [document])

    listed = documents_of(pages(fake, 10))
    assert listed == ([] if refusal else [document])
    assert refusal.startswith("documents[0]" if refusal else "")


@settings(max_examples=30, deadline=None)
@given(text=st.text() | json_values.map(json.dumps) | st.text('[]{}",:0 \n'))
def test_any_file_is_loaded_or_refused_with_its_name(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("any") / "export.json"
    path.write_text(text, errors="surrogatepass")
    fake = FakeScale(start_time=NOON)

    refusal = loaded_or_refused(fake, path)

    assert not refusal or str(path) in refusal
    assert len(fake.tasks) == 0


@pytest.mark.parametrize("size", [1, 10, 1000])
def test_a_file_that_is_cut_anywhere_is_refused(tmp_path, size):
    exported = documents_of(pages(lived([("pending", None, [], 0)] * 3), 100))
    text = json.dumps(exported)
    path = tmp_path / "cut.json"
    path.write_text(text[:-size])
    fake = FakeScale(start_time=NOON)

    with pytest.raises(BadExport, match="ends in the middle"):
        fake.load_tasks(path)
