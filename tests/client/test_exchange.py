"""Requests and errors compared whole: every header that is sent, every word that is said."""

from __future__ import annotations

import os
import ssl
import threading
import time

import pytest
import requests
import trustme
from requests.adapters import BaseAdapter

import scaleapi
from scaleapi.exceptions import (
    ScaleConnectionError,
    ScaleConnectionTimeout,
    ScaleException,
    ScaleInvalidRequest,
    ScaleResourceNotFound,
    ScaleUnreadableReply,
)

BUSY = {"status_code": 503, "error": "busy"}
BASIC = "Basic bGl2ZV8wMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjo="


class Elsewhere(BaseAdapter):
    """What a test mounts in place of a connection; it breaks, or answers by nothing."""

    def __init__(self, error):
        super().__init__()
        self.error = error

    def send(self, request, **_):
        raise self.error

    def close(self):
        pass


@pytest.fixture
def scale_itself():
    """A client of Scale itself whose calls would go out, were they not refused."""
    with scaleapi.ScaleClient("k", max_retries=0) as client:
        yield client


# -- what is sent -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "method", "path", "more"),
    [
        (lambda client: client.get_task("a"), "GET", "/v1/task/a", {}),
        (
            lambda client: client.cancel_task("a"),
            "POST",
            "/v1/task/a/cancel",
            {"content-length": "0"},
        ),
        (lambda client: client.clear_task_unique_id("a"), "DELETE", "/v1/task/a/unique_id", {}),
        (
            lambda client: client.set_task_metadata("a", {"b": 1}),
            "POST",
            "/v1/task/a/setMetadata",
            {"content-length": "8", "content-type": "application/json"},
        ),
        (
            lambda client: client.create_task("imageannotation", idempotency_key="i"),
            "POST",
            "/v1/task/imageannotation",
            {
                "content-length": "2",
                "content-type": "application/json",
                "idempotency-key": "i",
            },
        ),
    ],
    ids=["GET", "POST without body", "DELETE", "POST", "create"],
)
def test_a_call_sends_these_headers_and_no_other(server, client, act, method, path, more):
    act(client)

    (request,) = server.received
    agent = request.headers.pop("user-agent")
    assert agent.startswith("scaleapi/")
    assert (request.method, request.path) == (method, path)
    assert request.headers == {
        "accept": "application/json",
        "accept-encoding": "gzip, deflate",
        "authorization": BASIC,
        "host": f"127.0.0.1:{server.port}",
        **more,
    }


def test_v2_sends_the_key_as_a_bearer_token_and_the_length_of_its_body(server, client, api_key):
    client.v2.pause_batch_without_preload_content({"batch_name": "ü"})

    (request,) = server.received
    assert request.headers["authorization"] == f"Bearer {api_key}"
    assert int(request.headers["content-length"]) == len(request.body) > 0
    assert request.json == {"batch_name": "ü"}


@pytest.mark.parametrize("key", ["k", "a b", "X", "schlüssel", "a\xa0x\xff"])
def test_a_key_of_latin_1_is_sent_as_it_is(server, client, key):
    client.create_task("imageannotation", idempotency_key=key)

    assert server.received[0].headers["idempotency-key"] == key


FIT = (
    "idempotency_key is sent in a header, which holds latin-1 characters and no line ends or other "
    "control characters, got "
)
TRIMMED = "idempotency_key must not be empty or have white space at an end, got "


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (" k", TRIMMED + "' k'"),
        ("k ", TRIMMED + "'k '"),
        ("ü ", TRIMMED + "'ü '"),
        ("\xa0", TRIMMED + r"'\xa0'"),
        ("a\tb", FIT + r"'a\tb'"),
        ("a\x7fb", FIT + r"'a\x7fb'"),
        ("a\x9fb", FIT + r"'a\x9fb'"),
        ("日本", FIT + "'日本'"),
        ("k" * 100 + "\n\t.", FIT + "'" + "k" * 79),
        (5, "idempotency_key must be a string, got 5"),
    ],
)
def test_a_key_that_no_header_holds_is_refused_unsent(server, client, key, message):
    with pytest.raises(ScaleInvalidRequest) as refused:
        client.create_task("imageannotation", idempotency_key=key)

    assert refused.value.message == message
    assert server.received == []


