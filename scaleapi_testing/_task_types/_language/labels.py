"""Which labels a label list allows: strings and LabelDescription objects, nested at any depth.

Source: documented, https://scale.com/docs/api-reference/labels (docs/scale/images.md 2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .sentences import missing, wrong
from .values import as_list, is_true

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .._base import Params, Violation

LABELS: Final = "array of strings or LabelDescription objects"
LABELS_EXPECTED: Final = (
    'an array whose entries are non-empty strings or objects such as {"choice": "vehicle", '
    '"subchoices": ["car", "van"]}'
)


def check_labels(value: Any, field: str, path: str | None = None) -> Iterator[Violation]:
    """Rule V12: every entry that is no label, nested ones included.

    Args:
        value: the label list as sent; an empty array passes.
        field: the name in the message, e.g. ``labels`` or ``geometries.box.objects_to_annotate``.
        path: where the list stands, when that is more than ``field``.
    """
    pending: list[tuple[str, Any]] = [(path or field, value)]
    while pending:  # a loop, not recursion: nesting is the sender's choice
        where, below = pending.pop()
        entries = as_list(below)
        if entries is None:
            yield wrong(field, LABELS, LABELS_EXPECTED, where)
            continue
        for position, entry in enumerate(entries):
            # By far the usual entry; the place is written out only for what may be wrong.
            if isinstance(entry, str) and entry:
                continue
            at = f"{where}[{position}]"
            description: dict[str, Any] = entry if isinstance(entry, dict) else {}
            choice = description.get("choice")
            if not isinstance(choice, str) or not choice:
                yield wrong(field, LABELS, LABELS_EXPECTED, at)
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
    is_single: dict[str, bool] = {}
    # A stack of iterators keeps depth first, the order in which answers list labels.
    waiting = [iter(as_list(value) or ())]
    while waiting:
        for entry in waiting[-1]:
            if isinstance(entry, str):
                is_single.setdefault(entry, False)
            elif isinstance(entry, dict):
                choice = entry.get("choice")
                below = as_list(entry.get("subchoices"))
                if isinstance(choice, str) and (parents or not below):
                    single = is_true(entry.get("instance_label"))
                    is_single[choice] = single or is_single.get(choice, False)
                if below:
                    waiting.append(iter(below))
                    break
        else:
            waiting.pop()
    return list(is_single.items())


def check_label_list(params: Params, field: str = "labels") -> Iterator[Violation]:
    """Rules C6 (docs/scale/video.md 1.4), G1 and W1 for a required label list."""
    value = params.get(field)
    if value is None or value == []:
        yield missing(field, LABELS_EXPECTED)
    else:
        yield from check_labels(value, field)
