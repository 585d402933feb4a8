"""Which fields a textcollection task may ask: their kinds, keys and rules.

Source: docs/scale/collection.md 1.2.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from .._base import unread_keys
from .._language import schema
from .._language.schema import ARRAY, BOOLEAN, INTEGER, NUMBER, STRING
from .._language.values import identity, is_integer, is_number, is_true

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from .._base import Violation

FIELD_TYPES: Final = (
    "text",
    "number",
    "boolean",
    "datetime",
    "category",
    "select",
    "time_range",
    "ranking_order",
    "field_set",
    "form",
)
_ALSO_ACCEPTED: Final = "field_Set"
"""The docs once spell it so; it is echoed as sent."""

CHOOSERS: Final = ("category", "select")
HOLDERS: Final = ("field_set", "form")

_MOST_RESPONSES: Final = 100
MAX_DEPTH: Final = 20
MOST_ANSWERS: Final = 100_000
"""Assumed limits, so that no task asks for more than a labeler could ever write: how deep field
sets nest, and how many answers (a hundred characters count as one) the minima of a task add up to.
"""

_COMMON_KINDS: Final = {
    "description": STRING,
    "hint": STRING,
    "required": BOOLEAN,
    "min_responses_required": INTEGER,
    "max_responses_required": INTEGER,
    "conditions": ARRAY,
}
_CHOOSER_KINDS: Final = {"min_choices": INTEGER, "max_choices": INTEGER}
_KINDS: Final[Mapping[str, Mapping[str, str]]] = {
    "text": {"min_characters": INTEGER, "max_characters": INTEGER},
    "number": {
        "min": NUMBER,
        "max": NUMBER,
        "step": NUMBER,
        "use_slider": BOOLEAN,
        "prefix": STRING,
        "suffix": STRING,
    },
    "boolean": {},
    "datetime": {"include_date": BOOLEAN, "include_time": BOOLEAN},
    "category": _CHOOSER_KINDS,
    "select": _CHOOSER_KINDS,
    "time_range": {},
    "ranking_order": {
        "num_options": INTEGER,
        "num_items_to_rank": INTEGER,
        "options_flexible": BOOLEAN,
        "positions_flexible": BOOLEAN,
        "first_label": STRING,
        "last_label": STRING,
        "option_label": STRING,
    },
    "field_set": {"inline": BOOLEAN},
    "form": {},
}
_CHOICE_KEYS: Final = ("label", "value", "hint", "subchoices")


class Placed(NamedTuple):
    """A field and where it stands."""

    path: str
    """E.g. ``fields[0].fields[1]``."""

    field: dict[str, Any]
    siblings: int
    """A number that the fields of one list have in common."""

    depth: int
    """0 for the task's own fields."""


def kind_of(field: Mapping[str, Any]) -> str:
    """The field's type, one of ``FIELD_TYPES``, or an empty string."""
    kind = field.get("type")
    if kind == _ALSO_ACCEPTED:
        return "field_set"
    return kind if isinstance(kind, str) and kind in FIELD_TYPES else ""


def placed(fields: Iterable[Any], path: str = "fields") -> Iterator[tuple[str, Any, int, int]]:
    """Every entry of the field lists, outer before inner: path, entry, list number, depth.

    Entries deeper than ``MAX_DEPTH`` are left out.
    """
    lists = 0
    stack = [(path, enumerate(fields), 0)]
    while stack:
        base, entries, number = stack[-1]
        step = next(entries, None)
        if step is None:
            stack.pop()
            continue
        index, field = step
        where = f"{base}[{index}]"
        yield where, field, number, len(stack) - 1
        if isinstance(field, dict) and kind_of(field) in HOLDERS:
            below = field.get("fields")
            if isinstance(below, list) and len(stack) <= MAX_DEPTH:
                lists += 1
                stack.append((f"{where}.fields", enumerate(below), lists))


def placed_fields(fields: Iterable[Any]) -> list[Placed]:
    """Every field object, nested ones included, outer before inner."""
    return [
        Placed(path, field, number, depth)
        for path, field, number, depth in placed(fields)
        if isinstance(field, dict)
    ]


def check_fields(fields: list[Any], everything: Sequence[Placed]) -> Iterator[Violation]:
    """Rules X5 to X12.

    Args:
        fields: the parameter as sent.
        everything: the field objects in it, from ``placed_fields``.
    """
    for path, field, _, _ in placed(fields):
        yield from _check_field(field, path)
    yield from _check_ids(everything)
    rules: tuple[Callable[[dict[str, Any], str], Iterator[Violation]], ...] = (
        _check_choices,
        _check_choice_counts,
        _check_response_counts,
        _check_numbers,
        _check_ranking,
        _check_children,
    )
    # Each rule over all fields before the next: the first violation is the reply.
    for rule in rules:
        for placed_field in everything:
            yield from rule(placed_field.field, placed_field.path)
    for placed_field in everything:
        deepest = placed_field.depth == MAX_DEPTH and kind_of(placed_field.field) in HOLDERS
        if deepest and isinstance(placed_field.field.get("fields"), list):
            yield schema.not_allowed(
                f"{placed_field.path}.fields", f"field sets nested at most {MAX_DEPTH} deep"
            )
    if _asked_for(fields) > MOST_ANSWERS:
        yield schema.too_many(
            "fields",
            MOST_ANSWERS,
            "minima of responses, choices and characters that one worker can fulfil",
        )


