"""Which frames of a video are annotated, and how answers name them."""

from __future__ import annotations

import pytest

from scaleapi_testing._attachments import Media

URL = "https://e.org/drive.mp4"
BOX = {"box": {"objects_to_annotate": ["car"]}}
TASK = {"attachment": URL, "geometries": BOX}


@pytest.fixture
def play(desk, around):
    """Every key that a playback task uses over many seeds."""

    def play(params, name="videoplaybackannotation"):
        found = set()
        for seed in range(40):
            answer = desk.answer(name, {**TASK, **params}, around, seed=seed)
            content = answer.files.get("annotations", answer.response["annotations"])
            found |= {one["key"] for track in content.values() for one in track["frames"]}
        return sorted(found)

    return play


def test_keys_are_the_nearest_video_frames_of_the_documented_example(play, around):
    around.facts[URL] = Media(fps=29.92, duration=1)
    assert play({"annotation_frame_rate": 5}) == [0, 6, 12, 18, 24]


def test_a_legacy_frame_rate_is_the_annotation_rate(play, around):
    around.facts[URL] = Media(fps=10, duration=1)
    assert play({"frame_rate": 5}) == [0, 2, 4, 6, 8]


def test_federal_keys_count_annotated_frames(play, around):
    around.facts[URL] = Media(fps=29.92, duration=1)
    assert play({}, "federal2dvideoannotation") == [0, 1, 2, 3, 4]


def test_a_video_nothing_is_known_of_has_thirty_frames_a_second_for_ten_seconds(play):
    assert play({}) == [30 * second for second in range(10)]


def test_a_video_frame_rate_that_was_sent_counts_where_nothing_is_known(play):
    assert play({"video_frame_rate": 24, "duration_time": 3}) == [0, 24, 48]


def test_facts_of_the_video_count_more_than_what_was_sent(play, around):
    around.facts[URL] = Media(fps=25, frames=50)
    assert play({"video_frame_rate": 24, "duration_time": 9}) == [0, 25]


def test_a_part_is_annotated_on_the_grid_of_the_whole(play):
    assert play({"start_time": 2.5, "duration_time": 2}) == [90, 120]


def test_a_part_behind_the_end_is_the_last_frame(play, around):
    around.facts[URL] = Media(fps=30, duration=4)
    assert play({"start_time": 100}) == [90]


def test_the_metadatas_duration_counts_where_nothing_else_is_known(desk):
    answer = desk.answer("videoannotation", TASK, metadata={"duration": 3})
    assert len(answer.files["annotations"]) == 3


def test_a_frame_task_has_one_entry_for_each_annotated_frame(desk, around):
    around.facts[URL] = Media(fps=30, duration=2)
    params = {**TASK, "frame_rate": 4, "start_time": 0.5}
    assert len(desk.answer("videoannotation", params, around).files["annotations"]) == 6


def test_a_frame_task_has_at_least_one_entry(desk, around):
    around.facts[URL] = Media(fps=30, duration=2)
    params = {**TASK, "start_time": 50}
    assert len(desk.answer("videoannotation", params, around).files["annotations"]) == 1


def test_every_image_of_a_sequence_is_annotated(desk):
    params = {"attachments": [f"https://e.org/{n}.jpg" for n in range(7)], "geometries": BOX}
    assert len(desk.answer("videoannotation", params).files["annotations"]) == 7


def test_an_endless_video_ends_somewhere(desk):
    params = {**TASK, "duration_time": 1e12, "frame_rate": 1e12, "video_frame_rate": 1e300}
    assert len(desk.answer("videoannotation", params).files["annotations"]) == 10_000


def test_events_of_frame_tasks_count_annotated_frames_and_tell_seconds(desk, around):
    around.facts[URL] = Media(fps=30, duration=6)
    params = {**TASK, "frame_rate": 2, "start_time": 3, "events_to_annotate": ["stop"]}
    events = desk.answer("videoannotation", params, around).files["events"]["events"]
    assert [event["startTime"] for event in events] == [3 + event["start"] / 2 for event in events]


ROOTS = [("list", list), ("object", dict)]


@pytest.mark.parametrize(("root", "kind"), ROOTS)
def test_the_wrapping_of_a_playback_file_can_be_switched(desk, around, root, kind):
    bare = desk.answer("videoplaybackannotation", TASK, seed=3).files["annotations"]
    around.answer_forms["playback_root"] = root
    content = desk.answer("videoplaybackannotation", TASK, around, seed=3).files["annotations"]
    assert isinstance(content, kind)
    wrapped = {"annotations": bare}
    assert content == {"list": [wrapped], "object": wrapped}[root]


def test_links_of_a_playback_task_are_in_a_wrapper_only(desk, around):
    rule = {"from_allowed_labels": ["car"], "to_allowed_labels": ["car"]}
    params = {**TASK, "links": {"follows": rule}}
    assert "links" not in desk.answer("videoplaybackannotation", params).files["annotations"]
    around.answer_forms["playback_root"] = "object"
    assert "links" in desk.answer("videoplaybackannotation", params, around).files["annotations"]


def test_the_counting_of_playback_keys_can_be_switched(play, around):
    around.answer_forms["playback_key"] = "annotated"
    assert play({"duration_time": 4}) == [0, 1, 2, 3]
