"""What the import contracts and the linter cannot see: clocks, hashes, and what importing costs."""

import ast
import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
FILES = sorted(
    path
    for package in ("scaleapi", "scaleapi_testing")
    for path in CHECKOUT.glob(f"{package}/**/*.py")
)
HEAVY = {
    "requests",
    "urllib3",
    "responses",
    "yaml",
    "faker",
    "pydantic",
    "httpx",
    "werkzeug",
    "uvicorn",
    "starlette",
    "PIL",
}
MAY_KNOW_REAL_TIME = {
    "scaleapi_testing/_time/frozen.py": "the one reader of real time",
    "scaleapi_testing/_time/lifetime.py": "ends worlds that nobody calls",
    "scaleapi_testing/_time/pace.py": "lets a clock run beside real time",
    "scaleapi_testing/_time/stopwatch.py": "says how long a server took for a call",
    "scaleapi_testing/_time/threads.py": "sleeps for real while it looks at other threads",
    "scaleapi_testing/_time/turns.py": "lets others have their turn after so much real time",
    "scaleapi_testing/_intercept/sleep.py": "replaces time.sleep",
    "scaleapi_testing/_intercept/clocks.py": "replaces the clocks of time",
    "scaleapi/_deadline.py": "the client's bound for a whole call",
    "scaleapi_testing/_demo/command.py": "says how long the demo took",
    "scaleapi_testing/_log/postgres_log.py": "waits no longer for a database than it may",
    "scaleapi_testing/_log/postgres_watch.py": "breaks off connections on which no answer comes",
}


def name_of(path):
    return path.relative_to(CHECKOUT).as_posix()


@cache
def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def calls_of_hash(tree):
    """Lines that call `hash`, but for those of a `__hash__`, which stay in the process."""
    inside = {
        id(node)
        for method in ast.walk(tree)
        if isinstance(method, ast.FunctionDef) and method.name == "__hash__"
        for node in ast.walk(method)
    }
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "hash"
        and id(node) not in inside
    ]


def imports_time(tree):
    return any(
        isinstance(node, ast.Import) and any(alias.name == "time" for alias in node.names)
        for node in ast.walk(tree)
    )


def loaded_by(statement):
    """The modules that a fresh process has after `statement`."""
    code = f"import json, sys\n{statement}\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in json.loads(done.stdout)} | set(
        json.loads(done.stdout)
    )


@pytest.mark.slow
def test_nothing_depends_on_the_hash_seed_of_the_process():
    calls = [f"{name_of(path)}:{n}" for path in FILES for n in calls_of_hash(tree_of(path))]

    assert calls == []


@pytest.mark.slow
def test_real_time_is_known_in_the_listed_files_alone():
    knowing = {name_of(path) for path in FILES if imports_time(tree_of(path))}

    assert knowing == set(MAY_KNOW_REAL_TIME)


def test_every_module_begins_by_saying_what_it_decides():
    trees = {name_of(path): tree_of(path) for path in FILES}

    assert [name for name, tree in trees.items() if tree.body and not ast.get_docstring(tree)] == []


def test_no_module_is_too_long_to_be_read_in_one_sitting():
    lengths = {name_of(path): path.read_text(encoding="utf-8").count("\n") for path in FILES}

    assert {name: lines for name, lines in lengths.items() if lines > 800} == {}


def test_importing_the_plugin_loads_nothing_heavy():
    loaded = loaded_by("import pytest, scaleapi_testing.pytest_plugin")

    assert loaded & HEAVY == set()
    assert "scaleapi_testing._fake" not in loaded


def test_importing_the_fake_s_package_loads_no_module_of_it():
    loaded = loaded_by("import scaleapi_testing")

    assert {name for name in loaded if name.startswith("scaleapi_testing.")} == set()


def test_importing_the_client_loads_neither_the_fake_nor_what_it_needs():
    loaded = loaded_by("import scaleapi")

    assert "scaleapi_testing" not in loaded
    assert loaded & (HEAVY - {"requests", "urllib3"}) == set()
