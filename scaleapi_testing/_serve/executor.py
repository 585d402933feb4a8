"""Where calls and controls of a server are carried out: here, and nowhere else in it.

A server that keeps a log puts another one in its place.
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from .._errors import ApiError
from .._http.values import Reply
from .._time.turns import taking_turns
from .._world.act import INTERRUPTS
from .answers import encoded
from .apart import performed
from .limits import refusal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from .._app import App
    from .._control_plane.operation import ControlOperation
    from .._http.values import Request
    from .._messages import JSON
    from .._time.pace import Pace
    from .._worlds.worlds import Caller, HostedWorld


class Executor:
    """Carries out calls and controls at once, in memory.

    Args:
        may_fork: whether this process is the server's alone, so that a copy of it may do what
            takes long.
    """

    def __init__(self, *, may_fork: bool = False) -> None:
        self._may_fork = may_fork

    def run_in(self, loop: asyncio.AbstractEventLoop) -> None:
        """Called once, in the server's loop, before the first call."""

    @property
    def lag(self) -> int:
        """How many commands of a log stand there and were not applied here yet."""
        return 0

    async def call(self, world: HostedWorld, request: Request) -> Reply:
        """Answer a call to a world; whatever happens, there is a reply."""
        begun = self.begin(world, request)
        return begun if isinstance(begun, Reply) else await begun

    def begin(self, world: HostedWorld, request: Request) -> Reply | Awaitable[Reply]:
        """Answer a call at once, or say what is to be awaited for its reply."""
        pace = world.pace
        # What is due may wait for targets, which may call this very server: not in its loop.
        if pace is not None and not pace.keep_up():
            return self._when_kept_up(world, pace, request)
        return self._begun(world, request)

    def _begun(self, world: HostedWorld, request: Request) -> Reply | Awaitable[Reply]:
        app = world.fake.app
        try:
            reply = app.begin(request)
        except INTERRUPTS:
            raise
        except BaseException as error:  # noqa: BLE001 - pytest.fail() raises no Exception
            return _kept(app, error)
        finally:
            _nudge(world)
        # What is no reply yet waits, for time or a target, while the loop answers others.
        return reply if isinstance(reply, Reply) else self._finished(world, reply)

    async def _when_kept_up(self, world: HostedWorld, pace: Pace, request: Request) -> Reply:
        await aside(pace.catch_up)
        begun = self._begun(world, request)
        return begun if isinstance(begun, Reply) else await begun

    async def _finished(self, world: HostedWorld, finish: Callable[[], Reply]) -> Reply:
        app = world.fake.app
        try:
            reply: Reply = await aside(finish)
        except INTERRUPTS:
            raise
        except BaseException as error:  # noqa: BLE001 - pytest.fail() raises no Exception
            return _kept(app, error)
        else:
            return reply
        finally:
            _nudge(world)

    async def control(
        self, caller: Caller, operation: ControlOperation, arguments: Mapping[str, Any]
    ) -> JSON | bytes:
        """Do a control in a world, or, where it is the server's, on all of them.

        Returns:
            Its answer, or the bytes of its JSON.

        Raises:
            Exception: what the control raises.
        """
        world = caller.world
        # The control is to find the time that it is now, not that of the last look.
        if world.pace is not None:
            await aside(world.pace.catch_up)
        subject = caller if operation.of_server else world.fake
        try:
            # A fork is a copy: what it changed would be lost with it.
            if self._may_fork and not operation.changes and not operation.of_server:
                return await aside(lambda: performed(operation, world.fake, arguments))
            return await aside(lambda: encoded(operation.perform(subject, arguments)))
        finally:
            _nudge(world)


def _kept(app: App, error: BaseException) -> Reply:
    """The client hears a 500 alone: what was raised waits for the test's next control."""
    app.keep([error])
    return failed(error)


def failed(error: BaseException) -> Reply:
    """The 500 that a client hears of an error; the log says which one it was."""
    reply = refusal(ApiError(500, "Internal Server Error"))
    reply.raised = [error]
    return reply


def _nudge(world: HostedWorld) -> None:
    if world.pace is not None:
        world.pace.nudge()


async def aside(work: Callable[[], Any], then: Callable[[], None] = lambda: None) -> Any:
    """The result of ``work``, done in a thread of its own, which may wait.

    Args:
        work: what is done there.
        then: called in the loop once the thread is through, even where nobody waits any more.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Any] = loop.create_future()

    def settle(result: Any, error: BaseException | None) -> None:
        then()
        # Who awaited it has gone; a result would raise in the loop, where nobody catches it.
        if done.cancelled():
            return
        if error is None:
            done.set_result(result)
        else:
            done.set_exception(error)

    def run() -> None:
        result, error = None, None
        try:
            with taking_turns(loop):
                result = work()
        except BaseException as raised:  # noqa: BLE001 - raised again where it is awaited
            error = raised
        with suppress(RuntimeError):  # the server ended without waiting any longer
            loop.call_soon_threadsafe(settle, result, error)

    # No pool: a target's call to this server would wait for the thread that waits for it.
    threading.Thread(target=run, name="scale-server-call", daemon=True).start()
    return await done
