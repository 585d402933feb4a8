"""``@FakeScale()``: a fake that is started for each call of a function."""

from __future__ import annotations

import functools
from inspect import Parameter, iscoroutinefunction, signature
from typing import TYPE_CHECKING, Any, Final

from ._messages import described

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._fake import FakeScale
    from ._saved.snapshot import Snapshot

PARAMETER: Final = "scale"
"""The parameter by which a decorated function gets its fake."""


def decorated(fake: FakeScale, function: Callable[..., Any]) -> Callable[..., Any]:
    """``function``, with ``fake`` started while it runs, in the state that it is in now.

    Raises:
        TypeError: ``function`` is a class, or cannot be called.
    """
    if isinstance(function, type) or not callable(function):
        raise TypeError(
            f"@FakeScale(...) decorates a function, not {described(function)}; decorate its "
            "methods, or derive the class from scaleapi_testing.ScaleTestCase"
        )
    at_first = fake.snapshot()
    parameters = signature(function).parameters
    takes_fake = PARAMETER in parameters

    if iscoroutinefunction(function):

        @functools.wraps(function)
        async def run_async(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            _begin(fake, at_first)
            with fake:
                return await function(*args, **kwargs, **({PARAMETER: fake} if takes_fake else {}))

        run = run_async
    else:

        @functools.wraps(function)
        def run_now(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            _begin(fake, at_first)
            with fake:
                return function(*args, **kwargs, **({PARAMETER: fake} if takes_fake else {}))

        run = run_now
    # What is filled in here is asked of nobody else: pytest would look for a fixture.
    own_parameters = [parameter for name, parameter in parameters.items() if name != PARAMETER]
    run.__signature__ = signature(function).replace(parameters=_ordered(own_parameters))  # type: ignore[attr-defined]
    return run


def _begin(fake: FakeScale, at_first: Snapshot) -> None:
    # A decorated function that calls itself goes on with what it has.
    if not fake.is_active:
        fake.restore(at_first)


def _ordered(parameters: list[Parameter]) -> list[Parameter]:
    """The same, those behind a parameter that is gone included, as a signature must have them."""
    return sorted(parameters, key=lambda parameter: parameter.kind)
