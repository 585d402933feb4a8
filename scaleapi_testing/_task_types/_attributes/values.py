"""Which attributes a labeler fills in, on what conditions, and with which values.

A parameter ``annotation_attributes`` is checked by `check_attributes`, read once per task by
`read_attributes`, and answered by `draw_values` (all kinds but ``linked``) followed by
`fill_linked` (``linked``, when all objects of the response exist).

Sources: documented, https://docs.scale.com/reference/categorical-attributes, -numerical-, -text-,
-xy-offset-, -linked-, -global-attributes and -conditionality; how old and new conditions combine
is assumed (docs/scale/images.md 4).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from graphlib import TopologicalSorter
from math import ceil, isfinite
from typing import TYPE_CHECKING, Any, Final

from .._language.labels import leaves
from .._language.values import LARGEST_INTEGER, is_true, number, strings
from .rules import alternatives, as_conditions, names_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from random import Random

    from faker import Faker

MOST_MADE: Final = 50
"""Objects that are made so that required links have a target; beyond it links stay out (assumed):
each new object needs all its links in turn, and thousands of attributes would make millions."""

_LARGEST_STEP_COUNT: Final = 1000
_LOWEST: Final = -1e308
_UNBOUNDED_RANGE: Final = 100
"""A number attribute without bounds takes values from 0 to 100 (assumed)."""


@dataclass(frozen=True, slots=True)
class Condition:
    """When an attribute applies: ``labels`` and one of ``any_of`` must hold.

    Attributes:
        labels: the labels it applies to, ``None`` for all.
        any_of: alternatives, each a conjunction of ``(attribute key, accepted values)``; empty for
            "no condition on attributes".
    """

    labels: frozenset[str] | None
    any_of: tuple[tuple[tuple[str, tuple[Any, ...]], ...], ...]

    def holds(self, label: str | None, values: Mapping[str, Any]) -> bool:
        """Whether it is met by an object of ``label`` whose attributes so far are ``values``."""
        if self.labels is not None and (label is None or label not in self.labels):
            return False
        return not self.any_of or any(
            all(_matches(values.get(key), accepted) for key, accepted in pairs)
            for pairs in self.any_of
        )


def _matches(value: Any, accepted: tuple[Any, ...]) -> bool:
    # An attribute that is not there matches nothing (assumed), a condition of null included.
    if value is None:
        return False
    if isinstance(value, list):
        return any(selected in accepted for selected in value)
    return value in accepted


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of ``annotation_attributes``, defaults filled in.

    Attributes:
        key: its name in ``attributes``.
        type: one of `_attribute_rules.TYPES`.
        choices: of a category, its leaves.
        multiple: of a category, whether the value is an array.
        minimum: of a number, the lower bound, ``None`` for none.
        maximum: of a number, the upper bound, ``None`` for none.
        step: of a number, the distance of its values.
        allowed_labels: of a linked one, the labels of its targets.
        required: of a linked one, whether it must have a target.
        constant: ``global: true``, the same value over a whole video or lidar track.
        conditions: one of them must hold; empty for "always".
    """

    key: str
    type: str
    choices: tuple[str, ...] = ()
    multiple: bool = False
    minimum: int | float | None = None
    maximum: int | float | None = None
    step: int | float = 1
    allowed_labels: tuple[str, ...] = ()
    required: bool = True
    constant: bool = False
    conditions: tuple[Condition, ...] = ()

    def applies(self, label: str | None, values: Mapping[str, Any]) -> bool:
        """Whether an object of ``label`` with attributes ``values`` has this attribute."""
        return not self.conditions or any(
            condition.holds(label, values) for condition in self.conditions
        )


@dataclass(frozen=True, slots=True)
class Attributes:
    """All attributes of a task, each after those its conditions ask for.

    Attributes:
        own: those of single annotations.
        whole: those with ``is_global``: of the whole image, or of events in the video types.
    """

    own: tuple[Attribute, ...] = ()
    whole: tuple[Attribute, ...] = ()


NONE: Final = Attributes()


