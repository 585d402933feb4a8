"""G3: listing 100 of 1,000 tasks costs hardly more than a stub of the same bytes."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from scaleapi_testing import FakeScale

from ..examples import BOXES, LIST_URL, LIVE, listing
from ..method import Effort, Side, compare
from ..peers import Package, both, stub
from ..rows import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STORED: Final = 1_000
PROJECT: Final = "drives"


def measure(effort: Effort) -> Iterator[Row]:
    ours, official = both()
    scale = FakeScale()
    client = scale.client(LIVE)
    client.create_project(PROJECT, ours.tasks.TaskType.ImageAnnotation)
    for number in range(STORED):
        client.create_task(
            ours.tasks.TaskType.ImageAnnotation,
            project=PROJECT,
            unique_id=f"frame-{number}",
            **BOXES,
        )
    sides = ((official, "official client", 0.9), (ours, "our client", 1.0))
    for package, name, target in sides:
        with package.in_place():
            own = package.root.ScaleClient(LIVE)
        yield Row(
            f"tasks(limit=100) of 1,000, {name}: fake / stub",
            _against_stub(scale, package, listing(own), effort),
            target,
        )
        yield Row(
            f"get_tasks(project) of 1,000, first 100, {name}: fake / stub",
            _against_stub(scale, package, _first_hundred(own), effort),
            target,
        )


def _first_hundred(client: Any) -> Callable[[], Any]:
    def first() -> Any:
        return list(islice(client.get_tasks(project_name=PROJECT, limit=100), 100))

    return first


def _against_stub(
    scale: FakeScale, package: Package, page: Callable[[], Any], effort: Effort
) -> Any:
    @contextmanager
    def faked() -> Iterator[None]:
        with package.in_place(), scale:
            yield

    with faked():
        page()
    body = scale.requests.last.response_body

    @contextmanager
    def stubbed() -> Iterator[None]:
        with package.in_place(), stub("GET", LIST_URL, body):
            yield

    return compare(Side(page, faked), Side(page, stubbed), effort)
