"""The gallery has a drawing of every task type, made of the fake's own answers."""

from functools import cache

import pytest

import scaleapi_testing
from scaleapi_testing import FakeScale
from scaleapi_testing._dashboard.drawings.table import DRAWINGS
from scaleapi_testing._dashboard.gallery.examples import examples
from scaleapi_testing._dashboard.gallery.made import pieces

TYPES = sorted(scaleapi_testing.task_types())


@cache
def gallery():
    return pieces(FakeScale)


def drawing_of(task_type):
    return next(str(piece.drawing) for piece in gallery() if piece.example.type == task_type)


def test_every_task_type_has_a_drawing_of_its_own():
    assert sorted(DRAWINGS) == TYPES


def test_every_task_type_is_in_the_gallery():
    assert sorted({example.type for example in examples()}) == TYPES


@pytest.mark.slow
@pytest.mark.parametrize("task_type", TYPES)
def test_a_generated_answer_of_each_type_is_drawn_without_anything_that_could_run(task_type, read):
    page = read(drawing_of(task_type))

    assert page.open == []
    assert page.active == []
    assert len(page.named("figure", class_="drawing")) == 1 or task_type == "lidarsegmentation"


@pytest.mark.parametrize(
    ("task_type", "element", "count"),
    [
        ("annotation", "polygon", 8),
        ("pointannotation", "circle", 8),
        ("lineannotation", "polyline", 2),
        ("segmentannotation", "filter", 6),
        ("namedentityrecognition", "mark", 7),
        ("chat", "article", 5),
        ("textcollection", "section", 5),
        ("transcription", "tr", 3),
    ],
)
def test_what_was_found_is_in_the_drawing(task_type, element, count, read):
    assert len(read(drawing_of(task_type)).named(element)) == count


def test_every_frame_of_a_video_is_drawn_and_one_is_seen(read):
    frames = read(drawing_of("videoannotation")).named("g", class_="frame")

    assert len(frames) == 8
    assert [frame.attributes.get("display") for frame in frames].count(None) == 1


@pytest.mark.slow
def test_the_gallery_is_the_same_whenever_it_is_made():
    assert [piece.document for piece in pieces(FakeScale)] == [
        piece.document for piece in gallery()
    ]
