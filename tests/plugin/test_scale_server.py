"""A whole suite on a shared server: ``pytest --scale-server URL``."""

import pytest

BASE = ("-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:asyncio")


@pytest.fixture
def run(pytester, shared_server):
    """Run a test file with its fixture ``scale`` on the server."""

    def on_the_server(text, *options, url=shared_server.url):
        pytester.makepyfile(text)
        return pytester.runpytest_inprocess(*BASE, "-rs", f"--scale-server={url}", *options)

    return on_the_server


def test_each_test_has_a_fresh_world_that_its_client_reaches(run):
    done = run(
        """
        import pytest, requests
        from scaleapi_testing import RemoteFake

        @pytest.mark.scale(projects=["cows"])
        @pytest.mark.parametrize("n", [1, 2])
        def test_one(scale, scale_client, n):
            assert isinstance(scale, RemoteFake)
            assert [project.name for project in scale_client.projects()] == ["cows"]
            requests.get("https://api.scale.com/v1/tasks", auth=("live_a", ""), timeout=10)
            assert len(scale.requests) == 2
        """
    )

    done.assert_outcomes(passed=2)


def test_what_cannot_cross_is_skipped_with_the_reason(run):
    done = run(
        """
        import pytest

        def test_callable(scale):
            scale.respond("categorization", lambda task, random: {})

        @pytest.mark.scale(turnaround=lambda task, random: None)
        def test_mark(scale):
            raise AssertionError
        """
    )

    done.assert_outcomes(skipped=2)
    done.stdout.fnmatch_lines(["*cannot cross a wire; give a JSON object*"])


def test_a_failed_test_has_the_same_section(run):
    done = run(
        """
        import requests

        def test_it(scale):
            requests.get("https://api.scale.com/v1/tsks", auth=("live_a", ""), timeout=10)
            scale.faults.add(status=503, times=1)
            raise AssertionError
        """
    )

    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(
        [
            "*- scale -*",
            "clock: *tasks: none",
            "  request 1 GET /v1/tsks 404*",
            "unknown routes:",
            "unspent faults:",
            "  <Fault 503 on any call hits=0 remaining=1>",
        ]
    )


def test_an_unspent_fault_fails_a_test_there_too(run):
    done = run(
        """
        def test_it(scale):
            scale.faults.add(status=503, times=1)
        """
    )

    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(["*was asked for 1 time and struck 0 times*"])


def test_a_server_that_is_not_there_is_named(run):
    done = run(
        """
        def test_it(scale):
            pass
        """,
        url="http://127.0.0.1:9",
    )

    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines(["*--scale-server: nothing answers at http://127.0.0.1:9*"])
