"""What labelers make of pre-labels and of a truth in the video types."""

from __future__ import annotations

import json

import pytest

from scaleapi_testing._attachments import Media

from . import video_page as page

URLS = ["https://e.org/0.jpg", "https://e.org/1.jpg"]
BOX = {"box": {"objects_to_annotate": ["car", "van"]}}
FRAMES = {"attachments": URLS, "geometries": BOX}
VIDEO = {"attachment": "https://e.org/a.mp4", "geometries": BOX, "duration_time": 3}


def box(uuid, label, left, **more):
    shape = {"left": left, "top": 20, "width": 50, "height": 40}
    return {"uuid": uuid, "type": "box", "label": label, **shape, "attributes": {}, **more}


TRUE_FRAMES = [
    {"annotations": [box("a", "car", 10), box("b", "van", 200)]},
    {"annotations": [box("a", "car", 14)]},
]
TRUE_TRACKS = {
    "a": {
        "label": "car",
        "geometry": "box",
        "frames": [
            {"key": 0, "left": 10, "top": 20, "width": 50, "height": 40, "attributes": {}},
            {"key": 30, "left": 14, "top": 20, "width": 50, "height": 40, "attributes": {}},
        ],
    }
}


def plain(tracks):
    """Tracks without what says when their frames are."""
    kept = ("key", "left", "top", "width", "height", "attributes")
    return {
        uuid: {
            **track,
            "frames": [{key: frame[key] for key in kept} for frame in track["frames"]],
        }
        for uuid, track in tracks.items()
    }


def test_a_truth_comes_back_as_it_is_without_labelers(desk):
    answer = desk.answer("videoannotation", FRAMES, truth=TRUE_FRAMES)
    assert answer.files["annotations"] == TRUE_FRAMES


def test_a_true_track_comes_back_as_it_is_without_labelers(desk):
    answer = desk.answer("videoplaybackannotation", VIDEO, truth=TRUE_TRACKS)
    assert plain(answer.files["annotations"]) == TRUE_TRACKS


def test_a_true_track_comes_back_inline_from_a_federal_task(desk):
    counted = json.loads(json.dumps(TRUE_TRACKS).replace('"key": 30', '"key": 1'))
    answer = desk.answer("federal2dvideoannotation", VIDEO, truth=counted)
    assert plain(answer.response["annotations"]) == counted
    assert answer.response["events"] == {}


@pytest.mark.parametrize("wrapped", [[{"annotations": TRUE_TRACKS}], {"annotations": TRUE_TRACKS}])
def test_a_true_track_may_be_wrapped_as_published(desk, wrapped):
    answer = desk.answer("videoplaybackannotation", VIDEO, truth=wrapped)
    assert plain(answer.files["annotations"]) == TRUE_TRACKS


def test_frames_that_are_not_annotated_drop_out_of_a_truth(desk):
    params = {**VIDEO, "frame_rate": 0.5}
    answer = desk.answer("videoplaybackannotation", params, truth=TRUE_TRACKS)
    assert [one["key"] for one in answer.files["annotations"]["a"]["frames"]] == [0]


def test_true_events_are_found(desk):
    params = {**FRAMES, "events_to_annotate": ["stop"]}
    events = [{"label": "stop", "type": "range", "start": 0, "end": 1}]
    truth = {"annotations": TRUE_FRAMES, "events": events}
    answer = desk.answer("videoannotation", params, truth=truth)
    times = {"startTime": 0, "endTime": 1, "attributes": {}}
    assert answer.files["events"] == {"events": [{**events[0], **times}]}


def test_careless_labelers_miss_every_track(desk):
    blind = desk.Labelers(miss_rate=1)
    truth = {"annotations": TRUE_FRAMES, "events": [{"label": "stop", "start": 0}]}
    params = {**FRAMES, "events_to_annotate": ["stop"]}
    answer = desk.answer("videoannotation", params, truth=truth, labelers=blind)
    assert answer.files["annotations"] == [{"annotations": []}, {"annotations": []}]
    assert answer.files["events"] == {"events": []}


def test_a_mistaken_label_is_the_same_in_every_frame(desk):
    wrong = desk.Labelers(accuracy=0)
    answer = desk.answer("videoannotation", FRAMES, truth=TRUE_FRAMES, labelers=wrong)
    first, second = answer.files["annotations"]
    assert [one["label"] for one in first["annotations"]] == ["van", "car"]
    assert [one["label"] for one in second["annotations"]] == ["van"]


def test_a_mistaken_category_is_the_same_in_every_frame(desk):
    params = {**FRAMES, "annotation_attributes": {"lit": {"choices": ["yes", "no"]}}}
    lit = {"attributes": {"lit": "yes"}}
    truth = [{"annotations": [box("a", "car", left, **lit)]} for left in (10, 14)]
    wrong = desk.Labelers(accuracy=0)
    answer = desk.answer("videoannotation", params, truth=truth, labelers=wrong)
    values = [one["annotations"][0]["attributes"] for one in answer.files["annotations"]]
    assert values == [{"lit": "no"}, {"lit": "no"}]


