"""How messages are worded: near names, cut lists, differences of JSON values, masked keys."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from difflib import SequenceMatcher
from functools import wraps
from types import EllipsisType
from typing import Any, Final, ParamSpec, TypeAlias, TypeVar

JSON: TypeAlias = Any
"""A decoded JSON value; in an expectation ``...`` stands for "anything, but present"."""

LIST_CUT: Final = 5
"""How many items of a list a message shows before it counts the rest."""

_NEAR: Final = 0.6
_WORD_CUT: Final = 100
_KEY_SHOWN: Final = 8
_CONTEXT: Final = 12
_MARK: Final = "\N{OBJECT REPLACEMENT CHARACTER}..."


def did_you_mean(word: str, known: Iterable[str], n: int = 3) -> list[str]:
    """The at most ``n`` names of ``known`` that look most like ``word``, nearest first.

    Case, ``-`` and ``_`` make no difference to the likeness. Among equally near names the order
    of ``known`` decides, so the answer is the same in every process.

    Args:
        word: what somebody wrote; only its first 100 characters are compared.
        known: the names that exist.
        n: how many names are wanted at most.
    """
    plain = _plain(word)
    matcher: SequenceMatcher[str] = SequenceMatcher(autojunk=False)
    matcher.set_seq2(plain)
    scored: list[tuple[float, str]] = []
    for name in dict.fromkeys(known):
        matcher.set_seq1(_plain(name))
        if matcher.real_quick_ratio() < _NEAR or matcher.quick_ratio() < _NEAR:
            continue
        ratio = matcher.ratio()
        if ratio >= _NEAR:
            scored.append((ratio, name))
    scored.sort(key=lambda pair: -pair[0])
    return [name for _, name in scored[:n]]


P = ParamSpec("P")
R = TypeVar("R")


def keywords_checked(**aliases: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Refuse keywords that a function does not have in words that name the nearest one.

    Args:
        **aliases: what people write, and the keyword that it stands for, where the names do not
            tell.
    """

    def check(function: Callable[P, R]) -> Callable[P, R]:
        code = function.__code__  # pyright: ignore[reportFunctionMemberAccess] - a plain function
        known = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]

        @wraps(function)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            __tracebackhide__ = True
            for name in kwargs:
                if name not in known:
                    raise TypeError(no_keyword(function.__qualname__, name, known, aliases))
            return function(*args, **kwargs)

        return checked

    return check


def no_keyword(function: str, name: str, known: tuple[str, ...], aliases: dict[str, str]) -> str:
    """What is said of a keyword that a function does not have."""
    names = [parameter for parameter in known if parameter != "self"]
    near = [aliases[name]] if name in aliases else did_you_mean(name, names, 1)
    hint = f"did you mean {near[0]!r}? Of all, " if near else ""
    function = function.removesuffix(".__init__").rpartition(".")[2]
    return f"{function}() takes no {name!r:.62}; {hint}it takes {', '.join(names)}"


def _plain(name: str) -> str:
    return name[:_WORD_CUT].lower().replace("-", "").replace("_", "")


def likeness(left: str, right: str) -> float:
    """How alike two strings are, from 0.0 (nothing in common) to 1.0 (equal)."""
    return SequenceMatcher(a=left[:300], b=right[:300], autojunk=False).ratio()


def listed(items: Iterable[object], cut: int = LIST_CUT) -> str:
    """``a, b, c`` in one line, cut at ``cut`` items: ``a, b, c, d, e and 7 more``."""
    shown = [str(item) for item in items]
    if len(shown) <= cut:
        return ", ".join(shown)
    return f"{', '.join(shown[:cut])} and {len(shown) - cut} more"


def cut_lines(lines: Sequence[object], what: str, cut: int = LIST_CUT) -> list[str]:
    """``lines``, cut at ``cut``; the last line then counts the rest: ``and 3 more requests``.

    Args:
        lines: one item each.
        what: singular name of an item, e.g. ``"request"``.
        cut: how many lines stay.
    """
    if len(lines) <= cut:
        return [str(line) for line in lines]
    return [
        *(str(line) for line in lines[:cut]),
        f"and {counted(len(lines) - cut, f'more {what}')}",
    ]


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """``1 request``, ``2 requests``, ``no requests``; ``plural`` where an ``s`` is not enough."""
    if number == 1:
        return f"1 {noun}"
    return f"{number or 'no'} {plural or noun + 's'}"


def described(value: object) -> str:
    """What somebody gave instead of what was wanted: ``str 'x'``, ``None``; cut at 60."""
    return "None" if value is None else f"{type(value).__name__} {repr_of(value)}"


def repr_of(value: object) -> str:
    """``repr(value)``, cut at 60; the type alone where it has none."""
    try:
        return f"{value!r:.60}"
    except Exception:  # noqa: BLE001 - whatever a foreign __repr__ raises; an int of 4,301 digits too
        return f"<{type(value).__name__}>"


