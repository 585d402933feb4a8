"""The login: asks for the admin token; everything that it needs stands at its own address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..files import asset
from ..layout import page

if TYPE_CHECKING:
    from ..visit import Answer, Visit


def login(visit: Visit, *, wrong: str | None = None) -> Answer:
    """The page, or, where the address asks for it, its stylesheet.

    Args:
        visit: which was asked for.
        wrong: why the token that was sent is none.
    """
    if visit.asked("file") == "dashboard.css":
        # Without a token no other address answers.
        return asset(visit, "dashboard.css")
    # 200 on the first visit: a browser may show its own window at a 401.
    status = 401 if wrong is not None else 200
    return page(visit, "login.html", title="Log in", status=status, wrong=wrong)
