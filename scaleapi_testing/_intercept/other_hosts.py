"""What a test registered for hosts other than Scale's, and when it is asked.

It is asked before anything else and hands on what it does not know to whatever is in force, so it
can stand beside any mock of the test's own.
"""

from __future__ import annotations

import re
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from requests.adapters import BaseAdapter, HTTPAdapter

from .._extras import lack_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from requests import PreparedRequest, Response
    from responses import RequestsMock

EVERYTHING: Final = (re.compile(""),)

_GENUINE_SEND: Final = HTTPAdapter.send


class OtherHosts:
    """Holds the mock of one fake, made when it is first asked for."""

    __slots__ = ("_mock",)

    def __init__(self) -> None:
        self._mock: RequestsMock | None = None

    @property
    def mock(self) -> RequestsMock:
        """The mock that tests register on. It is never started.

        Raises:
            ImportError: the package ``responses`` is missing; the message says how to get it.
        """
        mock = self._mock
        if mock is None:
            mock = _responses().RequestsMock(
                assert_all_requests_are_fired=False, real_adapter_send=_hand_on
            )
            self._mock = mock
        return mock

    @property
    def registered(self) -> bool:
        """Whether there is anything to ask."""
        return self._mock is not None and bool(self._mock.registered())

    def adapter(self, real: BaseAdapter) -> BaseAdapter:
        """An adapter that asks the mock first, then ``real``."""
        return _StubbedAdapter(real, self.mock)

    def reset(self) -> None:
        """Forget what was registered and recorded."""
        if self._mock is not None:
            self._mock.reset()


class _StubbedAdapter(BaseAdapter):
    def __init__(self, real: BaseAdapter, mock: RequestsMock) -> None:
        super().__init__()
        self._real = real
        self._mock = mock

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        # Set each time, because a reset of the mock forgets it: what no stub matches is handed on.
        self._mock.passthru_prefixes = EVERYTHING
        send: Callable[..., Response] = self._mock.unbound_on_send()
        return send(self._real, request, *args, **kwargs)

    def close(self) -> None:
        """Close the adapter behind."""
        self._real.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def _hand_on(adapter: BaseAdapter, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
    return adapter.send(request, *args, **kwargs)


def _responses() -> ModuleType:
    """The package ``responses``, which remembers ``HTTPAdapter.send`` as it is when imported.

    So a test that has patched ``send`` by then must not have its patch remembered for ever.
    """
    if "responses" in sys.modules:
        return sys.modules["responses"]
    patched = HTTPAdapter.send
    HTTPAdapter.send = _GENUINE_SEND  # type: ignore[method-assign]  # for the import alone
    try:
        return import_module("responses")
    except ImportError as error:
        raise ImportError(f"scale.other_hosts needs {lack_of('responses')}") from error
    finally:
        HTTPAdapter.send = patched  # type: ignore[method-assign]  # put back
