"""A program's life with Scale, recorded call by call: the matter of these tests' recordings."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import requests
import yaml

from scaleapi_testing import FakeScale

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
KEY = "live_0123456789abcdefsecret"
PARAMS = {"attachment": "Moo.", "attachment_type": "text", "categories": ["cow", "sheep"]}
SCALE = "https://api.scale.com"


class Call(NamedTuple):
    """One call and its answer."""

    method: str
    url: str
    headers: dict
    body: bytes
    status: int
    reply_headers: dict
    reply: bytes

    @property
    def json(self):
        return json.loads(self.reply)

    def answering(self, status=None, reply=None):
        """The same call, answered otherwise."""
        body = self.reply if reply is None else json.dumps(reply).encode()
        return self._replace(status=self.status if status is None else status, reply=body)


class Recorder:
    """Calls a fake in the role of Scale, and notes what was asked and answered."""

    def __init__(self, fake, key=KEY):
        self.fake = fake
        self.key = key
        self.calls = []

    def __call__(self, method, path, json=None, **kwargs):
        reply = requests.request(
            method, f"{SCALE}{path}", json=json, auth=(self.key, ""), timeout=10, **kwargs
        )
        sent = reply.request
        body = sent.body or b""
        date = self.fake.clock.now().strftime("%a, %d %b %Y %H:%M:%S GMT")
        self.calls.append(
            Call(
                sent.method,
                sent.url,
                dict(sent.headers),
                body if isinstance(body, bytes) else body.encode(),
                reply.status_code,
                {**reply.headers, "Date": date, "Set-Cookie": "session=s3cr3tcookie"},
                reply.content,
            )
        )
        self.fake.clock.advance(timedelta(seconds=3))
        return reply.json() if "json" in reply.headers["Content-Type"] else reply.text


def everyday():
    """The everyday loop, with tasks that were there before it began."""
    with FakeScale(seed=99, start_time=START) as scale:
        client = scale.client(KEY)
        client.create_project(project_name="old", task_type="categorization", params={"a": 1})
        before = [client.create_task("categorization", project="old", **PARAMS) for _ in range(2)]
        scale.complete(before[0], {"category": "sheep"})
        scale.clock.advance(days=1)
        ask = Recorder(scale)

        ask("GET", "/v1/tasks?project=old")
        ask("GET", f"/v1/task/{before[1].id}")
        ask("POST", "/v1/projects", {"name": "cows", "type": "categorization", "params": {}})
        ask("POST", "/v1/batches", {"project": "cows", "name": "w10"})
        made = [
            ask(
                "POST",
                "/v1/task/categorization",
                {
                    "project": "cows",
                    "batch": "w10",
                    "unique_id": f"belt-{number}",
                    "metadata": {"run": "7d0c2d1e-0000-4000-8000-00000000000a", "n": number},
                    "tags": ["night", "belt"],
                    **PARAMS,
                },
            )
            for number in range(3)
        ]
        ask("POST", "/v1/task/categorization", {"unique_id": "belt-1", **PARAMS})
        ask("POST", "/v1/task/categorization", {"project": "cows", "attachment_type": "text"})
        ask("GET", "/v1/task/nonsense")
        ask("GET", "/v1/batches/w10/status")
        page = ask("GET", "/v1/tasks?project=cows&limit=2")
        ask(
            "GET",
            "/v1/tasks",
            params={"project": "cows", "limit": 2, "next_token": page["next_token"]},
        )
        ask("GET", "/v1/tasks", params={"start_time": made[1]["created_at"], "project": "cows"})
        scale.complete(made[0]["task_id"], {"category": "cow", "uuid": "of a labeler"})
        scale.fail(made[1]["task_id"], "too dark")
        ask("GET", f"/v1/task/{made[0]['task_id']}")
        ask("POST", f"/v1/task/{made[0]['task_id']}/audit", {"accepted": True, "comments": "fine"})
        ask("GET", f"/v1/task/{made[1]['task_id']}")
        ask("POST", f"/v1/task/{made[2]['task_id']}/setMetadata", {"for": made[0]["task_id"]})
        ask("PUT", f"/v1/task/{made[2]['task_id']}/tags", ["late"])
        ask("POST", f"/v1/task/{made[2]['task_id']}/cancel?clear_unique_id=true")
        ask("POST", f"/v1/task/{before[1].id}/cancel")
        ask("GET", "/v1/tasks?project=cows&status=completed")
        ask("GET", "/v1/batches?project=cows")
    return ask.calls


BOXES = {"box": {"objects_to_annotate": ["a"]}}


def everything():
    """Nearly every operation of v1 once, with what people do in the dashboard in between."""
    with FakeScale(seed=99, start_time=START) as scale:
        ask = Recorder(scale)
        ask(
            "POST",
            "/v1/projects",
            {"name": "r", "type": "categorization", "rapid": True, "params": {"instruction": "x"}},
        )
        ask(
            "POST",
            "/v1/projects",
            {"name": "s", "type": "imageannotation", "studio": True, "params": {}},
        )
        ask("POST", "/v1/projects", {"name": "t", "type": "textcollection", "params": {}})
        ask("GET", "/v1/projects")
        ask("GET", "/v1/projects/r")
        ask("GET", "/v1/projects/none")
        ask("POST", "/v1/projects/r/setParams", {"patch": True, "instruction": "y"})
        ask(
            "POST",
            "/v1/projects/r/setOntology",
            {"ontology": ["a", {"choice": "b", "subchoices": ["c"]}], "name": "o"},
        )
        ask("GET", "/v1/projects/t/taskTemplates")
        scale.publish_template("t", {"prompt": {"type": "text"}})
        ask("GET", "/v1/projects/t/taskTemplates")
        ask(
            "POST",
            "/v1/batches",
            {
                "project": "r",
                "name": "rb",
                "metadata": {"a": 1},
                "callback": "https://h.example.com",
            },
        )
        ask("POST", "/v1/batches", {"project": "s", "name": "sb"})
        ask("POST", "/v1/batches", {"project": "s", "name": "sb"})
        made = ask(
            "POST",
            "/v1/task/categorization",
            {"project": "r", "batch": "rb", **PARAMS, "unique_id": "u1"},
        )
        ask("POST", "/v1/batches/rb/setMetadata", {"b": 2})
        ask("POST", "/v1/batches/rb/prioritize", {"priority": 3})
        ask("POST", "/v1/batches/rb/finalize")
        ask("POST", "/v1/batches/rb/finalize")
        ask("GET", "/v1/batches/rb")
        ask("GET", "/v1/batches?detailed=true&limit=1")
        ask("GET", "/v1/batches?status=staging")
        task_id = made["task_id"]
        ask("POST", f"/v1/task/{task_id}/unique_id", {"unique_id": "u2"})
        ask("DELETE", f"/v1/task/{task_id}/unique_id")
        ask("POST", f"/v1/task/{task_id}/tags", ["x"])
        ask("PUT", f"/v1/task/{task_id}/tags", ["y", "z"])
        ask("DELETE", f"/v1/task/{task_id}/tags", ["x"])
        scale.start_work(task_id)
        ask("GET", f"/v1/task/{task_id}")
        scale.complete(task_id)
        ask("GET", f"/v1/task/{task_id}")
        ask("POST", f"/v1/task/{task_id}/audit", {"accepted": False, "comments": "n"})
        scale.recall(task_id)
        ask("GET", f"/v1/task/{task_id}")
        scale.complete(task_id, {"category": "cow"})
        scale.fix(task_id, {"category": "sheep"}, "oops")
        ask("GET", f"/v1/task/{task_id}")
        ask("GET", "/v1/batches/rb/status")
        ask("POST", f"/v1/task/{task_id}/send-callback")
        file = ask(
            "POST",
            "/v1/files/upload",
            files={"file": ("a.png", b"GIF89a" + bytes(30))},
            data={"project_name": "s", "reference_id": "q"},
        )
        ask(
            "POST",
            "/v1/files/import",
            {"file_url": "https://i.example.com/a.jpg", "project_name": "s"},
        )
        ask(
            "POST",
            "/v1/task/imageannotation",
            {
                "project": "s",
                "batch": "sb",
                "attachment": file["attachment_url"],
                "geometries": BOXES,
            },
        )
        ask(
            "POST",
            "/v1/training_tasks/imageannotation",
            {
                "project": "r",
                "attachment": "https://i.example.com/a.jpg",
                "geometries": BOXES,
                "expected_response": {"annotations": []},
            },
        )
        ask(
            "POST",
            "/v1/training_tasks/categorization",
            {"project": "r", **PARAMS, "expected_response": {"category": "cow"}},
        )
        ask(
            "POST",
            "/v1/evaluation_tasks/categorization",
            {"project": "r", **PARAMS, "expected_response": {"category": "cow"}, "unique_id": "e"},
        )
        ask("GET", "/v1/teams")
        ask("POST", "/v1/teams/invite", {"emails": ["a@x.io"], "team_role": "labeler"})
        ask("POST", "/v1/teams/set_role", {"emails": ["a@x.io"], "team_role": "member"})
        ask("GET", "/v1/studio/assignments")
        ask("POST", "/v1/studio/assignments/add", {"emails": ["a@x.io"], "projects": ["s"]})
        ask("POST", "/v1/studio/assignments/remove", {"emails": ["a@x.io"], "projects": ["s"]})
        ask("GET", "/v1/studio/projects/s/groups")
        ask("POST", "/v1/studio/projects/s/groups", {"name": "n", "emails": ["a@x.io"]})
        ask("PUT", "/v1/studio/projects/s/groups/n", {"add_emails": ["a@x.io"]})
        ask("GET", "/v1/studio/batches")
        ask("PUT", "/v1/studio/batches/sb", {"groups": ["n"]})
        ask("POST", "/v1/studio/batches/set_priorities", {"batches": [{"name": "sb"}]})
        ask("POST", "/v1/studio/batches/reset_priorities")
        ask("GET", "/v1/tasks?limited_response=true")
        ask("GET", "/v1/tasks?limit=0")
        ask("GET", "/v1/nonsense")
        bad = Recorder(scale, "")
        bad.calls = ask.calls
        bad("GET", "/v1/tasks")
        ask("POST", "/v1/projects", {"name": "g", "type": "chat", "params": {}})
        ask("GET", "/v2/batches?project_name=r")
        ask("GET", "/v2/tasks?project_name=r")
    return ask.calls


def studio():
    """People at work in Studio: a team, assignments, groups, the order of batches."""
    with FakeScale(seed=99, start_time=START) as scale:
        ask = Recorder(scale)
        for name in ("s", "s2"):
            project = {"name": name, "type": "imageannotation", "studio": True, "params": {}}
            ask("POST", "/v1/projects", project)
        ask("POST", "/v1/batches", {"project": "s", "name": "sb"})
        ask("POST", "/v1/batches", {"project": "s", "name": "sc", "calibration_batch": True})
        people = ["a@x.io", "b@x.io", "c@x.io"]
        ask("POST", "/v1/teams/invite", {"emails": people, "team_role": "labeler"})
        assigned = {"emails": people[:2], "projects": ["s", "s2"]}
        ask("POST", "/v1/studio/assignments/add", assigned)
        groups = "/v1/studio/projects/s/groups"
        ask("POST", groups, {"name": "n", "emails": ["a@x.io"]})
        ask("POST", groups, {"name": "m", "emails": ["a@x.io", "b@x.io"]})
        ask("PUT", "/v1/studio/batches/sb", {"groups": ["n", "b@x.io"]})
        order = {"batches": [{"name": "sb"}, {"name": "sc"}]}
        ask("POST", "/v1/studio/batches/set_priorities", order)
        picture = {"attachment": "https://i.example.com/a.jpg", "geometries": BOXES}
        ask("POST", "/v1/task/imageannotation", {"project": "s", "batch": "sb", **picture})
        ask("GET", "/v1/teams")
        ask("GET", "/v1/studio/assignments")
        ask("GET", groups)
        ask("GET", "/v1/studio/batches")
        ask("PUT", f"{groups}/n", {"add_emails": ["b@x.io"], "remove_emails": ["a@x.io"]})
        ask("PUT", f"{groups}/gone", {"add_emails": ["b@x.io"]})
        ask("POST", groups, {"name": "m", "emails": ["a@x.io"]})
        ask("POST", groups, {"name": "o", "emails": ["a@x.io"]})
        ask("PUT", "/v1/studio/batches/sb", {"groups": ["m"]})
        order["batches"].reverse()
        ask("POST", "/v1/studio/batches/set_priorities", order)
        ask("POST", "/v1/studio/batches/reset_priorities")
        ask("POST", "/v1/studio/assignments/remove", {"emails": ["a@x.io"], "projects": ["s"]})
        ask("GET", "/v1/studio/assignments")
        ask("GET", groups)
        ask("POST", "/v1/studio/assignments/add", {"emails": ["c@x.io"], "projects": ["s"]})
    return ask.calls


# -- the formats --------------------------------------------------------------------------------


def as_vcrpy(calls):
    """A cassette as vcrpy writes it."""
    interactions = [
        {
            "request": {
                "method": call.method,
                "uri": call.url,
                "body": call.body.decode() or None,
                "headers": {name: [value] for name, value in call.headers.items()},
            },
            "response": {
                "status": {"code": call.status, "message": "OK"},
                "headers": {name: [value] for name, value in call.reply_headers.items()},
                "body": {"string": call.reply.decode()},
            },
        }
        for call in calls
    ]
    return {"version": 1, "interactions": interactions}


def as_ruby_vcr(calls):
    """A cassette as Ruby's VCR writes it."""
    return {
        "http_interactions": [
            {
                "request": {
                    "method": call.method.lower(),
                    "uri": call.url,
                    "body": {"encoding": "UTF-8", "string": call.body.decode()},
                    "headers": {name: [value] for name, value in call.headers.items()},
                },
                "response": {
                    "status": {"code": call.status, "message": "OK"},
                    "headers": {name: [value] for name, value in call.reply_headers.items()},
                    "body": {"encoding": "ASCII-8BIT", "string": call.reply},
                    "http_version": None,
                },
                "recorded_at": call.reply_headers["Date"],
            }
            for call in calls
        ],
        "recorded_with": "VCR 6.2.0",
    }


