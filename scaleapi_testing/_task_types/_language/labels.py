"""Which labels a label list allows: strings and LabelDescription objects, nested at any depth.

Source: documented, https://scale.com/docs/api-reference/labels (task-types-image 2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._base import Violation
from .values import is_true

if TYPE_CHECKING:
    from collections.abc import Iterator

LABELS_EXPECTED: Final = (
    'an array whose entries are non-empty strings or objects such as {"choice": "vehicle", '
    '"subchoices": ["car", "van"]}'
)


def as_list(value: Any) -> list[Any] | None:
    """The entries of a label list; a bare string is a list of one (a form body), else ``None``."""
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, str) else None


def check_labels(value: Any, field: str, path: str | None = None) -> Iterator[Violation]:
    """Rule V12: every entry that is no label, nested ones included.

    Args:
        value: the label list as sent; an empty array passes.
        field: the name in the message, e.g. ``labels`` or ``geometries.box.objects_to_annotate``.
        path: where the list stands, when that is more than ``field``.
    """
    message = f"Invalid {field} - expected array of strings or LabelDescription objects."
    pending: list[tuple[str, Any]] = [(path or field, value)]
    while pending:  # a loop, not recursion: nesting is the sender's choice
        where, found = pending.pop()
        entries = as_list(found)
        if entries is None:
            yield Violation(where, message, LABELS_EXPECTED)
            continue
        for position, entry in enumerate(entries):
            if isinstance(entry, str) and entry:
                continue
            at = f"{where}[{position}]"
            description: dict[str, Any] = entry if isinstance(entry, dict) else {}
            choice = description.get("choice")
            if not isinstance(choice, str) or not choice:
                yield Violation(at, message, LABELS_EXPECTED)
            elif "subchoices" in description:
                pending.append((f"{at}.subchoices", description["subchoices"]))


def leaves(value: Any, *, parents: bool = False) -> tuple[str, ...]:
    """The labels that responses, conditions and ``allowed_labels`` may use, in order, once each.

    Strings and objects without ``subchoices`` (or with empty ones), depth first.

    Args:
        value: a label list; what is no label in it is passed over.
        parents: also the labels that have ``subchoices`` (``allow_parent_labels``).
    """
    if isinstance(value, list) and all(type(entry) is str for entry in value):
        return tuple(dict.fromkeys(value))  # by far the usual case
    return tuple(choice for choice, _ in _usable(value, parents=parents))


def instance_leaves(value: Any, *, parents: bool = False) -> tuple[str, ...]:
    """Those of ``leaves(value)`` that ask for one mask per object (``instance_label: true``)."""
    return tuple(choice for choice, single in _usable(value, parents=parents) if single)


def _usable(value: Any, *, parents: bool) -> list[tuple[str, bool]]:
    found: dict[str, bool] = {}
    waiting = [iter(as_list(value) or ())]
    while waiting:
        for entry in waiting[-1]:
            if isinstance(entry, str):
                found.setdefault(entry, False)
            elif isinstance(entry, dict):
                choice = entry.get("choice")
                below = as_list(entry.get("subchoices"))
                if isinstance(choice, str) and (parents or not below):
                    single = is_true(entry.get("instance_label"))
                    found[choice] = single or found.get(choice, False)
                if below:
                    waiting.append(iter(below))
                    break
        else:
            waiting.pop()
    return list(found.items())


def strings(value: Any) -> list[str] | None:
    """A ``string[]`` parameter (a bare string is an array of one), or ``None`` if it is none."""
    entries = as_list(value)
    if entries is None or not all(isinstance(entry, str) and entry for entry in entries):
        return None
    return entries
