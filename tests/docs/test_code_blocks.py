"""Every code block of the README and the docs does what the page says.

A Python block with a test in it is a test file and passes as it stands. The other Python blocks of
a page are run in order, as one program, with a fake started. Commands are known to make, pip or our
own command line.
"""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest
from packaging.requirements import Requirement

import scaleapi
from scaleapi_testing import FakeScale
from scaleapi_testing._cli import _parser

CHECKOUT = Path(__file__).parents[2]
PAGES = sorted(
    [
        *(
            CHECKOUT / name
            for name in ("README.md", "CONTRIBUTING.md", "scaleapi_testing/README.md")
        ),
        *CHECKOUT.glob("docs/**/*.md"),
    ]
)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TEST = re.compile(r"^(?:    )?(?:async )?def test_", re.MULTILINE)
SHOWN_ONLY = {"text", "toml", "yaml", "json"}


class Block(NamedTuple):
    """One fenced block of a page."""

    page: Path
    line: int
    language: str
    code: str

    @property
    def where(self):
        return f"{self.page.relative_to(CHECKOUT)}:{self.line}"

    @property
    def holds_tests(self):
        return self.language == "python" and TEST.search(self.code) is not None


def blocks():
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for fence in FENCE.finditer(text):
            yield Block(page, text.count("\n", 0, fence.start()) + 2, *fence.groups())


BLOCKS = list(blocks())
TEST_FILES = [block for block in BLOCKS if block.holds_tests]
PROGRAMS = {
    page: [b for b in BLOCKS if b.page == page and b.language == "python" and not b.holds_tests]
    for page in PAGES
}
PROGRAMS = {page: parts for page, parts in PROGRAMS.items() if parts}
COMMANDS = [
    (block.where, command.strip())
    for block in BLOCKS
    if block.language == "bash"
    for line in block.code.splitlines()
    for command in line.partition(" #")[0].split("&&")
    if command.strip() and not command.startswith("#")
]


def project_in(folder):
    """What the ``pyproject.toml`` of a folder says of its distribution."""
    file = CHECKOUT / folder / "pyproject.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))["project"] if file.is_file() else None


OURS = {project["name"]: project for project in map(project_in, (".", "scaleapi_testing"))}
OFFICIAL = ("2.18.4", "1.0.4")
"""The versions of the official package that the tests run against the fake."""


def can_be_installed(requirement):
    """Whether what stands after ``pip install`` is one of ours, or a version of the official."""
    if requirement.startswith("."):
        return project_in(requirement) is not None
    parsed = Requirement(requirement)
    project = OURS.get(parsed.name)
    if project is None or not parsed.extras <= set(project["optional-dependencies"]):
        return False
    if parsed.url:
        return project_in(parsed.url.partition("#subdirectory=")[2]) == project
    versions = (scaleapi.__version__, *(OFFICIAL if parsed.name == "scaleapi" else ()))
    return any(parsed.specifier.contains(version) for version in versions)


def known(words):
    """Whether a command of the docs can be carried out; the last word says by whom."""
    match words:
        case ["make", target, *_]:
            makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
            return target in makefile.partition(".PHONY:")[2].splitlines()[0].split()
        case ["pip", "install", "pre-commit"] | ["pre-commit", "install"]:
            return (CHECKOUT / ".pre-commit-config.yaml").is_file()
        case ["pip", "install", "--find-links", "dist", *what]:
            return all(map(can_be_installed, what))
        case ["pip", "install", *what]:
            return all(can_be_installed(word) for word in what if word != "--editable")
        case ["bash", script]:
            return (CHECKOUT / script).is_file()
        case ["scaleapi-testing", *arguments] | ["python", "-m", "scaleapi_testing", *arguments]:
            return _parser().parse_args(arguments) is not None
        case ["pytest", *_]:
            return True
    return False


def test_every_block_says_its_language():
    unknown = [b.where for b in BLOCKS if b.language not in {"python", "bash", *SHOWN_ONLY}]

    assert unknown == []


def test_the_readme_has_blocks_of_every_kind():
    readme = CHECKOUT / "README.md"

    assert {b.language for b in BLOCKS if b.page == readme} == {"python", "bash"}
    assert PROGRAMS[readme]
    assert any(block.page == readme for block in TEST_FILES)


@pytest.mark.parametrize(("where", "command"), COMMANDS, ids=lambda value: value)
def test_a_command_of_the_docs_exists(where, command):
    assert known(shlex.split(command)), f"{where}: nobody knows the command {command!r}"


@pytest.mark.parametrize("page", PROGRAMS, ids=lambda page: page.name)
def test_the_python_blocks_of_a_page_run_as_one_program(page):
    names = {"__name__": "a_page"}
    with FakeScale():
        for block in PROGRAMS[page]:
            exec(compile("\n" * (block.line - 1) + block.code, str(page), "exec"), names)


WARNINGS = (
    "-W", "error",
    # pytest-asyncio wants an option set that no page needs.
    "-W", "ignore:The configuration option:pytest.PytestDeprecationWarning",
)  # fmt: skip


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """All test files of the docs, in one folder outside the checkout."""
    folder = tmp_path_factory.mktemp("docs")
    for block in TEST_FILES:
        (folder / file_name(block)).write_text(block.code, encoding="utf-8")
    return folder


def file_name(block):
    return "test_" + re.sub(r"\W+", "_", block.where) + ".py"


# Starting pytest costs more than most pages do: a few starts, each with every so-manieth page.
STARTS = 4
WITH_TESTS = sorted({block.page for block in TEST_FILES})
RUNS = {f"{n + 1} of {STARTS}": WITH_TESTS[n::STARTS] for n in range(STARTS)}


@pytest.mark.slow
@pytest.mark.timeout(330)  # some seconds on a machine with nothing else to do
@pytest.mark.parametrize("run", RUNS)
def test_the_test_files_of_the_pages_pass(run, written):
    blocks_of_run = [block for block in TEST_FILES if block.page in RUNS[run]]
    files = [file_name(block) for block in blocks_of_run]
    tests = sum(len(TEST.findall(block.code)) for block in blocks_of_run)
    outer = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *WARNINGS, "-p", "no:cacheprovider", *files],
        cwd=written,
        env=outer,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{tests} passed" in done.stdout
