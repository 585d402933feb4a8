"""``attachmentS3Downloads``: the links to a task's attachments."""

from __future__ import annotations

import re

import pytest
import requests

PRESIGNED = re.compile(r"https://[a-z0-9.-]+\.s3\.amazonaws\.com/\S+\?X-Amz-Algorithm=\S+")


def links(answer):
    return [
        (link["s3URL"], link["isConvertedImage"]) for link in answer.json["attachmentS3Downloads"]
    ]


@pytest.fixture
def get(api):
    """Make a task and retrieve it."""

    def make(kind, body):
        made = api("POST", f"/v1/task/{kind}", body)
        assert made.status == 200, made.text
        assert "attachmentS3Downloads" not in made.json
        return api("GET", f"/v1/task/{made.json['task_id']}")

    return make


BOX = {"geometries": {"box": {"objects_to_annotate": ["car"]}}}


def test_a_task_that_is_retrieved_has_the_original_and_the_converted_image(get):
    url = "https://example.com/a"

    answer = get("imageannotation", {"attachment": url, **BOX})

    assert links(answer) == [(url, False), (url, True)]
    assert [link["attachmentURL"] for link in answer.json["attachmentS3Downloads"]] == [url] * 2


@pytest.mark.parametrize(
    ("medium", "url", "converted"),
    [
        ("image", "https://example.com/a", True),
        ("video", "https://example.com/a.mp4", True),
        ("audio", "https://example.com/a.mp3", False),
        ("website", "https://example.com/a.png", False),
        ("pdf", "https://example.com/a.pdf", False),
    ],
)
def test_images_and_video_alone_are_converted(get, medium, url, converted):
    body = {"attachment_type": medium, "attachment": url, "categories": ["a"]}

    answer = get("categorization", body)

    assert links(answer) == [(url, False), (url, True)][: 2 if converted else 1]


def test_a_text_has_no_link_even_when_it_names_an_address(get, categorization):
    answer = get("categorization", categorization | {"attachment": "https://example.com/"})

    assert links(answer) == []


def test_each_of_several_attachments_has_its_links_in_order(get):
    body = {
        "attachments": [
            {"type": "image", "content": "https://example.com/1"},
            {"type": "text", "content": "https://example.com/2"},
            {"type": "pdf", "content": "https://example.com/3"},
        ],
        "fields": [{"type": "text", "field_id": "f", "title": "t"}],
    }

    answer = get("textcollection", body)

    assert links(answer) == [
        ("https://example.com/1", False),
        ("https://example.com/1", True),
        ("https://example.com/3", False),
    ]


@pytest.mark.parametrize("url", ["s3://my-bucket/a b/c.png", "gs://My_Bucket/c.png"])
def test_an_address_that_is_not_http_has_a_pre_signed_link(get, url):
    answer = get("imageannotation", {"attachment": url, **BOX})

    (original, _), (converted, is_converted) = links(answer)
    assert PRESIGNED.fullmatch(original)
    assert (converted, is_converted) == (original, True)


def test_an_uploaded_file_can_be_fetched_by_its_pre_signed_link(api, get):
    upload = api("POST", "/v1/files/upload", files={"file": ("a.png", b"\x89PNG\r\n\x1a\n")}).json

    (url, _), *_ = links(get("imageannotation", {"attachment": upload["attachment_url"], **BOX}))

    assert PRESIGNED.fullmatch(url)
    assert requests.get(url, timeout=10).content == b"\x89PNG\r\n\x1a\n"


def test_fetching_a_link_leaves_the_address_of_results_alone(api, get, scale):
    upload = api("POST", "/v1/files/upload", files={"file": ("a.png", b"x")}).json
    body = {"attachment": upload["attachment_url"], "allow_unlabeled": False, "labels": ["road"]}
    task = get("segmentannotation", body)
    requests.get(links(task)[0][0], timeout=10)

    scale.complete(task.json["task_id"])

    response = str(scale.tasks[0].response)
    assert "https://api.scale.com/results/" in response
    assert "amazonaws" not in response


def test_a_served_fake_gives_a_link_to_itself(scale):
    with scale.serve() as server, requests.Session() as session:
        session.auth = ("live_fake", "")
        upload = session.post(
            f"{server.url}/v1/files/upload", files={"file": ("a.png", b"x")}, timeout=10
        ).json()
        body = {"attachment": upload["attachment_url"], **BOX}
        made = session.post(f"{server.url}/v1/task/imageannotation", json=body, timeout=10).json()
        task = session.get(f"{server.url}/v1/task/{made['task_id']}", timeout=10).json()
        url = task["attachmentS3Downloads"][-1]["s3URL"]

        assert url.startswith(f"{server.url}/attachments/")
        assert requests.get(url, timeout=10).content == b"x"


def test_listings_have_links_where_they_are_asked_for(api, make_task, get):
    get("imageannotation", {"attachment": "https://example.com/a", **BOX})

    asked = api("GET", "/v1/tasks?include_attachment_url=True").json["docs"][0]

    assert len(asked["attachmentS3Downloads"]) == 2
    assert "attachmentS3Downloads" not in api("GET", "/v1/tasks").json["docs"][0]


def test_a_task_completed_by_a_poll_is_retrieved_with_its_response_and_links(api, scale, make_task):
    from scaleapi_testing import policies

    scale.turnaround(policies.after_polls(1))
    task_id = make_task(
        attachment_type="image",
        attachment="https://example.com/a",
        callback_url="https://hooks.example.com/",
    )

    task = api("GET", f"/v1/task/{task_id}").json

    assert (task["status"], task["callback_succeeded"]) == ("completed", True)
    assert len(task["attachmentS3Downloads"]) == 2
