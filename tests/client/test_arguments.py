"""What a client refuses to be made with or to send, and what no error of it shows."""

from __future__ import annotations

import copy
import pickle
import traceback

import pytest

import scaleapi
from scaleapi import ScaleInvalidRequest
from scaleapi.exceptions import ScaleConnectionError


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("http://[x", "api_instance_url is no address: Invalid IPv6 URL; got 'http://[x'"),
        (
            "http://x:99999",
            "api_instance_url is no address: Port out of range 0-65535; got 'http://x:99999'",
        ),
        (
            "http://u:secret@x:abc",
            (
                "api_instance_url is no address: Port could not be cast to integer value as;"
                " got 'http://…@x:abc'"
            ),
        ),
        ("http://", "api_instance_url names no host, got 'http://'"),
        ("http://:80/v1", "api_instance_url names no host, got 'http://:80/v1'"),
        (
            "http://x/v1\r\nX: y",
            (
                "api_instance_url must not hold white space or control characters,"
                " got 'http://x/v1\\r\\nX: y'"
            ),
        ),
        (
            "http://x/v1?a=b",
            "api_instance_url must end with its path, without ? and #, got 'http://x/v1?a=b'",
        ),
        (5, "api_instance_url must be a string, got 5"),
        (b"http://x", "api_instance_url must be a string, got b'http://x'"),
        (
            "ftp://u:secret@x",
            "api_instance_url must begin with https:// or http://, got 'ftp://…@x'",
        ),
    ],
)
def test_what_is_no_address_is_refused(address, message):
    with pytest.raises(ScaleInvalidRequest) as caught:
        scaleapi.ScaleClient("k", api_instance_url=address)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"timeout": -1}, "timeout must be a positive number of seconds, got -1"),
        ({"timeout": (1, 0)}, "timeout must be a positive number of seconds, got 0"),
        ({"timeout": (1, 2, 3)}, "timeout must be seconds or a pair of them, got (1, 2, 3)"),
        ({"timeout": "5"}, "timeout must be a positive number of seconds, got '5'"),
        ({"total_timeout": 0}, "total_timeout must be a positive number of seconds, got 0"),
        (
            {"total_timeout": float("nan")},
            "total_timeout must be a positive number of seconds, got nan",
        ),
        ({"max_wait": -1}, "max_wait must be a number of seconds from 0, got -1"),
        ({"max_wait": "1"}, "max_wait must be a number of seconds from 0, got '1'"),
        ({"max_retries": "3"}, "max_retries must be an integer or a ScaleRetry, got '3'"),
        (
            {"backoff_factor": float("inf")},
            "backoff_factor must be a number of seconds from 0, got inf",
        ),
        (
            {"source": "a\r\nX: y"},
            (
                "source is sent in a header, which holds latin-1 characters and no line ends or"
                " other control characters, got 'a\\r\\nX: y'"
            ),
        ),
        ({"source": 5}, "source must be a string, got 5"),
        (
            {"proxies": {"https": 5}},
            "proxies must be a mapping of schemes to proxy URLs, both strings",
        ),
        ({"proxies": "x"}, "proxies must be a mapping of schemes to proxy URLs, both strings"),
    ],
)
def test_what_no_call_could_be_made_with_is_refused(arguments, message):
    with pytest.raises(ScaleInvalidRequest) as caught:
        scaleapi.ScaleClient("k", **arguments)

    assert str(caught.value) == message


def test_a_key_that_is_not_text_is_refused():
    with pytest.raises(ScaleInvalidRequest) as caught:
        scaleapi.ScaleClient("\ud800")

    assert str(caught.value) == "api_key is not text that UTF-8 can carry"


@pytest.mark.parametrize("key", ["a\r\nX: y", "a\nb", "\x7f", " a", "\ud800", "☃", 5])
def test_an_idempotency_key_that_no_header_can_carry_is_refused_unsent(server, client, key):
    with pytest.raises(ScaleInvalidRequest, match="idempotency_key") as caught:
        client.create_task("imageannotation", idempotency_key=key)

    assert caught.value.code is None
    assert server.received == []


@pytest.mark.parametrize(
    "act",
    [
        lambda client: client.tasks(unique_id="\ud800"),
        lambda client: client.tasks(limit=10**5_000),
        lambda client: client.upload_file(b"x", display_name="\ud800"),
    ],
)
def test_what_cannot_be_sent_is_refused_unsent(server, client, act):
    with pytest.raises(ScaleInvalidRequest):
        act(client)

    assert server.received == []


