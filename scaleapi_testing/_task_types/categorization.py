"""Which categorization tasks Scale takes, and which categories or answers come back.

Truth: the response, ``{"category": "spam"}``, ``{"category": ["spam", "ads"]}`` or
``{"taxonomies": {"kind": "toy"}}``; also the bare category or list of categories. Each category
is right with the labelers' accuracy; of several, some are missed with their miss rate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._provenance import documented
from ._base import Job, Params, Surroundings, TaskType, Violation, unread_keys
from ._language import sentences
from ._language.noise import Noise
from ._language.truth import Places, entry, number_between, part, place_of, untrue
from ._language.values import boolean, has_duplicates, is_number, is_one_of, is_true, sent
from ._text import attachments
from ._text.attachments import MEDIA
from ._text.writer import draw_number, some

if TYPE_CHECKING:
    from collections.abc import Iterator

_QUESTIONS: Final = "an object of questions"
_IDS: Final = "an object of ids to categories"
_QUESTION_KEYS: Final = {
    "category": ("type", "description", "choices", "allow_multiple"),
    "number": ("type", "description", "min", "max", "step"),
}


def check(params: Params, surroundings: Surroundings) -> Iterator[Violation]:
    """Rules C1 to C9 of docs/scale/text.md 2, in this order."""
    del surroundings
    yield from attachments.check_attachment(params, MEDIA)
    if not sent(params, "categories") and not sent(params, "taxonomies"):
        yield sentences.missing("categories", "a list of categories, or taxonomies with questions")
    # An object's keys are the categories (assumed).
    if not (isinstance(params.get("categories"), dict) and params["categories"]):
        yield from sentences.check_different_strings(params, "categories")
    if sent(params, "category_ids"):
        yield from _check_category_ids(params)
    yield from sentences.check_booleans(params, ("allow_multiple",))
    if sent(params, "taxonomies"):
        yield from _check_taxonomies(params["taxonomies"])


def _check_category_ids(params: Params) -> Iterator[Violation]:
    ids = params["category_ids"]
    if not isinstance(ids, dict):
        yield sentences.wrong("category_ids", _IDS, "an object from your ids to the categories")
        return
    categories = params.get("categories")
    known = frozenset(
        name
        for name in (categories if isinstance(categories, list | dict) else ())
        if isinstance(name, str)
    )
    for key, category in ids.items():
        if not is_one_of(category, known):
            yield sentences.wrong(
                "category_ids", _IDS, "one of the task's categories", f"category_ids.{key}"
            )


def _check_taxonomies(taxonomies: Any) -> Iterator[Violation]:
    if not isinstance(taxonomies, dict) or not taxonomies:
        yield sentences.wrong("taxonomies", _QUESTIONS, "an object with at least one question")
        return
    for name, question in taxonomies.items():
        path = f"taxonomies.{name}"
        if not isinstance(question, dict):
            yield sentences.wrong("taxonomies", _QUESTIONS, "a question object", path)
            continue
        kind = question.get("type")
        if kind == "category":
            yield from _check_category_question(question, path)
        elif kind == "number":
            yield from _check_number_question(question, path)
        else:
            yield sentences.wrong(
                "taxonomies",
                "a type of category or number in each question",
                "category or number",
                f"{path}.type",
            )


def _check_category_question(question: dict[str, Any], path: str) -> Iterator[Violation]:
    choices = question.get("choices")
    names = _choices(question)
    if not isinstance(choices, list) or not names or not all(map(_is_choice, choices)):
        yield sentences.wrong(
            "taxonomies",
            "choices in each category question",
            "a non-empty list of strings or of {choice, subchoices} objects",
            f"{path}.choices",
        )
    elif has_duplicates(names):
        yield sentences.duplicates("taxonomies", f"{path}.choices")
    if "allow_multiple" in question and boolean(question["allow_multiple"]) is None:
        yield sentences.wrong(
            "taxonomies", "a boolean allow_multiple", "true or false", f"{path}.allow_multiple"
        )


def _check_number_question(question: dict[str, Any], path: str) -> Iterator[Violation]:
    bounds = {key: question[key] for key in ("min", "max", "step") if sent(question, key)}
    for key, value in bounds.items():
        if not is_number(value):
            yield sentences.wrong("taxonomies", f"a number as {key}", path=f"{path}.{key}")
            return
    if "min" in bounds and "max" in bounds and bounds["min"] > bounds["max"]:
        yield sentences.wrong(
            "taxonomies", "a max of at least min", f"{bounds['min']} or more", f"{path}.max"
        )
    if "step" in bounds and bounds["step"] <= 0:
        yield sentences.wrong("taxonomies", "a step above 0", path=f"{path}.step")


def _is_choice(choice: Any) -> bool:
    return isinstance(choice, str) or (
        isinstance(choice, dict) and isinstance(choice.get("choice"), str)
    )


def _choices(question: dict[str, Any]) -> list[str]:
    """What a worker can choose: plain choices, and the leaves of those with subchoices."""
    choices = question.get("choices")
    if not isinstance(choices, list):
        return []
    choice_objects = [
        {"choice": choice} if isinstance(choice, str) else choice for choice in choices
    ]
    # Subchoices are strings or objects, at any depth; a string is a leaf.
    leaf_names: list[str] = []
    stack: list[Any] = choice_objects[::-1]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            leaf_names.append(node)
        elif isinstance(node, dict):
            below = node.get("subchoices")
            if isinstance(below, list) and below:
                stack.extend(reversed(below))
            elif isinstance(node.get("choice"), str):
                leaf_names.append(node["choice"])
    return leaf_names


def written_back(params: Params) -> Params:
    """Scale adds ``allow_multiple: false`` to a task with categories (recorded 2016, 2019)."""
    if not sent(params, "taxonomies"):
        params.setdefault("allow_multiple", False)
    return params


def respond(job: Job) -> dict[str, Any]:
    """``{"category": ...}``, with ``category_id`` when ids were given, or ``{"taxonomies": ...}``.

    Raises:
        ValueError: the job's truth does not fit the task.
    """
    params = job.params
    if sent(params, "taxonomies"):
        return {"taxonomies": _taxonomies(job)}
    categories = list(params["categories"])
    several = is_true(params.get("allow_multiple"))
    truth = job.truth
    if isinstance(truth, dict):
        truth = entry(job, truth, "category")
    if truth is None:
        chosen = some(job.random, len(categories), 1, len(categories) if several else 1)
    else:
        chosen = _found(job, truth, categories, several=several, path="category")
    return _answer(params, [categories[position] for position in chosen], several=several)


def _found(job: Job, truth: Any, options: list[str], *, several: bool, path: str) -> list[int]:
    noise = Noise(job)
    if not several:
        return [noise.position(place_of(job, path, truth, options), len(options))]
    listed = truth if isinstance(truth, list) else [truth]
    if not listed:
        raise untrue(job, path, truth, "at least one choice")
    places = Places(job, options)
    true = [places.of(f"{path}[{index}]", item) for index, item in enumerate(listed)]
    return noise.positions(sorted(set(true)), len(options), 1)


def _answer(params: Params, chosen: list[str], *, several: bool) -> dict[str, Any]:
    answer: dict[str, Any] = {"category": chosen if several else chosen[0]}
    if sent(params, "category_ids"):
        ids: dict[str, str] = {}
        for key, category in params["category_ids"].items():
            ids.setdefault(category, key)  # of several ids for one category the first wins
        chosen_ids = [ids.get(category) for category in chosen]
        answer["category_id"] = chosen_ids if several else chosen_ids[0]
    return answer


def _taxonomies(job: Job) -> dict[str, Any]:
    truth = None if job.truth is None else part(job, job.truth, "taxonomies")
    answers: dict[str, Any] = {}
    for name, question in job.params["taxonomies"].items():
        true = None if truth is None else truth.get(name)
        if question["type"] == "number":
            answers[name] = _number(job, question, true, f"taxonomies.{name}")
            continue
        options = _choices(question)
        several = is_true(question.get("allow_multiple"))
        if true is None:
            chosen = some(job.random, len(options), 1, len(options) if several else 1)
        else:
            chosen = _found(job, true, options, several=several, path=f"taxonomies.{name}")
        chosen_options = [options[position] for position in chosen]
        answers[name] = chosen_options if several else chosen_options[0]
    return answers


def _number(job: Job, question: dict[str, Any], true: Any, path: str) -> int | float:
    least, most = question.get("min"), question.get("max")
    if true is not None:
        inside = is_number(true)
        inside = inside and (least is None or true >= least) and (most is None or true <= most)
        if not inside:
            raise untrue(job, path, true, number_between(least, most))
        if Noise(job).right():
            number: int | float = true
            return number
    return draw_number(job.random, least, most, question.get("step"))


def mock(job: Job) -> dict[str, Any]:
    """The first category (recorded 2016); with taxonomies as a labeler would answer."""
    params = job.params
    if sent(params, "taxonomies"):
        return respond(job)
    first = next(iter(params["categories"]))
    return _answer(params, [first], several=is_true(params.get("allow_multiple")))


def unread(params: Params) -> Iterator[str]:
    """Keys of questions that nothing reads."""
    taxonomies = params.get("taxonomies")
    if not isinstance(taxonomies, dict):
        return
    for name, question in taxonomies.items():
        if isinstance(question, dict):
            known = _QUESTION_KEYS.get(str(question.get("type")), ())
            yield from unread_keys(f"taxonomies.{name}", question, known)


TASK_TYPE: Final = TaskType(
    "categorization",
    source=documented("https://docs.scale.com/reference/categorization"),
    keys=frozenset(
        {
            "attachment",
            "attachment_type",
            "categories",
            "category_ids",
            "allow_multiple",
            "taxonomies",
            "layers",
            "force",
        }
    ),
    check=check,
    respond=respond,
    written_back=written_back,
    mock=mock,
    aliases=("categorize",),
    unread=unread,
)
