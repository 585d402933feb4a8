"""Values that the 1.0 client had at the top of its package, for programs that import them."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from .tasks import TaskType

TASK_TYPES: Final[tuple[str, ...]] = tuple(task_type.value for task_type in TaskType)
"""The name of every task type; the 1.0 client had a list of 19 here."""

SCALE_ENDPOINT: Final = "https://api.scale.com/v1/"
"""The base of all paths by default."""

DEFAULT_LIMIT: Final = 100
"""How many objects a page has by default."""

DEFAULT_OFFSET: Final = 0
"""How many objects come before a page by default."""


def quote_string(text: str) -> str:
    """``text`` as one segment of a path, e.g. ``"a bc/def"`` -> ``"a%20bc%2Fdef"``."""
    return quote(text, safe="")
