"""An act as a value: who does something, and what it causes beyond the state.

Applying a command is a function of the state and the command: everything else that it brings
about is in the ``Act`` that it is given, whether it ends or raises.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .._callbacks.delivery import Delivery

# pytest's own outcomes, such as `pytest.fail`, are BaseExceptions as well, but no interrupts: not
# caught by these.
INTERRUPTS: Final = (KeyboardInterrupt, SystemExit, GeneratorExit)
"""What ends a program rather than a test: nothing of the user's runs any more before it leaves."""


@dataclass(slots=True)
class Act:
    """One action of a call, of a test, or of time.

    Attributes:
        actor: who acts, in words: ``request 7 (POST /v1/task/categorization)``.
        request_n: the number of the call that it is; 0 when it is none.
        outgoing: callbacks to be tried, in order, once the world's lock is let go.
        raised: exceptions that the test must see, in the order in which they came.
    """

    actor: str
    request_n: int = 0
    outgoing: list[Delivery] = field(default_factory=list["Delivery"])
    raised: list[BaseException] = field(default_factory=list[BaseException])


class Unraised:
    """Exceptions that a door could not pass on; the next control takes and raises them."""

    def __init__(self) -> None:
        self._kept: list[BaseException] = []
        # Doors keep from any thread; not the world's lock, which somebody who waits may hold.
        self._lock = Lock()

    def keep(self, raised: list[BaseException]) -> None:
        """Keep these, after those that are here."""
        with self._lock:
            self._kept += raised

    def take(self) -> list[BaseException]:
        """All of them; nothing is told twice."""
        with self._lock:
            unraised, self._kept = self._kept, []
            return unraised
