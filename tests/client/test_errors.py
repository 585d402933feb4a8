"""What errors say, which class they are, and that no text shows the key."""

from __future__ import annotations

import base64
import copy
import logging
import pickle
import traceback
from urllib.parse import quote

import pytest

import scaleapi
from scaleapi import exceptions

CLASSES = [
    (400, "ScaleInvalidRequest"),
    (401, "ScaleUnauthorized"),
    (402, "ScaleNotEnabled"),
    (404, "ScaleResourceNotFound"),
    (409, "ScaleDuplicateResource"),
    (429, "ScaleTooManyRequests"),
    (500, "ScaleInternalError"),
    (503, "ScaleServiceUnavailable"),
    (504, "ScaleTimeoutError"),
    (418, "ScaleException"),
    (201, "ScaleException"),
]


@pytest.mark.parametrize(("status", "name"), CLASSES)
def test_each_status_has_its_class(server, answer, status, name):
    server.answers(answer({"status_code": status, "error": "because"}, status=status))
    client = scaleapi.ScaleClient("k", api_instance_url=server.url, max_retries=0)

    with pytest.raises(scaleapi.ScaleException) as caught:
        client.get_task("a")

    client.close()
    assert type(caught.value) is getattr(exceptions, name)
    assert (caught.value.code, caught.value.message) == (status, "because")
    assert str(caught.value) == f"{status}: because (GET /v1/task/a)"


def test_an_invalid_request_is_a_value_error_under_two_names():
    assert scaleapi.ValidationError is scaleapi.ScaleInvalidRequest
    assert issubclass(scaleapi.ScaleInvalidRequest, scaleapi.ScaleException)
    assert issubclass(scaleapi.ScaleInvalidRequest, ValueError)


def test_an_error_that_is_not_json_is_shown_as_text(server, client, answer):
    server.answers(answer(status=404, body=b"<html>gone</html>"))

    with pytest.raises(exceptions.ScaleResourceNotFound) as caught:
        client.get_task("a")

    assert caught.value.message == "<html>gone</html>"


def test_an_empty_error_says_so(server, client, answer):
    server.answers(answer(status=404, body=b""))

    with pytest.raises(exceptions.ScaleResourceNotFound, match="no further explanation"):
        client.get_task("a")


def test_an_answer_that_is_not_json_is_an_error_of_its_own(server, client, answer):
    server.answers(answer(body=b'{"task_id": "66f'))

    with pytest.raises(exceptions.ScaleUnreadableReply) as caught:
        client.get_task("a")

    assert str(caught.value) == (
        '200: the answer is not JSON: \'{"task_id": "66f\' (GET /v1/task/a)'
    )


def test_an_answer_of_deeply_nested_json_is_an_error_of_its_own(server, client, answer):
    server.answers(answer(body=b"[" * 100_000))

    with pytest.raises(exceptions.ScaleUnreadableReply):
        client.get_task("a")


@pytest.mark.parametrize("reply", [[], "x", None, {"status": "pending"}])
def test_an_answer_that_is_no_task_is_an_error_of_its_own(server, client, answer, reply):
    server.answers(answer(reply))

    with pytest.raises(exceptions.ScaleUnreadableReply, match="expected a task"):
        client.get_task("a")


def test_an_audit_may_be_answered_by_plain_text(server, client, answer):
    server.answers(answer(body=b"OK"))

    client.audit_task("a", accepted=False, comments="missed one")

    assert server.received[0].json == {"accepted": False, "comments": "missed one"}


def test_an_exception_survives_pickling():
    error = exceptions.ScaleConnectionError("why", None, method="GET", path="/v1/x", attempts=2)

    again = pickle.loads(pickle.dumps(error))

    assert type(again) is exceptions.ScaleConnectionError
    assert str(again) == str(error) == "why (GET /v1/x, 2 attempts)"
    assert (again.message, again.code, again.attempts) == ("why", None, 2)


def test_an_exception_can_be_made_by_hand():
    error = scaleapi.ScaleException("why", 400)

    assert (error.message, error.code, str(error)) == ("why", 400, "400: why")


