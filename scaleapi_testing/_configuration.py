"""What a fake is made with: each argument stands here once, and everything else reads it here.

The plugin is loaded in every pytest run, so nothing heavy is imported.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from functools import update_wrapper
from inspect import signature
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from ._world.labelers import Labelers
    from .policies import Policy

P = ParamSpec("P")
S = TypeVar("S")
C = TypeVar("C")
R = TypeVar("R")

BASE_URLS: Final = ("https://api.scale.com", "https://api.scaleapi.com")
"""Where Scale answers; the second is what clients up to 2018 use (documented)."""

MAX_BYTES: Final = 32 * 1024 * 1024
"""How many bytes of bodies a journal keeps, unless told otherwise."""

MAX_IDLE: Final = timedelta(days=30)
"""How far skipped waits move a clock for nothing, unless told otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """The arguments of ``FakeScale``, whose docstring says what each means."""

    seed: int = 0
    start_time: datetime | None = None
    turnaround: Policy = None
    api_keys: Iterable[str] | None = None
    base_urls: str | Sequence[str] = BASE_URLS
    test_key_tasks: str = "complete_at_once"
    skip_sleep: bool = False
    strict: bool = False
    block_network: bool = False
    labelers: Labelers | None = None
    journal_max_entries: int = 10_000
    journal_max_bytes: int = MAX_BYTES
    check: bool = True
    max_idle: timedelta = MAX_IDLE
    forked: str = "refuse"


NAMES: Final = tuple(argument.name for argument in fields(Configuration))
"""Every argument, in order."""


def configured_by(
    kind: Callable[P, C], **aliases: str
) -> Callable[[Callable[[S, C], R]], Callable[Concatenate[S, P], R]]:
    """Give a method the parameters of ``kind``, which it gets made.

    Args:
        kind: a dataclass.
        **aliases: what people write, and the argument that it stands for, where the names do not
            tell.
    """

    def decorate(build: Callable[[S, C], R]) -> Callable[Concatenate[S, P], R]:
        parameters = signature(kind).parameters

        def construct(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
            __tracebackhide__ = True
            for name in kwargs:
                if name not in parameters:
                    from ._messages import no_keyword

                    raise TypeError(
                        no_keyword(build.__qualname__, name, tuple(parameters), aliases)
                    )
            return build(self, kind(*args, **kwargs))

        update_wrapper(construct, build)
        own: Any = construct
        receiver = next(iter(signature(build).parameters.values()))
        own.__signature__ = signature(kind).replace(
            parameters=[receiver, *parameters.values()],
            return_annotation=signature(build).return_annotation,
        )
        return construct

    return decorate
