"""One fake behind each door in turn."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from json import dumps

import httpx
import pytest
import requests
import urllib3
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


def by_httpx(transport_of, base_url="https://api.scale.com"):
    @contextlib.contextmanager
    def door(fake):
        with httpx.Client(transport=transport_of(fake), auth=KEY, base_url=base_url) as client:

            def call(method, path, json=None, body=None, headers=None):
                data, headers = encoded(json, body, headers)
                response = client.request(method, path, content=data, headers=headers)
                return response.status_code, response.content, dict(response.headers)

            yield call

    return door


@contextlib.contextmanager
def by_werkzeug(fake):
    client = Client(fake.wsgi_app)

    def call(method, path, json=None, body=None, headers=None):
        data, headers = encoded(json, body, headers)
        response = client.open(path, method=method, data=data, headers=headers, auth=KEY)
        return response.status_code, response.data, dict(response.headers)

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
    "httpx": by_httpx(lambda fake: fake.httpx_transport()),
    "wsgi": by_werkzeug,
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
