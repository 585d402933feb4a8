"""unittest, and the decorator, get what the fixture gives."""

from __future__ import annotations

import asyncio
import inspect
import subprocess
import sys
import unittest

import pytest

import scaleapi
from scaleapi_testing import FakeScale, ScaleTestCase, ScaleTestMixin, UnspentFault

PARAMS = {"attachment": "a", "attachment_type": "text", "categories": ["a"]}


def outcome(case):
    result = unittest.TestResult()
    case.run(result)
    return result


class Cows(ScaleTestCase):
    scale_arguments = {"projects": ["cows"], "strict": True}  # noqa: RUF012 - as users write it

    def passes(self):
        self.scale_client.create_project("pigs", "imageannotation")
        assert [project.name for project in self.scale.projects] == ["cows", "pigs"]
        assert self.scale.strict

    def forgets(self):
        self.scale.faults.add(status=503, times=1)

    def fails(self):
        self.scale.faults.add(status=503, times=1)
        self.fail("on purpose")

    def skips(self):
        self.scale.faults.add(status=503, times=1)
        self.skipTest("not today")


class Careless(ScaleTestCase):
    def setUp(self):
        """Forgets super().setUp()."""

    def passes(self):
        assert len(self.scale.tasks) == 0


class Later(ScaleTestMixin, unittest.IsolatedAsyncioTestCase):
    async def passes(self):
        await asyncio.sleep(0)
        assert scaleapi.ScaleClient("live_fake").tasks().total == 0


@pytest.mark.parametrize("case", [Cows("passes"), Careless("passes"), Later("passes")], ids=repr)
def test_a_test_of_unittest_has_a_started_fake(case):
    result = outcome(case)

    assert (result.errors, result.failures) == ([], [])
    assert not case.scale.is_active


def test_a_fault_left_unspent_is_a_failure():
    result = outcome(Cows("forgets"))

    assert [text.rpartition("UnspentFault: ")[1] for _, text in result.failures] == [
        "UnspentFault: "
    ]


def test_a_test_that_fails_or_skips_is_not_told_of_it():
    failed, skipped = outcome(Cows("fails")), outcome(Cows("skips"))

    assert len(failed.failures) == 1
    assert (skipped.failures, len(skipped.skipped)) == ([], 1)


def test_the_seed_follows_from_the_test_s_name():
    outcome(first := Careless("passes"))
    outcome(again := Careless("passes"))
    outcome(other := Later("passes"))

    assert first.scale.seed == again.scale.seed != other.scale.seed


@pytest.mark.slow
def test_under_unittest_the_error_carries_the_state_of_the_fake(tmp_path):
    (tmp_path / "test_cows.py").write_text(
        "from scaleapi_testing import ScaleTestCase\n"
        "class TestCows(ScaleTestCase):\n"
        "    def test_it(self):\n"
        "        self.scale.client().projects()\n"
        "        self.assertEqual(1, 2)\n"
    )

    done = subprocess.run(
        [sys.executable, "-m", "unittest", "test_cows"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert "AssertionError: 1 != 2\n- scale -\nclock: " in done.stderr
    assert "request 1 GET /v1/projects 200" in done.stderr


def test_under_pytest_it_stands_in_the_section_once(suite):
    result = suite("""
        class TestCows(ScaleTestCase):
            def test_it(self):
                self.assertEqual(len(self.scale.tasks), 2)
    """, "--scale-seed=9")  # fmt: skip

    result.assert_outcomes(failed=1)
    assert result.stdout.str().count("clock: ") == 1
    result.stdout.fnmatch_lines(["clock: *seed: 9 *"])


# -- the decorator ------------------------------------------------------------------------------


def test_a_decorated_function_begins_each_time_with_the_fake_as_it_was():
    fake = FakeScale(seed=7)
    fake.add_projects(["cows"])

    @fake
    def work(scale, kind="categorization"):
        scaleapi.ScaleClient("live_fake").create_task(kind, **PARAMS)
        return len(scale.tasks), len(scale.projects), scale is fake

    assert [work(), work(kind="categorization")] == [(1, 1, True)] * 2
    assert not fake.is_active


def test_a_function_without_the_parameter_is_called_as_it_is():
    @FakeScale()
    def work(n):
        return scaleapi.ScaleClient("live_fake").tasks().total + n

    assert work(4) == 4


def test_the_parameter_is_asked_of_nobody_else():
    @FakeScale()
    def work(a, scale, b=1): ...

    assert list(inspect.signature(work).parameters) == ["a", "b"]


def test_a_coroutine_function_has_it_while_it_runs():
    @FakeScale()
    async def work(scale):
        await asyncio.sleep(0)
        return scale.is_active

    assert asyncio.run(work()) is True


def test_a_decorated_function_is_checked():
    @FakeScale()
    def work(scale):
        scale.faults.add(status=503, times=1)

    with pytest.raises(UnspentFault):
        work()
    with pytest.raises(UnspentFault):
        work()


def test_a_decorated_function_that_calls_itself_goes_on_with_what_it_has():
    @FakeScale()
    def work(n, scale):
        scale.add_projects([f"p{n}"])
        return work(n - 1) if n else len(scale.projects)

    assert work(2) == 3


@pytest.mark.parametrize("wrong", [int, 3])
def test_only_functions_are_decorated(wrong):
    with pytest.raises(TypeError, match=r"decorates a function, not .*\.ScaleTestCase"):
        FakeScale()(wrong)
