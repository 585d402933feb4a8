"""No body, however odd, breaks a call on people, groups, batches and projects that exist."""

from __future__ import annotations

import json
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaleapi_testing import FakeScale, operations
from tests.bare_calls import bare_call

WORDS = ["cells", "fast", "b1", "b2", "night", "ann@x.io", "owner@example.com", "u", "", "nope"]
FIELDS = [
    "emails",
    "team_role",
    "projects",
    "name",
    "add_emails",
    "remove_emails",
    "groups",
    "batches",
    "project",
    "batch",
    "type",
    "rapid",
    "studio",
    "params",
    "pipeline",
    "consensus_attempts",
    "patch",
    "ontology",
    "metadata",
    "priority",
    "callback",
    "calibration_batch",
    "self_label_batch",
    "expected_response",
    "initial_response",
    "annotations",
    "unique_id",
    "file_url",
    "reference_id",
    "project_name",
    "display_name",
    "require_audit",
    "categories",
    "attachment",
]

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-2, 3)
    | st.floats(allow_nan=False)
    | st.sampled_from([*WORDS, "labeler", "categorization", "https://x.y/a.png", "\ud800"])
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*FIELDS, "choice", "subchoices"]), inner, max_size=3)
    ),
    max_leaves=6,
)
bodies = st.dictionaries(st.sampled_from(FIELDS), values, max_size=6) | values


def call(fake, method, path, body, query=""):
    headers = {"authorization": "Bearer live_k", "content-type": "application/json"}
    content = b"" if body is None else json.dumps(body).encode()
    return bare_call(fake, method, path, query, headers, content)


def filled():
    fake = FakeScale()
    kind = {"type": "categorization", "params": {"categories": ["a"], "attachment_type": "text"}}
    people = {"emails": ["ann@x.io"]}
    for path, body in (
        ("/v1/projects", kind | {"name": "cells", "studio": True}),
        ("/v1/projects", kind | {"name": "fast", "type": "textcollection", "rapid": True}),
        ("/v1/teams/invite", people | {"team_role": "labeler"}),
        ("/v1/studio/assignments/add", people | {"projects": ["cells"]}),
        ("/v1/studio/projects/cells/groups", people | {"name": "night"}),
        ("/v1/batches", {"project": "cells", "name": "b1"}),
        ("/v1/batches", {"project": "cells", "name": "b2", "calibration_batch": True}),
        ("/v1/task/categorization", {"batch": "b1", "attachment": "x", "unique_id": "u"}),
    ):
        reply = call(fake, "POST", path, body)
        assert reply.status == 200, (path, reply.body)
    return fake


def fill(operation, names):
    parts = [
        quote(names.pop(), safe="") if part.startswith("{") else part
        for part in operation.path.split("/")
    ]
    return operation.method, "/".join(parts)


calls = st.tuples(
    st.builds(
        fill,
        st.sampled_from(operations()),
        st.lists(
            st.sampled_from([*WORDS, "textcollection", "categorization"]), min_size=3, max_size=3
        ),
    ),
    st.none() | bodies,
    st.sampled_from(["", "emails=bo@x.io&team_role=member", "emails=,,&archived=x", "limit=1"]),
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(calls, min_size=1, max_size=12))
def test_any_calls_in_a_row_are_answered_and_the_lists_stay_readable(row):
    fake = filled()

    for (method, path), body, query in row:
        reply = call(fake, method, path, body, query)
        assert reply.status < 500, (method, path, body, reply.body)

    for path in ("/v1/teams", "/v1/studio/assignments", "/v1/studio/batches", "/v1/projects"):
        reply = call(fake, "GET", path, None)
        assert reply.status == 200, (path, reply.body)
        json.loads(reply.body)
