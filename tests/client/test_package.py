"""What can be imported, under which path, and what importing costs."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import scaleapi

OFFICIAL_PATHS = {
    "scaleapi": ["ScaleClient", "Task", "Tasklist", "Batch", "Batchlist", "Project", "File"],
    "scaleapi.tasks": ["Task", "TaskType", "TaskStatus", "TaskReviewStatus", "Tasklist"],
    "scaleapi.batches": ["Batch", "BatchStatus", "Batchlist"],
    "scaleapi.projects": ["Project", "TaskTemplate"],
    "scaleapi.files": ["File"],
    "scaleapi.teams": ["Teammate", "TeammateRole"],
    "scaleapi.studio": [
        "StudioBatch",
        "StudioLabelerAssignment",
        "StudioProjectGroup",
        "StudioWorker",
    ],
    "scaleapi.evaluation_tasks": ["EvaluationTask"],
    "scaleapi.training_tasks": ["TrainingTask"],
    "scaleapi.exceptions": [
        "ScaleException",
        "ScaleInvalidRequest",
        "ScaleUnauthorized",
        "ScaleNotEnabled",
        "ScaleResourceNotFound",
        "ScaleDuplicateResource",
        "ScaleTooManyRequests",
        "ScaleInternalError",
        "ScaleServiceUnavailable",
        "ScaleTimeoutError",
    ],
}


@pytest.mark.parametrize(
    ("path", "name"), [(path, name) for path, names in OFFICIAL_PATHS.items() for name in names]
)
def test_what_users_of_the_official_package_import_is_there(path, name):
    assert isinstance(getattr(importlib.import_module(path), name), type)


def test_every_public_name_is_there_and_sorted_by_kind():
    missing = [name for name in scaleapi.__all__ if not hasattr(scaleapi, name)]

    assert missing == []
    assert len(set(scaleapi.__all__)) == len(scaleapi.__all__)


def test_the_version_is_the_distributions():
    root = Path(__file__).parents[2]
    told = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["hatch"]["version"]

    found = re.search(told["pattern"], (root / told["path"]).read_text())

    assert found["version"] == scaleapi.__version__


def modules_after(statement: str) -> set[str]:
    program = f"import sys\n{statement}\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_importing_the_client_imports_nothing_heavy_besides_requests():
    added = modules_after("import scaleapi") - modules_after("import requests, urllib3.filepost")

    assert {name.partition(".")[0] for name in added} <= {"scaleapi", "contextvars", "_contextvars"}
    assert [name for name in added if name.startswith("scaleapi.task_params")] == []


def test_the_client_never_imports_its_fake():
    everything = "import scaleapi, scaleapi.callbacks, scaleapi.task_params"

    assert [name for name in modules_after(everything) if "testing" in name] == []


def test_a_program_that_freezes_time_loads_nothing_more_of_the_packages():
    """freezegun looks at all that ``dir()`` names; pydantic builds no model within its freeze."""
    program = """
import sys
import pydantic._internal._generate_schema, scaleapi, scaleapi_testing
from freezegun import freeze_time
before = set(sys.modules)
with freeze_time("2031-01-01"):
    print({name for name in set(sys.modules) - before if name.startswith("scaleapi")})
"""
    run = [sys.executable, "-c", program]
    done = subprocess.run(run, check=False, capture_output=True, text=True)

    assert (done.stdout, done.stderr) == ("set()\n", "")
