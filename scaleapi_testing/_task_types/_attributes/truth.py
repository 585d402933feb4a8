"""Which values of attributes a truth may tell, and how labelers mistake them: one check for all.

Used for the shapes of images, the frames of video tracks, cuboids, camera shapes, events and for
the attributes of a whole image alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._language.truth import few_of, refusal
from .._language.values import number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .._language.noise import Noise
    from .values import Attribute

_OFFSETS: Final = {"x_line": "width", "y_line": "height"}
"""Offsets from a shape's left or top edge, each with the side it may not exceed."""


class AttributeTruth:
    """What is told of the attributes of one task."""

    def __init__(self, attributes: Sequence[Attribute]) -> None:
        self._attributes = {attribute.key: attribute for attribute in attributes}
        self._choices = {
            attribute.key: frozenset(attribute.choices)
            for attribute in attributes
            if attribute.type == "category"
        }

    def checked(self, values: Any, where: str) -> dict[str, Any]:
        """``values``, when they are an object of values that the task allows.

        Args:
            values: what a truth tells under ``attributes``; ``None`` is nothing.
            where: the place of ``values``, for errors.

        Raises:
            ValueError: they are no object, a key is unknown, or a value is not of its kind.
        """
        if values is None:
            return {}
        if not isinstance(values, dict):
            raise refusal(where, values, "an object of values by key")
        for key, value in values.items():
            attribute = self._attributes.get(key)
            if attribute is None:
                known = few_of(list(self._attributes)) or "it defines none"
                raise refusal(where, key, f"a key of annotation_attributes: {known}")
            right = self._right(attribute, value)
            if right is not None:
                raise refusal(f"{where}.{key}", value, right)
        return values

    def _right(self, attribute: Attribute, value: Any) -> str | None:
        """What a value should be, ``None`` when it is so."""
        if attribute.type == "category":
            chosen = value if attribute.multiple and isinstance(value, list) else [value]
            known = self._choices[attribute.key]
            if not chosen or not all(
                isinstance(choice, str) and choice in known for choice in chosen
            ):
                return f"one or more of {few_of(attribute.choices)}"
            return None
        # Whether a linked uuid exists is not asked: `drop_lost_links` drops what leads nowhere.
        if attribute.type in {"text", "linked"}:
            return None if isinstance(value, str) and value else "a non-empty string"
        if number(value) is None:
            return "a number"
        # Angles and offsets start at 0 by their meaning; numbers alone have bounds of their own.
        low = 0 if attribute.type != "number" else attribute.minimum
        high = 360 if attribute.type == "angle" else attribute.maximum
        if (low is not None and value < low) or (high is not None and value > high):
            lowest, highest = ("any" if bound is None else bound for bound in (low, high))
            return f"a number from {lowest} to {highest}"
        return None

    def seen(
        self,
        values: Mapping[str, Any],
        noise: Noise,
        shape: Mapping[str, Any] | None = None,
        mistakes: dict[tuple[str, str], str] | None = None,
    ) -> dict[str, Any]:
        """Checked ``values`` as labelers see them: categories mistaken, offsets within the shape.

        Args:
            values: what `checked` gave.
            noise: of the job's labelers.
            shape: what the values belong to, for offsets from its edges.
            mistakes: what was mistaken so far, so that one object is seen alike in all frames.
        """
        if mistakes is None:
            mistakes = {}
        read_values: dict[str, Any] = {}
        for key, value in values.items():
            attribute = self._attributes[key]
            if attribute.type == "category":
                chosen = value if isinstance(value, list) else [value]
                for choice in chosen:
                    # A labeler who takes red for blue does so in every frame of the object.
                    if (key, choice) not in mistakes:
                        mistakes[key, choice] = noise.name(choice, attribute.choices)
                # Two choices may be mistaken for the same third one.
                read = list(dict.fromkeys(mistakes[key, choice] for choice in chosen))
                read_values[key] = read if attribute.multiple else read[0]
            elif attribute.type in _OFFSETS and shape is not None:
                read_values[key] = min(value, shape.get(_OFFSETS[attribute.type], value))
            else:
                read_values[key] = value
        return read_values


def drop_lost_links(
    attributes: Sequence[Attribute],
    objects: Iterable[tuple[str | None, str | None, Iterable[dict[str, Any]]]],
) -> None:
    """Links to objects that were missed, or mislabeled, are gone; nothing new is invented.

    Args:
        attributes: of the task.
        objects: uuid, label and attributes (of each frame) of everything that was found.
    """
    linked = [attribute for attribute in attributes if attribute.type == "linked"]
    if not linked:
        return
    everything = list(objects)
    labels = {uuid: label for uuid, label, _ in everything}
    for uuid, _, frames in everything:
        for values in frames:
            for attribute in linked:
                target = values.get(attribute.key)
                if target is not None and (
                    # Never itself (assumed); a mislabeled target is none that the task allows.
                    target == uuid or labels.get(target) not in attribute.allowed_labels
                ):
                    del values[attribute.key]
