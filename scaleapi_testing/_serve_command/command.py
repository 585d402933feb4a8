"""Runs ``serve``: a fake, its server, and its clock, until a signal ends them."""

from __future__ import annotations

import gc
import os
import signal
import sys
from contextlib import ExitStack, contextmanager
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Final

from .._errors import BadDump, BadExport
from .._fake import FakeScale
from .._log.command import StateError
from .._recorded.exports import holds_tasks
from .banner import ANY_KEY, banner
from .callback_hosts import CallbackHosts
from .log import Log
from .options import OPTIONS, WrongOption, misspelt, read

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from .._recorded.loaded import LoadedTasks
    from .options import Options

PATIENCE_S: Final = 35.0
"""Real seconds that calls under way have at the end: a callback may wait for 30."""

LOOK_S: Final = 0.5
"""Real seconds after which a signal that woke nobody is noticed."""

SWITCH_S: Final = 0.001
"""Real seconds after which a thread that computes lets another one run."""

SELDOM: Final = 100
"""How often the younger objects are looked through for garbage before all of them are.

That stops everybody, for a tenth of a second where there are twenty thousand tasks.
"""

ENDS: Final = (signal.SIGINT, signal.SIGTERM)

PROGRAM: Final = "scaleapi-testing serve"


def run(parsed: Mapping[str, Any]) -> int:
    """Serve until SIGINT or SIGTERM.

    Args:
        parsed: the options of the command line, ``None`` where one was not given.

    Returns:
        The exit code: 0 ended by a signal; 1 it cannot serve; 2 wrong options. One line on stderr
        says why.
    """
    try:
        for name, near in misspelt(os.environ):
            _complain(f"{name} is no option; did you mean {near}?", 0)
        options = read(parsed, os.environ)
        if options.state is None:
            fake, loaded = _fake(options)
            return _serve(options, fake, loaded)
        if options.checkpoint:
            # Here, for a server without --state needs no log.
            from .state import write_checkpoint

            write_checkpoint(options, lambda: _fake(options)[0])
            return 0
        return _serve(options)
    except WrongOption as error:
        return _complain(str(error), 2)
    except (BadDump, BadExport, StateError) as error:
        return _complain(str(error), 1)
    except ImportError as error:
        return _complain(str(error).replace("scale.serve()", "it", 1), 1)
    except OSError as error:
        if error.filename is not None:
            return _complain(f"cannot load {error.filename}: {error.strerror}", 1)
        return _complain(str(error.strerror or error).replace("port=0", "--port 0"), 1)


def serve_fake(
    fake: FakeScale,
    port: int,
    speed: float,
    ready: Callable[[str], None],
    *,
    program: str = PROGRAM,
) -> int:
    """Serve a fake that somebody made, until SIGINT or SIGTERM; returns the exit code.

    Args:
        fake: who answers.
        port: of this machine; 0 takes a free one.
        speed: virtual seconds for each real one.
        ready: told the address once it answers.
        program: the command that complaints name.
    """
    options = dict.fromkeys((option.name for option in OPTIONS), None)
    options |= {"port": str(port), "speed": str(speed), "quiet": True}
    try:
        return _serve(read(options, {}), fake, ready=ready)
    except WrongOption as error:
        return _complain(str(error), 2, program)
    except ImportError as error:
        return _complain(str(error).replace("scale.serve()", "it", 1), 1, program)
    except OSError as error:
        return _complain(str(error.strerror or error).replace("port=0", "--port 0"), 1, program)


def _complain(text: str, code: int, program: str = PROGRAM) -> int:
    sys.stderr.write(f"{program}: {text}\n")
    return code


def _fake(options: Options) -> tuple[FakeScale, LoadedTasks | None]:
    """The fake that the options describe, and what came of loading tasks into it.

    Raises:
        WrongOption: a project of no known type, or too large a seed.
        BadDump: the file is no dump that can be read.
        BadExport: the file is an export, and something in it is no task.
        OSError: the file cannot be read.
    """
    tasks = options.load if options.load is not None and holds_tasks(options.load) else None
    if options.load is None or tasks is not None:
        fake = FakeScale(
            seed=options.seed,
            start_time=options.start_time,
            turnaround=options.turnaround,
            api_keys=options.allow_key or None,
        )
    else:
        fake = FakeScale.load(options.load)
        if options.allow_key:
            fake._world.store.let_in(options.allow_key)
        if options.turnaround is not None:
            fake.turnaround(options.turnaround)
    for project in options.project:
        try:
            fake.add_projects([project])
        except (LookupError, TypeError, ValueError) as error:
            raise WrongOption(f"--project {':'.join(project)!r:.80}: {error}") from None
    return fake, None if tasks is None else fake.load_tasks(tasks)


