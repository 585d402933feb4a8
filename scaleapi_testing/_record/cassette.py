"""Kept calls as a cassette of vcrpy, without keys, cookies and signatures."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from .._http.auth import key_of
from .._state.account import is_test_key
from .._verify.formats.decoding import decoded
from .._verify.masking import HIDDEN, SECRET_HEADERS, Mask

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .proxy import Kept

_LEFT_OUT: Final = frozenset({"host", "content-length", "content-encoding", "accept-encoding"})


def document_of(calls: Sequence[Kept]) -> dict[str, Any]:
    """What vcrpy writes of some calls.

    Each key is told from the others, and a test key from a live one: ``test_recorded_1``.
    """
    names: dict[str, str] = {}
    for call in calls:
        key = _key(call)
        if key is not None and key not in names:
            mode = "test" if is_test_key(key) else "live"
            names[key] = f"{mode}_recorded_{len(names) + 1}"
    mask = Mask(names)
    return {"version": 1, "interactions": [_interaction(call, names, mask) for call in calls]}


def _key(call: Kept) -> str | None:
    return next(
        (key_of(value) for name, value in call.headers if name.lower() == "authorization"), None
    )


def _interaction(call: Kept, names: dict[str, str], mask: Mask) -> dict[str, Any]:
    headers = _headers(call.headers, mask)
    key = _key(call)
    if key is not None:
        name = next(name for name in headers if name.lower() == "authorization")
        # Not hidden but renamed: a replay must tell accounts apart.
        headers[name] = [f"Bearer {names[key]}"]
    return {
        "request": {
            "method": call.method,
            "uri": mask.text(call.url),
            "body": _text(call.body, mask) or None,
            "headers": headers,
        },
        "response": {
            "status": {"code": call.status, "message": ""},
            "headers": _headers(call.reply_headers, mask),
            "body": {"string": _text(_decoded(call), mask)},
        },
    }


def _decoded(call: Kept) -> bytes:
    headers: dict[str, list[str]] = {}
    for name, value in call.reply_headers:
        headers.setdefault(name, []).append(value)
    return decoded(headers, call.reply) or b""


def _headers(pairs: Sequence[tuple[str, str]], mask: Mask) -> dict[str, list[str]]:
    headers: dict[str, list[str]] = {}
    for name, value in pairs:
        if name.lower() not in _LEFT_OUT:
            hidden = HIDDEN if name.lower() in SECRET_HEADERS else mask.text(value)
            headers.setdefault(name, []).append(hidden)
    return headers


def _text(body: bytes, mask: Mask) -> Any:
    """A body as text where it is one; files stay bytes."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return body
    return mask.text(text)


def write(calls: Sequence[Kept], path: Path) -> None:
    """Write a cassette, in YAML or, where the name ends so, in JSON; it appears whole.

    Raises:
        OSError: the file cannot be written.
    """
    # Here, for it is an extra.
    import yaml

    document = document_of(calls)
    if path.suffix == ".json":
        text = json.dumps(document, indent=1, default=_latin)
    else:
        text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=1000)
    # Beside it, for a rename is whole only within one file system.
    partial = path.with_name(f"{path.name}.partial")
    try:
        partial.write_text(f"{text.rstrip()}\n", encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        # The user named the file, and never heard of the partial one.
        error.filename, error.filename2 = str(path), None
        partial.unlink(missing_ok=True)
        raise


def _latin(value: Any) -> str:
    """Bytes in JSON, which has none: a file that was uploaded is of no matter to a fake."""
    return bytes(value).decode("latin-1")
