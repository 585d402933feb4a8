"""Where several forms of an answer are published, a test chooses the one its code must read."""

from __future__ import annotations

import pytest

PLAYBACK = {
    "attachment": "https://v.example.com/a.mp4",
    "geometries": {"box": {"objects_to_annotate": ["car"]}},
}


def tracks(scale, scale_client, api):
    task = scale_client.create_task("videoplaybackannotation", **PLAYBACK)
    scale.complete(task)
    return api.session.get(scale.tasks[task.id].response["annotations"]["url"], timeout=5).json()


@pytest.mark.parametrize(
    ("form", "unwrap"),
    [
        (None, lambda root: root),
        ("list", lambda root: root[0]["annotations"]),
        ("object", lambda root: root["annotations"]),
    ],
)
def test_the_root_of_a_playback_file_takes_the_form_asked_for(
    scale, scale_client, api, form, unwrap
):
    if form is not None:
        scale.answer_forms["playback_root"] = form

    found = unwrap(tracks(scale, scale_client, api))

    assert {track["geometry"] for track in found.values()} == {"box"}


def test_a_form_is_part_of_the_state(scale):
    before = scale.snapshot()
    scale.answer_forms["playback_root"] = "list"
    assert scale.fork().answer_forms == {"playback_root": "list"}

    scale.restore(before)

    assert scale.answer_forms == {}
