"""Secrets in recordings, in every spelling: none is printed."""

from __future__ import annotations

import base64
import json

import pytest

from scaleapi_testing import verify

KEY = "live_se/cr+et9999zz"
BASIC = base64.b64encode(f"{KEY}:".encode()).decode()
PACKED = BASIC.rstrip("=")

SPELLINGS = {
    "a key in an address": f"https://{KEY}:@api.scale.com/v1/tasks",
    "a password in an address": "HTTPS://user:5ecre7word@files.example.com/a",
    "a percent-encoded key": "see live_se%2Fcr%2Bet9999zz",
    "a header in odd case": f"aUTHORIZATION: bAsIc {BASIC}",
    "a header as JSON": f'{{"headers": {{"aUthorization": "Basic {BASIC}"}}}}',
    "a key in base64 alone": BASIC,
    "a token": "bearer 5ecre7Token1234",
    "a cookie that was sent": "the session is 5ecre7cookie",
    "a cookie's header": "Set-Cookie: sid=5ecre7; Path=/",
    "a signature": "https://s3.example.com/x?A=1&X-AMZ-SIGNATURE=5ecre7abc&z=1",
    "a signature within JSON": r"https://s3.example.com/x?a=1\u0026X-Amz-Signature=5ecre7abc\u0026q=2",
    "a signature within HTML": "x?a=1&amp;sig=5ecre7abc&amp;b",
    "a signature within an address": "https://p.example.com/?u=https%3A%2F%2Fs3%2F%3FX-Amz-Signature%3D5ecre7abc%26z%3D1",
    "a key in a query": "https://x.example.com/?my_api-key=5ecre7abc",
    "a value within JSON as text": '{"a": {"Callback_Auth_Key" : "5ecre7 \\" x 5ecre7"}, "n": 2}',
    "JSON within JSON": json.dumps({"body": json.dumps({"password": "5ecre7abc"})}),
}  # fmt: skip


def recording(tmp_path, reply, path="nonsense"):
    exchange = {
        "request": {
            "method": "GET",
            "uri": f"https://api.scale.com/v1/task/{path}",
            "body": None,
            "headers": {"aUthorization": [f"Basic {BASIC}"], "Cookie": ["sid=5ecre7cookie"]},
        },
        "response": {
            "status": {"code": 404, "message": "Not Found"},
            "headers": {},
            "body": {"string": json.dumps(reply)},
        },
    }
    file = tmp_path / "secret.json"
    file.write_text(json.dumps({"version": 1, "interactions": [exchange]}))
    return file


def printed(file):
    verification = verify(file)
    assert not verification.ok
    return "\n".join(
        [str(verification), json.dumps(verification.as_dict()), verification.to_junit()]
    )


@pytest.mark.parametrize("what", SPELLINGS)
def test_no_spelling_of_a_secret_is_printed(tmp_path, what):
    text = printed(recording(tmp_path, {"status_code": 404, "error": SPELLINGS[what]}))

    assert [part for part in ("se/cr", "se%2Fcr", "5ecre7", PACKED) if part in text] == []


@pytest.mark.parametrize("name", ["api_key", "X-Amz-Signature", "clientSecret", "session_token"])
def test_what_is_called_a_secret_is_hidden_with_all_that_is_in_it(tmp_path, name):
    reply = {"status_code": 404, "error": "x", name: {"a": ["5ecre7"]}, "b": {name: "5ecre7"}}

    assert "5ecre7" not in printed(recording(tmp_path, reply))


@pytest.mark.parametrize(
    "text", ["basic instructions here", "the bearer of news", "a@x.io", "?limit=2&next_token=abc"]
)
def test_what_is_no_secret_is_printed(tmp_path, text):
    assert text in printed(recording(tmp_path, {"status_code": 404, "error": text}))


def test_a_key_in_the_address_of_a_call_is_a_key(tmp_path):
    file = recording(tmp_path, {"status_code": 404, "error": "Task with that ID not found."})
    document = json.loads(file.read_text())
    request = document["interactions"][0]["request"]
    request |= {"uri": "https://test_0123456789abcdef:@api.scale.com/v1/task/x", "headers": {}}
    file.write_text(json.dumps(document))

    (verdict,) = verify(file).same

    assert verdict.call == "GET https://…@api.scale.com/v1/task/x"
