"""No proxy is told to fetch from a fake's host, and no open connection is asked to."""

from __future__ import annotations

import asyncio
import http.client
import ssl
import urllib.request

import aiohttp
import httpx
import pytest
import requests

from scaleapi_testing import FakeScale, NetworkBlocked

PROXY = "http://127.0.0.1:9"
PLAIN = "http://api.scale.com/v1/tasks"


async def by_aiohttp():
    async with aiohttp.ClientSession() as session:
        await session.get(PLAIN, proxy=PROXY)


async def by_async_httpx():
    async with httpx.AsyncClient(proxy=PROXY) as client:
        await client.get(PLAIN)


def by_httpx():
    with httpx.Client(proxy=PROXY) as client:
        client.get(PLAIN)


def by_urllib():
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": PROXY}))
    opener.open(PLAIN)


def by_http_client():
    http.client.HTTPConnection("127.0.0.1", 9).request("GET", PLAIN)


def by_tunnel():
    http.client.HTTPConnection("127.0.0.1", 9).set_tunnel("api.scale.com", 443)


@pytest.fixture
def listening():
    """Something takes the proxy's connections; a port that refuses would prove nothing."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize(
    "call",
    [
        by_httpx,
        by_urllib,
        by_http_client,
        by_tunnel,
        lambda: asyncio.run(by_aiohttp()),
        lambda: asyncio.run(by_async_httpx()),
    ],
    ids=["httpx", "urllib", "http.client", "tunnel", "aiohttp", "async httpx"],
)
def test_a_plain_call_over_a_proxy_is_refused(fake, call, listening, monkeypatch):
    monkeypatch.setitem(globals(), "PROXY", listening)

    with pytest.raises(NetworkBlocked) as caught:
        call()

    assert caught.value.host == "api.scale.com"


def test_a_tls_connection_from_before_the_start_is_not_written_to(make_fake):
    context = ssl.create_default_context()
    connection = context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), False, "api.scale.com")

    with make_fake(), pytest.raises(NetworkBlocked):
        connection.write(b"GET /v1/tasks HTTP/1.1\r\n\r\n")


@pytest.mark.parametrize(
    "url", ["https://bücher.example", "https://BÜCHER.example", "https://xn--bcher-kva.example"]
)
def test_an_international_name_is_answered_in_every_spelling(make_fake, url):
    with make_fake("books", (url,)):
        for called in ("https://bücher.example/v1", "https://xn--bcher-kva.example/v1"):
            assert requests.get(called).json()["fake"] == "books"
        connection = http.client.HTTPSConnection("bücher.example")
        connection.request("GET", "/v1")
        assert connection.getresponse().status == 200


def test_a_pattern_is_no_origin():
    with pytest.raises(
        ValueError, match=r"'https://\*\.scale\.com', and a host is no pattern; name"
    ):
        FakeScale(base_urls="https://*.scale.com")
