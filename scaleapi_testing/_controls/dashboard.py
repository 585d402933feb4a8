"""What people do in Scale's dashboard and no call can do: teammates and task templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._endpoints.v1.projects import TEMPLATE_TYPES
from .._endpoints.v1.teams import give_role, who_is_not_there
from .._errors import IllegalTransition, NoSuchRecord
from .._http.wire import decode, encode
from .._messages import described, did_you_mean, listed, mask_key
from .._state.project import TaskTemplate
from .._state.teammate import ADMIN, DISABLED

if TYPE_CHECKING:
    from .._state.account import Account
    from .._state.project import ProjectRecord
    from .._state.teammate import TeammateRecord
    from .._world.world import World


def accept_invitation(world: World, email: str, key: str | None) -> Account:
    """An invited person accepts; returns whose team it is.

    Raises:
        NoSuchRecord: nobody has this address, the invitation lapsed, or ``key`` is needed.
        IllegalTransition: there is no open invitation to accept.
    """
    account, record = find_teammate(world, email, key)
    if record.role == DISABLED:
        raise IllegalTransition(
            f"cannot accept the invitation of {email}: the account is disabled. Give a role "
            "first, with POST /v1/teams/set_role or client.update_teammates_role()",
            status=record.role,
            move="accept_invitation",
        )
    if record.expires_ms is None:
        raise IllegalTransition(
            f"cannot accept the invitation of {email}: {email} is on the team already, as "
            f"{record.role}",
            status=record.role,
            move="accept_invitation",
            legal=() if record.role == ADMIN else ("disable_teammate",),
        )
    record.expires_ms = None
    return account


def disable_teammate(world: World, email: str, key: str | None) -> Account:
    """An admin disables a person; once more changes nothing. Returns whose team it is.

    Raises:
        NoSuchRecord: nobody has this address, the invitation lapsed, or ``key`` is needed.
        IllegalTransition: the person is the admin.
    """
    account, record = find_teammate(world, email, key)
    if record.role == ADMIN:
        raise IllegalTransition(
            f"cannot disable {email}: the owner of account {account.shown} is its one admin",
            status=record.role,
            move="disable_teammate",
        )
    give_role(record, DISABLED)
    return account


def find_teammate(world: World, email: str, key: str | None) -> tuple[Account, TeammateRecord]:
    """The person with this address, and whose team it is.

    Raises:
        NoSuchRecord: there is none, or several accounts have one and ``key`` was not given.
        TypeError: the address is no string.
    """
    if not isinstance(email, str):  # pyright: ignore[reportUnnecessaryIsInstance] - callers may be untyped
        raise TypeError(f"give an e-mail address, not {described(email)}")
    now = world.clock.ms
    accounts = [account for account in world.store.everyone() if key is None or account.key == key]
    memberships = [
        (account, account.team(now)[email]) for account in accounts if email in account.team(now)
    ]
    if len(memberships) > 1:
        keys = listed(account.shown for account, _ in memberships)
        raise NoSuchRecord(
            f"{len(memberships)} accounts have a teammate {email!r} ({keys}); name one: account=..."
        )
    if memberships:
        return memberships[0]
    # A lapsed invitation is still known: to say so helps more than "nobody".
    invited = [account for account in accounts if email in account.teammates]
    if invited or len(accounts) == 1:
        raise NoSuchRecord(who_is_not_there((invited or accounts)[0], email))
    known = {address: account.shown for account in accounts for address in account.team(now)}
    near = [f"{address} (account {known[address]})" for address in did_you_mean(email, known)]
    where = f"account {mask_key(key)}" if key is not None else "this fake"
    hint = f"nearest: {listed(near)}" if near else "invite first: client.invite_teammates()"
    raise NoSuchRecord(f"no teammate {email!r} in {where}; {hint}")


def publish_template(
    world: World, project: ProjectRecord, template_variables: Any, response_schema: Any
) -> None:
    """Somebody publishes a task template; the next one is its next version.

    Raises:
        ValueError: projects of this type have no templates.
        TypeError: the variables, or the schema, are no JSON object.
    """
    if project.type not in TEMPLATE_TYPES:
        raise ValueError(
            f"project {project.name!r} is of type {project.type}, which has no task templates; "
            f"these types have them: {', '.join(TEMPLATE_TYPES)}"
        )
    variables = _json_object("template_variables", template_variables)
    schema = None
    if response_schema is not None:
        schema = _json_object("response_schema", response_schema)
    before, now = project.template, world.clock.ms
    project.template = TaskTemplate(
        id=world.new_id() if before is None else before.id,
        version=1 if before is None else before.version + 1,
        created_ms=now if before is None else before.created_ms,
        updated_ms=now,
        template_variables=variables,
        response_schema=schema,
    )


def _json_object(name: str, value: Any) -> Any:
    """A copy of ``value``, as it will be on the wire."""
    if not isinstance(value, dict):
        raise TypeError(f"publish_template({name}=...) takes a JSON object, not {described(value)}")
    try:
        # A copy through JSON: the caller may go on changing what was handed over.
        return decode(encode(value))
    except (TypeError, RecursionError) as error:
        raise TypeError(f"publish_template({name}=...) holds what is no JSON: {error}") from None
