"""G8: a served fake starts and stops at once, and our client keeps its connection to it."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scaleapi_testing import FakeScale

from ..examples import LIVE, creating
from ..method import WALL, Effort, Side, compare
from ..peers import both
from ..rows import Row

if TYPE_CHECKING:
    from collections.abc import Iterator


def measure(effort: Effort) -> Iterator[Row]:
    from pytest_httpserver import HTTPServer

    ours, official = both()
    scale = FakeScale()

    def serve_fake() -> None:
        with scale.serve():
            pass

    def serve_other() -> None:
        with HTTPServer():
            pass

    yield Row(
        "scale.serve() started and stopped / pytest-httpserver",
        compare(Side(serve_fake), Side(serve_other), effort, clock=WALL),
        0.05,
    )
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        os.environ.pop(name, None)  # the official client lets them win over its verify=
    with scale.serve(tls=True) as server:
        address = {"api_instance_url": f"{server.url}/v1", "verify": server.ca_file}
        own = ours.root.ScaleClient(LIVE, **address)
        with official.in_place():
            other = official.root.ScaleClient(LIVE, **address)

        @contextmanager
        def officially() -> Iterator[None]:
            with official.in_place():
                yield

        yield Row(
            "create_task over HTTPS, our client / official client, same served fake",
            compare(
                Side(creating(own, ours.tasks.TaskType.ImageAnnotation)),
                Side(creating(other, official.tasks.TaskType.ImageAnnotation, "other"), officially),
                effort,
                clock=WALL,
            ),
            0.3,
        )
