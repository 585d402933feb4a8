"""A tenth of ``make chaos``: nothing that was answered is lost, and nothing is there twice."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def storm(*arguments):
    done = subprocess.run(
        [sys.executable, "-m", "chaos", *arguments],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def test_a_server_that_is_killed_ten_times_under_load_keeps_what_it_answered():
    code, said = storm("alone", "--kills", "10", "--seed", "10")

    assert code == 0, said


@pytest.mark.skipif(
    not shutil.which("initdb") and not any(Path("/usr/lib/postgresql").glob("*/bin/initdb")),
    reason="NO POSTGRESQL HERE: apt-get install postgresql",
)
def test_three_servers_on_a_database_that_are_killed_under_load_stay_one_fake():
    code, said = storm("shared", "--seconds", "30", "--seed", "10")

    assert code == 0, said
