"""The official client beside ours in one process, and the stub that both are compared with.

Both packages are called ``scaleapi``. The official one is imported first, from its folder in
``.peers/``; its modules are then taken out of ``sys.modules``, and ours is imported. What belongs
to a package is put back for as long as its blocks run, so that imports inside its functions find
their own package. One process, because then both sides of a ratio share the interpreter, its heap
and one copy of ``requests``; two processes that take turns would each be scheduled on their own.
"""

from __future__ import annotations

import importlib
import os
import runpy
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import responses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

OFFICIAL: Final = "2.18.4"
CHECKOUT: Final = Path(__file__).parents[1]
PEERS_PATH: Final = "SCALE_BENCH_PEER"
"""Environment variable of the measuring process: the folder that holds the official client."""


class Unavailable(Exception):
    """A peer that is not here and cannot be had."""


def official_folder() -> Path:
    """Where the official client is installed, apart from everything; installed if need be.

    Raises:
        Unavailable: no package index is reached.
    """
    install: Callable[[str], Path] = runpy.run_path(
        str(CHECKOUT / "tests" / "official" / "conftest.py")
    )["install"]
    try:
        return install(OFFICIAL)
    except BaseException as skipped:
        if type(skipped).__name__ != "Skipped":  # pytest's, which is no Exception
            raise
        raise Unavailable(str(skipped)) from None


class Package:
    """One of the two packages called ``scaleapi``, and the modules it consists of."""

    def __init__(self) -> None:
        self.root: ModuleType = importlib.import_module("scaleapi")
        self.tasks: ModuleType = importlib.import_module("scaleapi.tasks")
        self._modules = _take_out()

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """While it lasts, this is what ``import scaleapi`` finds."""
        others = _take_out()
        sys.modules.update(self._modules)
        try:
            yield
        finally:
            self._modules = _take_out()
            sys.modules.update(others)


def both() -> tuple[Package, Package]:
    """Our package and the official one; ours is what ``import scaleapi`` finds afterwards.

    Raises:
        Unavailable: the official one is not on the path of this process.
    """
    folder = os.environ.get(PEERS_PATH)
    if not folder:
        raise Unavailable("the official client is not installed")
    official = Package()
    if not str(official.root.__file__).startswith(folder):
        raise Unavailable(f"{official.root.__file__} was imported in place of the official client")
    sys.path.remove(folder)  # what it depends on is imported by now
    try:
        ours = Package()
    finally:
        sys.path.insert(0, folder)
    sys.modules.update(ours._modules)
    return ours, official


def _take_out() -> dict[str, ModuleType]:
    names = [name for name in sys.modules if name == "scaleapi" or name.startswith("scaleapi.")]
    return {name: sys.modules.pop(name) for name in names}


@contextmanager
def stub(method: str, url: str, body: bytes) -> Iterator[None]:
    """A static answer registered with ``responses``, as a test without a fake has it.

    What ``responses`` keeps of the calls is emptied when the block ends.
    """
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.add(method, url, body=body, content_type="application/json; charset=utf-8")
        yield
