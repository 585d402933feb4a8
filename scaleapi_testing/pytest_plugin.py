"""The pytest plugin: the marker, the fixtures, and the section ``scale`` of a failed test's report.

It is loaded in every session wherever the package is installed, so it imports pytest alone.
"""

from __future__ import annotations

import hashlib
import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast
from weakref import WeakKeyDictionary, WeakSet

import pytest

from ._configuration import NAMES
from ._watch import Watch, watch, watching

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping

    import scaleapi

    from ._fake import FakeScale
    from ._faults.fault import Fault
    from ._intercept.active import Activation
    from ._live.live_scale import LiveScale
    from ._remote.remote_fake import RemoteFake
    from ._serve.served_at import Server

    Node = pytest.Item | pytest.Collector

T = TypeVar("T")

PREPARED: Final = ("projects", "tasks", "api_key")
"""What a test's fake holds from the start, and whose it is."""

ARGUMENTS: Final = (*NAMES, *PREPARED)
"""What the marker takes: the arguments of ``FakeScale``, and what it holds from the start."""

WORLD_TTL_S: Final = 3600.0
"""Real seconds after which a server ends the world of a test that could not end it itself."""

_FAKE: Final[pytest.StashKey[FakeScale]] = pytest.StashKey()
"""Of a test: the fake of its fixture ``scale``, made as its marks say."""

_SHARED: Final[pytest.StashKey[dict[str, tuple[FakeScale, Callable[[], None]]]]] = pytest.StashKey()
"""Of the session: the fakes of ``scale_module`` and ``scale_session`` that live, by fixture, and
what gives them at each beginning what they hold from the start."""

_NAMES: Final[pytest.StashKey[WeakKeyDictionary[FakeScale, str]]] = pytest.StashKey()
"""Of the session: what the report calls a fake that a fixture gave."""

_ELSEWHERE: Final[pytest.StashKey[WeakSet[Fault]]] = pytest.StashKey()
"""Of the session: faults that no test added, but a wider fixture, or code outside of tests."""

_LIVE: Final[pytest.StashKey[LiveScale]] = pytest.StashKey()
"""Of a test, while its half against Scale runs: what `scale` is there."""

CONTRACT_KEY: Final = "test_contract"
"""The key of the fake in a test that is marked `scale_contract`: it stands for a test key."""

