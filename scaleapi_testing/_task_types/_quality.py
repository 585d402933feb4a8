"""Which expected and initial responses a training or evaluation task may carry.

Source: the official client 2.18.4 lists the six types; the rules are assumed
(docs/scale/collection.md 7, docs/scale/images.md 11).
"""

from __future__ import annotations

import json
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from ._documents.features import placed_features
from ._language import schema, sentences
from ._language.schema import ARRAY, BOOLEAN, INTEGER, NUMBER, OBJECT, STRING
from ._language.values import identity, is_integer, is_number, is_one_of, objects_in
from ._text.fields import CHOOSERS, HOLDERS, kind_of
from ._text.writer import childless

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from ._base import Params, Violation

Kind: TypeAlias = Literal["training", "evaluation"]

QUALITY_TYPES: Final = (
    "documenttranscription",
    "segmentannotation",
    "videoplaybackannotation",
    "imageannotation",
    "textcollection",
    "namedentityrecognition",
)
"""The types whose tasks can train and evaluate labelers; others are a 404."""

_EXPECTED: Final = "expected_response"
_INITIAL: Final = "initial_response"

_ANSWER_KINDS: Final[Mapping[str, str]] = {
    "text": STRING,
    "number": NUMBER,
    "boolean": BOOLEAN,
    "datetime": STRING,
    "time_range": OBJECT,
    "ranking_order": ARRAY,
    "field_set": OBJECT,
    "form": OBJECT,
}


def check_quality(
    type_name: str,
    body: Params,
    *,
    kind: Kind = "evaluation",
    strict: bool = False,
) -> Iterator[Violation]:
    """Every violation by ``expected_response`` and ``initial_response``: rules Q1 to Q4, in order.

    Args:
        type_name: one of ``QUALITY_TYPES``.
        body: the type's params after project inheritance, with the responses beside them.
        kind: a training task has no ``initial_response``; one is refused only when ``strict``.
        strict: also hold the contents of text responses against the task's fields or labels.
            Contents of image responses are always held against the task's own.
    """
    contents = _CONTENTS.get(type_name)
    # Image responses answer in the old sentences, text ones in those of a schema validator.
    if contents is None:
        yield from _check_image_responses(type_name, body)
        return
    if _EXPECTED not in body:
        yield schema.required(_EXPECTED, "the response a good labeler gives, an object")
    for name in (_EXPECTED, _INITIAL):
        if name not in body:
            continue
        if name == _INITIAL and kind == "training" and strict:
            yield schema.not_allowed(name, "only in an evaluation task")
        response = body[name]
        if not isinstance(response, dict):
            yield schema.must_be(name, OBJECT, "a response object with annotations")
        elif "annotations" not in response:
            yield schema.required(f"{name}.annotations", "the annotations of a response")
        elif strict:
            yield from contents(body, response["annotations"], f"{name}.annotations")


def _check_image_responses(type_name: str, body: Params) -> Iterator[Violation]:
    if _EXPECTED not in body:
        yield sentences.missing(_EXPECTED, "the response a good labeler gives, an object")
    check: Callable[[Params, str, Any], Iterable[Violation]] | None = None
    if type_name in QUALITY_TYPES:
        # Imported on use: only these types need the rules of images.
        module = import_module(f".{type_name}", __package__)
        check = getattr(module, "check_response", None)
    for name in (_EXPECTED, _INITIAL):
        if name not in body:
            continue
        if check is not None:
            yield from check(body, name, body[name])
        elif not isinstance(body[name], dict):
            yield sentences.wrong(name, "object", "a response object")


def _check_collection(body: Params, annotations: Any, path: str) -> Iterator[Violation]:
    if not isinstance(annotations, dict):
        yield schema.must_be(path, OBJECT, "an object of answers by field id")
        return
    yield from _check_answers(objects_in(body.get("fields")), annotations, path)


