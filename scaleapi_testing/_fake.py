"""``FakeScale``: puts the parts of one fake together; no rule of the API stands here."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, NoReturn, Self, TypeVar

from . import _arguments
from ._app import App
from ._arguments import LIVE_KEY
from ._configuration import Configuration, configured_by
from ._controls.controls import Controls
from ._controls.deliver import DeliveryControls
from ._controls.views import TaskView, find_task
from ._endpoints.v1.dependents import create_due
from ._endpoints.v1.projects import prepare_project, welcome
from ._errors import PUBLIC, ForkedFake, UnspentFault, WrongClient
from ._faults.faults import Faults
from ._forked import AtFork
from ._idle import what_would_end
from ._intercept.process import PROCESS
from ._journal.journal import Journal
from ._messages import described, mask_key
from ._random import draw_uuid, seeded
from ._saved.snapshot import Diff, Snapshot, compare, put_back, take
from ._state.account import KeyDigest
from ._version import __version__
from ._watch import note_made, note_started, watching
from ._world.history import explain, made_by
from ._world.world import World
from .policies import Rule

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager
    from datetime import timedelta
    from random import Random
    from types import TracebackType
    from typing import SupportsIndex

    from responses import RequestsMock
    from starlette.applications import Starlette

    import scaleapi

    from ._attachments import Attachments
    from ._callbacks.callbacks import Callbacks
    from ._intercept.httpx_door import FakeTransport
    from ._intercept.other_hosts import OtherHosts
    from ._recorded.loaded import LoadedTasks
    from ._serve.served_at import Server
    from ._state.account import Account
    from ._time.clock import Clock
    from ._time.timeline import Timeline
    from ._world.act import Act

T = TypeVar("T")

INTERNALS: Final = (
    "app", "describe_itself", "jitter", "kept_snapshots", "new_idempotency_key", "raise_deferred",
    "stubbed_hosts",
)  # fmt: skip
"""What doors, our client and the plugin use of a fake, and no test."""


class FakeScale(Controls, DeliveryControls):
    """One fake Scale, complete in itself.

    ```python
    with FakeScale(seed=7, turnaround=timedelta(hours=2)) as scale:
        client = scale.client()
        task = client.create_task(...)
        scale.clock.advance(hours=2)
        task.refresh()
    ```

    Args:
        seed: the only source of randomness: same seed and same calls give the same bytes.
        start_time: where the virtual clock starts, an aware datetime; ``None`` is the real now.
        turnaround: how long labelers take: ``None`` (tasks wait for the test), a ``timedelta``, or
            a callable ``(task, random) -> timedelta``.
        api_keys: the keys let in; ``None`` is any non-empty key, each its own account. The first
            of them is whom ``client()``, ``account()`` and ``add_projects()`` mean, in place of
            ``live_fake``.
        base_urls: the origins it answers for.
        test_key_tasks: what a test key's tasks do: ``complete_at_once``, ``complete_on_read`` or
            ``stay_pending``.
        skip_sleep: whether ``time.sleep`` and ``asyncio.sleep`` of the starting thread or task
            move the virtual clock instead of waiting.
        strict: refuse what Scale tolerates but nobody means.
        block_network: refuse every other host too, loopback excepted.
        labelers: how well labelers find the truth, where a test tells it.
        journal_max_entries: how many calls the journal keeps.
        journal_max_bytes: how many bytes of their bodies; beyond it a body is kept as its length
            and digest. The bodies of the callbacks that were sent have the same bound of their own.
        check: whether leaving ``with FakeScale()`` raises what a test must not miss: faults that
            never struck, exceptions of callback targets that no call could pass on.
        max_idle: how far skipped waits move the clock while nothing changes and nothing is to
            come; then the wait raises ``NotIdle``.
        forked: what a forked child finds: ``refuse`` (its first call raises ``ForkedFake``) or
            ``copy`` (a private copy, whose ids differ from the parent's and its siblings').

    Raises:
        TypeError: an argument of the wrong type.
        ValueError: a value that means nothing, with what would be right.
    """

    @configured_by(
        Configuration,
        keys="api_keys", api_key="api_keys", base_url="base_urls", url="base_urls",
        clock="start_time", now="start_time", time="start_time", sleep="skip_sleep",
    )  # fmt: skip
    def __init__(self, configuration: Configuration) -> None:
        self._settled = _arguments.settle(configuration)
        self._stubs: OtherHosts | None = None
        self._build()
        note_made(self)

    def _build(self) -> None:
        from ._endpoints import router

        arguments = self._settled.arguments
        world = World(
            seed=arguments.seed,
            start=self._settled.start,
            allowed_keys=self._settled.keys,
            test_key_tasks=arguments.test_key_tasks,
            labelers=arguments.labelers,
            origins=self.base_urls,
            follows_frozen=self._settled.follows_frozen,
            max_idle=arguments.max_idle,
            max_bytes=arguments.journal_max_bytes,
            as_view=TaskView,
            follow_up=create_due,
            welcome=welcome,
        )
        if arguments.turnaround is not None:
            world.rules.append(Rule(arguments.turnaround))
        self._world = world
        # Its state at the beginning, when a reset first asked for it; shared with its forks.
        self._beginning: list[Snapshot] = []
        self._sources: tuple[Random, Random] | None = None
        # What the test checks callbacks with, for its report.
        self._auth_key_given: str | None = None
        # What the control plane was told to keep, by name; no part of the state itself.
        self.kept_snapshots: dict[str, Snapshot] = {}
        self.faults = Faults(router())
        self.requests = Journal(
            arguments.journal_max_entries, lambda: world.clock.ms, arguments.journal_max_bytes
        )
        world.clock.describe_idle = partial(what_would_end, world, self.requests)
        self.app = App(world, self.faults, self.requests, strict=arguments.strict)
        self._at_fork = AtFork(arguments.forked, world, self.faults, self.requests)
        PROCESS.take_along(self._at_fork)

    # -- what it was made with ----------------------------------------------------------------

    @property
    def seed(self) -> int:
        """The only source of randomness."""
        return self._settled.arguments.seed

    @property
    def base_urls(self) -> tuple[str, ...]:
        """The origins it answers for."""
        return tuple(self._settled.arguments.base_urls)

    @property
    def api_key(self) -> str:
        """The key that ``client()`` and ``account()`` mean: ``live_fake``, or the first let in."""
        return self._default_key()

    @property
    def strict(self) -> bool:
        """Whether what Scale tolerates but nobody means is refused."""
        return self._settled.arguments.strict

    @property
    def skip_sleep(self) -> bool:
        """Whether sleeps move the virtual clock instead of waiting."""
        return self._settled.arguments.skip_sleep

    @property
    def block_network(self) -> bool:
        """Whether every other host is refused too."""
        return self._settled.arguments.block_network

    @property
    def check(self) -> bool:
        """Whether leaving ``with FakeScale()`` raises what a test must not miss."""
        return self._settled.arguments.check

    # -- being there --------------------------------------------------------------------------

    def start(self) -> Self:
        """Begin to answer for ``base_urls`` in this process; may be called again."""
        from ._intercept import active

        active.start(self, skip_sleep=self.skip_sleep)
        note_started(self)
        return self

    def stop(self) -> None:
        """End the last ``start``; nothing stays behind, and nothing is raised."""
        from ._intercept import active

        active.stop(self)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the last ``start``, and let nothing pass that a test must not miss.

        Only the outermost exit looks, only when no other exception passes through it, and nothing
        is told twice.

        Raises:
            UnspentFault: a fault that was asked for never struck so often.
            Exception: what a target of callbacks raised, where no call could pass it on.
        """
        __tracebackhide__ = True
        self.stop()
        watch = watching()
        # A second failure would hide the first, which is the cause.
        failed = error is not None or (watch is not None and watch.has_failed())
        if self.check and not failed and not self.is_active:
            self.raise_deferred()
            faults = self.faults.untold()
            if faults:
                for fault in faults:
                    fault.told = True
                raise UnspentFault(self.faults.describe_unspent(self.requests, faults), faults)

    @property
    def is_active(self) -> bool:
        """Whether it is started, anywhere in this process."""
        from ._intercept import active

        return any(activation.fake is self for activation in active.activations())

    def __call__(self, function: Callable[..., T]) -> Callable[..., T]:
        """Decorate a function: each call runs with this fake started, as it is now.

        ```python
        @FakeScale(seed=7, turnaround=timedelta(hours=2))
        def test_labels_arrive(scale): ...
        ```

        What a call did is undone before the next one. A function that has a parameter ``scale`` is
        given the fake, and under pytest no fixture for it. Functions that are ``async`` are
        decorated alike.

        Raises:
            TypeError: a class, or nothing that can be called: decorate its methods, or derive it
                from ``ScaleTestCase``.
        """
        from ._decorator import decorated

        return decorated(self, function)

    def client(self, api_key: str = LIVE_KEY, **kwargs: Any) -> scaleapi.ScaleClient:
        """A ``scaleapi.ScaleClient`` that always reaches this fake, started or not.

        Args:
            api_key: whose account; ``test_...`` is a test key, others are live. Without it that
                of ``live_fake``, or of the first of ``api_keys``.
            kwargs: what ``ScaleClient`` takes besides.

        Raises:
            WrongClient: there is no ``scaleapi``, or it is not the one of this project.
        """
        client_class = _own_client()
        from ._intercept.own_client import bind

        kwargs.setdefault("api_instance_url", f"{self.base_urls[0]}/v1")
        # A plain string, as one that somebody wrote; what is no string the client refuses itself.
        key = self._default_key() if api_key is LIVE_KEY else api_key
        client = client_class(key, **kwargs)
        bind(client, self)
        return client

    def async_client(self, api_key: str = LIVE_KEY, **kwargs: Any) -> scaleapi.AsyncScaleClient:
        """A ``scaleapi.AsyncScaleClient`` that always reaches this fake, started or not.

        Its back-off passes on the fake's clock.

        Args:
            api_key: as for :meth:`client`.
            kwargs: what ``AsyncScaleClient`` takes besides.

        Raises:
            WrongClient: there is no ``scaleapi``, or it is not the one of this project.
            ImportError: its extra ``async`` is not installed.
        """
        _own_client("scale.async_client()")
        from scaleapi import AsyncScaleClient

        from ._intercept.own_client import bind_async

        kwargs.setdefault("api_instance_url", f"{self.base_urls[0]}/v1")
        key = self._default_key() if api_key is LIVE_KEY else api_key
        client = AsyncScaleClient(key, **kwargs)
        bind_async(client, self)
        return client

    def _default_key(self) -> str:
        """Whose account is meant where no key is named."""
        return str(self._settled.default_key)

    def httpx_transport(self) -> FakeTransport:
        """The fake as an ``httpx`` transport, for ``httpx.Client`` and ``httpx.AsyncClient``."""
        from ._intercept.httpx_door import FakeTransport

        return FakeTransport(self)

    def serve(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: bool = False,  # noqa: FBT001, FBT002 - the documented signature
    ) -> AbstractContextManager[Server]:
        """The fake as a real HTTP or HTTPS server, while the ``with`` block lasts.

        Args:
            host: a loopback address.
            port: 0 takes a free one.
            tls: serve HTTPS, with a certificate signed by the authority in ``.ca_file``.

        Raises:
            TypeError: no host, or no port number.
            ValueError: the host is not this machine alone, or the port is none.
            ForkedFake: in a forked child, from where nobody would see the calls.
        """
        with self._world.lock:
            pass  # in a forked child it refuses
        from ._serve.address import check_address

        check_address(host, port)
        # After the address is checked, and here: uvicorn and starlette are an extra.
        from ._serve.server import serve
        from ._worlds.worlds import Worlds

        return serve(Worlds(self, FakeScale), host=host, port=port, tls=tls)

    @property
    def wsgi_app(self) -> Callable[..., Iterable[bytes]]:
        """The fake as a WSGI application."""
        from ._serve.wsgi import wsgi_app

        return wsgi_app(self)

    @property
    def asgi_app(self) -> Starlette:
        """The fake as an ASGI application, for tests and for mounting.

        Raises:
            ImportError: a package of the extra ``server`` is missing.
        """
        from ._serve.asgi import asgi_app
        from ._worlds.worlds import Worlds

        return asgi_app(Worlds(self, FakeScale))

    @property
    def other_hosts(self) -> RequestsMock:
        """Stubs for every host but Scale's: a ``responses.RequestsMock`` that is never started."""
        return self.stubbed_hosts.mock

    @property
    def stubbed_hosts(self) -> OtherHosts:
        """What the doors ask for other hosts."""
        # Made when asked for: `responses` takes long to import, and few tests need it.
        if self._stubs is None:
            from ._intercept.other_hosts import OtherHosts

            self._stubs = OtherHosts()
        return self._stubs

    def jitter(self) -> float:
        """A number from 0 to 1 of the fake's seed, for our own client's back-off."""
        return self._chance()[0].random()

    def new_idempotency_key(self) -> str:
        """A version 4 UUID of the fake's seed, for our own client's creates."""
        return draw_uuid(self._chance()[1])

    def _chance(self) -> tuple[Random, Random]:
        """What jitter and idempotency keys are drawn from, seeded when one is first asked for."""
        with self._world.lock:
            # Sources of their own: what a client draws must not shift what labelers answer.
            if self._sources is None:
                self._sources = seeded(self.seed, "jitter"), seeded(self.seed, "idempotency")
            return self._sources

    # -- what is there ------------------------------------------------------------------------

    @property
    def clock(self) -> Clock:
        """Virtual time."""
        return self._world.clock

    @property
    def timeline(self) -> Timeline:
        """What is still to happen."""
        return self._world.timeline

    @property
    def callbacks(self) -> Callbacks:
        """Every callback, and what goes wrong with them on request."""
        return self._world.callbacks

    @property
    def attachments(self) -> Attachments:
        """What is known of attachments: ``describe(url, width=..., truth=...)``."""
        return self._world.attachments

    @property
    def answer_forms(self) -> dict[str, str]:
        """Which of several published forms generated answers take, by name; settable.

        ``playback_root`` of videoplaybackannotation: ``bare`` (default), ``list`` or ``object``;
        ``playback_key``: ``video`` (default) or ``annotated`` frames (docs/scale/video.md 3.3).
        """
        return self._world.answers.forms

    def account(self, api_key: str = LIVE_KEY) -> Account:
        """The account of a key, with the settings that later calls obey.

        Args:
            api_key: the key; without it ``live_fake``, or the first of ``api_keys``.

        Raises:
            ValueError: the key is empty, or not among ``api_keys``.
            TypeError: the key is no string.
        """
        if api_key is LIVE_KEY:
            default = self._settled.default_key
            api_key = default if isinstance(default, KeyDigest) else str(default)
        _arguments.check_text("account", "api_key", api_key)
        with self._world.lock:
            account = self._world.store.account(api_key)
        if account is None:
            raise ValueError(
                "account() got an empty key, which nobody can send; give an API key"
                if not api_key
                else "api_keys= of this fake is empty, so that no key is let in and there is no "
                "account"
                if not self._settled.keys
                else f"no account {mask_key(api_key)}: the key is not among api_keys= of this "
                "fake; name one of them: scale.account(key)"
            )
        return account

    @property
    def callback_auth_key(self) -> str:
        """The secret of ``live_fake``'s callbacks.

        While another account is the only one that has tasks, it is that one's, so that code with
        a key of its own can be checked by it as well; ``scale.account(key).callback_auth_key`` is
        a certain account's whatever happens.
        """
        with self._world.lock:
            busy = [account for account in self._world.store.everyone() if len(account.tasks)]
            account = busy[0] if len(busy) == 1 else self.account()
            self._auth_key_given = account.callback_auth_key
        return account.callback_auth_key

    # -- looking back and ahead ---------------------------------------------------------------

    def explain(self, task: Any) -> str:
        """Each thing that happened to a task and why, in order, and what is still to come."""
        world = self._world
        with world.lock:
            record = find_task(world.store, task)
            created = next((r for r in self.requests if r.n == record.request_n), None)
            by = made_by(record) + (
                f" ({created.method} {created.path})" if created is not None else ""
            )
            upcoming: list[tuple[int, str]] = []
            finish = world.timeline.planned("finish", record.id)
            if finish is not None:
                upcoming.append((finish, world._describe("finish", (record.id,))))
            for delivery in world.callbacks.of(record.id):
                when = world.timeline.planned("callback", delivery.number)
                if when is not None:
                    upcoming.append((when, world.callbacks.describe(delivery.number)))
            return explain(
                record,
                created_by=by,
                upcoming=sorted(upcoming),
                in_staging=world.in_staging(record),
                ends=finish is not None,
            )

    def snapshot(self) -> Snapshot:
        """The whole state as a value: objects, clock, seed, timeline, faults, journal, policies."""
        return take(self)

    def restore(self, snapshot: Snapshot) -> None:
        """Put a state back that ``snapshot`` gave, of this fake or of one forked from it.

        Raises:
            TypeError: no snapshot.
        """
        _check_snapshot("restore", snapshot)
        put_back(self, snapshot)

    def diff(self, snapshot: Snapshot) -> Diff:
        """What was added, changed and gone since ``snapshot``; its ``str()`` is readable.

        Raises:
            TypeError: no snapshot.
        """
        _check_snapshot("diff", snapshot)
        return compare(snapshot, take(self))

    def fork(self) -> FakeScale:
        """A second fake with a copy of the whole state, not started; neither sees the other."""
        other = self._alike()
        put_back(other, take(self))
        return other

    def _alike(self) -> FakeScale:
        """A fake as this one was right after its construction."""
        other = self._made_of(self._settled)
        other._beginning = self._beginning
        return other

    @classmethod
    def _made_of(cls, settled: _arguments.Settled) -> FakeScale:
        """A fake of checked arguments, which no test made and no report tells of."""
        # Without __init__, which would settle the arguments anew and tell the report of it.
        other = FakeScale.__new__(FakeScale)
        other._settled = settled
        other._stubs = None
        other._build()
        return other

    def dump(self, path: str | os.PathLike[str]) -> None:
        """Write the whole state as human-readable JSON; API keys stand in it as digests.

        So do keys that were sent in a query or a body, wherever they were kept.

        Targets of callbacks are not part of it; callables of ``turnaround`` and ``respond`` are
        named, and must be given again to ``load``.

        Raises:
            ValueError: a fault with ``when=`` cannot be written.
            OSError: the file cannot be written.
        """
        from ._saved.dump import write

        write(self, path)

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        turnaround: Callable[[Any, Random], timedelta] | None = None,
        respond: dict[str, Any] | None = None,
    ) -> FakeScale:
        """A fake from what ``dump`` wrote, not started.

        Args:
            path: the file.
            turnaround: the callable that its policies used, if they used one.
            respond: the callables that ``respond`` was given, by task type.

        Raises:
            BadDump: the file is newer, damaged, no dump, or needs a callable that is not given.
            OSError: the file cannot be read.
        """
        from ._saved.dump import read

        return read(path, turnaround, respond)

    def load_tasks(
        self,
        path_or_documents: Any,
        project: str | None = None,
        *,
        api_key: str | None = None,
        on_conflict: Literal["refuse", "skip", "replace"] = "refuse",
    ) -> LoadedTasks:
        """Put tasks in that real Scale answered once, as they are.

        ```python
        print(scale.load_tasks("tests/data/tasks.json"))
        ```

        Ids, times, status, response, metadata, unique_id, audits and unknown keys are kept.
        Projects and batches that are named and not there are made. Params that a create would
        refuse, and types that the fake does not know, are kept and noticed. Times later than the
        clock move it forward to the latest; labelers take what is pending from then on.

        Args:
            path_or_documents: the path of a file: pages of ``GET /v1/tasks``, their ``docs``, a
                list of tasks, one task, the body of a callback, or one of these on each line; or
                such values themselves, or objects with ``as_dict()``; or a list of paths.
            project: the project that all of them are put into, whichever their documents name.
            api_key: whose they are; without it those of ``live_fake``, or of the first of
                ``api_keys``.
            on_conflict: what is done where an id or a unique_id is there already: ``refuse`` loads
                nothing, ``skip`` leaves the document out, ``replace`` puts it in place of the task
                that is there.

        Returns:
            How many there were, of which types, and what was noticed; its ``str()`` is readable.

        Raises:
            BadExport: something is no task, stands there twice, or is in the fake already; it names
                the file, the line or index, and what was expected. Nothing was loaded.
            OSError: a file cannot be read.
            TypeError: neither a path nor documents.
            ValueError: another ``on_conflict``, or a key that is not let in.
        """
        __tracebackhide__ = True
        from ._recorded.loading import check_arguments, load_tasks

        check_arguments(project, on_conflict)
        account = self.account() if api_key is None else self.account(api_key)
        return load_tasks(self, path_or_documents, project, account, on_conflict)

    def describe_itself(self) -> str | None:
        """What a report says of it; ``None`` where that is read from its state."""
        return None

    def raise_deferred(self) -> None:
        """Raise what targets of callbacks raised while a door could not pass it on."""
        __tracebackhide__ = True
        self._world.control("scale.raise_deferred()", _nothing)

    def add_projects(
        self, projects: Iterable[str | tuple[str, str]], api_key: str | None = None
    ) -> None:
        """Make projects, as the marker's ``projects=`` does.

        Args:
            projects: names of imageannotation projects, or pairs ``(name, type)``.
            api_key: whose they are; ``None`` is every key's: each account has its own ones, made
                when its key first calls. ``scale.projects`` lists those that were used.

        Raises:
            LookupError: no such task type.
            TypeError: neither a name nor a pair.
        """
        if isinstance(projects, str):
            raise TypeError(f"projects takes several; write projects=[{projects!r}]")
        for entry in projects:
            pair = (entry, "imageannotation") if isinstance(entry, str) else entry
            if not (isinstance(pair, tuple | list) and len(pair) == 2):  # pyright: ignore[reportUnnecessaryIsInstance] - callers may be untyped
                raise TypeError(f"projects holds {entry!r:.60}; give names or pairs (name, type)")
            name, kind = pair
            if not isinstance(name, str) or not name:  # pyright: ignore[reportUnnecessaryIsInstance] - callers may be untyped
                raise TypeError(f"projects holds {entry!r:.60}; a name is a text that is not empty")
            only = None if api_key is None else self.account(api_key)
            default = self.account()
            self._control("add_projects", prepare_project, self._world, default, only, name, kind)

    def reset(self) -> None:
        """Back to the state right after construction, in place: everything is forgotten."""
        if self._stubs is not None:
            self._stubs.reset()
        # What a test holds of this fake (its clock, its journal) stays this fake's.
        if not self._beginning:
            self._beginning.append(take(self._alike()))
        put_back(self, self._beginning[0])

    def __dir__(self) -> Iterable[str]:
        """What a test may use; how the parts are put together helps nobody who types a dot."""
        return [
            name
            for name in super().__dir__()
            if name not in INTERNALS and (name.startswith("__") or not name.startswith("_"))
        ]

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError(
            "a FakeScale is not copied or pickled: scale.fork() is a second fake with a copy of "
            "its state, scale.dump(path) a file for FakeScale.load(path); where it is kept for "
            "several tests (setUpTestData), keep it and its clients elsewhere (setUpClass)"
        )

    def __del__(self) -> None:
        active = sys.modules.get(f"{__package__}._intercept.active") if sys is not None else None  # pyright: ignore[reportUnnecessaryComparison] - gone when the interpreter ends
        # While it is still being imported nothing was started.
        dropped = getattr(active, "dropped", None)
        if dropped is not None:
            dropped(self)

    def __repr__(self) -> str:
        try:
            return self._told()
        # A repr that raises would hide the message that it stands in.
        except ForkedFake:
            return f"<FakeScale seed={self.seed} of the process that this one was forked from>"

    def _told(self) -> str:
        return (
            f"<FakeScale seed={self.seed} at {self.clock.stamp()}: {len(self.tasks)} tasks, "
            f"{len(self.requests)} requests>"
        )


