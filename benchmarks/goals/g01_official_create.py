"""G1: a stateful create costs users of the official client no more than a static stub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaleapi_testing import FakeScale

from ..examples import CREATE_URL, LIVE, creating
from ..method import Effort, Side, compare
from ..peers import both, stub
from ..rows import Row

if TYPE_CHECKING:
    from collections.abc import Iterator


def measure(effort: Effort) -> Iterator[Row]:
    _, official = both()
    with official.in_place():
        client = official.root.ScaleClient(LIVE)
        kind = official.tasks.TaskType.ImageAnnotation
        create = creating(client, kind)
        scale = FakeScale()
        with scale:
            create()
        body = scale.requests.last.response_body
        stubbed = creating(client, kind)
        faked = Side(create, lambda: scale)
        static = Side(stubbed, lambda: stub("POST", CREATE_URL, body))
        yield Row("create_task, official client: fake / stub", compare(faked, static, effort), 0.8)
