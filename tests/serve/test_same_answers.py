"""Every door answers what the door in process answers, byte for byte."""

from __future__ import annotations

TASK = {
    "instruction": "Is it a cow?",
    "attachment": "https://images.test/cow.jpg",
    "attachment_type": "image",
    "categories": ["cow", "no cow"],
    "unique_id": "café 1",
}


FORM = {"Content-Type": "multipart/form-data; boundary=edge"}


def story(call):
    """Calls with answers of every kind, and what came back."""
    created = call("POST", "/v1/task/categorization", json=TASK)
    return [
        created,
        call("POST", "/v1/task/categorization", json=TASK),
        call("POST", "/v1/task/categorization", json={"instruction": "too little"}),
        call("POST", "/v1/task/nonsense", json={}),
        call("GET", "/v1/tasks?limit=1&unique_id=caf%C3%A9%201"),
        call("GET", "/v1/tasks?status=nonsense"),
        call("POST", "/v1/projects", json={"name": "a/b cows", "type": "categorization"}),
        call("GET", "/v1/projects/a%2Fb%20cows"),
        call("GET", "/v1/projects/a%20b"),
        call("GET", "/nowhere//else"),
        call("DELETE", "/v1/tasks"),
        call("HEAD", "/v1/tasks"),
    ]


def told(answers):
    """Status, body and headers, without what a server adds on its own account."""
    return [
        (status, body, {name.lower(): value for name, value in headers.items()})
        for status, body, headers in answers
    ]


def test_status_body_and_headers_are_those_of_the_door_in_process(door, plain_door, make_scale):
    with plain_door(make_scale()) as call:
        expected = told(story(call))

    with door(make_scale()) as call:
        answers = told(story(call))

    assert answers == expected
    assert [status for status, _, _ in answers[:2]] == [200, 409]


def test_an_upload_is_the_same_through_every_door(door, make_scale):
    form = (
        b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
        b"Content-Type: text/plain\r\n\r\nhello\r\n--edge--\r\n"
    )
    scale = make_scale()

    with door(scale) as call:
        status, _, _ = call("POST", "/v1/files/upload", body=form, headers=FORM)

    assert status == 200
    assert len(scale.files) == 1
