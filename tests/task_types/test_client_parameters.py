"""The typed parameters of each task type, against the client's methods and the fake's rules."""

from __future__ import annotations

import inspect
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import get_type_hints

import pytest

from scaleapi import ScaleClient, TaskType, task_params
from scaleapi_testing import _task_types

CHECKOUT = Path(__file__).parents[2]

NEW_TYPE = '''

@task_type("moon", "Moon", "craters")
class MoonParams(CommonParams, total=False):
    """Parameters of ``moon``."""

    attachment: str
'''

# Keys that a type's page names only to say that they do nothing there.
WITHOUT_EFFECT = {"attachments", "response_required", "task_id"}


def params_name(method) -> str:
    """``XParams`` of a method whose last parameter is ``**params: Unpack[XParams]``."""
    annotation = inspect.signature(method).parameters["params"].annotation
    return re.fullmatch(r"Unpack\[(\w+)\]", annotation)[1]


def params_of(name: str) -> type:
    return getattr(task_params, params_name(getattr(ScaleClient, f"create_{name}_task")))


def test_the_fake_and_the_client_know_the_same_task_types():
    assert sorted(_task_types.names()) == sorted(task_type.value for task_type in TaskType)


@pytest.mark.parametrize("name", _task_types.names())
def test_every_parameter_that_the_fake_reads_is_typed(name):
    typed = set(get_type_hints(params_of(name)))

    assert set(_task_types.task_type(name).keys) - typed <= WITHOUT_EFFECT


@pytest.mark.parametrize("name", sorted({*_task_types.names()} - {"cruisecontrol"}))
def test_no_typed_parameter_is_unknown_to_the_fake(name):
    own = set(get_type_hints(params_of(name))) - set(get_type_hints(task_params.CommonParams))

    assert own - set(_task_types.task_type(name).keys) == set()


@pytest.mark.slow
def test_what_is_generated_is_what_the_marks_say():
    command = [sys.executable, "-m", "codegen.task_types", "--check"]

    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
def test_a_new_type_needs_one_marked_class_and_no_other_edit(tmp_path):
    copy = tmp_path / "checkout"
    shutil.copytree(CHECKOUT / "codegen", copy / "codegen")
    shutil.copytree(CHECKOUT / "scaleapi", copy / "scaleapi")
    with (copy / "scaleapi" / "task_params" / "image.py").open("a") as file:
        file.write(NEW_TYPE)

    subprocess.run([sys.executable, "-m", "codegen.task_types"], cwd=copy, check=True)

    program = (
        "from scaleapi import ScaleClient, TaskType, task_params\n"
        "print(TaskType.Moon, ScaleClient.create_moon_task.__doc__)\n"
        "print(task_params.MoonParams.__name__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=copy, capture_output=True, text=True, check=True
    )
    assert done.stdout == "moon Create a ``moon`` task: craters.\nMoonParams\n"


@pytest.mark.slow
def test_stale_generated_files_are_named(tmp_path):
    copy = tmp_path / "checkout"
    shutil.copytree(CHECKOUT / "codegen", copy / "codegen")
    shutil.copytree(CHECKOUT / "scaleapi", copy / "scaleapi")
    (copy / "scaleapi" / "_task_creators.py").write_text("")

    done = subprocess.run(
        [sys.executable, "-m", "codegen.task_types", "--check"],
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr == (
        "not what the marks say: scaleapi/_task_creators.py. Run `make generate`.\n"
    )


def test_every_params_type_is_public():
    used = {params_name(getattr(ScaleClient, f"create_{t.value}_task")) for t in TaskType}

    assert sorted({*used, "CommonParams"}) == sorted(task_params.__all__)
