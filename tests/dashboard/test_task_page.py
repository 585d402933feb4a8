"""The page of a task shows all of it, and what it offers to copy runs."""

from __future__ import annotations

import json
import shlex
import subprocess

import pytest
import requests

BOXES = {"geometries": {"box": {"objects_to_annotate": ["cow"]}}}
BOX = {"uuid": "a", "label": "cow", "type": "box", "left": 1, "top": 2, "width": 3, "height": 4}
URL = "https://img.example.com/cow.png"


@pytest.fixture
def server(scale):
    with scale.serve() as running:
        yield running


@pytest.fixture
def page_of(server, read):
    """The page of a task, read."""

    def load(task, query=""):
        answer = requests.get(f"{server.url}/_fake/ui/tasks/{task.id}{query}", timeout=30)
        assert answer.status_code == 200
        return read(answer.text)

    return load


@pytest.fixture
def task(scale):
    return scale.client().create_task(
        "imageannotation", attachment=URL, instruction="Box every cow.", unique_id="c-1", **BOXES
    )


def by_id(page, name):
    return next(e.text for e in page.elements if e.attributes.get("id") == name)


def test_a_finished_task_is_drawn_with_its_answer_beside_it(scale, task, page_of):
    scale.complete(task, {"annotations": [BOX]})

    page = page_of(task)

    assert (
        page.named("polygon")[-1].attributes["points"] == "1.00,2.00 4.00,2.00 4.00,6.00 1.00,6.00"
    )
    assert json.loads(by_id(page, "response-json")) == scale.tasks[task.id].response
    assert "Box every cow." in [element.text for element in page.named("div", class_="said")]


def test_the_history_is_what_explain_tells(scale, task, page_of):
    scale.start_work(task)
    scale.complete(task)

    page = page_of(task)

    told = scale.explain(task)
    history = [entry.text for entry in page.named("ol", class_="history")]
    assert "created by request 1" in history[0]
    assert "started by scale.start_work()" in history[0]
    assert told in [element.text for element in page.named("pre")]


@pytest.mark.parametrize(
    ("prepare", "offered"),
    [
        (lambda scale, task: None, ["Complete", "Start work", "Cancel"]),
        (lambda scale, task: scale.complete(task), ["Accept", "Recall"]),
        (lambda scale, task: scale.fail(task), []),
    ],
)
def test_only_legal_moves_are_offered(scale, task, page_of, prepare, offered):
    prepare(scale, task)

    forms = [form.text.strip() for form in page_of(task).named("form", class_="inline")]

    assert [text for text in forms if text != "Redeliver"] == offered


def test_a_fixed_task_shows_what_changed(scale, task, page_of):
    scale.complete(task, {"annotations": [BOX]})
    scale.fix(task, {"annotations": [BOX | {"label": "calf"}]}, "it is young")

    page = page_of(task)

    assert page.named("li", class_="change-changed")[0].text == "~ changed calf – label: cow → calf"
    assert len(page.named("svg", class_="canvas")) == 3


def test_a_task_that_was_redone_shows_what_the_first_callback_told(scale, page_of):
    scale.callbacks.deliver_to(lambda _: 200)
    task = scale.client().create_task(
        "imageannotation", attachment=URL, callback_url="https://hooks.example.com/", **BOXES
    )
    scale.complete(task, {"annotations": [BOX]})
    scale.recall(task)
    scale.complete(task, {"annotations": [BOX | {"left": 9}]})

    page = page_of(task)

    assert page.named("li", class_="change-changed")[0].text == "~ changed cow – left: 1 → 9"


def test_pictures_of_another_host_are_loaded_only_when_that_is_asked_for(
    task, server, page_of, scale
):
    scale.complete(task, {"annotations": [BOX]})

    before = requests.get(f"{server.url}/_fake/ui/tasks/{task.id}", timeout=5)
    after = requests.get(
        f"{server.url}/_fake/ui/tasks/{task.id}?load=https://img.example.com", timeout=5
    )
    foreign = requests.get(
        f"{server.url}/_fake/ui/tasks/{task.id}?load=https://evil.example", timeout=5
    )

    assert "img.example.com" not in before.headers["Content-Security-Policy"]
    assert (
        "img-src 'self' data: https://img.example.com;" in after.headers["Content-Security-Policy"]
    )
    assert f'<image href="{URL}"' in after.text
    assert "evil" not in foreign.headers["Content-Security-Policy"]


