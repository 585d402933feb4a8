"""The Faker provider gives what Scale would write, from the Faker's own seed."""

from __future__ import annotations

import doctest
import re
from io import BytesIO
from typing import Any

import pytest
from faker import Faker
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from scaleapi_testing import faker_provider
from scaleapi_testing.faker_provider import ScaleProvider

GEOMETRIES = ["box", "polygon", "line", "point", "cuboid", "ellipse"]
METHODS = sorted(name for name in dir(ScaleProvider) if name.startswith("scale_"))


@pytest.fixture(scope="module")
def fake() -> Faker:
    found = Faker(use_weighting=False)
    found.add_provider(ScaleProvider)
    return found


def call(fake: Faker, method: str) -> Any:
    arguments = ["Ada went to Rome."] if method == "scale_spans" else []
    return getattr(fake, method)(*arguments)


@pytest.mark.parametrize("method", METHODS)
def test_a_seed_repeats_itself(fake: Faker, method: str) -> None:
    fake.seed_instance(7)
    first = [call(fake, method) for _ in range(3)]
    fake.seed_instance(7)
    again = [call(fake, method) for _ in range(3)]

    assert first == again


@pytest.mark.parametrize("method", METHODS)
def test_every_method_says_what_it_gives(method: str) -> None:
    assert getattr(ScaleProvider, method).__doc__


@pytest.mark.parametrize("geometry", GEOMETRIES)
@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32), width=st.integers(1, 2000), height=st.integers(1, 2000))
def test_annotations_are_items_of_a_legal_response(
    job: Any, image_checker: Any, geometry: str, seed: int, width: int, height: int
) -> None:
    fake = Faker(use_weighting=False)
    fake.add_provider(ScaleProvider)
    fake.seed_instance(seed)

    item = fake.scale_annotation(geometry, ["car", "van"], width, height)

    params = {"geometries": {geometry: {"objects_to_annotate": ["car", "van"]}}}
    response = {
        "annotations": [item],
        "links": [],
        "global_attributes": {},
        "is_customer_fix": False,
    }
    assert image_checker.imageannotation_problems(params, response, (width, height)) == []


def test_ids_have_scales_forms(fake: Faker) -> None:
    assert re.fullmatch("[0-9a-f]{24}", fake.scale_id())
    assert re.fullmatch(
        "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-.{12}", fake.scale_uuid()
    )


def test_labels_are_different_words(fake: Faker) -> None:
    labels = fake.scale_labels(1500)

    assert len(set(labels)) == 1500
    assert all(labels)


def test_a_label_is_one_of_those_given(fake: Faker) -> None:
    assert {fake.scale_label(["a", "b"]) for _ in range(50)} == {"a", "b"}
    assert fake.scale_label()


def test_spans_are_pieces_of_the_text(fake: Faker) -> None:
    text = "Ada Lovelace met Charles Babbage in London, in 1833."

    spans = fake.scale_spans(text, most=4)

    assert spans
    assert all(text[span["start"] : span["end"]] == span["text"] for span in spans)
    assert [span["start"] for span in spans] == sorted(span["start"] for span in spans)


def test_a_mask_is_a_picture_of_the_labels_indexes(fake: Faker) -> None:
    content, indexes = fake.scale_mask(60, 40, labels=["road", "car", "sky"])

    image = Image.open(BytesIO(content))
    assert (image.mode, image.size) == ("L", (60, 40))
    assert indexes == {"road": 1, "car": 2, "sky": 3}
    assert set(image.tobytes()) <= {1, 2, 3}


def test_vertices_and_minima_are_kept(fake: Faker) -> None:
    assert len(fake.scale_polygon(vertices=9)) == 9
    assert len(fake.scale_line(vertices=2)) == 2
    box = fake.scale_box(200, 100, min_width=150, min_height=90, integer_pixels=True)
    assert box["width"] >= 150
    assert box["height"] >= 90
    assert isinstance(box["left"], int)
    assert len(fake.scale_rotated_box()["vertices"]) == 4


@pytest.mark.parametrize(
    ("method", "arguments", "message"),
    [
        ("scale_box", {"width": 0}, "the image is 0 x 480 pixels; right would be 1 x 1 or larger"),
        ("scale_polygon", {"vertices": 0}, "vertices is 0; right would be 1 or more"),
        ("scale_labels", {"count": -1}, "count is -1; right would be 1 or more"),
        ("scale_label", {"labels": []}, "the number of labels is 0; right would be 1 or more"),
        (
            "scale_annotation",
            {"geometry": "circle"},
            (
                "geometry is 'circle'; right would be one of box, polygon, line, point, cuboid, "
                "ellipse"
            ),
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    fake: Faker, method: str, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011  (the text is compared whole)
        getattr(fake, method)(**arguments)

    assert str(caught.value) == message


def test_the_example_of_the_module_runs() -> None:
    results = doctest.testmod(faker_provider)

    assert (results.attempted, results.failed) == (6, 0)
