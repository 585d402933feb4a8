"""Exports of real tasks, put into a fake as they are."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta

import pytest

from scaleapi_testing import BadExport, FakeScale, NoAnswer, NoSuchTask, ScaleTestCase

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PARAMS = {"attachment": "Moo.", "attachment_type": "text", "categories": ["cow", "sheep"]}


def task(number, **fields):
    """A task as Scale tells it, as far as lists need it."""
    return {
        "task_id": f"65e2f0{number:018x}",
        "created_at": f"2024-03-{number % 28 + 1:02d}T09:15:04.120Z",
        "updated_at": f"2024-03-{number % 28 + 1:02d}T11:00:00.000Z",
        "type": "categorization",
        "status": "pending",
        "params": dict(PARAMS),
        "metadata": {"n": number},
        "is_test": False,
        **fields,
    }


DONE = task(
    3, status="completed", completed_at="2024-03-04T10:30:00.000Z", response={"category": "cow"},
    audits=[{"audited_by": "a@example.com", "audit_result": "accepted"}], isProcessed=True,
    customer_review_status="accepted", project="cows", batch="w10", unique_id="u-3", tags=["night"],
)  # fmt: skip


@pytest.fixture
def fake():
    return FakeScale(seed=3, start_time=NOON)


def ids(tasks):
    return [task.id for task in tasks]


def listed(client, limit=100, **asked):
    """Ids of every page of a listing."""
    page = client.tasks(limit=limit, **asked)
    while page.next_token:
        page.docs += (more := client.tasks(limit=limit, next_token=page.next_token, **asked)).docs
        page.next_token = more.next_token
    return ids(page.docs)


def page(*documents, **rest):
    return {"docs": list(documents), "total": len(documents), "limit": 100, "offset": 0, **rest}


FORMS = {
    "a page": json.dumps(page(task(1), task(2))),
    "its docs": json.dumps([task(1), task(2)]),
    "pages in a list": json.dumps([page(task(1)), page(task(2))]),
    "indented": json.dumps(page(task(1), task(2)), indent=2),
    "a task a line": f"{json.dumps(task(1))}\n\n{json.dumps(task(2))}\n",
    "a page a line": f"{json.dumps(page(task(1)))}\r\n{json.dumps(page(task(2)))}",
    "indented values one after the other": "\n".join(json.dumps(task(n), indent=1) for n in (1, 2)),
    "bodies of callbacks": json.dumps([{"task_id": "x", "task": task(1)}, {"task": task(2)}]),
    "under the key tasks": json.dumps({"tasks": [task(1), task(2)]}),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_file_is_read(fake, tmp_path, form):
    file = tmp_path / "tasks.json"
    file.write_text(FORMS[form])

    loaded = fake.load_tasks(file)

    assert [record.as_dict() for record in fake.tasks] == [task(1), task(2)]
    assert ids(loaded) == ids(fake.tasks)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_file_in_another_encoding_of_unicode_is_read(fake, tmp_path, encoding):
    file = tmp_path / "tasks.json"
    file.write_text(json.dumps(task(1, metadata={"ü": "🐄"}), ensure_ascii=False), encoding)

    fake.load_tasks(str(file))

    assert fake.tasks[0].metadata == {"ü": "🐄"}


def test_a_file_that_is_compressed_by_gzip_is_read(fake, tmp_path):
    file = tmp_path / "tasks.json.gz"
    file.write_bytes(gzip.compress(json.dumps([task(1)]).encode()))

    assert len(fake.load_tasks(file).tasks) == 1


def test_half_a_compressed_file_is_refused(fake, tmp_path):
    file = tmp_path / "tasks.json.gz"
    file.write_bytes(gzip.compress(json.dumps([task(1)]).encode())[:-12])

    with pytest.raises(BadExport, match=r"tasks\.json\.gz is no whole gzip file"):
        fake.load_tasks(file)


def test_several_files_are_read_as_one(fake, tmp_path):
    files = [tmp_path / "1.json", tmp_path / "2.json"]
    files[0].write_text(json.dumps(task(2)))
    files[1].write_text(json.dumps(task(1)))

    assert ids(fake.load_tasks(files)) == [task(1)["task_id"], task(2)["task_id"]]


def test_tasks_of_a_client_and_live_records_are_documents(fake):
    other = FakeScale(seed=4, start_time=NOON)
    made = other.client().create_task("categorization", **PARAMS)

    fake.load_tasks([made])
    FakeScale(start_time=NOON).load_tasks(other.tasks)

    assert fake.tasks[made.id].as_dict() == other.tasks[0].as_dict()


def test_a_single_task_is_enough(fake):
    assert fake.load_tasks(DONE).count == 1


def test_everything_that_a_task_says_is_kept(fake):
    fake.load_tasks([DONE])

    assert fake.client().get_task(DONE["task_id"]).as_dict() == {
        **DONE,
        "attachmentS3Downloads": [],
    }
    assert fake.tasks[0].as_dict() == DONE


def test_links_that_scale_gave_are_kept(fake):
    links = [{"s3URL": "https://bucket.example.com/a.png?sig=1", "isConvertedImage": False}]
    fake.load_tasks(task(1, attachmentS3Downloads=links))

    assert fake.client().get_task(task(1)["task_id"]).as_dict()["attachmentS3Downloads"] == links


def test_projects_and_batches_are_made(fake):
    loaded = fake.load_tasks([DONE, task(4, project="cows", batch="w11", projectId="65e2" * 6)])

    assert (loaded.projects, loaded.batches) == (("cows",), ("w10", "w11"))
    assert fake.projects["cows"].type == "categorization"
    assert [(b.name, b.project, b.status) for b in fake.batches] == [
        ("w10", "cows", "completed"), ("w11", "cows", "in_progress"),
    ]  # fmt: skip
    assert fake.batches["w10"].completed_at == DONE["updated_at"]


def test_a_project_keeps_the_id_that_its_tasks_give_it(fake):
    fake.load_tasks(task(1, project="cows", projectId="65e2" * 6))

    assert fake.projects["cows"].id == "65e2" * 6


def test_a_project_that_is_there_is_used(fake):
    fake.add_projects([("cows", "imageannotation")])

    loaded = fake.load_tasks(DONE)

    assert loaded.projects == ()
    odd = 'type categorization in project "cows", which takes imageannotation'
    assert loaded.notices == (f"1 task: {odd} ({DONE['task_id']})",)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, [5, 3, 2, 1]),
        ({"status": "completed"}, [3]),
        ({"project": "cows"}, [3]),
        ({"batch": "w10"}, [3]),
        ({"tags": ["night"]}, [3]),
        ({"unique_id": "u-3"}, [3]),
        ({"type": "comparison"}, [5]),
        ({"customer_review_status": "accepted"}, [3]),
        ({"start_time": "2024-03-03T00:00:00Z"}, [5, 3, 2]),
        ({"completed_before": "2024-03-05T00:00:00Z"}, [3]),
    ],
)
def test_every_filter_finds_them_newest_first(fake, asked, expected):
    fake.load_tasks([task(2), DONE, task(1), task(5, type="comparison")])

    assert listed(fake.client(), limit=2, **asked) == [task(n)["task_id"] for n in expected]


def test_of_the_same_millisecond_they_stand_by_id_among_new_ones(fake):
    at = "2026-03-02T12:00:00.000Z"
    names = ["zz", "mm", "aa"]
    fake.load_tasks([task(1, task_id=name, created_at=at, updated_at=at) for name in names])
    client = fake.client()
    created = [client.create_task("categorization", **PARAMS).id for _ in range(3)]

    assert listed(client, limit=1) == ["zz", "mm", "aa", *created[::-1]]
    assert fake.client().tasks(limit=2, offset=1).docs[0].id == "mm"


def test_they_are_canceled_completed_and_audited_like_any_other(fake):
    fake.load_tasks([DONE, task(4), task(5, callback_url="https://h.example.com/cb")])
    client = fake.client()

    client.cancel_task(task(4)["task_id"])
    fake.complete(task(5)["task_id"])
    client.audit_task(DONE["task_id"], accepted=False, comments="no")

    assert [record.status for record in fake.tasks] == ["completed", "canceled", "completed"]
    assert fake.tasks[2].response["category"] in {"cow", "sheep"}
    assert [audit["audit_result"] for audit in fake.tasks[0].audits] == ["accepted", "rejected"]
    assert [delivery.task_id for delivery in fake.callbacks] == [task(5)["task_id"]]


def test_a_taken_unique_id_is_a_conflict_for_new_ones(fake):
    fake.load_tasks(DONE)

    with pytest.raises(Exception, match=DONE["task_id"]):
        fake.client().create_task("categorization", unique_id="u-3", **PARAMS)


def test_times_later_than_the_clock_move_it_to_the_latest(fake):
    loaded = fake.load_tasks(
        [task(1), task(2, updated_at="2026-04-01T00:00:00Z", created_at="2026-03-31T00:00:00Z")]
    )

    assert fake.clock.now() == datetime(2026, 4, 1, tzinfo=UTC)
    assert (loaded.clock_before, loaded.clock_after) == (NOON, fake.clock.now())


def test_what_is_pending_gets_a_turnaround_from_the_moment_it_was_loaded():
    fake = FakeScale(start_time=NOON, turnaround=timedelta(hours=2))

    fake.load_tasks([task(1), task(2, updated_at="2026-04-01T00:00:00Z"), DONE])

    assert [event.when for event in fake.timeline.pending()] == [
        datetime(2026, 4, 1, 2, tzinfo=UTC)
    ] * 2
    fake.clock.run_until_idle()
    assert {record.status for record in fake.tasks} == {"completed"}


def test_new_ids_never_meet_loaded_ones():
    first, second = FakeScale(seed=7, start_time=NOON), FakeScale(seed=7, start_time=NOON)
    old = [first.client().create_task("categorization", **PARAMS) for _ in range(3)]

    second.load_tasks(old)
    new = [second.client().create_task("categorization", **PARAMS) for _ in range(3)]

    assert len({task.id for task in [*old, *new]}) == 6


def test_they_belong_to_the_key_that_is_named(fake):
    fake.load_tasks(task(1), api_key="live_other")

    assert fake.tasks[0].account == "live_other"
    assert listed(fake.client("live_other")) == [task(1)["task_id"]]
    with pytest.raises(NoSuchTask):
        fake.explain("nope")


def test_a_project_that_is_named_takes_them_all(fake):
    loaded = fake.load_tasks([task(1), DONE], "sheep")

    assert [record.project for record in fake.tasks] == ["sheep", "sheep"]
    assert loaded.notices[0].startswith('1 task: moved from project "cows" to "sheep"')


def test_it_is_told_how_many_of_which_types_and_what_is_odd(fake, golden):
    loaded = fake.load_tasks(
        page(
            DONE,
            task(4, type="categorisation"),
            task(5, params={"categories": 4, "colour": "red"}),
            task(6, params={"categories": 4}, is_test=True),
            task(7, status="completed", updated_at="2026-03-03T00:00:00Z"),
            has_more=True,
            total=230,
        )
    )

    golden("loaded", str(loaded))
    assert loaded.types == {"categorization": 4, "categorisation": 1}
    assert loaded.statuses == {"pending": 3, "completed": 2}


def test_labelers_pass_over_what_they_cannot_answer():
    fake = FakeScale(start_time=NOON, turnaround=timedelta(hours=1))
    fake.load_tasks([task(1, type="nonsense"), task(2, params={"categories": 4}), task(3)])

    fake.clock.run_until_idle()
    fake.complete_all()

    assert [record.status for record in fake.tasks] == ["pending", "pending", "completed"]
    assert "does not know its type, 'nonsense'" in fake.explain(fake.tasks[0])
    with pytest.raises(NoAnswer, match="its params are none that a create takes"):
        fake.complete(fake.tasks[1])
    assert fake.complete(fake.tasks[0], {"any": 1}).response == {"any": 1}


def test_old_tasks_without_later_fields_are_listed(fake):
    old = {name: task(1)[name] for name in ("task_id", "created_at", "type", "status", "params")}

    fake.load_tasks(old)

    assert listed(fake.client(), updated_after="2024-03-01T00:00Z") == [old["task_id"]]
    assert fake.tasks[0].as_dict() == old


def test_a_snapshot_and_a_dump_hold_them(fake, tmp_path):
    fake.load_tasks([DONE, task(1)])
    fake.dump(tmp_path / "state.json")

    again = FakeScale.load(tmp_path / "state.json")

    assert [record.as_dict() for record in again.tasks] == [task(1), DONE]


# -- conflicts ----------------------------------------------------------------------------------


def test_what_is_there_already_is_refused_as_a_whole(fake):
    fake.load_tasks([task(1), DONE])

    with pytest.raises(BadExport):
        fake.load_tasks([task(2), task(1)])
    with pytest.raises(BadExport):
        fake.load_tasks([task(2), task(9, unique_id="u-3")])

    assert ids(fake.tasks) == [task(1)["task_id"], DONE["task_id"]]


def test_what_is_there_already_is_skipped_on_request(fake):
    fake.load_tasks([task(1), DONE])

    loaded = fake.load_tasks(
        [task(1, metadata={}), task(2), task(9, unique_id="u-3")], on_conflict="skip"
    )

    assert ids(loaded) == [task(2)["task_id"]]
    assert loaded.skipped == (task(1)["task_id"], task(9)["task_id"])
    assert fake.tasks[0].metadata == {"n": 1}


def test_what_is_there_already_is_replaced_on_request():
    fake = FakeScale(start_time=NOON, turnaround=timedelta(hours=1))
    fake.load_tasks([task(1), DONE])

    loaded = fake.load_tasks(
        [task(1, status="canceled"), task(9, unique_id="u-3")], on_conflict="replace"
    )

    assert loaded.replaced == (task(1)["task_id"], DONE["task_id"])
    assert [(t.id, t.status) for t in fake.tasks] == [
        (task(1)["task_id"], "canceled"), (task(9)["task_id"], "pending"),
    ]  # fmt: skip
    assert len(fake.timeline.pending()) == 1
    assert fake.client().get_tasks_count(project_name="cows") == 0


def test_a_task_of_another_account_is_never_replaced(fake):
    fake.load_tasks(task(1), api_key="live_other")

    with pytest.raises(BadExport, match=r"in account live_o"):
        fake.load_tasks(task(1), on_conflict="replace")


# -- what is refused ----------------------------------------------------------------------------


WRONG = {
    "empty": "",
    "half": '{"docs": [{"task_id": "a", "type": "comp',
    "half_a_line": f"{json.dumps(task(1))}\n{json.dumps(task(2))[:40]}",
    "no_json": "task_id,type\n1,2\n",
    "no_task": json.dumps([task(1), {"name": "w10", "status": "staging"}]),
    "a_number": json.dumps(page(task(1), 5)),
    "twice": json.dumps([task(1), task(2), task(1)]),
    "twice_a_unique_id": f"{json.dumps(DONE)}\n{json.dumps(task(9, unique_id='u-3'))}",
    "limited": json.dumps([{"task_id": "a", "status": "pending", "otherVersion": None}]),
    "no_type": json.dumps({"task_id": "a"}),
    "no_status": json.dumps(task(1, status="cancelled")),
    "no_time": json.dumps(task(1, created_at="yesterday")),
    "no_id": json.dumps(task(1, task_id=7)),
    "no_params": json.dumps(task(1, params=[1])),
    "no_tags": json.dumps(task(1, tags="night")),
    "no_project": json.dumps(task(1, project={"name": "cows"})),
    "empty_project": json.dumps(task(1, project="")),
    "empty_batch": json.dumps(task(1, project="cows", batch="")),
    "a_nan": '[{"task_id": NaN}]',
    "a_dump": '{"format": "scaleapi_testing dump", "version": 1}',
}


def refusal(fake, file, **arguments):
    with pytest.raises(BadExport) as caught:
        fake.load_tasks(file, **arguments)
    assert len(fake.tasks) == 0
    return str(caught.value).replace(str(file), "tasks.json")


def test_each_refusal_names_the_place_and_what_was_expected(fake, tmp_path, golden):
    said = []
    for name, text in WRONG.items():
        file = tmp_path / "tasks.json"
        file.write_text(text)
        said.append(f"{name}\n    {refusal(fake, file)}")

    golden("load_tasks", "\n".join(said))


def test_what_is_no_argument_is_refused(fake, golden):
    golden.refusals(
        "load_tasks_arguments",
        [
            "fake.load_tasks(5)",
            "fake.load_tasks(None)",
            "fake.load_tasks(b'[]')",
            "fake.load_tasks('[{\"task_id\": 1}]')",
            "fake.load_tasks([], project=5)",
            "fake.load_tasks([], project='')",
            "fake.load_tasks([], on_conflict='ignore')",
            "fake.load_tasks('no/such/file.json')",
            "fake.load_tasks([task(1, metadata={1, 2})])",
        ],
        fake=fake,
        task=task,
    )


# -- the mark -----------------------------------------------------------------------------------


@pytest.mark.scale(tasks=[DONE], api_key="live_mine")
def test_the_mark_loads_them_for_one_test(scale, scale_client):
    assert ids(scale_client.get_tasks(project_name="cows")) == [DONE["task_id"]]


@pytest.mark.scale(tasks="tests/recorded/data/page.json")
def test_the_mark_takes_a_path_from_the_root_of_the_suite(scale):
    assert scale.tasks[0].project == "parcels"


class TestOfUnittest(ScaleTestCase):
    scale_arguments = {"tasks": [DONE], "api_key": "live_mine"}  # noqa: RUF012 - as users write it

    def test_a_test_case_loads_them_too(self):
        assert [task.account for task in self.scale.tasks] == ["live_mine"]


def test_a_file_of_the_mark_that_is_none_is_one_sentence(pytester):
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.scale(tasks="no/such.json")
        def test_it(scale):
            pass
        """
    )

    result = pytester.runpytest_inprocess(
        "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:asyncio", "-n0"
    )

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*cannot load *no/such.json: No such file or directory"])