def _serve(
    options: Options,
    fake: FakeScale | None = None,
    loaded: LoadedTasks | None = None,
    ready: Callable[[str], None] | None = None,
) -> int:
    """Serve until a signal; returns the exit code.

    Args:
        options: of the command line.
        fake: the first world; ``None`` where a state says what the worlds are.
        loaded: what came of loading tasks into it.
        ready: told the address once it answers.
    """
    # Here, so that --help works without the extra.
    from .._serve.executor import Executor
    from .._serve.safety import Safety
    from .._serve.server import serve
    from .._serve.tls import NoCertificate
    from .._worlds.worlds import Worlds

    with ExitStack() as cleanup:
        ended = cleanup.enter_context(_signals())
        log = cleanup.enter_context(Log(as_json=options.log_format == "json", quiet=options.quiet))
        noticed_hosts: set[str] = set()
        broken: list[StateError] = []

        def refused(host: str) -> None:
            if host not in noticed_hosts and len(noticed_hosts) < 1000:
                noticed_hosts.add(host)
                log.say(
                    "callback_refused",
                    f"callbacks to {host} are not sent: allow them by --callback-host {host}",
                    host=host,
                )

        def broke(error: StateError) -> None:
            broken.append(error)
            ended.put(None)

        # A thread that computes lets the loop answer others in between.
        sys.setswitchinterval(SWITCH_S)
        # Nor does anybody wait while what is there from the start is looked through for garbage.
        gc.freeze()
        gc.set_threshold(*gc.get_threshold()[:2], SELDOM)
        elsewhere = CallbackHosts(options.callback_host, refused)
        worlds: Worlds
        if fake is not None:
            worlds = Worlds(
                fake, FakeScale, lambda fake: fake._world.callbacks.deliver_by(elsewhere)
            )
            worlds.default.set_speed(1.0 if options.speed is None else options.speed)
            executor = Executor(may_fork=True)
        else:
            from .state import kept

            worlds, executor = cleanup.enter_context(
                kept(options, lambda: _fake(options)[0], elsewhere, log.say, broke)
            )
        try:
            server = cleanup.enter_context(
                serve(
                    worlds,
                    options.host,
                    options.port,
                    tls=options.tls,
                    names=options.public_name,
                    seen=log,
                    safety=Safety(options.admin_token, expected_names(options)),
                    executor=executor,
                    patience_s=PATIENCE_S,
                )
            )
        except NoCertificate as error:
            raise WrongOption(
                f"--tls with the name {error}; give another, or leave out --tls"
            ) from None
        log.say(
            "serving",
            banner(
                server,
                any_key=not options.allow_key,
                # Whose the loaded tasks are.
                key=ANY_KEY if loaded is None or fake is None else fake.account().key,
            ),
            url=server.url,
            ca_file=server.ca_file,
        )
        if loaded is not None:
            log.say("loaded", str(loaded), tasks=loaded.count, account=loaded.account)
        if ready is not None:
            ready(server.url)
        _wait_for(ended)
    return _complain(str(broken[0]), 1) if broken else 0


def _wait_for(ended: SimpleQueue[None]) -> None:
    # A signal that comes while this thread goes to sleep, and no later, wakes nobody: its handler
    # runs when Python code runs next.
    while True:
        try:
            ended.get(timeout=LOOK_S)
        except Empty:
            continue
        return


@contextmanager
def _signals() -> Generator[SimpleQueue[None]]:
    """Where the first signal puts something; a second one ends the program at once."""
    # A handler may run amid whoever waits: setting an Event would wait for its lock for ever.
    ended: SimpleQueue[None] = SimpleQueue()
    before = {number: signal.getsignal(number) for number in ENDS}

    def end(*_: object) -> None:
        for number in ENDS:
            signal.signal(number, signal.SIG_DFL)
        ended.put(None)

    for number in ENDS:
        signal.signal(number, end)
    try:
        yield ended
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def expected_names(options: Options) -> frozenset[str]:
    """What the server may be called, besides the names of this machine and its addresses."""
    names = {options.host.strip("[]").lower(), *(name.lower() for name in options.public_name)}
    return frozenset(name.strip("[]") for name in names)
