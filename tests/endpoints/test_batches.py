"""Batches: what they are made of, their statuses, counts and lists."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

START = datetime(2026, 3, 2, 9, tzinfo=UTC)

pytestmark = pytest.mark.scale(
    start_time=START, projects=[("cats", "categorization"), ("dogs", "categorization")]
)


@pytest.fixture
def make_batch(api):
    def make(name="b1", project="cats", **fields):
        answer = api("POST", "/v1/batches", {"project": project, "name": name, **fields})
        assert answer.status == 200, answer.text
        return answer.json

    return make


@pytest.fixture
def staged(api):
    """A Rapid project, whose batches begin in staging."""
    api("POST", "/v1/projects", {"type": "categorization", "name": "fast", "rapid": True})
    return "fast"


def names(answer):
    assert answer.status == 200, answer.text
    return [batch["name"] for batch in answer.json["docs"]]


# -- creating ---------------------------------------------------------------------------------


def test_a_new_batch_is_answered_in_full(make_batch):
    batch = make_batch(callback="https://hooks.example.com/b", metadata={"week": 10})

    assert len(batch.pop("id")) == 24
    assert batch == {
        "project": "cats",
        "name": "b1",
        "callback": "https://hooks.example.com/b",
        "status": "in_progress",
        "created_at": "2026-03-02T09:00:00.000Z",
        "metadata": {"week": 10},
        "calibration_batch": False,
        "self_label_batch": False,
    }


def test_metadata_and_callback_are_there_though_nobody_sent_them(make_batch):
    batch = make_batch()

    assert (batch["metadata"], batch["callback"]) == ({}, "")


def test_null_means_not_given(make_batch):
    batch = make_batch(metadata=None, callback=None, calibration_batch=None, self_label_batch=None)

    assert (batch["metadata"], batch["callback"]) == ({}, "")
    assert (batch["calibration_batch"], batch["self_label_batch"]) == (False, False)


@pytest.mark.parametrize("product", ["rapid", "studio"])
def test_batches_of_rapid_and_studio_projects_begin_in_staging(api, make_batch, product):
    api("POST", "/v1/projects", {"type": "categorization", "name": "new", product: True})

    assert make_batch(project="new")["status"] == "staging"


@pytest.mark.parametrize("flag", ["calibration_batch", "self_label_batch"])
def test_flags_are_echoed_whatever_the_project(make_batch, flag):
    batch = make_batch(**{flag: True})

    assert (batch[flag], batch["status"]) == (True, "in_progress")


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({"name": "b2"}, 400, "Please include a project parameter."),
        ({"project": "", "name": "b2"}, 400, "Please include a project parameter."),
        ({"project": ["cats"], "name": "b2"}, 400, "Invalid project - expected string."),
        ({"project": "cats"}, 400, "Please include a name parameter."),
        ({"project": "cats", "name": ""}, 400, "Please include a name parameter."),
        ({"project": "cats", "name": 7}, 400, "Invalid name - expected string."),
        ({"project": "cat", "name": "b2"}, 400, "Project cat does not exist."),
        (
            {"project": "cats", "name": "b2", "callback": 3},
            400,
            "Invalid callback - expected string.",
        ),
        (
            {"project": "cats", "name": "b2", "metadata": []},
            400,
            "Invalid metadata - expected object.",
        ),
        (
            {"project": "cats", "name": "b2", "metadata": {"k": "v" * 10_240}},
            400,
            "Invalid metadata - must not exceed 10 KB.",
        ),
        (
            {"project": "cats", "name": "b2", "calibration_batch": "yes"},
            400,
            "Invalid calibration_batch - expected boolean.",
        ),
        (
            {"project": "cats", "name": "b2", "calibration_batch": True, "self_label_batch": True},
            400,
            "A batch cannot be both a calibration and a self label batch.",
        ),
        ({"project": "cats", "name": "b1"}, 409, 'A batch with name "b1" already exists.'),
        ({"project": "dogs", "name": "b1"}, 409, 'A batch with name "b1" already exists.'),
    ],
)
def test_a_wrong_batch_is_refused(scale, api, make_batch, body, status, error):
    make_batch()

    answer = api("POST", "/v1/batches", body)

    assert (answer.status, answer.error) == (status, error)
    assert len(scale.batches) == 1


def test_a_taken_name_is_explained_in_the_journal(scale, api, make_batch):
    make_batch()

    api("POST", "/v1/batches", {"project": "dogs", "name": "b1"})

    assert scale.requests.last.notices == [
        "it belongs to project 'cats'; names of batches are unique over all projects of an account"
    ]


def test_another_key_may_use_the_same_name(api, make_batch):
    make_batch()
    other = api.under("test_k")
    other("POST", "/v1/projects", {"type": "categorization", "name": "cats"})

    assert other("POST", "/v1/batches", {"project": "cats", "name": "b1"}).status == 200


def test_callback_url_by_mistake_is_ignored_and_noted(scale, make_batch):
    batch = make_batch(callback_url="https://hooks.example.com/")

    assert batch["callback"] == ""
    assert scale.requests.last.unread == ["callback_url (nearest: callback)"]


def test_a_callback_that_is_no_address_is_refused(scale, api, make_batch):
    make_batch(name="b0")

    answer = api(
        "POST", "/v1/batches", {"project": "cats", "name": "b1", "callback": "hooks.example.com"}
    )

    assert (answer.status, answer.error) == (400, "Invalid callback.")
    (notice,) = scale.requests.last.notices
    assert notice == (
        "'hooks.example.com' is none, for it begins with neither http:// nor https://: "
        "give an http:// or https:// URL or an e-mail address"
    )


@pytest.mark.scale(strict=True)
@pytest.mark.parametrize("extra", [{"callback_url": "x"}, {"callback": "hooks.example.com"}])
def test_a_strict_fake_makes_no_batch_of_what_nothing_reads(scale, api, extra):
    answer = api("POST", "/v1/batches", {"project": "cats", "name": "b1", **extra})

    assert answer.status == 400
    assert len(scale.batches) == 0


# -- reading ----------------------------------------------------------------------------------


def test_a_batch_is_found_by_its_name_whatever_the_name(api, make_batch):
    made = make_batch("a b/ü%20")

    answer = api("GET", "/v1/batches/a%20b%2F%C3%BC%2520")

    assert answer.json == made


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/batches/b9"),
        ("GET", "/v1/batches/b9/status"),
        ("POST", "/v1/batches/b9/finalize"),
        ("POST", "/v1/batches/b9/setMetadata"),
        ("POST", "/v1/batches/b9/prioritize"),
    ],
)
def test_an_unknown_batch_is_not_found(scale, api, make_batch, method, path):
    make_batch("b8")

    answer = api(method, path)

    assert (answer.status, answer.error) == (404, "Batch not found.")
    assert scale.requests.last.notices == [
        "no batch 'b9' in this account; it has 'b8'",
    ]


def test_the_status_counts_tasks_and_leaves_zeros_out(scale, api, make_batch, make_task):
    make_batch()
    empty = api("GET", "/v1/batches/b1/status").json
    ids = [make_task(batch="b1") for _ in range(4)]
    scale.complete(ids[0])
    scale.fail(ids[1])
    api("POST", f"/v1/task/{ids[2]}/cancel")

    assert empty == {"status": "in_progress"}
    assert api("GET", "/v1/batches/b1/status").json == {
        "status": "in_progress",
        "pending": 1,
        "completed": 1,
        "canceled": 1,
        "error": 1,
    }


# -- completing -------------------------------------------------------------------------------


def test_a_batch_without_tasks_stays_in_progress(scale, api, make_batch):
    make_batch()
    scale.clock.run_until_idle()

    assert api("GET", "/v1/batches/b1").json["status"] == "in_progress"


def test_a_batch_is_completed_when_its_last_open_task_ends(scale, api, make_batch, make_task):
    make_batch(callback="https://hooks.example.com/b")
    first, second, third = (make_task(batch="b1") for _ in range(3))
    scale.complete(first)
    scale.fail(second)
    scale.clock.advance(hours=1)
    api("POST", f"/v1/task/{third}/cancel")

    batch = api("GET", "/v1/batches/b1").json

    assert (batch["status"], batch["completed_at"]) == ("completed", "2026-03-02T10:00:00.000Z")
    assert scale.callbacks.last.json == {
        "batch": "b1",
        "status": "completed",
        "stats": {"completed": 1, "canceled": 1, "error": 1},
    }


def test_a_new_task_opens_a_completed_batch_again(scale, api, make_batch, make_task):
    make_batch(callback="https://hooks.example.com/b")
    scale.complete(make_task(batch="b1"))
    task_id = make_task(batch="b1")
    opened = api("GET", "/v1/batches/b1").json
    scale.complete(task_id)

    assert opened["status"] == "in_progress"
    assert "completed_at" not in opened
    assert api("GET", "/v1/batches/b1").json["status"] == "completed"
    assert [delivery.event for delivery in scale.callbacks] == ["batch_completed"] * 2


def test_a_recalled_task_opens_a_completed_batch_again(scale, api, make_batch, make_task):
    make_batch()
    task_id = make_task(batch="b1")
    scale.complete(task_id)

    scale.recall(task_id)

    assert api("GET", "/v1/batches/b1").json["status"] == "in_progress"


def test_an_audit_of_a_task_is_the_batchs_last_audit(scale, api, make_batch, make_task):
    make_batch()
    task_id = make_task(batch="b1")
    scale.complete(task_id)
    scale.clock.advance(days=1)
    api("POST", f"/v1/task/{task_id}/audit", {"accepted": True})

    assert api("GET", "/v1/batches/b1").json["last_audited_at"] == "2026-03-03T09:00:00.000Z"


# -- finalizing -------------------------------------------------------------------------------


def test_finalizing_a_plain_batch_does_nothing(api, make_batch, make_task):
    made = make_batch()

    assert api("POST", "/v1/batches/b1/finalize").json == made
    assert api("GET", f"/v1/task/{make_task(batch='b1')}").json["batch"] == "b1"


@pytest.mark.parametrize("product", ["rapid", "studio"])
def test_a_finalized_batch_takes_no_more_tasks(api, make_batch, categorization, product):
    api("POST", "/v1/projects", {"type": "categorization", "name": "new", product: True})
    make_batch(project="new")
    body = categorization | {"batch": "b1"}
    assert api("POST", "/v1/task/categorization", body).status == 200

    finalized = api("POST", "/v1/batches/b1/finalize").json
    answer = api("POST", "/v1/task/categorization", body)

    assert finalized["status"] == "in_progress"
    assert (answer.status, answer.error) == (400, "Batch b1 has already been finalized.")


def test_finalizing_an_empty_batch_is_fine_and_finalizing_again_is_refused(
    scale, api, make_batch, staged
):
    make_batch(project=staged)

    first = api("POST", "/v1/batches/b1/finalize")
    second = api("POST", "/v1/batches/b1/finalize")

    assert (first.status, first.json["status"]) == (200, "in_progress")
    assert (second.status, second.error) == (400, "Batch b1 has already been finalized.")
    assert "which happens once" in scale.requests.last.notices[0]


def test_a_finalized_batch_that_is_completed_is_not_finalized_again(
    scale, api, make_batch, make_task, staged
):
    make_batch(project=staged)
    task_id = make_task(batch="b1")
    api("POST", "/v1/batches/b1/finalize")
    scale.complete(task_id)

    assert api("GET", "/v1/batches/b1").json["status"] == "completed"
    assert api("POST", "/v1/batches/b1/finalize").status == 400


def test_a_plain_batch_can_be_finalized_again_and_stays_as_it_is(api, make_batch):
    made = make_batch()

    answers = [api("POST", "/v1/batches/b1/finalize") for _ in range(2)]

    assert [(answer.status, answer.json) for answer in answers] == [(200, made)] * 2


def test_a_known_unique_id_is_told_before_that_the_batch_is_finalized(
    api, make_batch, categorization, staged
):
    make_batch(project=staged)
    body = categorization | {"batch": "b1", "unique_id": "u1"}
    task_id = api("POST", "/v1/task/categorization", body).json["task_id"]
    api("POST", "/v1/batches/b1/finalize")

    known = api("POST", "/v1/task/categorization", body)
    new = api("POST", "/v1/task/categorization", body | {"unique_id": "u2"})
    invalid = api("POST", "/v1/task/categorization", {"batch": "b1", "unique_id": "u3"})

    assert known.status == 409
    assert known.error == (
        f'The unique_id ("u1") is already used for a different task ({task_id}).'
    )
    assert (new.status, new.error) == (400, "Batch b1 has already been finalized.")
    assert "finalized" not in invalid.error


def test_a_batch_whose_tasks_ended_in_staging_is_completed_when_it_is_finalized(
    scale, api, make_batch, make_task, staged
):
    make_batch(project=staged)
    api("POST", f"/v1/task/{make_task(batch='b1')}/cancel")
    before = api("GET", "/v1/batches/b1").json["status"]

    assert before == "staging"
    assert api("POST", "/v1/batches/b1/finalize").json["status"] == "completed"


def test_a_test_keys_tasks_wait_in_staging_and_are_completed_by_finalizing(api, categorization):
    other = api.under("test_k")
    other("POST", "/v1/projects", {"type": "categorization", "name": "fast", "rapid": True})
    other("POST", "/v1/batches", {"project": "fast", "name": "b1"})
    made = other("POST", "/v1/task/categorization", categorization | {"batch": "b1"}).json

    finalized = other("POST", "/v1/batches/b1/finalize").json

    assert made["status"] == "pending"
    assert finalized["status"] == "completed"
    assert other("GET", f"/v1/task/{made['task_id']}").json["status"] == "completed"


def test_turnaround_counts_from_finalizing(scale, api, make_batch, make_task, staged):
    scale.turnaround(timedelta(hours=2))
    make_batch(project=staged)
    task_id = make_task(batch="b1")
    scale.clock.advance(hours=5)
    api("POST", "/v1/batches/b1/finalize")
    scale.clock.advance(hours=1)
    early = api("GET", f"/v1/task/{task_id}").json["status"]
    scale.clock.advance(hours=1)

    assert early == "pending"
    assert api("GET", f"/v1/task/{task_id}").json["completed_at"] == "2026-03-02T16:00:00.000Z"


# -- metadata and priority --------------------------------------------------------------------


def test_metadata_is_replaced(api, make_batch):
    make_batch(metadata={"a": 1})

    assert api("POST", "/v1/batches/b1/setMetadata", {"b": [2]}).json["metadata"] == {"b": [2]}
    assert api("POST", "/v1/batches/b1/setMetadata").json["metadata"] == {}


@pytest.mark.parametrize("body", [b"[]", b"3", b"null", b'"x"'])
def test_metadata_must_be_an_object(api, make_batch, body):
    make_batch(metadata={"a": 1})

    answer = api("POST", "/v1/batches/b1/setMetadata", data=body)

    assert (answer.status, answer.error) == (400, "Invalid metadata - expected object.")
    assert api("GET", "/v1/batches/b1").json["metadata"] == {"a": 1}


def test_a_priority_is_shown(api, make_batch):
    made = make_batch()

    answer = api("POST", "/v1/batches/b1/prioritize", {"priority": 30})

    assert answer.json == made | {"priority": 30}


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "Please include a priority parameter."),
        ({"priority": "30"}, "Invalid priority - expected number."),
        ({"priority": True}, "Invalid priority - expected number."),
    ],
)
def test_a_priority_must_be_a_number(api, make_batch, body, error):
    make_batch()

    answer = api("POST", "/v1/batches/b1/prioritize", body)

    assert (answer.status, answer.error) == (400, error)


# -- listing ----------------------------------------------------------------------------------


@pytest.fixture
def week(scale, api, make_batch, make_task):
    """Seven batches, one a day; b2 and b3 completed on the 9th, b3 audited on the 10th."""
    for day in range(1, 8):
        make_batch(f"b{day}", project="dogs" if day % 2 else "cats", metadata={"day": day})
        scale.clock.advance(days=1)
    ids = {name: make_task(batch=name) for name in ("b2", "b3", "b4")}
    scale.complete(ids["b2"])
    scale.complete(ids["b3"])
    scale.clock.advance(days=1)
    api("POST", f"/v1/task/{ids['b3']}/audit", {"accepted": True})
    scale.archive(scale.batches["b4"])


def test_the_newest_batch_comes_first(api, week):
    assert names(api("GET", "/v1/batches")) == ["b7", "b6", "b5", "b4", "b3", "b2", "b1"]


def test_a_page_says_how_many_there_are_and_whether_more_follow(api, week):
    answer = api("GET", "/v1/batches?limit=3&offset=3")

    assert names(answer) == ["b4", "b3", "b2"]
    del answer.json["docs"]
    assert answer.json == {
        "totalDocs": 7,
        "total": 7,
        "limit": 3,
        "offset": 3,
        "has_more": True,
    }


@pytest.mark.parametrize(
    ("query", "expected", "has_more"),
    [
        ("limit=3&offset=4", ["b3", "b2", "b1"], False),
        ("offset=7", [], False),
        ("offset=99", [], False),
    ],
)
def test_the_last_page_says_that_nothing_follows(api, week, query, expected, has_more):
    answer = api("GET", f"/v1/batches?{query}")

    assert names(answer) == expected
    assert answer.json["has_more"] is has_more


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("project=cats", ["b6", "b4", "b2"]),
        ("project=birds", []),
        ("status=completed", ["b3", "b2"]),
        ("status=in_progress&project=cats", ["b6", "b4"]),
        ("status=staging", []),
        ("start_time=2026-03-06T09:00:00Z", ["b7", "b6", "b5"]),
        ("end_time=2026-03-03T09:00:00Z", ["b2", "b1"]),
        ("start_time=2026-03-04&end_time=2026-03-06", ["b4", "b3"]),
        ("completed_after=2026-03-01", ["b3", "b2"]),
        ("completed_before=2026-03-01", []),
        ("audited_after=2026-03-10T09:00:00.001", []),
        ("audited_after=2026-03-10", ["b3"]),
        ("audited_before=2026-03-11", ["b3"]),
        ("exclude_archived=true", ["b7", "b6", "b5", "b3", "b2", "b1"]),
        ("exclude_archived=True&project=cats", ["b6", "b2"]),
        ("exclude_archived=False&project=cats", ["b6", "b4", "b2"]),
        ("status=&project=", ["b7", "b6", "b5", "b4", "b3", "b2", "b1"]),
    ],
)
def test_filters_combine(api, week, query, expected):
    assert names(api("GET", f"/v1/batches?{query}")) == expected


def test_detailed_adds_the_counts(api, week):
    plain, detailed = (
        api("GET", f"/v1/batches?project=cats{more}").json["docs"]
        for more in ("", "&detailed=true")
    )

    assert detailed[2] == plain[2] | {"completed": 1}
    assert detailed[1] == plain[1] | {"pending": 1}
    assert detailed[0] == plain[0]


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("limit=0", "Invalid limit - must be an integer between 1 and 100."),
        ("limit=101", "Invalid limit - must be an integer between 1 and 100."),
        ("limit=ten", "Invalid limit - must be an integer between 1 and 100."),
        ("offset=-1", "Invalid offset - must be an integer of at least 0."),
        (
            "status=paused",
            "Invalid status - please choose one of these: staging in_progress completed",
        ),
        ("start_time=yesterday", "Invalid start_time - expected an ISO 8601 date."),
        ("audited_before=2026-13-01", "Invalid audited_before - expected an ISO 8601 date."),
    ],
)
def test_a_wrong_filter_is_refused(api, query, error):
    answer = api("GET", f"/v1/batches?{query}")

    assert (answer.status, answer.error) == (400, error)


def test_unarchiving_brings_a_batch_back(scale, api, week):
    scale.unarchive(scale.batches["b4"])

    assert names(api("GET", "/v1/batches?exclude_archived=true&project=cats")) == ["b6", "b4", "b2"]


def test_the_client_pages_through_batches(scale_client, week):
    assert [batch.name for batch in scale_client.get_batches("cats")] == ["b6", "b4", "b2"]
    assert scale_client.batches(project="cats", limit=1).total == 3