def _check_answers(
    fields: Sequence[dict[str, Any]], answers: dict[str, Any], path: str
) -> Iterator[Violation]:
    by_id = {f["field_id"]: f for f in fields if isinstance(f.get("field_id"), str)}
    for name, answer in answers.items():
        where = f"{path}.{name}"
        field = by_id.get(name)
        if field is None:
            yield schema.not_one_of(where, list(by_id))
        elif isinstance(answer, dict) and "response" in answer and "type" in answer:
            # The typed envelope (S2, else S1): its list has one entry for each response.
            where = f"{where}.response"
            if isinstance(answer["response"], list):
                for index, entry in enumerate(answer["response"]):
                    yield from _check_answer(field, entry, f"{where}[{index}]")
            else:
                yield schema.must_be(where, ARRAY, "a list with one entry for each response")
        elif _takes_several(field) and isinstance(answer, list):
            for index, entry in enumerate(answer):
                yield from _check_answer(field, entry, f"{where}[{index}]")
        else:
            yield from _check_answer(field, answer, where)


def _takes_several(field: dict[str, Any]) -> bool:
    most = field.get("max_responses_required")
    return is_integer(most) and most > 1


def _check_answer(field: dict[str, Any], answer: Any, path: str) -> Iterator[Violation]:
    kind = kind_of(field)
    if kind in CHOOSERS:
        yield from _check_choices(field, answer, path)
    elif kind and not schema.is_a(answer, _ANSWER_KINDS[kind]):
        yield schema.must_be(path, _ANSWER_KINDS[kind])
    elif kind == "number":
        least, most = field.get("min"), field.get("max")
        if is_number(least) and answer < least:
            yield schema.too_small(path, least)
        if is_number(most) and answer > most:
            yield schema.too_large(path, most)
    elif kind in HOLDERS:
        yield from _check_answers(objects_in(field.get("fields")), answer, path)


def _check_choices(field: dict[str, Any], answer: Any, path: str) -> Iterator[Violation]:
    choices = childless(objects_in(field.get("choices")), "subchoices")
    values = [choice["value"] for choice in choices if "value" in choice]
    known_values = {identity(value) for value in values}
    chosen: list[Any] = answer if isinstance(answer, list) else [answer]
    for index, value in enumerate(chosen):
        if identity(value) not in known_values:
            where = f"{path}[{index}]" if isinstance(answer, list) else path
            few = values[: schema.NAMES_SHOWN]
            yield schema.not_one_of(where, [_shown(value) for value in few])


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _check_entities(body: Params, annotations: Any, path: str) -> Iterator[Violation]:
    # Groups are menu entries, and never label a span.
    labels = childless(objects_in(body.get("labels")), "children")
    names = [label["name"] for label in labels if isinstance(label.get("name"), str)]
    known_values = frozenset(names)
    text = body.get("text", body.get("attachment"))
    for where, annotation in _placed(annotations):
        if not isinstance(annotation, dict):
            yield schema.must_be(f"{path}{where}", OBJECT, "an annotation object")
            continue
        if not is_one_of(annotation.get("label"), known_values):
            yield schema.not_one_of(f"{path}{where}.label", names)
        for key in ("start", "end"):
            place = annotation.get(key)
            if not is_integer(place):
                yield schema.must_be(f"{path}{where}.{key}", INTEGER, "an offset in the text")
            elif place < 0:
                yield schema.too_small(f"{path}{where}.{key}", 0)
            elif isinstance(text, str) and place > len(text):
                yield schema.too_large(f"{path}{where}.{key}", len(text))
    if not isinstance(annotations, list):
        yield schema.must_be(path, ARRAY, "a list of annotations")


def _check_document(body: Params, annotations: Any, path: str) -> Iterator[Violation]:
    labels = [
        feature["label"]
        for _, feature in placed_features(body.get("features"))
        if isinstance(feature, dict) and isinstance(feature.get("label"), str)
    ]
    known_values = frozenset(labels)
    for where, annotation in _placed(annotations):
        if not isinstance(annotation, dict):
            yield schema.must_be(f"{path}{where}", OBJECT, "an annotation object")
        elif not is_one_of(annotation.get("label"), known_values):
            yield schema.not_one_of(f"{path}{where}.label", labels)
    if not isinstance(annotations, list):
        yield schema.must_be(path, ARRAY, "a list of annotations")


def _placed(annotations: Any) -> list[tuple[str, Any]]:
    entries: list[Any] = annotations if isinstance(annotations, list) else []
    return [(f"[{index}]", entry) for index, entry in enumerate(entries)]


_CONTENTS: Final[Mapping[str, Callable[[Params, Any, str], Iterator[Violation]]]] = {
    "textcollection": _check_collection,
    "namedentityrecognition": _check_entities,
    "documenttranscription": _check_document,
}
