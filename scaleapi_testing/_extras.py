"""Which packages the fake needs beside the client's, and what is said where one is missing."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import Final

NEEDED: Final = ("faker", "imagesize", "png", "puremagic", "python_multipart")
"""What every fake needs, as it is imported; the extras `testing` and `server` bring it."""


@cache  # describes what is installed, never the state of a fake
def missing(*names: str) -> tuple[str, ...]:
    """The packages among ``names`` that cannot be imported; nothing is imported for it."""
    return tuple(name for name in names if find_spec(name) is None)


def require() -> None:
    """Refuse to go on where a package is missing.

    Raises:
        ImportError: names what is missing, and how to get it.
    """
    lacking = missing(*NEEDED)
    if lacking:
        raise ImportError(
            f"FakeScale needs {', '.join(lacking)}: pip install 'scaleapi[testing]' "
            "(or 'scaleapi[server]' where there is no pytest)"
        )
