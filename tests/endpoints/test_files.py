"""Files: uploads of any bytes, imports, reference ids, limits, and where their addresses lead."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import BytesIO

import pytest
import requests
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from scaleapi_testing import FakeScale

pytestmark = pytest.mark.scale(
    start_time=datetime(2026, 3, 2, 9, tzinfo=UTC),
    projects=[("cats", "categorization"), ("dogs", "categorization")],
)

UPLOAD = "/v1/files/upload"
IMPORT = "/v1/files/import"


def picture(kind="PNG"):
    content = BytesIO()
    Image.new("RGB", (7, 5)).save(content, kind)
    return content.getvalue()


@pytest.fixture
def upload(api):
    def send(content=b"hello", name="note.txt", **parts):
        return api("POST", UPLOAD, files={"file": (name, content)}, data=parts)

    return send


def raw(api, body, content_type="multipart/form-data; boundary=x"):
    return api("POST", UPLOAD, data=body, headers={"Content-Type": content_type})


def part(disposition, content, *headers):
    head = [f"Content-Disposition: form-data; {disposition}", *headers]
    return b"--x\r\n" + "\r\n".join(head).encode() + b"\r\n\r\n" + content + b"\r\n"


END = b"--x--\r\n"
FILE = part('name="file"; filename="a.bin"', b"\x00\x01")


# -- uploading --------------------------------------------------------------------------------


def test_an_upload_is_answered_in_full(scale, upload):
    file = upload(
        picture(),
        "belt.png",
        project_name="cats",
        display_name="Belt 17",
        reference_id="belt17",
        metadata='{"id": "belt17", "n": [1, 2.5]}',
    ).json

    file_id = file.pop("id")
    owner = scale.account("live_fake").customer_id
    assert file == {
        "attachment_url": f"scaledata://{owner}/{file_id}",
        "mime_type": "image/png",
        "size": len(picture()),
        "project_names": ["cats"],
        "created_at": "2026-03-02T09:00:00.000Z",
        "updated_at": "2026-03-02T09:00:00.000Z",
        "display_name": "Belt 17",
        "reference_id": "belt17",
        "metadata": {"id": "belt17", "n": [1, 2.5]},
    }
    assert scale.files[file_id].content == picture()


def test_a_file_alone_has_no_optional_keys(upload):
    assert set(upload().json) == {
        "id",
        "attachment_url",
        "mime_type",
        "size",
        "project_names",
        "created_at",
        "updated_at",
    }


def test_empty_parts_are_not_given(upload):
    file = upload(project_name="", reference_id="", metadata="").json

    assert file["project_names"] == []
    assert "reference_id" not in file
    assert "metadata" not in file


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        (picture("PNG"), "a.png", "image/png"),
        (picture("PNG"), "wrong.jpg", "image/png"),
        (picture("JPEG"), "unnamed", "image/jpeg"),
        (picture("WEBP"), "", "image/webp"),
        (b"%PDF-1.4\n", "x", "application/pdf"),
        (b'{"a": 1}', "a.json", "application/json"),
        (b"a,b\n1,2\n", "table.csv", "text/csv"),
        (b"hello", "note.txt", "text/plain"),
        (b"hello", "song.flac", "audio/flac"),
        (b"hello", "", "application/octet-stream"),
        (b"hello", "http://[::1", "application/octet-stream"),
        (b"", "empty.png", "image/png"),
        (b"", "a.json.gz", "application/gzip"),
    ],
)
def test_the_type_is_read_from_the_content_else_from_the_name(api, content, name, expected):
    body = part(f'name="file"; filename="{name}"', content) + END

    answer = raw(api, body)

    assert (answer.status, answer.json["mime_type"]) == (200, expected)
    assert answer.json["size"] == len(content)


def test_a_part_without_a_file_name_is_a_file_byte_for_byte(scale, api):
    content = bytes(range(256))

    file = raw(api, part('name="file"', content) + END).json

    assert scale.files[file["id"]].content == content


def test_of_repeated_parts_the_last_counts(scale, api):
    body = FILE + part('name="file"; filename="b.txt"', b"second") + END

    assert scale.files[raw(api, body).json["id"]].content == b"second"


def test_a_quoted_name_may_hold_any_characters(api):
    body = FILE + part('name="display_name"', "Käse ☂".encode()) + END

    assert raw(api, body).json["display_name"] == "Käse ☂"


def test_text_that_is_not_utf_8_is_read_as_far_as_it_can_be(api):
    body = FILE + part('name="display_name"', b"\xff\xfe ok") + END

    assert raw(api, body).json["display_name"] == "\ufffd\ufffd ok"


@pytest.mark.parametrize("boundary", ["", "; boundary=", "; boundary=y"])
def test_a_damaged_body_writes_into_no_log(api, caplog, boundary):
    assert raw(api, FILE + END, f"multipart/form-data{boundary}").status == 400

    assert caplog.records == []


@pytest.mark.parametrize(
    ("body", "content_type", "error"),
    [
        (b"", "multipart/form-data; boundary=x", "Please include a file parameter."),
        (END, "multipart/form-data; boundary=x", "Please include a file parameter."),
        (
            part('name="other"; filename="a"', b"x") + END,
            "multipart/form-data; boundary=x",
            "Please include a file parameter.",
        ),
        (FILE + END, "application/json", "Please include a file parameter."),
        (b"\x00\x01", "application/octet-stream", "Please include a file parameter."),
        (FILE + END, "multipart/form-data", "Invalid multipart body."),
        (FILE + END, "multipart/form-data; boundary=y", "Invalid multipart body."),
        (b"not multipart", "multipart/form-data; boundary=x", "Invalid multipart body."),
        (
            b"--x\r\nno colon\r\n\r\nx\r\n--x--",
            "multipart/form-data; boundary=x",
            "Invalid multipart body.",
        ),
        (
            b"--x\r\nContent-Type: text/plain\r\n\r\nx\r\n--x--",
            "multipart/form-data; boundary=x",
            "Invalid multipart body.",
        ),
    ],
)
def test_a_body_without_a_file_is_refused(scale, api, body, content_type, error):
    answer = raw(api, body, content_type)

    assert (answer.status, answer.error) == (400, error)
    assert len(scale.files) == 0


@pytest.mark.parametrize(
    ("parts", "error"),
    [
        ({"project_name": "cat"}, "Project cat does not exist."),
        ({"metadata": "{"}, "Invalid metadata - expected object."),
        ({"metadata": "[1]"}, "Invalid metadata - expected object."),
        ({"metadata": "[" * 9_000}, "Invalid metadata - expected object."),
        (
            {"metadata": json.dumps({"k": "v" * 10_240})},
            "Invalid metadata - must not exceed 10 KB.",
        ),
    ],
)
def test_wrong_parts_are_refused(scale, upload, parts, error):
    answer = upload(**parts)

    assert (answer.status, answer.error) == (400, error)
    assert len(scale.files) == 0


@pytest.mark.slow
def test_a_file_may_have_80_mb_and_not_a_byte_more(scale, api):
    limit = 80 * 1024 * 1024
    head, tail = part('name="file"; filename="big"', b"")[:-2], b"\r\n" + END

    fits = raw(api, head + bytes(limit) + tail)
    large = raw(api, head + bytes(limit + 1) + tail)

    assert (fits.status, fits.json["size"]) == (200, limit)
    assert (large.status, large.error) == (400, "File size exceeds the limit of 80 MB.")


def test_a_part_that_nothing_reads_is_noted(scale, upload):
    upload(project="cats")

    assert scale.requests.last.unread == ["project (nearest: project_name)"]


ANY_PART = st.one_of(
    st.binary(max_size=60),
    st.builds(
        lambda name, headers, content: part(name, content, *headers),
        st.sampled_from(
            [
                'name="file"',
                'name="file"; filename="a"',
                "name=metadata",
                "filename=a",
                "name*=x''y",
            ]
        ),
        st.lists(
            st.sampled_from(
                [
                    "Content-Transfer-Encoding: base64",
                    "Content-Transfer-Encoding: quoted-printable",
                    "Content-Transfer-Encoding: rot13",
                    "Content-Type: \x00",
                    "",
                ]
            ),
            max_size=2,
        ),
        st.binary(max_size=30),
    ),
    st.sampled_from([END, b"--x--", b"--x", b"\r\n", b"--x\r\n\r\n"]),
)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    parts=st.lists(ANY_PART, max_size=5),
    content_type=st.sampled_from(
        [
            "multipart/form-data; boundary=x",
            'multipart/form-data; boundary="x"',
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary*=utf-9''x",
            "multipart/form-data; boundary=\u20ac",
            "multipart/form-datax; boundary=x",
            "MULTIPART/FORM-DATA; boundary=x",
        ]
    ),
)
@example(
    parts=[part('name="file"; filename="a"', b"@@@@", "Content-Transfer-Encoding: base64"), END],
    content_type="multipart/form-data; boundary=x",
)
def test_any_multipart_body_gets_an_answer(parts, content_type):
    headers = {"Authorization": "Bearer live_k", "Content-Type": content_type.encode()}
    body = b"".join(parts)

    with FakeScale():
        reply = requests.post(f"https://api.scale.com{UPLOAD}", data=body, headers=headers)

    assert reply.status_code in {200, 400}
    assert reply.json()


# -- reference ids ----------------------------------------------------------------------------


def test_a_reference_id_is_used_once(scale, upload):
    first = upload(reference_id="r").json

    answer = upload(b"other", reference_id="r")

    assert (answer.status, answer.error) == (409, 'A file with reference_id "r" already exists.')
    assert [file.id for file in scale.files] == [first["id"]]


def test_a_reference_id_with_another_project_links_the_same_file_there(scale, upload):
    first = upload(b"first", reference_id="r", project_name="cats").json
    scale.clock.advance(hours=1)

    linked = upload(b"second", reference_id="r", project_name="dogs").json
    again = upload(reference_id="r", project_name="dogs")

    assert linked == first | {
        "project_names": ["cats", "dogs"],
        "updated_at": "2026-03-02T10:00:00.000Z",
    }
    assert scale.files[first["id"]].content == b"first"
    assert again.status == 409


def test_a_reference_id_of_an_upload_is_taken_for_imports_too(api, upload):
    upload(reference_id="r")

    body = {"file_url": "https://img.example.com/a.jpg", "reference_id": "r"}

    assert api("POST", IMPORT, body).status == 409


def test_another_key_may_use_the_same_reference_id(api, upload):
    upload(reference_id="r")

    answer = api.under("test_k")(
        "POST", UPLOAD, files={"file": ("a", b"x")}, data={"reference_id": "r"}
    )

    assert answer.status == 200


# -- importing --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://img.example.com/a.jpg", "image/jpeg"),
        ("https://img.example.com/a.jpg?size=large.png#top.gif", "image/jpeg"),
        ("s3://bucket/clip.mkv", "video/x-matroska"),
        ("https://img.example.com/cloud.xyz.bz2", "application/x-bzip2"),
        ("https://img.example.com/", "application/octet-stream"),
        ("http://[::1/a.jpg", "image/jpeg"),
    ],
)
def test_an_import_is_typed_by_its_address_and_fetches_nothing(api, url, expected):
    answer = api("POST", IMPORT, {"file_url": url, "project_name": "cats"})

    assert answer.status == 200
    assert answer.json["mime_type"] == expected
    assert (answer.json["size"], answer.json["project_names"]) == (0, ["cats"])


def test_metadata_of_an_import_may_be_an_object_or_its_json(api):
    body = {"file_url": "https://img.example.com/a.jpg"}

    as_object = api("POST", IMPORT, body | {"metadata": {"a": 1}}).json
    as_text = api("POST", IMPORT, body | {"metadata": '{"a": 1}'}).json

    assert as_object["metadata"] == as_text["metadata"] == {"a": 1}


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "Please include a file_url parameter."),
        ({"file_url": ""}, "Please include a file_url parameter."),
        ({"file_url": 3}, "Invalid file_url - expected a URL."),
        ({"file_url": "a.jpg"}, "Invalid file_url - expected a URL."),
        ({"file_url": "https://"}, "Invalid file_url - expected a URL."),
        ({"file_url": "https://x.y/a", "project_name": "cat"}, "Project cat does not exist."),
        (
            {"file_url": "https://x.y/a", "display_name": 3},
            "Invalid display_name - expected string.",
        ),
        ({"file_url": "https://x.y/a", "metadata": 3}, "Invalid metadata - expected object."),
    ],
)
def test_a_wrong_import_is_refused(scale, api, body, error):
    answer = api("POST", IMPORT, body)

    assert (answer.status, answer.error) == (400, error)
    assert len(scale.files) == 0


# -- what an address is good for --------------------------------------------------------------


def test_an_uploaded_picture_is_measured_and_its_boxes_lie_inside(scale, api, upload):
    url = upload(picture()).json["attachment_url"]
    body = {"attachment": url, "geometries": {"box": {"objects_to_annotate": ["car"]}}}
    task = api("POST", "/v1/task/imageannotation", body).json

    scale.complete(task["task_id"])

    boxes = api("GET", f"/v1/task/{task['task_id']}").json["response"]["annotations"]
    assert boxes
    assert all(box["left"] + box["width"] <= 7 for box in boxes)
    assert all(box["top"] + box["height"] <= 5 for box in boxes)


def test_an_address_that_no_file_has_is_accepted_and_ends_in_an_error(api):
    body = {
        "attachment": "scaledata://nobody/nothing",
        "geometries": {"box": {"objects_to_annotate": ["car"]}},
        "callback_url": "https://hooks.example.com/",
    }

    made = api("POST", "/v1/task/imageannotation", body)

    task = api("GET", f"/v1/task/{made.json['task_id']}").json
    assert (made.status, task["status"]) == (200, "error")
    assert task["response"] == {
        "error": "One or more attachments could not be downloaded.",
        "attachments": [{"statusCode": 404, "url": "scaledata://nobody/nothing"}],
    }


def test_another_keys_file_cannot_be_used(api, upload):
    url = upload(picture()).json["attachment_url"]
    body = {"attachment": url, "geometries": {"box": {"objects_to_annotate": ["car"]}}}

    other = api.under("live_other")
    task_id = other("POST", "/v1/task/imageannotation", body).json["task_id"]
    assert other("GET", f"/v1/task/{task_id}").json["status"] == "error"


def test_the_content_can_be_fetched_by_the_link_in_a_listing(api, upload):
    url = upload(picture()).json["attachment_url"]
    body = {"attachment": url, "geometries": {"box": {"objects_to_annotate": ["car"]}}}
    api("POST", "/v1/task/imageannotation", body)

    task = api("GET", "/v1/tasks?include_attachment_url=true").json["docs"][0]
    fetched = requests.get(task["attachmentS3Downloads"][0]["s3URL"], timeout=10)

    assert (fetched.content, fetched.headers["Content-Type"]) == (picture(), "image/png")


# -- assets -----------------------------------------------------------------------------------


@pytest.fixture
def assets(upload):
    """Three files of cats, the second also of dogs."""
    for number in (1, 2, 3):
        parts = {
            "metadata": json.dumps({"n": number, "odd": number % 2 == 1}),
            "project_name": "cats",
        }
        assert upload(reference_id=f"r{number}", **parts).status == 200
    assert upload(reference_id="r2", project_name="dogs").status == 200


def references(answer):
    assert answer.status == 200, answer.text
    return [file["reference_id"] for file in answer.json["assets"]]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"project": "cats"}, ["r3", "r2", "r1"]),
        ({"project": "dogs"}, ["r2"]),
        ({"project": "birds"}, []),
        ({"project": "cats", "metadata": '{"odd": true}'}, ["r3", "r1"]),
        ({"project": "cats", "metadata": '{"odd": true, "n": 1}'}, ["r1"]),
        ({"project": "cats", "metadata": '{"other": null}'}, []),
    ],
)
def test_the_files_of_a_project_are_listed_newest_first(api, assets, params, expected):
    answer = api("GET", "/v1/assets", params=params)

    assert references(answer) == expected
    assert answer.json["next_cursor"] is None


def test_a_cursor_continues_after_a_hundred(api):
    for number in range(101):
        body = {"file_url": f"https://x.y/{number}", "project_name": "cats"}
        api("POST", IMPORT, body | {"reference_id": f"r{number}"})

    first = api("GET", "/v1/assets?project=cats")
    second = api(
        "GET", "/v1/assets", params={"project": "cats", "cursor": first.json["next_cursor"]}
    )

    assert (len(references(first)), references(first)[0]) == (100, "r100")
    assert references(second) == ["r0"]
    assert second.json["next_cursor"] is None


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("", "Please include a project parameter."),
        ("?project=cats&metadata=x", "Invalid metadata - expected object."),
        ("?project=cats&metadata=[1]", "Invalid metadata - expected object."),
        ("?project=cats&cursor=zz", "Invalid cursor."),
    ],
)
def test_a_wrong_question_for_assets_is_refused(api, query, error):
    answer = api("GET", f"/v1/assets{query}")

    assert (answer.status, answer.error) == (400, error)


# -- the client -------------------------------------------------------------------------------


def test_the_client_uploads_imports_and_lists(scale_client, tmp_path):
    path = tmp_path / "belt.png"
    path.write_bytes(picture())

    uploaded = scale_client.upload_file(path, project_name="cats", metadata={"a": 1})
    imported = scale_client.import_file("https://img.example.com/a.jpg", project_name="cats")

    assert (uploaded.mime_type, imported.mime_type) == ("image/png", "image/jpeg")
    assert list(scale_client.assets("cats")) == [imported, uploaded]
    assert list(scale_client.assets("cats", metadata={"a": 1})) == [uploaded]