def span(length: timedelta) -> str:
    """``30 days``, ``1 day 2:00:00``, ``-1:00:00``: a length of time as one would say it."""
    sign = "-" if length < timedelta(0) else ""
    days, rest = divmod(abs(length), timedelta(days=1))
    parts = [counted(days, "day")] if days else []
    if rest or not days:
        parts.append(str(rest))
    return sign + " ".join(parts)


def shortened(text: str, limit: int = 80) -> str:
    """``text`` in at most ``limit`` characters, the cut shown by ``…``."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def shown(value: object, limit: int = 80) -> str:
    """A JSON value as one would write it, in at most ``limit`` characters.

    What is not JSON (``...`` in an expectation, a ``datetime`` by mistake) is shown as Python
    writes it.
    """
    return shortened(_written(value), limit)


def _written(value: object) -> str:
    if isinstance(value, EllipsisType):
        return "anything"
    try:
        text = json.dumps(value, ensure_ascii=False, default=_mark_of)
    except (TypeError, ValueError, RecursionError):
        return repr(value).replace("Ellipsis", "...")
    return text.replace(f'"{_MARK}"', "...")


def _mark_of(value: object) -> str:
    if isinstance(value, EllipsisType):
        return _MARK
    raise TypeError


def mask_key(key: str | None) -> str:
    """The first characters of an API key and ``…``: enough to tell accounts apart, never all.

    At most eight characters and at most two thirds of the key are shown; control characters are
    escaped; ``None`` and the empty key read ``no key``.
    """
    if not key:
        return "no key"
    start = key[: min(_KEY_SHOWN, len(key) * 2 // 3)]
    return "".join(c if c.isprintable() else "?" for c in start) + "…"


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where a JSON value is not what was expected.

    Attributes:
        path: where, e.g. ``json.geometries.box.objects_to_annotate[0]``.
        expected: what would be right, as it is written.
        got: what stands there, as it is written, or ``nothing`` with the near or known keys.
    """

    path: str
    expected: str
    got: str

    def __str__(self) -> str:
        return f"{self.path}: expected {self.expected}, got {self.got}"


def differences(expected: JSON, got: JSON, path: str = "json") -> list[Difference]:
    """Where ``got`` does not contain ``expected``; empty when it does.

    An object may hold more keys than were expected, on every level. A list must have the expected
    length, and its items are compared one by one in the same way. ``true`` is not ``1``; ``1`` is
    ``1.0``. ``...`` in ``expected`` stands for any value.
    """
    if isinstance(expected, EllipsisType):
        return []
    if isinstance(expected, Mapping) and isinstance(got, Mapping):
        return _object_differences(expected, got, path)
    if isinstance(expected, (list, tuple)) and isinstance(got, (list, tuple)):
        return _list_differences(expected, got, path)
    if _same(expected, got):
        return []
    if isinstance(expected, str) and isinstance(got, str):
        left, right = _around_the_difference(expected, got)
        return [Difference(path, shown(left), shown(right))]
    return [Difference(path, shown(expected), shown(got))]


def _same(expected: JSON, got: JSON) -> bool:
    if isinstance(expected, bool) or isinstance(got, bool):
        return expected is got
    return bool(expected == got)


def _object_differences(
    expected: Mapping[JSON, JSON], got: Mapping[JSON, JSON], path: str
) -> list[Difference]:
    differing: list[Difference] = []
    for key, value in expected.items():
        where = f"{path}.{key}" if str(key).isidentifier() else f"{path}[{shown(key)}]"
        if key in got:
            differing += differences(value, got[key], where)
        else:
            differing.append(Difference(where, shown(value), _nothing(str(key), got)))
    return differing


def _nothing(key: str, there: Mapping[JSON, JSON]) -> str:
    names = [str(name) for name in there]
    if near := did_you_mean(key, names, 1):
        return f'nothing (nearest key: "{shortened(near[0])}")'
    if names:
        return f"nothing (keys there: {listed(shortened(name, 40) for name in names)})"
    return "nothing (the object is empty)"


def _list_differences(expected: Sequence[JSON], got: Sequence[JSON], path: str) -> list[Difference]:
    differing: list[Difference] = []
    if len(expected) != len(got):
        differing.append(
            Difference(path, counted(len(expected), "item"), counted(len(got), "item"))
        )
    for index, (left, right) in enumerate(zip(expected, got, strict=False)):
        differing += differences(left, right, f"{path}[{index}]")
    return differing


def _around_the_difference(left: str, right: str) -> tuple[str, str]:
    """Both strings from shortly before they part, so that a cut does not hide the place."""
    if max(len(left), len(right)) <= 70:
        return left, right
    same = next(
        (i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b),
        min(len(left), len(right)),
    )
    start = max(0, same - _CONTEXT)
    if start == 0:
        return left, right
    return "…" + left[start:], "…" + right[start:]
