"""What was done in a world as a test: creates, controls, faults, moves of the clock, what is true.

Times are told as moves of the clock between the steps. Calls that were refused are left out: the
client of the test tries again by itself where one of them did.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from .._control_plane.table import controls
from .copy_acts import OwnAct, with_own_acts
from .copy_callbacks import delivery_code, target_lines, were_taken
from .copy_task import body_of, created, project_of, value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .._fake import FakeScale
    from .._journal.recorded_request import RecordedRequest
    from .._state.account import Account
    from .._state.task import TaskRecord
    from .deeds import Deed

MOST_STEPS: Final = 300
"""Steps of a test; of a longer story the newest."""

MOST_ASSERTED: Final = 60
"""Tasks on which a test asserts."""

_OF_PROJECT: Final = {
    "params": "params",
    "rapid": "rapid",
    "studio": "studio",
    "datasetId": "dataset_id",
    "dataset_id": "dataset_id",
}
"""What a project is created with: names of the call, and of the client's method."""

_TICK_MS: Final = 1000
_ID: Final = re.compile(r"\b[0-9a-f]{24}\b")
_CREATE: Final = re.compile(r"/v1/task/([a-z0-9]+)")
_OF_TASK: Final = re.compile(r"/v1/task/([0-9a-f]{24})/(\w+)")
_FINALIZE: Final = re.compile(r"/v1/batches/([^/]+)/finalize")


@dataclass(slots=True)
class _Story:
    """The test as far as it is told."""

    fake: FakeScale
    names: dict[str, str] = field(default_factory=dict[str, str])
    clients: dict[str, str] = field(default_factory=dict[str, str])
    files: dict[str, str] = field(default_factory=dict[str, str])
    lines: list[str] = field(default_factory=list[str])
    known: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    redelivered: list[str] = field(default_factory=list[str])
    truths: list[str] = field(default_factory=list[str])
    at_ms: int = 0


def as_pytest(fake: FakeScale, deeds: Iterable[Deed], since_n: int = 0, since_ms: int = 0) -> str:
    """What was done since a moment, as a test module.

    Args:
        fake: of the world.
        deeds: what was done there by controls.
        since_n: only calls with a number above this one.
        since_ms: only what was done at this virtual time or later.
    """
    steps = _steps(fake, deeds, since_n, since_ms)
    story = _Story(fake)
    if steps:
        story.at_ms = steps[0][0]
    _clients(story, steps)
    _turnaround(story)
    if were_taken(fake, [step for _, step in steps if hasattr(step, "arguments")]):
        story.lines.append("scale.callbacks.deliver_to(lambda request: 200)")
    has_turnaround = isinstance(fake._settled.arguments.turnaround, timedelta) or any(
        getattr(step, "name", None) == "turnaround" for _, step in steps
    )
    concerned = _concerned(steps)
    for at_ms, step in with_own_acts(fake, steps, concerned, has_turnaround=has_turnaround):
        _move(story, at_ms)
        if isinstance(step, str):
            story.lines.append(step)
        elif isinstance(step, OwnAct):
            story.lines.append(f"scale.{step.name}({_known_task(story, step.task_id)}.id)")
        elif hasattr(step, "arguments"):
            _deed(story, step)
        else:
            _call(story, step)
    _move(story, fake.clock.ms)
    _truths(story)
    return _module(story)


def _steps(
    fake: FakeScale, deeds: Iterable[Deed], since_n: int, since_ms: int
) -> list[tuple[int, Any]]:
    """Calls and deeds in the order in which they were done; the newest `MOST_STEPS`."""
    ordered: list[tuple[int, int, int, Any]] = [
        # 1 and 0 below: a deed comes after the call that it was done after.
        (deed.after_n, 1, deed.at_ms, deed)
        for deed in deeds
        if deed.after_n >= since_n and deed.at_ms >= since_ms and not deed.name.startswith("clock.")
    ]
    ordered += [
        (call.n, 0, call.at_ms, call)
        for call in fake.requests
        if call.n > since_n and call.at_ms >= since_ms and call.method not in {"GET", "HEAD"}
    ]
    # By number and not by time: much may happen in one virtual millisecond.
    ordered.sort(key=lambda entry: entry[:2])
    steps = [(at_ms, step) for _, _, at_ms, step in ordered]
    left_out = len(steps) - MOST_STEPS
    # The newest steps are those that led to what is on the screen.
    if left_out <= 0:
        return steps
    last_steps = steps[left_out:]
    return [(last_steps[0][0], f"# {left_out:,} earlier steps are left out"), *last_steps]


