"""What the report of a failed test says of a fake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._state.account import digest_of
from .operation import control

if TYPE_CHECKING:
    from .._fake import FakeScale
    from .._messages import JSON


@control(
    "report",
    method="GET",
    gives={"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}},
)
def report(fake: FakeScale) -> JSON:
    """The clock, the last calls and answers, what is still to come, what was wrong; as text."""
    # Here, for most worlds end without a report.
    from .._report.report import describe

    return {"text": describe(fake)}


@control("raise_deferred", gives={"type": "object", "maxProperties": 0})
def raise_deferred(fake: FakeScale) -> JSON:
    """Answer with what targets of callbacks, or callables of a test, raised meanwhile."""
    fake.raise_deferred()
    return {}


@control(
    "about",
    method="GET",
    gives={"type": "object", "required": ["seed", "base_urls"]},
)
def about(fake: FakeScale) -> JSON:
    """What the fake was made with."""
    return {
        "seed": fake.seed,
        "base_urls": list(fake.base_urls),
        "strict": fake.strict,
        "check": fake.check,
        "skip_sleep": fake.skip_sleep,
        "block_network": fake.block_network,
        # The digest alone: whoever may ask for this need not know the key.
        "default_account_id": digest_of(fake._settled.default_key),
        "follows_frozen": fake._settled.follows_frozen,
        "journal_max_entries": fake._settled.arguments.journal_max_entries,
        "clock": fake.clock.stamp(),
        "tasks": len(fake.tasks),
        "requests": len(fake.requests),
        "callbacks": len(fake.callbacks),
    }
