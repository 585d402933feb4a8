"""Teams: the people of an account, invitations and roles (docs/scale/teams.md 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..._errors import ApiError
from ..._http.addresses import is_email
from ..._http.routing import endpoint
from ..._http.wire import encode, timestamp
from ..._messages import did_you_mean, listed
from ..._provenance import documented
from ..._state import studio
from ..._state.teammate import ADMIN, DISABLED, LABELER, TeammateRecord
from .fields import text_in, texts_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..._state.account import Account
    from .._call import Call

OVERVIEW: Final = documented("https://scale.com/docs/api-reference/studio")
DEFINITION: Final = documented("API definition of the generated TypeScript client")

INVITABLE: Final = (LABELER, "member", "manager")
SETTABLE: Final = (*INVITABLE, DISABLED)
INVITATION_MS: Final = 7 * 24 * 60 * 60 * 1000
"""How long an invitation can be accepted: 7 days (assumed)."""

_KEYS: Final = ("emails", "team_role")


def teammate_document(record: TeammateRecord) -> dict[str, Any]:
    """A teammate as Scale sends it; names and company are absent until there is a profile."""
    optional = {
        "firstName": record.first_name,
        "lastName": record.last_name,
        "company": record.company,
    }
    document: dict[str, Any] = {"email": record.email, "role": record.role}
    document |= {key: value for key, value in optional.items() if value is not None}
    document["disableRapidEmails"] = False
    document["isStudioLabeler"] = record.role == LABELER
    if record.expires_ms is not None:
        document["expiry"] = timestamp(record.expires_ms)
    return document


@endpoint("GET", "/v1/teams", source=OVERVIEW)
def list_teammates(call: Call) -> bytes:
    """List everybody on the team, open invitations included, as a bare array.

    An invitation that was not accepted in time is gone from the list (assumed).
    """
    return _everybody(call)


@endpoint("POST", "/v1/teams/invite", source=OVERVIEW, query=None)
def invite_teammates(call: Call) -> bytes:
    """Invite people; those on the team already are left as they are (assumed).

    The fields may stand in the body or, as the documentation lists them, in the query.
    """
    emails, role = _who_and_what(call, INVITABLE)
    for email in emails:
        if not is_email(email):
            raise ApiError(
                400,
                "Invalid emails - expected array of email addresses.",
                f"{email[:60]!r} is no e-mail address; send e.g. ann@example.com",
            )
    now = call.world.clock.ms
    team = call.account.team(now)
    for email in emails:
        if email in team:
            continue
        if email in call.account.teammates:
            studio.forget(call.account, email)
        call.account.teammates[email] = TeammateRecord(
            call.world.new_id(), email, role, expires_ms=now + INVITATION_MS
        )
    return _everybody(call)


@endpoint("POST", "/v1/teams/set_role", source=DEFINITION, query=None)
def set_role(call: Call) -> bytes:
    """Change the role of people who are not admins; all of them or, when one cannot be, none."""
    emails, role = _who_and_what(call, SETTABLE)
    team = call.account.team(call.world.clock.ms)
    for email in emails:
        if email not in team:
            raise ApiError(
                400, f"Teammate {email} does not exist.", who_is_not_there(call.account, email)
            )
        if team[email].role == ADMIN:
            raise ApiError(
                400,
                "The role of an admin cannot be changed.",
                f"{email} owns the account, and a team has one admin",
            )
    for email in emails:
        give_role(team[email], role)
    return _everybody(call)


def give_role(record: TeammateRecord, role: str) -> None:
    """Change a role; disabling an invited person takes the invitation back (assumed)."""
    record.role = role
    if role == DISABLED:
        record.expires_ms = None


def who_is_not_there(account: Account, email: str) -> str:
    """For the test report: an address that nobody on the team has, and the nearest that exist."""
    lapsed = account.teammates.get(email)
    if lapsed is not None and lapsed.expires_ms is not None:
        return (
            f"the invitation of {email} lapsed at {timestamp(lapsed.expires_ms)}: it was not "
            "accepted in time; invite again"
        )
    members = [account.email, *account.teammates]
    near = did_you_mean(email, members)
    hint = f"nearest: {listed(near)}" if near else f"the team has {listed(members)}"
    return f"nobody on the team of {account.shown} has the address {email[:60]!r}; {hint}"


def _who_and_what(call: Call, roles: Iterable[str]) -> tuple[list[str], str]:
    body = {**_of_the_query(call), **call.object()}
    emails = texts_in(body, "emails")
    if not emails:
        raise ApiError(400, "Please include an emails parameter.", "emails is an empty array")
    role = text_in(body, "team_role")
    if role not in roles:
        raise ApiError(
            400,
            f"Invalid team_role - please choose one of these: {' '.join(roles)}",
            f"team_role={role[:40]!r}"
            + ("; a team has one admin, its owner" if role == ADMIN else ""),
        )
    call.report_unread(body, _KEYS)
    return emails, role


def _of_the_query(call: Call) -> dict[str, Any]:
    fields: dict[str, Any] = {
        name: values[-1] for name, values in call.query.items() if name != "emails"
    }
    emails = call.query.get("emails", []) + call.query.get("emails[]", [])
    fields.pop("emails[]", None)
    if emails:
        fields["emails"] = [part.strip() for text in emails for part in text.split(",")]
    return fields


def _everybody(call: Call) -> bytes:
    team = call.account.team(call.world.clock.ms)
    return encode([teammate_document(record) for record in team.values()])