def test_what_has_no_json_form_is_named_with_its_kind(client):
    with pytest.raises(ScaleInvalidRequest) as refused:
        client.set_task_metadata("a", {"x": {1}})

    assert refused.value.message == (
        "the parameters cannot be sent as JSON: set has no JSON form: {1}"
    )


# -- what errors say ----------------------------------------------------------------------------


def test_a_redirect_is_told_whole(server, client, answer):
    server.answers(answer({}, status=302, headers={"Location": "https://elsewhere.example/"}))

    with pytest.raises(ScaleException) as caught:
        client.get_task("a")

    assert str(caught.value) == (
        "302: redirected to https://elsewhere.example/; redirects are not followed, so that the "
        "API key stays with the host it was meant for. Set api_instance_url if Scale has moved "
        "(GET /v1/task/a)"
    )


def test_an_error_holds_the_whole_answer_also_where_that_is_not_utf_8(server, client, answer):
    server.answers(answer(status=404, body=b"gone \xff" + b"." * 400))

    with pytest.raises(ScaleResourceNotFound) as caught:
        client.get_task("a")

    assert caught.value.message == "gone \ufffd" + "." * 294
    assert caught.value.body == "gone \ufffd" + "." * 400


def test_an_answer_that_is_neither_json_nor_utf_8_is_shown(server, client, answer):
    server.answers(answer(body=b"{\xff" + b"." * 400))

    with pytest.raises(ScaleUnreadableReply) as caught:
        client.get_task("a")

    assert caught.value.message == "the answer is not JSON: '{\ufffd" + "." * 298 + "'"


def test_what_a_server_says_stands_on_one_line(server, client, answer):
    server.answers(answer({"error": "a\nb\x1b[2Jc"}, status=404))

    with pytest.raises(ScaleResourceNotFound) as caught:
        client.get_task("a")

    assert caught.value.message == "a b [2Jc"


@pytest.mark.parametrize(("length", "shown"), [(11, "…"), (12, "live_…"), (13, "live_…")])
def test_the_beginning_of_a_key_is_shown_where_enough_of_it_stays_hidden(length, shown):
    client = scaleapi.ScaleClient("live_" + "x" * (length - 5))

    assert repr(client).endswith(f"with key {shown}>")


def test_an_answer_that_is_late_is_told_as_late(server, answer):
    never = threading.Event()
    server.answers(answer(wait_for=never))

    with (
        scaleapi.ScaleClient(
            "k", api_instance_url=server.url, timeout=0.02, max_retries=0
        ) as client,
        pytest.raises(ScaleConnectionTimeout) as caught,
    ):
        client.get_task("a")

    never.set()
    assert caught.value.message.startswith(f"no answer in time from 127.0.0.1:{server.port}: ")
    assert caught.value.attempts == 1


def test_a_connection_that_breaks_is_not_told_as_late(server, answer):
    server.answers(answer(drop=True))

    with (
        scaleapi.ScaleClient("k", api_instance_url=server.url, max_retries=0) as client,
        pytest.raises(ScaleConnectionError) as caught,
    ):
        client.get_task("a")

    assert caught.value.message.startswith(f"no complete answer from 127.0.0.1:{server.port}: ")
    assert not isinstance(caught.value, ScaleConnectionTimeout)


def test_what_a_mounted_adapter_raises_counts_as_one_try(scale_itself):
    session = scale_itself._transport.session
    session.mount("https://", Elsewhere(requests.ConnectionError("cable cut")))

    with pytest.raises(ScaleConnectionError) as caught:
        scale_itself.get_task("a")

    assert str(caught.value) == (
        "no complete answer from api.scale.com: cable cut (GET /v1/task/a)"
    )
    assert caught.value.attempts == 1


def test_an_answer_that_is_cut_on_a_second_try_is_told_with_two(server, client, answer):
    server.answers(answer(BUSY, status=503), answer({"task_id": "a"}, cut=True))

    with pytest.raises(ScaleConnectionError) as caught:
        client.get_task("a")

    assert caught.value.attempts == 2


# -- within a test of somebody's ----------------------------------------------------------------


