"""What was done about callbacks, as lines of a test: where they go, and which go out again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from .._http.wire import to_ms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._callbacks.delivery import Delivery
    from .._fake import FakeScale
    from .deeds import Deed

_INBOX: Final = re.compile(r"/_fake/inbox(?:/(?P<name>[^/]+))?/?$")
_REFUSES: Final = 503
"""What stands for a receiver that never answered."""


def were_taken(fake: FakeScale, deeds: Sequence[Deed]) -> bool:
    """Whether callbacks were taken where they went before anybody sent them elsewhere.

    A test without a target would see each of them fail.
    """
    moments = [deed.at_ms for deed in deeds if deed.name == "callbacks.deliver_to"]
    return any(
        delivery.succeeded and (not moments or to_ms(delivery.attempts[0].at) < moments[0])
        for delivery in fake.callbacks
        if not moments or delivery.attempts[0].succeeded
    )


def target_lines(
    fake: FakeScale, at_ms: int, arguments: dict[str, Any], before: Sequence[str]
) -> list[str]:
    """A new target of callbacks.

    A letter box of the server becomes a list. What else listens on the server's machine a test has
    not: a callable that answers as it did stands for it, with a word about it.

    Args:
        fake: of the world.
        at_ms: when it was set.
        arguments: of the control.
        before: the lines so far; a list is made once.
    """
    target, prefix = str(arguments["target"]), str(arguments.get("url_prefix") or "")
    only = f", {prefix!r}" if prefix else ""
    attempts = [
        attempt
        for delivery in fake.callbacks
        if delivery.url.startswith(prefix)
        for attempt in delivery.attempts
        if to_ms(attempt.at) >= at_ms
    ]
    is_taken = not attempts or attempts[-1].succeeded
    status = 200 if is_taken else attempts[-1].status or _REFUSES
    inbox = _INBOX.search(urlsplit(target).path)
    if inbox is not None and is_taken:
        words = re.sub(r"\W+", "_", inbox["name"] or "", flags=re.ASCII).strip("_").lower()
        name = f"inbox_{words}" if words else "inbox"
        made = f"{name} = []"
        line = f"scale.callbacks.deliver_to({name}.append{only})"
        return [line] if made in before else [made, line]
    line = f"scale.callbacks.deliver_to(lambda callback: {status}{only})"
    if inbox is not None:
        return [line]  # one that took no letter: its name was none
    shown = "".join(letter if letter.isprintable() else "?" for letter in target)[:80]
    return [
        f"# {shown} listens beside the server, which a test has not: give its app in place of this",
        line,
    ]


def delivery_code(fake: FakeScale, delivery: Delivery, task: str | None) -> str:
    """Code that gives a callback, by its place among those about the same task or batch.

    Args:
        fake: that has it.
        delivery: one that is kept.
        task: the variable of its task; ``None`` for one about a batch.
    """
    alike = [
        entry
        for entry in fake.callbacks
        if (entry.task_id, entry.batch) == (delivery.task_id, delivery.batch)
        or (delivery.task_id is not None and entry.task_id == delivery.task_id)
    ]
    place = next(n for n, entry in enumerate(alike) if entry.number == delivery.number)
    if task is not None:
        return f"scale.callbacks.of({task}.id)[{place}]"
    of_batch = f"[entry for entry in scale.callbacks if entry.batch == {delivery.batch!r}"
    return f"{of_batch} and entry.task_id is None][{place}]"
