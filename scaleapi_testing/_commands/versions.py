"""What the bytes of a reply depend on: this package, and each whose output reaches them."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, version

from .._version import __version__

REACHES_THE_BYTES = ("Faker", "imagesize", "puremagic")
"""Faker's words stand in answers; the others say how large and of which kind an upload is."""


def versions() -> dict[str, str]:
    """Names and versions: a log is applied again by equal ones alone."""
    versions = {"scaleapi-testing": __version__}
    for name in REACHES_THE_BYTES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    # What is drawn from a seed, and how numbers are written, is Python's.
    versions["Python"] = ".".join(map(str, sys.version_info[:2]))
    return versions
