"""What a test does to v2's world besides calling it: deliver, publish, add, configure."""

import pytest

from scaleapi_testing import FakeScale, NoSuchRecord


@pytest.fixture
def done(scale, ask):
    task_id = ask().task_id
    scale.complete(task_id)
    return task_id


WRONG = {
    "nothing to deliver": (
        lambda scale: scale.deliver("Garden"),
        ValueError,
        (
            "deliver() has nothing to deliver: project 'Garden' has no completed task that was "
            "not delivered; complete one first: scale.complete(task)"
        ),
    ),
    "a text for tasks": (
        lambda scale: scale.deliver("Garden", tasks="abc"),
        TypeError,
        "deliver() got tasks='abc'; give a list: tasks=[...]",
    ),
    "no such schema": (
        lambda scale: scale.deliver("Kitchen", schema="nope"),
        NoSuchRecord,
        "no schema 'nope' in account live_f…; publish it first: scale.publish_schema({...})",
    ),
    "no such kind": (
        lambda scale: scale.configure_project("Kitchen", types=["SFTs"]),
        ValueError,
        "configure_project() got types=['SFTs']; did you mean 'SFT'?",
    ),
    "a text for models": (
        lambda scale: scale.configure_project("Kitchen", models="stove"),
        TypeError,
        "configure_project() takes models as a list of strings, not str 'stove'",
    ),
    "no files": (
        lambda scale: scale.add_dataset("R", [({}, {"a": "text"})]),
        TypeError,
        (
            "add_dataset() takes files as bytes by attachment id, "
            """e.g. ({...}, {"att-1": b"..."}), not dict {'a': 'text'}"""
        ),
    ),
    "half a pair": (
        lambda scale: scale.add_dataset("R", [({},)]),
        TypeError,
        (
            "add_dataset() takes for a task its response, or a pair of it and its files, "
            """e.g. ({...}, {"att-1": b"..."}), not tuple ({},)"""
        ),
    ),
    "no name": (
        lambda scale: scale.add_dataset(""),
        TypeError,
        "add_dataset() takes a name as a text that is not empty, not ''",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_mistake_is_told_with_what_would_be_right(scale, done, case):
    act, kind, text = WRONG[case]

    with pytest.raises(kind) as refused:
        act(scale)

    assert str(refused.value) == text


def test_only_completed_tasks_are_delivered(scale, ask):
    task_id = ask().task_id

    with pytest.raises(ValueError, match="which is pending; only completed tasks"):
        scale.deliver("Kitchen", tasks=[task_id])


def test_a_delivery_s_name_is_its_own_in_the_project(scale, done):
    scale.deliver("Kitchen", tasks=[done], name="march")

    with pytest.raises(ValueError, match="which a delivery of project 'Kitchen' has already"):
        scale.deliver("Kitchen", tasks=[done], name="march")


def test_the_next_delivery_holds_what_the_ones_before_do_not(scale, ask, done):
    scale.deliver("Kitchen")
    scale.complete(ask().task_id)

    assert scale.deliver("Kitchen").task_count == 1


def test_a_dataset_grows_by_deliveries(scale, v2):
    scale.add_dataset("Recipes", [{}, {}], delivery="first")
    scale.clock.advance(days=1)

    dataset = scale.add_dataset("Recipes", [{}], delivery="second", turn_count=4)

    assert (len(dataset.deliveries), len(dataset.tasks)) == (2, 3)
    latest, _ = v2.get_dataset_deliveries(dataset.id).deliveries
    assert (latest.name, latest.metadata.turn_count) == ("second", 4)


def test_threads_fit_the_kind_of_project(scale, v2, ask):
    scale.configure_project("Kitchen", types=["RLHF: Pref Ranking"], models=["stove_1", "stove_2"])
    task_id = ask().task_id
    scale.complete(task_id)

    turn = v2.get_task(task_id).threads[0].turns[0]

    assert [message.source_id for message in turn.messages] == ["user", "stove_1", "stove_2"]
    selected = {annotation.key: annotation.value for annotation in turn.annotations}
    assert selected["selected_model_id"] in {"stove_1", "stove_2"}
    assert sorted(selected["ranking"]) == ["stove_1", "stove_2"]


def test_given_threads_are_kept_as_they_are(scale, v2, ask):
    threads = [{"id": "t", "turns": [], "annotations": [{"id": "mine", "key": "k", "value": 1}]}]
    task_id = ask().task_id
    scale.complete(task_id, {"threads": threads})

    assert v2.get_task(task_id, opts=["annotation_details"]).threads[0].to_wire() == threads[0]
    assert v2.get_annotation("mine").value == 1


def everything(fake):
    """All that v2 shows of the fake of these tests."""
    v2 = fake.client().v2
    delivery = v2.get_deliveries(project_name="Kitchen").deliveries[0]
    return [
        v2.get_projects().to_wire(),
        v2.get_batches().to_wire(),
        v2.get_tasks(project_name="Kitchen", opts=["annotation_details"]).to_wire(),
        v2.get_delivery(delivery.id).to_wire(),
        v2.get_delivery_tasks(delivery.id).to_wire(),
        v2.get_dataset_tasks(v2.get_datasets().datasets[0].id).to_wire(),
    ]


@pytest.fixture
def full(scale, v2, ask):
    scale.configure_project("Kitchen", types=["Rubrics"])
    v2.create_batch({"name": "w1", "project_name": "Kitchen"})
    task_id = ask(batch_name="w1").task_id
    ask(batch_name="w1")
    scale.complete(task_id)
    v2.pause_batch({"batch_name": "w1"})
    scale.deliver("Kitchen", schema=scale.publish_schema({"type": "object"}))
    scale.add_dataset("Recipes", [({"q": 1}, {"a": b"x"})])
    scale.delete(ask().task_id)
    return scale


def test_all_of_it_survives_a_file(full, tmp_path):
    full.dump(tmp_path / "dump.json")

    assert everything(FakeScale.load(tmp_path / "dump.json")) == everything(full)


def test_all_of_it_is_in_a_snapshot(full, v2):
    before, snapshot = everything(full), full.snapshot()
    v2.resume_batch({"batch_name": "w1"})
    full.add_dataset("Recipes", [{}], delivery="more")
    full.complete_all()
    full.deliver("Kitchen")
    changed = everything(full)

    full.restore(snapshot)

    assert changed != before
    assert everything(full) == before


def test_all_of_it_is_gone_after_a_reset(full):
    full.reset()

    v2 = full.client().v2
    assert v2.get_datasets().datasets == []
    assert v2.get_projects().projects == []


def test_the_same_seed_tells_the_same_story(ask, scale):
    def story():
        with FakeScale(seed=3, start_time=scale.clock.now()) as fake:
            fake.add_projects([("Kitchen", "chat")])
            fake.configure_project("Kitchen", types=["Evals"])
            client = fake.client()
            client.v2.create_chat_task({"project_name": "Kitchen"})
            fake.complete_all()
            return client.v2.get_tasks(project_name="Kitchen").to_json()

    assert story() == story()


def test_another_account_sees_nothing_of_it(full):
    stranger = full.client("live_other").v2

    assert stranger.get_batches().batches == []
    assert stranger.get_tasks(project_name="Kitchen").tasks == []
    assert stranger.get_deliveries(project_name="Kitchen").deliveries == []
    assert stranger.get_datasets().datasets == []
