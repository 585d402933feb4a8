"""What the operations of v2 have in common: how a call names objects, pages, dates and details.

Order of checks (assumed): parameters (400), existence (404), state (400) and conflicts (409). Error
texts are assumed throughout: none is public.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any, Final, TypeVar

from ..._errors import ApiError
from ..._genai.rendering import Renderer, Wish
from ..._http.wire import encode, to_ms
from ..._messages import did_you_mean
from ..._provenance import Source, documented
from .._listing import page_limit
from ..v1.fields import metadata_of, named

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ..._state.batch import BatchRecord
    from ..._state.project import ProjectRecord
    from ..._state.query import Bounds
    from ..._state.task import TaskRecord
    from .._call import Call

RecordT = TypeVar("RecordT")

OPTS: Final = ("annotation_details", "attachment_details", "model_parameters", "submissions")
LISTS: Final = ("expand", "expand[]", "opts", "opts[]")
PAGING: Final = ("limit", "next_token")


def page_of(name: str) -> Source:
    """The documentation page of an operation."""
    return documented(f"https://docs.genai.scale.com/v2/{name}")


def wish_of(call: Call, *expandable: str, opts: bool = False) -> Wish:
    """What the call wants to see besides: repeated values, ``expand[]`` and lists with commas.

    Raises:
        ApiError: 400 for a value that this operation does not know (assumed).
    """
    return Wish(
        frozenset(_chosen(call, "expand", expandable)),
        frozenset(_chosen(call, "opts", OPTS if opts else ())),
    )


def _chosen(call: Call, name: str, known: Sequence[str]) -> list[str]:
    # The pages write `expand[]`, the official client repeats `expand`.
    texts = [*call.query.get(name, ()), *call.query.get(f"{name}[]", ())]
    chosen = [part for text in texts for part in text.split(",") if part]
    for value in chosen:
        if value not in known:
            choices = " ".join(known) or "none"
            near = did_you_mean(value, known, n=1)
            hint = f"; nearest: {near[0]}" if near else ""
            raise ApiError(
                400,
                f"Invalid {name} - please choose one of these: {choices}",
                f"{name}={value[:60]!r} is not among them{hint}",
            )
    return chosen


def renderer(call: Call, wish: Wish | None = None) -> Renderer:
    """Writes the objects of the call's account."""
    return Renderer(call.account, call.world.seed, wish or Wish())


# -- naming objects -------------------------------------------------------------------------------


def sent_text(values: Mapping[str, Any], name: str) -> str | None:
    """A text of a query or a body; an empty one counts as not sent (assumed).

    Raises:
        ApiError: 400 when it is none.
    """
    value = values.get(name)
    if value is not None and not isinstance(value, str):
        raise ApiError(400, f"Invalid {name} - expected string.")
    return value or None


def query_texts(call: Call) -> dict[str, str]:
    """The query as one value per name, the last of repeated ones."""
    return {name: values[-1] for name, values in call.query.items()}


def needed(values: Mapping[str, Any], name: str) -> str:
    """A text that must be sent.

    Raises:
        ApiError: 400 without it.
    """
    value = sent_text(values, name)
    if value is None:
        raise ApiError(400, f"Please include a {name} parameter.")
    return value


def one_of_needed(values: Mapping[str, Any], *names: str) -> None:
    """Refuse a call that sends none of these.

    Raises:
        ApiError: 400.
    """
    if all(sent_text(values, name) is None for name in names):
        raise ApiError(400, f"Please include one of these parameters: {' '.join(names)}.")


def by_id(records: Mapping[str, RecordT], kind: str, record_id: str) -> RecordT:
    """The record with an id.

    Raises:
        ApiError: 404 without one.
    """
    record = records.get(record_id)
    if record is None:
        article = "an" if kind[0] in "aeiou" else "a"
        has = f"this account has {len(records)}" if records else "this account has none yet"
        raise ApiError(404, f"No {kind} with id {record_id}", f"not {article} {kind} here: {has}")
    return record


def project_of(call: Call, values: Mapping[str, Any]) -> ProjectRecord | None:
    """The project that ``project_id`` or ``project_name`` names; the id wins (assumed).

    Raises:
        ApiError: 404 when there is none.
    """
    projects = call.account.projects
    project_id = sent_text(values, "project_id")
    if project_id is not None:
        matched = by_id(
            {project.id: project for project in projects.values()}, "project", project_id
        )
        return call.account.project(matched.name)
    name = sent_text(values, "project_name")
    if name is None:
        return None
    project = call.account.project(name)
    if project is None:
        raise ApiError(404, f"No project with name {name}", named("project", name, projects))
    return project


def batch_of(call: Call, values: Mapping[str, Any]) -> BatchRecord | None:
    """The batch that ``batch_id`` or ``batch_name`` names; the id wins (assumed).

    Raises:
        ApiError: 404 when there is none.
    """
    batches = call.account.batches
    batch_id = sent_text(values, "batch_id")
    if batch_id is not None:
        return by_id({batch.id: batch for batch in batches.values()}, "batch", batch_id)
    name = sent_text(values, "batch_name")
    if name is None:
        return None
    batch = batches.get(name)
    if batch is None:
        raise ApiError(404, f"No batch with name {name}", named("batch", name, batches))
    return batch


