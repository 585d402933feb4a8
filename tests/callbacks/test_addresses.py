"""Addresses are read when they are set, so that no callback goes wrong because of one."""

from __future__ import annotations

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from scaleapi.exceptions import ScaleInvalidRequest
from scaleapi_testing import FakeScale

PARAMS = {"attachment": "a", "attachment_type": "text", "categories": ["a", "b"]}

NONE_OF_THEM = [
    "hooks.example.com",
    "ftp://hooks.example.com/",
    "http://",
    "http:///path",
    "http://[::1",
    "http://[abc]/x",
    "http://℀/x",
    "http://x:abc/",
    "http://x:99999/",
    "http://x/a b",
    "http://x/\x07",
    "http://x/\x00",
    "http://x/\x85",
    "a@b",
    "a@.b",
    "a@b@c.example",
    "a\x01@b.example",
]

USABLE = [
    "http://x",
    "HTTPS://hooks.example.com:8443/scale?team=a#b",
    "http://[::1]:8000/x",
    "http://user:word@x/",
    "https://bücher.example/straße?q=ü",
    "https://例え.example/パス",
    "owner@example.com",
]


@pytest.fixture
def fake():
    with FakeScale() as fake:
        yield fake


@pytest.fixture
def send(fake):
    return lambda path, body: requests.post(
        f"https://api.scale.com{path}", json=body, auth=("live_fake", ""), timeout=5
    )


@pytest.mark.parametrize("address", NONE_OF_THEM)
def test_a_task_with_an_address_that_is_none_is_refused(send, address):
    answer = send("/v1/task/categorization", {**PARAMS, "callback_url": address})

    assert (answer.status_code, answer.json()["error"]) == (400, "Invalid callback_url.")


@pytest.mark.parametrize("address", NONE_OF_THEM)
def test_a_batch_with_an_address_that_is_none_is_refused(fake, send, address):
    fake.add_projects([("p", "categorization")])

    answer = send("/v1/batches", {"project": "p", "name": "b", "callback": address})

    assert (answer.status_code, answer.json()["error"]) == (400, "Invalid callback.")


@pytest.mark.parametrize("address", NONE_OF_THEM)
def test_a_default_address_that_is_none_is_refused_when_it_is_set(fake, address):
    with pytest.raises(ValueError, match="give an http:// or https:// URL or an e-mail address"):
        fake.account().default_callback_url = address


def test_a_default_address_that_is_no_text_is_refused_when_it_is_set(fake):
    with pytest.raises(TypeError) as caught:
        fake.account().default_callback_url = 5

    assert str(caught.value) == (
        "default_callback_url takes a text or None, not int 5; give an http:// or https:// URL or "
        "an e-mail address"
    )


def wsgi(environ, start_response):
    "".join(v for v in environ.values() if isinstance(v, str)).encode("latin-1")
    start_response("200 OK", [])
    return [b""]


async def asgi(scope, receive, send):
    if scope["type"] == "lifespan":
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.mark.parametrize("address", [one for one in USABLE if "@example" not in one])
@pytest.mark.parametrize("target", [wsgi, asgi])
def test_every_address_that_is_taken_reaches_every_kind_of_target(fake, target, address):
    fake.callbacks.deliver_to(target)
    task = fake.client().create_task("categorization", callback_url=address, **PARAMS)

    fake.complete(task)

    assert fake.callbacks.last.succeeded


@given(st.text(max_size=40).map("http://".__add__))
def test_no_address_whatever_raises_in_delivery(address):
    fake = FakeScale()
    with fake:
        fake.callbacks.deliver_to(wsgi)
        fake.callbacks.deliver_to(asgi, "http://a")
        client = fake.client()
        taken = [
            task
            for task in [_created(client, address)]
            if task is not None and fake.complete(task) is not None
        ]

    assert len(fake.callbacks) == len(taken)
    assert all(delivery.succeeded for delivery in fake.callbacks)


def _created(client, address):
    try:
        return client.create_task("categorization", callback_url=address, **PARAMS)
    except ScaleInvalidRequest:
        return None
