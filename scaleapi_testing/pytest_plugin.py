"""The pytest plugin: the marker, the fixtures, and the section ``scale`` of a failed test's report.

It is loaded in every session wherever the package is installed, so it imports pytest alone.
"""

from __future__ import annotations

import hashlib
import linecache
import os
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from types import TracebackType

    import scaleapi

    from ._fake import FakeScale
    from ._serve.server import Server

ARGUMENTS: Final = (
    "seed",
    "start_time",
    "turnaround",
    "api_keys",
    "base_urls",
    "test_key_tasks",
    "skip_sleep",
    "strict",
    "block_network",
    "labelers",
    "journal_max_entries",
    "projects",
)
"""What the marker takes: the arguments of ``FakeScale``, and ``projects``."""

_HERE: Final = f"{Path(__file__).parent}{os.sep}"

_FAKE: Final[pytest.StashKey[FakeScale]] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--scale-seed``."""
    parser.getgroup("scale", "fake Scale AI").addoption(
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
        "projects=[name or (name, type), ...]",
    )


def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse marks with unknown arguments, on the tests that will run."""
    if hasattr(session.config, "workerinput"):
        return  # an xdist worker cannot end the session; the test itself says it
    for item in session.items:
        wrong = _wrong_mark(item)
        if wrong:
            raise pytest.UsageError(wrong)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """The same check where a session cannot be ended: in an xdist worker."""
    if hasattr(item.config, "workerinput"):
        wrong = _wrong_mark(item)
        if wrong:
            pytest.fail(wrong, pytrace=False)


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


def _arguments(node: pytest.Item) -> dict[str, Any]:
    """The arguments of the marks on a test: the closest one wins, argument by argument."""
    found: dict[str, Any] = {}
    for mark in node.iter_markers("scale"):
        for name, value in mark.kwargs.items():
            found.setdefault(name, value)
    seed = node.config.getoption("--scale-seed")
    if seed is not None:
        found["seed"] = seed
    elif "seed" not in found:
        digest = hashlib.blake2b(node.nodeid.encode(), digest_size=4).digest()
        found["seed"] = int.from_bytes(digest)
    return found


@pytest.fixture
def scale(request: pytest.FixtureRequest) -> Iterator[FakeScale]:
    """An active ``FakeScale``; its seed follows from the test's node id unless it is set."""
    from ._extras import NEEDED, lack_of, missing

    lacking = missing(*NEEDED)
    if lacking:
        pytest.fail(f"the fixture scale needs {lack_of(*lacking)}", pytrace=False)
    from ._fake import FakeScale

    arguments = _arguments(request.node)
    projects = arguments.pop("projects", ())
    try:
        fake = FakeScale(**arguments)
        fake.add_projects(projects)
    except (TypeError, ValueError, LookupError) as error:
        pytest.fail(f"@pytest.mark.scale on {request.node.nodeid}: {error}", pytrace=False)
    request.node.stash[_FAKE] = fake
    with fake:
        yield fake


@pytest.fixture
def scale_client(request: pytest.FixtureRequest) -> scaleapi.ScaleClient:
    """``scale.client()``: a client that holds the live key ``live_fake``."""
    return _own(request, "scale_client").client()


@pytest.fixture
def scale_server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """The same fake as ``scale``, served over real HTTP on a loopback address; ``.url``."""
    with _own(request, "scale_server").serve() as server:
        yield server


def _own(request: pytest.FixtureRequest, asking: str) -> FakeScale:
    found = request.getfixturevalue("scale")
    from ._fake import FakeScale

    if not isinstance(found, FakeScale):
        pytest.fail(
            f"{asking} builds on the fixture `scale` of scaleapi_testing, but this suite has a "
            f"fixture of that name of its own, which gave {type(found).__name__}: rename yours, "
            "or make a FakeScale in it",
            pytrace=False,
        )
    return found


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """A fault that was asked for and never fully struck fails the test, in its call phase."""
    yield
    fake = item.stash.get(_FAKE, None)
    if fake is None:
        return
    _raise_deferred(fake)
    unspent = fake.faults.describe_unspent(fake.requests)
    if unspent:
        pytest.fail(unspent, pytrace=False)


def _raise_deferred(fake: FakeScale) -> None:
    __tracebackhide__ = True
    fake.raise_deferred()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the section ``scale`` to the report of a test that failed."""
    if call.excinfo is not None and not item.config.getoption("fulltrace"):
        _end_in_the_test(call.excinfo.tb)
    report = yield
    fake = item.stash.get(_FAKE, None)
    if fake is not None and report.failed and report.when != "teardown":
        from ._report import describe

        report.sections.append(("scale", describe(fake)))
    return report


def _end_in_the_test(trace: TracebackType) -> None:
    """Leave our own frames out of a trace that ends where we refuse something by ``raise``.

    The message says it all then. Any other end is a fault of the fake, or of what the test gave it,
    and every frame may be needed.
    """
    entries = [trace]
    while entries[-1].tb_next is not None:
        entries.append(entries[-1].tb_next)
    end = entries[-1]
    file = end.tb_frame.f_code.co_filename
    if not _is_ours(end) or not linecache.getline(file, end.tb_lineno).lstrip().startswith("raise"):
        return
    theirs = [entry for entry in entries if not _is_ours(entry)]
    for entry, following in pairwise([*theirs, None]):
        if entry is not None:
            entry.tb_next = following


def _is_ours(entry: TracebackType) -> bool:
    return entry.tb_frame.f_code.co_filename.startswith(_HERE)