def batch_needed(call: Call, values: Mapping[str, Any]) -> BatchRecord:
    """The batch that must be named.

    Raises:
        ApiError: 400 when none is named, 404 when there is none.
    """
    one_of_needed(values, "batch_id", "batch_name")
    batch = batch_of(call, values)
    assert batch is not None  # one_of_needed has seen a name
    return batch


def task_of(call: Call, task_id: str) -> TaskRecord:
    """The task with an id.

    Raises:
        ApiError: 404 when this account has none.
    """
    record = call.world.store.tasks.get(task_id)
    if record is None or record.account is not call.account:
        hints = (
            []
            if record is None
            else [f"task {task_id} exists, under another key ({record.account.shown})"]
        )
        raise ApiError(404, f"No task with id {task_id}", *hints)
    return record


# -- lists ----------------------------------------------------------------------------------------


def strictly_between(call: Call, name: str) -> Bounds:
    """``<name>_after`` and ``<name>_before`` as inclusive bounds: both mean strictly (assumed).

    Raises:
        ApiError: 400 for what is no date.
    """
    after, before = _moment(call, f"{name}_after"), _moment(call, f"{name}_before")
    # Moments are whole milliseconds: strictly later means at least one more.
    return (None if after is None else after + 1, None if before is None else before - 1)


def _moment(call: Call, name: str) -> int | None:
    moment = call.date(name, "2026-03-02T09:15:04Z")
    if moment is None:
        return None
    # A bound within a millisecond: after 0.4 ms begins with the next whole one, as before 0.4 ms
    # ends with this one.
    whole = to_ms(moment)
    exact = moment.microsecond % 1000 == 0
    return whole if exact or name.endswith("_after") else whole + 1


def one_among(call: Call, name: str, known: Sequence[str]) -> str | None:
    """A word of the query that must be one of some.

    Raises:
        ApiError: 400 when it is another.
    """
    value = call.one(name)
    if value is not None and value not in known:
        raise ApiError(400, f"Invalid {name} - please choose one of these: {' '.join(known)}")
    return value


def skip_of(call: Call) -> int:
    """How many objects the pages before held.

    The token is base64 of ``{"skip": n}``, the form of the documentation's sample.

    Raises:
        ApiError: 400 for a token that is none (assumed).
    """
    token = call.one("next_token")
    if token is None:
        return 0
    text = token.replace(" ", "+")  # a "+" of base64 that was not percent-encoded
    try:
        decoded: Any = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), validate=True))
        skip = decoded["skip"]
    except (binascii.Error, ValueError, RecursionError, LookupError, TypeError):
        skip = None
    # Python takes true for 1.
    if isinstance(skip, bool) or not isinstance(skip, int) or skip < 0:
        raise ApiError(400, "Invalid next_token.", "use the next_token of the page before")
    return skip


def token_after(skip: int) -> str:
    """The token of the page that begins after so many objects."""
    return base64.b64encode(encode({"skip": skip})).decode()


def paged(
    call: Call, name: str, records: Iterable[RecordT], write: Any, **more: Any
) -> dict[str, Any]:
    """A page of records, as they are in order; without ``next_token`` where it is the last.

    Args:
        call: says which page.
        name: the key of the list.
        records: all that match.
        write: makes the document of a record.
        more: goes before the list.
    """
    skip, limit = skip_of(call), page_limit(call)
    every = list(records)
    page: dict[str, Any] = {**more, name: [write(record) for record in every[skip : skip + limit]]}
    if skip + limit < len(every):
        page["next_token"] = token_after(skip + limit)
    return page


# -- bodies ---------------------------------------------------------------------------------------


def merged_metadata(body: Mapping[str, Any], before: Any) -> dict[str, Any]:
    """The metadata that a call sets: in place of what is there, or with ``merge`` deep into it.

    Raises:
        ApiError: 400 without metadata, or when it is no object.
    """
    if body.get("metadata") is None:
        raise ApiError(400, "Please include a metadata parameter.")
    metadata = metadata_of(body["metadata"])
    merge = body.get("merge")
    if not isinstance(merge, bool | None):
        raise ApiError(400, "Invalid merge - expected boolean.")
    return metadata_of(_merged(before, metadata)) if merge else metadata


def _merged(before: Any, changes: dict[str, Any]) -> dict[str, Any]:
    """Objects are merged key by key, anything else is replaced (documented)."""
    # A copy: a merge that is refused as too large must leave the old metadata as it was.
    both = dict(before) if isinstance(before, dict) else {}
    for name, value in changes.items():
        inner = both.get(name)
        both[name] = (
            _merged(inner, value) if isinstance(value, dict) and isinstance(inner, dict) else value
        )
    return both


def free_object(body: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    """An object of a body, of any form.

    Raises:
        ApiError: 400 when it is no object.
    """
    value = body.get(name)
    if not isinstance(value, dict | None):
        raise ApiError(400, f"Invalid {name} - expected object.")
    return value
