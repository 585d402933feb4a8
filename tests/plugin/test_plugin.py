"""The pytest plugin as a suite uses it: fixtures, marks, seeds, reports."""

from __future__ import annotations

import pytest

BASE = ("-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:asyncio")


@pytest.fixture
def run(pytester):
    def run(source, *args, xdist=False):
        pytester.makepyfile(source)
        if xdist:
            return pytester.runpytest_subprocess(*BASE, "-n", "1", *args)
        return pytester.runpytest_inprocess(*BASE, *args)

    return run


def test_the_fixture_is_an_active_fake(run):
    result = run(
        """
        import requests

        def test_it(scale, scale_client):
            answer = requests.get("https://api.scale.com/v1/tasks", auth=("live_fake", ""))
            assert answer.json()["total"] == 0
            task = scale_client.create_task(
                "categorization", attachment="a", attachment_type="text", categories=["a"])
            assert [one.id for one in scale.tasks] == [task.id]
        """
    )
    result.assert_outcomes(passed=1)


def test_marks_on_test_class_and_module_are_joined_the_closest_wins(run):
    result = run(
        """
        import pytest
        from datetime import UTC, datetime

        pytestmark = pytest.mark.scale(seed=1, strict=True, projects=["cows"])

        @pytest.mark.scale(seed=2, start_time=datetime(2026, 1, 1, tzinfo=UTC))
        class TestIt:
            @pytest.mark.scale(seed=3)
            def test_closest(self, scale):
                assert (scale.seed, scale.strict, scale.clock.now().year) == (3, True, 2026)
                assert [project.name for project in scale.projects] == ["cows"]
                assert scale.projects["cows"].type == "imageannotation"
                assert scale.projects["cows"].account == "live_fake"

        @pytest.mark.scale(projects=[("notes", "textcollection"), "pigs"])
        def test_module(scale):
            assert scale.seed == 1
            assert [(p.name, p.type) for p in scale.projects] == [
                ("notes", "textcollection"), ("pigs", "imageannotation")]
        """
    )
    result.assert_outcomes(passed=2)


@pytest.mark.slow
def test_the_seed_follows_from_the_node_id_and_can_be_overridden(run, pytester):
    source = """
        import pytest

        def test_a(scale): print("seed of a:", scale.seed)
        def test_b(scale): print("seed of b:", scale.seed)
        @pytest.mark.scale(seed=5)
        def test_c(scale): print("seed of c:", scale.seed)
        """

    def seeds(result):
        return [line for line in result.outlines if "seed of" in line]

    first = seeds(run(source, "-s"))
    again = seeds(run(source, "-s"))
    forced = seeds(run(source, "-s", "--scale-seed=9"))

    assert first == again
    assert len({line.split()[-1] for line in first}) == 3
    assert first[2].endswith("seed of c: 5")
    assert all(line.endswith(" 9") for line in forced)


WRONG = """
    import pytest

    @pytest.mark.scale(sed=3)
    def test_it(scale): pass

    def test_other(): pass
    """
MESSAGE = (
    "*test_it: @pytest.mark.scale does not know 'sed'; did you mean 'seed'? known: seed, "
    "start_time, turnaround,*projects*"
)


def test_an_unknown_argument_of_the_mark_is_a_usage_error(run):
    result = run(WRONG)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([MESSAGE])
    assert "Traceback" not in result.stdout.str() + result.stderr.str()


def test_a_deselected_test_is_not_checked(run):
    run(WRONG, "-k", "other").assert_outcomes(passed=1, deselected=1)


@pytest.mark.slow
def test_under_xdist_the_message_is_plain(run):
    result = run(WRONG, xdist=True)

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines([MESSAGE])
    assert "INTERNALERROR" not in result.stdout.str() + result.stderr.str()


def test_a_positional_argument_is_a_usage_error(run):
    result = run("import pytest\n@pytest.mark.scale(3)\ndef test_it(scale): pass")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*takes keyword arguments only, not 3; known: seed*"])


def test_a_wrong_value_of_the_mark_is_said_without_our_traceback(run):
    result = run("import pytest\n@pytest.mark.scale(seed='x')\ndef test_it(scale): pass")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["@pytest.mark.scale on *test_it: seed must be a whole number, not str 'x'"]
    )
    assert "_fake.py" not in result.stdout.str()