def as_har(calls):
    """A HAR file as a browser or a proxy writes it."""
    entries = [
        {
            "startedDateTime": "2026-03-03T12:00:00.000Z",
            "time": 12,
            "request": {
                "method": call.method,
                "url": call.url,
                "httpVersion": "HTTP/1.1",
                "headers": [{"name": k, "value": v} for k, v in call.headers.items()],
                "queryString": [],
                "bodySize": len(call.body),
                **(
                    {"postData": {"mimeType": "application/json", "text": call.body.decode()}}
                    if call.body
                    else {}
                ),
            },
            "response": {
                "status": call.status,
                "statusText": "OK",
                "headers": [{"name": k, "value": v} for k, v in call.reply_headers.items()],
                "content": {
                    "size": len(call.reply),
                    "mimeType": "application/json",
                    "text": base64.b64encode(call.reply).decode(),
                    "encoding": "base64",
                },
            },
        }
        for call in calls
    ]
    return {"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": entries}}


def as_recorder(calls):
    """A file as the recorder of responses writes it, which keeps replies alone."""
    return {
        "responses": [
            {
                "response": {
                    "auto_calculate_content_length": False,
                    "body": call.reply.decode(),
                    "content_type": call.reply_headers["Content-Type"],
                    "method": call.method,
                    "status": call.status,
                    "url": call.url,
                }
            }
            for call in calls
        ]
    }


