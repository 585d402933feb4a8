"""The same seed and the same calls give the same bytes, whatever the process's hash seed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import pytest

STORY = """
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from scaleapi_testing import FakeScale, task_types
import json

scale = FakeScale(
    seed={seed}, start_time=datetime(2026, 3, 2, tzinfo=UTC), turnaround=lambda task, random:
    timedelta(seconds=random.randint(1, 9999)),
)
client = scale.client()
client.create_project(project_name="p", task_type="imageannotation")
client.create_batch(project="p", batch_name="b")
attributes = {{"kind": {{"type": "category", "choices": ["x", "y", "z"]}},
              "note": {{"type": "text", "description": "d"}}}}
for n in range(5):
    client.create_task("imageannotation", project="p", batch="b", unique_id=str(n),
        attachment="https://img.example.com/a.png", callback_url="https://h.example.com/cb",
        annotation_attributes=attributes, tags=["b", "a"],
        geometries={{"box": {{"objects_to_annotate": ["cow", "calf"]}},
                     "polygon": {{"objects_to_annotate": ["c"]}}}})
    client.create_task("categorization", attachment="t", attachment_type="text",
        categories=["a", "b", "c"])
    client.create_task("textcollection", attachments=[{{"type": "text", "content": "t"}}],
        fields=[{{"type": "text", "field_id": "f", "title": "F", "required": True}}])
    client.create_task("namedentityrecognition", text="Ana Sosa moved to Quito in May.",
        labels=[{{"name": "person"}}, {{"name": "city"}}])
test = scale.client("test_k")
test.create_task("categorization", attachment="t", attachment_type="text", categories=["a", "b"])
scale.faults.add(status=503, times=2)
scale.callbacks.fail_next(times=3)
client.get_tasks_count(project_name="p")
scale.clock.run_until_idle()
digest = sha256()
for request in scale.requests:
    digest.update(repr((request.method, request.path, request.raw_query, request.body,
        request.status, request.response_body, request.at_ms)).encode())
    digest.update(repr(sorted((k, v) for k, v in request.headers.items()
        if k.lower() not in ("user-agent",))).encode())
for task in scale.tasks:
    digest.update(json.dumps(task.as_dict()).encode())
for delivery in scale.callbacks:
    digest.update(delivery.body + repr(delivery.attempts).encode())
print(digest.hexdigest())
"""


def run(seed: int, hash_seed: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", STORY.format(seed=seed)],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.strip()) == hashlib.sha256().digest_size * 2
    return done.stdout.strip()


@pytest.fixture(scope="module")
def first():
    return run(7, "0")


@pytest.mark.slow
@pytest.mark.parametrize("hash_seed", ["1", "4242", "random"])
def test_another_hash_seed_changes_nothing(first, hash_seed):
    assert run(7, hash_seed) == first


@pytest.mark.slow
def test_another_seed_changes_the_bytes(first):
    assert run(8, "0") != first
