"""How labelers find the true shapes of an image: some missed, some mislabeled, none exact.

The truth is written in the response's own form (see the task types). Without labelers it comes
back as it is; with them each object is missed with ``miss_rate``, each label and category is
wrong with ``1 - accuracy``, each coordinate is off by ``jitter_px``. Whatever comes out obeys the
task's rules: shapes are pulled into the image and grown to the minima.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._language.values import number
from .truth import Blur, found_shape, refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._attributes.values import Attribute
    from .._base import LabelerModel
    from .annotator import Annotator
    from .rules import GeometryRule

_SHOWN: Final = 5


def find(
    truth: Any, annotator: Annotator
) -> tuple[list[dict[str, Any]], dict[str, Any] | None, list[dict[str, Any]]]:
    """What the job's labelers find of ``truth``.

    Args:
        truth: an array of annotations, or an object with that array as ``annotations`` and
            optional ``global_attributes`` and ``links``.
        annotator: of the task; its job's labelers say how well they work (``None``: perfectly).

    Returns:
        The annotations, the image's attributes (``None`` when the truth names none), the links.

    Raises:
        ValueError: the truth is no array of annotations, or one of them does not fit the task;
            the text names the place, the value, and what would be right.
    """
    job = annotator.job
    content: dict[str, Any] = truth if isinstance(truth, dict) else {"annotations": truth}
    items = content.get("annotations")
    if not isinstance(items, list):
        raise refusal(
            "truth",
            truth,
            "an array of annotations as in the response, or an object with it as annotations",
        )
    labelers = job.labelers
    annotations: list[dict[str, Any]] = []
    missed: set[str] = set()
    for position, item in enumerate(items):
        where = f"truth[{position}]"
        rule = _rule_of(item, annotator, where)
        label = _label_of(item, rule, where)
        given = _attributes_of(item, annotator, where)
        blur = Blur(job.random, 0 if labelers is None else labelers.jitter_px)
        shape = found_shape(item, rule, annotator.region, blur, where)
        uuid = item.get("uuid")
        uuid = uuid if isinstance(uuid, str) and uuid else None
        if labelers is not None and job.random.random() < labelers.miss_rate:
            missed |= {uuid} if uuid else set()
            continue
        if label is not None:
            label = one_of(rule.labels, label, labelers, annotator)
        values = _values(label, shape, given, annotator)
        annotations.append(annotator.item(rule, label, shape, uuid, values))
    _drop_lost_links(annotations, annotator)
    present = {found.get("uuid") for found in annotations}
    whole = content.get("global_attributes")
    given_links = content.get("links")
    links = [
        link
        for link in (given_links if isinstance(given_links, list) else [])
        if isinstance(link, dict) and link.get("from") in present and link.get("to") in present
    ]
    return annotations, whole if isinstance(whole, dict) else None, links


def _choices(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _rule_of(item: Any, annotator: Annotator, where: str) -> GeometryRule:
    rules = {rule.geometry: rule for rule in annotator.rules}
    if not isinstance(item, dict):
        raise refusal(where, item, "an annotation, which is an object")
    geometry = item.get("type", item.get("geometry"))
    if geometry is None and len(rules) == 1:
        return annotator.rules[0]
    if not isinstance(geometry, str) or geometry not in rules:
        raise refusal(
            f"{where}.type", geometry, f"a geometry the task asks for: {_choices(list(rules))}"
        )
    return rules[geometry]


def _label_of(item: dict[str, Any], rule: GeometryRule, where: str) -> str | None:
    if not rule.labels:
        return None
    label = item.get("label")
    if not isinstance(label, str) or label not in rule.labels:
        raise refusal(
            f"{where}.label", label, f"a label of {rule.geometry}: {_choices(rule.labels)}"
        )
    return label


def _attributes_of(item: dict[str, Any], annotator: Annotator, where: str) -> dict[str, Any]:
    given = item.get("attributes", {})
    if not isinstance(given, dict):
        raise refusal(f"{where}.attributes", given, "an object of values by key")
    known = {attribute.key: attribute for attribute in annotator.attributes.own}
    for key, value in given.items():
        if key not in known:
            raise refusal(
                f"{where}.attributes",
                key,
                f"a key of annotation_attributes: {_choices(list(known)) or 'it defines none'}",
            )
        expected = _expected(known[key], value)
        if expected is not None:
            raise refusal(f"{where}.attributes.{key}", value, expected)
    return given


def _expected(attribute: Attribute, value: Any) -> str | None:
    """What a value should be, ``None`` when it is so."""
    if attribute.type == "category":
        chosen = value if attribute.multiple and isinstance(value, list) else [value]
        if not chosen or not all(one in attribute.choices for one in chosen):
            return f"one or more of {_choices(attribute.choices)}"
        return None
    if attribute.type in {"text", "linked"}:
        return None if isinstance(value, str) and value else "a non-empty string"
    if number(value) is None:
        return "a number"
    low = 0 if attribute.type != "number" else attribute.minimum
    high = 360 if attribute.type == "angle" else attribute.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        return f"a number from {'any' if low is None else low} to {'any' if high is None else high}"
    return None


def one_of(
    names: Sequence[str], true: str, labelers: LabelerModel | None, annotator: Annotator
) -> str:
    """``true``, or with the chance of an error another one of ``names``."""
    random = annotator.job.random
    if labelers is None or len(names) < 2 or random.random() < labelers.accuracy:
        return true
    return random.choice([name for name in names if name != true])


def _values(
    label: str | None, shape: dict[str, Any], given: dict[str, Any], annotator: Annotator
) -> dict[str, Any]:
    labelers = annotator.job.labelers
    seen: dict[str, Any] = {}
    for attribute in annotator.attributes.own:
        if attribute.key not in given:
            continue
        value = given[attribute.key]
        if attribute.type == "category":
            values = value if isinstance(value, list) else [value]
            values = [one_of(attribute.choices, one, labelers, annotator) for one in values]
            value = list(dict.fromkeys(values)) if attribute.multiple else values[0]
        elif attribute.type == "x_line":
            value = min(value, shape.get("width", value))
        elif attribute.type == "y_line":
            value = min(value, shape.get("height", value))
        seen[attribute.key] = value
    return annotator.values(label, shape, seen)


def _drop_lost_links(annotations: list[dict[str, Any]], annotator: Annotator) -> None:
    """Links to objects that were missed, or mislabeled, are gone; nothing new is invented."""
    linked = [found for found in annotator.attributes.own if found.type == "linked"]
    labels = {found.get("uuid"): found.get("label") for found in annotations}
    for annotation in annotations if linked else ():
        values = annotation["attributes"]
        for attribute in linked:
            target = values.get(attribute.key)
            if target is not None and (
                target == annotation.get("uuid")
                or labels.get(target) not in attribute.allowed_labels
            ):
                del values[attribute.key]