def _concerned(steps: list[tuple[int, Any]]) -> list[str]:
    """The ids of the tasks that the steps are about, in order."""
    ids: dict[str, None] = {}
    for _, step in steps:
        if hasattr(step, "arguments"):
            ids |= {str(step.arguments["task"]): None} if "task" in step.arguments else {}
        elif hasattr(step, "route") and _CREATE.fullmatch(step.path):
            # The first id alone: others in a task are those of its project and batch.
            ids |= dict.fromkeys(_ID.findall(step.response_body.decode("utf-8", "replace"))[:1])
        elif hasattr(step, "route"):
            ids |= dict.fromkeys(_ID.findall(step.path))
    return list(ids)


def _clients(story: _Story, steps: list[tuple[int, Any]]) -> None:
    """A client for each account; keys are secrets, so others of the same mode stand for them."""
    keys = dict.fromkeys(
        step.api_key for _, step in steps if getattr(step, "api_key", None) is not None
    )
    lone = len(keys) <= 1
    for number, key in enumerate(keys, 1):
        # The mode stays, for a test key's tasks end in another way.
        mode = "test" if key.startswith("test_") or key.endswith("|test") else "live"
        name = "client" if lone else f"client_{number}"
        story.clients[key] = name
        shown = "" if lone and mode == "live" else f'"{mode}_account_{number}"'
        story.lines.append(f"{name} = scale.client({shown})")
    if not keys:
        story.lines.append("client = scale.client()")


def _turnaround(story: _Story) -> None:
    length = story.fake._settled.arguments.turnaround
    if isinstance(length, timedelta):
        story.lines.append(f"scale.turnaround({_span(length)})")


