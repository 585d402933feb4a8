"""Which namedentityrecognition tasks Scale takes, and which spans and relationships come back.

Truth: the response, ``{"annotations": [{"start": 0, "end": 8, "label": "person"}, ...],
"relationships": [{"source_ref": id, "target_ref": id, "name": ...}, ...]}``, or the list of
annotations alone; ``id``, ``text`` and ``attributes`` of an annotation are optional, offsets count
code points. Each label is right with the labelers' accuracy, each span missed with their miss rate;
a relationship is found when both of its ends are. Spans do not move.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._provenance import documented
from .._random import draw_uuid
from ._base import Job, Params, Surroundings, TaskType, Violation, unread_keys
from ._language import schema
from ._language.noise import Noise
from ._language.schema import ARRAY, BOOLEAN, OBJECT, STRING
from ._language.truth import Places, listed, place_of, untrue
from ._language.values import is_integer, is_number
from ._text import relationships
from ._text.writer import Writer, childless, draw_number, spans

if TYPE_CHECKING:
    from collections.abc import Iterator

_LABEL_KINDS: Final = {
    "display_name": STRING,
    "description": STRING,
    "children": ARRAY,
    "attributes": OBJECT,
}
_LABEL_KEYS: Final = ("name", *_LABEL_KINDS)
_ATTRIBUTE_KEYS: Final = ("type", "description", "choices", "allow_multiple", "min", "max", "step")
_MOST_SPANS: Final = 8


def check(params: Params, surroundings: Surroundings) -> Iterator[Violation]:
    """Rules E1 to E8 of docs/scale/collection.md 2, in this order."""
    del surroundings
    yield from _check_text(params)
    yield from schema.check_list(params, "labels", "", 1, "a non-empty array of label objects")
    placed = list(_placed_labels(params))
    for path, label in placed:
        if not isinstance(label, dict):
            yield schema.must_be(path, OBJECT, 'a label object, e.g. {"name": "person"}')
        else:
            yield from schema.check_text(label, "name", path, "the label's name, a string")
    objects = [(path, label) for path, label in placed if isinstance(label, dict)]
    for path, label in objects:
        for key in label:
            if key not in _LABEL_KEYS:
                yield schema.not_allowed(f"{path}.{key}", f"only {', '.join(_LABEL_KEYS)}")
        yield from schema.check_types(label, _LABEL_KINDS, path)
        yield from _check_attributes(label, path)
    yield from schema.check_unique(objects, "name", "a name that no other label has")
    if "relationships" in params:
        yield from relationships.check(params["relationships"], list(label_names(params)))
    yield from schema.check_types(params, {"merge_newlines": BOOLEAN, "hypothesis": OBJECT})


def _check_text(params: Params) -> Iterator[Violation]:
    # A tutorial of 2020 sent the text as attachment with attachment_type text.
    if "text" not in params and params.get("attachment") not in (None, ""):
        yield from schema.check_types(params, {"attachment": STRING})
    else:
        yield from schema.check_text(params, "text", "", "the text itself, a string")


def _placed_labels(params: Params) -> Iterator[tuple[str, Any]]:
    return schema.nested(params.get("labels"), "labels", lambda _: "children")


def _check_attributes(label: dict[str, Any], path: str) -> Iterator[Violation]:
    attributes = label.get("attributes")
    if not isinstance(attributes, dict):
        return
    for name, attribute in attributes.items():
        where = f"{path}.attributes.{name}"
        if not isinstance(attribute, dict):
            yield schema.must_be(where, OBJECT, "an attribute object")
        elif "choices" in attribute:
            yield from schema.check_list(
                attribute, "choices", where, 1, "a non-empty array of choices"
            )


def label_names(params: Params) -> Iterator[str]:
    """The names of all labels, groups included, outer before inner."""
    for _, label in _placed_labels(params):
        if isinstance(label, dict) and isinstance(label.get("name"), str):
            yield label["name"]


def text_of(params: Params) -> str:
    """The text that the offsets count in."""
    text: str = params["text"] if "text" in params else params["attachment"]
    return text


def respond(job: Job) -> dict[str, Any]:
    """``{"annotations": [{id, start, end, text, label}], "relationships": [...]}``.

    ``end`` is exclusive and offsets count code points: ``text == params.text[start:end]``.

    Raises:
        ValueError: the job's truth does not fit the text or the labels.
    """
    text = text_of(job.params)
    labels = list(childless(job.params["labels"], "children"))
    if job.truth is not None:
        return _found(job, text, labels)
    writer = Writer(job)
    annotations: list[dict[str, Any]] = []
    for span in spans(text, job.random, _MOST_SPANS):
        label = job.random.choice(labels)
        annotation = _annotation(text, span.start, span.end, draw_uuid(job.random), label)
        if label.get("attributes"):
            annotation["attributes"] = _attributes(job, writer, label)
        annotations.append(annotation)
    linked = relationships.make_up(job, annotations)
    return {"annotations": annotations, "relationships": linked}


def _annotation(text: str, start: int, end: int, id: str, label: dict[str, Any]) -> dict[str, Any]:
    piece = text[start:end]
    return {"id": id, "start": start, "end": end, "text": piece, "label": label["name"]}


def _attributes(job: Job, writer: Writer, label: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, attribute in label["attributes"].items():
        choices = attribute.get("choices")
        if choices:
            value = _value_of(job.random.choice(choices))
            multiple = attribute.get("allow_multiple") is True
            values[name] = [value] if multiple else value
        elif attribute.get("type") == "number":
            bounds = (attribute.get(key) for key in ("min", "max"))
            least, most = (bound if is_number(bound) else None for bound in bounds)
            if least is not None and most is not None and most < least:
                most = None
            values[name] = draw_number(job.random, least, most)
        elif attribute.get("type") == "boolean":
            values[name] = job.random.random() < 0.5
        else:
            values[name] = writer.word()
    return values


def _value_of(choice: Any) -> Any:
    if isinstance(choice, dict):
        return choice.get("value", choice.get("choice", choice.get("label")))
    return choice


def _found(job: Job, text: str, labels: list[dict[str, Any]]) -> dict[str, Any]:
    names = [label["name"] for label in labels]
    noise, writer = Noise(job), Writer(job)
    places = Places(job, names)
    annotations: list[dict[str, Any]] = []
    true_labels: dict[str, str] = {}
    for index, true in enumerate(listed(job, job.truth, "annotations")):
        path = f"annotations[{index}]"
        start, end = true.get("start"), true.get("end")
        if not is_integer(start) or not is_integer(end) or not 0 <= start < end <= len(text):
            right = f"a start below its end, both whole numbers from 0 to {len(text)}"
            raise untrue(job, path, true, right)
        start, end = int(start), int(end)
        if true.get("text", text[start:end]) != text[start:end]:
            raise untrue(job, f"{path}.text", true["text"], repr(text[start:end]))
        position = places.of(f"{path}.label", true.get("label"))
        own_id = true.get("id")
        if own_id is not None and (
            not isinstance(own_id, str) or not own_id or own_id in true_labels
        ):
            raise untrue(job, f"{path}.id", own_id, "an id that no other annotation has, a string")
        id: str = own_id or draw_uuid(job.random)
        # Noted even if missed: a relationship may name it, and is then left out, not refused.
        true_labels[id] = names[position]
        if noise.misses():
            continue
        label_position = noise.position(position, len(labels))
        label = labels[label_position]
        annotation = _annotation(text, start, end, id, label)
        if label.get("attributes"):
            annotation["attributes"] = _attributes(job, writer, label)
            # Attributes of another label say nothing about this one.
            if label_position == position:
                annotation["attributes"].update(_true_attributes(job, true, label, path))
        annotations.append(annotation)
    # A truth may be in any order, an answer is in that of the text.
    annotations.sort(key=lambda annotation: (annotation["start"], annotation["end"]))
    linked = job.truth.get("relationships", []) if isinstance(job.truth, dict) else []
    return {
        "annotations": annotations,
        "relationships": relationships.found(job, linked, true_labels, annotations),
    }


def _true_attributes(
    job: Job, true: dict[str, Any], label: dict[str, Any], path: str
) -> dict[str, Any]:
    attributes = true.get("attributes", {})
    if not isinstance(attributes, dict):
        raise untrue(job, f"{path}.attributes", attributes, "an object")
    noise = Noise(job)
    places = Places(job, tuple(label["attributes"]))
    values_seen: dict[str, Any] = {}
    for name, value in attributes.items():
        places.of(f"a key of {path}.attributes", name)
        choices = label["attributes"][name].get("choices")
        if not choices or isinstance(value, list):
            values_seen[name] = value
            continue
        values = [_value_of(choice) for choice in choices]
        position = place_of(job, f"{path}.attributes.{name}", value, values)
        values_seen[name] = values[noise.position(position, len(values))]
    return values_seen


def unread(params: Params) -> Iterator[str]:
    """Keys of attributes and relationships that nothing reads; those of labels are refused."""
    for path, label in _placed_labels(params):
        attributes = label.get("attributes") if isinstance(label, dict) else None
        for name, attribute in attributes.items() if isinstance(attributes, dict) else ():
            yield from unread_keys(f"{path}.attributes.{name}", attribute, _ATTRIBUTE_KEYS)
    yield from relationships.unread(params.get("relationships"))


TASK_TYPE: Final = TaskType(
    "namedentityrecognition",
    source=documented("https://docs.scale.com/reference/callback-format-3"),
    keys=frozenset(
        {
            "text",
            "attachment",
            "attachment_type",
            "labels",
            "relationships",
            "merge_newlines",
            "hypothesis",
        }
    ),
    check=check,
    respond=respond,
    unread=unread,
)
