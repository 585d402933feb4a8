"""What type checkers say of programs: nothing of right ones, the name of what is wrong at once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

CHECKOUT = Path(__file__).parents[2]

START = """
from typing import Any
from scaleapi import ScaleClient, Task, TaskType
from scaleapi.task_params import CommonParams, ImageAnnotationParams

client = ScaleClient("live_abc")
"""

RIGHT = """
common: ImageAnnotationParams = {"instruction": "Box.", "geometries": {"box": {"min_width": 5}}}
shared: CommonParams = {"project": "cows", "instruction": "Box."}
plain = {"instruction": "Box.", "attachment": "https://img.example/1.png"}
loose: dict[str, Any] = {"attachment": "https://img.example/1.png"}

task: Task = client.create_task(TaskType.ImageAnnotation, **common)
task = client.create_task(TaskType.ImageAnnotation, attachment="a", idempotency_key="k", **shared)
task = client.create_task(TaskType.Categorization, attachment="a", **shared)
task = client.create_task(TaskType.ImageAnnotation, **loose)
task = client.create_task(task_type=TaskType.ImageAnnotation, attachment="a")
task = client.create_task("imageannotation", whatever=1, **loose)
task = client.create_task_from(TaskType.ImageAnnotation, plain)
task = client.create_task_from(TaskType.ImageAnnotation, common, idempotency_key="k")


def any_type(task_type: TaskType) -> list[str]:
    client.create_task_from(task_type, plain)
    return [known.value for known in TaskType if known is not task_type]
"""

FLASK = """
from flask import Flask, request

from scaleapi.callbacks import TaskCallback, parse_callback

app = Flask("mine")
stored: dict[str, dict[str, Any] | None] = {}


@app.post("/scale")
def receive() -> str:
    done = parse_callback(request.data, request.headers, auth_key="secret")
    if isinstance(done, TaskCallback):
        stored[done.task_id] = done.response
    else:
        print(done.batch, done.stats)
    return ""
"""


def mypy(program: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mypy", "--strict", "--hide-error-context", program.name]
    cache = ["--cache-dir", str(CHECKOUT / ".mypy_cache" / "programs")]
    return run([*command, *cache], program.parent)


def basedpyright(program: Path) -> subprocess.CompletedProcess[str]:
    settings = {"typeCheckingMode": "standard", "extraPaths": [str(CHECKOUT)]}
    (program.parent / "pyrightconfig.json").write_text(json.dumps(settings))
    command = [sys.executable, "-m", "basedpyright", "--pythonpath", sys.executable]
    return run([*command, program.name], program.parent)


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def program(tmp_path):
    return tmp_path / "program.py"


@pytest.mark.parametrize("check", [mypy, basedpyright])
def test_right_programs_pass(check, program):
    program.write_text(START + RIGHT + FLASK)

    done = check(program)

    assert (done.returncode, done.stdout) == (0, done.stdout)


@pytest.mark.parametrize("check", [mypy, basedpyright])
@pytest.mark.parametrize(
    ("call", "name"),
    [
        ("create_task(TaskType.ImageAnnotation, attachment='a', geometrys={})", '"geometrys"'),
        ("create_task(TaskType.Categorization, geometries={})", '"geometries"'),
        ("create_task(TaskType.ImageAnnotation, padding='3')", '"padding"'),
        ("create_imageannotation_task('Box.', geometrys={})", '"geometrys"'),
        ("get_tasks('cows', stat='pending')", '"stat"'),
    ],
)
def test_what_is_wrong_is_named_in_the_first_five_lines(check, program, call, name):
    program.write_text(f"{START}client.{call}\n")

    done = check(program)

    assert done.returncode == 1
    assert name in "\n".join(done.stdout.splitlines()[:5])
