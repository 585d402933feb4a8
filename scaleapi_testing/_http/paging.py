"""Page tokens: a keyset position in Scale's own form (recorded; docs/scale/tasks.md 5).

A token is standard base64 of compact JSON with the last document's id and creation time. It holds
nothing of this process, so it is valid in any other and against any fake with the same state.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import TYPE_CHECKING, Any, Final

from .wire import encode, parse_time, timestamp, to_ms

if TYPE_CHECKING:
    from collections.abc import Container

# Ids of this API; a token with another one was made by hand.
_ID: Final = re.compile(r"[0-9a-f]{24}")


def write_token(task_id: str, created_ms: int) -> str:
    """The token that continues after this task."""
    position = {"id": task_id, "created_at": timestamp(created_ms)}
    return base64.b64encode(encode(position)).decode()


def read_token(token: str, known: Container[str] = ()) -> tuple[int, str] | None:
    """The position ``(created ms, task id)`` in a token; ``None`` when it is malformed.

    Args:
        token: as it was sent.
        known: ids that are right though Scale would not write them, as those of loaded tasks.
    """
    # A query string turns the "+" of base64 into a blank unless it was encoded.
    text = token.replace(" ", "+")
    try:
        # Padding is often lost on the way; Scale's readers add it too.
        raw = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
        position: Any = json.loads(raw)
    except (binascii.Error, ValueError, RecursionError):
        return None
    # Exactly these keys: anything else is no token of this listing.
    if not isinstance(position, dict) or set(position) != {"id", "created_at"}:
        return None
    task_id, created_at = position["id"], position["created_at"]
    if not isinstance(task_id, str) or not isinstance(created_at, str):
        return None
    moment = parse_time(created_at)
    if moment is None or not (_ID.fullmatch(task_id) or task_id in known):
        return None
    return to_ms(moment), task_id