def test_unsteady_hands_move_every_coordinate_but_nothing_else(desk):
    shaky = desk.Labelers(jitter_px=3)
    answer = desk.answer("videoannotation", FRAMES, truth=TRUE_FRAMES, labelers=shaky)
    found = answer.files["annotations"][0]["annotations"][0]
    assert (found["uuid"], found["label"], found["type"]) == ("a", "car", "box")
    assert 0 < abs(found["left"] - 10) < 20
    assert 0 < abs(found["width"] - 50) < 30


def test_a_link_to_a_missed_track_is_gone(desk):
    params = {
        **FRAMES,
        "annotation_attributes": {"pulls": {"type": "linked", "allowed_labels": ["van"]}},
    }
    pulls = {"attributes": {"pulls": "gone"}}
    truth = [{"annotations": [box("a", "car", 10, **pulls)]}]
    answer = desk.answer("videoannotation", params, truth=truth)
    assert answer.files["annotations"][0]["annotations"][0]["attributes"] == {}


BROKEN_TRUTHS = [
    ({"annotations": 5}, r"^truth is 5; right would be an array"),
    ([{"annotations": []}] * 3, r"^the number of frames in truth is 3; .* at most 2"),
    ([{"annotations": [3]}], r"^truth\[0\]\.annotations is \[3\]"),
    ([{"annotations": [box("a", "dog", 1)]}], r"^the label of a in truth is 'dog'; .* car, van"),
    ([{"annotations": [box("a", "car", 1, type="line")]}], r"type is 'line'; .* box"),
    ([{"annotations": [box("a", "car", 1), box("a", "car", 2)]}], r"\[1\]\.uuid is 'a'"),
    ([{"annotations": [box("a", "car", "left")]}], r"a at frame 0 in truth\.left is 'left'"),
    (
        [{"annotations": [box("a", "car", 1, attributes={"x": 1})]}],
        r"truth: a at frame 0: attributes is 'x'; right would be a key of annotation_attr",
    ),
    ([{"annotations": [box("a", "car", 1, attributes=3)]}], r"attributes is 3"),
]


@pytest.mark.parametrize(("truth", "text"), BROKEN_TRUTHS)
def test_a_malformed_truth_is_named(desk, truth, text):
    with pytest.raises(ValueError, match=text):
        desk.answer("videoannotation", FRAMES, truth=truth)


BROKEN_EVENTS = [
    (3, r"^truth\.events is 3"),
    ([3], r"^truth\.events\[0\] is 3"),
    ([{"label": "go", "start": 0}], r"label is 'go'; .* stop"),
    ([{"label": "stop"}], r"start is None"),
    ([{"label": "stop", "start": 4, "end": 2}], r"end is 2; .* 4 or more"),
    ([{"label": "stop", "start": 0, "attributes": 1}], r"attributes is 1"),
]


@pytest.mark.parametrize(("events", "text"), BROKEN_EVENTS)
def test_a_malformed_true_event_is_named(desk, events, text):
    params = {**FRAMES, "events_to_annotate": ["stop"]}
    with pytest.raises(ValueError, match=text):
        desk.answer("videoannotation", params, truth={"annotations": [], "events": events})


def test_a_true_track_without_a_frame_number_is_named(desk):
    truth = {"a": {"label": "car", "geometry": "box", "frames": [{"key": "0"}]}}
    with pytest.raises(ValueError, match=r"truth\.a\.frames\[0\]\.key is '0'"):
        desk.answer("videoplaybackannotation", VIDEO, truth=truth)


# -- pre-labels ----------------------------------------------------------------------------------


def test_a_hypothesis_comes_back_unchanged(desk):
    params = {**FRAMES, "hypothesis": {"annotations": TRUE_FRAMES}}
    assert desk.answer("videoannotation", params).files["annotations"] == TRUE_FRAMES


def test_a_hypothesis_behind_a_link_is_read_where_the_fake_has_it(desk, around):
    around.facts["https://e.org/pre.json"] = Media(content=json.dumps(TRUE_FRAMES).encode())
    params = {**FRAMES, "hypothesis": {"annotations": {"url": "https://e.org/pre.json"}}}
    assert desk.answer("videoannotation", params, around).files["annotations"] == TRUE_FRAMES


@pytest.mark.parametrize("content", [None, b"no json", b'{"a": 1}', b'[{"annotations": [1]}]'])
def test_a_hypothesis_that_cannot_be_read_is_done_without(desk, around, content):
    around.facts["https://e.org/pre.json"] = Media(content=content)
    params = {**FRAMES, "hypothesis": {"annotations": {"url": "https://e.org/pre.json"}}}
    answer = desk.answer("videoannotation", params, around)
    assert list(page.framed_problems(FRAMES, answer, Media())) == []


