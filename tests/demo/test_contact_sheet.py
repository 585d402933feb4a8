"""The sheet shows every picture with its boxes in the colour of their label."""

import pytest
from PIL import Image

from scaleapi_testing._demo.contact_sheet import CELL, MOST, Entry, contact_sheet

GREY = (128, 128, 128)
BOX = {"label": "cow", "left": 100, "top": 100, "width": 200, "height": 150}


def entry(size=(600, 400), boxes=(BOX,), caption="a.png", badge=""):
    return Entry(lambda: Image.new("RGB", size, GREY), boxes, caption, badge)


def colours(image):
    return {colour: count for count, colour in image.getcolors(maxcolors=1 << 24)}


def test_a_label_s_boxes_have_the_colour_of_the_legend():
    with_cow = contact_sheet([entry()], ["cow", "barn"], "t", "s")
    without = contact_sheet([entry(boxes=())], ["cow", "barn"], "t", "s")
    cow = (29, 78, 216)

    assert colours(with_cow)[cow] > colours(without)[cow] + 500


@pytest.mark.parametrize(("count", "columns"), [(1, 2), (2, 2), (4, 2), (5, 3), (12, 4), (40, 4)])
def test_the_grid_is_about_square_and_at_most_four_wide(count, columns):
    sheet = contact_sheet([entry()] * count, ["cow"], "t", "s")

    assert columns * CELL < sheet.width < (columns + 1) * CELL


@pytest.mark.parametrize("size", [(1, 1), (3000, 20), (20, 3000), (5, 4000)])
def test_a_picture_of_any_shape_fits_its_cell(size):
    box = {"label": "cow", "left": 0, "top": 0, "width": size[0], "height": size[1]}

    sheet = contact_sheet([entry(size=size, boxes=[box])], ["cow"], "t", "s")

    assert sheet.height < 108 + CELL + 100


def test_boxes_that_reach_beyond_the_picture_are_drawn_up_to_its_edge():
    wild = {"label": "cow", "left": -50, "top": -50, "width": 9000, "height": 200}

    sheet = contact_sheet([entry(boxes=[wild])], ["cow"], "t", "s")

    assert sheet.getpixel((28 + CELL - 1, 108 + 60)) == (29, 78, 216)
    assert sheet.getpixel((28 + CELL, 108 + 60)) == (255, 255, 255)


def test_long_captions_and_badges_do_not_leave_their_cell():
    long = "a-very-long-file-name-" * 10

    sheet = contact_sheet([entry(caption=long, badge="rejected once")], ["cow"], "t", "s")
    margin = sheet.crop((28 + CELL, 108, 28 + CELL + 20, sheet.height))

    assert set(colours(margin)) == {(255, 255, 255)}


@pytest.mark.slow
def test_more_pictures_than_fit_are_left_out():
    full = contact_sheet([entry()] * MOST, ["cow"], "t", "s")
    overfull = contact_sheet([entry()] * (MOST + 20), ["cow"], "t", "s")

    assert full.size == overfull.size