def read_attributes(value: Any, *, events: bool = False) -> Attributes:
    """The attributes of a checked ``annotation_attributes`` parameter; absent gives none.

    Args:
        value: the parameter as sent.
        events: keep the label conditions of ``is_global`` attributes (they name event labels in
            the video types, and do not apply to an image).
    """
    if not isinstance(value, dict) or not value:
        return NONE
    own: list[Attribute] = []
    whole: list[Attribute] = []
    for key in _dependence_order(value):
        spec = value[key]
        conditions = as_conditions(spec)
        is_whole = any(is_true(condition.get("is_global")) for condition in conditions)
        attribute = _read(key, spec, conditions, labeled=events or not is_whole)
        (whole if is_whole else own).append(attribute)
    return Attributes(tuple(own), tuple(whole))


def _read(
    key: str, spec: dict[str, Any], conditions: list[dict[str, Any]], *, labeled: bool
) -> Attribute:
    kind = spec.get("type", "category")
    step = number(spec.get("step"))
    return Attribute(
        key,
        kind,
        choices=leaves(spec.get("choices")) if kind == "category" else (),
        multiple=is_true(spec.get("allow_multiple")),
        minimum=number(spec.get("min")),
        maximum=number(spec.get("max")),
        step=1 if step is None else step,
        allowed_labels=tuple(strings(spec.get("allowed_labels")) or ()),
        # Documented for linked ones alone, as false; all others count as required (assumed).
        required=is_true(spec.get("required"), default=kind != "linked"),
        constant=is_true(spec.get("global")),
        conditions=tuple(_condition(condition, labeled=labeled) for condition in conditions),
    )


def _condition(sent: dict[str, Any], *, labeled: bool) -> Condition:
    names = names_of(sent) if labeled else None
    return Condition(
        None if names is None else frozenset(name for name in names if isinstance(name, str)),
        tuple(
            tuple(
                (key, tuple(accepted) if isinstance(accepted, list) else (accepted,))
                for key, accepted in pairs.items()
            )
            for pairs in alternatives(sent) or ()
        ),
    )


def _dependence_order(value: dict[str, Any]) -> list[str]:
    """The keys as sent, those that others' conditions ask for moved before them."""
    needed = {
        key: {
            other
            for condition in as_conditions(spec)
            for pairs in alternatives(condition) or ()
            for other in pairs
        }
        for key, spec in value.items()
        if isinstance(spec, dict)
    }
    # The usual case, spared the sorter; the order sent is the answer's order.
    if not any(needed.values()):
        return list(needed)
    # Nodes are added in the order sent and sets only steer precedence: the outcome is stable.
    graph = {key: sorted(others) for key, others in needed.items()}
    return [key for key in TopologicalSorter(graph).static_order() if key in needed]


def draw_value(
    attribute: Attribute,
    random: Random,
    words: Callable[[], Faker],
    size: tuple[float, float] | None = None,
) -> Any:
    """A random legal value; ``None`` for ``linked``, and for an offset on a shape without edges.

    Args:
        attribute: what is asked for.
        random: the job's numbers.
        words: the job's Faker, called for ``text`` alone.
        size: width and height in pixels of the ``box`` or ``cuboid`` the value belongs to.
    """
    kind = attribute.type
    if kind == "category":
        choices = attribute.choices
        if attribute.multiple:
            count = 1 + int(random.random() * min(len(choices), 3))
            return random.sample(choices, count)
        return choices[int(random.random() * len(choices))]
    if kind == "number":
        return number_value(attribute, random.random())
    if kind == "angle":
        return int(random.random() * 3600) / 10
    if kind == "text":
        return " ".join(words().words(2))
    if kind in {"x_line", "y_line"} and size is not None:
        return int(random.random() * size[kind == "y_line"] * 100) / 100
    return None


def mock_value(
    attribute: Attribute,
    random: Random,  # noqa: ARG001  (the same form as `draw_value`)
    words: Callable[[], Faker],  # noqa: ARG001  (the same)
    size: tuple[float, float] | None = None,
) -> Any:
    """The value in a test key's answer: first choice, min or 0, ``"text"``, half the size."""
    kind = attribute.type
    if kind == "category":
        return [attribute.choices[0]] if attribute.multiple else attribute.choices[0]
    if kind == "number":
        return number_value(attribute, 0)
    if kind in {"x_line", "y_line"}:
        return None if size is None else size[kind == "y_line"] / 2
    return {"angle": 0, "text": "text"}.get(kind)