def test_the_events_of_a_hypothesis_come_back_unchanged(desk):
    events = [{"label": "stop", "type": "point", "start": 1}]
    params = {
        **FRAMES,
        "events_to_annotate": ["stop"],
        "hypothesis": {"annotations": TRUE_FRAMES, "events": {"events": events}},
    }
    assert desk.answer("videoannotation", params).files["events"] == {"events": events}


def test_a_playback_hypothesis_is_a_dictionary_of_tracks(desk):
    params = {**VIDEO, "hypothesis": {"annotations": TRUE_TRACKS}}
    answer = desk.answer("videoplaybackannotation", params)
    assert plain(answer.files["annotations"]) == TRUE_TRACKS


@pytest.mark.parametrize("seed", range(6))
def test_base_annotations_stay_and_new_ones_may_join(desk, seed):
    params = {**FRAMES, "base_annotations": {"annotations": TRUE_FRAMES}}
    answer = desk.answer("videoannotation", params, seed=seed)
    first = answer.files["annotations"][0]["annotations"]
    assert [shape for shape in first if shape["uuid"] in "ab"] == TRUE_FRAMES[0]["annotations"]
    assert list(page.framed_problems(FRAMES, answer, Media())) == []


@pytest.mark.parametrize("seed", range(6))
def test_nothing_joins_base_annotations_when_that_is_forbidden(desk, seed):
    base = {"annotations": TRUE_FRAMES}
    params = {**FRAMES, "base_annotations": base, "can_add_base_annotations": False}
    answer = desk.answer("videoannotation", params, seed=seed)
    assert answer.files["annotations"] == TRUE_FRAMES


def test_attributes_of_base_annotations_stay_when_editing_is_forbidden(desk):
    params = {
        **FRAMES,
        "annotation_attributes": {"lit": {"choices": ["yes", "no"]}},
        "base_annotations": {"annotations": TRUE_FRAMES},
        "can_edit_base_annotations": False,
        "can_add_base_annotations": False,
    }
    assert desk.answer("videoannotation", params).files["annotations"] == TRUE_FRAMES


def test_attributes_of_base_annotations_are_completed_when_editing_is_allowed(desk):
    params = {
        **FRAMES,
        "annotation_attributes": {
            "lit": {"choices": ["yes"]},
            "near": {"type": "linked", "allowed_labels": ["van"], "required": True},
        },
        "base_annotations": {"annotations": TRUE_FRAMES},
        "can_add_base_annotations": False,
    }
    first, second = desk.answer("videoannotation", params).files["annotations"]
    assert first["annotations"][0]["attributes"] == {"lit": "yes", "near": "b"}
    assert second["annotations"][0]["attributes"] == {"lit": "yes", "near": "b"}


def test_shapes_without_uuid_or_frames_stand_still_as_one_track(desk):
    shape = {"type": "box", "left": 1, "top": 2, "width": 9, "height": 9}
    params = {
        **FRAMES,
        "base_annotations": {"annotations": [shape]},
        "can_add_base_annotations": False,
    }
    first, second = desk.answer("videoannotation", params).files["annotations"]
    assert first == second
    assert first["annotations"][0]["label"] in {"car", "van"}


def test_careless_labelers_mistake_the_label_of_an_event(desk):
    params = {**FRAMES, "events_to_annotate": ["stop", "go"]}
    truth = {"annotations": [], "events": [{"label": "stop", "start": 1}]}
    wrong = desk.Labelers(accuracy=0)
    answer = desk.answer("videoannotation", params, truth=truth, labelers=wrong)
    assert [event["label"] for event in answer.files["events"]["events"]] == ["go"]


def test_a_true_choice_that_the_task_does_not_offer_is_named(desk):
    params = {**FRAMES, "annotation_attributes": {"lit": {"choices": ["yes", "no"]}}}
    truth = [{"annotations": [box("a", "car", 1, attributes={"lit": "dim"})]}]
    with pytest.raises(ValueError, match=r"a at frame 0: attributes.lit is 'dim'; .* yes, no"):
        desk.answer("videoannotation", params, truth=truth)


def test_a_track_that_the_task_never_annotates_is_not_found(desk):
    truth = {"a": {**TRUE_TRACKS["a"], "frames": [{**TRUE_TRACKS["a"]["frames"][0], "key": 7}]}}
    answer = desk.answer("videoplaybackannotation", VIDEO, truth=truth)
    assert answer.files["annotations"] == {}


def test_a_truth_without_labels_fits_a_task_without_labels(desk):
    params = {**FRAMES, "geometries": {"box": {"objects_to_annotate": []}}}
    unnamed = {key: value for key, value in box("a", "", 5).items() if key != "label"}
    truth = [{"annotations": [unnamed]}, {"annotations": []}]
    assert desk.answer("videoannotation", params, truth=truth).files["annotations"] == truth
