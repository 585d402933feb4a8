"""How a session of ``aiohttp`` finds its way past ``aioresponses``, whichever was entered first.

That mock takes the place of ``ClientSession._request``, and so of the fake's when it is entered
later. Whenever a session is made or asked while it is imported, the fake's is put on top again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import aiohttp

from .aiohttp_door import Door
from .spot import replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from .active import Interception

VERBS: Final = ("request", "get", "options", "head", "post", "put", "patch", "delete")
"""The methods of a session that send a request."""


def install(interception: Interception) -> Callable[[], None]:
    """Replace the methods by which sessions are made and asked; returns what undoes it."""
    return _Top(interception).close


class _Top:
    def __init__(self, interception: Interception) -> None:
        self._interception = interception
        self._door = Door(interception)
        names = ("__init__", *VERBS)
        put_back = replace(*((aiohttp.ClientSession, name, self._around) for name in names))
        self._put_back = [put_back]
        self._mine: Any = None
        self._stand_on_top()

    def close(self) -> None:
        """Put everything back that is still ours."""
        for put_back in reversed(self._put_back):
            put_back()

    def _stand_on_top(self) -> None:
        # Only when something else stands there by now: wrappers must not pile up.
        if vars(aiohttp.ClientSession)["_request"] is not self._mine:
            self._put_back.append(
                replace((aiohttp.ClientSession, "_request", self._door.around_request))
            )
            self._mine = vars(aiohttp.ClientSession)["_request"]

    def _around(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def method(session: Any, *args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            if self._interception.activations:
                self._stand_on_top()
            return original(session, *args, **kwargs)

        method.__name__, method.__doc__ = original.__name__, original.__doc__
        return method