def number_value(attribute: Attribute, share: float) -> int | float:
    """The value at ``share`` (0 up to 1) of a number attribute's range: (min or 0) + k * step."""
    low, high, step = attribute.minimum, attribute.maximum, attribute.step
    start: int | float = 0 if low is None else low
    end = float(start) + _UNBOUNDED_RANGE if high is None else float(high)
    if low is None and end < 0:  # only values below zero are allowed: count down from the nearest
        steps = -ceil(min(-end / float(step), LARGEST_INTEGER)) - int(share * _UNBOUNDED_RANGE)
    else:
        # Numbers near the minimum, as people give them, where a range has millions of steps.
        count = min((end - float(start)) / float(step), _LARGEST_STEP_COUNT)
        steps = int(share * (int(count) + 1))
    value = start + steps * step
    if isinstance(value, float) and isfinite(value):
        # By their decimal texts: three steps of 0.1 are 0.3, as the person who wrote it meant.
        value = float(Fraction(repr(start)) + steps * Fraction(repr(step)))
    if (_LOWEST if low is None else low) <= value <= end:
        return value
    return end if low is None and end < 0 else start


def draw_values(
    attributes: Sequence[Attribute],
    label: str | None,
    random: Random,
    words: Callable[[], Faker],
    *,
    size: tuple[float, float] | None = None,
    preset: Mapping[str, Any] | None = None,
    value: Callable[..., Any] = draw_value,
) -> dict[str, Any]:
    """The ``attributes`` object of one annotation, without its ``linked`` keys.

    A key is present exactly when its conditions hold (assumed).

    Args:
        attributes: `Attributes.own` (or ``.whole`` with ``label=None`` or an event's label).
        label: the annotation's label, ``None`` when it has none.
        random: the job's numbers.
        words: gives one and the same Faker each time, `Job.faker`.
        size: width and height in pixels of a ``box`` or ``cuboid``, else ``None``.
        preset: values to take over where their key applies, e.g. of a track's first frame or of a
            pre-label; ``linked`` ones included.
        value: `draw_value` or `mock_value`.
    """
    values: dict[str, Any] = {}
    for attribute in attributes:
        if not attribute.applies(label, values):
            continue
        if preset is not None and attribute.key in preset:
            # Offsets belong to boxes and cuboids alone (documented), whatever a pre-label says.
            if size is not None or attribute.type not in {"x_line", "y_line"}:
                values[attribute.key] = preset[attribute.key]
            continue
        drawn = value(attribute, random, words, size)
        if drawn is not None:
            values[attribute.key] = drawn
    return values


def fill_linked(
    objects: list[dict[str, Any]],
    attributes: Sequence[Attribute],
    random: Random,
    *,
    make: Callable[[str], dict[str, Any]] | None = None,
    fixed: frozenset[str] = frozenset(),
    first: bool = False,
) -> None:
    """Point the ``linked`` attributes of ``objects`` at each other, in place.

    A required link without a target makes one, up to `MOST_MADE` (assumed); an object without
    labels has none.

    Args:
        objects: the response's annotations (or tracks), each with ``uuid``, ``label`` (may be
            absent) and ``attributes``; new ones are appended.
        attributes: `Attributes.own`.
        random: the job's numbers.
        make: gives a new object of the label it gets, itself without linked values; ``None``
            leaves a required link without target out.
        fixed: uuids of objects whose attributes must stay as they are.
        first: take the first possible target always (a test key's answer).
    """
    linked = [attribute for attribute in attributes if attribute.type == "linked"]
    if not linked:
        return
    by_label: dict[str, list[dict[str, Any]]] = {}
    for annotation in objects:
        if isinstance(annotation.get("label"), str):
            by_label.setdefault(annotation["label"], []).append(annotation)
    most = len(objects) + MOST_MADE
    for source in objects:  # grows while it is walked: made targets get their own links too
        if source.get("uuid") in fixed:
            continue
        values: dict[str, Any] = source.setdefault("attributes", {})
        for attribute in linked:
            if attribute.key in values or not attribute.applies(source.get("label"), values):
                continue
            targets = [
                target
                for label in attribute.allowed_labels
                for target in by_label.get(label, ())
                if target is not source
            ]
            if not targets and attribute.required and make is not None and len(objects) < most:
                label = attribute.allowed_labels[0]
                new_object = make(label)
                objects.append(new_object)
                by_label.setdefault(label, []).append(new_object)
                targets = [new_object]
            if targets and (attribute.required or first or random.random() < 0.75):
                values[attribute.key] = (targets[0] if first else random.choice(targets))["uuid"]