FORMATS = {
    "vcrpy.yaml": lambda calls: yaml.safe_dump(as_vcrpy(calls)),
    "vcrpy.json": lambda calls: json.dumps(as_vcrpy(calls)),
    "ruby.yml": lambda calls: yaml.safe_dump(as_ruby_vcr(calls)),
    "browser.har": lambda calls: json.dumps(as_har(calls)),
    "recorder.yaml": lambda calls: yaml.safe_dump(as_recorder(calls)),
}


def of_v2():
    """Conversations through v2, in projects, batches and with tasks that were there before."""
    with FakeScale(seed=99, start_time=START) as scale:
        scale.add_projects([("Kitchen", "chat"), ("Garden", "chat")])
        client = scale.client(KEY)
        there = client.v2
        for name in ("wave-1", "wave-2", "wave-3"):
            there.create_batch({"project_name": "Kitchen", "name": name})
            scale.clock.advance(seconds=1)
        before = [
            there.create_chat_task({"project_name": "Kitchen", "batch_name": batch})
            for batch in ("wave-1", "wave-1", "wave-2", "wave-2", "wave-3")
        ]
        ids = [task.task_id for task in before]
        scale.complete(ids[0])
        scale.fail(ids[1], "too dark")
        scale.delete(ids[2])
        scale.clock.advance(days=1)
        ask = Recorder(scale)
        ask("GET", "/v2/tasks?project_name=Kitchen&limit=2")
        page = ask("GET", "/v2/tasks?project_name=Kitchen&limit=3&expand=batch")
        token = page["next_token"]
        kitchen = page["tasks"][0]["project"]
        ask(
            "GET",
            "/v2/tasks",
            params={"project_name": "Kitchen", "limit": 3, "next_token": token},
        )
        ask("GET", f"/v2/task?task_id={ids[0]}")
        whole = ask("GET", f"/v2/task?task_id={ids[0]}&opts=annotation_details&opts=submissions")
        annotation = whole["threads"][0]["annotations"][0]["id"]
        ask("GET", f"/v2/annotation?annotation_id={annotation}")
        ask("GET", f"/v2/project?project_id={kitchen}")
        ask("GET", "/v2/projects")
        ask("GET", "/v2/batches?project_name=Kitchen&limit=2")
        first = ask("GET", "/v2/batch?batch_name=wave-1&expand=project")
        ask("POST", "/v2/batch/metadata", {"batch_id": first["id"], "metadata": {"a": 1}})
        ask("POST", "/v2/task/metadata", {"task_id": ids[3], "metadata": {"b": {"c": 2}}})
        merged = {"task_id": ids[3], "metadata": {"b": {"d": 3}}, "merge": True}
        ask("POST", "/v2/task/metadata", merged)
        ask("POST", "/v2/batch/pause", {"batch_name": "wave-3"})
        ask("POST", "/v2/batch/resume", {"batch_name": "wave-3"})
        ask("POST", "/v2/batch/cancel", {"batch_name": "wave-3"})
        ask("GET", f"/v2/task?task_id={ids[4]}")
        made = ask(
            "POST",
            "/v2/task/chat",
            {"project_id": kitchen, "batch_name": "wave-2", "metadata": {"n": 1}},
        )
        scale.complete(made["task_id"])
        scale.complete(ids[3])
        ask("GET", f"/v2/task?task_id={made['task_id']}&expand=batch&expand=project")
        ask("GET", f"/v2/task?task_id={ids[3]}&opts=model_parameters")
        new = ask("POST", "/v2/batch", {"project": kitchen, "name": "w9", "staging_batch": True})
        ask("POST", "/v2/batch/finalize", {"batch_id": new["id"]})
        ask("GET", "/v2/tasks?batch_name=wave-2&status=completed")
        ask("GET", "/v2/batch?batch_name=none")
        ask("POST", "/v2/task/chat", {"project_name": "Garden"})
    return ask.calls


def written(calls, path):
    """The calls in the format that the file's name asks for."""
    path.write_text(FORMATS[path.name](calls))
    return path
