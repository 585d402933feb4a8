"""What Scale remembers of one person on the team (docs/scale/teams.md 1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LABELER: Final = "labeler"
ADMIN: Final = "admin"
DISABLED: Final = "disabled"


@dataclass(slots=True)
class TeammateRecord:
    """One person. Values are replaced, never changed in place.

    Attributes:
        id: 24 hex digits; names the person among the workers of a Studio group.
        role: ``labeler``, ``member``, ``manager``, ``admin`` or ``disabled``.
        expires_ms: when the invitation lapses; ``None`` once it was accepted.
        company, first_name, last_name: ``None`` until the person filled in a profile.
    """

    id: str
    email: str
    role: str
    expires_ms: int | None = None
    company: str | None = None
    first_name: str | None = None
    last_name: str | None = None

    def has_lapsed(self, now_ms: int) -> bool:
        """Whether the invitation was not accepted in time."""
        return self.expires_ms is not None and self.expires_ms <= now_ms
