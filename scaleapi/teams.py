"""Teams: the people of the account, their roles, and the client's methods."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from ._base import BaseClient, Resource, checked_list, text_list
from ._enums import NearestMember

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ._types import JSON, JSONObject


class TeammateRole(StrEnum, metaclass=NearestMember):
    """What a person may do. ``Admin`` cannot be given; ``Invited`` is seen before acceptance."""

    Labeler = "labeler"
    Member = "member"
    Manager = "manager"
    Admin = "admin"
    Invited = "invited"
    Disabled = "disabled"


class Teammate(Resource["TeamMethods"]):
    """One person of the account, invited ones included. Two are equal when their e-mails are.

    Names and company are unknown until the person has filled the profile in; ``expiry`` is known
    while the invitation is open.

    Source: documented (https://scale.com/docs/api-reference/studio).
    """

    _needed = ("email", "role")
    _shown = ("email", "role")

    email: str
    role: str
    firstName: str  # noqa: N815  # the wire's name
    lastName: str  # noqa: N815
    disableRapidEmails: bool  # noqa: N815
    isStudioLabeler: bool  # noqa: N815

    @property
    def company(self) -> str | None:
        """Company, ``None`` when unknown."""
        return self.param_dict.get("company")

    @property
    def expiry(self) -> str | None:
        """When the open invitation lapses, ``None`` when there is none."""
        return self.param_dict.get("expiry")

    @property
    def first_name(self) -> str | None:
        """First name, ``None`` when unknown."""
        return self.param_dict.get("firstName")

    @property
    def last_name(self) -> str | None:
        """Last name, ``None`` when unknown."""
        return self.param_dict.get("lastName")

    @property
    def is_studio_labeler(self) -> bool:
        """Whether the person labels in Studio."""
        return bool(self.param_dict.get("isStudioLabeler", False))

    def update_teammate_role(self, new_role: TeammateRole | str) -> list[Teammate]:
        """Change the person's role; see :meth:`TeamMethods.update_teammates_role`.

        Returns:
            Everybody of the account afterwards; this object has the new role as well.
        """
        everybody = self.client.update_teammates_role([self.email], new_role)
        # Scale answers with all teammates; this object is one of them.
        for teammate in everybody:
            if teammate == self:
                self._accept(teammate.as_dict())
        return everybody

    def __eq__(self, other: object) -> bool:
        return self.email == other.email if isinstance(other, Teammate) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.email)


class TeamMethods(BaseClient):
    """What the client does with the people of the account."""

    def list_teammates(self) -> list[Teammate]:
        """Everybody of the account, invited people included."""
        return self._teammates(self._transport.get("teams"))

    def get_teammates(self) -> list[Teammate]:
        """Everybody of the account: another name of :meth:`list_teammates`."""
        return self.list_teammates()

    def invite_teammates(self, emails: Sequence[str], role: TeammateRole | str) -> list[Teammate]:
        """Invite people; those who are there already are left as they are.

        Args:
            emails: their addresses.
            role: ``labeler``, ``member`` or ``manager``.

        Returns:
            Everybody of the account afterwards.

        Source: documented (https://scale.com/docs/api-reference/studio).
        """
        return self._set_role("teams/invite", emails, role)

    def invite_team_members(
        self, emails: Sequence[str], role: TeammateRole | str
    ) -> list[Teammate]:
        """Invite people: another name of :meth:`invite_teammates`."""
        return self.invite_teammates(emails, role)

    def update_teammates_role(
        self, emails: Sequence[str], role: TeammateRole | str
    ) -> list[Teammate]:
        """Change the role of people who are no admins.

        Args:
            emails: their addresses.
            role: ``labeler``, ``member``, ``manager`` or ``disabled``.

        Returns:
            Everybody of the account afterwards.

        Source: documented in Scale's own API definition.
        """
        return self._set_role("teams/set_role", emails, role)

    def _set_role(
        self, path: str, emails: Sequence[str], role: TeammateRole | str
    ) -> list[Teammate]:
        body: JSONObject = {"emails": text_list(emails, "emails"), "team_role": role}
        return self._teammates(self._transport.send("POST", path, body=body))

    def _teammates(self, json: JSON) -> list[Teammate]:
        return [Teammate(doc, self) for doc in checked_list(json, "teammates")]
