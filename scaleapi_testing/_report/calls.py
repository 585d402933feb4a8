"""How the report of a failed test tells the calls: the useful fields first, repetition folded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from .._messages import JSON, shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._journal.recorded_request import RecordedRequest

ANSWER_SHOWN: Final = 240
"""How many characters of an answer are shown."""

LONGEST_CYCLE: Final = 5
"""How many calls a polling loop may make in turn and still be folded."""

LISTED: Final = 3
"""How many documents of a list are shown."""

USEFUL: Final = (
    "task_id",
    "id",
    "name",
    "status",
    "response",
    "unique_id",
    "customer_review_status",
    "callback_succeeded",
    "project",
    "batch",
    "total",
    "has_more",
)
"""What a failing assertion is mostly about, in this order; the other fields follow."""


def call_lines(requests: Sequence[RecordedRequest], shown: int) -> tuple[list[str], int]:
    """The newest calls, oldest of them first, and how many earlier ones are left out.

    Args:
        requests: every call.
        shown: how many calls or folded repetitions are told.
    """
    keys = [_key(request) for request in requests]
    blocks: list[list[str]] = []
    end = len(keys)
    # From the end: the last calls are nearest to the failure.
    while end and len(blocks) < shown:
        length, times = _repetition(keys, end)
        end -= length * times
        blocks.append(_lines(requests[end : end + length], requests[end].n, times))
    return [line for lines in reversed(blocks) for line in lines], end


def _key(request: RecordedRequest) -> tuple[object, ...]:
    return (request.method, request.path, request.raw_query, request.outcome, request.fault,
            request.body, request.response_body)  # fmt: skip


def _repetition(keys: list[tuple[object, ...]], end: int) -> tuple[int, int]:
    """How long the cycle is that ends at ``end``, and how often it came; ``(1, 1)`` for none."""
    best = (1, 1)
    for length in range(1, min(LONGEST_CYCLE, end) + 1):
        times = 1
        while _same(keys, end, end - times * length, length):
            times += 1
        # What saves most lines; of equals the shorter cycle, which came first.
        if (times - 1) * length > (best[1] - 1) * best[0]:
            best = (length, times)
    return best


def _same(keys: list[tuple[object, ...]], end: int, to: int, length: int) -> bool:
    return to >= length and keys[to - length : to] == keys[end - length : end]


def _lines(block: Sequence[RecordedRequest], first: int, times: int) -> list[str]:
    if times == 1:
        return [f"request {first} {_told(block[0])}"]
    last = first + len(block) * times - 1
    if len(block) == 1:
        return [f"requests {first}-{last}, {times} times {_told(block[0])}"]
    return [
        f"requests {first}-{last}, {times} times these {len(block)} calls:",
        *(f"  {_told(request)}" for request in block),
    ]


def _told(request: RecordedRequest) -> str:
    """A call and its answer; of an error the message stands in the request's own words."""
    line = str(request).removeprefix(f"request {request.n} ")
    answer = _useful(request) if (request.status or 400) < 400 else ""
    return f"{line} {answer}" if answer else line


def _useful(request: RecordedRequest) -> str:
    try:
        document = request.response_json
    except LookupError:  # the journal let it go: what it says of it is told
        document = None
    if not isinstance(document, dict):
        return shortened(request.response_body.decode("utf-8", "replace"), ANSWER_SHOWN)
    short = {
        key: _some_of(value) if isinstance(value, list) else value
        for key, value in _ordered(document).items()
    }
    text = json.dumps(short, ensure_ascii=False, separators=(",", ":"))
    return shortened(text.replace('"…"', "…"), ANSWER_SHOWN)


def _ordered(document: dict[str, JSON]) -> dict[str, JSON]:
    first = {key: document[key] for key in USEFUL if key in document}
    return first | {key: value for key, value in document.items() if key not in first}


def _some_of(values: list[JSON]) -> list[JSON]:
    """The first documents of a list, each by its useful fields alone; the rest is a ``…``."""
    short: list[JSON] = []
    for value in values[:LISTED]:
        has_name = isinstance(value, dict) and any(
            key in value for key in ("task_id", "id", "name")
        )
        short.append(
            {key: value[key] for key in USEFUL if key in value and key != "response"}
            if has_name
            else value
        )
    return [*short, *(["…"] if len(values) > LISTED else [])]
