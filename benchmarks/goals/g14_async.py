"""G14: the asynchronous client costs no more in process, and waits for many answers at once."""

from __future__ import annotations

import asyncio
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import sleep
from typing import TYPE_CHECKING, Any, Final

from scaleapi import AsyncScaleClient, ScaleClient, TaskType
from scaleapi_testing import FakeScale

from ..examples import BOXES, LIVE, creating
from ..method import WALL, Effort, Side, compare
from ..rows import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

ANSWER_S: Final = 0.02
CONCURRENCY: Final = 50
AT_A_TIME: Final = 20
"""Calls of one run of the event loop, whose start is not what is measured."""


def measure(effort: Effort) -> Iterator[Row]:
    yield from _in_process(effort)
    many = 1_000 if effort.full else 50
    few = Effort(pairs=3 if effort.full else 2, block_s=0.001, full=effort.full)
    for seconds, target in ((ANSWER_S, 1 / 3), (0.0, None)):
        with slow_server(seconds) as url:
            yield Row(
                f"{many:,} creates, AsyncScaleClient, concurrency {CONCURRENCY} / ScaleClient, one "
                f"after another; each answer takes {seconds * 1000:.0f} ms",
                compare(
                    Side(lambda url=url: asyncio.run(_many(url, many))),
                    Side(lambda url=url: _one_after_another(url, many)),
                    few,
                    clock=WALL,
                ),
                target,
                note="" if target else "on loopback nothing is waited for",
            )


def _in_process(effort: Effort) -> Iterator[Row]:
    create = creating(FakeScale().client(LIVE), TaskType.ImageAnnotation)
    client = FakeScale().async_client(LIVE)
    create_awaited = creating(client, TaskType.ImageAnnotation)
    with asyncio.Runner() as runner:

        async def awaited() -> None:
            for _ in range(AT_A_TIME):
                await create_awaited()

        def called() -> None:
            for _ in range(AT_A_TIME):
                create()

        yield Row(
            "create_task in process, AsyncScaleClient / ScaleClient",
            compare(Side(lambda: runner.run(awaited())), Side(called), effort),
            1.3,
        )


async def _many(url: str, many: int) -> None:
    async with AsyncScaleClient(LIVE, api_instance_url=url) as client:
        async for result in client.create_tasks([BOXES] * many, "imageannotation", CONCURRENCY):
            assert result.ok, result.error


def _one_after_another(url: str, many: int) -> None:
    with ScaleClient(LIVE, api_instance_url=url) as client:
        for _ in range(many):
            client.create_task(TaskType.ImageAnnotation, **BOXES)


@contextmanager
def slow_server(seconds: float) -> Iterator[str]:
    """The address of a server each of whose answers takes so long."""
    content = json.dumps({"task_id": "0" * 24, "status": "pending"}).encode()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:  # the name that http.server looks for
            self.rfile.read(int(self.headers["Content-Length"]))
            sleep(seconds)
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 2 * CONCURRENCY
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
