"""The official package, as it is installed by its users, works against the fake in process.

Auditing is a call of 2.18 only: 1.0 has no method for it.
"""

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def told():
    """What each story said, so that it is told once."""
    return {}


@pytest.fixture
def current(told, tell):
    if "current" not in told:
        told["current"] = tell("2.18.4", "current")
    return told["current"]


@pytest.fixture
def facts(told, tell):
    if "facts" not in told:
        told["facts"] = tell("2.18.4", "live_facts")
    return told["facts"]


@pytest.fixture
def old(told, tell):
    if "old" not in told:
        told["old"] = tell("1.0.4", "old")
    return told["old"]


def test_the_stories_are_told_with_the_official_packages(current, old):
    assert current["from"] == ["scaleapi-2.18.4", "2.18.4"]
    assert old["from"] == ["scaleapi-1.0.4", "1.0.4"]


def test_2_18_creates_and_cancels(current):
    assert current["created"] == ["pending"] * 5
    assert current["canceled"] == "canceled"


def test_2_18_pages_through_all_tasks_newest_first(current):
    assert current["listed"] == [None, "cow-3", "cow-2", "cow-1", "cow-0"]
    assert current["count"] == 5


def test_2_18_lists_by_status_and_by_review(current):
    assert current["completed"] == ["cow-0", "cow-1", "cow-2"]
    assert current["rejected"] == ["cow-1"]


def test_2_18_audits(current):
    assert current["audited"] == "accepted"


def test_2_18_reads_answers_tags_and_batches(current):
    assert (current["labels"], current["tags"], current["batch"]) == (True, ["urgent"], 1)


def test_2_18_gets_errors_as_its_own_exceptions(current):
    assert (current["duplicate"], current["unknown"]) == (409, 404)


def test_2_18_finds_the_task_whose_creation_was_answered_with_a_5xx(current):
    assert current["recovered"] == ["cow-lost", 1]
    assert current["recovered by"] == [["POST", 503], ["POST", 409], ["GET", 200]]


def test_1_0_creates_fetches_and_cancels(old):
    assert old["created"] == ["pending"] * 5
    assert (old["fetched"], old["canceled"]) == ("completed", "canceled")


def test_1_0_lists_with_a_token(old):
    assert old["listed"] is True


def test_1_0_makes_projects_and_batches(old):
    assert (old["projects"], old["batch"]) == (["cows"], "monday")


def test_1_0_is_told_what_a_creation_lacks(old):
    assert old["refused"] == [400, True]


INVALID = ["ScaleInvalidRequest", 400]
DUPLICATE = ["ScaleDuplicateResource", 409]
NOT_FOUND = ["ScaleResourceNotFound", 404]


def test_a_test_keys_task_is_completed_at_once_and_cannot_be_canceled(facts):
    assert facts["completed at once"] == ["completed", "completed"]
    assert facts["canceled"] == INVALID


def test_a_unique_id_is_refused_twice_changed_and_cleared(facts):
    assert facts["duplicate"] == facts["duplicate update"] == DUPLICATE
    assert facts["unique_id"] == "second"
    assert facts["cleared"] is True


def test_metadata_is_empty_by_default_and_replaced_whole(facts):
    assert facts["metadata"] == [{}, {"shift": "late", "n": [1, 2.5]}, {}]


def test_tags_are_absent_until_they_are_set_and_keep_their_order(facts):
    assert facts["tags"] == [False, ["b", "a"], ["b", "a", "c"], ["a", "c"], []]


def test_every_task_type_refuses_a_create_without_its_fields(facts):
    assert facts["missing fields"] == []


def test_what_does_not_exist_is_a_404_in_a_path_and_a_400_in_a_body(facts):
    assert facts["unknown"] == [NOT_FOUND, NOT_FOUND, NOT_FOUND, INVALID]


def test_a_project_without_params_has_no_version_and_its_first_is_0(facts):
    assert facts["project"] == ["cats", "categorization", None, None]
    assert facts["project again"] == DUPLICATE
    assert facts["params"] == [0, "Look closely."]
    assert facts["patched"] == [1, "Look closely.", 1]


def test_a_batch_is_in_progress_finalized_in_vain_and_completed_with_its_tasks(facts):
    assert facts["batch"] == ["in_progress", "cats", {"week": 10}]
    assert facts["batch again"] == DUPLICATE
    assert facts["finalized"] == "in_progress"
    assert facts["batch metadata"] == [{"week": 11}, {}, {}]
    assert facts["counts"] == ["completed", 3, 0]


def test_lists_are_newest_first_and_know_their_windows(facts):
    assert facts["batches"] == [["monday"], ["monday"], 1]
    assert facts["newest first"] == ["newest", 1, True, 0]
    assert facts["listed"] == [["task/2 a", "task/1 a", "task/0 a"], [], [True], 4, []]
    assert facts["audited"] == [["newest"], []]


def test_files_names_and_keys_are_as_the_live_tests_found_them(facts):
    assert facts["files"] == [True, True]
    assert facts["odd names"] == [True, {"status": "in_progress"}]
    assert facts["bogus key"] == ["ScaleUnauthorized", 401]


def test_2_18_works_with_teams_studio_and_quality_tasks(facts):
    assert (facts["teammates"], facts["invited"]) == (["admin"], True)
    assert (facts["assigned"], facts["group"]) == (["night"], ["owls", 1, False])
    assert facts["studio"] == [["owls"], ["shift"], [1]]
    assert facts["quality"] == [{"annotations": []}, None]


def test_a_program_for_the_official_package_does_the_same_with_ours(facts, tell):
    assert tell(None, "live_facts") == facts
