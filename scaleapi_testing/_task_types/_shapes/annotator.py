"""How labelers answer a task of shapes on an image: drawn, from a pre-label, or as a mock."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from ..._random import draw_uuid
from .._attributes.values import draw_value, draw_values, fill_linked, mock_value
from .._language.values import number
from .drawing import drawer
from .mocks import mock_shape

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .._attributes.values import Attributes
    from .._base import Job
    from .drawing import Region
    from .prelabels import Prelabel
    from .rules import GeometryRule

MOST_SHAPES: Final = 5
"""A drawn answer has this many shapes at most, unless geometries or links ask for more."""


@dataclass(slots=True)
class Annotator:
    """Draws the annotations of one task, all in the same style.

    Attributes:
        job: the task.
        rules: the geometries it asks for.
        attributes: the attributes it asks for.
        region: where shapes may lie.
        size: width and height of the image in pixels.
        geometry_key: ``type`` (imageannotation), ``geometry`` (one-geometry types of 2020), or
            empty for neither.
        with_attributes: whether items have ``attributes``, even if empty.
        with_uuid: whether items have a ``uuid``.
        is_mock: give the fixed shapes and values of a test key's answer.
    """

    job: Job
    rules: Sequence[GeometryRule]
    attributes: Attributes
    region: Region
    size: tuple[int, int]
    geometry_key: str
    with_attributes: bool
    with_uuid: bool = True
    is_mock: bool = False

    def drawer(self, rule: GeometryRule) -> Callable[[], dict[str, Any]]:
        """What gives the geometry's own keys of a new shape of ``rule`` at each call."""
        if self.is_mock:
            return partial(mock_shape, rule, *self.size, self.region)
        return drawer(rule, self.region, self.job.random)

    def annotation(self, rule: GeometryRule, label: str | None) -> dict[str, Any]:
        """A new annotation of ``rule``; linked attributes are left to `link`."""
        return self.item(rule, label, self.drawer(rule)())

    def item(
        self,
        rule: GeometryRule,
        label: str | None,
        shape: dict[str, Any],
        uuid: str | None = None,
        values: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """``shape`` as an item of the response.

        Args:
            rule: its geometry.
            label: its label, ``None`` when the task asks for none.
            shape: the geometry's own keys.
            uuid: its identity; drawn when absent.
            values: its attributes, when they are known; else drawn.
        """
        item: dict[str, Any] = {} if label is None else {"label": label}
        if self.with_attributes:
            item["attributes"] = self.values(label, shape) if values is None else values
        if self.with_uuid:
            item["uuid"] = uuid or draw_uuid(self.job.random)
        item |= shape
        if self.geometry_key:
            item[self.geometry_key] = rule.geometry
        return item

    def values(
        self, label: str | None, shape: dict[str, Any], preset: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """The attributes of a shape, those in ``preset`` taken over; linked ones come later."""
        if not self.attributes.own:
            return {}
        return draw_values(
            self.attributes.own,
            label,
            self.job.random,
            self.job.faker,
            size=edges_of(shape),
            preset=preset,
            value=mock_value if self.is_mock else draw_value,
        )

    def whole_values(self, preset: Any = None) -> dict[str, Any]:
        """``global_attributes``: those of the image as a whole."""
        if not self.attributes.whole:
            return {}
        return draw_values(
            self.attributes.whole,
            None,
            self.job.random,
            self.job.faker,
            preset=preset if isinstance(preset, dict) else None,
            value=mock_value if self.is_mock else draw_value,
        )

    def draw(self, fewest: int = 1, most: int = MOST_SHAPES) -> list[dict[str, Any]]:
        """``fewest`` to ``most`` annotations, at least one of each geometry (a mock: exactly one).

        Geometries without labels are drawn only when no geometry has labels: clients send every
        geometry, the unused ones with empty lists (docs/scale/images.md 12).
        """
        random = self.job.random
        rules = [rule for rule in self.rules if rule.labels] or self.rules
        # Spread over the geometries; each is asked for, so each appears.
        least = max(fewest // len(rules), 1)
        spare = 0 if self.is_mock else max(min(most, fewest + MOST_SHAPES) // len(rules) - least, 0)
        annotations: list[dict[str, Any]] = []
        for rule in rules:
            labels, shape = rule.labels, self.drawer(rule)
            for _ in range(least + int(random.random() * (spare + 1))):
                if not labels:
                    label = None
                elif self.is_mock:
                    label = labels[0]
                else:
                    label = labels[int(random.random() * len(labels))]
                annotations.append(self.item(rule, label, shape()))
        return annotations

    def continue_from(self, prelabel: Prelabel) -> list[dict[str, Any]]:
        """The given annotations, completed as far as the task allows, and perhaps a new one."""
        known = {rule.geometry: rule for rule in self.rules}
        labels = {
            annotation["uuid"]: annotation.get("label") for annotation in prelabel.annotations
        }
        for item in prelabel.annotations:
            # Pre-labels of one-geometry types need not say what cannot be anything else.
            if self.geometry_key not in item and len(known) == 1:
                item[self.geometry_key] = next(iter(known))
            rule = known.get(item.get(self.geometry_key, ""))
            if "label" not in item and rule and rule.labels and prelabel.can_edit_labels:
                item["label"] = rule.labels[int(self.job.random.random() * len(rule.labels))]
            sent = item.get("attributes")
            if not self.with_attributes or (isinstance(sent, dict) and not prelabel.can_edit):
                continue
            # A link to a shape that the pre-label does not have would point nowhere.
            kept = self._without_dangling(sent, labels) if isinstance(sent, dict) else None
            label = item.get("label")
            item["attributes"] = self.values(label if isinstance(label, str) else None, item, kept)
        annotations = list(prelabel.annotations)
        if not annotations or (prelabel.can_add and self.job.random.random() < 0.5):
            annotations += self.draw()[:1] if prelabel.can_add else []
        return annotations

    def _without_dangling(
        self, prelabelled: dict[str, Any], labels: dict[str, Any]
    ) -> dict[str, Any]:
        allowed = {
            attribute.key: attribute.allowed_labels
            for attribute in self.attributes.own
            if attribute.type == "linked"
        }
        return {
            key: value
            for key, value in prelabelled.items()
            if key not in allowed or (isinstance(value, str) and labels.get(value) in allowed[key])
        }

    def link(
        self,
        annotations: list[dict[str, Any]],
        *,
        may_add: bool = True,
        fixed: frozenset[str] = frozenset(),
    ) -> None:
        """Fill the linked attributes in, making missing targets where that is allowed."""
        # Links name their target by uuid: without uuids (replies of 2019) there is nothing to name.
        if not self.with_uuid or not self.attributes.own:
            return
        by_label: dict[str, GeometryRule] = {}
        for rule in self.rules:
            for label in rule.labels:
                # A label may stand in several geometries; a missing target is drawn in the first.
                by_label.setdefault(label, rule)

        def make(label: str) -> dict[str, Any]:
            return self.annotation(by_label[label], label)

        fill_linked(
            annotations,
            self.attributes.own,
            self.job.random,
            make=make if may_add and by_label else None,
            fixed=fixed,
            first=self.is_mock,
        )


def edges_of(shape: dict[str, Any]) -> tuple[float, float] | None:
    """Width and height of a box, or of a cuboid's face, in pixels; ``None`` of other shapes."""
    width, height = number(shape.get("width")), number(shape.get("height"))
    if width is not None and height is not None:
        return width, height
    vertices = shape.get("vertices")
    # A polygon may have six vertices, too: only a cuboid has edges besides.
    if not isinstance(vertices, list) or len(vertices) != 6 or "edges" not in shape:
        return None
    try:
        width = round(vertices[2]["x"] - vertices[0]["x"], 2)
        height = round(vertices[1]["y"] - vertices[0]["y"], 2)
    except (TypeError, KeyError):  # a pre-label's shapes are whatever was sent
        return None
    return width, height