_IN_CALL: Final[pytest.StashKey[list[Activation]]] = pytest.StashKey()
"""Of a test: the starts of fakes that its call left behind."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--scale-seed``, ``--scale-server`` and ``--scale-live``."""
    group = parser.getgroup("scale", "fake Scale AI")
    group.addoption(
        "--scale-live",
        action="store_true",
        help="run tests marked scale_contract against Scale, too (needs SCALE_TEST_API_KEY)",
    )
    group.addoption(
        "--scale-server",
        default=None,
        metavar="URL",
        help="each fixture's fake is a fresh world of the server there (scaleapi-testing serve)",
    )
    group.addoption(
        "--scale-server-token",
        default=os.environ.get("SCALE_FAKE_ADMIN_TOKEN"),
        metavar="TOKEN",
        help="the server's admin token; SCALE_FAKE_ADMIN_TOKEN of the environment unless given",
    )
    group.addoption(
        "--scale-seed",
        type=int,
        default=None,
        metavar="N",
        help="seed of every FakeScale that a fixture makes, in place of the marked or derived one",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker."""
    config.addinivalue_line(
        "markers",
        "scale(**arguments): arguments of the FakeScale in the fixture `scale`, plus "
        "projects=[name or (name, type), ...], tasks=path or documents, and api_key= where they "
        "are one key's alone",
    )
    config.addinivalue_line(
        "markers",
        "scale_contract: holds for Scale as for the fake, with a test key; `pytest --scale-live` "
        "runs it against both",
    )
    if config.getoption("--scale-live"):
        from ._extras import lack_of_extra, missing

        lacking = missing("responses", "vcr", "yaml")
        if lacking:
            raise pytest.UsageError(lack_of_extra("--scale-live", "verify", *lacking))
        from ._live.plugin import LivePlugin, check

        check(os.environ)
        config.pluginmanager.register(LivePlugin(_LIVE, _FAKE), "scale-live")
    if os.environ.get("SCALEAPI_TESTING_ACTIVE", str(os.getpid())) != str(os.getpid()):
        # A suite that a test started, while a fake of that test's is active.
        from ._intercept.active import guard_child

        guard_child()
    # In the session's stash, not in the module: a session may run inside another.
    config.stash[_SHARED] = {}
    config.stash[_ELSEWHERE] = WeakSet()
    config.stash[_NAMES] = WeakKeyDictionary()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse marks with unknown arguments, on the tests that will run."""
    if hasattr(session.config, "workerinput"):
        return  # an xdist worker cannot end the session; the test itself says it
    # After collection: a test that -k or -m left out fails nobody.
    for item in session.items:
        wrong = _wrong_mark(item)
        if wrong:
            raise pytest.UsageError(wrong)


def _wrong_mark(item: pytest.Item) -> str | None:
    for mark in item.iter_markers("scale"):
        if mark.args:
            return (
                f"{item.nodeid}: @pytest.mark.scale takes keyword arguments only, not "
                f"{', '.join(map(repr, mark.args))}; known: {', '.join(ARGUMENTS)}"
            )
        unknown = [name for name in mark.kwargs if name not in ARGUMENTS]
        if unknown:
            import difflib

            near = difflib.get_close_matches(unknown[0], ARGUMENTS, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ";"
            return (
                f"{item.nodeid}: @pytest.mark.scale does not know {unknown[0]!r}{hint} "
                f"known: {', '.join(ARGUMENTS)}"
            )
    return None


def _arguments(node: Node) -> dict[str, Any]:
    """The arguments of the marks on a test: the closest one wins, argument by argument."""
    arguments: dict[str, Any] = {}
    for mark in node.iter_markers("scale"):
        for name, value in mark.kwargs.items():
            arguments.setdefault(name, value)
    if node.get_closest_marker("scale_contract") is not None:
        # As at Scale, one test key is let in.
        arguments.setdefault("api_keys", [CONTRACT_KEY])
    return arguments


def _seeded(arguments: Mapping[str, Any], config: pytest.Config, name: str) -> dict[str, Any]:
    """The same with a seed: the one of the command line, the one given, or one from a name."""
    forced = config.getoption("--scale-seed")
    # Not hash(), which differs in each process.
    digest = hashlib.blake2b(name.encode(), digest_size=4).digest()
    derived = {"seed": int.from_bytes(digest)}
    # The command line goes before the mark: it is there to repeat a failure.
    return {**derived, **arguments, **({} if forced is None else {"seed": forced})}


def _prepare(fake: FakeScale, arguments: Mapping[str, Any], node: Node) -> None:
    """Give a fake what it holds from the start; a path is seen from the root of the suite."""
    api_key = arguments.get("api_key")
    fake.add_projects(arguments.get("projects", ()), api_key=api_key)
    tasks = arguments.get("tasks")
    if tasks is not None:
        fake.load_tasks(_placed(tasks, node), api_key=api_key)


def _placed(tasks: Any, node: Node) -> Any:
    """A path of the mark, from the root of the suite, else from beside the test."""
    if not isinstance(tasks, str | os.PathLike):
        return tasks
    root, beside = node.config.rootpath / tasks, node.path.parent / tasks
    return beside if beside.exists() and not root.exists() else root


def _made(arguments: dict[str, Any], where: str, node: Node) -> FakeScale:
    """A fake with its projects; what is wrong is said by the sentence alone."""
    from ._extras import NEEDED, lack_of, missing

    lacking = missing(*NEEDED)
    if lacking:
        pytest.fail(f"the fixture scale needs {lack_of(*lacking)}", pytrace=False)
    from ._errors import CannotCross
    from ._fake import FakeScale

    own = {name: value for name, value in arguments.items() if name not in PREPARED}
    # Said outside of the `except`, where pytest would print the error once more, as its context.
    wrong = reason = ""
    try:
        fake = _far(node.config, own) if _is_far(node.config) else FakeScale(**own)
        # Before anything can fail: the report would take it for one that the test forgot to start.
        node.stash[_FAKE] = fake
        _prepare(fake, arguments, node)
    except CannotCross as error:
        reason = str(error)
    except ConnectionError as error:
        where, wrong = "--scale-server", str(error)
    except (TypeError, ValueError, LookupError) as error:
        wrong = str(error)
    except OSError as error:
        wrong = f"cannot load {error.filename}: {error.strerror}"
    else:
        return fake
    if reason:
        pytest.skip(f"{where} with --scale-server: {reason}")
    pytest.fail(f"{where}: {wrong}", pytrace=False)


def _is_far(config: pytest.Config) -> bool:
    """Whether the fakes of the fixtures are worlds of a server."""
    return config.getoption("--scale-server") is not None


def _far(config: pytest.Config, arguments: dict[str, Any]) -> FakeScale:
    """A fake in a fresh world of the server."""
    from ._remote.remote_fake import RemoteFake

    url: Any = config.getoption("--scale-server")
    token = config.getoption("--scale-server-token")
    return RemoteFake.create(url, token, ttl=WORLD_TTL_S, **arguments)


def _end(fake: FakeScale) -> None:
    """End the world of a fake that is on a server, where that still answers."""
    # By name, for its class is imported only where a server is named.
    if type(fake).__name__ == "RemoteFake":
        with suppress(ConnectionError, LookupError):
            cast("RemoteFake", fake).end_world()


@pytest.fixture
def scale(request: pytest.FixtureRequest) -> Iterator[FakeScale]:
    """An active ``FakeScale``; its seed follows from the test's node id unless it is set."""
    node: pytest.Item = request.node
    if _LIVE in node.stash:
        yield _against_scale(node)
        return
    arguments = _seeded(_arguments(node), node.config, node.nodeid)
    fake = _made(arguments, f"@pytest.mark.scale on {node.nodeid}", node)
    node.stash[_FAKE] = fake
    with fake:
        yield fake
    _end(fake)


def _against_scale(node: pytest.Item) -> FakeScale:
    """What `scale` is in the half of a test against Scale: not a fake, but used as one."""
    from ._live.plugin import refuse_wider_fakes

    wrong = refuse_wider_fakes()
    live = node.stash[_LIVE]
    arguments = _arguments(node)
    if arguments.get("tasks") is not None:
        pytest.skip("tasks= of the mark is put into the fake, which Scale cannot take")
    if not wrong:
        try:
            live.add_projects(arguments.get("projects", ()))
        except (OSError, RuntimeError) as error:
            wrong = str(error)
    if wrong:
        pytest.fail(wrong, pytrace=False)
    return cast("FakeScale", live)


@pytest.fixture(scope="module")
def scale_module(request: pytest.FixtureRequest) -> Iterator[FakeScale]:
    """One active ``FakeScale`` for all tests of a module, reset before each test.

    Cheaper than ``scale``, not leakier. Of the marks it reads those of the module; its seed follows
    from the module's node id unless it is set.
    """
    node: pytest.Collector = request.node
    where = f"@pytest.mark.scale on {node.nodeid}"
    yield from _shared("scale_module", _arguments(node), node, node.nodeid, where)


@pytest.fixture(scope="session")
def scale_session_arguments() -> dict[str, Any]:
    """What ``scale_session`` is made with, as the mark takes it; override it in a ``conftest.py``.

    A mark cannot stand on a session.
    """
    return {}


@pytest.fixture(scope="session")
def scale_session(
    request: pytest.FixtureRequest, scale_session_arguments: dict[str, Any]
) -> Iterator[FakeScale]:
    """One active ``FakeScale`` for the whole session (under xdist: the worker's), as above."""
    where = "the fixture scale_session_arguments"
    unknown = sorted(set(scale_session_arguments) - set(ARGUMENTS))
    if unknown:
        pytest.fail(
            f"{where} holds {unknown[0]!r}, which is unknown; known: {', '.join(ARGUMENTS)}",
            pytrace=False,
        )
    yield from _shared("scale_session", scale_session_arguments, request.node, "session", where)


def _shared(
    fixture: str,
    arguments: Mapping[str, Any],
    node: Node,
    name: str,
    where: str,
) -> Iterator[FakeScale]:
    arguments = _seeded(arguments, node.config, name)
    fake = _made(arguments, where, node)
    shared = node.config.stash[_SHARED]
    shared[fixture] = (fake, lambda: _prepare(fake, arguments, node))
    try:
        with fake:
            yield fake
    finally:
        del shared[fixture]
        _end(fake)


@pytest.fixture
def scale_client(request: pytest.FixtureRequest) -> scaleapi.ScaleClient:
    """``scale.client()``, which holds the mark's ``api_key``, or the fake's default key."""
    fake = _own(request, "scale_client")
    return _given("scale_client", "scale.client()", lambda: fake.client(*_key(request)))


@pytest.fixture
def scale_async_client(request: pytest.FixtureRequest) -> scaleapi.AsyncScaleClient:
    """``scale.async_client()``, for tests that pytest-asyncio, anyio or others run."""
    fake = _own(request, "scale_async_client")
    return _given(
        "scale_async_client", "scale.async_client()", lambda: fake.async_client(*_key(request))
    )


@pytest.fixture
def scale_server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """The same fake as ``scale``, served over real HTTP on a loopback address; ``.url``."""
    fake = _own(request, "scale_server")
    if _LIVE in request.node.stash:
        yield cast("Server", fake)  # it has the address
        return
    with _given("scale_server", "scale.serve()", fake.serve) as server:
        yield server


def _key(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """The mark's ``api_key``, for a control that has its own where there is none."""
    api_key = _arguments(request.node).get("api_key")
    return () if api_key is None else (api_key,)


def _given(fixture: str, control: str, make: Callable[[], T]) -> T:
    """What a fixture has from a control; a package that lacks fails it in the control's words."""
    # Said outside of the `except`, where pytest would print the error once more, as its context.
    wrong = ""
    try:
        return make()
    except ImportError as error:
        wrong = str(error)
    pytest.fail(wrong.replace(control, fixture, 1), pytrace=False)


def _own(request: pytest.FixtureRequest, asking: str) -> FakeScale:
    own = request.getfixturevalue("scale")
    if _LIVE in request.node.stash:
        return cast("FakeScale", own)
    from ._fake import FakeScale

    if not isinstance(own, FakeScale):
        pytest.fail(
            f"{asking} builds on the fixture `scale` of scaleapi_testing, but this suite has a "
            f"fixture of that name of its own, which gave {type(own).__name__}: rename yours, "
            "or make a FakeScale in it",
            pytrace=False,
        )
    return own


# -- what a test did with its fakes -------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Watch which fakes the test makes and starts; faults that are there already are not its."""
    # Where a TestCase's failure waits until its cleanups are done.
    here = Watch(item.config.getoption("--scale-seed"), lambda: bool(getattr(item, "_excinfo", ())))
    before = watch(here)
    item.config.stash[_ELSEWHERE].update(_faults(_active()))
    try:
        return (yield)
    finally:
        watch(before)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    """Reset the shared fakes; in an xdist worker, which cannot end a session, check the marks."""
    if hasattr(item.config, "workerinput"):
        wrong = _wrong_mark(item)
        if wrong:
            pytest.fail(wrong, pytrace=False)
    for fake, prepare in item.config.stash[_SHARED].values():
        fake.reset()
        prepare()
    try:
        with _skipping_what_cannot_cross(item.config):
            yield
    except BaseException:  # a skip, too: then no call phase comes that would tell of the faults
        elsewhere = item.config.stash[_ELSEWHERE]
        _tell(fault for fault in _faults(_active()) if fault not in elsewhere)
        raise


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Generator[None, object, object]:
    """Faults that a wider fixture adds are judged when its fake ends, not by its first test.

    And reports call a fake by the fixture that gave it.
    """
    before = set(_faults(_active()))
    try:
        value = yield
    finally:
        if fixturedef.scope != "function":
            added = (fault for fault in _faults(_active()) if fault not in before)
            request.config.stash[_ELSEWHERE].update(added)
    # By name: importing the classes would load the fake in every session.
    if type(value).__name__ in {"FakeScale", "RemoteFake"}:
        names = request.config.stash[_NAMES]
        names[cast("FakeScale", value)] = f"the fixture {fixturedef.argname}"
    return value


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    """End what the test started in its call, or dropped, and nobody stopped; and say so.

    What its setup started and holds may belong to a fixture of a wider scope, and is left alone.
    """
    left: list[Activation] = item.stash.get(_IN_CALL, [])
    yield
    for start in _starts():
        if start in left or start.is_dropped:
            place = start.place or "an unknown line"
            _intercept().end(start)
            item.warn(
                pytest.PytestWarning(
                    f"{item.nodeid}: the FakeScale started at {place} was not stopped; it was "
                    "ended with this test, or it would have answered the next ones. Start it by "
                    "`with FakeScale() as scale:`, or stop() it"
                )
            )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """A fault that was asked for and never fully struck fails the test, in its call phase.

    It is one that the test added, in its setup or its call, to a fake that is active at the end of
    the call and checks. A test that fails anyway shows them in its report, and that is enough.
    """
    before = _starts()
    try:
        with _skipping_what_cannot_cross(item.config):
            yield
        # In the call phase: in teardown the test would count as passed, and as an error.
        fakes = [fake for fake in _active() if fake.check]
        for fake in fakes:
            _raise_deferred(fake)
        elsewhere = item.config.stash[_ELSEWHERE]
        unspent = {
            fake: [fault for fault in fake.faults.untold() if fault not in elsewhere]
            for fake in fakes
        }
        texts = [fake.faults.describe_unspent(fake.requests, unspent[fake]) for fake in fakes]
    finally:
        item.stash[_IN_CALL] = [start for start in _starts() if start not in before]
        elsewhere = item.config.stash[_ELSEWHERE]
        _tell(fault for fault in _faults(_active()) if fault not in elsewhere)
    if any(texts):
        pytest.fail("\n".join(filter(None, texts)), pytrace=False)
    _say_unread_mark(item)


@contextmanager
def _skipping_what_cannot_cross(config: pytest.Config) -> Generator[None]:
    """A test that needs what no wire carries is skipped, never sent elsewhere."""
    if not _is_far(config):
        yield
        return
    from ._errors import CannotCross

    reason = ""
    try:
        yield
    except CannotCross as error:
        reason = str(error)
    if reason:
        pytest.skip(f"--scale-server: {reason}")


def _intercept() -> Any:
    """The module that knows which fakes are active; ``None`` where none can be."""
    # As `from ._intercept import active` finds it, which need not stand in `sys.modules`: a session
    # inside a session (pytester) takes out of there what it imported.
    return getattr(sys.modules.get(f"{__package__}._intercept"), "active", None)


def _starts() -> tuple[Activation, ...]:
    active = _intercept()
    return () if active is None else active.activations()


def _active() -> list[FakeScale]:
    """Every fake that is active in this process; nothing is imported where none can be."""
    active = _intercept()
    if active is None:
        return []
    return [fake for fake in active.fakes() if hasattr(fake, "faults") and hasattr(fake, "check")]


def _faults(fakes: Iterable[FakeScale]) -> list[Fault]:
    faults: list[Fault] = []
    for fake in fakes:
        with suppress(ConnectionError):  # its server is gone, as the test says itself
            faults += fake.faults
    return faults


def _tell(faults: Iterable[Fault]) -> None:
    for fault in faults:
        fault.told = True


def _raise_deferred(fake: FakeScale) -> None:
    __tracebackhide__ = True
    fake.raise_deferred()


def _say_unread_mark(item: pytest.Item) -> None:
    """Warn of a mark on a test whose fixtures never read it."""
    names: Iterable[str] = getattr(item, "fixturenames", ())
    marked = any(mark.name == "scale" for mark in item.own_markers)
    if not marked or _FAKE in item.stash or "scale" in names:
        return
    shared = [name for name in ("scale_module", "scale_session") if name in names]
    hint = (
        f"{shared[0]} is shared and reads none of a test: mark the module, or use `scale`"
        if shared
        else "take the argument `scale`, or pass these arguments to your own FakeScale(...)"
    )
    text = (
        f"{item.nodeid}: @pytest.mark.scale does nothing, for this test does not use the fixture "
        f"`scale`; {hint}"
    )
    is_error = False
    try:
        item.warn(pytest.PytestWarning(text))
    except pytest.PytestWarning:  # of a suite whose warnings are errors
        is_error = True
    if is_error:
        pytest.fail(text, pytrace=False)


# -- what the report of a failed test says ------------------------------------------------------


@pytest.hookimpl(specname="pytest_runtest_makereport")
def pytest_end_trace_at_the_users_line(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Leave frames out that help nobody; runs after pytest has put in what unittest caught."""
    if call.excinfo is None or item.config.getoption("fulltrace"):
        return
    from ._trace import end_at_the_users_line

    if end_at_the_users_line(call.excinfo.value):
        # Made anew, for it may hold the entries as they were.
        call.excinfo = pytest.ExceptionInfo.from_exception(call.excinfo.value)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the section ``scale`` to the report of a test that failed."""
    report = yield
    error = None if call.excinfo is None else call.excinfo.value
    if report.failed and error is not None and not item.config.getoption("fulltrace"):
        from ._trace import has_no_line_of_the_user

        if has_no_line_of_the_user(error):
            report.longrepr = f"{type(error).__module__}.{type(error).__name__}: {error}"
    if report.failed and report.when != "teardown":
        section = _section(item, error)
        if section:
            report.sections.append(("scale", section))
    return report


def _section(item: pytest.Item, error: BaseException | None) -> str:
    """What there is to say of every fake that the test had; ``""`` when it had none."""
    try:
        return _told(item, error)
    except ConnectionError as gone:  # the server of a remote one
        return str(gone)


def _told(item: pytest.Item, error: BaseException | None) -> str:
    watch = watching() or Watch()
    own = item.stash.get(_FAKE, None)
    fakes = {id(fake): fake for fake in (*([own] if own else ()), *_active(), *watch.started)}
    fakes_and_places = watch.made
    fakes |= {id(fake): fake for fake, _ in fakes_and_places if len(fake.requests)}
    idle = [place for fake, place in fakes_and_places if id(fake) not in fakes]
    if not fakes and not idle:
        return ""
    from ._report.report import describe_all

    names = dict(watch.names.items()) | dict(item.config.stash[_NAMES].items())
    named_fakes = [(names.get(fake, "a FakeScale started before"), fake) for fake in fakes.values()]
    return describe_all(named_fakes, idle, error)
