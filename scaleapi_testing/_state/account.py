"""What Scale remembers of one account: everything that one API key sees."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from .._http.addresses import EXPECTED, why_no_address
from .._messages import described, mask_key
from .._random import chance
from .idempotency import IdempotencyKeys
from .task_table import TaskTable
from .teammate import ADMIN, TeammateRecord

if TYPE_CHECKING:
    from typing import Self

    from .batch import BatchRecord
    from .dataset import DatasetDeliveryRecord, DatasetRecord, DatasetTaskRecord
    from .delivery import DeliveryRecord, SchemaRecord
    from .file import FileRecord
    from .project import ProjectRecord
    from .quality_task import QualityTaskRecord
    from .task import TaskRecord


# A str, so that it goes wherever a key goes; a type of its own, so that nobody digests it twice.
class KeyDigest(str):
    """What is known of a key that is not kept: its digest, as text; not to be digested once more.

    Attributes:
        is_test: whether the key belongs to test mode.
        chance: what the account of the key draws from in a fake of one seed, 16 bytes; empty where
            the account is there already.
    """

    __slots__ = ("chance", "is_test")

    is_test: bool
    chance: bytes

    def __new__(cls, digest: str, *, is_test: bool = False, chance: bytes = b"") -> Self:
        """Hold what is known."""
        key_digest = super().__new__(cls, digest)
        key_digest.is_test = is_test
        key_digest.chance = chance
        return key_digest

    @classmethod
    def of(cls, api_key: str, seed: int) -> Self:
        """What a fake with this seed has to know of a key to act as if it knew the key."""
        return cls(
            digest_of(api_key),
            is_test=is_test_key(api_key),
            # Drawn while the key is known: the account's secrets must come out the same without it.
            chance=chance(seed, "account", api_key),
        )


def digest_of(api_key: str) -> str:
    """What a dump writes in place of a key."""
    if isinstance(api_key, KeyDigest):
        return api_key
    # Not `hash()`, which differs from process to process; a key is whatever a header holds, lone
    # surrogates too.
    return blake2b(api_key.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def is_test_key(api_key: str) -> bool:
    """Whether the key belongs to test mode: it starts with ``test_`` or ends with ``|test``."""
    if isinstance(api_key, KeyDigest):
        return api_key.is_test
    return api_key.startswith("test_") or api_key.endswith("|test")


class Account:
    """One account, with the settings that a test may change.

    Attributes:
        key: the API key; of a loaded dump its digest, until the key is used.
        base_url: the origin that its last call went to; what its answers point at lies there.
        callback_auth_key: the value of the header ``scale-callback-auth``.
        email: the owner's address; stands in audits.
        disabled_task_types: names that answer 402.
        rapid, studio: whether these products are enabled (else 402).
        teammates: the people besides the owner, by e-mail address.
        assignments: names of the projects that a person labels in Studio, by e-mail address.
        quality_tasks: training and evaluation tasks by id.
        quality_unique_ids: the ids of those that have a unique_id, by it.
        untouched: names of projects that a test's set-up made and that nothing has used yet, with
            whether they are copies of another account's; views do not list a copy among them.
        deliveries, schemas, datasets, dataset_deliveries, dataset_tasks: what v2 shows, by id.
        deleted_tasks: ids of the tasks that v2 calls deleted.
        dependents: of a task with dependents the id of each, ``None`` where it is not made yet.
    """

    def __init__(self, key: str, *, number: int, callback_auth_key: str, customer_id: str) -> None:
        self.key = key
        self.digest = digest_of(key)
        self.is_test = is_test_key(key)
        self.number = number
        self.customer_id = customer_id
        self.base_url: str | None = None
        self._default_callback_url: str | None = None
        self.callback_auth_key = callback_auth_key
        # The first account has no number in it, as most tests know only that one.
        self.email = f"owner{number}@example.com" if number else "owner@example.com"
        self.disabled_task_types: set[str] = set()
        self.rapid = True
        self.studio = True
        self.tasks = TaskTable()
        self.batches: dict[str, BatchRecord] = {}
        self.projects: dict[str, ProjectRecord] = {}
        self.files: dict[str, FileRecord] = {}
        self.teammates: dict[str, TeammateRecord] = {}
        self.assignments: dict[str, tuple[str, ...]] = {}
        self.quality_tasks: dict[str, QualityTaskRecord] = {}
        self.quality_unique_ids: dict[str, str] = {}
        self.untouched: dict[str, bool] = {}
        self.dependents: dict[str, tuple[str | None, ...]] = {}
        self.idempotency = IdempotencyKeys()
        self.deliveries: dict[str, DeliveryRecord] = {}
        self.schemas: dict[str, SchemaRecord] = {}
        self.datasets: dict[str, DatasetRecord] = {}
        self.dataset_deliveries: dict[str, DatasetDeliveryRecord] = {}
        self.dataset_tasks: dict[str, DatasetTaskRecord] = {}
        self.deleted_tasks: set[str] = set()

    @property
    def default_callback_url(self) -> str | None:
        """Where callbacks of tasks without ``callback_url`` go; settable.

        Raises:
            TypeError: neither a text nor ``None``, when it is set.
            ValueError: nothing can be sent there, when it is set.
        """
        return self._default_callback_url

    @default_callback_url.setter
    def default_callback_url(self, url: str | None) -> None:
        if not isinstance(url, str | None):  # pyright: ignore[reportUnnecessaryIsInstance] - callers may be untyped
            raise TypeError(
                f"default_callback_url takes a text or None, not {described(url)}; {EXPECTED}"
            )
        # An empty text is allowed: it is what unsets the address.
        why = why_no_address(url) if url else None
        if why is not None:
            raise ValueError(f"default_callback_url={url!r:.100} is none, for {why}: {EXPECTED}")
        self._default_callback_url = url

    def team(self, now_ms: int) -> dict[str, TeammateRecord]:
        """Everybody on the team by e-mail address, the owner first, lapsed invitations left out.

        The owner is the account's one admin, under the address that ``email`` holds now.
        """
        # Made anew each time, for a test may set `email` at any moment.
        owner = TeammateRecord(
            self.customer_id,
            self.email,
            ADMIN,
            company="Example Company",
            first_name="Account",
            last_name="Owner",
        )
        others = {
            email: member
            # Over a copy: the owner may be asked for while another thread invites.
            for email, member in list(self.teammates.items())
            if email != self.email and not member.has_lapsed(now_ms)
        }
        return {self.email: owner, **others}

    def project(self, name: str) -> ProjectRecord | None:
        """The project of this name, which counts as used from now on."""
        project = self.projects.get(name)
        # Nearly always there is nothing prepared, and a lookup should stay one.
        if project is not None and self.untouched:
            self.untouched.pop(name, None)
        return project

    def waits_for_reads(self, record: TaskRecord | None, name: str) -> bool:
        """Whether a task of this account is completed by a certain number of reads to come.

        Args:
            record: the task of any account whose id ``name`` is, if there is one.
            name: an id, or a unique_id of this account.
        """
        # Another account's task is as unknown as one that never was; its id may be a unique_id
        # here.
        if record is None or record.account is not self:
            record = self.tasks.by_unique_id.get(name)
        return record is not None and bool(record.polls_left)

    def has_something(self) -> bool:
        """Whether anything was ever made in it."""
        return bool(
            self.tasks
            or self.batches
            # What a test's set-up prepared is not of the call that is about to be forgotten.
            or any(name not in self.untouched for name in self.projects)
            or self.files
            or self.teammates
            or self.quality_tasks
        )

    def holder_of(self, unique_id: str) -> str | None:
        """The id of the task, or training or evaluation task, that has this unique_id."""
        record = self.tasks.by_unique_id.get(unique_id)
        return self.quality_unique_ids.get(unique_id) if record is None else record.id

    @property
    def shown(self) -> str:
        """The key as messages show it."""
        return mask_key(self.key)

    def __repr__(self) -> str:
        return f"<Account {self.shown} {'test' if self.is_test else 'live'}>"