def _nothing(act: Act) -> None:
    """A control that does nothing but raise what waits to be raised."""


def _check_snapshot(control: str, snapshot: Any) -> None:
    if not isinstance(snapshot, Snapshot):
        raise TypeError(f"{control}() takes what scale.snapshot() gave, not {described(snapshot)}")


FakeScale.__module__ = PUBLIC


def _own_client(call: str = "scale.client()") -> type[scaleapi.ScaleClient]:
    """The client of this project, where it is the `scaleapi` on the path."""
    try:
        import scaleapi
    except ImportError as error:
        raise WrongClient(
            f"{call} needs the scaleapi of this project, and no scaleapi is installed; "
            f"install it: pip install --find-links dist scaleapi=={__version__} (`make dist` in "
            "its checkout makes dist), or call the started fake with what your code calls Scale "
            "with"
        ) from error
    # The official package has the same name; only ours creates many tasks at once.
    if not hasattr(scaleapi.ScaleClient, "create_tasks"):
        raise WrongClient(
            f"{call} needs the scaleapi of this project, but {scaleapi.__file__} was "
            'found first on the path; make your own scaleapi.ScaleClient("live_fake") while the '
            "fake is started, or put this project's in its place: "
            f"pip install --find-links dist scaleapi=={__version__}"
        )
    return scaleapi.ScaleClient
