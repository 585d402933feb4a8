"""What a test gives, as JSON has it; what cannot cross a wire is refused."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from .. import policies
from .._control_plane.kinds import length_out, policy_out
from .._errors import CannotCross
from .._http.wire import from_ms
from .._time.frozen import aware_ms, frozen_ms

if TYPE_CHECKING:
    from datetime import timedelta

    from .wire import Wire


def arguments_out(arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments of ``FakeScale`` as JSON has them.

    Raises:
        TypeError: one that cannot cross a wire.
    """
    sent = dict(arguments)
    moment = sent.get("start_time")
    if moment is None:
        # The server cannot see what freezegun froze in this process.
        frozen = frozen_ms()
        if frozen is not None:
            moment = from_ms(frozen)
    if moment is not None:
        aware_ms(moment, "start_time")  # says what is wrong
        sent["start_time"] = moment.isoformat()
    if "turnaround" in sent:
        policies.check(sent["turnaround"])
        sent["turnaround"] = policy_out(sent["turnaround"])
    labelers = sent.get("labelers")
    if labelers is not None:
        names = ("accuracy", "jitter_px", "miss_rate", "seed")
        sent["labelers"] = {
            name: value for name in names if (value := getattr(labelers, name)) is not None
        }
    length: timedelta | None = sent.get("max_idle")
    if length is not None:
        sent["max_idle"] = length_out(length)
    for name in ("api_keys", "base_urls", "projects"):
        value = sent.get(name)
        if value is not None and not isinstance(value, str):
            sent[name] = list(value)
    return sent


def dataset_task_out(task: Any) -> Any:
    """A task of a dataset; its files as base64."""
    if not isinstance(task, tuple):
        return task
    return [
        {name: base64.b64encode(content).decode() for name, content in part.items()}
        if place == 1
        else part
        for place, part in enumerate(task)
    ]


def filters_out(wire: Wire, filters: dict[str, Any]) -> dict[str, Any]:
    """Filters as JSON has them.

    Raises:
        TypeError: a value that no wire carries.
    """
    return {name: _value_out(wire, name, value) for name, value in filters.items()}


def _value_out(wire: Wire, name: str, value: Any) -> Any:
    value = getattr(value, "value", value)
    if name == "account" and isinstance(value, str):
        wire.know(value)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    if callable(value):
        raise CannotCross(
            f"{name}={value!r:.60}: a callable cannot cross a wire; give the value that the record "
            "has, or a list of values"
        )
    return value
