"""HAR files as browsers and proxies write them: what they leave out, add and encode."""

from __future__ import annotations

import base64
import gzip
import json
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from scaleapi_testing import FakeScale, verify

_spec = spec_from_file_location("story", Path(__file__).parent / "story.py")
story = module_from_spec(_spec)
_spec.loader.exec_module(story)

CALLS = tuple(story.everyday())
AT = "2026-03-03T11:00:00.000Z"


def har(calls=CALLS):
    return story.as_har(calls)


def written(tmp_path, document):
    file = tmp_path / "browser.har"
    file.write_text(json.dumps(document), encoding="utf-8-sig")
    return file


def plain_text(content):
    """The content of an answer as a browser keeps it: decoded, as text."""
    content["text"] = base64.b64decode(content["text"]).decode()
    del content["encoding"]


def as_chrome(entry):
    """Chrome: fields with an underscore, the frames of HTTP/2, no secret headers."""
    entry |= {
        "_initiator": {"type": "script"}, "_priority": "High", "_resourceType": "fetch",
        "connection": "443", "pageref": "page_1", "cache": {}, "timings": {"_blocked_queueing": 1},
    }  # fmt: skip
    frames = [{"name": f":{name}", "value": "x"} for name in ("authority", "method", "path")]
    request, response = entry["request"], entry["response"]
    request["headers"] = frames + [
        header for header in request["headers"] if header["name"] != "Authorization"
    ]
    response["headers"].append({"name": "content-encoding", "value": "gzip"})
    response |= {"_transferSize": 300, "_error": None, "bodySize": -1, "redirectURL": ""}
    plain_text(response["content"])


def as_firefox(entry):
    """Firefox: params beside the text, on calls without a body, too."""
    text = entry["request"].get("postData", {}).get("text", "")
    entry["request"]["postData"] = {"mimeType": "application/json", "params": [], "text": text}
    plain_text(entry["response"]["content"])


def as_mitmproxy(entry):
    """A proxy that keeps bodies as they went over the wire."""
    response = entry["response"]
    response["headers"].append({"name": "Content-Encoding", "value": "gzip"})
    packed = gzip.compress(base64.b64decode(response["content"]["text"]))
    response["content"]["text"] = base64.b64encode(packed).decode()


@pytest.mark.parametrize("recorder", [as_chrome, as_firefox, as_mitmproxy])
def test_a_har_file_is_read_as_its_recorder_writes_it(tmp_path, recorder):
    document = har()
    for entry in document["log"]["entries"]:
        recorder(entry)

    verification = verify(written(tmp_path, document))

    assert len(verification.same) == len(CALLS), str(verification)


def test_entries_are_sent_in_the_order_in_which_they_began(tmp_path):
    document = har()
    entries = document["log"]["entries"]
    for number, entry in enumerate(entries):
        entry["startedDateTime"] = f"2026-03-03T13:{number:02d}:00.000+01:00"
    entries.reverse()

    verification = verify(written(tmp_path, document))

    assert len(verification.same) == len(CALLS)
    assert verification.exchanges[0].place.endswith(f"exchange {len(CALLS)}")


def entry(method, url, status, **content):
    return {
        "startedDateTime": AT,
        "request": {"method": method, "url": url, "headers": []},
        "response": {"status": status, "headers": [], "content": {"size": 0, **content}},
    }


TASKS = "https://api.scale.com/v1/tasks"
OTHERS = {
    "a socket": (
        entry("GET", "wss://ws.example.com/x", 101),
        "another host, no part of Scale's API: ws.example.com",
    ),
    "a picture in the page": (
        entry("GET", "data:image/png;base64,AAAA", 200),
        "another host, no part of Scale's API: data:image/png;base64,AAAA",
    ),
    "a call that was aborted": (
        entry("GET", TASKS, 0), "the call was broken off before it was answered",
    ),
    "a cached answer": (
        entry("GET", TASKS, 304),
        "an answer of a cache or of what stands before Scale's API: status 304",
    ),
    "a preflight": (entry("OPTIONS", TASKS, 204), "OPTIONS, which is no operation of the API"),
    "an answer that was not kept": (
        entry("GET", TASKS, 200, size=900),
        "the file does not hold what was answered, or in a coding that is not known",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", OTHERS)
def test_entries_of_a_browser_that_are_no_answers_of_scale_are_not_comparable(tmp_path, what):
    other, reason = OTHERS[what]
    document = har()
    document["log"]["entries"].insert(0, other)

    verification = verify(written(tmp_path, document))

    assert [verdict.reason for verdict in verification.not_comparable] == [reason]
    assert verification.ok


def test_an_answer_in_a_coding_that_needs_another_package_is_not_comparable(tmp_path):
    document = har(CALLS[:1])
    response = document["log"]["entries"][0]["response"]
    response["headers"].append({"name": "content-encoding", "value": "br"})
    response["content"]["text"] = base64.b64encode(b"\x1b\x0f\xf8\xff").decode()

    (verdict,) = verify(written(tmp_path, document)).not_comparable

    assert verdict.reason.endswith("or in a coding that is not known")


def form_and_file():
    with FakeScale(seed=1, start_time=story.START) as scale:
        ask = story.Recorder(scale)
        ask("POST", "/v1/files/upload", files={"file": ("a.png", b"GIF89a" + bytes(30))})
        form = {"attachment": "Moo & co", "attachment_type": "text", "categories": ["a", "b"]}
        ask("POST", "/v1/task/categorization", data=form)
    return ask.calls


def test_forms_that_are_kept_as_params_alone_are_sent(tmp_path):
    upload, form = form_and_file()
    document = har([call._replace(body=b"") for call in (upload, form)])
    sent, filled = [each["request"] for each in document["log"]["entries"]]
    sent["postData"] = {
        "mimeType": "multipart/form-data; boundary=x",
        "params": [{"name": "file", "fileName": "a.png", "contentType": "image/png"}],
    }
    filled["postData"] = {
        "mimeType": "application/x-www-form-urlencoded",
        "params": [
            {"name": "attachment", "value": "Moo & co"},
            {"name": "attachment_type", "value": "text"},
            {"name": "categories", "value": "a"},
            {"name": "categories", "value": "b"},
        ],
    }

    verification = verify(written(tmp_path, document))

    assert len(verification.same) == 1, str(verification)
    assert [v.reason for v in verification.not_comparable] == [
        "the file does not hold what was sent"
    ]


def test_a_file_that_was_kept_in_base64_is_sent(tmp_path):
    upload, _ = form_and_file()
    document = har([upload._replace(body=b"")])
    document["log"]["entries"][0]["request"]["postData"] = {
        "mimeType": upload.headers["Content-Type"],
        "text": base64.b64encode(upload.body).decode(),
        "encoding": "base64",
    }

    assert len(verify(written(tmp_path, document)).same) == 1
