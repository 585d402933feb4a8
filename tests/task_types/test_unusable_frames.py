"""Lidar frames that the fake has and cannot read end their task in error, as documented."""

from __future__ import annotations

import json
from base64 import b64encode


def lidar(client, *frames):
    urls = [client.upload_file(file=frame).attachment_url for frame in frames]
    return urls, client.create_task("lidarannotation", attachments=urls, labels=["car"])


GOOD = json.dumps(
    {"device_position": {"x": 0, "y": 0, "z": 0}, "points": [{"x": 1, "y": 2, "z": 3}]}
).encode()


def test_a_frame_that_is_no_json_ends_the_task_in_error_and_names_it(scale_client):
    urls, task = lidar(scale_client, GOOD, b"{broken")

    task.refresh()
    assert task.status == "error"
    response = task.as_dict()["response"]
    assert response["error"] == "One or more attachments could not be downloaded."
    (frame,) = response["frames"]
    assert frame["frame"] == 1
    assert frame["message"].startswith("Invalid JSON Format: ")
    assert frame["attachment"]["url"] == urls[1]
    assert "attachments" not in response


def test_readable_frames_are_worked_on(scale, scale_client):
    _, task = lidar(scale_client, GOOD, GOOD)

    scale.complete(task)

    assert scale.tasks[0].status == "completed"


def test_a_frame_that_stands_in_its_own_address_is_read_too(scale, scale_client):
    broken = f"data:application/json;base64,{b64encode(b'{broken').decode()}"

    task = scale_client.create_task("lidarannotation", attachments=[broken], labels=["car"])

    response = scale.tasks[task.id].response
    assert [frame["attachment"]["url"] for frame in response["frames"]] == [broken]
    assert response["frames"][0]["message"].startswith("Invalid JSON Format: ")
