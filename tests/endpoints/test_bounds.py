"""What a request may hold at most, and that nothing else is said or printed about it."""

from __future__ import annotations

import logging

import pytest
import requests

from scaleapi_testing import FakeScale, FakeScaleError, NoSuchResponse

HOOK = "https://my.example/scale"


@pytest.fixture
def fake():
    with FakeScale(check=False) as fake:
        yield fake


@pytest.fixture
def send(fake):
    def send(method, path, body, content_type="application/json"):
        return requests.request(
            method,
            f"https://api.scale.com{path}",
            data=body,
            headers={"Content-Type": content_type},
            auth=("live_fake", ""),
            timeout=5,
        )

    return send


def nested(levels):
    """An object that is so many levels deep, the outermost included."""
    return '{"a":' * levels + "1" + "}" * levels


def refusal():
    return {"status_code": 400, "error": "Invalid JSON in request body."}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/task/categorization"),
        ("POST", "/v1/projects"),
        ("POST", "/v1/projects/p/setParams"),
        ("POST", "/v1/projects/p/setOntology"),
        ("POST", "/v1/batches"),
        ("POST", "/v1/files/import"),
    ],
)
def test_a_body_nested_too_deeply_is_refused_in_scales_envelope(fake, send, method, path):
    fake.add_projects(["p"])

    answer = send(method, path, nested(101))

    assert (answer.status_code, answer.json()) == (400, refusal())
    assert fake.requests.last.notices == ["the body is nested too deeply: at most 100 deep"]


@pytest.mark.parametrize(
    "text", ['"[[[{{{\\"[["', '"\\\\"', '"\\\\\\"["', '["' + "[" * 200 + '"]', '["\\\\", "["]']
)
def test_brackets_inside_of_texts_do_not_count(send, text):
    body = '{"name": "p", "type": "categorization", "x": %s}' % (text or "")

    assert send("POST", "/v1/projects", body).status_code == 200


def test_what_is_as_deep_as_may_be_is_dumped_and_loaded(fake, send, tmp_path):
    fake.add_projects(["p"])
    assert send("POST", "/v1/projects/p/setParams", '{"x":' + nested(99) + "}").status_code == 200
    assert (
        send(
            "POST",
            "/v1/batches",
            '{"project": "p", "name": "b", "metadata": ' + nested(99) + "}",
        ).status_code
        == 200
    )

    fake.dump(tmp_path / "state.json")
    loaded = FakeScale.load(tmp_path / "state.json")

    assert not loaded.diff(loaded.snapshot())
    assert len(loaded.batches) == 1


def test_a_response_nested_too_deeply_is_refused_where_it_is_given(fake, categorization):
    task = fake.client().create_task("categorization", **categorization)
    response = {}
    for _ in range(100):
        response = {"a": response}

    with pytest.raises(NoSuchResponse, match="is nested 101 deep; give one of at most 100"):
        fake.complete(task, response)


def test_a_file_with_metadata_nested_too_deeply_is_refused(send):
    body = (
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nab\r\n'
        '--x\r\nContent-Disposition: form-data; name="metadata"\r\n\r\n'
        f"{nested(101)}\r\n--x--\r\n"
    )

    answer = send("POST", "/v1/files/upload", body, "multipart/form-data; boundary=x")

    assert (answer.status_code, answer.json()["error"]) == (
        400,
        "Invalid metadata - expected object.",
    )


@pytest.mark.parametrize(
    "body",
    [
        "--y\r\n",
        "--x",
        "--x\r\nContent-Disposition: form-data\r\n\r\nab\r\n--x--\r\n",
        "--x\r\nbad header\r\n\r\nab\r\n--x--\r\n",
        "--x\r\n\x00: a\r\n\r\nab",
        '--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nab\r\n--x--\r\ntail',
    ],
)
def test_a_malformed_multipart_body_prints_nothing(send, body, caplog, capfd, recwarn):
    with caplog.at_level(logging.DEBUG):
        send("POST", "/v1/files/upload", body, "multipart/form-data; boundary=x")

    assert [record for record in caplog.records if "multipart" in record.name] == []
    assert capfd.readouterr() == ("", "")
    assert list(recwarn) == []


def test_a_handler_that_makes_tasks_without_end_is_told_so(fake, categorization):
    client = fake.client("test_key")
    made = []

    def handler(request):
        made.append(client.create_task("categorization", callback_url=HOOK, **categorization))

    fake.callbacks.deliver_to(handler)

    with pytest.raises(FakeScaleError) as caught:
        client.create_task("categorization", callback_url=HOOK, **categorization)

    assert str(caught.value).startswith("16 callbacks are under way inside each other, the last ")
    assert len(fake.tasks) == 17
    assert [call.status for call in fake.requests if call.status != 200] == []
