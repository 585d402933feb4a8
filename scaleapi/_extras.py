"""What is said where a package is missing that an extra brings."""

from __future__ import annotations


def lack_of(what: str, extra: str, package: str) -> str:
    """Which package ``what`` lacks, and the command for the extra that brings it."""
    return f"{what} needs the package {package}: pip install 'scaleapi[{extra}]'"
