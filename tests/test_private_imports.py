"""Which tests may look behind the public API, and why: all others survive any move of the code."""

import ast
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parent

FOLDERS = {
    "benchmarks": "counts what a structure costs, which no caller can see",
    "dashboard": "drawings and pages as values, without a server around them",
    "commands": "a server without a socket: killed at any moment, and replayed beside itself",
    "demo": "the pictures and files that the demo is made of, whose only user is the demo",
    "http": "the room itself: routes, keys and headers as values, by the dozen",
    "intercept": "the spots that a door replaces, and that nothing of it is left behind",
    "journal": "the room itself: bounds and nearest calls, with times and answers as the test says",
    "log": "the room itself, and what a crash leaves of it",
    "saved": "rows of a state, which only a server reads and writes",
    "state": "the room itself",
    "task_types": "rules and answers of each type by the thousand, without a fake around them",
    "time": "the room itself: real time that stands as the test says, looks and turns",
}
"""Folders whose tests stand beside the room that they test."""

FILES = {
    "browser/test_story.py": "the demo as its command plays it, without waiting as long",
    "callbacks/test_targets_loopback.py": "the repr of an address, which only a debugger shows",
    "client/test_properties.py": "rules of masks, bodies and paths for any text",
    "control_plane/test_safety.py": "a server with a token, without the command around it",
    "docs/test_code_blocks.py": "the options of the command line, to compare the docs with",
    "endpoints/test_form_bodies.py": "the reader of forms for any bytes",
    "faults/test_spoiled_replies.py": "a reply before a door makes an exception of it",
    "faults/test_faults.py": "which fault strikes, without a call on its way",
    "messages/test_golden_journal.py": "texts of the journal, see the folder journal",
    "messages/test_wording.py": "the parts that sentences are made of, for any input",
    "remote/test_remote_fake.py": "what a fake and a remote one share, of which it is one list",
    "serve/test_answers_at_once.py": "the moments inside a server at which a call could wait",
    "serve/test_log.py": "the lines of a server's log, without the command around it",
    "serve/test_logged.py": "a server that keeps a log, without a process",
    "test_extras.py": "names of packages that no program lacks at once",
}
"""Tests elsewhere that need what no public name gives. Shorten it; do not add to it lightly."""


@cache
def private_imports():
    """Every import of a private module of ours in a test, by the test's path."""
    found = {}
    for path in TESTS.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = [name for node in ast.walk(tree) for name in modules_of(node)]
        private = [name for name in names if is_private(name)]
        if private:
            found[path.relative_to(TESTS).as_posix()] = private
    return found


def modules_of(node):
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def is_private(name):
    package, *rest = name.split(".")
    return package in {"scaleapi", "scaleapi_testing"} and any(
        part.startswith("_") and not part.startswith("__") for part in rest
    )


def test_only_the_listed_tests_look_behind_the_public_api():
    elsewhere = {
        name: modules
        for name, modules in private_imports().items()
        if name.partition("/")[0] not in FOLDERS and name not in FILES
    }

    assert elsewhere == {}, "use the public API, or move the test beside its room"


def test_the_list_names_no_test_that_keeps_to_the_public_api():
    assert sorted(FILES.keys() - private_imports().keys()) == []


def test_every_listed_folder_has_such_a_test():
    used = {name.partition("/")[0] for name in private_imports()}

    assert sorted(FOLDERS.keys() - used) == []
