"""A fault that was asked for and never struck is told once, whoever made the fake."""

from __future__ import annotations

import pytest
import requests

from scaleapi_testing import FakeScale, UnspentFault


def test_leaving_a_fake_with_an_unspent_fault_raises():
    fake = FakeScale()
    with pytest.raises(UnspentFault, match="asked for 2 times and struck 0 times") as caught, fake:
        fault = fake.faults.add(status=503, times=2)

    assert caught.value.faults == (fault,)
    assert isinstance(caught.value, AssertionError)


def test_only_the_outermost_exit_raises():
    fake = FakeScale()
    reached = []

    def work():
        with fake:
            with fake:
                fake.faults.add(status=503, times=1)
            reached.append("behind the inner one")

    with pytest.raises(UnspentFault):
        work()

    assert reached == ["behind the inner one"]


def test_it_is_told_once():
    fake = FakeScale()
    with pytest.raises(UnspentFault), fake:
        fake.faults.add(status=503, times=1)

    with fake:
        pass

    assert len(list(fake.faults)) == 1


def test_another_exception_is_not_replaced():
    def work():
        with FakeScale() as fake:
            fake.faults.add(status=503, times=1)
            return 1 / 0

    with pytest.raises(ZeroDivisionError):
        work()


def test_stopping_raises_nothing():
    fake = FakeScale()
    fake.start()
    fake.faults.add(status=503, times=1)

    fake.stop()

    assert not fake.is_active


@pytest.mark.parametrize("change", ["spend", "optional", "unbounded", "check"])
def test_what_need_not_be_told_passes(change):
    fake = FakeScale(check=change != "check")
    with fake:
        fake.faults.add(
            status=503,
            times=None if change == "unbounded" else 1,
            optional=change == "optional",
        )
        calls = {"spend": lambda: fake.client(max_retries=1).tasks()}
        calls.get(change, lambda: None)()

    assert not fake.is_active


def test_a_fork_checks_as_its_fake_does():
    assert FakeScale(check=False).fork().check is False


def test_check_is_true_or_false():
    with pytest.raises(TypeError, match="check is 'no': expected True or False"):
        FakeScale(check="no")


def test_a_fake_that_a_test_makes_itself_is_judged(suite):
    result = suite("""
        def test_it():
            with FakeScale() as fake:
                fake.faults.add(status=503, times=2)
    """)

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [">*with FakeScale() as fake:", "E*scaleapi_testing.UnspentFault: fault <Fault 503 *"]
    )
    result.stdout.no_fnmatch_line("*_fake.py*")


def test_a_fake_of_a_wider_fixture_is_judged_with_each_test_and_at_its_end(suite):
    result = suite("""
        @pytest.fixture(scope="module")
        def fake():
            with FakeScale() as fake:
                fake.faults.add(status=500, times=1, path="/v1/batches")
                yield fake

        def test_adds_none(fake): pass

        def test_adds_one(fake):
            fake.faults.add(status=503, times=1)

        def test_is_not_judged_for_it(fake): pass
    """)

    # The error is the end of the fixture, behind the last test.
    result.assert_outcomes(passed=2, failed=1, errors=1)
    result.stdout.fnmatch_lines(
        ["*ERROR at teardown of test_is_not_judged_for_it*", "*UnspentFault: fault <Fault 500*"]
    )
    # The summary at the end repeats the line behind the test's name where CI is set.
    told = [line for line in result.outlines if line.startswith("fault <Fault 503 on any call ")]
    assert len(told) == 1


def test_a_fault_that_a_fixture_of_the_test_adds_is_the_test_s(suite):
    result = suite("""
        @pytest.fixture
        def trouble(scale):
            scale.faults.add(status=503, times=1)

        def test_it(trouble): pass
    """)

    result.assert_outcomes(failed=1)


def test_a_setup_that_fails_tells_nothing_of_a_wider_fixture_s_faults(suite):
    result = suite("""
        @pytest.fixture(scope="module")
        def fake():
            with FakeScale() as fake:
                fake.faults.add(status=500, times=1)
                yield fake

        @pytest.fixture
        def broken(fake):
            fake.faults.add(status=503, times=1)
            raise ValueError("broken")

        def test_it(broken): pass
    """)

    # One of the setup, one of the end of the wider fixture, about its own fault alone.
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["*ValueError: broken", "*UnspentFault: fault <Fault 500 *"])
    result.stdout.no_fnmatch_line("*fault <Fault 503 *was asked*")


@pytest.mark.slow
def test_a_fault_that_no_test_added_fails_none(suite):
    result = suite(
        """
        FAKE = FakeScale().start()
        FAKE.faults.add(status=503, times=1)

        def test_it(): pass
    """,
        own_process=True,
    )

    result.assert_outcomes(passed=1)


def test_every_active_fake_is_judged(suite):
    result = suite("""
        @pytest.fixture
        def other():
            fake = FakeScale().start()
            yield fake
            fake.stop()

        def test_it(scale, other):
            scale.faults.add(status=500, times=1)
            other.faults.add(status=503, times=1)

        @pytest.mark.scale(check=False)
        def test_it_is_asked_not_to(scale):
            scale.faults.add(status=500, times=1)
    """)

    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(["fault <Fault 500 *", "fault <Fault 503 *"])


@pytest.mark.parametrize("outcome", ["pytest.skip('no')", "pytest.xfail('known')"])
def test_a_test_that_ends_otherwise_is_not_judged(suite, outcome):
    result = suite(f"""
        def test_it(scale):
            scale.faults.add(status=503, times=1)
            {outcome}
    """)

    assert sum(result.parseoutcomes().values()) == 1
    assert result.ret == 0


def test_a_failing_test_of_unittest_is_told_its_own_reason_alone(suite):
    result = suite("""
        class TestCows(unittest.TestCase):
            def setUp(self):
                self.fake = self.enterContext(FakeScale())

            def test_fails(self):
                self.fake.faults.add(status=503, times=1)
                self.assertEqual(1, 2)

            def test_forgets(self):
                self.fake.faults.add(status=503, times=1)
    """)

    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*AssertionError: 1 != 2", "*UnspentFault: fault <Fault 503 *"])
    result.stdout.no_fnmatch_line("*doCleanups*")


def test_what_a_target_raised_over_a_server_is_raised_at_the_end_of_the_fake():
    answers = []

    def handler(callback):
        raise RuntimeError("in the handler")

    def work():
        with FakeScale() as fake, fake.serve() as server:
            fake.callbacks.deliver_to(handler)
            answers.append(
                requests.post(
                    f"{server.url}/v1/task/categorization",
                    json={
                        "attachment": "a",
                        "attachment_type": "text",
                        "categories": ["a"],
                        "callback_url": "https://my.example/hook",
                    },
                    auth=("test_k", ""),
                    timeout=10,
                )
            )

    with pytest.raises(RuntimeError, match="in the handler"):
        work()

    assert answers[0].status_code == 200
