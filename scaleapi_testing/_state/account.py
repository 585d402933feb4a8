"""What Scale remembers of one account: everything that one API key sees."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from .idempotency import IdempotencyKeys
from .task_table import TaskTable

if TYPE_CHECKING:
    from .batch import BatchRecord
    from .file import FileRecord
    from .project import ProjectRecord

SHOWN: Final = 6
"""How many characters of a key stand in a message; never the whole key."""


def digest_of(api_key: str) -> str:
    """What a dump writes in place of a key."""
    return blake2b(api_key.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def is_test_key(api_key: str) -> bool:
    """Whether the key belongs to test mode: it starts with ``test_`` or ends with ``|test``."""
    return api_key.startswith("test_") or api_key.endswith("|test")


def shown_key(api_key: str) -> str:
    """The first characters of a key and an ellipsis, at most half of it."""
    return api_key[: min(SHOWN, len(api_key) // 2)] + "…"


class Account:
    """One account, with the settings that a test may change.

    Attributes:
        key: the API key; of a loaded dump its digest, until the key is used.
        default_callback_url: where callbacks of tasks without ``callback_url`` go.
        callback_auth_key: the value of the header ``scale-callback-auth``.
        email: the owner's address; stands in audits.
        disabled_task_types: names that answer 402.
        rapid, studio: whether these products are enabled (else 402).
    """

    def __init__(self, key: str, *, number: int, callback_auth_key: str, customer_id: str) -> None:
        self.key = key
        self.digest = digest_of(key)
        self.is_test = is_test_key(key)
        self.number = number
        self.customer_id = customer_id
        self.default_callback_url: str | None = None
        self.callback_auth_key = callback_auth_key
        self.email = f"owner{number}@example.com" if number else "owner@example.com"
        self.disabled_task_types: set[str] = set()
        self.rapid = True
        self.studio = True
        self.tasks = TaskTable()
        self.batches: dict[str, BatchRecord] = {}
        self.projects: dict[str, ProjectRecord] = {}
        self.files: dict[str, FileRecord] = {}
        self.idempotency = IdempotencyKeys()

    @property
    def shown(self) -> str:
        """The key as messages show it."""
        return shown_key(self.key)

    def __repr__(self) -> str:
        return f"<Account {self.shown} {'test' if self.is_test else 'live'}>"
