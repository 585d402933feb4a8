"""What a failed test's report says of its fakes: the section ``scale``."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from .._callbacks.callbacks import AUTH_HEADER
from .._http.wire import timestamp, to_ms
from .._messages import counted, likeness, listed, mask_key, shortened
from .._state.batch import STAGING
from .._state.lifecycle import PENDING, STATUSES
from .calls import call_lines
from .stale import stale_objects

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .._callbacks.delivery import Delivery
    from .._fake import FakeScale

SHOWN: Final = 10
"""How many of each kind are shown; a count says how many more there are."""

LOOKED_AT: Final = 1000
"""How many tasks are asked for their ``callback_url``."""

COMPARED: Final = 100
"""How many callback URLs are compared with a prefix: each task may have its own."""


def describe_all(
    fakes: Sequence[tuple[str, FakeScale]],
    idle: Sequence[str] = (),
    error: BaseException | None = None,
) -> str:
    """The state of every fake of a test, and what fits together badly.

    Args:
        fakes: each fake with how the test knows it, e.g. ``the fixture scale``.
        idle: where a fake was made that was never started, nor called in any other way.
        error: what failed the test.
    """
    lines = [
        f"the FakeScale made at {place} was never started, so no call reached it: "
        "enter it, `with FakeScale() as scale:`, or call its start()"
        for place in idle
    ]
    if len(fakes) > 1:
        took = [f"{name} took {counted(len(fake.requests), 'call')}" for name, fake in fakes]
        lines.append(
            f"{len(fakes)} fakes: {'; '.join(took)}. Of several that are active, the one started "
            "last answers; scale.client() always reaches its own"
        )
    if error is not None:
        stale = stale_objects([fake for _, fake in fakes], error)
        lines += _section("objects that are older than the fake's state", stale)
    for name, fake in fakes:
        lines += [f"-- {name}"] if len(fakes) > 1 else []
        lines.append(describe(fake))
    return "\n".join(lines)


def describe(fake: FakeScale) -> str:
    """The state of a fake as the tired engineer needs it, newest last."""
    described: str | None = fake.describe_itself()
    if described is not None:
        return described
    counts = ", ".join(
        f"{len(tasks)} {status}" for status in STATUSES if (tasks := fake.tasks(status=status))
    )
    lines = [f"clock: {fake.clock.stamp()}   seed: {fake.seed}   tasks: {counts or 'none'}"]
    lines += _section("time that could not be followed", fake.clock.follower.notes)
    requests = list(fake.requests)
    calls, earlier = call_lines(requests, SHOWN)
    if calls:
        cut = f" ({earlier} earlier ones not shown)" if earlier else ""
        lines += [f"last requests{cut}:", *(f"  {line}" for line in calls)]
    lines += _section(
        "unknown routes",
        _grouped(
            (request.n, notice)
            for request in requests
            for notice in request.notices
            if notice.startswith("no route ")
        ),
    )
    lines += _section(
        "what was wrong, and what would be right",
        _grouped(
            (request.n, notice)
            for request in requests
            for notice in request.notices
            if not notice.startswith("no route ")
        ),
    )
    lines += _section(
        "parameters that nothing reads",
        _grouped(
            (parameter.n, str(parameter).removeprefix(f"request {parameter.n} "))
            for parameter in fake.requests.unread
        ),
    )
    lines += _section("in staging", _in_staging(fake))
    lines += _section("unspent faults", map(repr, fake.faults.unspent()))
    failed = [
        delivery for delivery in fake.callbacks if delivery.attempts and not delivery.succeeded
    ]
    lines += _section("failed callbacks", [_failed(delivery) for delivery in failed])
    lines += _section(
        "callbacks",
        [
            *_other_keys(fake, failed),
            *_turned_away(fake, failed),
            *_unmatched(fake, failed),
            *_not_delivered(fake),
        ],
    )
    pending = fake.timeline.pending()
    lines += _section(
        "still to come",
        [f"{timestamp(to_ms(event.when))} {event.what}" for event in pending],
        first=True,
    )
    return "\n".join(lines)


def _in_staging(fake: FakeScale) -> list[str]:
    """Batches on whose tasks nobody works yet, which ``complete_all()`` leaves alone."""
    lines: list[str] = []
    for batch in fake.batches:
        waiting = batch._account.tasks.count(batch=batch.name, status=PENDING)
        if batch.status == STAGING and waiting:
            tasks = counted(waiting, "pending task")
            lines.append(
                f"batch {batch.name!r}: nobody works on its {tasks}, and complete_all() skips "
                f"them; finalize it first: client.finalize_batch({batch.name!r})"
            )
    return lines


def _failed(delivery: Delivery) -> str:
    answer = shortened(delivery.answer.decode("utf-8", "replace"), 300)
    return f"{delivery!r} answered {answer}" if answer else repr(delivery)


def _other_keys(fake: FakeScale, failed: Iterable[Delivery]) -> list[str]:
    """Failed callbacks of accounts whose secret ``scale.callback_auth_key`` is not."""
    store = fake._world.store
    every = store.everyone()
    auth_key_given = fake._auth_key_given
    if auth_key_given is None:  # the test has its secret from elsewhere
        return []
    keys = dict.fromkeys(delivery.account_key for delivery in failed)
    others = [a for a in every if a.key in keys and a.callback_auth_key != auth_key_given]
    owner = next(
        (mask_key(a.key) for a in every if a.callback_auth_key == auth_key_given), "live_fake"
    )
    return [
        f"those of {mask_key(account.key)} are signed with that account's own callback_auth_key; "
        f"scale.callback_auth_key gave the one of {owner}. Each key is its own account: check with "
        "scale.account(key).callback_auth_key, key being the one that created the task"
        for account in others
    ]


def _turned_away(fake: FakeScale, failed: Iterable[Delivery]) -> list[str]:
    """Accounts whose callbacks a receiver took for forged, as far as ``_other_keys`` is silent."""
    statuses: dict[str, dict[int, None]] = {}
    for delivery in failed:
        status = delivery.attempts[-1].status
        if status in {401, 403} and not fake.callbacks.has_no_target(delivery.url):
            statuses.setdefault(delivery.account_key, {})[status] = None
    auth_key_given = fake._auth_key_given
    return [
        f"those of {mask_key(account.key)} were answered {listed(sorted(statuses[account.key]))}: "
        f"what your receiver compares the header {AUTH_HEADER} with must be "
        "scale.account(key).callback_auth_key, key being the API key that created the task"
        for account in fake._world.store.everyone()
        if account.key in statuses and auth_key_given in {None, account.callback_auth_key}
    ]


def _unmatched(fake: FakeScale, failed: Iterable[Delivery]) -> list[str]:
    """Targets whose prefix no callback has, where callbacks failed or had no target."""
    every = list(fake.callbacks)
    lost = dict.fromkeys(
        delivery.url for delivery in every if fake.callbacks.has_no_target(delivery.url)
    )
    lost |= dict.fromkeys(delivery.url for delivery in failed)
    if not lost:
        return []
    newest = list(lost)[-COMPARED:]
    lines: list[str] = []
    for prefix in fake.callbacks._targets:
        if any(delivery.url.startswith(prefix) for delivery in every):
            continue
        by_likeness = sorted(newest, key=lambda url: -likeness(prefix, url[: len(prefix)]))
        nearest = listed((shortened(url, 100) for url in by_likeness), 3)
        if len(every) == 1:
            missed = f"did not match the only callback; it went to {nearest}"
        else:
            missed = f"matched none of the {len(every)} callbacks; nearest are those to {nearest}"
        lines.append(f"deliver_to(url_prefix={shortened(repr(prefix), 100)}) {missed}")
    return lines


def _not_delivered(fake: FakeScale) -> list[str]:
    """Callbacks that reached no code of the test, and tasks that had none to send."""
    lines: list[str] = []
    nowhere = [
        delivery for delivery in fake.callbacks if fake.callbacks.has_no_target(delivery.url)
    ]
    if nowhere:
        lines.append(
            f"{counted(len(nowhere), 'callback')} recorded, no target: "
            "scale.callbacks.deliver_to(handler) brings them to your code"
        )
    called = {delivery.task_id for delivery in fake.callbacks}
    ended = (view for view in reversed(list(fake.tasks)) if view.status in {"completed", "error"})
    silent = [
        view
        for view in islice(ended, LOOKED_AT)
        if view.id not in called and not view._record.document().get("callback_url")
        and not view._record.account.default_callback_url
    ]  # fmt: skip
    if silent:
        lines.append(
            f"{counted(len(silent), 'task')} ended without a callback_url, so nothing was called "
            f"back: {listed((view.id for view in silent), 3)}"
        )
    return lines


def _grouped(noted: Iterable[tuple[int, str]]) -> list[str]:
    """One line for each text, with the numbers of the requests it is about."""
    by_text: dict[str, list[int]] = {}
    for n, text in noted:
        by_text.setdefault(text, []).append(n)
    return [
        f"{'request' if len(numbers) == 1 else 'requests'} {listed(numbers)}: {text}"
        for text, numbers in by_text.items()
    ]


def _section(title: str, entries: Iterable[str], *, first: bool = False) -> list[str]:
    every = list(entries)
    if not every:
        return []
    # Of what happened the newest matter; of what is to come the next.
    shown = every[:SHOWN] if first else every[-SHOWN:]
    more = len(every) - len(shown)
    cut = f" ({more} {'later' if first else 'earlier'} ones not shown)" if more else ""
    return [f"{title}{cut}:", *(f"  {entry}" for entry in shown)]
