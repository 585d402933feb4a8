"""The supported matrix (``make test-matrix``): each Python with the oldest and newest packages.

Tests run against the installed distributions, whatever pytest is there. Interpreters that are not
at hand are named before and after, never passed over in silence.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, Final

import nox
from packaging.requirements import Requirement

CHECKOUT: Final = Path(__file__).parent
PROJECTS: Final = (CHECKOUT / "pyproject.toml", CHECKOUT / "scaleapi_testing" / "pyproject.toml")
PYTHONS: Final = ("3.11", "3.12", "3.13", "3.14")
VARIED: Final = ("requests", "urllib3", "pytest", "responses")
"""What users have in versions of their own; the rest is taken as it comes."""

TESTS: Final = ("tests/client", "tests/plugin", "tests/intercept")
"""What depends on these packages; a session takes others after ``--``."""

NEEDS_NEWER: Final = ("pytest-asyncio",)
"""Packages that do not work with the oldest pytest; the tests that need them skip themselves."""


def interpreter(version: str) -> str | None:
    """The path of a Python that runs: on the path, or known to pyenv."""
    names = [f"python{version}"]
    if shutil.which("pyenv"):
        known = subprocess.run(  # noqa: S603 - a fixed command
            ["pyenv", "whence", "--path", f"python{version}"],  # noqa: S607 - looked for above
            capture_output=True,
            text=True,
            check=False,
        )
        names += known.stdout.split()
    if sys.version_info[:2] == tuple(map(int, version.split("."))):
        names.append(sys.executable)
    for name in names:
        path = shutil.which(name)
        if path is not None:
            tried = subprocess.run([path, "-c", ""], capture_output=True, check=False)  # noqa: S603
            if tried.returncode == 0:
                return path
    return None


AT_HAND: Final = {version: path for version in PYTHONS if (path := interpreter(version))}
MISSING: Final = tuple(version for version in PYTHONS if version not in AT_HAND)

# Where nox looks for them; what stands before may be there and not run, as pyenv's shims.
os.environ["PATH"] = os.pathsep.join(
    [*(str(Path(path).parent) for path in AT_HAND.values()), os.environ["PATH"]]
)

nox.options.error_on_missing_interpreters = True
nox.options.reuse_existing_virtualenvs = True


def settings(project: Path) -> dict[str, Any]:
    """What a ``pyproject.toml`` says."""
    return tomllib.loads(project.read_text(encoding="utf-8"))


def floors() -> list[str]:
    """The oldest version that both distributions allow of each varied package, as pins."""
    oldest: dict[str, str] = {}
    for project in PROJECTS:
        for text in settings(project)["project"]["dependencies"]:
            requirement = Requirement(text)
            if requirement.name in VARIED:
                [floor] = [each.version for each in requirement.specifier if each.operator == ">="]
                if oldest.setdefault(requirement.name, floor) != floor:
                    raise SystemExit(
                        f"the two distributions allow {requirement.name} from different versions: "
                        f"{oldest[requirement.name]} and {floor}"
                    )
    return [f"{name}=={version}" for name, version in oldest.items()]


def pytest_ini() -> str:
    """The project's settings of pytest in the form that every version reads."""
    known = settings(PROJECTS[0])["tool"]["pytest"]
    lines = ["[pytest]"]
    for name in ("addopts", "filterwarnings", "timeout", "markers"):
        value = known[name]
        listed = " ".join(value) if name == "addopts" else "\n    ".join(value)
        lines.append(f"{name} = {value if isinstance(value, str) else listed}")
    return "\n".join(lines) + "\n"


def say_what_is_missing(session: nox.Session) -> None:
    """Names the interpreters that the matrix was not run on."""
    if MISSING:
        session.warn(
            f"NOT RUN on Python {', '.join(MISSING)}: not on this machine. "
            f"Run on {', '.join(AT_HAND)}."
        )


@nox.session(python=list(AT_HAND))
@nox.parametrize("packages", ["oldest", "newest"])
def matrix(session: nox.Session, packages: str) -> None:
    """The tests of one Python with one set of packages."""
    say_what_is_missing(session)
    # Not create_tmp(): it makes that the folder for temporary files of the tests, too, whose
    # paths are then too long for sockets.
    folder = Path(session.virtualenv.location)
    pins = folder / "constraints.txt"
    pins.write_text("\n".join(floors() if packages == "oldest" else ()) + "\n", encoding="utf-8")
    ini = folder / "pytest.ini"
    ini.write_text(pytest_ini(), encoding="utf-8")
    left_out = NEEDS_NEWER if packages == "oldest" else ()
    groups = settings(PROJECTS[0])["dependency-groups"]
    needed = [
        text
        for text in [*groups["tests"], *groups["lint"]]
        if not re.match("|".join(left_out) or r"\b\B", text)
    ]
    session.install(
        *("--upgrade", "--upgrade-strategy", "eager", "--constraint", str(pins)),
        *("--editable", ".[v2,async]", "--editable", "./scaleapi_testing[demo,server]"),
        *needed,
    )
    session.run("python", "-m", "pip", "list", "--format=freeze", log=False, silent=True)
    session.run(
        # Without the last, pytest looks for conftest.py no further up than beside its settings.
        *("python", "-m", "pytest", "-c", str(ini), "--rootdir", ".", "--confcutdir", "."),
        *("-q", "-n", "2", "-p", "no:cacheprovider", "-m", "not slow"),
        *(session.posargs or TESTS),
        env={"HYPOTHESIS_PROFILE": "quick"},
    )
    say_what_is_missing(session)
