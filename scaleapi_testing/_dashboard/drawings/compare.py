"""Two answers to one task side by side, what changed marked: after a fix, or when it was redone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from .markup import element
from .parts import words_of
from .shapes import MARKS
from .subject import id_of, label_of
from .table import draw

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from markupsafe import Markup

    from .subject import Subject

MOST_CHANGES: Final = 40


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Attributes:
        kind: ``added``, ``removed`` or ``changed``.
        what: whose: an annotation's label, or the name of a value.
        how: what was and what is.
        id: of the annotation; empty for a value.
    """

    kind: str
    what: str
    how: str
    id: str = ""


def draw_comparison(before: Subject, after: Subject) -> Markup:
    """Both answers, each change listed and marked in the drawings."""
    differences = changes(before, after)
    marks = {change.id: change.kind for change in differences if change.id}
    columns = [
        element(
            "div",
            element("h3", title),
            draw(
                replace(subject, marks={key: kind for key, kind in marks.items() if kind != hidden})
            ),
            class_="panel",
        )
        for title, subject, hidden in (("Before", before, "added"), ("After", after, "removed"))
    ]
    return element(
        "div",
        _listed(differences),
        element("div", *columns, class_="halves"),
        class_="comparison",
        attributes={"data-changes": len(differences)},
    )


def changes(before: Subject, after: Subject) -> list[Change]:
    """What differs between two answers: annotations by their ids, and all other values."""
    old, new = _annotations(before.part("annotations")), _annotations(after.part("annotations"))
    if not old and not new:
        return list(_values(before.response, after.response))
    differences: list[Change] = []
    for key in {**old, **new}:
        if key not in new:
            differences.append(Change("removed", _name(old[key]), "", key))
        elif key not in old:
            differences.append(Change("added", _name(new[key]), "", key))
        elif old[key] != new[key]:
            differences.append(
                Change("changed", _name(new[key]), _differing(old[key], new[key]), key)
            )
    return differences


def _annotations(value: Any) -> dict[str, list[Mapping[str, Any]]]:
    """Every annotation by its id, once for each frame that it is in."""
    by_id: dict[str, list[Mapping[str, Any]]] = {}
    pending = [value]
    while pending:
        current = pending.pop(0)
        if isinstance(current, list):
            pending += current
        elif isinstance(current, dict):
            if id_of(current):
                by_id.setdefault(id_of(current), []).append(current)
                continue
            for key, inside in current.items():
                if isinstance(inside, dict) and "frames" in inside and "geometry" in inside:
                    by_id.setdefault(str(key), []).append(inside)
                elif isinstance(inside, dict | list):
                    pending.append(inside)
    return by_id


def _name(entries: list[Mapping[str, Any]]) -> str:
    return label_of(entries[0]) or "annotation"


def _differing(old: list[Mapping[str, Any]], new: list[Mapping[str, Any]]) -> str:
    if len(old) != len(new):
        return f"in {len(old)} frames → in {len(new)} frames"
    parts: dict[str, str] = {}
    for was, is_now in zip(old, new, strict=True):
        for key in {**was, **is_now}:
            if was.get(key) != is_now.get(key) and key not in parts:
                parts[key] = f"{key}: {_short(was.get(key))} → {_short(is_now.get(key))}"
    return "; ".join(list(parts.values())[:6])


def _values(old: Any, new: Any, path: str = "") -> Iterator[Change]:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in {**old, **new}:
            where = f"{path}.{key}" if path else str(key)
            if key not in new:
                yield Change("removed", where, _short(old[key]))
            elif key not in old:
                yield Change("added", where, _short(new[key]))
            else:
                yield from _values(old[key], new[key], where)
    else:
        yield Change("changed", path or "response", f"{_short(old)} → {_short(new)}")


def _short(value: Any) -> str:
    words = words_of(value)
    return words if len(words) <= 60 else words[:59] + "…"


def _listed(differences: list[Change]) -> Markup:
    if not differences:
        return element("p", "Nothing changed.", class_="note")
    rows = [
        element(
            "li",
            element("b", f"{MARKS[change.kind]} {change.kind} "),
            element("bdi", change.what),
            element("span", f" – {change.how}", class_="soft") if change.how else None,
            class_=f"change change-{change.kind}",
        )
        for change in differences[:MOST_CHANGES]
    ]
    more = len(differences) - MOST_CHANGES
    return element(
        "ul",
        *rows,
        element("li", f"and {more} more", class_="soft") if more > 0 else None,
        class_="changes",
        attributes={"aria-label": "What changed"},
    )
