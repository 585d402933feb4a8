"""Commands as bytes: one line of JSON, then what is bytes already. No key stands in them.

A key stands as its digest, with whether it belongs to test mode and what its account draws from.
Headers that hold secrets are left out: nothing but the key is read of them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from .._http.headers import SECRET
from .._http.values import Request
from .._state.account import KeyDigest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .._log.command import Command

CALL: Final = "call"
CONTROL: Final = "control"
CLOCK: Final = "clock"
"""Time passes, and nothing else."""

ATTEMPT: Final = "attempt"
WORLD: Final = "world"
"""A world is made or ended."""


def worlds_of(command: Command) -> frozenset[str]:
    """The names of the worlds that a command of the kind ``WORLD`` makes, ends, sets or copies."""
    head: dict[str, Any] = json.loads(command.body.partition(b"\n")[0])
    return frozenset({command.world, head.get("source", command.world)})


KEY: Final = "$key"
"""The one name of an object that stands for a key."""

KEYS: Final = frozenset({"account", "api_key", "api_keys"})
"""Under these names the arguments of controls hold keys."""

_SECRET: Final = frozenset(SECRET)
_encode: Final = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class CallCommand:
    """A call, and whose it is."""

    request: Request
    api_key: KeyDigest | None


@dataclass(frozen=True, slots=True)
class AttemptCommand:
    """What came of an attempt at a callback.

    Attributes:
        number: which attempt, as ``Expected.number``.
        status: what the receiver answered; ``None`` when nothing came back.
        answer: the beginning of its body.
    """

    number: int
    status: int | None
    answer: bytes


def without_secrets(request: Request) -> Request:
    """A call as a log holds it, so that what is applied is what a replay will apply."""
    headers = {name: value for name, value in request.headers.items() if name not in _SECRET}
    return Request(
        request.method, request.origin, request.path, request.query, headers, request.body,
        request.read_timeout, request.connect_timeout, True, request.began_ms,
    )  # fmt: skip


def call_to_bytes(request: Request, api_key: KeyDigest | None) -> bytes:
    """A call that ``without_secrets`` gave, as bytes."""
    key = None if api_key is None else _key_out(api_key)
    waits = request.read_timeout, request.connect_timeout, request.began_ms
    head = (
        request.method, request.origin, request.path, request.query, key, request.headers, waits
    )  # fmt: skip
    return _encode(head).encode() + b"\n" + request.body


def call_from_bytes(body: bytes) -> CallCommand:
    """What ``call_to_bytes`` wrote."""
    head, _, content = body.partition(b"\n")
    method, origin, path, query, key, headers, waits = json.loads(head)
    read_timeout, connect_timeout, began_ms = waits
    request = Request(
        method, origin, path, query, headers, content,
        read_timeout=read_timeout, connect_timeout=connect_timeout, began_ms=began_ms,
        deferred=True,
    )  # fmt: skip
    return CallCommand(request, None if key is None else _key_in(key))


def control_to_bytes(
    name: str, arguments: Mapping[str, Any], hide: Callable[[str], KeyDigest]
) -> bytes:
    """A control as bytes.

    Args:
        name: which one.
        arguments: as JSON has them.
        hide: what is kept of a key.
    """
    return _encode([name, hide_keys(arguments, hide)]).encode()


def control_from_bytes(body: bytes) -> tuple[str, dict[str, Any]]:
    """The name and the arguments that ``control_to_bytes`` wrote; keys are ``KeyDigest``."""
    name, arguments = json.loads(body)
    return name, shown_keys(arguments)


def attempt_to_bytes(attempt: AttemptCommand) -> bytes:
    """What came of an attempt, as bytes."""
    return _encode([attempt.number, attempt.status]).encode() + b"\n" + attempt.answer


def attempt_from_bytes(body: bytes) -> AttemptCommand:
    """What ``attempt_to_bytes`` wrote."""
    head, _, answer = body.partition(b"\n")
    number, status = json.loads(head)
    return AttemptCommand(number, status, answer)


def hide_keys(arguments: Mapping[str, Any], hide: Callable[[str], KeyDigest]) -> dict[str, Any]:
    """Arguments of a control with what is kept of a key in place of each key, as JSON."""

    def hidden(value: Any) -> Any:
        if isinstance(value, str):
            return {KEY: _key_out(hide(value))}
        return [hidden(entry) for entry in value] if isinstance(value, list) else value

    return {name: hidden(value) if name in KEYS else value for name, value in arguments.items()}


def shown_keys(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """What ``hide_keys`` gave, each key as ``KeyDigest``."""
    return {name: _shown(value) if name in KEYS else value for name, value in arguments.items()}


def _key_out(key: KeyDigest) -> list[Any]:
    return [str(key), int(key.is_test), key.chance.hex()]


def _key_in(key: list[Any]) -> KeyDigest:
    return KeyDigest(key[0], is_test=bool(key[1]), chance=bytes.fromhex(key[2]))


def _shown(value: Any) -> Any:
    if isinstance(value, dict) and len(value) == 1 and KEY in value:
        return _key_in(value[KEY])
    return [_shown(entry) for entry in value] if isinstance(value, list) else value
