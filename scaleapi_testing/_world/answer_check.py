"""What an answer that somebody wrote lacks of the shape that its task's type has.

No call and no control refuses such an answer: labelers may answer anything (`scale.complete` keeps
any JSON object). It is for people who edit one by hand and mistype.

Source: assumed. Shape is what the fake itself answers to the same task; contents are held against
the rules for expected responses (docs/scale/collection.md 7, docs/scale/images.md 11) and for
truths, which are answers too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from .._http.wire import decoded_if_any
from .._messages import did_you_mean, listed
from .._task_types import task_type
from .._task_types._quality import QUALITY_TYPES, check_quality
from .answer_inside import inside, short
from .labelers import AccountSurroundings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from .._state.task import TaskRecord
    from .._task_types._base import Job, TaskType
    from .world import World

MOST: Final = 20
"""Problems that are told: who has more begins anew anyway."""

_FIELD: Final = "expected_response"
_OTHER_TRUTHS: Final = frozenset({"segmentannotation", "lidarsegmentation"})
"""Types whose truth has another shape than their answers: shapes of a picture, or objects."""

_KINDS: Final[Mapping[type, str]] = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "a text",
    list: "a list",
    dict: "an object",
}
_REASON: Final = "Parameter is invalid, reason: "
_CANNOT_BE_FOUND: Final = re.compile(r"^the truth of .*? cannot be found: ")
_PLACE: Final = re.compile(r"^(?P<path>[\w.\[\]-]+) is (?P<rest>.*)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something of an answer that its type does not have so.

    Attributes:
        path: where, e.g. ``response.annotations[0].label``.
        message: what is wrong there and what would be right, in a sentence that begins with the
            place.
    """

    path: str
    message: str


def check_answer(world: World, record: TaskRecord, response: dict[str, Any]) -> list[Problem]:
    """What is wrong with an answer; nothing is kept or changed.

    Args:
        world: that has the task.
        record: of the task, in any status.
        response: a JSON object.

    Returns:
        The problems, by place: none where it fits, or where the fake does not know the type.
    """
    kind = task_type(record.type)
    if kind is None:
        return []
    document = record.document()
    around = _Looking(record, world)

    def job(truth: Any) -> Job:
        return world.answers.job(record, document, around, truth)

    model = _attempt(lambda: kind.respond(job(None)))
    if isinstance(model, dict):
        shaped = list(_of_shape("response", response, model))
        if shaped:
            return shaped[:MOST]
    inner = [
        _problem(path, words)
        for path, words in inside(
            record.type, document["params"], response, lambda value: _opened(value, around)
        )
    ]
    if inner:
        return inner[:MOST]
    ruled = list(_by_rules(record.type, document["params"], response))
    if ruled:
        return ruled[:MOST]
    return [] if record.type in _OTHER_TRUTHS else _as_truth(kind, job, around, response)


def suggested_answer(world: World, record: TaskRecord) -> dict[str, Any] | None:
    """What a labeler would answer now, to be edited; nothing is kept or changed.

    Returns:
        The answer; ``None`` where there is none, or parts of it would stand in files.
    """
    prepared = world.answers.set_by_type.get(record.type)
    if prepared is not None:
        return prepared if isinstance(prepared, dict) else None
    kind = task_type(record.type)
    if kind is None:
        return None
    document = record.document()
    around = _Looking(record, world)
    answer = _attempt(lambda: kind.respond(world.answers.job(record, document, around, None)))
    return answer if isinstance(answer, dict) and not around.has_published else None


class _Looking(AccountSurroundings):
    """What a generator may look up; what it publishes is let go.

    Attributes:
        has_published: whether anything was.
    """

    def __init__(self, record: TaskRecord, world: World) -> None:
        around = world.surroundings(record.account)
        super().__init__(
            record.account, world.store, world.attachments, around.base_url, around.answer_forms
        )
        self.has_published = False

    def publish(self, content: Any, mime_type: str, uuid: str) -> str:
        """An address at which nothing stands."""
        del content, mime_type
        self.has_published = True
        return f"{self.base_url}/results/{uuid}"


