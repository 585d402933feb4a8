"""One fake for a module or a session is cheaper than one for each test, not leakier."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("fixture", ["scale_module", "scale_session"])
def test_a_shared_fake_is_the_same_and_begins_anew_for_each_test(suite, fixture):
    result = suite(f"""
        seen = []

        @pytest.mark.parametrize("n", range(3))
        def test_it({fixture}, n):
            seen.append({fixture})
            assert seen[0] is {fixture}
            assert (len({fixture}.tasks), len({fixture}.requests)) == (0, 0)
            {fixture}.faults.add(status=503, optional=True)
            task = ask({fixture}.client(max_retries=0)) if n == 5 else None
            {fixture}.faults.clear()
            ask(scaleapi.ScaleClient("live_abc"))
            assert len({fixture}.tasks) == 1
    """)

    result.assert_outcomes(passed=3)


def test_it_reads_the_marks_of_its_module_and_keeps_their_projects(suite):
    result = suite("""
        pytestmark = pytest.mark.scale(projects=["cows"], strict=True)

        @pytest.mark.parametrize("n", range(2))
        def test_it(scale_module, n):
            assert scale_module.strict
            assert [project.name for project in scale_module.projects] == ["cows"]
            scale_module.client().create_project("pigs", "imageannotation")
    """)

    result.assert_outcomes(passed=2)


def test_the_session_s_is_made_as_its_fixture_says(suite):
    conftest = """
        import pytest

        @pytest.fixture(scope="session")
        def scale_session_arguments():
            return {"seed": 5, "projects": ["cows"]}
    """
    result = suite(
        """
        @pytest.mark.parametrize("n", range(2))
        def test_it(scale_session, n):
            assert scale_session.seed == 5
            assert [project.name for project in scale_session.projects] == ["cows"]
            scale_session.client().create_project("pigs", "imageannotation")
        """,
        conftest=conftest,
    )

    result.assert_outcomes(passed=2)


def test_an_unknown_argument_of_the_session_s_is_said(suite):
    conftest = """
        import pytest

        @pytest.fixture(scope="session")
        def scale_session_arguments():
            return {"sed": 5}
    """
    result = suite("def test_it(scale_session): pass", conftest=conftest)

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["the fixture scale_session_arguments holds 'sed', which is unknown; known: seed, *"]
    )


def test_a_fault_left_on_a_shared_fake_fails_the_test_that_added_it(suite):
    result = suite("""
        def test_first(scale_session): pass
        def test_forgets(scale_session): scale_session.faults.add(status=503, times=1)
        def test_last(scale_session): assert list(scale_session.faults) == []
    """)

    result.assert_outcomes(passed=2, failed=1)


@pytest.mark.slow
def test_each_worker_of_xdist_has_its_own(pytester):
    pytester.makepyfile(
        """
        import pytest, requests

        @pytest.mark.parametrize("n", range(6))
        def test_it(scale_session, scale_server, n):
            url = "https://api.scale.com/v1/tasks"
            assert requests.get(url, auth=("k", "")).json()["total"] == 0
        """
    )

    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:randomly", "-n", "2")

    result.assert_outcomes(passed=6)
