"""Writes the asynchronous client's methods and records from those of the client of threads.

``python -m codegen.asynchronous`` writes; with ``--check`` it says whether what is written is what
it would write. Both are the same text but for ``async`` and ``await``: a function of a client or of
a record that calls the transport, or another such function, is awaited; an iterator over pages
becomes an asynchronous one; and what cannot be shared takes the name with ``Async`` before it.
"""

from __future__ import annotations

import ast
import io
import subprocess
import sys
import tokenize
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).parents[1] / "scaleapi"
TARGET: Final = PACKAGE / "aio"
MODULES: Final = (
    "tasks", "_task_creation", "_task_creators", "batches", "projects", "files", "teams", "studio",
    "quality_tasks",
)  # fmt: skip
HEADER: Final = "# Written by `make generate` from {}: change it there."
TRANSPORT_CALLS: Final = frozenset({"send", "get"})
PAGERS: Final = frozenset({"by_token", "by_offset"})
ALWAYS_RENAMED: Final = frozenset({"BaseClient"})

Function = ast.FunctionDef


@dataclass
class Source:
    """One module of the client of threads."""

    name: str
    text: str = ""
    tree: ast.Module = field(default_factory=lambda: ast.Module([], []))

    def classes(self) -> list[ast.ClassDef]:
        """Its classes, in their order."""
        return [node for node in self.tree.body if isinstance(node, ast.ClassDef)]


@dataclass
class Awaited:
    """What calls the transport: methods of the client by name, of records by class and name."""

    client: set[str] = field(default_factory=set)
    records: dict[str, set[str]] = field(default_factory=dict)

    def of(self, kind: ast.ClassDef) -> set[str]:
        """The names that are awaited on ``self`` in a class."""
        return self.client if is_methods(kind) else self.records.setdefault(kind.name, set())


def main() -> int:
    """Write, or with ``--check`` compare; gives the exit status."""
    texts = generated()
    if "--check" in sys.argv[1:]:
        stale = [path for path, text in texts.items() if not is_written(path, text)]
        for path in stale:
            print(f"{path.relative_to(PACKAGE.parent)} is not what `make generate` writes")
        return 1 if stale else 0
    for path, text in texts.items():
        path.write_text(text, "utf-8")
    return 0


def is_written(path: Path, text: str) -> bool:
    """Whether a file holds a text."""
    return path.exists() and path.read_text("utf-8") == text


def generated() -> dict[Path, str]:
    """Path and text of every file that is written."""
    sources = [read(name) for name in MODULES]
    awaited = what_is_awaited(sources)
    where = {
        kind.name: source.name
        for source in sources
        for kind in source.classes()
        if is_renamed(kind, awaited)
    }
    # Pages of a record that is renamed are renamed with it.
    where |= {
        kind.name: source.name
        for source in sources
        for kind in source.classes()
        if any(f"Page[{name}]" in map(ast.unparse, kind.bases) for name in where)
    }
    texts = {
        TARGET / f"{source.name}.py": Writer(source, awaited, where).text() for source in sources
    }
    return {path: tidied(path, text) for path, text in texts.items()}


def read(name: str) -> Source:
    """A module of the client of threads."""
    text = (PACKAGE / f"{name}.py").read_text("utf-8")
    return Source(name, text, ast.parse(text))


def is_methods(kind: ast.ClassDef) -> bool:
    """Whether a class holds methods of the client."""
    return kind.name.endswith("Methods")


def is_renamed(kind: ast.ClassDef, awaited: Awaited) -> bool:
    """Whether a class cannot be shared."""
    return is_methods(kind) or bool(awaited.records.get(kind.name))


def what_is_awaited(sources: list[Source]) -> Awaited:
    """Everything that calls the transport, be it through others."""
    awaited = Awaited()
    kinds = [kind for source in sources for kind in source.classes()]
    while True:
        before = str(sorted(awaited.client)) + str(
            {k: sorted(v) for k, v in awaited.records.items()}
        )
        for kind in kinds:
            for function in functions(kind):
                if any(is_awaited(node, kind, awaited) for node in outside_lambdas(function)):
                    awaited.of(kind).add(function.name)
        after = str(sorted(awaited.client)) + str(
            {k: sorted(v) for k, v in awaited.records.items()}
        )
        if before == after:
            return awaited


