"""The official package in two versions, each installed apart from everything else."""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
PEERS = CHECKOUT / ".peers"
STORIES = Path(__file__).with_name("stories")
NO_INDEX = re.compile(r"from versions: none|NewConnectionError|ConnectTimeout|Failed to establish")


def install(version):
    """The folder that holds this version and what it needs; kept for the next run."""
    place = PEERS / f"scaleapi-{version}"
    if place.is_dir():
        return place
    PEERS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=PEERS) as making:
        target = Path(making, "site")
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(target)]
        done = subprocess.run(
            [*command, f"scaleapi=={version}"], capture_output=True, text=True, check=False
        )
        if done.returncode and NO_INDEX.search(done.stderr):
            pytest.skip(f"no package index is reached: scaleapi {version} cannot be installed")
        assert done.returncode == 0, done.stderr
        try:
            target.rename(place)
        except OSError:
            assert place.is_dir(), "neither this run nor another one beside it made the folder"
    return place


@pytest.fixture
def tell():
    """Run a story with one version of the official package, or without a version with the client
    of this project, and say something as JSON to it; gives what it printed as JSON."""

    def run(version, story, said=None):
        path = str(CHECKOUT if version is None else install(version))
        done = subprocess.run(
            [sys.executable, "-W", "ignore", str(STORIES / f"{story}.py")],
            env={**os.environ, "PYTHONPATH": path},
            input="" if said is None else json.dumps(said),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run
