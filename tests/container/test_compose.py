"""The example of two servers asks for every secret, and names options that exist."""

import os
import subprocess
import sys

import pytest
import yaml

from .conftest import CHECKOUT


@pytest.fixture
def services():
    return yaml.safe_load((CHECKOUT / "compose.yaml").read_text())["services"]


def fakes(services):
    return [service for name, service in services.items() if name.startswith("fake-")]


def test_two_servers_share_one_database(services):
    states = {service["environment"]["SCALE_FAKE_STATE"] for service in fakes(services)}

    assert len(fakes(services)) == 2
    assert states == {"postgresql://scale@database/scale"}


def test_every_secret_comes_from_outside(services):
    secrets = {
        value
        for service in services.values()
        for name, value in service["environment"].items()
        if any(word in name for word in ("PASSWORD", "KEY", "TOKEN"))
    }

    assert secrets == {
        "${POSTGRES_PASSWORD:?set it in .env}",
        "${SCALE_FAKE_ALLOW_KEY:?set it in .env}",
        "${SCALE_FAKE_ADMIN_TOKEN:?set it in .env}",
    }


def test_every_option_that_it_sets_exists(services):
    done = subprocess.run(
        [sys.executable, "-m", "scaleapi_testing", "serve", "--help"],
        env={**os.environ, "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    options = {
        f"--{name.removeprefix('SCALE_FAKE_').lower().replace('_', '-')}"
        for service in fakes(services)
        for name in service["environment"]
        if name.startswith("SCALE_FAKE_")
    }

    assert [option for option in sorted(options) if option not in done.stdout] == []