def _move(story: _Story, at_ms: int) -> None:
    passed_ms = at_ms - story.at_ms
    if passed_ms >= _TICK_MS:
        # Whole seconds read better; upwards, so that whatever had happened by then happens.
        seconds = -(-passed_ms // 1000)
        story.lines.append(f"scale.clock.advance({_span(timedelta(seconds=seconds))})")
        # What was moved and not what passed: rounding must not add up over many steps.
        story.at_ms += seconds * 1000


def _call(story: _Story, call: RecordedRequest) -> None:
    """One call that changed something, by the client."""
    what = f"{call.method} {call.path}"
    if call.status is None or call.status >= 400:
        why = "was not answered" if call.status is None else f"was answered {call.status}"
        story.lines.append(f"# request {call.n}, {_comment(what)}, {why}")
        return
    # A call without a key has no client of its own.
    client = story.clients.get(call.api_key or "", "client")
    try:
        body, answer = call.json, call.response_json
    # The journal keeps so many bytes, and a body need not be JSON.
    except (LookupError, ValueError):
        body = answer = None
    line = _by_client(story, client, call, body, answer)
    story.lines.append(line or f"# request {call.n}, {_comment(what)}, is not retold")


def _by_client(
    story: _Story, client: str, call: RecordedRequest, body: Any, answer: Any
) -> str | None:
    account = story.fake._world.store.known(call.api_key or "")
    is_post = call.method == "POST" and account is not None
    match = _CREATE.fullmatch(call.path)
    if is_post and match and isinstance(body, dict) and isinstance(answer, dict):
        task_id = answer.get("task_id")
        # A repeated unique_id or idempotency key answers the task that is there.
        if not isinstance(task_id, str) or task_id in story.names:
            return f"# request {call.n} was answered with a task that was there"
        _place(story, client, account, body)
        return f"{_named(story, task_id, body)} = {_created(story, client, match[1], body)}"
    if is_post and call.path == "/v1/files/upload" and isinstance(answer, dict):
        url = answer.get("attachment_url")
        if isinstance(url, str):
            story.files[url] = f"file_{len(story.files) + 1}"
            return f"{story.files[url]} = {client}.upload_file(b'a file of {call.n}')"
    if is_post and call.path == "/v1/projects" and isinstance(body, dict) and body.get("name"):
        story.known.add(("project", str(body["name"])))
        more = "".join(
            f", {key}={value(body[body_key], 4)}"
            for body_key, key in _OF_PROJECT.items()
            if body.get(body_key)
        )
        kind = f"TaskType({body.get('type')!r})"
        return f"{client}.create_project({body['name']!r}, {kind}{more})"
    if is_post and call.path == "/v1/batches" and isinstance(body, dict):
        _place(story, client, account, {"project": body.get("project")})
        story.known.add(("batch", str(body.get("name"))))
        callback = f", callback={body['callback']!r}" if body.get("callback") else ""
        return f"{client}.create_batch({body.get('project')!r}, {body.get('name')!r}{callback})"
    finalize = _FINALIZE.fullmatch(call.path)
    if is_post and finalize:
        _place(story, client, account, {"batch": finalize[1]})
        return f"{client}.finalize_batch({finalize[1]!r})"
    of_task = _OF_TASK.fullmatch(call.path)
    if is_post and of_task and of_task[2] in {"cancel", "audit"}:
        name = _known_task(story, of_task[1])
        if of_task[2] == "cancel":
            return f"{client}.cancel_task({name}.id)"
        verdict = body if isinstance(body, dict) else {}
        comments = f", comments={verdict['comments']!r}" if verdict.get("comments") else ""
        return f"{client}.audit_task({name}.id, accepted={verdict.get('accepted')!r}{comments})"
    return None


def _created(story: _Story, client: str, kind: str, body: dict[str, Any]) -> str:
    """A create, its uploads by the names that they have in the test."""
    code = created(client, kind, body)
    for url, name in story.files.items():
        # The test's own upload has another address.
        code = code.replace(repr(url), f"{name}.attachment_url")
    return code


def _place(story: _Story, client: str, account: Account | None, body: dict[str, Any]) -> None:
    """The project and the batch that a call names, where they were made before the story."""
    if account is None:
        return
    batch = account.batches.get(str(body.get("batch")))
    project = account.projects.get(str(body.get("project") or (batch.project if batch else "")))
    if project is not None and ("project", project.name) not in story.known:
        story.known.add(("project", project.name))
        story.lines.append(project_of(story.fake, client, account, project))
    if batch is not None and ("batch", batch.name) not in story.known:
        story.known.add(("batch", batch.name))
        story.lines.append(f"{client}.create_batch({batch.project!r}, {batch.name!r})")


def _named(story: _Story, task_id: str, body: dict[str, Any]) -> str:
    """A variable for a task, by its unique_id where it has one that reads."""
    words = "_".join(re.findall(r"[a-z0-9]+", str(body.get("unique_id") or "").lower()))[:30]
    name = f"task_{words}" if words else f"task_{len(story.names) + 1}"
    while name in story.names.values():
        # Two tasks under one name would make the second assertion speak of the first task.
        name += "_again"
    story.names[task_id] = name
    return name


def _known_task(story: _Story, task_id: str) -> str:
    """The variable of a task; one from before the story is created first."""
    # Else it is of before the first step: the test has to make it, too.
    if task_id in story.names:
        return story.names[task_id]
    record = story.fake._world.store.tasks.get(task_id)
    if record is None:
        return repr(task_id)
    body = body_of(story.fake, record)
    client = story.clients.get(record.account.key, "client")
    _place(story, client, record.account, body)
    name = _named(story, task_id, body)
    story.lines.append(f"{name} = {_created(story, client, record.type, body)}")
    return name


def _deed(story: _Story, deed: Deed) -> None:
    """One control, as the method of the fake that does it."""
    operation = controls().get(deed.name)
    line = None
    if operation is not None and deed.name == "callbacks.deliver_to":
        arguments = operation.read(dict(deed.arguments))
        story.lines += target_lines(story.fake, deed.at_ms, arguments, story.lines)
        return
    if operation is not None and not operation.of_server:
        try:
            line = _by_fake(story, deed.name, operation.read(dict(deed.arguments)))
        # A test with a step left out is better than no test.
        except (TypeError, ValueError):
            line = None
    story.lines.append(line or f"# the control {deed.name} is not retold")


def _by_fake(story: _Story, name: str, arguments: dict[str, Any]) -> str | None:
    if name in {"complete", "start_work", "fail", "recall", "fix", "comment"}:
        task = _known_task(story, str(arguments.pop("task")))
        return f"scale.{name}({task}.id{_given(arguments)})"
    if name == "cancel":
        return f"client.cancel_task({_known_task(story, str(arguments['task']))}.id)"
    if name == "audit":
        task = _known_task(story, str(arguments.pop("task")))
        return f"client.audit_task({task}.id{_given(arguments)})"
    if name == "complete_all":
        filters = arguments.pop("filters", None) or {}
        return f"scale.complete_all({_given(filters)[2:]})"
    if name in {"faults.add", "faults.rate_limit"}:
        # Whatever of it struck calls that are not retold would be missed at the end.
        more = {"optional": True} if name == "faults.add" else {}
        return f"scale.{name}({_given(arguments | more)[2:]})"
    if name == "faults.outage":
        return "scale.faults.outage()" if arguments.get("on", True) else "scale.faults.clear()"
    if name in {"faults.clear", "callbacks.clear"}:
        return f"scale.{name}()"
    if name == "respond":
        return f"scale.respond({arguments['task_type']!r}, {value(arguments['response'], 4)})"
    if name == "turnaround" and isinstance(arguments.get("policy"), timedelta):
        length = _span(arguments.pop("policy"))
        return f"scale.turnaround({length}{_given(arguments)})"
    if name in {"callbacks.redeliver", "callbacks.duplicate"}:
        return _again(story, name, int(arguments["delivery"]))
    if name in {
        "callbacks.fail_next", "callbacks.reorder", "callbacks.delay", "callbacks.before_reply",
    }:  # fmt: skip
        return f"scale.{name}({_given(arguments)[2:]})"
    if name == "attachments.describe":
        url = arguments.pop("url")
        return f"scale.attachments.describe({url!r}{_given(arguments)})"
    if name == "timeline.step":
        return "# the next event was brought forward; the clock is moved instead"
    return None


def _again(story: _Story, name: str, number: int) -> str:
    """A callback that was sent once more, by its place among those about its task or batch."""
    fake = story.fake
    delivery = next((entry for entry in fake.callbacks if entry.number == number), None)
    if delivery is None:
        return f"# {name} of callback {number} is not retold: that callback was forgotten since"
    task = None if delivery.task_id is None else _known_task(story, delivery.task_id)
    shown = delivery_code(fake, delivery, task)
    if name == "callbacks.redeliver" and shown not in story.redelivered:
        story.redelivered.append(shown)
        story.truths.append(f"assert {shown}.succeeded is {delivery.succeeded}")
    return f"scale.{name}({shown})"


def _given(arguments: dict[str, Any]) -> str:
    return "".join(
        f", {name}={_span(entry) if isinstance(entry, timedelta) else value(entry, 4)}"
        for name, entry in arguments.items()
        if entry is not None
    )


def _truths(story: _Story) -> None:
    """What is true now of the tasks of the story."""
    tasks = story.fake._world.store.tasks
    story.lines.append("")
    for task_id, name in list(story.names.items())[:MOST_ASSERTED]:
        record: TaskRecord | None = tasks.get(task_id)
        if record is None:
            continue
        story.lines.append(f"assert scale.tasks[{name}.id].status == {record.status!r}")
        if record.review is not None:
            story.lines.append(
                f"assert scale.tasks[{name}.id].customer_review_status == {record.review!r}"
            )
    story.lines += story.truths
    if not story.names:
        story.lines.append("assert len(scale.tasks) == 0")


def _module(story: _Story) -> str:
    inside = "\n".join(story.lines).replace("\n", "\n    ")
    imports = "from datetime import timedelta\n\n" if "timedelta(" in inside else ""
    types = "from scaleapi.tasks import TaskType\n\n\n" if "TaskType(" in inside else "\n"
    projects = sorted(name for kind, name in story.known if kind == "project")
    subject = "_".join(re.findall(r"[a-z0-9]+", " ".join(projects).lower()))[:40]
    name = f"test_what_was_done{'_in_' if subject else ''}{subject}"
    code = f"{imports}{types}def {name}(scale):\n    {inside}\n"
    # Empty lines were indented with the others, which linters object to.
    return re.sub(r"[ \t]+\n", "\n", code)


def _span(length: timedelta) -> str:
    """``timedelta(hours=2)``: in the largest units that leave nothing over."""
    milliseconds = round(length.total_seconds() * 1000)
    parts: list[str] = []
    for name, size in (
        ("days", 86_400_000),
        ("hours", 3_600_000),
        ("minutes", 60_000),
        ("seconds", 1000),
    ):
        count, milliseconds = divmod(milliseconds, size)
        if count:
            parts.append(f"{name}={count}")
    if milliseconds:
        parts.append(f"milliseconds={milliseconds}")
    return f"timedelta({', '.join(parts)})"


def _comment(words: str) -> str:
    """Words of a call as part of a comment: on one line, whatever was sent."""
    # A line break in a path would end the comment and make code of the rest.
    return "".join(letter if letter.isprintable() else "?" for letter in words)[:120]
