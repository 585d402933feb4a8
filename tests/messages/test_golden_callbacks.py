"""What is said of targets that cannot receive, and of handlers that do it wrong, whole."""

from __future__ import annotations

import json

import pytest

from scaleapi_testing import FakeScale, certify_callback_handler


class NotATarget:
    def __repr__(self):
        return "<NotATarget>"


class Handlers:
    """Stands for `Handlers.of_callbacks` in the messages."""

    def __repr__(self):
        return "<handler>"

    def __call__(self, request):
        return {"status": 200}


class TakesFour:
    def __repr__(self):
        return "<TakesFour>"

    def __call__(self, scope, receive, send, more):
        return 200


def said(error, given):
    with pytest.raises(error) as told:
        FakeScale().callbacks.deliver_to(given)
    return str(told.value)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("target_of_no_kind", NotATarget()),
        ("target_is_a_class", Handlers),
        ("target_takes_four", TakesFour()),
    ],
)
def test_a_target_of_no_known_kind(golden, name, given):
    golden(name, said(TypeError, given))


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("target_elsewhere", "https://hooks.example.net/scale"),
        ("target_without_scheme", "127.0.0.1:8000"),
        ("target_with_query", "http://127.0.0.1:8000/hooks?team=3"),
        ("target_with_bad_port", "http://127.0.0.1:port"),
    ],
)
def test_an_address_that_cannot_be_meant(golden, name, url):
    golden(name, said(ValueError, url))


def test_a_callable_that_returns_no_status(golden, scale, make_task):
    scale.callbacks.deliver_to(Handlers())
    with pytest.raises(TypeError) as told:
        scale.complete(make_task(callback_url="https://my.example/hook"))

    golden("target_returned_no_status", str(told.value))


def careful(request):
    return 200 if request.headers.get("scale-callback-auth") == "key" else 401


def careless(request):
    task = request.json["task"]
    task["response"]["annotations"].sort(key=len)


def test_the_report_of_a_good_handler(golden):
    golden("certify_ok", str(certify_callback_handler(careful, auth_key="key")))


def test_the_report_of_a_careless_handler(golden):
    golden("certify_careless", str(certify_callback_handler(careless, auth_key="key")))


def test_the_report_of_a_handler_with_another_key(golden):
    report = certify_callback_handler(careful, auth_key="another")
    golden("certify_other_key", str(report.findings[0]))


def test_the_report_of_an_app_at_another_path(golden):
    def app(environ, start_response):
        start_response("404 Not Found", [])
        return [b"<h1>Not Found</h1>"]

    report = certify_callback_handler(app, auth_key="key")
    golden("certify_other_path", str(report.findings[0]))


def contrary(request):
    return 500 if careful(request) == 200 else 200


def first_alone(request):
    return contrary(request) if request.json["task"].get("audits") is None else 200


def test_the_report_of_a_handler_that_does_the_contrary(golden):
    golden("certify_contrary", str(certify_callback_handler(contrary, auth_key="key")))


def test_the_report_names_the_callback_of_several_that_went_wrong(golden):
    report = certify_callback_handler(first_alone, auth_key="key")
    golden("certify_second_of_two", str(report.findings[2]))


@pytest.mark.parametrize(
    ("name", "answer"),
    [("refuses", 403), ("moved", 301), ("not_allowed", 405), ("unwilling", 503)],
)
def test_what_is_advised_when_not_even_the_valid_callback_is_accepted(golden, name, answer):
    report = certify_callback_handler(lambda _: answer, auth_key="key", path="/hooks/scale")
    golden(f"certify_{name}", str(report.findings[0]))


def test_the_series_that_certifies_a_handler(golden):
    sent = []

    report = certify_callback_handler(sent.append, "the_key", on_create=sent.append)

    golden("certify_series", "\n".join(told(one) for one in sent))
    assert [finding.case for finding in report.findings] == ["wrong_auth", "missing_auth"]


def told(one):
    """A task that was created, or a callback with its key."""
    if isinstance(one, dict):
        return f"created {json.dumps(one)}"
    return f"sent {one.headers.get('scale-callback-auth')} {json.dumps(one.json)}"
