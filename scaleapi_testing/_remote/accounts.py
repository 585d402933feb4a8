"""Accounts of a world on a server, whose settings are read and set there."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping, MutableSet
from typing import TYPE_CHECKING, Any

from .._errors import CannotCross

if TYPE_CHECKING:
    from .wire import Wire


class FarSettings:
    """The account of a key; see ``FakeScale.account``.

    Args:
        wire: to the world.
        key: whose it is.
    """

    def __init__(self, wire: Wire, key: str) -> None:
        self._wire = wire
        self.key = key
        answer = wire.control("account", api_key=key)
        self.digest: str = answer["account_id"]
        self.shown: str = answer["account"]
        self.is_test: bool = answer["is_test"]

    def _get(self, name: str) -> Any:
        return self._wire.control("account", api_key=self.key)[name]

    def _set(self, name: str, value: Any) -> None:
        self._wire.control_with("account.set", {"api_key": self.key, name: value})

    @property
    def default_callback_url(self) -> str | None:
        """Where callbacks of tasks without ``callback_url`` go; settable."""
        url: str | None = self._get("default_callback_url")
        return url

    @default_callback_url.setter
    def default_callback_url(self, url: str | None) -> None:
        # None is an argument that is not given, so that taking a URL away needs another sign.
        self._set("default_callback_url", "" if url is None else url)

    @property
    def callback_auth_key(self) -> str:
        """The secret of its callbacks; settable."""
        secret: str = self._get("callback_auth_key")
        return secret

    @callback_auth_key.setter
    def callback_auth_key(self, secret: str) -> None:
        self._set("callback_auth_key", secret)

    @property
    def email(self) -> str:
        """The owner's address; settable."""
        email: str = self._get("email")
        return email

    @email.setter
    def email(self, email: str) -> None:
        self._set("email", email)

    @property
    def rapid(self) -> bool:
        """Whether Rapid is enabled; settable."""
        return bool(self._get("rapid"))

    @rapid.setter
    def rapid(self, enabled: bool) -> None:
        self._set("rapid", enabled)

    @property
    def studio(self) -> bool:
        """Whether Studio is enabled; settable."""
        return bool(self._get("studio"))

    @studio.setter
    def studio(self, enabled: bool) -> None:
        self._set("studio", enabled)

    @property
    def disabled_task_types(self) -> MutableSet[str]:
        """Names of task types that answer 402; settable, and so are its members."""
        return _FarSet(self)

    @disabled_task_types.setter
    def disabled_task_types(self, names: Any) -> None:
        self._set("disabled_task_types", sorted(names))

    def __repr__(self) -> str:
        return f"<Account {self.shown} {'test' if self.is_test else 'live'}>"


class _FarSet(MutableSet[str]):
    """The disabled task types of an account."""

    def __init__(self, account: FarSettings) -> None:
        self._account = account

    def _names(self) -> set[str]:
        return set(self._account._get("disabled_task_types"))

    def __contains__(self, name: object) -> bool:
        return name in self._names()

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._names()))

    def __len__(self) -> int:
        return len(self._names())

    def add(self, value: str) -> None:
        """Disable one more."""
        self._account.disabled_task_types = self._names() | {value}

    def discard(self, value: str) -> None:
        """Enable one."""
        self._account.disabled_task_types = self._names() - {value}

    def __repr__(self) -> str:
        return repr(self._names())


class FarForms(MutableMapping[str, str]):
    """``scale.answer_forms`` of a world.

    Args:
        wire: to the world.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def _forms(self) -> dict[str, str]:
        forms: dict[str, str] = self._wire.control("answer_forms")["forms"]
        return forms

    def __getitem__(self, name: str) -> str:
        return self._forms()[name]

    def __setitem__(self, name: str, form: str) -> None:
        self._wire.control("answer_forms", forms={name: form})

    def __delitem__(self, name: str) -> None:
        raise CannotCross("a form cannot be taken back over a wire; set the one that is wanted")

    def __iter__(self) -> Iterator[str]:
        return iter(self._forms())

    def __len__(self) -> int:
        return len(self._forms())

    def __repr__(self) -> str:
        return repr(self._forms())


class FarAttachments:
    """``scale.attachments`` of a world.

    Args:
        wire: to the world.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def describe(self, url: str, **facts: Any) -> None:
        """Tell what is at ``url``; see ``Attachments.describe``.

        Raises:
            TypeError: a fact that there is not.
            ValueError: a fact that means nothing.
        """
        __tracebackhide__ = True
        from .._attachments import Attachments

        Attachments().describe(url, **facts)  # says what is wrong
        self._wire.control_with("attachments.describe", {"url": url, **facts})