def test_a_child_of_a_process_with_a_fake_does_not_call_scale_itself(scale_itself, monkeypatch):
    monkeypatch.setenv("SCALEAPI_TESTING_ACTIVE", "1")

    with pytest.raises(ScaleConnectionError) as caught:
        scale_itself.get_task("a")

    assert caught.value.message == (
        "refused to call api.scale.com: a FakeScale is active in process 1, of which this one is a "
        "child, and a fake answers in its own process alone. Give the child "
        "SCALE_API_BASE_URL=<scale_server.url> (or that of scale.serve())"
    )
    assert (caught.value.method, caught.value.path) == ("GET", "/v1/task/a")
    assert caught.value.attempts == 0


def test_a_child_of_a_process_with_a_fake_may_call_any_other_host(client, monkeypatch):
    monkeypatch.setenv("SCALEAPI_TESTING_ACTIVE", "1")

    assert client.get_task("a").status == "pending"


@pytest.mark.parametrize("process", ["1", str(os.getpid())], ids=["another", "this"])
def test_what_a_test_mounted_may_answer_for_scale_itself(scale_itself, monkeypatch, process):
    monkeypatch.setenv("SCALEAPI_TESTING_ACTIVE", process)
    session = scale_itself._transport.session
    session.mount("https://", Elsewhere(requests.ConnectionError("reached")))

    with pytest.raises(ScaleConnectionError, match="reached"):
        scale_itself.get_task("a")


# -- a bound for a whole call -------------------------------------------------------------------


def test_a_call_may_have_a_whole_bound_and_none_for_its_tries(server):
    with scaleapi.ScaleClient(
        "k", api_instance_url=server.url, total_timeout=5, timeout=None
    ) as client:
        assert client.get_task("a").status == "pending"


def test_each_read_keeps_its_own_bound_within_that_of_the_call(server, answer):
    never = threading.Event()
    server.answers(answer(wait_for=never))
    client = scaleapi.ScaleClient(
        "k", api_instance_url=server.url, timeout=0.05, total_timeout=30, max_retries=0
    )
    began = time.monotonic()

    with client, pytest.raises(ScaleConnectionTimeout):
        client.get_task("a")

    never.set()
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_call_of_either_version_ends_with_its_whole_bound(server, answer, version):
    never = threading.Event()
    server.answers(answer(wait_for=never))
    client = scaleapi.ScaleClient("k", api_instance_url=server.url, total_timeout=0.05)
    calls = {
        "v1": client.get_task,
        "v2": client.v2.get_task_without_preload_content,
    }

    with client, pytest.raises(ScaleConnectionTimeout) as caught:
        calls[version]("a")

    never.set()
    assert "the call lasted longer than total_timeout=0.05 s" in caught.value.message


def test_a_whole_bound_holds_through_a_proxy(server, answer):
    never = threading.Event()
    server.answers(answer(wait_for=never))
    client = scaleapi.ScaleClient(
        "k",
        api_instance_url="http://scale.invalid/v1",
        proxies={"http": f"http://127.0.0.1:{server.port}"},
        total_timeout=0.05,
    )

    with client, pytest.raises(ScaleConnectionTimeout, match="total_timeout"):
        client.get_task("a")

    never.set()
    assert server.received[0].path == "http://scale.invalid/v1/task/a"


# -- certificates -------------------------------------------------------------------------------


@pytest.fixture
def strict_tls_server(server, tmp_path):
    """A server that asks its client for a certificate, and both files."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    server.http.socket = context.wrap_socket(server.http.socket, server_side=True)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    authority.issue_cert("ann@example.com").private_key_and_cert_chain_pem.write_to_path(
        str(tmp_path / "ann.pem")
    )
    server.url = server.url.replace("http:", "https:")
    return server


@pytest.mark.parametrize("total_timeout", [None, 5])
def test_a_certificate_given_to_the_client_is_shown(strict_tls_server, tmp_path, total_timeout):
    with scaleapi.ScaleClient(
        "k",
        api_instance_url=strict_tls_server.url,
        verify=str(tmp_path / "ca.pem"),
        cert=str(tmp_path / "ann.pem"),
        total_timeout=total_timeout,
    ) as client:
        assert client.get_task("a").status == "pending"
