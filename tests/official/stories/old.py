"""A day with the official package 1.0: create, list with a token, fetch, cancel, errors."""

import json
from importlib.metadata import version
from pathlib import Path

import scaleapi
from scaleapi_testing import FakeScale

QUESTION = {
    "instruction": "Is this company public or private?",
    "attachment_type": "website",
    "attachment": "http://www.google.com/",
    "categories": ["public", "private"],
}
seen = {"from": [Path(scaleapi.__file__).parent.parent.name, version("scaleapi")]}

with FakeScale(seed=1) as scale:
    client = scaleapi.ScaleClient("live_official")

    tasks = [client.create_categorization_task(**QUESTION) for _ in range(5)]
    seen["created"] = [task.status for task in tasks]
    seen["canceled"] = client.cancel_task(tasks[4].id).status
    for task in tasks[:3]:
        scale.complete(task)
    seen["fetched"] = client.fetch_task(tasks[0].id).status

    listed, token = [], None
    while True:
        page = client.tasks(status="completed", limit=2, next_token=token)
        listed += [task.id for task in page]
        token = page.next_token
        if token is None:
            break
    seen["listed"] = sorted(listed) == sorted(task.id for task in tasks[:3])

    client.create_project("cows", "imageannotation", {"instruction": "Draw boxes."})
    seen["projects"] = [project["name"] for project in client.projects()]
    client.create_batch("cows", "monday", "https://hooks.example/done")
    seen["batch"] = client.finalize_batch("monday").name

    try:
        client.create_categorization_task(instruction="Some parameters are missing.")
    except scaleapi.ScaleInvalidRequest as error:
        seen["refused"] = [error.code, "attachment" in str(error)]

print(json.dumps(seen))
