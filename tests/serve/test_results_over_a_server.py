"""What a response points at can be fetched where the client that asked lives."""

from __future__ import annotations

import json
import urllib.request


def test_masks_of_live_tasks_are_fetched_from_the_server_that_took_them(scale, scale_server):
    def call(method, url, body=None):
        request = urllib.request.Request(
            url,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": "Bearer live_fake", "Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=5) as response:
            return response.read()

    url = f"{scale_server.url}/v1/task"
    body = {"attachment": "https://img.example.com/a.png", "labels": ["road", "car"]}
    task = json.loads(call("POST", f"{url}/segmentannotation", body))
    scale.complete(task["task_id"])

    response = json.loads(call("GET", f"{url}/{task['task_id']}"))["response"]
    mask = response["annotations"]["combined"]["indexedImage"]

    assert mask.startswith(f"{scale_server.url}/results/")
    assert call("GET", mask).startswith(b"\x89PNG")
