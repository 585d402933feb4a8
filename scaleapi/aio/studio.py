"""Studio: who labels what, project groups, and the order of batches."""

# Written by `make generate` from scaleapi/studio.py: change it there.
from __future__ import annotations

from typing import TYPE_CHECKING

from .._base import checked_list, checked_object, named, text_list
from .._transport import path_of
from ..studio import (
    StudioBatch,
    StudioLabelerAssignment,
    StudioProjectGroup,
    _groups_path,
)
from ._base import AsyncBaseClient

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._types import JSON, JSONObject


class AsyncStudioMethods(AsyncBaseClient):
    """What the client does in Studio. Source of all: documented in Scale's own API definition."""

    async def list_studio_assignments(self) -> dict[str, StudioLabelerAssignment]:
        """Each active person's e-mail -> the projects they label."""
        return self._assignments(await self._transport.get("studio/assignments"))

    async def add_studio_assignments(
        self, emails: Sequence[str], projects: Sequence[str]
    ) -> dict[str, StudioLabelerAssignment]:
        """Assign each of these people to each of these projects.

        Args:
            emails: addresses of teammates.
            projects: names of projects.

        Returns:
            All assignments afterwards, by e-mail.
        """
        return await self._assign("add", emails, projects)

    async def remove_studio_assignments(
        self, emails: Sequence[str], projects: Sequence[str]
    ) -> dict[str, StudioLabelerAssignment]:
        """Take each of these people off each of these projects.

        Returns:
            All assignments afterwards, by e-mail.
        """
        return await self._assign("remove", emails, projects)

    async def list_project_groups(self, project: str) -> list[StudioProjectGroup]:
        """The groups of a Studio project."""
        json = await self._transport.get(_groups_path(project))
        return [StudioProjectGroup(doc, self) for doc in checked_list(json, "project groups")]

    async def create_project_group(
        self, project: str, emails: Sequence[str], project_group: str
    ) -> StudioProjectGroup:
        """Create a group of people who are assigned to the project.

        Args:
            project: name of a Studio project.
            emails: addresses of people who are assigned to it.
            project_group: a name that no other group of the project has.

        Raises:
            ScaleInvalidRequest: somebody is not assigned to the project.
        """
        body = {"name": project_group, "emails": text_list(emails, "emails")}
        json = await self._transport.send("POST", _groups_path(project), body=body)
        return StudioProjectGroup(json, self)

    async def update_project_group(
        self,
        project: str,
        project_group: str,
        add_emails: Sequence[str] = (),
        remove_emails: Sequence[str] = (),
    ) -> StudioProjectGroup:
        """Add people to a group and remove others.

        Args:
            project: name of a Studio project.
            project_group: name of one of its groups.
            add_emails: addresses of those who join.
            remove_emails: addresses of those who leave.
        """
        path = _groups_path(project, named(project_group, "project_group"))
        body = {
            "add_emails": text_list(add_emails, "add_emails"),
            "remove_emails": text_list(remove_emails, "remove_emails"),
        }
        return StudioProjectGroup(await self._transport.send("PUT", path, body=body), self)

    async def list_studio_batches(self) -> list[StudioBatch]:
        """All pending Studio batches, in the order they are worked on."""
        return self._batches(await self._transport.get("studio/batches"))

    async def assign_studio_batches(
        self, batch_name: str, project_groups: Sequence[str]
    ) -> StudioBatch:
        """Set which groups work on a batch; earlier ones are replaced.

        Args:
            batch_name: name of a Studio batch.
            project_groups: names of groups, or e-mails, each standing for one person.
        """
        path = path_of("studio", "batches", named(batch_name, "batch_name"))
        body = {"groups": text_list(project_groups, "project_groups")}
        return StudioBatch(await self._transport.send("PUT", path, body=body), self)

    async def set_studio_project_groups(
        self, batch_name: str, project_groups: Sequence[str]
    ) -> StudioBatch:
        """Set a batch's groups: another name of :meth:`assign_studio_batches`."""
        return await self.assign_studio_batches(batch_name, project_groups)

    async def set_studio_batches_priorities(self, batch_names: Sequence[str]) -> list[StudioBatch]:
        """Set the order in which batches are worked on.

        Args:
            batch_names: every pending Studio batch, the first one first.

        Raises:
            ScaleInvalidRequest: one is missing.
        """
        batches: list[JSONObject] = [
            {"name": name} for name in text_list(batch_names, "batch_names")
        ]
        path = "studio/batches/set_priorities"
        return self._batches(await self._transport.send("POST", path, body={"batches": batches}))

    async def reset_studio_batches_priorities(self) -> list[StudioBatch]:
        """Return to the default order: calibration batches first, then the oldest first."""
        return self._batches(await self._transport.send("POST", "studio/batches/reset_priorities"))

    async def _assign(
        self, verb: str, emails: Sequence[str], projects: Sequence[str]
    ) -> dict[str, StudioLabelerAssignment]:
        body = {
            "emails": text_list(emails, "emails"),
            "projects": text_list(projects, "projects"),
        }
        json = await self._transport.send("POST", f"studio/assignments/{verb}", body=body)
        return self._assignments(json)

    def _assignments(self, json: JSON) -> dict[str, StudioLabelerAssignment]:
        by_email = checked_object(json, "map of assignments")
        return {
            # On the wire the e-mail is the key alone; an object has to know whose it is.
            email: StudioLabelerAssignment({"email": email, "assigned_projects": projects}, self)
            for email, projects in by_email.items()
        }

    def _batches(self, json: JSON) -> list[StudioBatch]:
        return [StudioBatch(doc, self) for doc in checked_list(json, "Studio batches")]
