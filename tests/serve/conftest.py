"""One fake behind each door in turn."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import urllib.error
import urllib.request
from datetime import UTC, datetime
from json import dumps

import aiohttp
import httpcore
import httpx
import pytest
import requests
import urllib3
import yarl
from werkzeug.test import Client

from scaleapi_testing import FakeScale

START = datetime(2024, 3, 1, 12, tzinfo=UTC)
KEY = ("live_fake", "")


def new_fake(**arguments):
    return FakeScale(**{"seed": 7, "start_time": START, **arguments})


def encoded(json, body, headers):
    """Body and headers of a call, the same for every library."""
    if json is not None:
        return dumps(json).encode(), {"Content-Type": "application/json"}
    return body, dict(headers or {})


@contextlib.contextmanager
def by_requests(fake):
    with fake, requests.Session() as session:

        def call(method, path, json=None, body=None, headers=None):
            data, headers = encoded(json, body, headers)
            url = f"https://api.scale.com{path}"
            response = session.request(method, url, auth=KEY, timeout=5, data=data, headers=headers)
            return response.status_code, response.content, dict(response.headers)

        yield call


@contextlib.contextmanager
def by_urllib3(fake):
    with fake, urllib3.PoolManager(retries=False, timeout=5) as manager:

        def call(method, path, json=None, body=None, headers=None):
            data, headers = encoded(json, body, headers)
            headers.update(urllib3.make_headers(basic_auth=":".join(KEY)))
            url = f"https://api.scale.com{path}"
            response = manager.request(method, url, headers=headers, body=data)
            return response.status, response.data, dict(response.headers)

        yield call


@contextlib.contextmanager
def by_httpx(fake):
    with fake, httpx.Client(auth=KEY, base_url="https://api.scale.com") as client:
        yield httpx_call(client)


@contextlib.contextmanager
def by_httpx_transport(fake):
    transport = fake.httpx_transport()
    with httpx.Client(transport=transport, auth=KEY, base_url="https://api.scale.com") as client:
        yield httpx_call(client)


def httpx_call(client):
    def call(method, path, json=None, body=None, headers=None):
        data, headers = encoded(json, body, headers)
        response = client.request(method, path, content=data, headers=headers)
        return response.status_code, response.content, dict(response.headers)

    return call


@contextlib.contextmanager
def by_async_httpx(fake):
    async def ask(method, path, json=None, body=None, headers=None):
        data, headers = encoded(json, body, headers)
        async with httpx.AsyncClient(auth=KEY, base_url="https://api.scale.com") as client:
            response = await client.request(method, path, content=data, headers=headers)
        return response.status_code, response.content, dict(response.headers)

    with fake:
        yield lambda *args, **kwargs: asyncio.run(ask(*args, **kwargs))


@contextlib.contextmanager
def by_httpcore(fake):
    with fake, httpcore.ConnectionPool() as pool:

        def call(method, path, json=None, body=None, headers=None):
            data, headers = encoded(json, body, headers)
            headers.update(urllib3.make_headers(basic_auth=":".join(KEY)))
            url = f"https://api.scale.com{path}"
            response = pool.request(method, url, headers=headers, content=data)
            told = {name.decode(): value.decode() for name, value in response.headers}
            return response.status, response.content, told

        yield call


@contextlib.contextmanager
def by_http_client(fake):
    with fake, contextlib.closing(http.client.HTTPSConnection("api.scale.com")) as connection:

        def call(method, path, json=None, body=None, headers=None):
            data, headers = encoded(json, body, headers)
            headers.update(urllib3.make_headers(basic_auth=":".join(KEY)))
            connection.request(method, path, data, headers)
            response = connection.getresponse()
            return response.status, response.read(), dict(response.getheaders())

        yield call


@contextlib.contextmanager
def by_urllib(fake):
    def call(method, path, json=None, body=None, headers=None):
        data, headers = encoded(json, body, headers)
        headers.update(urllib3.make_headers(basic_auth=":".join(KEY)))
        url = f"https://api.scale.com{path}"
        request = urllib.request.Request(url, data, headers, method=method)
        try:
            response = urllib.request.urlopen(request)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            return response.status, response.read(), dict(response.headers)

    with fake:
        yield call


@contextlib.contextmanager
def by_aiohttp(fake):
    async def ask(method, path, json=None, body=None, headers=None):
        data, headers = encoded(json, body, headers)
        headers.update(urllib3.make_headers(basic_auth=":".join(KEY)))
        url = yarl.URL(f"https://api.scale.com{path}", encoded=True)
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.request(method, url, data=data) as response,
        ):
            return response.status, await response.read(), dict(response.headers)

    with fake:
        yield lambda *args, **kwargs: asyncio.run(ask(*args, **kwargs))


@contextlib.contextmanager
def by_werkzeug(fake):
    client = Client(fake.wsgi_app)

    def call(method, path, json=None, body=None, headers=None):
        data, headers = encoded(json, body, headers)
        response = client.open(path, method=method, data=data, headers=headers, auth=KEY)
        return response.status_code, response.data, dict(response.headers)

    yield call


@contextlib.contextmanager
def by_asgi(fake):
    transport = httpx.ASGITransport(fake.asgi_app)

    def call(method, path, json=None, body=None, headers=None):
        data, headers = encoded(json, body, headers)

        async def main():
            async with httpx.AsyncClient(
                transport=transport, auth=KEY, base_url="https://api.scale.com"
            ) as client:
                return await client.request(method, path, content=data, headers=headers)

        response = asyncio.run(main())
        return response.status_code, response.content, dict(response.headers)

    yield call


def by_server(*, tls):
    @contextlib.contextmanager
    def door(fake):
        with fake.serve(tls=tls) as server, requests.Session() as session:

            def call(method, path, json=None, body=None, headers=None):
                data, headers = encoded(json, body, headers)
                response = session.request(
                    method,
                    f"{server.url}{path}",
                    auth=KEY,
                    data=data,
                    headers=headers,
                    verify=server.ca_file or True,
                )
                return response.status_code, response.content, dict(response.headers)

            yield call

    return door


DOORS = {
    "requests": by_requests,
    "urllib3": by_urllib3,
    "httpx": by_httpx,
    "async httpx": by_async_httpx,
    "httpx_transport": by_httpx_transport,
    "httpcore": by_httpcore,
    "aiohttp": by_aiohttp,
    "http.client": by_http_client,
    "urllib.request": by_urllib,
    "wsgi": by_werkzeug,
    "asgi": by_asgi,
    "http": by_server(tls=False),
    "https": by_server(tls=True),
}


@pytest.fixture(params=list(DOORS))
def door(request):
    """Opens a fake: `with door(fake) as call: call("GET", "/v1/tasks")`."""
    return DOORS[request.param]


@pytest.fixture
def plain_door():
    """The door in process, to compare with."""
    return by_requests


@pytest.fixture
def make_scale():
    return new_fake


@pytest.fixture
def scale():
    return new_fake()


@pytest.fixture
def key():
    return KEY