def test_the_curl_that_is_copied_makes_the_same_task(scale, task, page_of, server):
    command = by_id(page_of(task), "copy-curl").replace("c-1", "c-2")

    done = subprocess.run(
        ["bash", "-c", f"{command} --silent"], capture_output=True, text=True, check=True,
        env={"SCALE_API_KEY": "live_fake", "PATH": "/usr/bin:/bin", "no_proxy": "*"},
    )  # fmt: skip

    made = json.loads(done.stdout)
    assert made["params"] == scale.tasks[task.id].params
    assert made["instruction"] == "Box every cow."
    assert shlex.split(command)[0] == "curl"


def test_the_python_that_is_copied_makes_the_same_task(scale, task, page_of, monkeypatch):
    code = by_id(page_of(task), "copy-python").replace("c-1", "c-2")
    monkeypatch.setenv("SCALE_API_KEY", "live_fake")

    exec(compile(code, "copied.py", "exec"), {})

    assert scale.tasks[-1].unique_id == "c-2"
    assert scale.tasks[-1].params == scale.tasks[task.id].params


def canceled(scale, task):
    scale.client().cancel_task(task.id)


def fixed(scale, task):
    scale.complete(task, {"annotations": [BOX]})
    scale.client().audit_task(task.id, accepted=False, comments='it\'s "young"')
    scale.fix(task, {"annotations": [BOX | {"label": "calf"}]}, "so")


@pytest.mark.parametrize(
    "become",
    [
        lambda scale, task: None,
        canceled,
        lambda scale, task: scale.fail(task, "the picture is upside down"),
        lambda scale, task: scale.complete(task),
        fixed,
    ],
)
def test_the_test_that_is_copied_passes(scale, page_of, pytester, become):
    client = scale.client()
    client.create_project("Cows & calves", "imageannotation", params=BOXES)
    client.create_batch("Cows & calves", "w10")
    task = client.create_task(
        "imageannotation", project="Cows & calves", batch="w10", attachment=URL,
        metadata={"key with blank": [1, None, True]}, tags=["a"],
    )  # fmt: skip
    client.finalize_batch("w10")
    become(scale, task)
    pytester.makepyfile(test_copied=by_id(page_of(task), "copy-pytest"))

    pytester.runpytest("-p", "no:cacheprovider", "-p", "no:asyncio").assert_outcomes(passed=1)


def test_tasks_are_exported_as_lines_and_as_coco(scale, task, server):
    scale.complete(task, {"annotations": [BOX]})

    lines = requests.get(f"{server.url}/_fake/ui/export?format=jsonl&status=completed", timeout=5)
    coco = requests.get(
        f"{server.url}/_fake/ui/export?format=coco&task={task.id}", timeout=5
    ).json()

    assert [json.loads(line) for line in lines.text.splitlines()] == [scale.tasks[0].as_dict()]
    assert coco["images"][0]["task_id"] == task.id
    assert coco["categories"] == [{"id": 1, "name": "cow", "supercategory": ""}]
    assert coco["annotations"][0]["bbox"] == [1, 2, 3, 4]
    assert coco["annotations"][0]["area"] == 12


@pytest.mark.parametrize(
    ("control", "values", "seen"),
    [
        ("cancel", {}, {"status": "canceled"}),
        ("tags", {"add": ["b", "b"], "remove": ["z"]}, {"tags": ["b"]}),
    ],
)
def test_what_customers_do_by_calls_can_be_done_without_their_key(
    scale, task, server, control, values, seen
):
    answer = requests.post(
        f"{server.url}/_fake/{control}", json={"task": task.id, **values}, timeout=5
    )

    assert answer.status_code == 200
    assert seen.items() <= scale.tasks[task.id].as_dict().items()
