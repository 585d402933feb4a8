"""Runs each test that is marked ``scale_contract`` against the fake, then against Scale.

It is one test with one outcome: it passes when both halves do.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import pytest
from _pytest.runner import runtestprotocol

from .._intercept import active
from .._messages import mask_key
from .._record.proxy import Proxy
from .._record.upstream import Upstream, upstream_of
from .._state.account import is_test_key
from .live_scale import LiveScale
from .made import Made

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from .._fake import FakeScale

KEY: Final = "SCALE_TEST_API_KEY"
TOLD: Final = "scale_live"
"""The property of a report that carries what this half did to the process that prints."""


def check(environment: Mapping[str, str]) -> None:
    """Refuse to call Scale with anything but a test key.

    Raises:
        UsageError: there is no key, or it is a live one, or what plays Scale is no origin.
    """
    key = environment.get(KEY)
    # Checked at the start of the session: no half runs before it is known that all can.
    if not key:
        raise pytest.UsageError(
            f"--scale-live needs a test key of Scale in the environment: {KEY}=test_..."
        )
    if not is_test_key(key):
        raise pytest.UsageError(
            f"--scale-live takes a test key alone, and {KEY} holds {mask_key(key)}, which is none "
            "(test keys begin with test_ or end in |test): a live key would order paid work"
        )
    try:
        upstream_of(environment)
    except ValueError as error:
        raise pytest.UsageError(str(error)) from None


class LivePlugin:
    """The halves against Scale.

    Args:
        live: where the fixtures look for the half under way.
        fake: where they left the fake of the half before.
    """

    def __init__(self, live: pytest.StashKey[LiveScale], fake: pytest.StashKey[FakeScale]) -> None:
        self._live = live
        self._fake = fake
        self._told: list[tuple[str, dict[str, Any]]] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> object | None:
        """Run a marked test twice."""
        if item.get_closest_marker("scale_contract") is None:
            return None
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
        passed = all(report.passed for report in reports)
        if passed and "scale" not in getattr(item, "fixturenames", ()):
            _tell(reports, Made(), "it does not use the fixture `scale`")
        elif passed:
            if self._fake in item.stash:
                # A report of the half against Scale would tell of the fake of the half before.
                del item.stash[self._fake]
            with _scale(item, self._live) as live:
                again = runtestprotocol(item, nextitem=nextitem, log=False)
            reports = _together(reports, again, live.made)
        for report in reports:
            item.ihook.pytest_runtest_logreport(report=report)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Collect what the halves did, in whichever process they ran."""
        for name, value in report.user_properties:
            if name == TOLD and isinstance(value, dict):
                self._told.append((report.nodeid, value))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what was skipped, what was made at Scale, and what became of it."""
        if not self._told:
            return
        terminalreporter.section("scale live")
        for nodeid, summary in self._told:
            if summary["skipped"]:
                terminalreporter.line(f"{nodeid}: against the fake only: {summary['skipped']}")
            for what in summary["undone"]:
                terminalreporter.line(f"{nodeid}: {what}")
            for what in summary["left"]:
                terminalreporter.line(f"{nodeid}: left at Scale: {what}")
        halves = sum(not summary["skipped"] for _, summary in self._told)
        terminalreporter.line(f"{len(self._told)} tests, {halves} of them against Scale too")


@contextmanager
def _scale(item: pytest.Item, key: pytest.StashKey[LiveScale]) -> Generator[LiveScale]:
    """Scale behind a proxy, for one half of a test; whatever it makes is undone."""
    made = Made()
    # The code under test makes clients of its own, which read it there.
    before = os.environ.get("SCALE_API_BASE_URL")
    with Proxy(Upstream(upstream_of(os.environ)), made.note) as proxy:
        live = item.stash[key] = LiveScale(os.environ[KEY], proxy, made)
        os.environ["SCALE_API_BASE_URL"] = proxy.url
        try:
            yield live
            if not active.fakes():
                live.clean_up()
        finally:
            del item.stash[key]
            if before is None:
                del os.environ["SCALE_API_BASE_URL"]
            else:
                os.environ["SCALE_API_BASE_URL"] = before


def _together(
    fake: list[pytest.TestReport], live: list[pytest.TestReport], made: Made
) -> list[pytest.TestReport]:
    """The reports of one test: the fake's, but what failed against Scale in their place."""
    reports = {report.when: report for report in fake}
    skipped = next((report for report in live if report.skipped), None)
    failed = [report for report in live if report.failed]
    for report in failed:
        half = "against the fake it passed; this is the half against Scale"
        report.sections.insert(0, ("scale live", half))
    if failed and failed[0].when != "teardown":
        # A failed setup counts as an error, but against Scale it is the test that failed.
        failed[0].when = "call"
        reports["call"] = failed[0]
    elif failed:
        reports["teardown"] = failed[0]
    together = list(reports.values())
    _tell(together, made, "" if skipped is None else _reason(skipped))
    return together


def _tell(reports: list[pytest.TestReport], made: Made, skipped: str) -> None:
    """Let the report of the call carry what there is to say of the half against Scale."""
    summary = {"skipped": skipped, "undone": list(made.undone), "left": list(made.left)}
    call = next((report for report in reports if report.when == "call"), reports[0])
    call.user_properties.append((TOLD, summary))


def _reason(report: pytest.TestReport) -> str:
    longrepr = report.longrepr
    text = longrepr[2] if isinstance(longrepr, tuple) else str(longrepr)
    return text.removeprefix("Skipped: ")


def refuse_wider_fakes() -> str:
    """Why a half cannot run against Scale, if it cannot: a fake would answer in its place."""
    if not active.fakes():
        return ""
    return (
        "the half against Scale cannot run while a fake is active: one of a wider scope "
        "(scale_session, scale_module) would answer in Scale's place"
    )
