"""Writes the asynchronous client's v2: each method with the types of the one that it calls.

``python -m codegen.asynchronous_v2`` writes; with ``--check`` it says whether what is written is
what it would write. v2 has one implementation, that of the client of threads; what is written here
gives each of its methods a counterpart that is awaited, or iterated where it gives an iterator.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import Final

from .asynchronous import HEADER, PACKAGE, TARGET, is_written, tidied

GROUPS: Final = ("tasks", "batches", "projects", "deliveries", "datasets")
"""The modules of ``scaleapi/v2`` that hold methods, as ``V2Api`` inherits them."""

WRITTEN: Final = TARGET / "_v2_api.py"


def main() -> int:
    """Write, or with ``--check`` compare; gives the exit status."""
    text = generated()
    if "--check" in sys.argv[1:]:
        if is_written(WRITTEN, text):
            return 0
        print(f"{WRITTEN.relative_to(PACKAGE.parent)} is not what `make generate` writes")
        return 1
    WRITTEN.write_text(text, "utf-8")
    return 0


def generated() -> str:
    """The text of the file that is written."""
    imports: list[str] = []
    methods: list[str] = []
    for name in GROUPS:
        tree = ast.parse((PACKAGE / "v2" / f"{name}.py").read_text("utf-8"))
        imports += imports_of(tree, Path(name))
        for kind in tree.body:
            if isinstance(kind, ast.ClassDef) and kind.name.endswith("Methods"):
                methods += [
                    method_of(function)
                    for function in kind.body
                    if isinstance(function, ast.FunctionDef) and not function.name.startswith("_")
                ]
    parts = [
        '"""Every method of :class:`scaleapi.V2Api` under its name, awaited or iterated."""\n',
        HEADER.format("scaleapi/v2/"),
        "from __future__ import annotations\n",
        "from typing import TYPE_CHECKING\n",
        "from ._v2_base import AsyncV2Base\n",
        "if TYPE_CHECKING:",
        *(f"    {line}" for line in ["from collections.abc import AsyncGenerator", *imports]),
        "\n\nclass AsyncV2Api(AsyncV2Base):",
        '    """The methods of :class:`scaleapi.V2Api`, for programs on an event loop."""\n',
        *methods,
    ]
    return tidied(WRITTEN, "\n".join(parts))


def imports_of(tree: ast.Module, module: Path) -> list[str]:
    """What a module imports, as a module of ``scaleapi/aio`` writes it."""
    lines: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module != "__future__":
            names = ", ".join(a.name for a in node.names if a.name != "TYPE_CHECKING")
            if not names:
                continue
            package = {0: "", 1: "..v2.", 2: ".."}[node.level]
            lines.append(f"from {package}{node.module} import {names}")
    own = [node.name for node in tree.body if isinstance(node, ast.ClassDef)]
    own = [name for name in own if not name.endswith("Methods")]
    if own:
        lines.append(f"from ..v2.{module.stem} import {', '.join(own)}")
    return lines


def method_of(function: ast.FunctionDef) -> str:
    """The counterpart of one method."""
    assert function.returns is not None
    arguments = function.args
    passed = [argument.arg for argument in arguments.args[1:]]
    passed += [f"{argument.arg}={argument.arg}" for argument in arguments.kwonlyargs]
    if arguments.kwarg is not None:
        passed.append(f"**{arguments.kwarg.arg}")
    call = f"(self._api.{function.name}, {', '.join(passed)})"
    gives = ast.unparse(function.returns)
    if gives.startswith("Iterator["):
        item = gives.removeprefix("Iterator[").removesuffix("]")
        head, gives, call = "def", f"AsyncGenerator[{item}, None]", f"self._each{call}"
    else:
        head, call = "async def", f"await self._called{call}"
    docstring = ast.get_docstring(function, clean=False)
    said = [f'        """{docstring}"""'] if docstring else []
    lines = [
        f"    {head} {function.name}({ast.unparse(arguments)}) -> {gives}:",
        *said,
        f"        return {call}",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
