"""Which annotations a parameter ``links`` lets labelers join, and the links in a response.

Sources: documented, https://docs.scale.com/reference/request-format (the request); the items of
``response.links`` are unpublished and assumed (docs/scale/images.md 5).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._base import Violation, unread_keys
from .._language.values import boolean, is_true, strings, wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from random import Random

KEYS: Final = frozenset({"is_bidirectional", "from_allowed_labels", "to_allowed_labels"})
_MOST_LINKS: Final = 2
"""Links that are drawn for one rule at most (assumed)."""

_ENDS: Final = ("from_allowed_labels", "to_allowed_labels")
_EXPECTED: Final = (
    'an array of objects such as {"is_bidirectional": false, "from_allowed_labels": ["wheel"], '
    '"to_allowed_labels": ["van"]}, or one such object'
)


def _rules(value: Any) -> list[Any]:
    """The rules of one link: the documented array, or the bare object of its prose."""
    return value if isinstance(value, list) else [value]


def check_links(value: Any, labels: Iterable[str], path: str = "links") -> Iterator[Violation]:
    """Rule L1 for a parameter that was sent: its form, then labels that are no leaf.

    Args:
        value: the parameter.
        labels: all leaves of the task's label lists.
        path: where it stands.
    """
    message = "Invalid links - expected from_allowed_labels and to_allowed_labels."
    if not isinstance(value, dict):
        yield Violation(path, message, 'an object of links by name, e.g. {"part_of": [...]}')
        return
    for name, sent in value.items():
        if not _rules(sent):
            yield Violation(f"{path}.{name}", message, _EXPECTED)
        for position, rule in enumerate(_rules(sent)):
            at = f"{path}.{name}[{position}]" if isinstance(sent, list) else f"{path}.{name}"
            if not isinstance(rule, dict):
                yield Violation(at, message, _EXPECTED)
                continue
            for end in _ENDS:
                if strings(rule.get(end)) is None:
                    yield Violation(f"{at}.{end}", message, "an array of labels")
            if boolean(rule.get("is_bidirectional", False)) is None:
                yield Violation(f"{at}.is_bidirectional", message, "true or false")
    # A second pass: forms are refused before labels, as the page orders them.
    known = dict.fromkeys(labels)
    for name, sent in value.items():
        for position, rule in enumerate(_rules(sent)):
            at = f"{path}.{name}[{position}]" if isinstance(sent, list) else f"{path}.{name}"
            for end in _ENDS if isinstance(rule, dict) else ():
                for label in strings(rule.get(end)) or ():
                    if label not in known:
                        yield Violation(
                            f"{at}.{end}",
                            f"Unknown label {wording(label)} in link {name}.",
                            "one of the task's labels without subchoices",
                        )


def draw_links(
    value: Any, annotations: Sequence[dict[str, Any]], random: Random
) -> list[dict[str, Any]]:
    """Links between ``annotations`` that a checked parameter allows; ``[]`` when it is absent.

    Args:
        value: the parameter ``links``.
        annotations: the response's, each with ``uuid`` and ``label``; those without are passed by.
        random: the job's numbers.

    Returns:
        ``{"label": name, "from": uuid, "to": uuid, "is_bidirectional": bool}`` each, no two alike.
    """
    drawn: list[dict[str, Any]] = []
    if not isinstance(value, dict) or not value:
        return drawn
    by_label: dict[str, list[str]] = {}
    for annotation in annotations:
        label = annotation.get("label")
        if isinstance(label, str) and "uuid" in annotation:
            by_label.setdefault(label, []).append(annotation["uuid"])
    linked: set[tuple[str, str, str]] = set()
    for name, sent in value.items():
        for rule in _rules(sent):
            sources, targets = (
                # Once each: a label that is named twice would be drawn more often than others.
                [by_label[label] for label in dict.fromkeys(rule[end]) if label in by_label]
                for end in _ENDS
            )
            both_ways = is_true(rule.get("is_bidirectional"))
            for _ in range(_MOST_LINKS if sources and targets else 0):
                source, target = _one_in(sources, random), _one_in(targets, random)
                # Not drawn again instead: where all pairs are taken, that would never end.
                if source == target or (name, source, target) in linked:
                    continue
                # Both ways: the same two are not joined again in the other direction.
                linked |= {(name, source, target), (name, target, source)}
                drawn.append(
                    {"label": name, "from": source, "to": target, "is_bidirectional": both_ways}
                )
    return drawn


def _one_in(lists: Sequence[list[str]], random: Random) -> str:
    """One entry of all lists together, each as likely, without joining them for every rule."""
    place = int(random.random() * sum(map(len, lists)))
    for entries in lists:
        if place < len(entries):
            return entries[place]
        place -= len(entries)
    return lists[-1][-1]


def unread_links(value: Any, path: str = "links") -> Iterator[str]:
    """The keys inside ``links`` that nothing reads."""
    for name, sent in value.items() if isinstance(value, dict) else ():
        for rule in _rules(sent):
            yield from unread_keys(f"{path}.{name}", rule, KEYS)
