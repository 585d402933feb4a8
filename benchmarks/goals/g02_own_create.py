"""G2: our client against the fake is faster than a stub, also in a crowded environment."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from scaleapi_testing import FakeScale

from ..examples import CREATE_URL, LIVE, creating
from ..method import Effort, Side, compare
from ..peers import both, stub
from ..rows import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

VARIABLES: Final = {f"BENCHMARK_VARIABLE_{n}": "a value of some length" for n in range(100)}


def measure(effort: Effort) -> Iterator[Row]:
    ours, official = both()
    kind = ours.tasks.TaskType.ImageAnnotation
    scale = FakeScale()
    creating(scale.client(LIVE), kind)()
    body = scale.requests.last.response_body

    @contextmanager
    def stubbed() -> Iterator[None]:
        with official.in_place(), stub("POST", CREATE_URL, body):
            yield

    with official.in_place():
        client = official.root.ScaleClient(LIVE)
    static = Side(creating(client, official.tasks.TaskType.ImageAnnotation), stubbed)

    bound = Side(creating(FakeScale().client(LIVE), kind))
    yield Row(
        "create_task, our client from scale.client() / official client, stub",
        compare(bound, static, effort),
        0.4,
    )

    started = FakeScale()
    caught = Side(creating(ours.root.ScaleClient(LIVE), kind), lambda: started)
    yield Row(
        "create_task, our client, fake started / official client, stub",
        compare(caught, static, effort),
        0.4,
    )

    crowded = Side(creating(FakeScale().client(LIVE), kind), _crowded)
    plain = Side(creating(FakeScale().client(LIVE), kind))
    yield Row(
        "create_task with 100 more environment variables / without",
        compare(crowded, plain, effort),
        1.05,
    )


@contextmanager
def _crowded() -> Iterator[None]:
    os.environ.update(VARIABLES)
    try:
        yield
    finally:
        for name in VARIABLES:
            del os.environ[name]
