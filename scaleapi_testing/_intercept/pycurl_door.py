"""How ``pycurl`` is refused: by the address that a handle is given.

Its sockets are libcurl's, which no guard sees. So the class of handles is replaced by one of its
own kind that looks at each address it is told. Handles made before the fake started, and a class
bound by ``from pycurl import Curl``, are out of sight.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from .network_guard import Guard
from .origin import host_of, normal_origin
from .spot import replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from .active import Interception


def install(interception: Interception) -> Callable[[], None]:
    """Replace ``pycurl.Curl``; returns what puts it back."""
    pycurl: Any = sys.modules["pycurl"]
    guard = Guard(interception)

    def check(value: Any) -> None:
        __tracebackhide__ = True
        url = value.decode("latin-1") if isinstance(value, bytes) else str(value)
        if interception.activations:
            guard.check(host_of(normal_origin(url if "://" in url else f"http://{url}")))

    def around(original: Any) -> Any:
        def setopt(handle: Any, option: Any, value: Any) -> Any:
            __tracebackhide__ = True
            if option == pycurl.URL:
                check(value)
            return original.setopt(handle, option, value)

        def setopt_string(handle: Any, option: Any, value: Any) -> Any:
            __tracebackhide__ = True
            if option == pycurl.URL:
                check(value)
            return original.setopt_string(handle, option, value)

        methods = {"setopt": setopt, "setopt_string": setopt_string}
        return type(original.__name__, (original,), {**methods, "__module__": "pycurl"})

    return replace((pycurl, "Curl", around))
