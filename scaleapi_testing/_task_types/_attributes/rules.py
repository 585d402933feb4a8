"""What a parameter ``annotation_attributes`` may say: rules A1 to A7, in Scale's order.

Sources: docs/scale/images.md 4 and 7.5; for video and scenes (rule C7) docs/scale/video.md 1.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from .._base import Params, Violation, unread_keys
from .._language.labels import LABELS_EXPECTED, check_labels
from .._language.sentences import not_among, wrong
from .._language.values import as_list, is_true, number, strings, wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TYPES: Final = ("category", "number", "angle", "text", "x_line", "y_line", "linked")
"""Kinds of attributes; documented, https://docs.scale.com/reference/categorical-attributes ff."""

KEYS: Final = frozenset(
    {
        "type", "description", "conditions", "required", "choices", "allow_multiple", "min", "max",
        "step", "allowed_labels", "global",
    }
)  # fmt: skip
"""Every key of one attribute that the documentation names."""

CONDITION_KEYS: Final = frozenset({"label_condition", "attribute_conditions", "is_global"})


def as_conditions(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """The condition objects of one attribute; an array is read as "one of them" (assumed)."""
    conditions = spec.get("conditions")
    entries = conditions if isinstance(conditions, list) else [conditions]
    return [entry for entry in entries if isinstance(entry, dict)]


def names_of(condition: dict[str, Any]) -> list[Any] | None:
    """The labels a condition's ``label_condition`` names, ``None`` when it has none."""
    label_condition = condition.get("label_condition")
    if not isinstance(label_condition, dict) or "label" not in label_condition:
        return None
    label = label_condition["label"]
    return label if isinstance(label, list) else [label]


def alternatives(condition: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The entries of ``attribute_conditions``, ``None`` when it is malformed.

    An object instead of the array is an array of one (the older documentation).
    """
    conditions = condition.get("attribute_conditions", [])
    entries = [conditions] if isinstance(conditions, dict) else conditions
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        return None
    return entries


def check_attributes(
    value: Any,
    labels: Iterable[str],
    *,
    event_labels: Iterable[str] | None = None,
    path: str = "annotation_attributes",
) -> Iterator[Violation]:
    """Rules A1 to A7 for a parameter that was sent.

    Args:
        value: the parameter.
        labels: all leaves of the task's label lists.
        event_labels: the labels that ``is_global`` attributes' label conditions may name (the
            video types); ``None`` where such a condition does not apply (images).
        path: where the parameter stands.
    """
    if not isinstance(value, dict):
        example = '{"occluded": {"type": "category", "choices": ["no"]}}'
        yield wrong(
            "annotation_attributes", "object", f"an object of objects, e.g. {example}", path
        )
        return
    specs: dict[str, dict[str, Any]] = {}
    for key, spec in value.items():
        if isinstance(spec, dict):
            specs[key] = spec
        else:
            example = 'an object describing the attribute, e.g. {"type": "text"}'
            yield wrong("annotation_attributes", "object", example, f"{path}.{key}")
    kinds = {key: spec.get("type", "category") for key, spec in specs.items()}
    yield from _check_kinds(kinds, path)
    for key, spec in specs.items():
        if kinds[key] == "category":
            yield from _check_choices(key, spec, path)
    for key, spec in specs.items():
        if kinds[key] == "number":
            yield from _check_range(key, spec, path)
    for key, spec in specs.items():
        if kinds[key] == "linked" and not strings(spec.get("allowed_labels")):
            yield Violation(
                f"{path}.{key}.allowed_labels",
                f"Please include allowed_labels for attribute {key}.",
                "a non-empty array of the labels that a link may point to",
            )
    # As it is where it can be looked up in: a root's labels are those of all its dependents.
    known_labels = labels if isinstance(labels, Mapping) else dict.fromkeys(labels)
    events = None if event_labels is None else dict.fromkeys(event_labels)
    for key, spec in specs.items():
        yield from _check_label_names(key, spec, path=path, labels=known_labels, events=events)
    yield from _check_references(specs, path)


def _check_kinds(kinds: dict[str, Any], path: str) -> Iterator[Violation]:
    for key, kind in kinds.items():
        if not isinstance(kind, str) or kind not in TYPES:
            where = f"{path}.{key}.type"
            yield not_among(f"type for attribute {key}", TYPES, where, "; absent means category")


def _check_choices(key: str, spec: dict[str, Any], path: str) -> Iterator[Violation]:
    choices = spec.get("choices")
    where = f"{path}.{key}.choices"
    message = f"Please include choices for attribute {key}."
    if not as_list(choices):
        yield Violation(where, message, LABELS_EXPECTED)
        return
    # The place of each fault, but the sentence of A3, which names the attribute alone.
    for broken in check_labels(choices, "choices", where):
        yield Violation(broken.path, message, LABELS_EXPECTED)


def _check_range(key: str, spec: dict[str, Any], path: str) -> Iterator[Violation]:
    message = f"Invalid range for attribute {key}."
    bounds = {name: number(spec[name]) for name in ("min", "max", "step") if name in spec}
    for name, bound in bounds.items():
        if bound is None:
            yield Violation(f"{path}.{key}.{name}", message, "a finite number")
    low, high, step = (bounds.get(name) for name in ("min", "max", "step"))
    if low is not None and high is not None and low > high:
        yield Violation(f"{path}.{key}.max", message, f"at least min, which is {wording(low)}")
    if step is not None and step <= 0:
        yield Violation(f"{path}.{key}.step", message, "a number above 0")


def _check_label_names(
    key: str,
    spec: dict[str, Any],
    *,
    path: str,
    labels: Mapping[str, None],
    events: Mapping[str, None] | None,
) -> Iterator[Violation]:
    if spec.get("type") == "linked":
        where = f"{path}.{key}.allowed_labels"
        yield from _unknown(key, strings(spec.get("allowed_labels")) or [], labels, where)
    conditions = as_conditions(spec)
    known_labels: Mapping[str, None] | None = labels
    if any(is_true(condition.get("is_global")) for condition in conditions):
        # Not about one object: such conditions name events in videos, in images nothing.
        known_labels = events
    if known_labels is None:
        return
    for condition in conditions:
        where = f"{path}.{key}.conditions.label_condition.label"
        yield from _unknown(key, names_of(condition) or [], known_labels, where)


def _unknown(
    key: str, labels: list[Any], known: Mapping[str, None], where: str
) -> Iterator[Violation]:
    for label in labels:
        if not isinstance(label, str) or label not in known:
            shown = ", ".join(islice(known, 5)) or "none: the task has no labels"
            more = f" and {len(known) - 5} more" if len(known) > 5 else ""
            yield Violation(
                where,
                f"Unknown label {wording(label)} in attribute {key}.",
                f"one of the task's labels without subchoices ({shown}{more})",
            )


def _check_references(specs: dict[str, dict[str, Any]], path: str) -> Iterator[Violation]:
    needed: dict[str, dict[str, None]] = {key: {} for key in specs}
    wrong: dict[str, str] = {}
    for key, spec in specs.items():
        for condition in as_conditions(spec):
            entries = alternatives(condition)
            if entries is None:
                wrong[key] = 'an array of objects such as [{"moving": "no"}]'
            for other in (other for pairs in entries or () for other in pairs):
                if other == key:
                    wrong[key] = "conditions on other attributes than itself"
                elif other not in specs:
                    wrong[key] = f"only keys of annotation_attributes, which {other} is not"
                else:
                    needed[key][other] = None
    # Found by pruning, not by recursion: how deep conditions refer is the sender's choice.
    circular = _circular(needed)
    for key in specs:
        expected = wrong.get(key)
        if expected is None and key in circular:
            expected = "conditions that do not lead back to the attribute: " + " -> ".join(
                circular[key]
            )
        if expected is not None:
            yield Violation(
                f"{path}.{key}.conditions.attribute_conditions",
                f"Invalid attribute_conditions for attribute {key}.",
                expected,
            )


def _circular(needed: dict[str, dict[str, None]]) -> dict[str, list[str]]:
    """The attributes on a cycle (or between two), each with one step towards it."""
    cyclic = _without_ends(needed)
    # What leads to a cycle but is on none is taken off by pruning the reversed graph as well.
    backwards: dict[str, dict[str, None]] = {key: {} for key in cyclic}
    for key, others in cyclic.items():
        for other in others:
            backwards[other][key] = None
    return {key: [key, next(iter(cyclic[key]))] for key in _without_ends(backwards)}


def _without_ends(graph: dict[str, dict[str, None]]) -> dict[str, dict[str, None]]:
    """``graph`` after removing nodes that point nowhere until none is left (linear time)."""
    pointing: dict[str, list[str]] = {key: [] for key in graph}
    count = {key: len(others) for key, others in graph.items()}
    for key, others in graph.items():
        for other in others:
            pointing[other].append(key)
    ends = [key for key, needs in count.items() if needs == 0]
    while ends:
        end = ends.pop()
        del count[end]
        for key in pointing[end]:
            if key in count:
                count[key] -= 1
                if count[key] == 0:
                    ends.append(key)
    return {key: dict.fromkeys(o for o in graph[key] if o in count) for key in count}


def check_attribute_list(
    params: Params, labels: Iterable[str], *, with_events: bool = False
) -> Iterator[Violation]:
    """Rule C7: attributes over ``labels``, event attributes over ``events_to_annotate``."""
    if "annotation_attributes" in params:
        events = strings(params.get("events_to_annotate")) or () if with_events else None
        yield from check_attributes(params["annotation_attributes"], labels, event_labels=events)


def unread_attributes(value: Any, path: str = "annotation_attributes") -> Iterator[str]:
    """The keys inside ``annotation_attributes`` that nothing reads."""
    for key, spec in value.items() if isinstance(value, dict) else ():
        if not isinstance(spec, dict):
            continue
        yield from unread_keys(f"{path}.{key}", spec, KEYS)
        for condition in as_conditions(spec):
            yield from unread_keys(f"{path}.{key}.conditions", condition, CONDITION_KEYS)