def check_field_types(everything: Sequence[Placed]) -> Iterator[Violation]:
    """Rule X15 for fields and choices: known keys of another type."""
    for placed in everything:
        kinds = {**_COMMON_KINDS, **_KINDS.get(kind_of(placed.field), {})}
        yield from schema.check_types(placed.field, kinds, placed.path)
        if kind_of(placed.field) in CHOOSERS:
            for path, choice in _placed_choices(placed.field, placed.path):
                if isinstance(choice, dict):
                    kinds = {"hint": STRING, "subchoices": ARRAY}
                    yield from schema.check_types(choice, kinds, path)


def _check_field(field: Any, path: str) -> Iterator[Violation]:
    if not isinstance(field, dict):
        yield schema.must_be(path, schema.OBJECT, "a field object")
        return
    kind = field.get("type")
    if "type" not in field:
        yield schema.required(f"{path}.type", f"one of {', '.join(FIELD_TYPES)}")
    elif not isinstance(kind, str) or (kind not in FIELD_TYPES and kind != _ALSO_ACCEPTED):
        yield schema.not_one_of(f"{path}.type", FIELD_TYPES)
    yield from schema.check_text(field, "field_id", path, "the key of the answer, a string")
    yield from schema.check_text(field, "title", path, "the question, a string")


def _check_ids(everything: Sequence[Placed]) -> Iterator[Violation]:
    condition_ids = condition_names(placed.field.get("conditions") for placed in everything)
    among: set[tuple[int, str]] = set()
    anywhere: set[str] = set()
    for placed in everything:
        name = placed.field.get("field_id")
        if not isinstance(name, str):
            continue
        # A condition must know which field it means; without one, siblings must differ.
        if (placed.siblings, name) in among or (name in anywhere and name in condition_ids):
            yield schema.duplicate(f"{placed.path}.field_id", "an id that no other field has")
        among.add((placed.siblings, name))
        anywhere.add(name)


def _placed_choices(field: Mapping[str, Any], path: str) -> Iterator[tuple[str, Any]]:
    return schema.nested(field.get("choices"), f"{path}.choices", lambda _: "subchoices")


def _check_choices(field: dict[str, Any], path: str) -> Iterator[Violation]:
    if kind_of(field) not in CHOOSERS:
        return
    yield from schema.check_list(field, "choices", path, 1, "a non-empty array of choices")
    seen: set[tuple[str, object]] = set()
    for where, choice in _placed_choices(field, path):
        if not isinstance(choice, dict):
            yield schema.must_be(where, schema.OBJECT, "a choice with label and value")
            continue
        if "label" not in choice:
            yield schema.required(f"{where}.label", "the text shown to the worker")
        elif not isinstance(choice["label"], str):
            yield schema.must_be(f"{where}.label", STRING, "the text shown to the worker")
        if "value" not in choice:
            yield schema.required(f"{where}.value", "a string, number or boolean")
        elif not isinstance(choice["value"], str | bool) and not is_number(choice["value"]):
            yield schema.not_one_of(f"{where}.value", ("string", "number", "boolean"))
        elif not choice.get("subchoices"):
            key = identity(choice["value"])
            if key in seen:
                yield schema.duplicate(f"{where}.value", "a value that no other choice has")
            seen.add(key)


def _check_choice_counts(field: dict[str, Any], path: str) -> Iterator[Violation]:
    if kind_of(field) not in CHOOSERS:
        return
    least, most = field.get("min_choices", 1), field.get("max_choices", 1)
    if is_integer(least):
        if least < 0:
            yield schema.too_small(f"{path}.min_choices", 0)
        bound = max(1, int(least))
        if is_integer(most) and most < bound:
            yield schema.too_small(f"{path}.max_choices", bound)
        count = sum(
            isinstance(choice, dict) and not choice.get("subchoices")
            for _, choice in _placed_choices(field, path)
        )
        if 0 < count < least:
            yield schema.too_large(
                f"{path}.min_choices", count, f"at most the {count} choices there are"
            )
    elif is_integer(most) and most < 1:
        yield schema.too_small(f"{path}.max_choices", 1)


def _check_response_counts(field: dict[str, Any], path: str) -> Iterator[Violation]:
    least = field.get("min_responses_required", 1)
    most = field.get("max_responses_required", 1)
    bound = 1
    if is_integer(least):
        if least < 1:
            yield schema.too_small(f"{path}.min_responses_required", 1)
        bound = max(1, int(least))
    if is_integer(most):
        if most < bound:
            yield schema.too_small(f"{path}.max_responses_required", bound)
        if most > _MOST_RESPONSES:
            yield schema.too_large(f"{path}.max_responses_required", _MOST_RESPONSES)