def test_no_password_of_an_address_is_shown():
    client = scaleapi.ScaleClient(
        "k", api_instance_url="http://user:s3cret@127.0.0.1:9/v1", backoff_factor=0
    )

    with pytest.raises(ScaleConnectionError) as caught:
        client.get_task("a")

    shown = "".join(traceback.format_exception(caught.value)) + repr(client)
    assert "127.0.0.1:9" in shown
    assert "s3cret" not in shown


def test_no_password_of_a_proxy_is_shown():
    client = scaleapi.ScaleClient(
        "k",
        api_instance_url="http://scale.invalid/v1",
        proxies={"http": "http://user:s3cret@[x"},
        backoff_factor=0,
    )

    with pytest.raises(scaleapi.ScaleException) as caught:
        client.get_task("a")

    assert "s3cret" not in "".join(traceback.format_exception(caught.value))


def test_a_ca_bundle_that_is_not_there_is_a_scale_exception(server):
    client = scaleapi.ScaleClient(
        "k", api_instance_url="https://127.0.0.1:9/v1", verify="/nowhere/ca.pem"
    )

    with pytest.raises(ScaleConnectionError, match=r"invalid path: /nowhere/ca\.pem"):
        client.get_task("a")


def test_an_errors_text_is_short_and_on_one_line(server, client, answer):
    text = "no\r\n\x1b[31m" + "x" * 100_000
    server.answers(answer({"error": text}, status=400))

    with pytest.raises(scaleapi.ScaleException) as caught:
        client.get_task("a")

    assert caught.value.message.startswith("no   [31mxxx")
    assert caught.value.message.isprintable()
    assert len(caught.value.message) == 800
    assert len(caught.value.body) > 100_000


def test_the_keys_of_an_unreadable_answer_are_short_and_on_one_line(server, client, answer):
    server.answers(answer({"a\n" * 50_000: 1}))

    with pytest.raises(scaleapi.ScaleUnreadableReply) as caught:
        client.get_task("a")

    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 1000


@pytest.mark.parametrize("copied", [pickle.dumps, copy.deepcopy])
def test_a_client_is_neither_pickled_nor_deep_copied(client, copied):
    with pytest.raises(TypeError) as caught:
        copied(client)

    assert str(caught.value) == (
        "a ScaleClient cannot be pickled or deep-copied, for the copy would hold the API key in"
        " clear; make a client where it is needed, e.g."
        " scaleapi.ScaleClient(os.environ['SCALE_API_KEY'])"
    )


def test_a_client_is_copied_with_its_session(client):
    assert copy.copy(client).get_task("a").id == "0" * 24


def test_the_environment_names_the_origin(server, monkeypatch):
    monkeypatch.setenv("SCALE_API_BASE_URL", server.url.removesuffix("/v1"))

    with scaleapi.ScaleClient("k") as client:
        client.get_task("a")

    assert [request.path for request in server.received] == ["/v1/task/a"]


def test_an_address_that_is_given_goes_before_the_environments(server, monkeypatch):
    monkeypatch.setenv("SCALE_API_BASE_URL", "http://127.0.0.1:9")

    with scaleapi.ScaleClient("k", api_instance_url=server.url) as client:
        client.get_task("a")

    assert len(server.received) == 1


def test_an_empty_variable_names_nothing(monkeypatch):
    monkeypatch.setenv("SCALE_API_BASE_URL", "")

    assert scaleapi.ScaleClient("k").api_instance_url == "https://api.scale.com/v1"


@pytest.mark.parametrize(
    ("origin", "shown"),
    [
        ("https://u:secret@api.scale.com/v1", "https://…@api.scale.com/v1"),
        ("api.scale.com", "api.scale.com"),
        ("http://[x", "http://[x"),
        ("http://x:99999", "http://x:99999"),
        ("http://x?a=b", "http://x?a=b"),
    ],
)
def test_a_variable_that_is_no_origin_is_refused(monkeypatch, origin, shown):
    monkeypatch.setenv("SCALE_API_BASE_URL", origin)

    with pytest.raises(ScaleInvalidRequest) as caught:
        scaleapi.ScaleClient("k")

    assert str(caught.value) == (
        f"SCALE_API_BASE_URL is {shown!r}; it names the origin alone, without /v1: "
        "http://127.0.0.1:4187"
    )
