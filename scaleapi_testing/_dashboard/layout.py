"""What every page shares: templates, the frame around the content, headers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from .._http.wire import from_ms
from .._version import __version__
from .drawings.markup import element, joined
from .visit import Answer

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

    from .visit import Visit

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:{host}; "
    "media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""Nothing of another host, nothing written into a page; ``{host}`` is one that was asked for."""

PACKAGE: Final = __name__.rpartition(".")[0]
"""Where templates and assets lie."""

_TASK_ID: Final = re.compile(r"\b([0-9a-f]{24})\b")

THEMES: Final = ("light", "dark")


@dataclass(frozen=True, slots=True)
class NavigationEntry:
    """A page that stands in the navigation: its title, and its path below the mount."""

    title: str
    path: str


NAVIGATION: Final = (
    NavigationEntry("Overview", "/"),
    NavigationEntry("Tasks", "/ui/tasks"),
    NavigationEntry("Time", "/ui/time"),
    NavigationEntry("Callbacks", "/ui/callbacks"),
    NavigationEntry("Faults", "/ui/faults"),
    NavigationEntry("Requests", "/ui/requests"),
    NavigationEntry("Settings", "/ui/settings"),
    NavigationEntry("Gallery", "/gallery"),
)


def page(
    visit: Visit,
    template: str,
    *,
    title: str,
    status: int = 200,
    host: str | None = None,
    **content: Any,
) -> Answer:
    """A page in the frame that all have.

    Args:
        visit: which was asked for.
        template: of its content, e.g. ``tasks.html``.
        title: of the window.
        status: of HTTP.
        host: an origin besides this one from which it may load pictures.
        content: what the template shows.
    """
    now = from_ms(visit.fake._world.clock.ms)
    theme = visit.cookie("theme")
    text = (
        templates()
        .get_template(template)
        .render(
            title=title,
            mount=visit.mount,
            world=visit.world,
            here=visit.path,
            navigation=NAVIGATION,
            # A cookie is what a client sends: nothing else of it comes into the page.
            theme=theme if theme in THEMES else "",
            now=f"{now:%a %d %b %Y, %H:%M:%S}",
            now_iso=now.isoformat(),
            version=__version__,
            seed=visit.fake.seed,
            visit=visit,
            **content,
        )
    )
    return Answer(
        # Half a surrogate pair may stand in what users sent, and cannot be sent on.
        text.encode("utf-8", "replace"),
        status=status,
        headers=(
            ("Content-Security-Policy", POLICY.format(host=f" {host}" if host else "")),
            *HEADERS,
        ),
    )


HEADERS: Final = (
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
)


@cache  # what is read from files, which do not change
def templates() -> Environment:
    """The templates, every value in them escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader(PACKAGE, "templates"),
        # Instructions, names and answers are whatever a client sent.
        autoescape=True,
        # A misspelt name would else be an empty place that nobody notices.
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["linked"] = linked  # pyright: ignore[reportArgumentType] - typed as those that come with it
    return environment


def linked(words: object, mount: str) -> Markup:
    """A text in which each id of a task is a link to its page."""
    parts = _TASK_ID.split(str(words))
    return joined(
        element("a", element("code", part), href=f"{mount}/ui/tasks/{part}") if place % 2 else part
        for place, part in enumerate(parts)
    )
