"""A refusal names the line that made the call, wherever the host is looked up."""

from __future__ import annotations

import asyncio
import http.client
import subprocess
import sys

import aiohttp
import httpx
import pytest

from scaleapi_testing import NetworkBlocked

URL = "https://api.scale.com:8443/v1/tasks"  # at this port no fake answers


def line_of(function, text):
    """``file:line`` of the line of ``function`` that holds ``text``."""
    code = function.__code__
    with open(code.co_filename, encoding="utf-8") as file:  # noqa: PTH123 - lines from there on
        lines = file.read().split("\n")
    number = next(n for n, line in enumerate(lines, 1) if n >= code.co_firstlineno and text in line)
    return f"tests/intercept/test_call_sites.py:{number}"


async def by_aiohttp():
    async with aiohttp.ClientSession() as session:
        await session.get(URL)


async def by_httpx():
    async with httpx.AsyncClient() as client:
        await client.get(URL)


async def by_streams():
    await asyncio.open_connection("api.scale.com", 443)


async def in_a_task(call):
    await asyncio.gather(call(), asyncio.sleep(0.01))


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (by_aiohttp, "await session.get(URL)"),
        (by_httpx, "await client.get(URL)"),
        (by_streams, "await asyncio.open_connection"),
    ],
)
def test_of_coroutines(fake, call, text):
    with pytest.raises(NetworkBlocked) as caught:
        asyncio.run(in_a_task(call))

    assert caught.value.call_site == line_of(call, text)


def plainly():
    http.client.HTTPConnection("api.scale.com").request("GET", "/v1/tasks")


def test_of_a_function_in_a_thread(fake):
    with pytest.raises(NetworkBlocked) as caught:
        asyncio.run(asyncio.to_thread(plainly))

    assert caught.value.call_site == line_of(plainly, "http.client.HTTPConnection(")


UNDER_UVLOOP = """
import asyncio, aiohttp, httpx, uvloop
from scaleapi_testing import FakeScale, NetworkBlocked

async def by_aiohttp():
    async with aiohttp.ClientSession() as session:
        await session.get("https://api.scale.com:8443/")

async def by_httpx():
    async with httpx.AsyncClient() as client:
        await client.get("https://api.scale.com:8443/")

async def by_loop():
    await asyncio.get_running_loop().create_connection(asyncio.Protocol, "api.scale.com", 443)

async def by_number():
    await asyncio.open_connection("192.0.2.1", 80)

with FakeScale(block_network=True):
    for call in (by_aiohttp, by_httpx, by_loop, by_number):
        try:
            uvloop.run(call())
        except NetworkBlocked as error:
            print(call.__name__, error.host, error.call_site.rpartition(":")[2])
"""


@pytest.mark.slow
def test_uvloop_is_guarded(tmp_path):
    program = tmp_path / "under_uvloop.py"
    program.write_text(UNDER_UVLOOP)

    done = subprocess.run(
        [sys.executable, str(program)], capture_output=True, text=True, check=False, timeout=60
    )

    assert done.stdout.splitlines() == [
        "by_aiohttp api.scale.com 7",
        "by_httpx api.scale.com 11",
        "by_loop api.scale.com 14",
        "by_number 192.0.2.1 17",
    ], done.stderr
