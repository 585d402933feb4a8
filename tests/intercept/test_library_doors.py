"""Libraries are met when a program imports them, and none is imported for the fake's sake.

Each test runs in a process of its own, for it is about what that process has imported.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

LIBRARIES = ["httpx", "httpcore", "aiohttp"]

ASK = {
    "httpx": "httpx.get(URL, headers=KEY).status_code",
    "httpcore": "httpcore.request('GET', URL, headers=KEY).status",
    "aiohttp": "asyncio.run(by_aiohttp())",
}

HEAD = """
import asyncio, sys
from scaleapi_testing import FakeScale
URL, KEY = "https://api.scale.com/v1/tasks", {"Authorization": "Bearer live_fake"}

async def by_aiohttp():
    aiohttp = sys.modules["aiohttp"]
    async with aiohttp.ClientSession() as session, session.get(URL, headers=KEY) as response:
        return response.status
"""


def run(program):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"{HEAD}\n{program}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.stdout + done.stderr


@pytest.mark.slow
def test_starting_a_fake_imports_none_of_them():
    program = f"with FakeScale(): print([m for m in {LIBRARIES} if m in sys.modules])"

    assert run(program) == "[]\n"


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_library_imported_before_the_start_is_answered(library):
    assert run(f"import {library}\nwith FakeScale(): print({ASK[library]})") == "200\n"


@pytest.mark.slow
@pytest.mark.parametrize("library", LIBRARIES)
def test_a_library_imported_while_a_fake_is_active_is_answered_and_put_back(library):
    program = f"""
before = list(sys.meta_path)
with FakeScale():
    import {library}
    print({ASK[library]})
    spec = {library}.__spec__
    print(type(spec.loader).__name__, {library}.__loader__ is spec.loader)
print(sys.meta_path == before)
left = [
    (kind, name)
    for module in [m for m in sys.modules.values() if m.__name__.startswith({library!r})]
    for kind in vars(module).values() if isinstance(kind, type)
    for name, value in vars(kind).items() if hasattr(value, "_scaleapi_replaces")
]
print(left)
"""

    assert run(program) == "200\nSourceFileLoader True\nTrue\n[]\n"


@pytest.mark.slow
@pytest.mark.parametrize("library", LIBRARIES)
def test_a_library_imported_after_the_stop_is_answered_by_the_next(library):
    program = f"with FakeScale(): pass\nimport {library}\nwith FakeScale(): print({ASK[library]})"

    assert run(program) == "200\n"


@pytest.mark.slow
def test_a_library_that_is_looked_for_and_not_imported_changes_nothing():
    program = """
from importlib.util import find_spec
with FakeScale():
    print(find_spec("httpx").name, find_spec("no_such_library"))
spec = find_spec("httpx")
import httpx
print(httpx.__spec__.loader is httpx.__loader__, type(spec.loader).__name__)
"""

    assert run(program) == "httpx None\nTrue SourceFileLoader\n"


@pytest.mark.slow
def test_a_library_imported_anew_is_answered():
    program = """
import httpx
with FakeScale(): print(httpx.get(URL, headers=KEY).status_code)
for name in [name for name in sys.modules if name.startswith("httpx")]:
    del sys.modules[name]
with FakeScale():
    import httpx
    print(httpx.get(URL, headers=KEY).status_code)
"""

    assert run(program) == "200\n200\n"


@pytest.mark.slow
def test_what_stands_in_for_a_library_hinders_no_start():
    program = """
from types import ModuleType
from unittest.mock import MagicMock
sys.modules |= {"httpx": MagicMock(), "httpcore": ModuleType("x"), "aiohttp": None}
with FakeScale(): print("started")
"""

    assert run(program) == "started\n"


@pytest.mark.slow
def test_a_library_that_cannot_be_imported_raises_its_own_error(tmp_path):
    (tmp_path / "httpx.py").write_text("import no_such_library\n")
    program = f"""
sys.path.insert(0, {str(tmp_path)!r})
with FakeScale():
    try: import httpx
    except ImportError as error: print(error)
    print("httpx" in sys.modules)
"""

    assert run(program) == "No module named 'no_such_library'\nFalse\n"