def spellings(api_key: str) -> list[str]:
    return [api_key, base64.b64encode(f"{api_key}:".encode()).decode()]


def test_no_repr_shows_the_key(client, api_key):
    prepared_headers = repr(client._transport._headers)
    shown = " ".join(
        [repr(client), repr(client._transport), repr(client.api_key), prepared_headers]
    )

    assert "live_…" in shown
    assert [s for s in spellings(api_key) if s in shown] == []
    assert client.api_key == api_key


def test_no_error_shows_a_key_that_the_server_repeats(server, client, answer, api_key):
    server.answers(answer({"error": f"bad key {api_key}"}, status=401))

    with pytest.raises(exceptions.ScaleUnauthorized) as caught:
        client.get_task("a")

    assert caught.value.message == "bad key live_…"


@pytest.mark.parametrize("bytes_over", [0, 1, 2])
def test_no_error_shows_credentials_whatever_their_padding(server, answer, bytes_over):
    api_key = "live_0123456789abcdef" + "x" * bytes_over
    padded = base64.b64encode(f"{api_key}:".encode()).decode()
    client = scaleapi.ScaleClient(api_key, api_instance_url=server.url)
    server.answers(answer({"error": f"{padded} or {padded.rstrip('=')}"}, status=401))

    with pytest.raises(exceptions.ScaleUnauthorized) as caught:
        client.get_task("a")

    assert caught.value.message == "live_… or live_…"


@pytest.mark.parametrize("spelling", [quote, lambda key: quote(key, safe="")])
def test_no_error_shows_a_key_that_is_percent_encoded(server, answer, spelling):
    api_key = "live_01/23+45 67=89é"
    client = scaleapi.ScaleClient(api_key, api_instance_url=server.url)
    server.answers(answer({"error": f"bad key {spelling(api_key)}"}, status=401))

    with pytest.raises(exceptions.ScaleUnauthorized) as caught:
        client.get_task("a")

    assert caught.value.message == "bad key live_…"


def test_no_traceback_shows_a_key_that_stands_in_the_path(api_key):
    client = scaleapi.ScaleClient(
        api_key, api_instance_url="http://127.0.0.1:9/v1", backoff_factor=0
    )

    with pytest.raises(scaleapi.ScaleException) as caught:
        client.get_task(api_key)

    text = "".join(traceback.format_exception(caught.value))
    assert "/v1/task/live_…" in text
    assert "Max retries exceeded" in text
    assert [s for s in spellings(api_key) if s in text] == []


def test_no_log_line_shows_the_key(server, client, answer, api_key, caplog, make_task_json):
    caplog.set_level(logging.DEBUG, logger="scaleapi")
    server.answers(answer({}, status=503), answer(make_task_json()))

    client.get_task(api_key)

    assert caplog.messages == ["GET /v1/task/live_…: 200, attempt 2"]


def test_a_pickled_task_leaves_client_and_key_behind(client, api_key):
    task = client.get_task("a")

    pickled = pickle.dumps(task)

    assert api_key.encode() not in pickled
    again = pickle.loads(pickled)
    assert again == task
    with pytest.raises(scaleapi.ScaleException, match="not connected to a client"):
        again.refresh()


def test_a_copied_task_keeps_its_client(client):
    task = client.get_task("a")

    copied, deep = copy.copy(task), copy.deepcopy(task)

    assert copied.client is deep.client is client
    assert deep.as_dict() is not task.as_dict()


def test_no_error_shows_a_password_that_the_server_repeats(server, client, answer):
    server.answers(answer({"error": "no route by http://ann:secret@proxy.example/x"}, status=400))

    with pytest.raises(exceptions.ScaleInvalidRequest) as caught:
        client.get_task("a")

    assert caught.value.message == "no route by http://…@proxy.example/x"


def test_a_copied_transport_is_refused_in_words(client):
    with pytest.raises(TypeError, match=r"^the transport of a client cannot be"):
        copy.copy(client._transport)
