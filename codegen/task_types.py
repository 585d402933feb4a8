"""Writes what the client says of each task type, from the marks in ``scaleapi/task_params``.

``python -m codegen.task_types`` writes the files; with ``--check`` it says which ones differ from
what it would write, and ends with 1 when one does.
"""

from __future__ import annotations

import argparse
import ast
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CHECKOUT: Final = Path(__file__).parents[1]
PARAMS: Final = CHECKOUT / "scaleapi" / "task_params"
MARK: Final = "task_type"
NO_EDIT: Final = "# Written by `make generate` from the marks in scaleapi/task_params.\n"


@dataclass(frozen=True)
class MarkedType:
    """One ``@task_type(name, member, makes)`` and the class below it."""

    name: str
    member: str
    makes: str
    params: str
    module: str


def marked_types() -> list[MarkedType]:
    """Every marked type, by its member's name.

    Raises:
        SystemExit: a mark is not three strings, or a name or member occurs twice.
    """
    types: list[MarkedType] = []
    for path in sorted(PARAMS.glob("[!_]*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                types.extend(_marks_of(node, path))
    for attribute in ("name", "member"):
        values = [getattr(marked, attribute) for marked in types]
        if twice := sorted({value for value in values if values.count(value) > 1}):
            raise SystemExit(f"two marks have the {attribute} {', '.join(twice)}")
    return sorted(types, key=lambda marked: marked.member)


def _marks_of(node: ast.ClassDef, path: Path) -> list[MarkedType]:
    marks: list[MarkedType] = []
    for decorator in node.decorator_list:
        if not (
            isinstance(decorator, ast.Call)
            and isinstance(decorator.func, ast.Name)
            and decorator.func.id == MARK
        ):
            continue
        texts = [arg.value for arg in decorator.args if isinstance(arg, ast.Constant)]
        if len(texts) != 3 or not all(isinstance(text, str) for text in texts):
            raise SystemExit(
                f"{path.name}:{decorator.lineno}: @{MARK} takes three strings: name, member, makes"
            )
        name, member, makes = map(str, texts)
        marks.append(MarkedType(name, member, makes, node.name, path.stem))
    return marks


def enumeration(types: list[MarkedType]) -> str:
    """``scaleapi/_task_types.py``."""
    params = sorted({marked.params for marked in types})
    checked = "\n".join(f"        {marked.member}: _{marked.member}" for marked in types)
    members = "\n".join(f'        {marked.member} = "{marked.name}"' for marked in types)
    signatures = "\n".join(
        f"    class _{marked.member}(TaskType):\n"
        "        def _creates(\n"
        "            self,\n"
        "            *,\n"
        "            idempotency_key: str | None = None,\n"
        f"            **params: Unpack[{marked.params}],\n"
        "        ) -> None: ...\n"
        for marked in types
    )
    return f'''"""Every task type, and for type checkers which parameters each takes."""

{NO_EDIT}
from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from ._enums import NearestMember, no_member

if TYPE_CHECKING:
    from typing import Protocol, Unpack

    from typing_extensions import ParamSpec

    from .task_params import (
        {", ".join(params)},
    )

    ParamsP = ParamSpec("ParamsP", default=...)


class TaskType(Enum, metaclass=NearestMember):
    """Every task type, current and legacy, by its name in ``POST /v1/task/<name>``.

    A member equals, hashes and prints as its name: ``task.type == TaskType.ImageAnnotation``.
    Type checkers know the parameters of a member that is written down in a program. For a type
    that is only known at run time there is ``create_task_from``.
    """

    if TYPE_CHECKING:
        @property
        def value(self) -> str:
            """Its name in the path."""
            ...

        # A member's own class carries its parameters to `create_task`.
{checked}
    else:
{members}

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str):
            return self.value == other
        return self is other

    def __hash__(self) -> int:
        return hash(self.value)

    def __str__(self) -> str:
        return self.value

    @classmethod
    def _missing_(cls, value: object) -> TaskType | None:
        if not isinstance(value, str):
            return None
        raise ValueError(no_member(cls, value, [member.value for member in cls]))


if TYPE_CHECKING:

    class KnownType(Protocol[ParamsP]):
        """A member whose parameters are known."""

        def _creates(self, *args: ParamsP.args, **params: ParamsP.kwargs) -> None: ...

{signatures}'''


def creators(types: list[MarkedType]) -> str:
    """``scaleapi/_task_creators.py``."""
    params = sorted({marked.params for marked in types})
    methods = "\n".join(
        f"""    def create_{marked.name}_task(
        self,
        instruction_text: str | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        **params: Unpack[{marked.params}],
    ) -> Task:
        \"\"\"Create {_article(marked.name)} ``{marked.name}`` task: {marked.makes}.\"\"\"
        return self._create_task("{marked.name}", instruction_text, {{**params}}, idempotency_key)
"""
        for marked in sorted(types, key=lambda marked: marked.name)
    )
    return f'''"""The creators of the 1.0 client: a method per task type, the instruction first."""

{NO_EDIT}
from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from ._task_creation import TaskCreationMethods

if TYPE_CHECKING:
    from .task_params import (
        {", ".join(params)},
    )
    from .tasks import Task


class TaskCreatorMethods(TaskCreationMethods):
    """``create_<type>_task`` for every type; each is :meth:`create_task` for that type.

    The first positional argument is the instruction.
    """

{methods}'''


def _article(name: str) -> str:
    return "an" if name[0] in "aeiou" else "a"


def params_names(types: list[MarkedType]) -> str:
    """``scaleapi/task_params/__init__.py``."""
    modules = sorted({marked.module for marked in types})
    imports = "".join(
        f"from .{module} import ("
        + ", ".join(sorted({marked.params for marked in types if marked.module == module}))
        + ",)\n"
        for module in modules
    )
    exported = sorted({"CommonParams", *(marked.params for marked in types)})
    return f'''"""The parameters of each task type, for type checkers and editors.

``create_task(TaskType.ImageAnnotation, ...)`` takes an :class:`ImageAnnotationParams`, and so on.
"""

{NO_EDIT}
from __future__ import annotations

from .common import CommonParams
{imports}
__all__ = [
    {", ".join(f'"{name}"' for name in exported)},
]
'''


def written() -> dict[Path, str]:
    """Each file and what stands in it, laid out by the project's formatter."""
    types = marked_types()
    package = CHECKOUT / "scaleapi"
    files = {
        package / "_task_types.py": enumeration(types),
        package / "_task_creators.py": creators(types),
        PARAMS / "__init__.py": params_names(types),
    }
    return {path: _laid_out(path, text) for path, text in files.items()}


def _laid_out(path: Path, text: str) -> str:
    ruff = [sys.executable, "-m", "ruff"]
    name = ["--stdin-filename", str(path), "-"]
    for command in (["check", "--quiet", "--fix-only", "--select", "I"], ["format", "--quiet"]):
        done = subprocess.run(
            [*ruff, *command, *name], input=text, capture_output=True, text=True, check=True
        )
        text = done.stdout
    return text


def main() -> None:
    """Write the files, or compare them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    check: bool = parser.parse_args().check
    stale = [
        path
        for path, text in written().items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    if check and stale:
        names = ", ".join(str(path.relative_to(CHECKOUT)) for path in stale)
        raise SystemExit(f"not what the marks say: {names}. Run `make generate`.")
    for path, text in written().items():
        if path in stale:
            path.write_text(text, encoding="utf-8")
            print(f"written: {path.relative_to(CHECKOUT)}")


if __name__ == "__main__":
    main()
