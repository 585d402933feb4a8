"""The tests draw the same examples on every run; new ones come from a target of their own."""

from pathlib import Path

import pytest
from hypothesis import settings

CHECKOUT = Path(__file__).parents[1]


@pytest.mark.parametrize("profile", ["quick", "thorough"])
def test_the_same_examples_are_drawn_on_every_run(profile):
    assert settings.get_profile(profile).derandomize


@pytest.mark.slow
def test_fresh_examples_that_broke_a_rule_are_kept_in_the_checkout(pytester, monkeypatch):
    monkeypatch.setenv("HYPOTHESIS_PROFILE", "fresh")
    pytester.makeconftest((CHECKOUT / "conftest.py").read_text().replace("pytest_plugins", "_"))
    pytester.makepyfile(
        """
        from hypothesis import given, strategies as st

        @given(st.integers())
        def test_every_number_is_small(number):
            assert number < 1000
        """
    )

    result = pytester.runpytest_subprocess("-p", "no:randomly")

    result.stdout.fnmatch_lines(["*assert 1000 < 1000*", "*@reproduce_failure*"])
    assert list((pytester.path / ".hypothesis" / "examples").iterdir())


def test_no_test_asks_for_other_examples_on_its_own():
    texts = {
        path.relative_to(CHECKOUT).as_posix(): path.read_text(encoding="utf-8")
        for path in CHECKOUT.glob("tests/**/*.py")
        if path != Path(__file__)
    }

    assert [name for name, text in texts.items() if "derandomize=" in text] == []
