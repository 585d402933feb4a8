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
