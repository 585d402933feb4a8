"""``RemoteFake``: a fake on a server, with the interface of ``FakeScale``."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn, Self

from .._arguments import LIVE_KEY, check_text
from .._configuration import NAMES
from .._control_plane.state import THE_DUMP
from .._controls.views import id_of_task
from .._errors import PUBLIC, CannotCross
from .._messages import described, no_keyword
from .._saved.snapshot import Change, Diff, Snapshot
from .._serve.address import check_address
from .._serve.served_at import Server
from .._watch import note_made
from .accounts import FarAttachments, FarForms, FarSettings
from .app import FarApp
from .callbacks import FarCallbacks
from .clock import FarClock, FarTimeline
from .controls import FarControls
from .faults import FarFaults
from .journal import FarJournal
from .outgoing import arguments_out
from .records import FarView
from .wire import Wire

if TYPE_CHECKING:
    import os
    from collections.abc import Generator
    from contextlib import AbstractContextManager
    from random import Random


SHARED: Final = frozenset(
    {
        "api_key",
        "async_client",
        "base_urls",
        "block_network",
        "check",
        "client",
        "httpx_transport",
        "is_active",
        "jitter",
        "new_idempotency_key",
        "other_hosts",
        "publish_template",
        "raise_deferred",
        "seed",
        "skip_sleep",
        "start",
        "stop",
        "strict",
        "stubbed_hosts",
        "unarchive",
        "archive",
        "wsgi_app",
    }
)
"""What ``FakeScale`` does with the means that a ``RemoteFake`` has too."""


_OF_A_DUMP: Final = (
    "seed", "test_key_tasks", "strict", "journal_max_entries", "journal_max_bytes",
)  # fmt: skip
"""What a world is made with that takes the state of a dump."""


class _OnInstances:
    """A method that its class does not have."""

    def __init__(self, method: Any) -> None:
        self._method = method
        self.__doc__ = method.__doc__

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            raise CannotCross(
                f"{owner.__name__}.load(path) has no server to load on; call it on an instance: "
                "RemoteFake(url).load(path) gives a new world there"
            )
        return self._method.__get__(instance, owner)


class FarSnapshot(Snapshot):
    """The state of a world at one moment, kept by its server under a name."""

    @property
    def tasks(self) -> int:
        """How many tasks it holds."""
        number: int = self.parts["tasks"]
        return number


class RemoteFake(FarControls):
    """A fake on a server, with the interface of ``FakeScale`` and the same exceptions.

    ```python
    with RemoteFake("http://127.0.0.1:8765") as scale:
        task = scale.client().create_task(...)
        scale.complete(task.id)
    ```

    Started, it stands in for Scale in this process as ``FakeScale`` does: the doors forward the
    bytes of each call to the world's address, and waits move the world's clock. What cannot cross a
    wire (callables, WSGI and ASGI targets) raises ``TypeError``, which says what can.

    Args:
        url: the server's address, as it prints it; ``/w/<name>`` behind it names a world.
        token: its admin token, where it asks for one.
        world: the name of the world; the one at the root unless given. It must be there:
            ``RemoteFake.create`` makes one.
        ca_file: the certificate of the server's authority, for HTTPS (``SSL_CERT_FILE`` and
            ``REQUESTS_CA_BUNDLE`` are read as well).

    Attributes:
        url: the world's address, in place of ``https://api.scale.com``; ``/v1`` is below it.

    Raises:
        TypeError: the address is no text.
        ValueError: it is none.
        ConnectionError: nothing answers there.
        PermissionError: the token is missing or wrong.
        LookupError: there is no such world.
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        world: str | None = None,
        *,
        ca_file: str | None = None,
    ) -> None:
        __tracebackhide__ = True
        self._stubs = None
        self._sources = None
        self._token = token
        self._accounts: dict[str, FarSettings] = {}
        self._wire = Wire(url, token, world, ca_file)
        self._about: dict[str, Any] = self._wire.control("about")
        # The server tells keys by digest alone, and this one is every client's default.
        self._wire.know(str(LIVE_KEY))
        self._clock = FarClock(self._wire, follows_frozen=self._about["follows_frozen"])
        self._timeline = FarTimeline(self._wire, self._clock.step)
        self._callbacks = FarCallbacks(self._wire)
        self._attachments = FarAttachments(self._wire)
        self._forms = FarForms(self._wire)
        self.faults = FarFaults(self._wire)
        self.requests = FarJournal(
            self._wire,
            self.faults,
            self._about["journal_max_entries"],
            lambda: self._clock.ms,
        )
        self.app = FarApp(self._wire, self._clock)  # type: ignore[assignment]  # as a door asks it
        note_made(self)

    @classmethod
    def create(
        cls,
        url: str,
        token: str | None = None,
        world: str | None = None,
        *,
        ca_file: str | None = None,
        ttl: float | None = None,
        speed: float = 0.0,
        **arguments: Any,
    ) -> Self:
        """Make a world on a server, and give it.

        Args:
            url: the server's address.
            token: its admin token.
            world: the name of the new world; one that is free unless given.
            ca_file: as for ``RemoteFake``.
            ttl: real seconds without a call that end it; a day unless given.
            speed: virtual seconds for each real one; its time stands still unless given.
            arguments: those of ``FakeScale`` that are data, and ``projects``.

        Raises:
            TypeError: an argument that cannot cross a wire, or of the wrong type.
            ValueError: a value that means nothing, or a name that is taken.
        """
        __tracebackhide__ = True
        # Before anything is sent: the server would name the argument as its JSON has it.
        strange = [name for name in arguments if name not in {*NAMES, "projects"}]
        if strange:
            known = ("ttl", "speed", "projects", *NAMES)
            raise TypeError(no_keyword("RemoteFake.create", strange[0], known, {}))
        wire = Wire(url, token, None, ca_file)
        try:
            answer = wire.control_with(
                "worlds.create",
                {"name": world, "ttl": ttl, "speed": speed, **arguments_out(arguments)},
            )
        finally:
            # The world's own wire has another path, and shares no connection with this one.
            wire.close()
        remote = cls(url, token, answer["name"], ca_file=ca_file)
        for key in arguments.get("api_keys") or ():
            remote._wire.know(key)
        # As in process: who gives a start_time has settled the time.
        remote._clock.follower._follows = arguments.get("start_time") is None
        return remote

    @property
    def url(self) -> str:
        """The world's address, in place of ``https://api.scale.com``."""
        return self._wire.url

    @property
    def server_host(self) -> str:
        """The host of the server, which ``block_network`` lets through."""
        return self._wire.host

    @property
    def server_origin(self) -> str:
        """The server's origin: while this is started, calls to it without a world come here."""
        return self._wire.origin

    def close(self) -> None:
        """Close the connections to the server; they are opened again when they are needed."""
        self._wire.close()

    def end_world(self) -> None:
        """End the world on the server; what calls it afterwards gets 404.

        Raises:
            ValueError: it is the one at the root.
        """
        self._wire.control("worlds.delete", name=self._wire.path.rpartition("/")[2] or "default")
        self.close()

    # -- what it was made with ----------------------------------------------------------------

    @property
    def seed(self) -> int:
        """The only source of randomness."""
        seed: int = self._about["seed"]
        return seed

    @property
    def base_urls(self) -> tuple[str, ...]:
        """The origins it answers for."""
        return tuple(self._about["base_urls"])

    @property
    def strict(self) -> bool:
        """Whether what Scale tolerates but nobody means is refused."""
        return bool(self._about["strict"])

    @property
    def skip_sleep(self) -> bool:
        """Whether sleeps of this process move the virtual clock instead of waiting."""
        return bool(self._about["skip_sleep"])

    @property
    def block_network(self) -> bool:
        """Whether every other host is refused too, but for the server's."""
        return bool(self._about["block_network"])

    @property
    def check(self) -> bool:
        """Whether leaving ``with`` raises what a test must not miss."""
        return bool(self._about["check"])

    def _default_key(self) -> str:
        account_id = self._about["default_account_id"]
        key = self._wire.key_of(account_id, None)
        if key is None:
            raise TypeError(
                "the first of this world's api_keys= is not known here: name the key, e.g. "
                "scale.client(api_key)"
            )
        return key

    # -- being there --------------------------------------------------------------------------

    def stop(self) -> None:
        """End the last ``start``; nothing stays behind, and nothing is raised."""
        super().stop()
        if not self.is_active:
            self.close()

    @contextmanager
    def _served(self) -> Generator[Server]:
        yield Server(self.url, self._wire._ca_file)

    def serve(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: bool = False,  # noqa: FBT001, FBT002 - the documented signature
    ) -> AbstractContextManager[Server]:
        """The server that it is on: ``.url`` is the world's address.

        Raises:
            TypeError: an address or HTTPS is asked for, which the server has settled.
        """
        # First, so that what is no address at all is told in the words of FakeScale.
        check_address(host, port)
        if (host, port, tls) != ("127.0.0.1", 0, False):
            raise CannotCross(f"a RemoteFake is served already, at {self.url}; take that address")
        return self._served()

    @property
    def asgi_app(self) -> NoReturn:
        """There is none.

        Raises:
            TypeError: always: an application cannot cross a wire.
        """
        raise CannotCross(
            f"an ASGI application cannot cross a wire; call {self.url}, or take "
            "scale.httpx_transport()"
        )

    # -- what is there ------------------------------------------------------------------------

    @property
    def clock(self) -> FarClock:
        """Virtual time."""
        return self._clock

    @property
    def timeline(self) -> FarTimeline:
        """What is still to happen."""
        return self._timeline

    @property
    def callbacks(self) -> FarCallbacks:
        """Every callback, and what goes wrong with them on request."""
        return self._callbacks

    @property
    def attachments(self) -> Any:
        """What is known of attachments: ``describe(url, width=..., truth=...)``."""
        return self._attachments

    @property
    def answer_forms(self) -> Any:
        """Which of several published forms generated answers take, by name; settable."""
        return self._forms

    @property
    def batches(self) -> Any:
        """Every batch, live."""
        return FarView(self._wire, "batch")

    @property
    def projects(self) -> Any:
        """Every project, live."""
        return FarView(self._wire, "project")

    @property
    def files(self) -> Any:
        """Every uploaded or imported file, live."""
        return FarView(self._wire, "file")

    @property
    def teammates(self) -> Any:
        """Everybody on a team, live."""
        return FarView(self._wire, "teammate")

    def account(self, api_key: str = LIVE_KEY) -> Any:
        """The account of a key, with the settings that later calls obey."""
        __tracebackhide__ = True
        key = self._default_key() if api_key is LIVE_KEY else api_key
        check_text("account", "api_key", key)
        settings = self._accounts.get(key)
        if settings is None:
            settings = self._accounts[key] = FarSettings(self._wire, self._wire.know(key))
        return settings

    @property
    def callback_auth_key(self) -> str:
        """The secret of ``live_fake``'s callbacks, or of the only account that has tasks."""
        secret: str = self._wire.control("callback_auth_key")["callback_auth_key"]
        return secret

    # -- looking back and ahead ---------------------------------------------------------------

    def explain(self, task: Any) -> str:
        """Each thing that happened to a task and why, in order, and what is still to come."""
        __tracebackhide__ = True
        text: str = self._wire.control("explain", task=id_of_task(task))["text"]
        return text

    def describe_itself(self) -> str:
        """What the report of a failed test says of it, as the server tells it."""
        text: str = self._wire.control("report")["text"]
        return text

    def snapshot(self) -> FarSnapshot:
        """The whole state as a value, which the server keeps while it runs, the newest hundred."""
        answer = self._act("snapshot")
        return FarSnapshot(
            answer["clock_ms"],
            {"name": answer["snapshot"], "tasks": answer["tasks"], "url": self.url},
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Put a state back that ``snapshot`` gave, of this world.

        Raises:
            TypeError: no snapshot of this world.
        """
        __tracebackhide__ = True
        self._act("restore", snapshot=self._named("restore", snapshot))
        self._forget()

    def diff(self, snapshot: Snapshot) -> Diff:
        """What was added, changed and gone since ``snapshot``; its ``str()`` is readable.

        Raises:
            TypeError: no snapshot of this world.
        """
        __tracebackhide__ = True
        answer = self._wire.control("diff", snapshot=self._named("diff", snapshot))
        added, changed, removed = (
            tuple(_change_of(entry) for entry in answer[name])
            for name in ("added", "changed", "gone")
        )
        return Diff(added, changed, removed, answer["clock_before"], answer["clock_after"])

    def _named(self, control: str, snapshot: Any) -> str:
        if not isinstance(snapshot, FarSnapshot):
            raise TypeError(
                f"{control}() takes what scale.snapshot() gave, not {described(snapshot)}"
            )
        if snapshot.parts["url"] != self.url:
            raise CannotCross(
                f"{control}() got a snapshot of {snapshot.parts['url']}, which cannot cross to "
                f"{self.url}; take one here, or dump() there and load() here"
            )
        name: str = snapshot.parts["name"]
        return name

    def fork(self) -> RemoteFake:
        """A second fake with a copy of the whole state: another world of the server."""
        answer = self._act("fork")
        return RemoteFake(
            self._wire.origin, self._token, answer["name"], ca_file=self._wire._ca_file
        )

    def dump(self, path: str | os.PathLike[str]) -> None:
        """Write the whole state as human-readable JSON; API keys stand in it as digests.

        Raises:
            OSError: the file cannot be written.
        """
        document = self._wire.control("dump")
        Path(path).write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")

    @_OnInstances  # a class has no server: it is the instance that loads
    def load(  # pyright: ignore[reportIncompatibleMethodOverride] - found on instances alone
        self,
        path: str | os.PathLike[str],
        turnaround: Any = None,
        respond: Any = None,
    ) -> RemoteFake:
        """A fake from what ``dump`` wrote: another world of the server.

        Raises:
            BadDump: the file is newer, damaged or no dump.
            OSError: the file cannot be read.
            TypeError: callables, which no wire carries.
        """
        __tracebackhide__ = True
        if turnaround is not None or respond is not None:
            raise CannotCross(
                "load(turnaround=..., respond=...) are callables, which cannot cross a wire; load "
                "a dump that needs none, or load it with FakeScale.load in this process"
            )
        from .._errors import BadDump

        content = Path(path).read_bytes()
        try:
            document = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise BadDump(
                f"{path} is no dump, or only a part of one: it is not JSON ({error})"
            ) from None
        configuration = document.get("configuration") if isinstance(document, dict) else None
        kept = configuration if isinstance(configuration, dict) else {}
        remote = RemoteFake.create(
            self._wire.origin,
            self._token,
            ca_file=self._wire._ca_file,
            **{name: kept[name] for name in _OF_A_DUMP if name in kept},
        )
        try:
            remote._act("load", dump=document)
        except BadDump as error:
            # Or each damaged dump would leave an empty world on the server.
            remote.end_world()
            raise BadDump(str(error).replace(THE_DUMP, str(path))) from None
        return remote

    def load_tasks(
        self,
        path_or_documents: Any,
        project: str | None = None,
        *,
        api_key: str | None = None,
        on_conflict: Any = "refuse",
    ) -> Any:
        """Put tasks in that real Scale answered once, as they are; see ``FakeScale.load_tasks``."""
        __tracebackhide__ = True
        from .._recorded.exports import read
        from .._recorded.loaded import LoadedTasks

        if api_key is not None:
            self._wire.know(api_key)
        answer = self._act(
            "load_tasks",
            tasks=[entry.document for entry in read(path_or_documents).found],
            project=project,
            api_key=api_key,
            on_conflict=on_conflict,
        )
        return LoadedTasks(
            tuple(self.tasks.get(task_id) for task_id in answer["tasks"]),
            answer["types"],
            answer["statuses"],
            answer["account"],
            tuple(answer["projects"]),
            tuple(answer["batches"]),
            tuple(answer["skipped"]),
            tuple(answer["replaced"]),
            datetime.fromisoformat(answer["clock_before"]),
            datetime.fromisoformat(answer["clock_after"]),
            tuple(answer["notices"]),
        )

    def reset(self) -> None:
        """Back to the state right after construction, in place: everything is forgotten."""
        if self._stubs is not None:
            self._stubs.reset()
        self._sources = None
        self._act("reset")
        self._forget()

    def _forget(self) -> None:
        self.requests.reset()
        self.faults.forget()  # type: ignore[attr-defined]  # always one of a world
        self._callbacks.forget()

    def _chance(self) -> tuple[Random, Random]:
        from .._random import seeded

        if self._sources is None:
            self._sources = seeded(self.seed, "jitter"), seeded(self.seed, "idempotency")
        return self._sources

    def __repr__(self) -> str:
        return f"<RemoteFake {self.url} seed={self.seed}>"


RemoteFake.__module__ = PUBLIC


def _change_of(entry: Any) -> Change:
    fields = {name: (before, after) for name, (before, after) in entry["fields"].items()}
    return Change(entry["kind"], entry["id"], entry["account"], fields)
