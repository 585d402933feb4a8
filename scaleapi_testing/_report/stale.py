"""Which objects of a client, in the code that failed, are older than what the fake holds now."""

from __future__ import annotations

from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from .._trace import users_frames

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .._controls.views import TaskView
    from .._fake import FakeScale

FRAMES: Final = 5
"""How many of the user's innermost frames are looked at."""

ITEMS: Final = 50
"""How many items of a list or dict are looked at."""


def stale_objects(fakes: Sequence[FakeScale], error: BaseException) -> list[str]:
    """One line for each local variable that holds a task as it no longer is.

    Only values of the package ``scaleapi`` are touched, whichever client that is.

    Args:
        fakes: the fakes of the test.
        error: what failed it.
    """
    # By identity: the same object has names in several frames.
    lines: dict[int, str] = {}
    for entry in list(reversed(users_frames(error)))[:FRAMES]:
        for name, value in _named(dict(entry.tb_frame.f_locals)):
            if id(value) not in lines:
                line = _line(fakes, name, value)
                if line:
                    lines[id(value)] = line
    return list(lines.values())


def _named(variables: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every value of the client among local variables, in their lists, and in ``self``."""
    for name, value in variables.items():
        if name == "self" and isinstance(getattr(value, "__dict__", None), dict):
            for attribute, held_value in list(vars(value).items()):
                yield from _within(f"self.{attribute}", held_value)
        yield from _within(name, value)


def _within(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    # Of these types exactly: a subclass may run code, or talk to a network, when it is iterated.
    if type(value) in (list, tuple):
        pairs: Iterator[tuple[Any, Any]] = islice(enumerate(value), ITEMS)
    elif type(value) is dict:
        pairs = islice(value.items(), ITEMS)
    else:
        pairs = iter(())
    for key, item in [*pairs]:
        if _is_of_a_client(item):
            yield f"{name}[{key!r:.40}]", item
    if _is_of_a_client(value):
        yield name, value


def _is_of_a_client(value: Any) -> bool:
    # By type, not isinstance: `__class__` of a mock or proxy runs its code.
    kind = type(value)
    return kind.__module__.partition(".")[0] == "scaleapi" and kind.__name__.endswith("Task")


def _line(fakes: Sequence[FakeScale], name: str, value: Any) -> str:
    with suppress(Exception):  # an old client's object may lack anything, and raise its own
        task_id, status_held = value.id, str(getattr(value.status, "value", value.status))
        now = _record(fakes, task_id)
        if now is None:
            return ""
        changed_at = now.as_dict().get("updated_at")
        if status_held != now.status:
            what = f"it became {now.status} ({changed_at}), and still says {status_held}"
        elif getattr(value, "updated_at", changed_at) != changed_at:
            what = f"its last change ({changed_at})"
        else:
            return ""
        return f"{name}, task {task_id}, was fetched before {what}; {name}.refresh() reads it anew"
    return ""


def _record(fakes: Sequence[FakeScale], task_id: Any) -> TaskView | None:
    for fake in fakes:
        if isinstance(task_id, str) and task_id in fake.tasks:
            return fake.tasks.get(task_id)
    return None
