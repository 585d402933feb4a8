"""A Faker provider of Scale things, made by the same makers as the fake's own responses.

>>> from faker import Faker
>>> from scaleapi_testing.faker_provider import ScaleProvider
>>> fake = Faker()
>>> fake.add_provider(ScaleProvider)
>>> fake.seed_instance(7)
>>> sorted(fake.scale_box(width=640, height=480))
['height', 'left', 'top', 'width']

All methods draw from the Faker's own random numbers: seed it, and they repeat themselves. Their
names begin with ``scale_``, so that they hide none of Faker's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from faker.providers import BaseProvider

from ._random import draw_uuid
from ._task_types._images.masks import paint
from ._task_types._shapes import drawing as shapes
from ._task_types._shapes.drawing import Region
from ._task_types._shapes.rules import GEOMETRIES, GeometryRule
from ._task_types._text.writer import spans

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random


class ScaleProvider(BaseProvider):
    """Ids, labels, shapes, annotations, spans and masks as Scale writes them.

    Shapes lie inside an image of ``width`` x ``height`` pixels, measured from its top-left corner,
    with at most two decimals. Every method raises ``ValueError`` for an image smaller than one
    pixel and for a count below one.
    """

    @property
    def _random(self) -> Random:
        random: Random = self.generator.random
        return random

    def scale_id(self) -> str:
        """An id of a task, project or account: 24 hexadecimal digits."""
        return f"{self._random.getrandbits(96):024x}"

    def scale_uuid(self) -> str:
        """A version 4 UUID in lower case, as annotations have."""
        return draw_uuid(self._random)

    def scale_label(self, labels: Sequence[str] | None = None) -> str:
        """One of ``labels``; one word when there are none given."""
        if labels is None:
            word: str = self.generator.word()
            return word
        _at_least_one("the number of labels", len(labels))
        return self._random.choice(labels)

    def scale_labels(self, count: int = 3) -> list[str]:
        """``count`` different labels, e.g. for ``objects_to_annotate``."""
        _at_least_one("count", count)
        labels: dict[str, None] = {}
        while len(labels) < count:
            word: str = self.generator.word()
            # The dictionary of words is finite: later rounds number what came up before.
            labels[word if word not in labels else f"{word} {len(labels)}"] = None
        return list(labels)

    def scale_box(
        self,
        width: int = 640,
        height: int = 480,
        *,
        min_width: int = 0,
        min_height: int = 0,
        integer_pixels: bool = False,
    ) -> dict[str, float]:
        """``{"left", "top", "height", "width"}`` in pixels, at least 1 x 1.

        A minimum larger than the image wins over staying inside it.
        """
        return shapes.draw_box(
            self._random,
            _region(width, height),
            min_width=min_width,
            min_height=min_height,
            integer_pixels=integer_pixels,
        )

    def scale_rotated_box(self, width: int = 640, height: int = 480) -> dict[str, Any]:
        """A box with ``rotation`` (clockwise radians) and its four turned ``vertices``."""
        return shapes.draw_box(self._random, _region(width, height), can_rotate=True)

    def scale_polygon(
        self, width: int = 640, height: int = 480, *, vertices: int | None = None
    ) -> list[dict[str, float]]:
        """The corners ``{"x", "y"}`` of a simple polygon; three to seven when not told."""
        return shapes.draw_polygon(
            self._random, _region(width, height), self._count("vertices", vertices)
        )

    def scale_line(
        self, width: int = 640, height: int = 480, *, vertices: int | None = None
    ) -> list[dict[str, float]]:
        """The vertices ``{"x", "y"}`` of an open line; three to seven when not told."""
        return shapes.draw_line(
            self._random, _region(width, height), self._count("vertices", vertices)
        )

    def scale_point(self, width: int = 640, height: int = 480) -> dict[str, float]:
        """``{"x", "y"}`` in pixels."""
        return shapes.draw_point(self._random, _region(width, height))

    def scale_ellipse(self, width: int = 640, height: int = 480) -> dict[str, Any]:
        """``{"vertices"}``: the four ends of the axes, from the top clockwise before rotation."""
        return shapes.draw_ellipse(self._random, _region(width, height))

    def scale_cuboid(self, width: int = 640, height: int = 480) -> dict[str, Any]:
        """``{"vertices", "edges"}``: six described corners and the six edges between them."""
        return shapes.draw_cuboid(self._random, _region(width, height))

    def scale_annotation(
        self,
        geometry: str = "box",
        labels: Sequence[str] | None = None,
        width: int = 640,
        height: int = 480,
    ) -> dict[str, Any]:
        """One item of an imageannotation response: ``label``, ``uuid``, the shape, ``type``.

        Args:
            geometry: one of ``box polygon line point cuboid ellipse``.
            labels: what to choose the label from; a word when absent.
            width: of the image in pixels.
            height: of the image in pixels.

        Raises:
            ValueError: also for an unknown geometry.
        """
        if geometry not in GEOMETRIES:
            raise ValueError(
                f"geometry is {geometry!r}; right would be one of {', '.join(GEOMETRIES)}"
            )
        label = self.scale_label(labels)
        shape = shapes.draw_shape(GeometryRule(geometry), _region(width, height), self._random)
        return {"label": label, "uuid": self.scale_uuid(), **shape, "type": geometry}

    def scale_spans(self, text: str, most: int = 3) -> list[dict[str, Any]]:
        """Up to ``most`` entities ``{"start", "end", "text"}`` of whole words, in order and apart.

        ``start`` and ``end`` count code points, the end excluded: ``text[start:end]`` is the text.
        Empty only when ``text`` has no word.
        """
        _at_least_one("most", most)
        return [
            {"start": span.start, "end": span.end, "text": text[span.start : span.end]}
            for span in spans(text, self._random, most)
        ]

    def scale_mask(
        self, width: int = 640, height: int = 480, labels: Sequence[str] = ("background", "object")
    ) -> tuple[bytes, dict[str, int]]:
        """A greyscale PNG whose values are the labels' indexes, and the index of each label.

        The first label lies behind everything; every other one is a rectangle, and those drawn
        later lie on top.
        """
        region = _region(width, height)
        _at_least_one("the number of labels", len(labels))
        indexes = {label: place + 1 for place, label in enumerate(dict.fromkeys(labels))}
        areas: list[tuple[int, list[tuple[float, float]]]] = []
        for index in list(indexes.values())[1:]:
            box = shapes.draw_box(self._random, region, integer_pixels=True)
            left, top = box["left"], box["top"]
            right, bottom = left + box["width"], top + box["height"]
            areas.append((index, [(left, top), (right, top), (right, bottom), (left, bottom)]))
        return paint(width, height, areas, background=1).indexed(), indexes

    def _count(self, name: str, count: int | None) -> int:
        if count is None:
            return self._random.randint(3, 7)
        return _at_least_one(name, count)


def _at_least_one(name: str, count: int) -> int:
    if count < 1:
        raise ValueError(f"{name} is {count}; right would be 1 or more")
    return count


def _region(width: int, height: int) -> Region:
    if width < 1 or height < 1:
        raise ValueError(f"the image is {width} x {height} pixels; right would be 1 x 1 or larger")
    return Region.of_image(width, height)
