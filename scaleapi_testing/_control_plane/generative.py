"""What Scale's people do for generative-AI projects: templates, schemas, deliveries, datasets."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any, Final

from .._genai.threads import TYPES
from .kinds import LIST, OBJECT, TEXT, TEXTS, WHOLE
from .operation import Argument, control
from .records import ACCOUNT
from .shown import RECORD, account_key, record

if TYPE_CHECKING:
    from .._fake import FakeScale
    from .._messages import JSON

PROJECT: Final = Argument("project", TEXT, "the project's name or id", required=True)
KEY: Final = Argument("api_key", TEXT, "whose account; the default one without it")


def _project(fake: FakeScale, project: str, account: str | None) -> Any:
    return fake.projects.get(project, None if account is None else account_key(fake, account))


def _key(fake: FakeScale, api_key: str | None) -> str | None:
    return None if api_key is None else account_key(fake, api_key)


@control(
    "publish_template",
    PROJECT,
    Argument("template_variables", OBJECT.unchecked, "e.g. {prompt: {type: text}}", required=True),
    Argument("response_schema", OBJECT.unchecked, "where the account has response schemas"),
    ACCOUNT,
    gives=RECORD,
)
def publish_template(
    fake: FakeScale,
    project: str,
    template_variables: dict[str, Any],
    response_schema: dict[str, Any] | None = None,
    account: str | None = None,
) -> JSON:
    """Publish the next version of a project's task template, as the dashboard does."""
    project_record = _project(fake, project, account)
    return record(fake.publish_template(project_record, template_variables, response_schema))


@control(
    "configure_project",
    PROJECT,
    Argument(
        "types",
        TEXTS.within(items={"type": "string", "enum": list(TYPES)}).unchecked,
        "documented kinds such as SFT",
    ),
    Argument("models", TEXTS, "names of the models that answer"),
    ACCOUNT,
    gives=RECORD,
)
def configure_project(
    fake: FakeScale, project: str, account: str | None = None, **settings: list[str]
) -> JSON:
    """Say what a project is for, as v2 shows it."""
    return record(fake.configure_project(_project(fake, project, account), **settings))


@control(
    "publish_schema",
    Argument("schema", OBJECT.unchecked, "the JSON Schema", required=True),
    Argument("name", TEXT.unchecked, "what it is called"),
    KEY,
    gives=RECORD,
)
def publish_schema(
    fake: FakeScale, schema: dict[str, Any], name: str | None = None, api_key: str | None = None
) -> JSON:
    """Publish a JSON Schema that responses of deliveries follow."""
    return record(fake.publish_schema(schema, name, _key(fake, api_key)))


@control(
    "deliver",
    Argument("to", TEXT, "the project's name or id", required=True),
    Argument("tasks", TEXTS, "ids, in order; every completed task not delivered yet without it"),
    Argument("name", TEXT.unchecked, "its own within the project"),
    Argument("schema", TEXT, "the id that publish_schema gave"),
    ACCOUNT,
    gives=RECORD,
)
def deliver(
    fake: FakeScale,
    to: str,
    tasks: list[str] | None = None,
    name: str | None = None,
    schema: str | None = None,
    account: str | None = None,
) -> JSON:
    """Hand completed tasks of a project over, together, as Scale does."""
    return record(fake.deliver(_project(fake, to, account), tasks, name, schema))


@control(
    "add_dataset",
    Argument("name", TEXT, "what the dataset is called", required=True),
    Argument("tasks", LIST, "the response of each task, or [response, {attachment: base64}]"),
    Argument("delivery", TEXT, "what the delivery of these tasks is called"),
    Argument("turn_count", WHOLE, "how many turns the tasks hold"),
    KEY,
    gives=RECORD,
)
def add_dataset(
    fake: FakeScale,
    name: str,
    tasks: list[Any] | None = None,
    delivery: str | None = None,
    turn_count: int | None = None,
    api_key: str | None = None,
) -> JSON:
    """Add ready-made data; called again with the same name, one more delivery of it."""
    dataset_tasks = [_with_files(task) for task in tasks or ()]
    return record(fake.add_dataset(name, dataset_tasks, delivery, turn_count, _key(fake, api_key)))


def _with_files(task: Any) -> Any:
    if not isinstance(task, list):
        return task
    # A pair in Python; JSON has only lists, and its bytes come as base64.
    if len(task) == 2 and isinstance(task[1], dict):
        try:
            files = {name: base64.b64decode(text, validate=True) for name, text in task[1].items()}
        except (binascii.Error, ValueError, TypeError) as error:
            raise ValueError(
                f"add_dataset takes files as base64 by attachment id: {error}"
            ) from error
        return task[0], files
    # Left to add_dataset(), whose words for a wrong pair serve here too.
    return tuple(task)
