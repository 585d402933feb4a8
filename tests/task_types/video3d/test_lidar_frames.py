"""What is read of a lidar frame, what stands in for it, and what a camera sees."""

from __future__ import annotations

import math

import pytest

from scaleapi_testing._attachments import Media
from scaleapi_testing._task_types._scenes.cameras import read_camera
from scaleapi_testing._task_types._scenes.frames import read_frames, unreadable_frames

# The example of the documentation.
FRAME = {
    "device_position": {"x": 0, "y": 0, "z": 1.6},
    "device_heading": {"w": 1, "x": 0, "y": 0, "z": 0},
    "timestamp": 1760000000.1,
    "points": [
        {"x": 4.1, "y": 9.2, "z": 0.3, "i": 0.4, "d": 0, "t": 1760000000100000000},
        {"x": 4.0, "y": 9.0, "z": 0.0, "is_ground": True},
    ],
    "images": [
        {
            "image_url": "https://d.example.net/c0/0.jpg",
            "position": {"x": 0, "y": 0.5, "z": 1.5},
            "heading": {"w": 0.7071, "x": -0.7071, "y": 0, "z": 0},
            "fx": 930,
            "fy": 930,
            "cx": 960,
            "cy": 540,
        }
    ],
}
CAMERA = FRAME["images"][0]


def test_a_frame_that_the_fake_has_is_read(around):
    (frame,) = read_frames(around.with_frames(FRAME), {}, {}, around)
    assert frame.device == (0, 0, 1.6)
    assert frame.points == [(4.1, 9.2, 0.3), (4, 9, 0)]
    assert frame.ground == [False, True]
    assert frame.image_urls == ["https://d.example.net/c0/0.jpg"]


def test_an_unknown_frame_has_a_hundred_points_one_camera_and_a_device_that_drives(around):
    urls = ["https://e.org/0", "https://e.org/1", "https://e.org/2"]
    frames = read_frames(urls, {"meters_per_unit": 0.5}, {}, around)
    assert [frame.device for frame in frames] == [(0, 0, 0), (0, 2, 0), (0, 4, 0)]
    assert [frame.count for frame in frames] == [100, 100, 100]
    assert [len(frame.cameras) for frame in frames] == [1, 1, 1]


def test_protobuf_frames_are_not_read(around):
    urls = around.with_frames(FRAME)
    (frame,) = read_frames(urls, {"attachment_type": "protobuf"}, {}, around)
    assert frame.points is None


UNREADABLE = [
    (b"{", "Invalid JSON Format: "),
    (b"[]", "Invalid JSON Format: expected object."),
    (b'{"points": []}', "Invalid frame: device_position is missing or no vector."),
    (
        b'{"device_position": {"x": 0, "y": 0, "z": "1"}, "points": []}',
        "Invalid frame: device_position is missing or no vector.",
    ),
    (
        b'{"device_position": {"x": 0, "y": 0, "z": 1}}',
        "Invalid frame: points are missing or no array.",
    ),
    (
        b'{"device_position": {"x": 0, "y": 0, "z": 1}, "points": [{"x": 1, "y": 2}]}',
        "Invalid frame: point 0 has no x, y and z.",
    ),
]


@pytest.mark.parametrize(("content", "text"), UNREADABLE)
def test_a_frame_that_is_no_frame_makes_an_error_as_documented(around, content, text):
    good, bad = "https://e.org/0.json", "https://e.org/1.json"
    around.facts[bad] = Media(content=content)
    (found,) = unreadable_frames({"attachments": [good, bad]}, around)
    assert found["message"].startswith(text)
    assert found["frame"] == 1
    assert found["attachment"] == {"statusCode": 200, "url": bad}


@pytest.mark.parametrize(
    "params",
    [{}, {"attachments": "x"}, {"attachments": [5]}, {"attachment_type": "protobuf"}],
)
def test_frames_that_cannot_be_judged_make_no_error(around, params):
    assert unreadable_frames(params, around) == []


def test_the_camera_of_the_documented_example_looks_along_y(around):
    camera = read_camera(CAMERA)
    u, v = camera.project((0, 10.5, 1.5))
    assert (round(u), round(v)) == (960, 540)
    right, _ = camera.project((1, 10.5, 1.5))
    _, lower = camera.project((0, 10.5, 0.5))
    assert (round(right - 960), round(lower - 540)) == (93, 93)


def test_a_camera_does_not_see_what_is_behind_it():
    assert read_camera(CAMERA).project((0, -3, 1.5)) is None


def seen(**more):
    """Where a point 1 m right, 0.5 m down and 4 m ahead is seen, relative to the centre."""
    flat = {"position": {"x": 0, "y": 0, "z": 0}, "heading": {"w": 1, "x": 0, "y": 0, "z": 0}}
    pinhole = {"fx": 100, "fy": 100, "cx": 0, "cy": 0}
    return read_camera({**flat, **pinhole, **more}).project((1, 0.5, 4))


def test_a_pinhole_divides_by_the_distance():
    assert seen() == (25, 12.5)


def test_skew_and_scale_are_applied():
    assert seen(skew=10, scale_factor=0.5) == ((25 + 1.25) / 2, 6.25)


def test_brown_conrady_bends_radially_and_tangentially():
    x, y = 0.25, 0.125
    square = x * x + y * y
    factor = (1 + 0.1 * square + 0.02 * square**2) / (1 + 0.05 * square)
    expected = (
        100 * (x * factor + 2 * 0.01 * x * y + 0.02 * (square + 2 * x * x)),
        100 * (y * factor + 0.01 * (square + 2 * y * y) + 2 * 0.02 * x * y),
    )
    assert seen(k1=0.1, k2=0.02, k4=0.05, p1=0.01, p2=0.02) == pytest.approx(expected)


def test_a_strong_bend_does_not_fold_the_outside_into_view():
    camera = {**CAMERA, "k1": -0.3}
    assert read_camera(camera).project((40, 10.5, 1.5)) is None


def test_fisheye_measures_angles():
    angle = math.atan2(math.hypot(1, 0.5), 4)
    bent = angle * (1 + 0.1 * angle**2)
    expected = (100 * bent / math.hypot(1, 0.5), 50 * bent / math.hypot(1, 0.5))
    assert seen(camera_model="fisheye", k1=0.1) == pytest.approx(expected)


def test_cylindrical_measures_the_angle_around():
    expected = (100 * math.atan2(1, 4), 100 * 0.5 / math.hypot(1, 4))
    assert seen(camera_model="cylindrical") == pytest.approx(expected)


def test_omnidirectional_looks_from_behind_the_centre():
    length = math.sqrt(1 + 0.25 + 16)
    expected = (100 * 1 / (4 + 0.8 * length), 50 / (4 + 0.8 * length))
    assert seen(camera_model="omnidirectional", xi=0.8) == pytest.approx(expected)


UNUSABLE = [
    3,
    {**CAMERA, "fx": None},
    {**CAMERA, "position": {"x": 0}},
    {**CAMERA, "heading": {"w": 0, "x": 0, "y": 0, "z": 0}},
    {**CAMERA, "heading": "north"},
    {**CAMERA, "camera_model": "mirror"},
    {**CAMERA, "camera_model": []},
]


@pytest.mark.parametrize("image", UNUSABLE)
def test_a_camera_without_its_numbers_is_not_projected_into(image):
    assert read_camera(image) is None
