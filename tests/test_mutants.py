"""The rooms that `make mutants` breaks name files and tests that are there."""

from pathlib import Path
from runpy import run_path
from types import SimpleNamespace

import pytest

CHECKOUT = Path(__file__).parents[1]

# By its path, for the checkout itself is not on the path of the tests.
rooms = SimpleNamespace(**run_path(str(CHECKOUT / "mutation" / "rooms.py"), run_name=__name__))


@pytest.mark.parametrize("name", rooms.ROOMS)
def test_a_room_names_files_and_tests_that_are_there(name):
    room = rooms.ROOMS[name]

    assert [pattern for pattern in room.files if not list(CHECKOUT.glob(pattern))] == []
    assert [test for test in room.tests if not (CHECKOUT / test).exists()] == []


@pytest.mark.parametrize("test", rooms.UNFIT)
def test_a_test_that_is_left_out_is_there(test):
    path, _, name = test.partition("::")

    assert f"def {name}(" in (CHECKOUT / path).read_text(encoding="utf-8")
