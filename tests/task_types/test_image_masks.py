"""Masks: real PNG files, made when somebody looks at them."""

from __future__ import annotations

import zlib
from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from scaleapi_testing._task_types._images.masks import Mask, paint, spread_colors

if TYPE_CHECKING:
    from collections.abc import Callable

URL = "https://img.example.org/1.png"


def pixels(content: bytes) -> Any:
    return np.asarray(Image.open(BytesIO(content)))


def rectangle(left: float, top: float, right: float, bottom: float) -> list[tuple[float, float]]:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def test_later_areas_lie_over_earlier_ones() -> None:
    mask = paint(6, 3, [(1, rectangle(0, 0, 4, 2)), (2, rectangle(2, 1, 6, 3))], background=3)

    assert pixels(mask.indexed()).tolist() == [
        [1, 1, 1, 1, 3, 3],
        [1, 1, 2, 2, 2, 2],
        [3, 3, 2, 2, 2, 2],
    ]
    assert mask.counts() == {1: 6, 2: 8, 3: 4}


def test_what_lies_outside_the_image_is_cut_off() -> None:
    mask = paint(3, 2, [(1, rectangle(-5, -5, 1, 9)), (2, rectangle(9, 9, 20, 20))])

    assert pixels(mask.indexed()).tolist() == [[1, 0, 0], [1, 0, 0]]


@settings(max_examples=60, deadline=None)
@given(
    corners=st.lists(st.tuples(st.integers(-5, 45), st.integers(-5, 35)), min_size=3, max_size=7)
)
def test_outlines_cover_the_pixels_whose_centres_they_hold(
    corners: list[tuple[int, int]],
) -> None:
    def inside(x: float, y: float) -> bool:
        found = False
        for (ax, ay), (bx, by) in zip(corners, [*corners[1:], corners[0]], strict=True):
            if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
                found = not found
        return found

    drawn = pixels(paint(40, 30, [(1, corners)]).indexed())

    expected = [[int(inside(x + 0.5, y + 0.5)) for x in range(40)] for y in range(30)]
    differing = np.argwhere(drawn != np.array(expected))
    # A centre exactly on an edge belongs to either side.
    assert all(on_an_edge(corners, x + 0.5, y + 0.5) for y, x in differing)


def on_an_edge(corners: list[tuple[int, int]], x: float, y: float) -> bool:
    return any(
        abs((bx - ax) * (y - ay) - (by - ay) * (x - ax)) < 1e-6
        for (ax, ay), (bx, by) in zip(corners, [*corners[1:], corners[0]], strict=True)
    )


def test_an_upright_rectangle_is_what_pillow_draws() -> None:
    image = Image.new("L", (40, 30))
    ImageDraw.Draw(image).rectangle((3, 4, 20, 11), fill=7)

    mask = paint(40, 30, [(7, rectangle(3, 4, 21, 12))])

    assert np.array_equal(pixels(mask.indexed()), np.asarray(image))


spans_of = st.tuples(st.integers(-3, 22), st.integers(-3, 22)).map(sorted)


@settings(max_examples=150, deadline=None)
@given(sides=st.lists(st.tuples(spans_of, spans_of), max_size=8))
def test_a_pixel_belongs_to_the_last_area_that_covers_it(sides: list[Any]) -> None:
    expected = np.zeros((20, 20), dtype=int)
    for index, ((left, right), (top, bottom)) in enumerate(sides, 1):
        expected[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = index

    mask = paint(
        20, 20, [(n, rectangle(x[0], y[0], x[1], y[1])) for n, (x, y) in enumerate(sides, 1)]
    )

    assert np.array_equal(pixels(mask.indexed()), expected)
    assert sum(mask.counts().values()) == 400


@settings(max_examples=150, deadline=None)
@given(
    bands=st.lists(
        st.tuples(st.integers(1, 40), st.lists(st.integers(0, 255), min_size=3, max_size=3)),
        min_size=1,
        max_size=5,
    )
)
def test_the_checksum_of_repeated_rows_is_that_of_all_rows(bands: list[Any]) -> None:
    height = sum(times for times, _ in bands)
    runs = tuple((times, tuple((1, index) for index in row)) for times, row in bands)

    content = Mask(3, height, runs).indexed()

    stream = b"".join(chunk[: int.from_bytes(before[-4:])] for before, chunk in parts(content))
    assert zlib.decompress(stream) == b"".join(bytes([0, *row]) * times for times, row in bands)


def parts(content: bytes) -> list[tuple[bytes, bytes]]:
    """What stands before and behind the name of each chunk of pixels."""
    return list(pairwise(content.split(b"IDAT")))


def test_indexes_beyond_a_byte_are_exact_in_the_extended_image() -> None:
    mask = paint(3, 1, [(300, rectangle(0, 0, 1, 1)), (70_000, rectangle(1, 0, 2, 1))])

    extended = pixels(mask.extended_indexed()).astype(int)

    assert (extended[0] @ [1, 256, 65536, 0]).tolist() == [300, 70_000, 0]
    assert pixels(mask.indexed()).tolist() == [[255, 255, 0]]


def test_colours_are_transparent_where_an_index_has_none() -> None:
    mask = paint(2, 1, [(1, rectangle(0, 0, 1, 1))])

    assert pixels(mask.colored({1: "#0a0bff"})).tolist() == [[[10, 11, 255, 255], [0, 0, 0, 0]]]


def test_hues_are_spread_from_red_on() -> None:
    assert spread_colors(6) == ["#ff0000", "#ffff00", "#00ff00", "#00ffff", "#0000ff", "#ff00ff"]


def test_a_mask_of_the_largest_image_is_written_row_by_row() -> None:
    mask = Mask(20_000, 2, ((2, ((20_000, 1),)),))

    assert pixels(mask.indexed()).shape == (2, 20_000)


class Unopened:
    """Surroundings in which nobody fetches a mask."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.kept: list[Callable[[], bytes] | bytes] = []

    def media(self, url: str, metadata: Any) -> Any:
        return self._inner.media(url, metadata)

    def publish(self, content: Callable[[], bytes] | bytes, mime_type: str, uuid: str) -> str:
        self.kept.append(content)
        return f"https://api.scale.com/results/{uuid}"


def test_masks_that_nobody_opens_are_not_drawn(job: Any) -> None:
    around = Unopened(job.surroundings_type())

    job.respond("segmentannotation", {"attachment": URL, "labels": ["a"]}, surroundings=around)

    assert all(callable(content) for content in around.kept)
    assert around.kept[0]() == around.kept[0]()


def test_every_mask_has_an_address_without_a_file_extension(job: Any) -> None:
    around = job.surroundings_type()

    job.respond("segmentannotation", {"attachment": URL, "labels": ["a"]}, surroundings=around)

    assert len(around.published) == 5
    assert all("." not in address.rpartition("/")[2] for address in around.published)


@pytest.mark.parametrize("allow_unlabeled", [True, "true"])
def test_unlabeled_pixels_remain_only_where_they_may(job: Any, allow_unlabeled: Any) -> None:
    params = {"attachment": URL, "labels": ["road"], "allow_unlabeled": allow_unlabeled}

    response = job.respond("segmentannotation", params)

    assert 0 < response["labelMapping"]["road"]["numPixels"] < 640 * 480
