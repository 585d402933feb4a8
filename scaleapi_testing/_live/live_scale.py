"""What ``scale`` is in the half of a test that runs against Scale: what both worlds can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NoReturn

import pytest

from .._fake import FakeScale
from .._messages import did_you_mean

if TYPE_CHECKING:
    import scaleapi

    from .._record.proxy import Proxy
    from .made import Made

OFFERED: Final = ("api_key", "base_urls", "client", "async_client", "url")


class LiveScale:
    """Scale itself, seen through a proxy that notes what is made.

    Args:
        api_key: a test key.
        proxy: what passes calls on.
        made: what the test makes there.

    Attributes:
        ca_file: as ``scale_server`` has it: there is nothing to trust.
    """

    ca_file: None = None

    def __init__(self, api_key: str, proxy: Proxy, made: Made) -> None:
        self.api_key = api_key
        self.made = made
        self._proxy = proxy

    @property
    def url(self) -> str:
        """Where the proxy is: the origin of the API in this half, as ``scale_server.url``."""
        return self._proxy.url

    @property
    def base_urls(self) -> tuple[str, ...]:
        """The origins of the API in this half."""
        return (self._proxy.url,)

    def client(self, api_key: str | None = None, **kwargs: Any) -> scaleapi.ScaleClient:
        """A client of Scale, as ``FakeScale.client``."""
        # Here, for tests may use the official client alone.
        from scaleapi import ScaleClient

        kwargs.setdefault("api_instance_url", f"{self.url}/v1")
        return ScaleClient(self.api_key if api_key is None else api_key, **kwargs)

    def async_client(self, api_key: str | None = None, **kwargs: Any) -> scaleapi.AsyncScaleClient:
        """An asynchronous client of Scale, as ``FakeScale.async_client``."""
        from scaleapi import AsyncScaleClient

        kwargs.setdefault("api_instance_url", f"{self.url}/v1")
        return AsyncScaleClient(self.api_key if api_key is None else api_key, **kwargs)

    def add_projects(self, projects: Any) -> None:
        """Make the projects of the mark where they are not there yet."""
        for entry in projects:
            name, kind = (entry, "imageannotation") if isinstance(entry, str) else entry
            self.made.make_project(self._proxy.upstream, self.api_key, name, kind)

    def clean_up(self) -> None:
        """Undo as much as the API can."""
        self.made.clean_up(self._proxy.upstream, self.api_key)

    def __getattr__(self, name: str) -> NoReturn:
        """Skip this half for what only a fake has.

        Raises:
            AttributeError: a fake has it neither.
            Skipped: Scale has no such control.
        """
        # Private names are asked for by pytest and copy themselves, and must not skip.
        if name.startswith("_") or (not hasattr(FakeScale, name) and name not in _OF_A_FAKE):
            near = did_you_mean(name, [*OFFERED, *_OF_A_FAKE])
            hint = f"; nearest: {', '.join(near)}" if near else ""
            raise AttributeError(f"neither a FakeScale nor Scale has {name!r:.62}{hint}")
        # A skip and no failure: the half against the fake has passed, and stands.
        pytest.skip(f"scale.{name} is a control of the fake, which Scale has not")


_OF_A_FAKE: Final = ("faults", "requests", "app")
"""What a fake has and its class does not show."""