def _check_numbers(field: dict[str, Any], path: str) -> Iterator[Violation]:
    kind = kind_of(field)
    if kind == "number":
        least, most, step = field.get("min"), field.get("max"), field.get("step")
        if is_number(least) and is_number(most) and least > most:
            yield schema.too_small(f"{path}.max", least)
        if is_number(step) and step <= 0:
            yield schema.too_small(f"{path}.step", 0, "a step above 0")
    elif kind == "text":
        # Assumed rules, as the limits themselves are.
        least, most = field.get("min_characters"), field.get("max_characters")
        if is_integer(least) and least < 0:
            yield schema.too_small(f"{path}.min_characters", 0)
        bound = max(1, int(least)) if is_integer(least) else 1
        if is_integer(most) and most < bound:
            yield schema.too_small(f"{path}.max_characters", bound)


def _check_ranking(field: dict[str, Any], path: str) -> Iterator[Violation]:
    if kind_of(field) != "ranking_order":
        return
    options = field.get("num_options")
    if "num_options" not in field:
        yield schema.required(f"{path}.num_options", "how many options there are, 2 or more")
    elif is_integer(options) and options < 2:
        yield schema.too_small(f"{path}.num_options", 2)
    ranked = field.get("num_items_to_rank")
    if is_integer(ranked):
        if ranked < 1:
            yield schema.too_small(f"{path}.num_items_to_rank", 1)
        elif is_integer(options) and ranked > options >= 2:
            yield schema.too_large(f"{path}.num_items_to_rank", int(options))


def _check_children(field: dict[str, Any], path: str) -> Iterator[Violation]:
    kind = kind_of(field)
    if kind not in HOLDERS:
        return
    least = 2 if kind == "field_set" else 1
    yield from schema.check_list(
        field, "fields", path, least, f"an array of at least {least} fields"
    )
    children = field.get("fields")
    if kind == "field_set" and is_true(field.get("inline")) and isinstance(children, list):
        if len(children) > 2:
            yield schema.too_many(f"{path}.fields", 2, "two fields side by side")
        if any(isinstance(child, dict) and not _may_be_inline(child) for child in children):
            yield schema.not_one_of(f"{path}.fields", ("text", "number"))


def _may_be_inline(child: dict[str, Any]) -> bool:
    return kind_of(child) in ("text", "number", "")


def _asked_for(fields: Iterable[Any]) -> int:
    """How many answers the minima add up to, nested lists multiplied out."""
    total = 0
    factors = [1]
    for _, field, _, depth in placed(fields):
        if not isinstance(field, dict):
            continue
        # The stack of how often each list around this field is repeated.
        del factors[depth + 1 :]
        least = field.get("min_responses_required", 1)
        times = factors[depth] * (max(1, int(least)) if is_integer(least) else 1)
        factors.append(times)
        total += times * _size(field)
    return total


def _size(field: dict[str, Any]) -> int:
    kind = kind_of(field)
    size: object = 1
    if kind == "text":
        least = field.get("min_characters")
        size = least // 100 if is_integer(least) else 1
    elif kind in CHOOSERS:
        size = field.get("min_choices", 1)
    elif kind == "ranking_order":
        size = field.get("num_items_to_rank", field.get("num_options"))
    return max(1, int(size)) if is_integer(size) else 1


def condition_names(conditions: Iterable[Any]) -> dict[str, None]:
    """The field ids that condition arrays speak of, in order, each once."""
    names: dict[str, None] = {}
    for sets in conditions:
        stack = list(reversed(sets)) if isinstance(sets, list) else []
        while stack:
            condition = stack.pop()
            if isinstance(condition, dict):
                names.update((key, None) for key in condition if key != "not")
                stack.append(condition.get("not"))
    return names


def check_conditions(everything: Sequence[Placed]) -> Iterator[Violation]:
    """Rule X14: a condition that names no other field of the task."""
    ids = [
        placed.field["field_id"]
        for placed in everything
        if isinstance(placed.field.get("field_id"), str)
    ]
    known_names = frozenset(ids)
    for placed in everything:
        own = placed.field.get("field_id")
        for name in condition_names([placed.field.get("conditions")]):
            if name not in known_names or name == own:
                others = (other for other in ids if other != own)
                yield schema.not_one_of(f"{placed.path}.conditions", tuple(islice(others, 100)))


def form_ids(everything: Sequence[Placed]) -> list[str]:
    """The ids of the form fields."""
    return [
        placed.field["field_id"]
        for placed in everything
        if kind_of(placed.field) == "form" and isinstance(placed.field.get("field_id"), str)
    ]


def unread(fields: Iterable[Any]) -> Iterator[str]:
    """Dotted paths of the keys of fields and choices that nothing reads."""
    for placed in placed_fields(fields):
        kind = kind_of(placed.field)
        known_names = {"type", "field_id", "title", *_COMMON_KINDS, *_KINDS.get(kind, {})}
        if kind in CHOOSERS:
            known_names.add("choices")
        if kind in HOLDERS:
            known_names.add("fields")
        yield from unread_keys(placed.path, placed.field, known_names)
        if kind in CHOOSERS:
            for path, choice in _placed_choices(placed.field, placed.path):
                yield from unread_keys(path, choice, _CHOICE_KEYS)
