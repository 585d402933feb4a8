"""The asynchronous client has what the client of threads has, under the same names."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import scaleapi
from scaleapi.aio import AsyncBatch, AsyncProject, AsyncTask, AsyncTeammate

CHECKOUT = Path(__file__).parents[2]
KINDS = [
    (scaleapi.ScaleClient, scaleapi.AsyncScaleClient),
    (scaleapi.Task, AsyncTask),
    (scaleapi.Batch, AsyncBatch),
    (scaleapi.Project, AsyncProject),
    (scaleapi.Teammate, AsyncTeammate),
]
LISTINGS = {"get_tasks", "get_batches", "get_assets", "create_tasks", "v2_get_tasks"}


def public(kind: type) -> dict[str, object]:
    return {name: value for name, value in inspect.getmembers(kind) if not name.startswith("_")}


def arguments(function: object) -> list[tuple[str, object, object]]:
    parameters = inspect.signature(function).parameters.values()
    return [(one.name, one.kind, one.default) for one in parameters]


def functions(kind: type) -> dict[str, object]:
    return {name: value for name, value in public(kind).items() if inspect.isfunction(value)}


@pytest.mark.parametrize(("sync", "async_"), KINDS)
def test_both_have_the_same_names(sync, async_):
    assert set(public(sync)) == set(public(async_))
    assert set(functions(sync)) == set(functions(async_))


@pytest.mark.parametrize(("sync", "async_"), KINDS)
def test_both_take_the_same_arguments(sync, async_):
    assert {name: arguments(one) for name, one in functions(sync).items()} == {
        name: arguments(one) for name, one in functions(async_).items()
    }
    assert arguments(sync) == arguments(async_)


@pytest.mark.parametrize(("sync", "async_"), KINDS)
def test_both_say_the_same_of_themselves(sync, async_):
    assert {name: inspect.getdoc(one) for name, one in public(sync).items()} == {
        name: inspect.getdoc(one) for name, one in public(async_).items()
    }


def test_every_method_of_the_client_is_awaited_or_iterated():
    of_client = functions(scaleapi.AsyncScaleClient)

    not_awaited = {name for name, one in of_client.items() if not inspect.iscoroutinefunction(one)}

    assert not_awaited == LISTINGS


def test_v2_has_the_same_methods_with_the_same_arguments_and_docstrings():
    from scaleapi.v2 import V2Api

    forms = ("_with_http_info", "_without_preload_content")
    sync = {name: one for name, one in functions(V2Api).items() if not name.endswith(forms)}
    async_ = functions(type(scaleapi.AsyncScaleClient("live_abc").v2))

    assert {name: (arguments(one), inspect.getdoc(one)) for name, one in sync.items()} == {
        name: (arguments(one), inspect.getdoc(one)) for name, one in async_.items()
    }
    assert {name for name, one in async_.items() if not inspect.iscoroutinefunction(one)} == {
        name for name in sync if name.startswith("iter_")
    }


@pytest.mark.slow
@pytest.mark.parametrize("script", ["asynchronous", "asynchronous_v2"])
def test_what_is_written_is_what_generate_writes(script):
    command = [sys.executable, "-m", f"codegen.{script}", "--check"]

    ended = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)

    assert (ended.stdout, ended.returncode) == ("", 0)


def test_without_the_extra_one_sentence_says_what_to_install(tmp_path):
    program = (
        "import sys; sys.modules['httpx'] = None\n"
        "try:\n"
        "    from scaleapi import AsyncScaleClient\n"
        "except ImportError as error:\n"
        "    print(error)"
    )

    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )

    assert ended.stdout == (
        "AsyncScaleClient needs the package httpx: pip install 'scaleapi[async]'\n"
    )


def test_importing_the_package_imports_no_asynchronous_library():
    program = (
        "import scaleapi, sys; print({'httpx', 'anyio', 'scaleapi.aio'} & set(sys.modules) or '')"
    )

    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )

    assert ended.stdout == "\n"
