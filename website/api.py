"""Which page of the reference shows which classes and functions; their docstrings say the rest."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

import scaleapi.task_params
import scaleapi.v2.models
from scaleapi import exceptions
from scaleapi_testing._fake import INTERNALS

from .place import Page

_CLIENT_ERRORS: Final = tuple(
    f"scaleapi.exceptions.{name}"
    for name, value in vars(exceptions).items()
    if isinstance(value, type) and issubclass(value, exceptions.ScaleException)
)


@dataclass(frozen=True, slots=True)
class ApiPage:
    """One page: what stands above, and the objects below, by the path that users import them by.

    Attributes:
        path: in the site.
        title: its heading.
        intro: Markdown.
        objects: import paths; one after a bar has a heading of its own, ``path | scale.clock``.
        group: its place in the navigation, ``testing`` or ``client``.
    """

    path: str
    title: str
    intro: str
    objects: tuple[str, ...]
    group: str

    def page(self) -> Page:
        """The page, with a directive for each object."""
        parts = [f"# {self.title}", self.intro, *map(_directive, self.objects)]
        return Page(self.path, "\n\n".join(part for part in parts if part) + "\n", "website/api.py")


def _directive(entry: str) -> str:
    path, _, heading = (part.strip() for part in entry.partition("|"))
    options: dict[str, object] = {"heading": heading, "toc_label": heading} if heading else {}
    if path == "scaleapi_testing.FakeScale":
        # What its doors use of it and no test, and the private halves that it is made of.
        options |= {"filters": ["!^_", f"!^({'|'.join(INTERNALS)})$"], "show_bases": False}
    lines = [f"      {name}: {json.dumps(value)}" for name, value in options.items()]
    return "\n".join([f"::: {path}", *(["    options:", *lines] if lines else [])])


def _of_testing(*names: str) -> tuple[str, ...]:
    return tuple(f"scaleapi_testing.{name}" for name in names)


def _of_client(*names: str) -> tuple[str, ...]:
    return tuple(f"scaleapi.{name}" for name in names)


API: Final = (
    ApiPage(
        "reference/fake.md",
        "The fake: FakeScale",
        "What the fixture `scale` gives, and what `with FakeScale() as scale:` makes. Its "
        "arguments are those of the mark `@pytest.mark.scale` too ([fixtures and "
        "marks](pytest.md)). What it holds has pages of its own: [records](records.md), "
        "[faults](faults.md), [time](time.md), [callbacks](callbacks-testing.md), "
        "[requests](requests.md).",
        (
            *_of_testing("FakeScale", "Server"),
            "scaleapi_testing._attachments.Attachments | scale.attachments",
            "scaleapi_testing._state.account.Account | scale.account(key)",
        ),
        "testing",
    ),
    ApiPage(
        "reference/remote.md",
        "A fake on a server: RemoteFake",
        "The same controls over HTTP. How a server is run: [server](../server.md).",
        _of_testing("RemoteFake"),
        "testing",
    ),
    ApiPage(
        "reference/records.md",
        "Tasks, batches, projects, files, teammates",
        "`scale.tasks`, `scale.batches`, `scale.projects`, `scale.files` and `scale.teammates` are "
        "live views of what Scale remembers; what they give are the records below.",
        (
            "scaleapi_testing._controls.views.TasksView | scale.tasks",
            "scaleapi_testing._controls.views.ProjectsView | scale.projects",
            *_of_testing(
                "Record", "TaskView", "BatchView", "ProjectView", "FileView", "TeammateView"
            ),
            "scaleapi_testing._controls.deliver.DeliveryView | what scale.deliver() gives",
            "scaleapi_testing._controls.deliver.SchemaView | what scale.publish_schema() gives",
            "scaleapi_testing._controls.deliver.DatasetView | what scale.add_dataset() gives",
        ),
        "testing",
    ),
    ApiPage(
        "reference/faults.md",
        "Faults",
        "How to use them: [faults](../faults.md).",
        (
            "scaleapi_testing._faults.faults.Faults | scale.faults",
            *_of_testing("Fault", "RateLimit", "Outage"),
        ),
        "testing",
    ),
    ApiPage(
        "reference/policies.md",
        "Policies",
        "How long labelers take and how their work ends: what `turnaround=` and "
        "`scale.turnaround()` take. With examples: [time](../time.md).",
        (
            "scaleapi_testing.policies.after_polls",
            "scaleapi_testing.policies.never",
            "scaleapi_testing.policies.completed",
            "scaleapi_testing.policies.error",
            "scaleapi_testing.policies.canceled",
            "scaleapi_testing.policies.Outcome",
            "scaleapi_testing.policies.AfterPolls",
            "scaleapi_testing.policies.Policy",
            "scaleapi_testing.policies.Never",
            "scaleapi_testing.Labelers",
        ),
        "testing",
    ),
    ApiPage(
        "reference/time.md",
        "Clock and timeline",
        "With examples: [time](../time.md).",
        (
            "scaleapi_testing._time.clock.Clock | scale.clock",
            "scaleapi_testing._time.timeline.Timeline | scale.timeline",
            "scaleapi_testing.Event",
        ),
        "testing",
    ),
    ApiPage(
        "reference/callbacks-testing.md",
        "Callbacks in tests",
        "With examples: [callbacks](../callbacks.md).",
        (
            "scaleapi_testing._callbacks.callbacks.Callbacks | scale.callbacks",
            *_of_testing("CallbackRequest", "Delivery", "Attempt", "Mail"),
            *_of_testing("certify_callback_handler", "HandlerReport", "Finding"),
        ),
        "testing",
    ),
    ApiPage(
        "reference/requests.md",
        "Requests and what was expected of them",
        "With examples: [messages](../messages.md).",
        (
            "scaleapi_testing._journal.journal.Journal | scale.requests",
            "scaleapi_testing.RecordedRequest",
            "scaleapi_testing._journal.expectation.Expectation | what scale.expect() gives",
        ),
        "testing",
    ),
    ApiPage(
        "reference/state.md",
        "Snapshots and comparisons",
        "With examples: [state](../state.md).",
        _of_testing("Snapshot", "Diff", "Change"),
        "testing",
    ),
    ApiPage(
        "reference/recorded.md",
        "Exports and recordings",
        "With examples: [exports and recordings](../recorded.md).",
        _of_testing("LoadedTasks", "verify", "Verification", "Verdict", "Difference", "NoAnswer"),
        "testing",
    ),
    ApiPage(
        "reference/testing-more.md",
        "unittest, Faker, provenance",
        "",
        _of_testing(
            "ScaleTestCase",
            "ScaleTestMixin",
            "ScaleProvider",
            "operations",
            "Operation",
            "task_types",
        ),
        "testing",
    ),
    ApiPage(
        "reference/errors-testing.md",
        "Errors of the fake",
        "What a test sees when it asks the fake for something that cannot be. Each is a "
        "`FakeScaleError` or comes from a way out that is closed. What Scale itself answers "
        "arrives as an [error of the client](errors.md).",
        _of_testing(
            "FakeScaleError",
            "NoSuchTask",
            "NoSuchRecord",
            "NoSuchResponse",
            "IllegalTransition",
            "NotIdle",
            "UnspentFault",
            "BadDump",
            "BadExport",
            "CannotCross",
            "ServerGone",
            "WorldTaken",
            "WrongToken",
            "ForkedFake",
            "WrongClient",
            "NetworkBlocked",
            "FaultNotPossible",
        ),
        "testing",
    ),
    ApiPage(
        "reference/client.md",
        "The client: ScaleClient",
        "The interface of the official package, and more. The asynchronous one has the same "
        "methods, awaited: [AsyncScaleClient](async.md).",
        _of_client("ScaleClient", "ScaleRetry", "CreateResult"),
        "client",
    ),
    ApiPage(
        "reference/objects.md",
        "What the client gives",
        "",
        _of_client(
            "Task",
            "TaskType",
            "TaskStatus",
            "TaskReviewStatus",
            "Tasklist",
            "Batch",
            "BatchStatus",
            "Batchlist",
            "Paginator",
            "Project",
            "TaskTemplate",
            "File",
            "Teammate",
            "TeammateRole",
            "StudioBatch",
            "StudioLabelerAssignment",
            "StudioProjectGroup",
            "StudioWorker",
            "EvaluationTask",
            "TrainingTask",
            "ValidationError",
            "Api",
            "quote_string",
            "DEFAULT_LIMIT",
            "DEFAULT_OFFSET",
            "SCALE_ENDPOINT",
            "TASK_TYPES",
        ),
        "client",
    ),
    ApiPage(
        "reference/errors.md",
        "Errors of the client",
        "The error classes: every failure of a call is a `ScaleException`, with one class per "
        "status. What the fake "
        "refuses a test is an [error of the fake](errors-testing.md).",
        ("scaleapi.exceptions", *_CLIENT_ERRORS),
        "client",
    ),
    ApiPage(
        "reference/callbacks.md",
        "Callbacks that you receive",
        "With examples: [callbacks](../callbacks.md).",
        tuple(
            f"scaleapi.callbacks.{name}"
            for name in (
                "parse_callback",
                "is_authentic",
                "TaskCallback",
                "BatchCallback",
                "CallbackForged",
                "ReceivedHeaders",
                "AUTH_HEADER",
            )
        ),
        "client",
    ),
    ApiPage(
        "reference/async.md",
        "The asynchronous client",
        "With examples: [asynchronous client](../async.md).",
        _of_client(
            "AsyncScaleClient",
            "AsyncTask",
            "AsyncTasklist",
            "AsyncBatch",
            "AsyncBatchlist",
            "AsyncProject",
            "AsyncTeammate",
        ),
        "client",
    ),
    ApiPage(
        "reference/v2.md",
        "The client of v2",
        "With examples: [v2](../v2.md). Each method has two more forms, `..._with_http_info` and "
        "`..._without_preload_content`. What it takes and gives: [models of v2](v2-models.md).",
        (
            "scaleapi.V2Api | client.v2: V2Api",
            "scaleapi.V2Task | V2Task: a task of v2, Task among its models",
            *_of_client("ApiClient", "Configuration"),
        ),
        "client",
    ),
    ApiPage(
        "reference/v2-models.md",
        "Models of v2",
        "Pydantic models: what `client.v2` takes and gives, from `scaleapi.v2.models`.",
        tuple(f"scaleapi.v2.models.{name}" for name in sorted(scaleapi.v2.models.__all__)),
        "client",
    ),
    ApiPage(
        "reference/task-params.md",
        "Classes of parameters",
        "A dict that is annotated with one of these is checked by type checkers when it is "
        "unpacked into `create_task`. Each parameter with its meaning: [task "
        "types](task-types/README.md).",
        tuple(f"scaleapi.task_params.{name}" for name in sorted(scaleapi.task_params.__all__)),
        "client",
    ),
)


def shown() -> dict[str, str]:
    """By each name that code writes, the object that the reference shows under it."""
    targets: dict[str, str] = {}
    for page in API:
        if page.path == "reference/v2-models.md":
            continue  # its names are words that other things have too: Task, Batch, Message
        for entry in page.objects:
            path = entry.partition("|")[0].strip()
            package, _, name = path.rpartition(".")
            if package in {
                "scaleapi",
                "scaleapi_testing",
                "scaleapi.exceptions",
                "scaleapi.callbacks",
            }:
                targets.setdefault(name, path)
                targets[path] = path
    for word in ("Task", "Batch", "Project", "File", "Event", "Record", "Change", "Mail", "Api"):
        targets.pop(word, None)
    return targets
