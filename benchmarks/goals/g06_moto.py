"""G6: a create, and entering a fake, cost a fraction of what moto takes for the like."""

from __future__ import annotations

import os
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from scaleapi_testing import FakeScale

from ..examples import BOXES, LIVE, creating
from ..method import Effort, Side, compare
from ..peers import both
from ..rows import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLE: Final[dict[str, Any]] = {
    "TableName": "tasks",
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}

ITEM: Final[dict[str, Any]] = {
    "instruction": {"S": BOXES["instruction"]},
    "attachment": {"S": BOXES["attachment"]},
    "labels": {"L": [{"S": name} for name in BOXES["geometries"]["box"]["objects_to_annotate"]]},
    "frame": {"N": "417"},
    "tags": {"L": [{"S": "night"}]},
    "callback_url": {"S": BOXES["callback_url"]},
}


def measure(effort: Effort) -> Iterator[Row]:
    import aiohttp  # noqa: F401 - with every door there is
    import boto3
    import httpx  # noqa: F401 - the same
    from moto import mock_aws

    os.environ |= {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    ours, official = both()

    def enter_fake() -> None:
        with FakeScale():
            pass

    def enter_moto() -> None:
        with mock_aws():
            pass

    yield Row(
        "FakeScale() entered and left / mock_aws()",
        compare(Side(enter_fake), Side(enter_moto), effort),
        0.03,
    )

    dynamodb = boto3.client("dynamodb", region_name="us-east-1")
    numbers = count()

    @contextmanager
    def with_table() -> Iterator[None]:
        with mock_aws():
            dynamodb.create_table(**TABLE)
            yield

    def put_item() -> Any:
        return dynamodb.put_item(
            TableName="tasks", Item={"id": {"S": f"frame-{next(numbers)}"}, **ITEM}
        )

    put = Side(put_item, with_table)
    scale = FakeScale()
    client = ours.root.ScaleClient(LIVE)
    own = Side(creating(client, ours.tasks.TaskType.ImageAnnotation), lambda: scale)
    yield Row("create_task, our client / dynamodb.put_item", compare(own, put, effort), 0.18)

    @contextmanager
    def officially() -> Iterator[None]:
        with official.in_place(), scale:
            yield

    with official.in_place():
        client = official.root.ScaleClient(LIVE)
    other = Side(creating(client, official.tasks.TaskType.ImageAnnotation, "other"), officially)
    yield Row("create_task, official client / dynamodb.put_item", compare(other, put, effort), 0.33)
