"""The fake as a WSGI application."""

from __future__ import annotations

import io
import wsgiref.validate
from http.client import responses

import httpx
import pytest
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client, EnvironBuilder

from scaleapi_testing import FakeScaleError, FaultNotPossible


@pytest.fixture
def client(scale):
    return Client(scale.wsgi_app)


@pytest.fixture
def recorded(scale):
    """What the fake recorded of a call with this environment."""

    def recorded(environ):
        scale.wsgi_app(environ, lambda status, headers: None)
        return scale.requests.last

    return recorded


def environ(path="/v1/tasks", **changes):
    return {**EnvironBuilder(path, base_url="http://scale.test:8080").get_environ(), **changes}


def test_httpx_speaks_to_it(scale, key):
    with httpx.Client(transport=httpx.WSGITransport(scale.wsgi_app), auth=key) as client:
        response = client.get("http://any.host/v1/tasks", params={"limit": 5})

    assert response.status_code == 200
    assert response.json()["limit"] == 5
    assert scale.requests.last.path == "/v1/tasks"


def test_httpx_hands_over_a_path_beyond_latin_1(scale, key):
    with httpx.Client(transport=httpx.WSGITransport(scale.wsgi_app), auth=key) as client:
        response = client.get("http://any.host/v1/task/牛")

    assert response.status_code == 404
    assert scale.requests.last.path == "/v1/task/%E7%89%9B"


def test_it_keeps_to_the_letter_of_pep_3333(scale, key):
    client = Client(wsgiref.validate.validator(scale.wsgi_app))

    response = client.get("/v1/tasks", auth=key)

    assert response.status == "200 OK"
    response.close()


def test_an_encoded_slash_stays_encoded(scale, client, key):
    client.get("/v1/projects/a%2Fb%20c", auth=key)

    assert scale.requests.last.path == "/v1/projects/a%2Fb%20c"


def test_below_a_prefix_the_path_begins_after_it(scale, key):
    client = Client(DispatcherMiddleware(None, {"/sca le": scale.wsgi_app}))

    client.get("/sca%20le/v1/projects/a%2Fb", auth=key)

    assert scale.requests.last.path == "/v1/projects/a%2Fb"


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"REQUEST_URI": "/v1/a%2Fb?x=%2F", "PATH_INFO": "/v1/a/b"}, "/v1/a%2Fb"),
        ({"REQUEST_URI": "", "RAW_URI": "/v1/a%2Fb", "PATH_INFO": "/v1/a/b"}, "/v1/a%2Fb"),
        ({"REQUEST_URI": "http://h/v1/a%2Fb", "PATH_INFO": "/v1/a/b"}, "/v1/a%2Fb"),
        ({"REQUEST_URI": "/before/rewriting", "RAW_URI": "", "PATH_INFO": "/v1/x"}, "/v1/x"),
        ({"REQUEST_URI": "", "RAW_URI": "", "PATH_INFO": "/v1/caf\xc3\xa9 1"}, "/v1/caf%C3%A9%201"),
        ({"REQUEST_URI": "", "RAW_URI": "", "PATH_INFO": ""}, "/"),
    ],
)
def test_the_raw_path_is_taken_from_where_the_server_tells_it(recorded, changes, path):
    assert recorded(environ(**changes)).path == path


def test_origin_query_and_headers_are_the_clients(recorded):
    call = recorded(
        environ(
            "/v1/tasks?tags=a%20b",
            HTTP_X_TEAM="cows",
            CONTENT_TYPE="application/json",
            CONTENT_LENGTH="",
        )
    )

    assert call.base == "http://scale.test:8080"
    assert call.raw_query == "tags=a%20b"
    assert call.headers["x-team"] == "cows"
    assert call.headers["content-type"] == "application/json"
    assert "content-length" not in call.headers


@pytest.mark.parametrize(
    ("scheme", "port", "origin"),
    [
        ("http", "80", "http://scale.test"),
        ("https", "443", "https://scale.test"),
        ("http", "8080", "http://scale.test:8080"),
    ],
)
def test_without_a_host_header_the_server_is_the_origin(recorded, scheme, port, origin):
    given = environ(SERVER_NAME="scale.test", SERVER_PORT=port, HTTP_HOST="")
    given["wsgi.url_scheme"] = scheme

    assert recorded(given).base == origin


@pytest.mark.parametrize(
    ("changes", "body"),
    [
        ({"CONTENT_LENGTH": "3"}, b"abc"),
        ({"wsgi.input_terminated": True}, b"abcdef"),
        ({"HTTP_TRANSFER_ENCODING": "chunked"}, b"abcdef"),
        ({}, b""),
        ({"CONTENT_LENGTH": "many"}, b""),
    ],
    ids=["length", "terminated", "chunked", "none", "no number"],
)
def test_the_body_ends_where_the_server_says(recorded, changes, body):
    given = {
        **environ("/v1/tasks", REQUEST_METHOD="POST"),
        "wsgi.input": io.BytesIO(b"abcdef"),
        **changes,
    }

    assert recorded(given).body == body


def test_a_head_request_has_no_body(client, key):
    response = client.head("/v1/tasks", auth=key)

    assert response.data == b""
    assert int(response.headers["Content-Length"]) > 0


@pytest.mark.parametrize("fault", ["disconnect", "timeout", "connect_timeout"])
def test_a_fault_that_it_cannot_show_is_raised(scale, client, key, fault):
    scale.faults.add(**{fault: True}, times=1)

    with pytest.raises(FaultNotPossible) as caught:
        client.get("/v1/tasks", auth=key)

    kind = caught.value.fault
    assert kind.endswith(fault)
    assert isinstance(caught.value, FakeScaleError)
    assert str(caught.value) == (
        f"a WSGI application cannot show the fault {kind!r} on GET /v1/tasks: it holds no "
        "connection that it could break. Call the fake through scale.serve(), requests or "
        "scale.httpx_transport(), or narrow the fault with path="
    )


def test_a_truncated_body_is_shorter_than_it_says(scale, client, key):
    scale.faults.add(truncate=True, times=1)

    response = client.get("/v1/tasks", auth=key)

    assert len(response.data) < int(response.headers["Content-Length"])


def test_what_a_callback_target_raises_waits_for_the_next_control(scale, client):
    def handler(_):
        raise KeyError("handler")

    scale.callbacks.deliver_to(handler)
    task = {
        "instruction": "Is it a cow?",
        "attachment": "https://images.test/cow.jpg",
        "attachment_type": "image",
        "categories": ["cow"],
        "callback_url": "https://own.test/hook",
    }

    response = client.post("/v1/task/categorization", json=task, auth=("test_key", ""))

    assert response.status == f"200 {responses[200]}"
    with pytest.raises(KeyError, match="handler"):
        scale.clock.advance(seconds=1)
