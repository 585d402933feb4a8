"""How this project's own tests are run; the fixtures of the product are not made here."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

pytest_plugins = ["pytester"]

# In CI the same examples are drawn on every run; elsewhere each run looks at new ones.
DRAWN_ANEW = not os.environ.get("CI")

settings.register_profile(
    "thorough",
    deadline=None,
    derandomize=not DRAWN_ANEW,
    suppress_health_check=[HealthCheck.too_slow],  # a busy machine is no failure
)
settings.register_profile("quick", settings.get_profile("thorough"), max_examples=40)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "thorough"))