def test_an_unspent_fault_fails_the_test_in_its_call_phase(run):
    result = run(
        """
        def test_it(scale):
            scale.faults.add(status=503, times=2, path="/v1/task/*", method="POST")

        def test_optional(scale):
            scale.faults.add(status=503, times=2, optional=True)

        def test_until_removed(scale):
            scale.faults.add(status=503)
        """
    )
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*503 on POST /v1/task/**struck 0 times*"])
    result.stdout.no_fnmatch_line("*traceback*")


def test_a_failing_test_fails_for_its_own_reason_and_not_for_its_faults(run):
    result = run(
        """
        def test_it(scale):
            scale.faults.add(status=503, times=2)
            assert 1 == 2
        """
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*assert 1 == 2*"])


def test_the_report_of_a_failed_test_has_a_section_scale(run):
    result = run(
        """
        from datetime import UTC, datetime, timedelta
        import pytest, requests

        @pytest.mark.scale(
            start_time=datetime(2026, 3, 2, tzinfo=UTC), turnaround=timedelta(hours=2), seed=4)
        def test_it(scale, scale_client):
            scale_client.create_task("categorization", attachment="a", attachment_type="text",
                categories=["a"], alow_multiple=True)
            requests.post("https://api.scale.com/v1/task/imageanotation", json={},
                auth=("live_secret_key", ""))
            requests.get("https://api.scale.com/v1/taks", auth=("live_fake", ""))
            scale.faults.add(status=500, times=1)
            assert False, "on purpose"
        """
    )
    result.stdout.fnmatch_lines(
        [
            "*- scale -*",
            "clock: 2026-03-02T00:00:00.000Z   seed: 4   tasks: 1 pending",
            "last requests:",
            '  request 1 POST /v1/task/categorization 200 {"task_id":"*…',
            "  request 2 POST /v1/task/imageanotation 404*",
            "unknown routes:",
            "  request 3: no route GET /v1/taks. Nearest: GET /v1/tasks*",
            "what was wrong, and what would be right:",
            "  request 2: no task type 'imageanotation'*; nearest: imageannotation*",
            "parameters that nothing reads:",
            "  request 1: POST /v1/task/categorization: alow_multiple (nearest: allow_multiple)",
            "unspent faults:",
            "  <Fault 500 *",
            "still to come:",
            "  2026-03-02T02:00:00.000Z task * ends: completed",
        ]
    )
    assert "live_secret_key" not in result.stdout.str().replace('auth=("live_secret_key", "")', "")


def test_a_fake_whose_mark_was_wrong_is_not_taken_for_a_forgotten_one(run):
    result = run(
        """
        import pytest

        @pytest.mark.scale(projects=["cows", "cows"])
        def test_it(scale):
            pass
        """
    )

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["@pytest.mark.scale on *: account * has a project 'cows' already"])
    result.stdout.no_fnmatch_line("*was never started*")


def test_a_passing_test_has_no_section(run):
    result = run("def test_it(scale): pass", "-rA")

    result.stdout.no_fnmatch_line("*- scale -*")


def test_a_suite_with_a_fixture_scale_of_its_own_is_told_so(run):
    result = run(
        """
        import pytest

        @pytest.fixture
        def scale(): return 3

        def test_own(scale): assert scale == 3
        def test_client(scale_client): pass
        def test_server(scale_server): pass
        """
    )
    result.assert_outcomes(passed=1, errors=2)
    result.stdout.fnmatch_lines(
        ["scale_client builds on the fixture `scale` of scaleapi_testing, but *of its own, which*"]
    )


def test_the_server_fixture_serves_the_same_fake(run):
    result = run(
        """
        import http.client, json
        from urllib.parse import urlsplit

        def test_it(scale, scale_server, scale_client):
            scale_client.create_task(
                "categorization", attachment="a", attachment_type="text", categories=["a"])
            where = urlsplit(scale_server.url)
            connection = http.client.HTTPConnection(where.hostname, where.port, timeout=5)
            connection.request("GET", "/v1/tasks", headers={"Authorization": "Bearer live_fake"})
            assert json.loads(connection.getresponse().read())["total"] == 1
            connection.close()
        """
    )
    result.assert_outcomes(passed=1)


def test_what_a_target_raised_over_a_server_fails_the_test_at_its_end(run):
    result = run(
        """
        import http.client, json
        from urllib.parse import urlsplit

        def test_it(scale, scale_server):
            def handler(request): raise RuntimeError("in the handler")
            scale.callbacks.deliver_to(handler)
            where = urlsplit(scale_server.url)
            connection = http.client.HTTPConnection(where.hostname, where.port, timeout=5)
            body = {"attachment": "a", "attachment_type": "text", "categories": ["a"],
                "callback_url": "https://h.example.com/"}
            connection.request("POST", "/v1/task/categorization", json.dumps(body),
                {"Authorization": "Bearer test_k", "Content-Type": "application/json"})
            assert connection.getresponse().status == 200
            connection.close()
        """
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*RuntimeError: in the handler*"])


def test_loading_the_plugin_imports_nothing_heavy(pytester, monkeypatch):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(
        """
        import sys

        def test_it():
            heavy = {"requests", "urllib3", "responses", "yaml", "faker", "pydantic", "httpx",
                "uvicorn", "starlette", "scaleapi", "scaleapi_testing._fake"}
            assert heavy & set(sys.modules) == set()
            assert "scaleapi_testing.pytest_plugin" in sys.modules
        """,
    )
    result = pytester.runpytest_subprocess("-p", "scaleapi_testing.pytest_plugin")
    result.assert_outcomes(passed=1)


REFUSED = """
    def test_it(scale):
        scale.complete("nope")
    """


def test_the_traceback_of_a_refusal_ends_in_the_test(run):
    result = run(REFUSED)

    result.stdout.fnmatch_lines(
        ['>*scale.complete("nope")', "E*scaleapi_testing.NoSuchTask: no task 'nope'*"]
    )
    result.stdout.no_fnmatch_line("*_controls/views.py*")
    result.stdout.no_fnmatch_line("*def find_task*")


@pytest.mark.slow
def test_a_full_trace_shows_every_frame_of_a_refusal(run):
    result = run(REFUSED, "--full-trace")

    result.stdout.fnmatch_lines(["*_controls/views.py:*NoSuchTask"])


def test_an_error_of_what_a_test_gave_the_fake_keeps_every_frame(run):
    result = run(
        """
        def test_it(scale, scale_client):
            scale.respond("categorization", lambda task, random: 1 / 0)
            task = scale_client.create_task(
                "categorization", attachment="a", attachment_type="text", categories=["a"])
            scale.complete(task)
        """
    )

    result.stdout.fnmatch_lines(["*_world/labelers.py:*", "*lambda task, random: 1 / 0*"])