def _attempt(make: Callable[[], Any]) -> Any:
    """What is made; ``None`` where a task's own params allow no answer, as of some loaded ones."""
    try:
        return make()
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return None


def _of_shape(path: str, value: dict[str, Any], model: dict[str, Any]) -> Iterator[Problem]:
    """The members of an object against those of a generated one.

    What is empty there may be left out here.
    """
    for name in value:
        if name not in model:
            near = did_you_mean(name, list(model), 1)
            known = near[0] if near else listed(list(model))
            known = known if near or len(model) == 1 else f"one of {known}"
            sentence = f"is no part of an answer of this type; right would be {known}"
            yield _problem(f"{path}.{name}", sentence)
    for name, example in model.items():
        if name in value:
            yield from _of_kind(f"{path}.{name}", value[name], example)
        elif example not in ({}, [], "", None, False) and path == "response":
            yield _problem(f"{path}.{name}", f"is missing; right would be {_kind(example)}")


def _of_kind(path: str, value: Any, example: Any) -> Iterator[Problem]:
    if value is None or example is None:
        return
    if _kind(value) != _kind(example):
        yield _problem(path, f"is {short(value)}; right would be {_kind(example)}")
    elif isinstance(value, list) and len({_kind(entry) for entry in example}) == 1:
        right = _kind(example[0])
        for index, entry in enumerate(value):
            if _kind(entry) != right:
                place = f"{path}[{index}]"
                yield _problem(place, f"is {short(entry)}; right would be {right}")


def _by_rules(type_name: str, params: dict[str, Any], response: Any) -> Iterator[Problem]:
    """The rules that Scale has for answers which customers send: expected ones."""
    if type_name not in QUALITY_TYPES:
        return
    body = {**params, _FIELD: response}
    for violation in check_quality(type_name, body, strict=True):
        place = violation.path.replace(_FIELD, "response", 1)
        sentence = violation.message.replace(_FIELD, "response").rstrip(".")
        reason = sentence.partition(_REASON)[2]
        right = f"; right would be {violation.expected}" if violation.expected else ""
        yield Problem(place, reason.replace('"', "") if reason else f"{place}: {sentence}{right}")


def _as_truth(
    kind: TaskType, job: Callable[[Any], Job], around: _Looking, response: dict[str, Any]
) -> list[Problem]:
    """Whether labelers could have found just that."""
    opened_values = {name: _opened(value, around) for name, value in response.items()}
    if None in opened_values.values():
        return []  # it stands in a file that is elsewhere
    inner = opened_values.get("annotations")
    is_in_file = inner is not response.get("annotations") and isinstance(inner, dict)
    try:
        # The file of some types is the whole truth, with annotations of its own.
        kind.respond(
            job(inner if is_in_file and inner and "annotations" in inner else opened_values)
        )
    except ValueError as error:
        return [_told(str(error))]
    except (ArithmeticError, AttributeError, LookupError, TypeError):
        return []  # a fault of its own, and no word about the answer
    return []


def _opened(value: Any, around: _Looking) -> Any:
    """What stands in the file that ``{"url": ...}`` points at; ``None`` where it is not here."""
    if not (isinstance(value, dict) and set(value) == {"url"} and isinstance(value["url"], str)):
        return value
    return decoded_if_any(around.result(value["url"]))


def _told(message: str) -> Problem:
    """A sentence about a truth as one about an answer."""
    sentence = _CANNOT_BE_FOUND.sub("", message)
    sentence = re.sub(r"^truth(?=\[)", "annotations", sentence).replace("truth", "response")
    sentence = sentence.replace(" is None; ", " is null or missing; ", 1)
    place = _PLACE.match(sentence)
    if place is None:
        return Problem(
            "response", sentence if sentence.startswith("the ") else f"response {sentence}"
        )
    path = place["path"]
    if not path.startswith("response"):
        path = f"response.{path}"
    return Problem(path, f"{path} is {place['rest']}")


def _problem(path: str, words: str) -> Problem:
    return Problem(path, f"{path} {words}")


def _kind(value: Any) -> str:
    return "null" if value is None else _KINDS[type(value)]
