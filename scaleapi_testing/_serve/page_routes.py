"""The dashboard over HTTP: its pages, its login and its inbox, below ``/_fake``."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, unquote
from weakref import WeakKeyDictionary

from .._extras import lack_of_extra, missing
from .executor import aside
from .safety import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    from .._dashboard.deeds import Deeds
    from .._dashboard.inbox import Inboxes
    from .._dashboard.visit import Answer as Page
    from .._dashboard.visit import Visit
    from .._worlds.worlds import HostedWorld, Worlds
    from .asgi import Message

    Routes: TypeAlias = tuple[Callable[[Visit], Page | None], Callable[[str], bool]]
    """Gives the page of a visit; says of a path whether the dashboard has it."""
    from .durations import Durations
    from .seen import Seen

LOGIN: Final = "/login"
INBOX: Final = "/inbox/"
READING: Final = frozenset({"GET", "HEAD"})

_NEEDED: Final = ("jinja2", "markupsafe", "pygments")
_MOST_TRIES: Final = 5


class PageRoutes:
    """Answers what the dashboard has, in threads of their own: a page may take a while.

    Args:
        worlds: of this server.
        durations: of its calls.
        seen: is told of what fails.
    """

    def __init__(self, worlds: Worlds, durations: Durations, seen: Seen | None = None) -> None:
        self._worlds = worlds
        self._seen = seen
        self._durations = durations
        self._routes: Routes | None = None
        # Weak: a world that ended takes what its pages remember with it.
        self._inboxes: WeakKeyDictionary[HostedWorld, Inboxes] = WeakKeyDictionary()
        self._done: WeakKeyDictionary[HostedWorld, Deeds] = WeakKeyDictionary()

    async def page(
        self, world: HostedWorld, scope: Message, path: str, headers: Mapping[str, str], origin: str
    ) -> Page | None:
        """The page at ``path``; ``None`` where the dashboard has none.

        Raises:
            Refused: what it is made with is not installed.
        """
        if scope["method"] not in READING:
            return None
        lacking = missing(*_NEEDED)
        if lacking:
            # Other paths below are controls, which need none of it.
            if path not in {"", "/"} and not path.startswith("/ui/"):
                return None
            raise Refused(
                501,
                "NotInstalled",
                lack_of_extra("the dashboard", "server", *lacking),
                "Install it where the server runs, and start that again.",
            )
        routes: Routes = self._routes or await aside(_routes)
        self._routes = routes
        answer, is_page = routes
        if not is_page(unquote(path)):
            return None
        visit = self._visit(world, scope, path, headers, origin)
        try:
            shown: Page | None = await aside(lambda: _steadily(answer, visit))
        except Refused:
            raise
        except Exception as error:  # noqa: BLE001 - the rest of the server goes on
            # Here, since only a page that cannot be made needs it.
            from .._dashboard.routes import broken

            if self._seen is not None:
                self._seen.failed(scope["method"], f"/_fake{path}", error)
            make = partial(broken, visit, error, is_logged=self._seen is not None)
            shown = await aside(make)
        return shown

    async def login(
        self,
        world: HostedWorld,
        scope: Message,
        headers: Mapping[str, str],
        origin: str,
        wrong: Refused | None = None,
    ) -> Page:
        """The page that asks for the token, and the files that it is made of."""
        # Here, as all of the dashboard: a server that nobody looks at loads no templates.
        from .._dashboard.pages.login import login

        visit = self._visit(world, scope, LOGIN, headers, origin)
        why = None if wrong is None else str(wrong)
        shown: Page = await aside(lambda: login(visit, wrong=why))
        return shown

    def take(self, world: HostedWorld, path: str, headers: Mapping[str, str], body: bytes) -> None:
        """Keep what was sent to an inbox.

        Raises:
            Refused: the inbox cannot have such a name, or the body is too large.
        """
        # Here, for most servers never get a letter.
        from .._dashboard.inbox import WrongLetter

        try:
            self._of(world).take(
                unquote(path[len(INBOX) :]), world.fake.clock.ms, dict(headers), body
            )
        except WrongLetter as error:
            raise Refused(error.status, "WrongLetter", str(error), error.hint) from error

    @staticmethod
    def now(world: HostedWorld) -> tuple[int, int]:
        """The number of the last call, and the virtual time."""
        return world.fake.requests._next_n - 1, world.fake.clock.ms

    def done(
        self, world: HostedWorld, before: tuple[int, int], name: str, arguments: Mapping[str, Any]
    ) -> None:
        """Remember a control that changed something, for who wants it retold.

        Args:
            world: where it was done.
            before: the number of the last call before it, and the virtual time.
            name: of the operation.
            arguments: as JSON has them.
        """
        from .._dashboard.deeds import BEGINS_ANEW, Deed, Deeds

        if name in BEGINS_ANEW:
            # Their places would be taken by other calls from now on.
            self._durations.forget(world)

        self._done.setdefault(world, Deeds()).add(Deed(*before, name, arguments))

    def _of(self, world: HostedWorld) -> Inboxes:
        from .._dashboard.inbox import Inboxes

        return self._inboxes.setdefault(world, Inboxes())

    def _visit(
        self, world: HostedWorld, scope: Message, path: str, headers: Mapping[str, str], origin: str
    ) -> Visit:
        from .._dashboard.deeds import Deeds
        from .._dashboard.visit import Visit

        return Visit(
            fake=world.fake,
            path=unquote(path),
            mount=f"{scope.get('root_path', '')}{world.path}/_fake",
            world=world.name,
            query=parse_qsl(
                scope["query_string"].decode("latin-1"), keep_blank_values=True, max_num_fields=200
            ),
            origin=f"{origin}{world.path}",
            headers=headers,
            worlds=[entry.name for entry in self._worlds],
            speed=world.speed,
            inboxes=self._of(world),
            deeds=self._done.setdefault(world, Deeds()),
            durations=lambda: self._durations.of(world),
        )


def _routes() -> Routes:
    # Its pages take a while to import, and nobody else is to wait for that.
    from .._dashboard.routes import answer, is_page

    return answer, is_page


def _steadily(answer: Any, visit: Visit) -> Page | None:
    """A page, begun anew where what it shows changed while it was looked through."""
    for _ in range(_MOST_TRIES):
        try:
            # No lock is held over a page: calls would wait until it is drawn.
            page: Page | None = answer(visit)
        except RuntimeError as error:
            if "changed size during iteration" not in str(error):
                raise
        else:
            return page
    raise Refused(503, "Busy", "the world changes faster than it can be shown", "Load it again.")
