"""Accounts, and the people in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .kinds import FLAG, PROJECTS, TEXT, TEXTS
from .operation import Argument, control
from .records import ACCOUNT
from .shown import RECORD, account_key, record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._fake import FakeScale
    from .._messages import JSON
    from .._state.account import Account

SHOWN: Final[Mapping[str, Any]] = {
    "type": "object",
    "required": ["account", "account_id", "callback_auth_key", "email"],
    "properties": {
        "account": {"type": "string"},
        "account_id": {"type": "string"},
        "is_test": {"type": "boolean"},
        "default_callback_url": {"type": ["string", "null"]},
        "callback_auth_key": {"type": "string"},
        "email": {"type": "string"},
        "disabled_task_types": {"type": "array", "items": {"type": "string"}},
        "rapid": {"type": "boolean"},
        "studio": {"type": "boolean"},
    },
}
KEY: Final = Argument("api_key", TEXT, "its key, or its account_id; the default one without it")


def shown(account: Account) -> dict[str, JSON]:
    """An account with its settings."""
    return {
        "account": account.shown,
        "account_id": account.digest,
        "is_test": account.is_test,
        "default_callback_url": account.default_callback_url,
        "callback_auth_key": account.callback_auth_key,
        "email": account.email,
        "disabled_task_types": sorted(account.disabled_task_types),
        "rapid": account.rapid,
        "studio": account.studio,
    }


def account_of(fake: FakeScale, api_key: str | None) -> Account:
    """The account of a key or an ``account_id``."""
    if api_key is None:
        return fake.account()
    # First, for asking for an account makes one, and a digest would be taken for a key.
    holder = fake._world.store.holder(api_key)
    return fake.account(api_key) if holder is None else holder


@control("account", KEY, gives=SHOWN)
def get(fake: FakeScale, api_key: str | None = None) -> JSON:
    """The account of a key, made where it is not there yet."""
    return shown(account_of(fake, api_key))


@control("accounts", method="GET", gives={"type": "object", "required": ["items"]})
def every(fake: FakeScale) -> JSON:
    """Every account, oldest first."""
    return {"items": [shown(account) for account in fake._world.store.everyone()]}


@control(
    "account.set",
    KEY,
    Argument("default_callback_url", TEXT, 'where callbacks of tasks without one go; "" nowhere'),
    Argument("callback_auth_key", TEXT, "the secret of its callbacks"),
    Argument("email", TEXT, "the owner's address"),
    Argument("disabled_task_types", TEXTS, "types that answer 402"),
    Argument("rapid", FLAG, "whether Rapid is enabled"),
    Argument("studio", FLAG, "whether Studio is enabled"),
    gives=SHOWN,
)
def change(fake: FakeScale, api_key: str | None = None, **settings: Any) -> JSON:
    """Change settings of an account; later calls obey."""
    account = account_of(fake, api_key)
    if "default_callback_url" in settings:
        # JSON's null is an argument that is not given, so that the empty text takes it away.
        account.default_callback_url = settings.pop("default_callback_url") or None
    if "disabled_task_types" in settings:
        account.disabled_task_types = set(settings.pop("disabled_task_types"))
    for name, value in settings.items():
        setattr(account, name, value)
    return shown(account)


@control(
    "callback_auth_key",
    method="GET",
    changes=True,  # it makes the default account where nobody has called yet
    gives={"type": "object", "required": ["callback_auth_key"]},
)
def callback_auth_key(fake: FakeScale) -> JSON:
    """The secret of the default account's callbacks, or of the only account that has tasks."""
    return {"callback_auth_key": fake.callback_auth_key}


@control(
    "add_projects",
    Argument(
        "projects", PROJECTS, "names of imageannotation projects, or [name, type]", required=True
    ),
    Argument("api_key", TEXT, "whose they are; every key's without it"),
    gives={"type": "object", "maxProperties": 0},
)
def add_projects(fake: FakeScale, projects: list[Any], api_key: str | None = None) -> JSON:
    """Make projects that are there before the first call."""
    # JSON has no tuples.
    pairs = [tuple(entry) if isinstance(entry, list) else entry for entry in projects]
    fake.add_projects(pairs, None if api_key is None else account_key(fake, api_key))
    return {}


EMAIL: Final = Argument("email", TEXT.unchecked, "the person's address", required=True)


@control("accept_invitation", EMAIL, ACCOUNT, gives=RECORD)
def accept_invitation(fake: FakeScale, email: str, account: str | None = None) -> JSON:
    """An invited person accepts the invitation, in the dashboard."""
    key = None if account is None else account_key(fake, account)
    return record(fake.accept_invitation(email, key))


@control("disable_teammate", EMAIL, ACCOUNT, gives=RECORD)
def disable_teammate(fake: FakeScale, email: str, account: str | None = None) -> JSON:
    """An admin disables a person, in the dashboard; an open invitation is taken back."""
    key = None if account is None else account_key(fake, account)
    return record(fake.disable_teammate(email, key))
