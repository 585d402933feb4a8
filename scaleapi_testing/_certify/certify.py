"""What a callback handler does wrong, found by sending it the awkward callbacks of real life."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import PurePath
from traceback import extract_tb
from typing import TYPE_CHECKING, Any, Final

from .._callbacks.callbacks import AUTH_HEADER
from .._callbacks.targets import CallbackRequest, as_target
from .._errors import PUBLIC
from .._messages import counted, shortened
from .series import series

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._callbacks.targets import Target, TargetAnswer
    from .._messages import JSON
    from .series import Case, Step

# What a framework answers at a path or method that it does not know.
_NO_ROUTE: Final = (301, 302, 307, 308, 404, 405)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a callback handler did wrong.

    Attributes:
        case: name of the case, e.g. ``"duplicate"``.
        expected: what would have been right.
        got: what the handler did: its status, or the exception and where it came from.
        advice: what to change.
    """

    case: str
    expected: str
    got: str
    advice: str

    def __str__(self) -> str:
        return (
            f"{self.case}\n  expected  {self.expected}\n  got       {self.got}\n"
            f"  advice    {self.advice}"
        )


@dataclass(frozen=True, slots=True)
class HandlerReport:
    """What ``certify_callback_handler`` found; ``str()`` of it is for people.

    Attributes:
        cases: the names of all cases, in the order they were sent.
        findings: what went wrong, at most one per case, in that order.
    """

    cases: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether the handler did nothing wrong."""
        return not self.findings

    def __repr__(self) -> str:
        failed = ", ".join(finding.case for finding in self.findings)
        return f"<HandlerReport {f'failed: {failed}' if failed else 'ok'}>"

    def __str__(self) -> str:
        if self.ok:
            return f"callback handler: passed all {counted(len(self.cases), 'case')}"
        lines = [
            f"callback handler: failed {len(self.findings)} of {counted(len(self.cases), 'case')}"
        ]
        by_case = {finding.case: finding for finding in self.findings}
        for case in self.cases:
            finding = by_case.get(case)
            lines.append(f"  {'ok  ' if finding is None else 'FAIL'}  {case}")
            if finding is not None:
                lines += [f"        {line.strip()}" for line in str(finding).splitlines()[1:]]
        return "\n".join(lines)


for _public in (Finding, HandlerReport):
    _public.__module__ = PUBLIC
del _public


def certify_callback_handler(
    target: Any,
    auth_key: str,
    *,
    path: str = "/",
    host: str = "localhost",
    on_create: Callable[[dict[str, JSON]], object] | None = None,
) -> HandlerReport:
    """Send a planned series of callbacks to a handler and report what it does wrong.

    The series: a valid callback, the same again, an audit before its completion, a recall, a task
    that ended in error, an unknown task, unknown fields, a retry after a 500, a wrong and a
    missing key. It is the same in every run: no clock, no randomness, no fake is needed.

    Args:
        target: what ``scale.callbacks.deliver_to`` takes: a callable, a WSGI or ASGI app, a
            loopback URL.
        auth_key: the callback key that the handler takes for right.
        path: the path of the callback URL, for apps that answer at one path only.
        host: the host of it, for apps that check it (Django: one of ``ALLOWED_HOSTS``).
        on_create: called with each task, as the create call would have returned it, before the
            first callback about it, for handlers that must know their tasks; not for the unknown
            one.

    Returns:
        A report with ``.ok`` and ``.findings``.

    Raises:
        TypeError: a target of no known kind, or a key that is no string.
        ValueError: an empty key, a path without a leading slash, or a URL that is not loopback.
    """
    if not isinstance(auth_key, str):  # pyright: ignore[reportUnnecessaryIsInstance] - callers may be untyped
        raise TypeError(f"auth_key is {auth_key!r}: expected the callback key as a string")
    if not auth_key:
        raise ValueError("auth_key is empty: expected the callback key that the handler checks")
    if not path.startswith("/"):
        raise ValueError(f"path is {path!r}: expected it to begin with '/', such as '/hooks/scale'")
    # Refused here, before the first case: a target of no known kind is the caller's mistake.
    sender = _Sender(as_target(target), auth_key, f"http://{host}{path}")
    cases = series()
    findings: list[Finding] = []
    for case in cases:
        for task in case.created:
            # Before the first callback, as in real life the create call returns first.
            if on_create is not None:
                on_create(task)
        finding = sender.run(case)
        if finding is not None:
            findings.append(finding)
    return HandlerReport(tuple(case.name for case in cases), tuple(findings))


certify_callback_handler.__module__ = PUBLIC


class _Sender:
    def __init__(self, target: Target, auth_key: str, url: str) -> None:
        self._target = target
        self._auth_key = auth_key
        self._url = url

    def run(self, case: Case) -> Finding | None:
        """Send the whole case; the first wrong answer is the finding."""
        finding: Finding | None = None
        for step in case.steps:
            answer = self._send(step)
            # The first wrong answer alone, though all steps are sent: later ones mostly follow from
            # it.
            if finding is None and step.judged and not _is_right(case, answer):
                finding = self._finding(case, step, answer)
        return finding

    def _send(self, step: Step) -> TargetAnswer:
        headers = {"Content-Type": "application/json"}
        if step.auth != "none":
            headers[AUTH_HEADER] = self._auth_key if step.auth == "right" else self._wrong_key()
        # Compact, as Scale's own bodies are.
        body = json.dumps(step.document, separators=(",", ":")).encode()
        return self._target(CallbackRequest.of(self._url, headers, body))

    def _wrong_key(self) -> str:
        """As long as the right one and equal but for its last character."""
        # Another last character: a handler that compares a prefix, or a length, must not pass.
        last = "0" if self._auth_key[-1] != "0" else "1"
        return self._auth_key[:-1] + last

    def _finding(self, case: Case, step: Step, answer: TargetAnswer) -> Finding:
        outcome = _told(answer)
        if len(case.steps) > 1:
            outcome += f", to {step.name}"
        advice = case.advice
        # The likeliest mistake in using this is no fault of the handler, and is told apart.
        if case.name == "valid" and answer.raised is None and answer.status in _NO_ROUTE:
            advice = f"nothing takes a POST at {self._url}: give the handler's own path=; {advice}"
        if case.name == "valid" and answer.status in {401, 403}:
            advice = f"the handler refused auth_key=: is it the key it was set up with; {advice}"
        return Finding(case.name, case.expected, outcome, advice)


def _is_right(case: Case, answer: TargetAnswer) -> bool:
    # An exception is as good as a refusal only where the callback is forged.
    if answer.raised is not None:
        return case.refusing and case.is_right(answer.status)
    return answer.status is not None and case.is_right(answer.status)


def _told(answer: TargetAnswer) -> str:
    if answer.raised is not None:
        outcome = f"raised {type(answer.raised).__name__}: {shortened(str(answer.raised), 120)}"
        frames = extract_tb(answer.raised.__traceback__)
        if frames:
            # The innermost: it is where the handler's author has to look.
            last = frames[-1]
            outcome += f" ({PurePath(last.filename).name}:{last.lineno} in {last.name})"
        return outcome
    if answer.status is None:
        return f"no answer: {answer.why}"
    start = answer.body[:200].decode(errors="replace").strip()
    return f"status {answer.status}" + (f": {shortened(start, 80)!r}" if start else "")
