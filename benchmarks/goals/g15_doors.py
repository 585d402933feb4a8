"""G15: a create through each door costs no more than a static stub of the same library."""

from __future__ import annotations

import asyncio
import http.client
import io
import json
import sys
from contextlib import contextmanager
from importlib import import_module
from itertools import count
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final
from unittest import mock

from scaleapi_testing import FakeScale
from scaleapi_testing._intercept.active import Interception
from scaleapi_testing._intercept.library_doors import LIBRARIES

from ..examples import BOXES, CREATE_URL, LIVE
from ..method import Effort, Side, compare
from ..peers import Unavailable
from ..rows import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TARGET: Final = 1.0
HEADERS: Final = {"Authorization": f"Bearer {LIVE}", "Content-Type": "application/json"}
JSON_TYPE: Final = "application/json; charset=utf-8"


def measure(effort: Effort) -> Iterator[Row]:
    try:
        import aiohttp
        import aioresponses
        import httpx
        import respx
    except ImportError as missing:
        raise Unavailable(f"{missing.name} is not installed") from None

    body = _answer()

    @contextmanager
    def by_respx() -> Iterator[None]:
        with respx.mock(assert_all_called=False) as router:
            router.post(CREATE_URL).respond(content=body, headers={"Content-Type": JSON_TYPE})
            yield

    with httpx.Client() as client:

        def create(sent: bytes) -> None:
            client.post(CREATE_URL, content=sent, headers=HEADERS).json()

        yield _row("httpx.Client / respx", create, by_respx, effort)

    with asyncio.Runner() as runner:
        asynchronous = httpx.AsyncClient()

        async def create_later(sent: bytes) -> None:
            (await asynchronous.post(CREATE_URL, content=sent, headers=HEADERS)).json()

        yield _row(
            "httpx.AsyncClient / respx",
            lambda sent: runner.run(create_later(sent)),
            by_respx,
            effort,
        )
        runner.run(asynchronous.aclose())

    class Answer(aiohttp.ClientResponse):
        """With an argument that newer versions of aiohttp ask for."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, stream_writer=SimpleNamespace(output_size=0), **kwargs)

    @contextmanager
    def by_aioresponses() -> Iterator[None]:
        with aioresponses.aioresponses() as stub:
            stub.post(CREATE_URL, body=body, repeat=True, response_class=Answer)
            yield

    with asyncio.Runner() as runner:

        async def opened() -> aiohttp.ClientSession:
            return aiohttp.ClientSession()

        session = runner.run(opened())

        async def create_by_session(sent: bytes) -> None:
            async with session.post(CREATE_URL, data=sent, headers=HEADERS) as response:
                await response.json()

        yield _row(
            "aiohttp.ClientSession / aioresponses",
            lambda sent: runner.run(create_by_session(sent)),
            by_aioresponses,
            effort,
        )
        runner.run(session.close())

    connection = http.client.HTTPSConnection("api.scale.com")
    path = CREATE_URL.removeprefix("https://api.scale.com")

    def create_by_connection(sent: bytes) -> None:
        connection.request("POST", path, sent, HEADERS)
        json.loads(connection.getresponse().read())

    yield _row(
        "http.client / the same with a static socket",
        create_by_connection,
        lambda: _static_socket(body),
        effort,
    )
    yield from _opening(effort)


def _opening(effort: Effort) -> Iterator[Row]:
    """What each door adds to the start and stop of a fake."""
    from moto import mock_aws

    def enter_moto() -> None:
        with mock_aws():
            pass

    imported = [door for library, door in LIBRARIES.items() if library in sys.modules]
    for name in ("http_client_door", *imported):
        door = import_module(f"scaleapi_testing._intercept.{name}")

        def open_and_close(door: Any = door) -> None:
            door.install(Interception())()

        yield Row(
            f"{name} opened and closed / mock_aws()",
            compare(Side(open_and_close), Side(enter_moto), effort),
        )


def _row(what: str, create: Callable[[bytes], None], stub: Any, effort: Effort) -> Row:
    numbers = count()
    scale = FakeScale()

    def one_more() -> None:
        create(json.dumps({**BOXES, "unique_id": f"frame-{next(numbers)}"}).encode())

    return Row(
        f"create through {what}",
        compare(Side(one_more, lambda: scale), Side(one_more, stub), effort),
        TARGET,
        note="a stub checks nothing and keeps nothing; what the fake does is the same at any door",
    )


def _answer() -> bytes:
    with FakeScale() as scale:
        connection = http.client.HTTPSConnection("api.scale.com")
        connection.request("POST", "/v1/task/imageannotation", json.dumps(BOXES), HEADERS)
        connection.getresponse().read()
        answer = scale.requests.last.response_body
    return bytes(answer)


@contextmanager
def _static_socket(body: bytes) -> Iterator[None]:
    """``http.client`` patched as a test would: every connection reads the same bytes."""
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: {JSON_TYPE}\r\nContent-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    ).encode()

    class StaticSocket:
        def sendall(self, data: bytes) -> None:
            pass

        def makefile(self, _mode: str) -> io.BytesIO:
            return io.BytesIO(head + body)

        def close(self) -> None:
            pass

    def connect(self: http.client.HTTPSConnection) -> None:
        self.sock: Any = StaticSocket()

    with mock.patch.object(http.client.HTTPSConnection, "connect", connect):
        yield
