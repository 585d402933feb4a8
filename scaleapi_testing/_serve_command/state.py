"""``serve --state``: a server whose worlds a log makes, in a file or in a database."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .._commands.executor import Executor
from .._commands.making import Made, state_of
from .._commands.served import Logged, LoggedWorlds
from .._log.command import LogUnavailable, StateError
from .._log.place import log_at
from .._time.frozen import real_ms

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from .._callbacks.targets import Target
    from .._fake import FakeScale
    from .options import Options


@contextmanager
def kept(
    options: Options,
    make: Callable[[], FakeScale],
    target: Target,
    say: Callable[..., None],
    broke: Callable[[StateError], None],
) -> Generator[tuple[LoggedWorlds, Logged]]:
    """The worlds of a server that keeps its state, and what carries out its calls.

    A checkpoint is written at the end.

    Args:
        options: of the command line.
        make: makes the fake that the options describe, where there is no state yet.
        target: takes callbacks.
        say: writes a line to the log: an event, a text, and its fields.
        broke: is told that the state can be used no more.

    Raises:
        StateError: it cannot be used.
    """
    assert options.state is not None
    executor = _executor(options, make, target, broke)
    try:
        executor.open()
        # After opening, for the log tells how it began; before serving, which would go on wrongly.
        _check_beginning(options, executor.options)
        _follow(options, executor)
        worlds = LoggedWorlds(executor, lambda fake: fake._world.callbacks.deliver_by(target))
        yield worlds, Logged(executor, worlds)
    finally:
        try:
            executor.close()
        except StateError as error:
            say("no_checkpoint", f"no checkpoint was written: {error}")


def write_checkpoint(options: Options, make: Callable[[], FakeScale]) -> None:
    """Write the whole state down, so that every later version can read it.

    Raises:
        StateError: it cannot be used.
    """
    from .._callbacks.targets import TargetAnswer

    executor = _executor(options, make, lambda _: TargetAnswer(None), lambda _: None)
    try:
        executor.open()
        executor.checkpoint_now()
    finally:
        executor.close()


def _executor(
    options: Options,
    make: Callable[[], FakeScale],
    target: Target,
    broke: Callable[[StateError], None],
) -> Executor:
    assert options.state is not None
    is_shared = "://" in options.state
    return Executor(
        log_at(options.state, real_ms),
        lambda: _made(options, make()),
        is_shared=is_shared,
        reads_fresh=is_shared and options.reads == "fresh",
        target=target,
        broke=broke,
    )


def _made(options: Options, fake: FakeScale) -> Made:
    return Made(
        fake._settled,
        speed=1.0 if options.speed is None else options.speed,
        # Projects, and what was loaded, are in it.
        rows=state_of(fake),
        options=options.of_a_beginning(),
    )


def _check_beginning(options: Options, began: dict[str, Any]) -> None:
    """Refuse options that say that the state began otherwise than it did.

    Raises:
        StateError: one of them does.
    """
    for name, value in options.of_a_beginning().items():
        if began.get(name) == value:
            continue
        flag = "--" + name.replace("_", "-")
        how = f"with {flag} {_shown(began[name])}" if name in began else f"without {flag}"
        raise StateError(
            f"the state began {how}, not with {flag} {_shown(value)}; leave it out, or keep "
            "another state"
        )


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(":".join(entry) for entry in value)
    return str(value)


def _follow(options: Options, executor: Executor) -> None:
    """Take over what may change from one start to the next: the speed and the keys let in."""
    try:
        executor.settle(options.speed, options.allow_key or None)
    except LogUnavailable as error:
        raise StateError(str(error)) from None
