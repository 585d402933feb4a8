"""No JSON whatsoever makes a text type raise: a check tells, or the task can be answered."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .strategies import VALID, broken, json_values

TYPES = pytest.mark.parametrize("name", list(VALID))
MANY = settings(max_examples=50, suppress_health_check=list(HealthCheck))


def told(job: Any, name: str, params: dict[str, Any]) -> list[Any]:
    kind = job.type(name)
    if kind.unread is not None:
        assert all(isinstance(path, str) for path in kind.unread(params))
    return job.violations(name, params)


@TYPES
@MANY
@given(data=st.data())
def test_arbitrary_json_is_checked_without_raising(job, name, data):
    keys = st.sampled_from([*sorted(job.type(name).keys), "other"])
    params = data.draw(st.dictionaries(keys, json_values, max_size=6))

    found = told(job, name, params)

    assert all(violation.message and violation.status == 400 for violation in found)


def refused_or_answered(job: Any, name: str, params: dict[str, Any]) -> str:
    """What comes back, as the wire would carry it."""
    messages = [violation.message for violation in told(job, name, params)]
    answer = messages or job.respond(name, params)
    return json.dumps(answer, allow_nan=False)


@TYPES
@MANY
@given(data=st.data())
def test_an_instruction_with_one_wrong_value_is_refused_or_answered(job, name, data):
    params = data.draw(broken(VALID[name]))

    assert refused_or_answered(job, name, params) not in ("[]", "null")


def deep(depth: int, wrap: Any, core: Any) -> Any:
    for _ in range(depth):
        core = wrap(core)
    return core


DEEP = [
    ("textcollection", "fields", lambda x: [{"type": "field_set", "field_id": "a", "fields": x}]),
    ("textcollection", "fields", lambda x: [x]),
    ("textcollection", "attachments", lambda x: {"content": x}),
    ("namedentityrecognition", "labels", lambda x: [{"name": "a", "children": x}]),
    ("documenttranscription", "features", lambda x: [{"type": "group", "features": x}]),
    ("categorization", "taxonomies", lambda x: {"type": "category", "choices": [x]}),
    ("chat", "messages", lambda x: [{"role": x}]),
    ("comparison", "attachments", lambda x: [x]),
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "key", "wrap"), DEEP)
def test_deeply_nested_json_is_checked_without_raising(job, name, key, wrap):
    assert told(job, name, {key: deep(3000, wrap, [])})


def test_deeply_nested_choices_are_checked_and_answered(job):
    def wrap(inner: list[Any]) -> list[Any]:
        return [{"label": "m", "value": "m", "subchoices": inner}]

    choices = deep(1000, wrap, [{"label": "x", "value": "x"}])
    field = {"type": "category", "field_id": "f", "title": "F", "choices": choices}
    params = {"attachments": [{"type": "text", "content": "x"}], "fields": [field]}

    assert job.errors("textcollection", params) == []
    assert job.respond("textcollection", params) == {"annotations": {"f": ["x"]}}


def test_conditions_in_a_long_chain_are_answered(job):
    fields = [
        {
            "type": "boolean",
            "field_id": f"f{number}",
            "title": "F",
            "conditions": [{f"f{number + 1}": {"value": [True, False]}}],
        }
        for number in range(500)
    ]
    fields.append({"type": "boolean", "field_id": "f500", "title": "F"})
    params = {"attachments": [{"type": "text", "content": "x"}], "fields": fields}

    assert job.errors("textcollection", params) == []
    assert len(job.respond("textcollection", params)["annotations"]) == 501


def test_conditions_in_a_circle_are_answered(job):
    fields = [
        {
            "type": "boolean",
            "field_id": f"f{number}",
            "title": "F",
            "conditions": [{"not": {f"f{(number + 1) % 300}": {"value": [True]}}}],
        }
        for number in range(300)
    ]
    params = {"attachments": [{"type": "text", "content": "x"}], "fields": fields}

    assert job.errors("textcollection", params) == []
    assert job.respond("textcollection", params)["annotations"]


def test_a_thousand_pairs_of_labels_are_linked_in_time(job):
    features = [
        {"type": "text", "label": f"{number:05d}_{half}", "flags": [half]}
        for number in range(1000)
        for half in ("key", "value")
    ]
    params = {"attachment": "https://x/a.png", "features": features}

    found = job.respond("documenttranscription", params)["annotations"]

    by_uuid = {item["uuid"]: item["label"] for item in found}
    heads = [item for item in found if item["label"].endswith("key")]
    assert [by_uuid[item["refs"][0]] for item in heads] == [
        item["label"].replace("key", "value") for item in heads
    ]
