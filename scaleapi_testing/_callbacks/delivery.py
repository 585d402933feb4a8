"""A callback with all attempts at it, and a mail in place of one, as a test sees them."""

from __future__ import annotations

import json as jsonlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .._errors import PUBLIC
from .._http.kept_bodies import CutBody

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: when, and the receiver's status (``None`` when nothing answered)."""

    at: datetime
    status: int | None

    @property
    def succeeded(self) -> bool:
        """Whether the receiver answered 2xx."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(slots=True)
class Delivery:
    """One callback, with every attempt at it.

    Attributes:
        event: ``completed``, ``error``, ``audited``, ``recalled``, ``resent`` or
            ``batch_completed``.
        task_id: the task; ``None`` for a batch's.
        batch: the name of the batch the task is in, or that was completed; else ``None``.
        url: where it goes.
        body: what the last attempt carried (before the first: what it will carry). Where the
            bodies of all deliveries together outgrow ``journal_max_bytes``, old and large ones
            are let go: it is then a sentence with length and digest.
        headers: what the last attempt carried.
        attempts: oldest first.
        answer: the body of the receiver's last answer, cut to 2,000 bytes.
        number: which callback of this fake it is, counted from 1.
        account_key: the API key whose account it is about; no repr shows it.
        cut: what is left of the body when it was let go, else ``None``.
    """

    event: str
    task_id: str | None
    batch: str | None
    url: str
    body: bytes
    headers: dict[str, str]
    attempts: list[Attempt] = field(default_factory=list[Attempt])
    answer: bytes = b""
    number: int = 0
    account_key: str = field(default="", repr=False)
    cut: CutBody | None = None

    @property
    def json(self) -> Any:
        """The body, decoded.

        Raises:
            LookupError: the body was let go.
        """
        __tracebackhide__ = True
        if self.cut is not None:
            # Told with length and digest, so that it can be told from other bodies.
            raise LookupError(f"the body of callback {self.number} is {str(self.cut)[1:-1]}")
        return jsonlib.loads(self.body)

    def let_go(self) -> None:
        """Keep of the body no more than its length and digest."""
        self.cut = CutBody.of(self.body)
        self.body = str(self.cut).encode()

    @property
    def succeeded(self) -> bool:
        """Whether an attempt was answered 2xx."""
        # Any of them: a repeat that fails does not unsend what arrived.
        return any(attempt.succeeded for attempt in self.attempts)

    def __repr__(self) -> str:
        about = f"task {self.task_id}" if self.task_id else f"batch {self.batch!r}"
        tries = [str(attempt.status or "no answer") for attempt in self.attempts[-5:]]
        return (
            f"<Delivery {self.event} of {about} to {self.url}: {', '.join(tries) or 'not tried'}>"
        )


@dataclass(frozen=True, slots=True)
class Expected:
    """An attempt that whoever keeps the log of commands has to make.

    Attributes:
        number: which attempt of this fake, counted from 1.
        delivery: the number of the callback.
        at: when it was begun.
        url: where it goes.
        headers: what it carries, the callback key among them.
        body: what it carries.
    """

    number: int
    delivery: int
    at: datetime
    url: str
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that Scale would have sent, because a ``callback_url`` is an e-mail address.

    Its body is let go like that of a ``Delivery``: a sentence with length and digest is left.
    """

    to: str
    subject: str
    body: str
    task_id: str
    at: datetime


for _public in (Attempt, Delivery, Mail):
    _public.__module__ = PUBLIC
del _public
