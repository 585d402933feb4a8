"""All accounts of one fake, and the objects that are found across them."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, TypeAlias

from .account import Account, KeyDigest, digest_of

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator

    from .task import TaskRecord


Content: TypeAlias = "bytes | Callable[[], bytes]"
"""The content of a file that a response points at, or what makes it when it is fetched."""


class Store:
    """Everything that the fake remembers, by account.

    Args:
        new_account: makes the account of a key, given the key and its number.
        welcome: gives a new account what a test prepared for every key.
        allowed: digests of the keys that are let in; ``None`` for any.
    """

    def __init__(
        self,
        new_account: Callable[[str, int], Account],
        allowed: frozenset[str] | None,
        welcome: Callable[[Account], None] = lambda _: None,
    ) -> None:
        self.make = new_account
        self._welcome = welcome
        self._allowed = allowed
        self.accounts: dict[str, Account] = {}
        self._tasks: dict[str, TaskRecord] = {}
        # A flag and no lock: what breaks an add off is an exception in the same thread.
        # Whether a task is being added: whoever finds it so finds an act that was broken off.
        self._adding = False
        # Content may be made by a callable on its first fetch: most results are never fetched.
        self.results: dict[str, tuple[str, Content]] = {}
        self._loaded: dict[str, Account] = {}
        self._hide: Callable[[str], KeyDigest] | None = None

    @property
    def keys_let_in(self) -> int | None:
        """How many keys are let in; ``None`` for any."""
        return None if self._allowed is None else len(self._allowed)

    @property
    def tasks(self) -> dict[str, TaskRecord]:
        """Every task of every account by id, oldest first."""
        if self._adding:
            # From the tables, which are whole: the one that was being added is in its table or
            # nowhere.
            everything = [record for account in self.everyone() for record in account.tasks]
            everything.sort(key=attrgetter("created_ms", "id"))
            self._tasks = {record.id: record for record in everything}
            self._adding = False
        return self._tasks

    def let_in(self, keys: Iterable[str]) -> None:
        """Let in these keys alone from now on."""
        self.let_in_digests(frozenset(map(digest_of, keys)))

    def let_in_digests(self, digests: frozenset[str]) -> None:
        """Let in the keys with these digests alone from now on."""
        self._allowed = digests

    def hide_keys(self, hide: Callable[[str], KeyDigest]) -> None:
        """Keep of each key what ``hide`` gives of it, and no key, from now on."""
        self._hide = hide

    def hidden(self, key: str) -> KeyDigest:
        """What is kept of ``key`` where keys are hidden."""
        assert self._hide is not None
        return key if isinstance(key, KeyDigest) else self._hide(key)

    def hidden_or_id(self, text: str) -> KeyDigest:
        """What is kept of a key, or of the one whose account has this id (its digest)."""
        account = self.known(text)
        if account is not None and isinstance(account.key, KeyDigest):
            return account.key
        return self.hidden(text)

    def lets_in(self, key: str) -> bool:
        """Whether calls under this key are answered."""
        # An empty key is none, whatever is let in.
        return bool(key) and (self._allowed is None or digest_of(key) in self._allowed)

    def knows(self, key: str | None) -> bool:
        """Whether there is an account of this key already, of a loaded state perhaps."""
        # Most calls end here, without a digest.
        if key in self.accounts:
            return True
        return key is not None and bool(self._loaded) and digest_of(key) in self._loaded

    def account(self, key: str) -> Account | None:
        """The account of ``key``, made on first use; ``None`` when the key is not let in."""
        account = self.accounts.get(key)
        if account is None:
            if not key:
                return None
            # Where a log acts no account is kept under a key itself.
            if self._hide is not None and not isinstance(key, KeyDigest):
                return self.account(self._hide(key))
            digest = digest_of(key)
            if self._allowed is not None and digest not in self._allowed:
                return None
            # The key shows itself for the first time since the dump: from now on its account is
            # found by it.
            account = self._loaded.pop(digest, None)
            if account is None:
                # Stored before it is welcomed: what is prepared for it looks the account up.
                account = self.accounts[key] = self.make(key, self.number_of_accounts())
                self._welcome(account)
            else:
                account.key = key
            self.accounts[key] = account
        return account

    def forget(self, account: Account) -> None:
        """Let an account go that has nothing: its key was seen in a refused call alone."""
        # One that a test set something up in stays, whatever becomes of the call.
        if not account.has_something():
            self.accounts.pop(account.key, None)

    def number_of_accounts(self) -> int:
        """How many accounts there are, those of a loaded dump included."""
        return len(self.accounts) + len(self._loaded)

    def everyone(self) -> list[Account]:
        """Every account, oldest first."""
        # Both by number, since a loaded account moves from one to the other when its key is used.
        both = [*self.accounts.values(), *self._loaded.values()]
        return sorted(both, key=lambda account: account.number)

    def loaded(self) -> list[Account]:
        """The accounts of a loaded dump whose keys were not used yet: known by digest alone."""
        return list(self._loaded.values())

    def holder(self, key: str) -> Account | None:
        """The account that a delivery names: by its key, or by its digest if it was loaded."""
        return next(
            (account for account in self.everyone() if key in {account.key, account.digest}), None
        )

    # Digest or key: a snapshot of a loaded account was saved under what was known then.
    def known(self, key: str) -> Account | None:
        """The account that a snapshot keeps under ``key``, if it is here."""
        return self.accounts.get(key) or self._loaded.get(key)

    def replace(self, accounts: list[Account], *, loaded: list[str]) -> None:
        """Take over these accounts in place of what is here.

        Args:
            accounts: all of them.
            loaded: the keys of those that are known by digest alone.
        """
        self.accounts = {account.key: account for account in accounts if account.key not in loaded}
        self._loaded = {account.digest: account for account in accounts if account.key in loaded}
        self._tasks = {record.id: record for account in accounts for record in account.tasks}
        self._adding = False

    def result(self, uuid: str) -> tuple[str, bytes] | None:
        """MIME type and content of a file that a response points at; made on first use."""
        stored = self.results.get(uuid)
        if stored is None:
            return None
        mime_type, content = stored
        # Made when it is fetched and kept: its bytes never change from then on (docs/scale/video.md
        # 1).
        if not isinstance(content, bytes):
            content = content()
            self.results[uuid] = (mime_type, content)
        return mime_type, content

    def add_task(self, record: TaskRecord) -> None:
        """Take in a new task."""
        # Before the mark is set: reading it mends what an earlier act left.
        tasks = self.tasks
        self._adding = True
        record.account.tasks.add(record)
        tasks[record.id] = record
        self._adding = False

    def take_in(
        self, account: Account, records: Iterable[TaskRecord], gone: Container[str]
    ) -> None:
        """Take in tasks of any age that one account has, in place of those named in ``gone``."""
        # Left so: tasks of any age go into the middle, and the next look orders all of them anew.
        self._adding = True
        account.tasks.merge(records, gone)

    def every_task(self) -> Iterator[TaskRecord]:
        """Every task of every account; of one account oldest first."""
        for account in self.everyone():
            yield from account.tasks
