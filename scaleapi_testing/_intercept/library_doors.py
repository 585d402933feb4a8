"""Doors of libraries that a program may or may not use: each opens when its library is imported.

None of these libraries is imported for the sake of its door. What is imported when the doors open
gets its door at once. For the rest a finder stands first in ``sys.meta_path`` while a fake is
active: it lets the others find the library, and opens the door when the library's code has run.
"""

from __future__ import annotations

import sys
import threading
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.machinery import ModuleSpec

    from .active import Interception

LIBRARIES: Final = {
    "aiohttp": "aiohttp_door",
    "aioresponses": "aioresponses_door",
    "httpcore": "httpcore_door",
    "httpx": "httpx_door",
    "pycurl": "pycurl_door",
}
"""Libraries, and the modules whose ``install`` opens their doors, or shuts them."""


def install(interception: Interception) -> Callable[[], None]:
    """Open the doors of what is imported, and those of the rest when they are."""
    doors = LibraryDoors(interception)
    try:
        sys.meta_path.insert(0, doors.finder)
        for name in LIBRARIES:
            library = _imported(name)
            if library is not None:
                if getattr(library.__spec__, "_initializing", False):
                    import_module(name)  # another thread is at it: wait for that
                doors.open(name)
    except BaseException:
        doors.close()
        raise
    return doors.close


class LibraryDoors:
    """The doors that are open, and the finder that waits for the others."""

    __slots__ = ("_close", "_interception", "_is_open", "_lock", "finder")

    def __init__(self, interception: Interception) -> None:
        self._interception = interception
        self._close: dict[ModuleType, Callable[[], None]] = {}
        self._is_open = True
        self._lock = threading.Lock()
        self.finder: Any = _Finder(self)

    def open(self, name: str) -> None:
        """Open the door of a library that is imported by now, if it is not open."""
        library = _imported(name)
        if library is None:
            return
        # Before the lock is taken: a thread that holds it must wait for no import.
        door = _door_of(name, library)
        with self._lock:
            if self._is_open and library not in self._close:
                self._close[library] = door.install(self._interception)

    def close(self) -> None:
        """Close all and take the finder away."""
        with self._lock:
            self._is_open = False
            if self.finder in sys.meta_path:
                sys.meta_path.remove(self.finder)
            for close in reversed(self._close.values()):
                close()
            self._close.clear()


def _imported(name: str) -> ModuleType | None:
    """A library that is imported; what a test has put in its place leads nowhere."""
    library = sys.modules.get(name)
    is_genuine = isinstance(library, ModuleType) and getattr(library, "__file__", None)
    return library if is_genuine else None


def _door_of(name: str, library: ModuleType) -> Any:
    door = f"{__package__}.{LIBRARIES[name]}"
    module: Any = sys.modules.get(door)
    if module is None or getattr(module.__spec__, "_initializing", False):
        module = import_module(door)
    if vars(module).get(name, library) is not library:
        # The library was imported anew, and with it other classes are in use.
        del sys.modules[door]
        module = import_module(door)
    return module


class _Finder:
    """Finds what the others find, and has their loader say when it is done."""

    __slots__ = ("_doors",)

    def __init__(self, doors: LibraryDoors) -> None:
        self._doors = doors

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name not in LIBRARIES:
            return None
        for finder in list(sys.meta_path):
            find_spec = getattr(finder, "find_spec", None)
            if finder is self or find_spec is None:
                continue
            spec: ModuleSpec | None = find_spec(name, path, target)
            if spec is not None:
                if hasattr(spec.loader, "exec_module"):
                    spec.loader = _Loader(spec.loader, self._doors)  # type: ignore[assignment]
                return spec
        return None


class _Loader:
    """A library's own loader, after which the library's door opens; it leaves no trace."""

    def __init__(self, loader: Any, doors: LibraryDoors) -> None:
        self._loader = loader
        self._doors = doors

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        module: ModuleType | None = self._loader.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        spec = module.__spec__
        module.__loader__ = self._loader
        if spec is not None:
            spec.loader = self._loader
        self._loader.exec_module(module)
        self._doors.open(module.__name__)
