"""Which versions wrote a log, as text, and what is said to another one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .command import StateError

if TYPE_CHECKING:
    from collections.abc import Mapping


def as_text(version: Mapping[str, str]) -> str:
    """Equal for equal versions."""
    return json.dumps(dict(version), sort_keys=True)


def refuse_other(log_name: str, wrote: str, ours: str) -> None:
    """Let nobody but the version that wrote a log replay it.

    Args:
        log_name: the place, as it is shown.
        wrote: the version that did, see :func:`as_text`.
        ours: this one.

    Raises:
        StateError: they differ.
    """
    if wrote == ours:
        return
    raise StateError(
        f"{log_name}: its log was written by {_listed(wrote)}, and this is {_listed(ours)}; run "
        "`scaleapi-testing serve --checkpoint` on it with those versions once, and this one can "
        "read it"
    )


def _listed(text: str) -> str:
    try:
        versions: Any = json.loads(text)
        return " with ".join(f"{name} {number}" for name, number in versions.items())
    except (ValueError, AttributeError):
        return "an unknown version"
