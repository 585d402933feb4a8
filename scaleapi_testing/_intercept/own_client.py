"""How our own client is bound to one fake: by its session's adapters, whoever is active."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .requests_door import fake_adapter

if TYPE_CHECKING:
    from scaleapi import ScaleClient

    from .fake_protocol import ActiveFake


def bind(client: ScaleClient, fake: ActiveFake) -> None:
    """Let ``client`` always reach ``fake``, and draw its chance from the fake's seed."""
    transport: Any = client._transport
    session = transport.session
    for prefix in ("https://", "http://"):
        session.mount(prefix, fake_adapter(session.get_adapter(prefix), fake))
    transport.new_idempotency_key = fake.new_idempotency_key
