"""How this project's own tests are run; the fixtures of the product are not made here."""

from __future__ import annotations

import os
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis.database import DirectoryBasedExampleDatabase

pytest_plugins = ["pytester"]

# The same examples on every run and every machine, so that a failure is seen again by whoever
# looks for it. Hypothesis keeps no database beside that: `fresh` is where new examples come from.
settings.register_profile(
    "thorough",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],  # a busy machine is no failure
)
settings.register_profile("quick", settings.get_profile("thorough"), max_examples=15)
settings.register_profile(
    "fresh",
    settings.get_profile("thorough"),
    derandomize=False,
    database=DirectoryBasedExampleDatabase(Path(__file__).with_name(".hypothesis") / "examples"),
    max_examples=200,
    print_blob=True,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "thorough"))
