"""Told with the official package 2.18: its v2 client reads whatever the fake answers.

Its models are strict, so that a call that returns has been validated.
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from scaleapi.api_client.v2.models.create_batch_request import CreateBatchRequest
from scaleapi.api_client.v2.models.create_chat_task_request import CreateChatTaskRequest

import scaleapi
from scaleapi.api_client.v2 import ApiClient, Configuration, V2Api
from scaleapi.api_client.v2.exceptions import ApiException
from scaleapi_testing import FakeScale

# The documented kinds of projects (``GenAIProjectType``).
TYPES = (
    "SFT",
    "RLHF: Pref Ranking",
    "RLHF: Pref Ranking with Rewrites",
    "RLVR: Reinforcement Learning with Verifiable Rewards",
    "Rubrics",
    "Process Supervision",
    "Evals",
    "Prompt Generation",
    "Content Understanding",
    "Other",
)


def annotations(value):
    if isinstance(value, list):
        for item in value:
            yield from annotations(item)
    elif isinstance(value, dict):
        if {"id", "key", "type"} <= set(value):
            yield value
        for inner in value.values():
            yield from annotations(inner)


def tell(scale, v2):
    kinds, called = set(), []

    def call(name, *args, **kwargs):
        called.append(name)
        return getattr(v2, name)(*args, **kwargs)

    for number, kind in enumerate(TYPES):
        project = f"project {number}"
        scale.add_projects([(project, "chat")])
        scale.configure_project(project, types=[kind], models=["stove-1", "stove-2"])
        project_id = call("get_project", project_name=project).id
        batch = call(
            "create_batch",
            CreateBatchRequest(name=f"batch {number}", project_id=project_id, staging_batch=True),
        )
        request = CreateChatTaskRequest(
            project_name=project, batch_id=batch.id, template_variables={"prompt": "Plan a menu."}
        )
        task = call("create_chat_task", request)
        call("set_task_metadata", {"task_id": task.task_id, "metadata": {"n": number}})
        call("finalize_batch", {"batch_id": batch.id})
        call("pause_batch", {"batch_id": batch.id})
        call("resume_batch", {"batch_id": batch.id})
        call("set_batch_metadata", {"batch_id": batch.id, "metadata": {"a": True}})
        scale.complete(task.task_id)
        options = ["annotation_details", "model_parameters", "submissions", "attachment_details"]
        for opts in ([], options):
            read = call("get_task", task.task_id, expand=["project", "batch"], opts=opts)
        raw = call("get_task_without_preload_content", task.task_id, opts=options)
        for annotation in annotations(json.loads(raw.data)["threads"]):
            if annotation["type"] not in kinds:
                kinds.add(annotation["type"])
                call("get_annotation", annotation["id"])
        assert read.threads[0].turns[0].messages
        schema = scale.publish_schema({"type": "object"})
        delivery = scale.deliver(project, schema=schema)
        assert call("get_schema", schema.id).var_schema.var_json
        assert call("get_deliveries", project_id, expand=["project"]).deliveries
        page = call("get_delivery", delivery.id, expand=["project", "batch", "delivery"])
        assert len(page.tasks) == 1
        assert call("get_delivery_tasks", project_id=project_id).docs[0].response
        assert call("get_tasks", project_id=project_id, limit=1).tasks
        spare = call("create_batch", {"name": f"spare {number}", "project_id": project_id})
        call("cancel_batch", {"batch_id": spare.id})
        assert call("get_batch", batch.id, expand=["project"]).status == "completed"
    assert len(call("get_batches", limit=5, expand=["project"]).batches) == 5
    assert len(call("get_projects").projects) >= len(TYPES)

    dataset = scale.add_dataset("Recipes", [({"q": 1}, {"att-1": b"hello"})])
    [delivery] = call("get_dataset_deliveries", expand=["dataset"]).deliveries
    assert call("get_datasets").datasets[0].name == "Recipes"
    every = ["dataset", "delivery"]
    assert call("get_dataset_delivery", delivery.id, expand=every).tasks
    assert call("get_dataset_task", dataset.tasks[0], expand=every)
    assert call("get_dataset_tasks", dataset_id=dataset.id).tasks
    file = call("get_dataset_task_response_url_with_http_info", dataset.tasks[0], "att-1")
    called.append("get_dataset_task_response_url")
    statuses = []
    for wrong in (
        lambda: v2.get_task("nope"),
        lambda: v2.get_schema("nope"),
        lambda: v2.cancel_batch({"batch_id": batch.id}),
        v2.get_batch,
    ):
        try:
            wrong()
        except ApiException as error:
            statuses.append([error.status, error.reason, json.loads(error.body)["status_code"]])
    return {
        "kinds": sorted(kinds),
        "called": sorted({name.removesuffix("_without_preload_content") for name in called}),
        "file": file.raw_data.decode(),
        "refused": statuses,
    }


def main():
    start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    with FakeScale(seed=1, start_time=start) as scale:
        client = scaleapi.ScaleClient("live_fake")
        scale.add_projects([("paged", "chat")])
        for _ in range(3):
            client.v2.create_chat_task({"project_name": "paged"})
        paged = [task.task_id for task in client.v2_get_tasks(project_name="paged", limit=2)]
        in_process = tell(scale, client.v2)
        scale.reset()
        with scale.serve(tls=True) as server:
            configuration = Configuration(
                host=server.url, access_token="live_fake", ssl_ca_cert=server.ca_file
            )
            over_https = tell(scale, V2Api(ApiClient(configuration)))
    json.dump(
        {
            "from": Path(scaleapi.__file__).parents[1].name,
            "in_process": in_process,
            "over_https": over_https,
            "paged": len(paged),
            "operations": sorted(
                name.removesuffix("_with_http_info")
                for name in dir(V2Api)
                if name.endswith("_with_http_info")
            ),
        },
        sys.stdout,
    )


main()
