"""The pages of what a test and a shell are given: fixtures, mark, options, the command."""

from __future__ import annotations

import argparse
import ast
import inspect
import re
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

from scaleapi_testing import FakeScale, pytest_plugin
from scaleapi_testing._cli import _parser
from scaleapi_testing._configuration import Configuration
from scaleapi_testing._serve_command.options import PREFIX

from .docstrings import as_markdown
from .place import Page
from .tables import table

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE: Final = "website/testing.py"
_ARGUMENT: Final = re.compile(r"^    (\w+): ", re.MULTILINE)
_OF_THE_MARK: Final = {
    "projects": (
        "list of names or of `(name, type)`",
        "projects that are there before the test, for every key",
    ),
    "tasks": (
        "path, or list of documents",
        "exported tasks of real Scale that are there before the test, as `load_tasks` takes them",
    ),
    "api_key": (
        "text",
        "the key whose account alone gets `projects`, and that `scale_client` holds",
    ),
}


def pages() -> list[Page]:
    """The page of the plugin and that of the command."""
    return [_plugin(), _command()]


def fixtures() -> dict[str, tuple[str, str, str]]:
    """By name, each fixture's type, scope, and docstring, in the order of the plugin's file."""
    tree = ast.parse(inspect.getsource(pytest_plugin))
    return {
        node.name: (_given(node), _scope(node), ast.get_docstring(node) or "")
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and any("pytest.fixture" in ast.unparse(mark) for mark in node.decorator_list)
    }


def _given(node: ast.FunctionDef) -> str:
    returned = "" if node.returns is None else ast.unparse(node.returns)
    inside = re.fullmatch(r"(?:Iterator|Generator)\[(.+)\]", returned)
    return returned if inside is None else inside[1]


def _scope(node: ast.FunctionDef) -> str:
    scope = re.search(r"scope='(\w+)'", ast.unparse(node.decorator_list[0]))
    return "function" if scope is None else scope[1]


def mark_arguments() -> dict[str, tuple[str, str, str]]:
    """By name, each argument of the mark with its type, default, and meaning."""
    told = _told_arguments()
    known = {
        field.name: (str(field.type), _default(field.default), told[field.name])
        for field in fields(Configuration)
    }
    more = set(pytest_plugin.ARGUMENTS) - set(known)
    if more != set(_OF_THE_MARK):
        differing = ", ".join(sorted(more ^ set(_OF_THE_MARK)))
        raise LookupError(f"website/testing.py does not say what the mark's {differing} means")
    return known | {name: (kind, "", words) for name, (kind, words) in _OF_THE_MARK.items()}


def _default(value: Any) -> str:
    return f"{value!r}"


def _told_arguments() -> dict[str, str]:
    """What the docstring of ``FakeScale`` says of each argument."""
    docstring = inspect.cleandoc(FakeScale.__doc__ or "")
    section = docstring.partition("\nArgs:\n")[2].partition("\nRaises:")[0]
    parts = _ARGUMENT.split(section)
    return {
        name: as_markdown(" ".join(words.split()))
        for name, words in zip(parts[1::2], parts[2::2], strict=True)
    }


def options() -> list[tuple[str, str]]:
    """Each option that the plugin adds to pytest, with its help."""

    class Group:
        """Takes the options down."""

        def __init__(self) -> None:
            self.added: list[tuple[str, str]] = []

        def getgroup(self, *_: str) -> Group:
            return self

        def addoption(self, flag: str, **more: Any) -> None:
            self.added.append(
                (f"{flag}={more['metavar']}" if "metavar" in more else flag, more["help"])
            )

    group: Any = Group()
    pytest_plugin.pytest_addoption(group)
    return list(group.added)


def _plugin() -> Page:
    parts = [
        "# Fixtures, marks, options",
        (
            "What the pytest plugin gives; it is there wherever `scaleapi-testing` is "
            "installed. The types of fixtures are imported from `scaleapi_testing` and "
            "`scaleapi`. Which to choose: [recipes](../recipes.md)."
        ),
        "## Fixtures",
        table(
            ("fixture", "type", "scope"),
            [(f"[`{n}`](#{n})", f"`{kind}`", scope) for n, (kind, scope, _) in fixtures().items()],
        ),
    ]
    for name, (kind, scope, words) in fixtures().items():
        parts += [f"### {name}", f"Type `{kind}`, scope {scope}.", as_markdown(words)]
    parts += [
        "## The mark `@pytest.mark.scale(...)`",
        (
            "Arguments of the fake in the fixture `scale`; on a module (`pytestmark`) or class "
            "they hold for its tests, and the nearest mark wins, argument by argument. All but "
            "the last ones are arguments of `FakeScale` too. Under pytest `seed` follows from "
            "the test's name unless it is given."
        ),
        table(
            ("argument", "default", "meaning"),
            [
                (f"[`{n}`](#{n})", f"`{default}`" if default else "", words)
                for n, (_, default, words) in mark_arguments().items()
            ],
        ),
    ]
    for name, (kind, default, words) in mark_arguments().items():
        given = f"`{kind}`" if name not in _OF_THE_MARK else kind
        head = f"Type: {given}." + (f" Default: `{default}`." if default else "")
        parts += [f"### {name}", head, f"{words[0].upper()}{words[1:].rstrip('.')}."]
    parts += [
        "## Options of pytest",
        table(("option", "meaning"), [(f"`{flag}`", words) for flag, words in options()]),
    ]
    return Page("reference/pytest.md", "\n\n".join(filter(None, parts)) + "\n", SOURCE)


def commands() -> dict[str, argparse.ArgumentParser]:
    """Each command with its parser."""
    for action in _parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def _command() -> Page:
    parts = [
        "# The command scaleapi-testing",
        (
            "Also `python -m scaleapi_testing`. It exits with 0 when done, 1 when something "
            "could not be done (one line on stderr says what), 2 for wrong arguments, 130 when "
            "interrupted."
        ),
    ]
    for name, parser in commands().items():
        parts += [f"## scaleapi-testing {name}", parser.description or ""]
        parts.append(table(_head(name), _options_of(name, parser)))
    return Page("reference/command.md", "\n\n".join(filter(None, parts)) + "\n", SOURCE)


def _head(command: str) -> tuple[str, ...]:
    return ("option", "environment", "meaning") if command == "serve" else ("option", "meaning")


def _options_of(command: str, parser: argparse.ArgumentParser) -> Iterator[tuple[str, ...]]:
    for action in parser._actions:
        if isinstance(action, argparse._HelpAction):
            continue
        flag = " ".join(filter(None, (", ".join(action.option_strings), str(action.metavar or ""))))
        words = (action.help or "").replace("%%", "%")
        variable = f"`{PREFIX}{action.dest.upper()}`"
        shown = (f"`{flag or action.dest}`",)
        yield (*shown, variable, words) if command == "serve" else (*shown, words)
