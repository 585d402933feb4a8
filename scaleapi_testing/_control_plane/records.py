"""Tasks, batches, projects, files, teammates: what the views of a fake show, paged."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final

from .._controls.views import KNOWN, BatchesView, TasksView
from .kinds import TEXT, WHOLE
from .operation import Argument, ControlOperation, control
from .shown import RECORD, account_key, listing, page, record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._controls.views import View
    from .._fake import FakeScale
    from .._messages import JSON

MOST: Final = 1000
"""How many records a page holds at most."""

PAGE: Final = 100
"""How many unless asked for more."""

AFTER: Final = Argument(
    "after",
    WHOLE.within(minimum=0, maximum=2**53),
    "where the page begins: `next` of the one before",
)
LIMIT: Final = Argument(
    "limit", WHOLE.within(minimum=1, maximum=MOST), f"how many, 1 to {MOST}; {PAGE} unless given"
)
ACCOUNT: Final = Argument("account", TEXT, "the API key of the account, or its account_id")


def bounds(after: int, limit: int) -> None:
    """Refuse a page that means nothing.

    Raises:
        ValueError: it begins before the first, or has too many or none.
    """
    # Beyond 2**53 numbers of other languages no longer tell neighbours apart.
    if not 0 <= after <= 2**53:
        raise ValueError(f"after={after}: give 0 or more, as `next` of a page says")
    if not 1 <= limit <= MOST:
        raise ValueError(f"limit={limit}: give a whole number from 1 to {MOST}")


def filtered(fake: FakeScale, view: View[Any], filters: Mapping[str, Any]) -> list[Any]:
    """The records of a view that match filters by the wire's names.

    A list as value means any of its members; ``account`` takes a key or an ``account_id``.
    """
    conditions = dict(filters)
    if isinstance(conditions.get("account"), str):
        conditions["account"] = account_key(fake, conditions["account"])
    return view(**conditions) if conditions else list(view)


def _list(kinds: str, kind: str, statuses: tuple[str, ...] = ()) -> ControlOperation:
    def every(
        fake: FakeScale,
        filters: Mapping[str, Any],
        account: str | None = None,
        after: int = 0,
        limit: int = PAGE,
    ) -> JSON:
        # Reading an argument checks its type; the bounds in its schema bind nobody.
        bounds(after, limit)
        if account is not None:
            filters = {**filters, "account": account}
        entries, paging = page(filtered(fake, getattr(fake, kinds), filters), after, limit)
        return {"items": [record(view) for view in entries], **paging}

    # The docstring is the operation's summary in OpenAPI and in the docs.
    every.__doc__ = f"The {kinds} of all accounts that match filters by the wire's names, paged."
    mark = control(
        kinds,
        ACCOUNT,
        AFTER,
        LIMIT,
        method="GET",
        filters=("id", *KNOWN[kind]),
        choices={"status": statuses} if statuses else {},
        gives=listing(RECORD),
    )
    return mark(every)


def _get(kinds: str, kind: str) -> ControlOperation:
    def one(fake: FakeScale, account: str | None = None, **key: str) -> JSON:
        known = None if account is None else account_key(fake, account)
        return record(getattr(fake, kinds).get(key[kind], known))

    one.__doc__ = f"One {kind}, by its id or name."
    name = Argument(kind, TEXT, f"the {kind}'s id or name", required=True)
    mark = control(
        f"{kinds}.get", name, ACCOUNT, method="GET", path=f"/{kinds}/{{{kind}}}", gives=RECORD
    )
    return mark(one)


list_tasks = _list("tasks", "task", TasksView.statuses)
get_task = _get("tasks", "task")
list_batches = _list("batches", "batch", BatchesView.statuses)
get_batch = _get("batches", "batch")
list_projects = _list("projects", "project")
get_project = _get("projects", "project")
list_files = _list("files", "file")
get_file = _get("files", "file")
list_teammates = _list("teammates", "teammate")
get_teammate = _get("teammates", "teammate")


@control(
    "files.content",
    Argument("file", TEXT, "the file's id", required=True),
    method="GET",
    path="/file_content",
    gives={"type": "object", "required": ["base64"], "properties": {"base64": {"type": "string"}}},
)
def file_content(fake: FakeScale, file: str) -> JSON:
    """The bytes of an uploaded file, as base64."""
    return {"base64": base64.b64encode(fake.files.get(file).content).decode()}


def _archive(name: str, summary: str) -> ControlOperation:
    def change(
        fake: FakeScale,
        project: str | None = None,
        batch: str | None = None,
        account: str | None = None,
    ) -> JSON:
        # Names of projects and of batches overlap: one argument for both would have to guess.
        if (project is None) == (batch is None):
            raise ValueError(f"{name} takes either a project or a batch")
        key = None if account is None else account_key(fake, account)
        what: Any = (
            fake.batches.get(str(batch), key)
            if project is None
            else fake.projects.get(project, key)
        )
        return record(getattr(fake, name)(what))

    change.__doc__ = summary
    mark = control(
        name,
        Argument("project", TEXT, "the project's name or id"),
        Argument("batch", TEXT, "the batch's name or id"),
        ACCOUNT,
        gives=RECORD,
    )
    return mark(change)


archive = _archive("archive", "Archive a project or a batch, as the dashboard does.")
unarchive = _archive("unarchive", "Undo `archive`.")
