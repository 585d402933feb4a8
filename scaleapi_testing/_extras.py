"""Which packages a fake needs, each or for one thing, and what is said where one is missing."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import Final

NEEDED: Final = {  # a table of names, never the state of a fake
    "faker": "faker",
    "imagesize": "imagesize",
    "msgspec": "msgspec",
    "puremagic": "puremagic",
    "python_multipart": "python-multipart",
    "responses": "responses",
}
"""What every fake needs, as it is imported, and as it is installed; ``scaleapi-testing`` requires
all of it."""

INSTALLED_AS: Final = {"PIL": "pillow", "vcr": "vcrpy", "yaml": "pyyaml"}
"""What extras bring under another name than it is imported by."""


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
        raise ImportError(f"FakeScale needs {lack_of(*lacking)}")


def lack_of(*names: str) -> str:
    """Which packages are missing that come with the distribution, and the command for them."""
    packages = [NEEDED.get(name, name) for name in names]
    verb = "is" if len(packages) == 1 else "are"
    return (
        f"{', '.join(packages)}, which {verb} missing though scaleapi-testing requires it: "
        f"pip install {' '.join(packages)}"
    )


def lack_of_extra(what: str, extra: str, *names: str | None) -> str:
    """Which packages ``what`` lacks that an extra of the distribution brings, and the command.

    Args:
        what: what somebody wanted to use, e.g. ``scale.serve()``.
        extra: the name of the extra.
        names: as they are imported; of one with dots the first part counts.
    """
    imported = [(name or "").partition(".")[0] for name in names]
    packages = [INSTALLED_AS.get(name, name) for name in imported]
    noun = "package" if len(packages) == 1 else "packages"
    return f"{what} needs the {noun} {', '.join(packages)}: {command_for(extra)}"


def command_for(extra: str) -> str:
    """How to get an extra of the distribution."""
    return f"pip install 'scaleapi-testing[{extra}]'"
