"""The rules of fields that several v1 operations share, and hints for names that do not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from ..._errors import ApiError
from ..._http.wire import encode
from ..._messages import did_you_mean, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..._state.project import ProjectRecord
    from .._call import Call

MAX_METADATA: Final = 10 * 1024
"""Bytes of JSON; the size is documented, the text of the refusal assumed."""


def metadata_of(value: Any) -> dict[str, Any]:
    """A metadata object; ``None`` is an empty one.

    Raises:
        ApiError: 400 when it is no object or larger than 10 KB.
    """
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ApiError(400, "Invalid metadata - expected object.")
    size = len(encode(value))
    if size > MAX_METADATA:
        raise ApiError(
            400,
            "Invalid metadata - must not exceed 10 KB.",
            f"metadata has {size} bytes of JSON; keep it at {MAX_METADATA} or less",
        )
    return value


def metadata_body(call: Call) -> dict[str, Any]:
    """The metadata of a ``setMetadata``, whose body is the object itself; an empty body is ``{}``.

    Raises:
        ApiError: 400 when it is no object (``null`` included) or larger than 10 KB.
    """
    body = call.json(typed=False)
    if body is None and call.request.body:
        raise ApiError(400, "Invalid metadata - expected object.", "the body is null; send {}")
    return metadata_of(body)


def text_in(body: Mapping[str, Any], field: str) -> str:
    """A field that must be there and a string with something in it.

    Raises:
        ApiError: 400.
    """
    value = body.get(field)
    if value is None or value == "":
        raise ApiError(400, f"Please include {_article(field)} {field} parameter.")
    if not isinstance(value, str):
        raise ApiError(400, f"Invalid {field} - expected string.")
    return value


def flag_in(body: Mapping[str, Any], field: str) -> bool:
    """A boolean field, false where it is absent or ``null``.

    Raises:
        ApiError: 400 when it is no boolean.
    """
    value = body.get(field)
    if not isinstance(value, bool | None):
        raise ApiError(400, f"Invalid {field} - expected boolean.")
    return value or False


def texts_in(body: Mapping[str, Any], field: str) -> list[str]:
    """A field that must be there and an array of strings, each kept once.

    Raises:
        ApiError: 400.
    """
    value = body.get(field)
    if value is None:
        raise ApiError(400, f"Please include {_article(field)} {field} parameter.")
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise ApiError(
            400,
            f"Invalid {field} - expected array of strings.",
            f'{field} is {encode(value)[:60].decode()}; send e.g. ["..."]',
        )
    return list(dict.fromkeys(value))


def project_named(call: Call, name: str) -> ProjectRecord:
    """The project that a field of a body names.

    Raises:
        ApiError: 400 when the account has none of this name (assumed text; docs/scale/errors.md 4).
    """
    project = call.account.project(name)
    if project is None:
        raise ApiError(400, f"Project {name} does not exist.", *absent(call, "project", name))
    return project


def _article(field: str) -> str:
    return "an" if field[0] in "aeio" else "a"


def absent(call: Call, kind: Literal["project", "batch"], name: str) -> list[str]:
    """For the test report: no such project or batch in the account of this call.

    The nearest names that are, and where another key's account has the very name.
    """
    shelf = "projects" if kind == "project" else "batches"
    sentences = [named(kind, name, getattr(call.account, shelf))]
    for account in call.world.store.everyone():
        is_known = name in getattr(account, shelf) and not account.untouched.get(name)
        if account is not call.account and is_known:
            sentences.append(
                f"{kind} {name!r:.62} exists under another key ({account.shown}); this call "
                f"carries {call.account.shown}; test and live keys, and every key, are separate "
                "accounts"
            )
            break
    return sentences


def named(kind: str, name: str, known: Iterable[str]) -> str:
    """For the test report: a name that does not exist, and the nearest that do."""
    names = list(known)
    near = ", ".join(repr(near_name) for near_name in did_you_mean(name, names))
    if near:
        return f"no {kind} {name[:60]!r} in this account; nearest: {near}"
    if names:
        return f"no {kind} {name[:60]!r} in this account; it has {listed(map(repr, names))}"
    return f"no {kind} {name[:60]!r}: this account has none yet; create it first"
