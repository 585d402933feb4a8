"""What a fake was made with decides what its labelers answer."""

from __future__ import annotations

from datetime import UTC, datetime

from scaleapi_testing import FakeScale, Labelers

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
QUESTION = {"attachment": "Moo", "attachment_type": "text", "categories": ["cow", "hen", "pig"]}


def answers(fake, **fields):
    client = fake.client()
    tasks = [client.create_task("categorization", **QUESTION, **fields) for _ in range(12)]
    fake.complete_all()
    return [fake.tasks[task.id].response["category"] for task in tasks]


def test_a_seed_gives_the_same_answers_again_and_another_seed_gives_others():
    first, again, other = (answers(FakeScale(seed=seed, start_time=NOON)) for seed in (1, 1, 2))

    assert first == again
    assert first != other


def test_a_seed_decides_the_answers_of_tasks_that_came_with_their_ids():
    export = FakeScale(seed=3, start_time=NOON)
    ids = [export.client().create_task("categorization", **QUESTION).id for _ in range(12)]
    documents = [task.as_dict() for task in export.client().tasks().docs]
    one, other = (FakeScale(seed=seed, start_time=NOON) for seed in (1, 2))

    for fake in (one, other):
        fake.load_tasks(documents)
        fake.complete_all()

    assert [one.tasks[i].response for i in ids] != [other.tasks[i].response for i in ids]


def test_labelers_are_as_careless_as_the_fake_was_told():
    careless = FakeScale(seed=7, start_time=NOON, labelers=Labelers(accuracy=0))

    assert "cow" not in answers(careless, metadata={"scaleapi_testing_truth": "cow"})


def test_tasks_of_a_fake_of_the_same_seed_leave_their_ids_to_themselves():
    one = FakeScale(seed=7, start_time=NOON)
    for _ in range(3):
        one.client().create_task("categorization", **QUESTION)
    other = FakeScale(seed=7, start_time=NOON)

    other.load_tasks([task.as_dict() for task in one.client().tasks().docs])
    later = [other.client().create_task("categorization", **QUESTION).id for _ in range(3)]

    assert not {task.id for task in one.tasks} & set(later)
    assert len(other.tasks) == 6


def test_ids_never_run_behind_those_that_a_fake_has_given():
    one = FakeScale(seed=7, start_time=NOON)
    one.client().create_task("categorization", **QUESTION)
    other = FakeScale(seed=7, start_time=NOON)
    before = [other.client("live_b").create_task("categorization", **QUESTION).id for _ in range(3)]

    other.load_tasks([task.as_dict() for task in one.client().tasks().docs], on_conflict="skip")
    later = [other.client().create_task("categorization", **QUESTION).id for _ in range(3)]

    assert not set(before) & set(later)
