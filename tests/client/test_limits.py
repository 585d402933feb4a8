"""What no server can do to a client: hold a call for ever, make it wait or page for ever."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import closing, suppress

import pytest

import scaleapi
from scaleapi.exceptions import (
    ScaleConnectionTimeout,
    ScaleServiceUnavailable,
    ScaleTooManyRequests,
    ScaleUnreadableReply,
)

BUSY = {"status_code": 429, "error": "slow down"}
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 400\r\n\r\n"


@pytest.fixture
def dripping():
    """Makes a server that sends ``at_once`` and then a byte each tenth of a second."""
    stop = threading.Event()
    listeners: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def drip(connection: socket.socket, at_once: bytes, rest: bytes) -> None:
        with closing(connection), suppress(OSError):
            connection.recv(65536)
            connection.sendall(at_once)
            for byte in rest:
                if stop.wait(0.1):
                    return
                connection.sendall(bytes([byte]))

    def accept(listener: socket.socket, at_once: bytes, rest: bytes) -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                thread = threading.Thread(target=drip, args=(connection, at_once, rest))
                thread.start()
                threads.append(thread)

    def make(at_once: bytes, rest: bytes) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)
        thread = threading.Thread(target=accept, args=(listener, at_once, rest))
        thread.start()
        threads.append(thread)
        return f"http://127.0.0.1:{listener.getsockname()[1]}/v1"

    yield make
    stop.set()
    for listener in listeners:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize(
    ("at_once", "rest"),
    [(b"", HEAD + b" " * 400), (HEAD, b" " * 400)],
    ids=["in the head", "in the body"],
)
def test_a_server_that_drips_cannot_hold_a_call_beyond_total_timeout(dripping, at_once, rest):
    client = scaleapi.ScaleClient(
        "k", api_instance_url=dripping(at_once, rest), total_timeout=0.5, timeout=5
    )
    began = time.monotonic()

    with client, pytest.raises(ScaleConnectionTimeout) as caught:
        client.get_task("a")

    assert 0.4 < time.monotonic() - began < 3
    assert "the call lasted longer than total_timeout=0.5 s" in str(caught.value)


@pytest.mark.slow
def test_a_total_timeout_holds_for_all_tries_together(server, answer):
    server.otherwise = lambda request: answer(BUSY, status=503)
    client = scaleapi.ScaleClient(
        "k", api_instance_url=server.url, total_timeout=1, backoff_factor=0.4, max_retries=50
    )
    began = time.monotonic()

    # What the last try ends in depends on how much time is left for it.
    with client, pytest.raises((ScaleServiceUnavailable, ScaleConnectionTimeout)):
        client.get_task("a")

    assert time.monotonic() - began < 1.5
    assert 1 <= len(server.received) < 6


def test_a_total_timeout_leaves_quick_calls_alone(server):
    with scaleapi.ScaleClient("k", api_instance_url=server.url, total_timeout=30) as client:
        client.get_task("a")
        client.get_task("a")

    assert len({request.peer for request in server.received}) == 1


@pytest.mark.slow
def test_a_call_is_not_begun_again_when_its_time_is_nearly_over(dripping):
    url = dripping(b"", HEAD)
    client = scaleapi.ScaleClient("k", api_instance_url=url, total_timeout=1.2, timeout=0.05)

    with client, pytest.raises(ScaleConnectionTimeout) as caught:
        client.get_task("a")

    assert caught.value.attempts < 4


@pytest.mark.parametrize("asked", ["3155760000", "9" * 5_000, "3601"])
def test_an_answer_that_asks_to_wait_for_years_is_its_error_at_once(server, answer, asked):
    server.otherwise = lambda request: answer(BUSY, status=429, headers={"Retry-After": asked})
    began = time.monotonic()

    with (
        scaleapi.ScaleClient("k", api_instance_url=server.url) as client,
        pytest.raises(ScaleTooManyRequests, match="slow down") as caught,
    ):
        client.get_task("a")

    assert time.monotonic() - began < 2
    assert caught.value.attempts == len(server.received) == 1


def test_no_wait_is_longer_than_max_wait(server, answer):
    server.otherwise = lambda request: answer(BUSY, status=429, headers={"Retry-After": "2"})

    with (
        scaleapi.ScaleClient("k", api_instance_url=server.url, max_wait=1) as client,
        pytest.raises(ScaleTooManyRequests),
    ):
        client.get_task("a")

    assert len(server.received) == 1


def test_a_rule_of_ones_own_is_bound_by_max_wait_too(server, answer):
    server.otherwise = lambda request: answer(BUSY, status=429, headers={"retry-after": "2"})
    rule = scaleapi.ScaleRetry(3, status_forcelist=[429])

    with (
        scaleapi.ScaleClient(
            "k", api_instance_url=server.url, max_retries=rule, max_wait=1
        ) as client,
        pytest.raises(ScaleTooManyRequests),
    ):
        client.get_task("a")

    assert len(server.received) == 1


def test_a_back_off_is_cut_to_max_wait(server, answer):
    server.otherwise = lambda request: answer(BUSY, status=503)
    client = scaleapi.ScaleClient(
        "k", api_instance_url=server.url, max_wait=0.01, backoff_factor=50
    )
    began = time.monotonic()

    with client, pytest.raises(ScaleServiceUnavailable):
        client.get_task("a")

    assert time.monotonic() - began < 2
    assert len(server.received) == 4


def test_a_wait_beyond_total_timeout_is_not_begun(server, answer):
    server.otherwise = lambda request: answer(BUSY, status=429, headers={"Retry-After": "5"})
    began = time.monotonic()

    with (
        scaleapi.ScaleClient("k", api_instance_url=server.url, total_timeout=2) as client,
        pytest.raises(ScaleTooManyRequests),
    ):
        client.get_task("a")

    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    "date", ["Fri, 31 Dec 9999 23:59:59 GMT", "Fri, 31 Dec 99999 23:59:59 GMT", "-5", "²"]
)
def test_no_date_or_number_in_retry_after_is_a_foreign_error(server, answer, date):
    server.otherwise = lambda request: answer(BUSY, status=429, headers={"Retry-After": date})

    with (
        scaleapi.ScaleClient("k", api_instance_url=server.url, backoff_factor=0) as client,
        pytest.raises(ScaleTooManyRequests),
    ):
        client.get_task("a")


def page(docs, **more):
    return {"docs": docs, "total": 7, "limit": 100, "offset": 0, "has_more": True, **more}


def test_empty_pages_with_fresh_tokens_are_an_error(server, client, answer):
    server.otherwise = lambda request: answer(page([], next_token=str(len(server.received))))

    with pytest.raises(ScaleUnreadableReply, match="was empty 10 times in a row"):
        list(client.get_tasks("p"))


def test_the_same_page_under_fresh_tokens_is_an_error(server, client, answer, make_task_json):
    docs = [make_task_json("a"), make_task_json("b")]
    server.otherwise = lambda request: answer(page(docs, next_token=str(len(server.received))))

    with pytest.raises(ScaleUnreadableReply, match="repeats the page before"):
        list(client.get_tasks("p"))


def test_tokens_that_turn_in_a_circle_are_an_error(server, client, answer, make_task_json):
    tokens = ["x", "y", "z"]
    server.otherwise = lambda request: answer(
        page(
            [make_task_json(str(len(server.received)))],
            next_token=tokens[len(server.received) % 3],
        )
    )

    with pytest.raises(ScaleUnreadableReply, match="names an earlier page as the next one"):
        list(client.get_tasks("p"))


@pytest.mark.parametrize("token", [5, ["x"], {"a": 1}])
def test_a_token_that_is_no_text_is_an_error(server, client, answer, token):
    server.otherwise = lambda request: answer(page([], next_token=token))

    with pytest.raises(ScaleUnreadableReply, match="has no text as its next_token"):
        list(client.get_tasks("p"))


def test_a_token_that_utf_8_cannot_carry_is_a_scale_exception(server, client, answer):
    server.otherwise = lambda request: answer(page([], next_token="\ud800"))

    with pytest.raises(scaleapi.ScaleException, match="not text that UTF-8 can carry"):
        list(client.get_tasks("p"))


def test_batches_that_never_end_are_an_error(server, client, answer):
    server.otherwise = lambda request: answer(page([{"name": "b", "status": "staging"}]))

    with pytest.raises(ScaleUnreadableReply, match="brings nothing new, and says more follow"):
        list(client.get_batches())


def test_batches_that_take_turns_are_an_error(server, client, answer):
    server.otherwise = lambda request: answer(
        page([{"name": f"b{len(server.received) % 2}", "status": "staging"}])
    )

    with pytest.raises(ScaleUnreadableReply, match="brings nothing new"):
        list(client.get_batches())


def test_files_whose_cursor_turns_in_a_circle_are_an_error(server, client, answer):
    server.otherwise = lambda request: answer({"assets": [], "next_cursor": "same"})

    with pytest.raises(ScaleUnreadableReply, match="a page of files names itself as the next page"):
        list(client.get_assets("p"))


@pytest.mark.parametrize(
    ("next_token", "why"),
    [
        (str, "the listing does not end: page after page was empty"),
        (lambda n: "xyz"[n % 3], "page after page names an earlier page as the next one"),
    ],
)
def test_pages_of_v2_that_never_end_are_an_error(server, client, answer, next_token, why):
    server.otherwise = lambda request: answer(
        {"tasks": [], "next_token": next_token(len(server.received))}
    )

    with pytest.raises(scaleapi.ScaleException, match=why):
        list(client.v2.iter_tasks(project_name="p"))