def functions(kind: ast.ClassDef) -> list[Function]:
    """The functions of a class, those under an ``if`` included."""
    return [node for node in ast.walk(kind) if isinstance(node, ast.FunctionDef)]


def outside_lambdas(node: ast.AST) -> list[ast.AST]:
    """A node and all nodes below it that run when it runs."""
    inner: list[ast.AST] = [node]
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.Lambda):
            inner += outside_lambdas(child)
    return inner


def is_awaited(node: ast.AST, kind: ast.ClassDef, awaited: Awaited) -> bool:
    """Whether the value of an expression in a class has to be awaited."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    name, owner = node.func.attr, ast.unparse(node.func.value)
    if owner == "self._transport":
        return name in TRANSPORT_CALLS
    if owner == "self.client":
        return name in awaited.client
    return owner == "self" and name in awaited.of(kind)


def is_generator(function: Function) -> bool:
    """Whether a function yields."""
    return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in ast.walk(function))


def lists_pages(function: Function) -> bool:
    """Whether a function gives an iterator over pages."""
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in PAGERS
        for node in ast.walk(function)
    )


class Writer:
    """Writes the asynchronous counterpart of one module."""

    def __init__(self, source: Source, awaited: Awaited, where: dict[str, str]) -> None:
        self._source = source
        self._awaited = awaited
        self._where = where
        self._lines = source.text.encode().splitlines(keepends=True)
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))
        self._edits: list[tuple[int, int, bytes]] = []

    def text(self) -> str:
        """The module's text, not yet tidied."""
        kept = [kind for kind in self._source.classes() if kind.name in self._where]
        for kind in kept:
            self._edit_class(kind)
        self._rename(kept)
        docstring = ast.get_docstring(self._source.tree, clean=False) or ""
        parts = [
            f'"""{docstring}"""\n',
            HEADER.format(f"scaleapi/{self._source.name}.py"),
            "from __future__ import annotations\n",
            self._imports(kept),
            *(self._edited(kind) for kind in kept),
        ]
        return "\n".join(parts)

    def _edit_class(self, kind: ast.ClassDef) -> None:
        parents = {child: node for node in ast.walk(kind) for child in ast.iter_child_nodes(node)}
        names = self._awaited.of(kind)
        for function in functions(kind):
            if function.name in names:
                self._insert(self._at(function.lineno, function.col_offset), "async ")
            pages = lists_pages(function) or (is_generator(function) and function.name in names)
            if pages and isinstance(function.returns, ast.Subscript):
                item = ast.unparse(function.returns.slice)
                self._replace(function.returns, f"AsyncGenerator[{self._new_name(item)}, None]")
            for node in outside_lambdas(function):
                if is_awaited(node, kind, self._awaited):
                    self._await(node, parents[node])
                elif isinstance(node, ast.Expr) and isinstance(node.value, ast.YieldFrom):
                    self._yield_each(node, node.value)

    def _await(self, node: ast.AST, parent: ast.AST) -> None:
        assert isinstance(node, ast.expr)
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        is_inner = isinstance(parent, ast.Attribute | ast.Subscript)
        self._insert(self._at(node.lineno, node.col_offset), "(await " if is_inner else "await ")
        if is_inner:
            self._insert(self._at(node.end_lineno, node.end_col_offset), ")")

    def _yield_each(self, statement: ast.Expr, node: ast.YieldFrom) -> None:
        indent = " " * statement.col_offset
        values = ast.unparse(node.value)
        self._replace(statement, f"for item in {values}:\n{indent}    yield item")

    def _rename(self, kept: list[ast.ClassDef]) -> None:
        docstrings = {
            node.body[0].value.lineno
            for kind in kept
            for node in ast.walk(kind)
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
            and isinstance(node.body[0], ast.Expr)
            and isinstance(node.body[0].value, ast.Constant)
        }
        reader = io.StringIO(self._source.text).readline
        for token in tokenize.generate_tokens(reader):
            old = token.string.strip('"')
            is_name = token.type == tokenize.NAME
            is_quoted = token.type == tokenize.STRING and token.start[0] not in docstrings
            if (is_name or is_quoted) and self._new_name(old) != old:
                begin = self._of_text(token.start)
                new = token.string.replace(old, self._new_name(old))
                self._edits.append((begin, self._of_text(token.end), new.encode()))

    def _new_name(self, name: str) -> str:
        is_renamed_name = name in self._where or name in ALWAYS_RENAMED
        return f"Async{name}" if is_renamed_name else name

    def _imports(self, kept: list[ast.ClassDef]) -> str:
        shared: list[str] = []
        for node in ast.walk(self._source.tree):
            if isinstance(node, ast.Import):
                shared.append(ast.unparse(node))
            if isinstance(node, ast.ImportFrom) and node.module != "__future__":
                shared += self._import_from(node)
        own = sorted(self._defined() - {kind.name for kind in kept})
        if own:
            shared.append(f"from ..{self._source.name} import {', '.join(own)}")
        shared.append("from collections.abc import AsyncGenerator")
        return "\n".join(shared) + "\n"

    def _import_from(self, node: ast.ImportFrom) -> list[str]:
        lines: list[str] = []
        for alias in node.names:
            spelled = (
                f"{alias.name} as {alias.asname}"
                if alias.asname not in {None, alias.name}
                else alias.name
            )
            if not node.level:
                lines.append(f"from {node.module} import {spelled}")
            elif alias.name in self._where:
                lines.append(f"from .{self._where[alias.name]} import Async{alias.name}")
            elif alias.name in ALWAYS_RENAMED:
                lines.append(f"from .{node.module} import Async{alias.name}")
            elif alias.name in PAGERS:
                lines.append(f"from .{node.module} import {alias.name}")
            else:
                lines.append(f"from ..{node.module} import {spelled}")
        return lines

    def _defined(self) -> set[str]:
        names: set[str] = set()
        for node in self._source.tree.body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef):
                names.add(node.name)
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                names.add(node.target.id)
            if isinstance(node, ast.Assign):
                names |= {one.id for one in node.targets if isinstance(one, ast.Name)}
        return names

    def _edited(self, kind: ast.ClassDef) -> str:
        assert kind.end_lineno is not None
        begin = self._starts[kind.lineno - 1]
        end = self._starts[kind.end_lineno]
        content = b"".join(self._lines)
        parts: list[bytes] = []
        # An insertion goes before a replacement that begins at the same place.
        for start, stop, new in sorted(self._edits, key=lambda edit: (edit[0], edit[1])):
            if start < begin or stop > end:
                continue
            parts += [content[begin:start], new]
            begin = stop
        parts.append(content[begin:end])
        return b"".join(parts).decode()

    def _at(self, line: int, column: int) -> int:
        return self._starts[line - 1] + column

    def _of_text(self, place: tuple[int, int]) -> int:
        """The offset of a place that counts characters, where the tree counts bytes."""
        line = self._lines[place[0] - 1].decode()
        return self._starts[place[0] - 1] + len(line[: place[1]].encode())

    def _insert(self, at: int, text: str) -> None:
        self._edits.append((at, at, text.encode()))

    def _replace(self, node: ast.expr | ast.stmt, text: str) -> None:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        begin = self._at(node.lineno, node.col_offset)
        end = self._at(node.end_lineno, node.end_col_offset)
        # What was renamed inside is part of the text already.
        self._edits = [edit for edit in self._edits if not begin <= edit[0] < end]
        self._edits.append((begin, end, text.encode()))


def tidied(path: Path, text: str) -> str:
    """The text as the linter and the formatter leave it: unused imports gone, the rest in order."""
    rules = "F401,I001,TC001,TC003"
    name = f"--stdin-filename={path}"
    ruff = [sys.executable, "-m", "ruff"]
    fix = [
        *ruff,
        "check",
        "--quiet",
        "--fix-only",
        "--unsafe-fixes",
        f"--select={rules}",
        name,
        "-",
    ]
    for command in (fix, fix, [*ruff, "format", "--quiet", name, "-"]):
        text = subprocess.run(
            command, input=text, capture_output=True, text=True, check=True
        ).stdout
    return text


if __name__ == "__main__":
    sys.exit(main())
