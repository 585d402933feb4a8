"""A create that is sent again under its ``Idempotency-Key`` is answered, not done, again.

Source: the header is documented, the rules of replaying are assumed (docs/scale/calls.md 4).
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, TypeAlias

from ..._errors import ApiError
from ..._http.routing import split_path
from ..._http.values import JSON_TYPE, Reply
from ..._http.wire import encode
from ..._state.idempotency import Remembered
from ..._state.task import TaskRecord
from .._call import Later

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._call import Call

Created: TypeAlias = "TaskRecord | bytes"


def once(call: Call, create: Callable[[], Created]) -> Created | Later | Reply:
    """What ``create`` makes, or the reply that the call's ``Idempotency-Key`` stands for.

    Raises:
        ApiError: 409 when the key stands for another request, and what ``create`` raises.
    """
    key = call.request.headers.get("idempotency-key")
    if not key:
        return create()
    keys = call.account.idempotency
    now = call.world.clock.ms
    # Of the bytes, not of what they mean: a repeat is the same request sent again.
    request = _digest(call)
    remembered = keys.get(key, now)
    if remembered is not None:
        if remembered.request != request:
            # Never a 409 without a body: official clients fail on one.
            raise ApiError(
                409 if call.request.body else 400,
                f'The idempotency key ("{key}") is already used for a different request.',
                "an Idempotency-Key stands for one body; draw a new one for another task",
            )
        call.notices.append("answered from the Idempotency-Key: no second task was made")
        return Reply(remembered.status, remembered.body, [("Content-Type", JSON_TYPE)])
    try:
        created = create()
    except ApiError as error:
        # A 5xx is not remembered: its repeat shall be tried.
        if error.status < 500:
            refusal = encode({"status_code": error.status, "error": error.message})
            keys.keep(key, Remembered(now, request, error.status, refusal))
        raise

    def committed() -> bytes:
        return created.wire if isinstance(created, TaskRecord) else created

    # At once, for a repeat that arrives meanwhile; callbacks then add what came of them.
    first_answer = Remembered(now, request, 200, committed())
    keys.keep(key, first_answer)

    def write() -> bytes:
        body = committed()
        # By identity: bytes that are the same object need no new entry.
        if body is not first_answer.body:
            keys.renew(key, Remembered(now, request, 200, body))
        return body

    return Later(write)


def _digest(call: Call) -> bytes:
    path = call.request.path.strip("/")
    # Decoded, as two spellings of a path are one operation.
    if "%" in path:
        path = "/".join(split_path(path))
    digest = blake2b(path.encode("utf-8", "replace"), digest_size=16)
    # A byte that no path holds: nothing of the body can pass for a part of the path.
    digest.update(b"\x00")
    digest.update(call.request.body)
    return digest.digest()
