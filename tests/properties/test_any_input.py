"""No input, however malformed, makes the fake raise or answer 5xx."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaleapi_testing import FakeScale, operations, task_types
from tests.bare_calls import bare_call

NAMES = tuple(task_types())
SETTINGS = settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    deadline=None,
)

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, -(10**400), 0, 1, 2**63])
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(["", "https://img.example.com/a.png", "data:,", "box", "true", "\ud800"])
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
KEYS = [
    "attachment",
    "attachments",
    "attachment_type",
    "geometries",
    "objects_to_annotate",
    "annotation_attributes",
    "categories",
    "taxonomies",
    "fields",
    "choices",
    "labels",
    "text",
    "project",
    "batch",
    "unique_id",
    "tags",
    "metadata",
    "params",
    "type",
    "name",
    "callback_url",
    "hypothesis",
    "base_annotations",
    "links",
    "layers",
    "accepted",
    "comments",
    "emails",
    "team_role",
    "patch",
    "priority",
    "instruction",
    "project_version",
    "padding",
    "features",
    "relationships",
    "dependents",
    "lidar_task",
    "segmentation_labels",
    "expected_response",
    "file_url",
    "box",
    "polygon",
    "choice",
    "subchoices",
]
bodies = st.recursive(
    values,
    lambda inner: st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=6), inner, max_size=6),
    max_leaves=10,
)
LISTING = [
    "start_time",
    "end_time",
    "completed_after",
    "updated_before",
    "status",
    "type",
    "project",
    "batch",
    "unique_id",
    "tags",
    "customer_review_status",
    "limit",
    "next_token",
    "offset",
    "include_attachment_url",
    "limited_response",
]
segments = st.text(max_size=10) | st.sampled_from([*NAMES, "p", "b", "%2F", "..", ""])


def paths():
    def fill(operation, names):
        parts = [
            quote(names.pop(), safe="") if part.startswith("{") and names else part
            for part in operation.path.split("/")
        ]
        return operation.method, "/".join(parts)

    filled = st.builds(
        fill, st.sampled_from(operations()), st.lists(segments, min_size=3, max_size=3)
    )
    wild = st.tuples(
        st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "BREW"]),
        st.text(max_size=30).map(lambda text: "/" + text),
    )
    return filled | wild


def answer(fake, method, path, query, headers, body):
    reply = bare_call(fake, method, path, query, headers, body)
    assert 200 <= reply.status < 500, (reply.status, reply.body)
    fake.clock.advance(timedelta(0))  # raises what the door could not pass on
    announced = 0 if method == "HEAD" else int(reply.headers["Content-Length"])
    assert len(reply.body) == announced
    return reply


@SETTINGS
@given(
    call=paths(),
    query=st.text(max_size=40),
    key=st.sampled_from(["live_k", "test_k"]),
    body=bodies,
)
def test_any_json_body_at_any_path_gets_an_answer(call, query, key, body):
    fake = FakeScale()
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}

    reply = answer(fake, *call, query, headers, json.dumps(body).encode())

    if reply.body and "json" in reply.headers["Content-Type"]:
        json.loads(reply.body)


@SETTINGS
@given(name=st.sampled_from(NAMES), body=st.dictionaries(st.sampled_from(KEYS), bodies, max_size=8))
def test_any_body_for_any_task_type_gets_an_answer(name, body):
    fake = FakeScale()
    headers = {"authorization": "Bearer test_k"}

    answer(fake, "POST", f"/v1/task/{name}", "", headers, json.dumps(body).encode())


@SETTINGS
@given(
    call=paths(),
    query=st.binary(max_size=40),
    header=st.none()
    | st.text(max_size=30)
    | st.binary(max_size=20).map(lambda b: "Basic " + b.hex()),
    content_type=st.sampled_from(
        [
            "",
            "application/json",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "multipart/form-data; boundary=x",
            "text/plain; charset=utf-16",
        ]
    ),
    body=st.binary(max_size=200)
    | st.sampled_from(
        [
            b"[" * 50_000,
            b'{"a":' * 50_000,
            b"--x\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\n\x00\r\n--x--",
            b"--x\r\nContent-Disposition: form-data; name=file\r\n\r\n",
            b"--x",
            b"\xff\xfe\x00",
        ]
    ),
)
def test_any_bytes_get_an_answer(call, query, header, content_type, body):
    fake = FakeScale()
    headers = {"content-type": content_type, "idempotency-key": "k"}
    if header is not None:
        headers["authorization"] = header

    answer(fake, *call, query.decode("latin-1"), headers, body)


@SETTINGS
@given(
    query=st.dictionaries(
        st.sampled_from(
            [
                "start_time",
                "end_time",
                "completed_after",
                "updated_before",
                "status",
                "type",
                "project",
                "batch",
                "unique_id",
                "tags",
                "customer_review_status",
                "limit",
                "next_token",
                "offset",
                "include_attachment_url",
                "limited_response",
            ]
        ),
        st.text(max_size=20)
        | st.sampled_from(
            ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-01-01", "1", "-1"]
        ),
        max_size=5,
    )
)
def test_any_query_of_a_listing_gets_an_answer(query):
    fake = FakeScale()
    text = "&".join(f"{name}={quote(value)}" for name, value in query.items())

    answer(fake, "GET", "/v1/tasks", text, {"authorization": "Bearer live_k"}, b"")
