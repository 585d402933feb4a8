"""A task as something to paste: a ``curl``, a Python call, a test."""

from __future__ import annotations

import json
import pprint
import re
import shlex
from typing import TYPE_CHECKING, Any, Final

from .drawings.subject import as_dict, dicts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._fake import FakeScale
    from .._state.account import Account
    from .._state.project import ProjectRecord
    from .._state.task import TaskRecord

_COMMON: Final = (
    "project",
    "batch",
    "instruction",
    "callback_url",
    "unique_id",
    "urgency",
    "priority",
    "tags",
    "metadata",
)
"""Fields of a task that a create may name besides the type's own parameters."""

_DEFAULTS: Final[Mapping[str, tuple[Any, ...]]] = {
    "urgency": ("standard",),
    "priority": (0, None),
    "tags": ([],),
    "metadata": ({},),
}
MOST_RESPONSE: Final = 6_000
"""Characters of a response that a test gives and compares whole."""


def body_of(fake: FakeScale, record: TaskRecord) -> dict[str, Any]:
    """What the task was created with: the call's own body where it is kept, else what it holds."""
    call = next((entry for entry in fake.requests if entry.n == record.request_n), None)
    # As it was sent: the task itself holds what its project gave it, too.
    if call is not None and call.method == "POST":
        try:
            body = call.json
        # The journal may have let the body go to stay within its bounds; the document still tells
        # most.
        except (LookupError, ValueError):
            body = None
        if isinstance(body, dict):
            return body
    document = record.document()
    body = dict(as_dict(document.get("params")))
    for name in _COMMON:
        value = document.get(name)
        if value is not None and value not in _DEFAULTS.get(name, ()):
            body[name] = value
    return body


def as_curl(origin: str, record: TaskRecord, body: Mapping[str, Any]) -> str:
    """The create as a shell command; the key is read from a variable."""
    # Quoted: an instruction may hold whatever a shell would carry out.
    quoted_body = shlex.quote(json.dumps(body, ensure_ascii=False, indent=1))
    address = shlex.quote(f"{origin}/v1/task/{record.type}")
    return (
        f'curl -u "$SCALE_API_KEY:" {address} \\\n'
        f"  -H 'Content-Type: application/json' \\\n  -d {quoted_body}"
    )


def as_python(origin: str, record: TaskRecord, body: Mapping[str, Any]) -> str:
    """The create by the client."""
    return (
        "import os\n\nfrom scaleapi import ScaleClient\nfrom scaleapi.tasks import TaskType\n\n"
        f'client = ScaleClient(os.environ["SCALE_API_KEY"], api_instance_url={origin + "/v1"!r})\n'
        f"task = {created('client', record.type, body)}\nprint(task.id, task.status)\n"
    )


def as_pytest(fake: FakeScale, record: TaskRecord, body: Mapping[str, Any]) -> str:
    """What became of the task as a test: created, answered, audited, and as it is now."""
    document = record.document()
    lines = [*_setting(fake, record), f"task = {created('client', record.type, body)}", ""]
    lines += _acts(record.status, document)
    lines += ["task.refresh()", f"assert task.status == {record.status!r}"]
    response = document.get("response")
    if response is not None and len(json.dumps(response)) <= MOST_RESPONSE:
        lines.append(f"assert task.as_dict()['response'] == {value(response)}")
    if record.review is not None:
        lines.append(f"assert task.as_dict()['customer_review_status'] == {record.review!r}")
    inside = "\n".join(lines).replace("\n", "\n    ")
    code = (
        "from scaleapi.tasks import TaskType\n\n\n"
        f"def test_{_name(record, document)}(scale):\n    client = scale.client()\n    {inside}\n"
    )
    # Empty lines were indented with the others, which linters object to.
    return re.sub(r"[ \t]+\n", "\n", code)


def created(client: str, task_type: str, body: Mapping[str, Any]) -> str:
    """The call that creates a task."""
    # A key that is no name in Python can only be passed as a mapping.
    plain = {key: value for key, value in body.items() if key.isidentifier()}
    extra = {key: value for key, value in body.items() if key not in plain}
    arguments = [f"    {key}={value(entry, 4)}," for key, entry in plain.items()]
    if extra:
        arguments.append(f"    **{value(extra, 4)},")
    return "\n".join([f"{client}.create_task(", f"    TaskType({task_type!r}),", *arguments, ")"])


def _setting(fake: FakeScale, record: TaskRecord) -> list[str]:
    """The project and the batch that the task is in."""
    lines: list[str] = []
    project = record.account.projects.get(record.project or "")
    if project is not None:
        lines.append(project_of(fake, "client", record.account, project))
    batch = record.account.batches.get(record.batch or "")
    if batch is not None:
        lines.append(f"client.create_batch({batch.project!r}, {batch.name!r})")
    return lines


def project_of(fake: FakeScale, client: str, account: Account, project: ProjectRecord) -> str:
    """The call that creates a project as it is now."""
    history = dicts(fake.projects.get(project.name, account.key).as_dict().get("param_history"))
    newest = {
        key: entry
        for key, entry in (history[-1] if history else {}).items()
        # Scale adds these two itself; sent back they would be parameters.
        if key not in {"version", "created_at"}
    }
    params = f", params={value(newest, 4)}" if newest else ""
    return f"{client}.create_project({project.name!r}, TaskType({project.type!r}){params})"


def _acts(status: str, document: Mapping[str, Any]) -> list[str]:
    """What labelers and the customer did."""
    response = document.get("response")
    prior = document.get("prior_responses")
    # A fix replaced the answer; labelers gave the first of them.
    first = prior[0] if isinstance(prior, list) and prior else response
    if status == "canceled":
        return ["client.cancel_task(task.id)"]
    if status == "error":
        message = as_dict(response).get("error")
        return [
            f"scale.fail(task.id, {message!r})"
            if isinstance(message, str)
            else "scale.fail(task.id)"
        ]
    if status != "completed":
        return []
    short = first is not None and len(json.dumps(first)) <= MOST_RESPONSE
    acts = [f"scale.complete(task.id, {value(first)})" if short else "scale.complete(task.id)"]
    for audit in dicts(document.get("audits")):
        comments = audit.get("audit_comments")
        result = audit.get("audit_result")
        if result in {"accepted", "rejected"}:
            comments_argument = f", comments={comments!r}" if comments else ""
            acts.append(
                f"client.audit_task(task.id, accepted={result == 'accepted'}{comments_argument})"
            )
        elif result == "fixed":
            comments_argument = f", {comments!r}" if comments else ""
            acts.append(f"scale.fix(task.id, {value(response)}{comments_argument})")
        elif result == "commented" and comments:
            acts.append(f"scale.comment(task.id, {comments!r})")
    return acts


def value(content: Any, indent: int = 0) -> str:
    """A JSON value as Python, broken into lines where it is long."""
    # 88: indented once in a test it stays below the usual 100.
    shown = pprint.pformat(content, width=88, sort_dicts=False)
    return shown.replace("\n", "\n" + " " * (indent + 4)) if "\n" in shown else shown


def _name(record: TaskRecord, document: Mapping[str, Any]) -> str:
    """A name that reads: what kind of task it is, what was asked, how it ended."""
    words = re.findall(
        r"[a-z0-9]+",
        str(document.get("instruction") or "").lower().encode("ascii", "ignore").decode(),
    )
    # Six words tell tests apart, and leave room for type and status in the name.
    first_words = "_".join(words[:6])
    return "_".join(part for part in (record.type, first_words, "is", record.status) if part)[:90]
