"""Who may label, who is in which group, and in which order Studio batches are worked on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .batch import COMPLETED
from .teammate import DISABLED

if TYPE_CHECKING:
    from .account import Account
    from .batch import BatchRecord
    from .project import ProjectGroup, ProjectRecord
    from .teammate import TeammateRecord


def active_team(account: Account, now_ms: int) -> dict[str, TeammateRecord]:
    """Everybody on the team but the disabled, by e-mail address."""
    team = account.team(now_ms)
    return {email: member for email, member in team.items() if member.role != DISABLED}


def assignments(account: Account, now_ms: int) -> dict[str, tuple[str, ...]]:
    """The projects that each active person labels; an empty tuple for those without."""
    return {email: account.assignments.get(email, ()) for email in active_team(account, now_ms)}


def members(account: Account, group: ProjectGroup, now_ms: int) -> list[TeammateRecord]:
    """The active people of a group, in the order they joined."""
    team = active_team(account, now_ms)
    return [team[email] for email in group.emails if email in team]


def unassign(account: Account, email: str, project: ProjectRecord) -> None:
    """Take a person off a project, and so out of its groups (assumed)."""
    remaining = tuple(name for name in account.assignments.get(email, ()) if name != project.name)
    account.assignments[email] = remaining
    project.groups = tuple(
        replace(group, emails=tuple(address for address in group.emails if address != email))
        for group in project.groups
    )


def forget(account: Account, email: str) -> None:
    """Forget what a person labeled, who left and is invited anew."""
    for project in account.projects.values():
        unassign(account, email, project)
    account.assignments.pop(email, None)


def queue(account: Account) -> list[BatchRecord]:
    """Every pending Studio batch, in the order of work.

    First those that were put in order, then calibration batches, then the oldest (documented; that
    a batch which is younger than the order comes after it is assumed).
    """
    # A canceled batch is no work; a completed one needs none.
    pending = [b for b in account.batches.values() if b.studio and b.status != COMPLETED]
    return sorted(
        pending, key=lambda b: (b.place is None, b.place or 0, not b.calibration_batch, b.seq)
    )


def put_in_order(account: Account, batches: list[BatchRecord]) -> None:
    """Let Studio batches be worked on in this order; an empty list is the default order."""
    places = {batch.name: place for place, batch in enumerate(batches)}
    for batch in account.batches.values():
        batch.place = places.get(batch.name)
