"""A drawn scene follows from its seed, and its truth is what was drawn."""

from itertools import pairwise

import pytest
from PIL import ImageChops

from scaleapi_testing._demo.scenes import COATS, HEIGHT, LABELS, WIDTH, draw_scene

SCENES = [(seed, number) for seed in (0, 7) for number in range(1, 7)]


@pytest.fixture(scope="module", params=SCENES, ids=lambda which: f"seed{which[0]}-{which[1]}")
def scene(request):
    return draw_scene(*request.param)


def test_the_same_seed_and_number_draw_the_same_scene():
    first, second = draw_scene(3, 2), draw_scene(3, 2)

    assert first.objects == second.objects
    assert first.image.tobytes() == second.image.tobytes()


def test_another_number_draws_another_scene():
    scenes = [draw_scene(3, number) for number in range(1, 5)]

    assert all(a.objects != b.objects for a, b in pairwise(scenes))


def test_every_true_box_lies_inside_the_scene(scene):
    corners = [(x, y, x + w, y + h) for x, y, w, h in (there.box for there in scene.objects)]

    assert all(0 <= x < right <= WIDTH and 0 <= y < low <= HEIGHT for x, y, right, low in corners)


def test_a_scene_holds_animals_and_trees(scene):
    labels = [there.label for there in scene.objects]

    assert set(labels) <= set(LABELS)
    assert labels.count("big cow") >= 1
    assert len(labels) >= 4


def test_animals_have_a_coat_and_nothing_else_has(scene):
    coats = {(there.label.endswith("cow"), there.coat in COATS) for there in scene.objects}

    assert coats <= {(True, True), (False, False)}


def test_a_true_box_is_tight_around_what_was_drawn():
    scene = draw_scene(0, 1)
    last = scene.objects[-1]  # drawn last, so that nothing stands before it
    left, top, width, height = last.box
    inside = scene.image.crop((left, top, left + width, top + height))
    column = inside.crop((0, 0, 1, height))
    around = scene.image.crop((left - 1, top, left, top + height))

    assert ImageChops.difference(column, around).getbbox() is not None
