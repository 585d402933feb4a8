"""What every group of asynchronous methods may use: the transport."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._transport import AsyncTransport


class AsyncBaseClient:
    """Holds the transport; the groups of methods that make up the client build on it."""

    _transport: AsyncTransport
