"""`pytest --scale-live`: each contract holds for the fake and for Scale, here a served fake."""

from __future__ import annotations

import pytest

from scaleapi_testing import FakeScale

KEY = "test_0123456789abcdef"

CONTRACT = """
import pytest
import requests

PARAMS = {"attachment": "Moo.", "attachment_type": "text", "categories": ["cow", "sheep"]}


@pytest.mark.scale_contract
@pytest.mark.scale(projects=[("sounds", "categorization")])
def test_tasks_of_a_test_key_are_completed_at_once(scale, scale_client):
    task = scale_client.create_task("categorization", project="sounds", unique_id="u", **PARAMS)
    assert scale_client.get_task(task.id).status == "completed"


@pytest.mark.scale_contract
def test_other_keys_are_refused(scale):
    answer = requests.get(f"{scale.base_urls[0]}/v1/tasks", auth=("live_other", ""))
    assert answer.status_code == 401
    answer = requests.get(f"{scale.base_urls[0]}/v1/tasks", auth=(scale.api_key, ""))
    assert answer.json()["total"] >= 0


@pytest.mark.scale_contract
def test_over_a_server(scale_server, scale):
    answer = requests.get(f"{scale_server.url}/v1/task/nonsense", auth=(scale.api_key, ""))
    assert answer.json()["error"] == "Task with that ID not found."
"""


@pytest.fixture
def scale_elsewhere(monkeypatch):
    """A served fake that plays Scale."""
    fake = FakeScale(seed=5, api_keys=[KEY])
    with fake.serve() as server:
        monkeypatch.setenv("SCALEAPI_TESTING_SCALE_URL", server.url)
        monkeypatch.setenv("SCALE_TEST_API_KEY", KEY)
        yield fake


@pytest.fixture
def suite(pytester):
    def run(source, *arguments):
        pytester.makepyfile(test_contract=source)
        return pytester.runpytest_inprocess(
            "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:asyncio", "-n0", *arguments
        )

    return run


def test_a_contract_that_both_keep_passes_once(suite, scale_elsewhere):
    result = suite(CONTRACT, "--scale-live")

    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["3 tests, 3 of them against Scale too"])
    assert [record.path for record in scale_elsewhere.requests.to("POST", "/v1/task/*")] == [
        "/v1/task/categorization"
    ]


def test_what_was_made_is_undone_or_listed(suite, scale_elsewhere):
    result = suite(CONTRACT, "--scale-live")

    task = scale_elsewhere.tasks[0]
    assert task.unique_id is None
    name = "test_contract.py::test_tasks_of_a_test_key_are_completed_at_once"
    result.stdout.fnmatch_lines(
        [
            f"{name}: left at Scale: project sounds",
            f"{name}: left at Scale: task {task.id}: it has ended and cannot be canceled",
        ]
    )


@pytest.mark.slow
def test_pending_tasks_are_canceled_afterwards(suite, monkeypatch):
    fake = FakeScale(api_keys=[KEY], test_key_tasks="stay_pending")
    with fake.serve() as server:
        monkeypatch.setenv("SCALEAPI_TESTING_SCALE_URL", server.url)
        monkeypatch.setenv("SCALE_TEST_API_KEY", KEY)
        suite(CONTRACT.replace('.status == "completed"', '.status != "error"'), "--scale-live")

    assert [(task.status, task.unique_id) for task in fake.tasks] == [("canceled", None)]


def test_without_the_option_it_runs_against_the_fake_alone(suite, scale_elsewhere):
    result = suite(CONTRACT)

    result.assert_outcomes(passed=3)
    assert len(scale_elsewhere.requests) == 0


def test_a_contract_that_scale_breaks_fails(suite, scale_elsewhere):
    scale_elsewhere.faults.add(status=404, path="/v1/task/*", method="GET", message="Moo.")

    result = suite(CONTRACT, "--scale-live")

    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(
        ["*- scale live -*", "against the fake it passed; this is the half against Scale"]
    )


@pytest.mark.slow
def test_a_contract_that_the_fake_breaks_never_asks_scale(suite, scale_elsewhere):
    result = suite(
        """
        import pytest

        @pytest.mark.scale_contract
        def test_it(scale, scale_client):
            assert scale_client.tasks().total == 1
        """,
        "--scale-live",
    )

    result.assert_outcomes(failed=1)
    assert len(scale_elsewhere.requests) == 0


def test_a_control_that_scale_has_not_skips_its_half_and_says_so(suite, scale_elsewhere):
    result = suite(
        """
        import pytest

        @pytest.mark.scale_contract
        def test_clock(scale, scale_client):
            scale.clock.advance(hours=1)

        @pytest.mark.scale_contract
        def test_faults(scale, scale_client):
            scale.faults.add(status=503, times=1, optional=True)

        @pytest.mark.scale_contract
        def test_nothing():
            pass
        """,
        "--scale-live",
    )

    result.assert_outcomes(passed=3)
    which = "against the fake only"
    has_not = "is a control of the fake, which Scale has not"
    result.stdout.fnmatch_lines(
        [
            f"test_contract.py::test_clock: {which}: scale.clock {has_not}",
            f"test_contract.py::test_faults: {which}: scale.faults {has_not}",
            f"test_contract.py::test_nothing: {which}: it does not use the fixture `scale`",
            "3 tests, 0 of them against Scale too",
        ]
    )


@pytest.mark.slow
def test_a_wrong_name_is_an_error_in_both_halves(suite, scale_elsewhere):
    result = suite(
        """
        import pytest

        @pytest.mark.scale_contract
        def test_it(scale, scale_client):
            with pytest.raises(AttributeError):
                scale.clok
        """,
        "--scale-live",
    )

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["1 tests, 1 of them against Scale too"])


@pytest.mark.parametrize(
    ("key", "complaint"),
    [
        (
            "",
            (
                "--scale-live needs a test key of Scale in the environment: "
                "SCALE_TEST_API_KEY=test_..."
            ),
        ),
        (
            "live_0123456789abcdef",
            (
                "--scale-live takes a test key alone, and SCALE_TEST_API_KEY holds live_012…, "
                "which is none (test keys begin with test_ or end in |test): a live key would "
                "order paid work"
            ),
        ),
    ],
)
def test_it_is_refused_without_a_test_key(suite, scale_elsewhere, monkeypatch, key, complaint):
    monkeypatch.setenv("SCALE_TEST_API_KEY", key)

    result = suite(CONTRACT, "--scale-live")

    assert result.ret == 4
    result.stderr.fnmatch_lines([f"ERROR: {complaint}"])


@pytest.mark.slow
def test_a_fake_of_a_wider_scope_would_answer_for_scale_and_is_refused(suite, scale_elsewhere):
    result = suite(
        """
        import pytest

        @pytest.mark.scale_contract
        def test_it(scale_session, scale, scale_client):
            scale_client.tasks()
        """,
        "--scale-live",
    )

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*cannot run while a fake is active*"])
