"""Models lose nothing: what is read is written again, known or not."""

import inspect
import types
import typing
from datetime import UTC, datetime
from enum import Enum
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scaleapi
from scaleapi.v2 import models
from scaleapi.v2.models import Annotation, Expandable, Model, Task, UnknownAnnotation

words = st.text(max_size=8)
free = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | words,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(words, inner, max_size=2),
    max_leaves=4,
)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(
    lambda moment: moment.replace(tzinfo=UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
)
strangers = st.dictionaries(words.map(lambda name: f"x_{name}"), free, max_size=2)

CLASSES = [
    getattr(models, name)
    for name in models.__all__
    if inspect.isclass(getattr(models, name)) and issubclass(getattr(models, name), Model)
]
OBJECTS = [kind for kind in CLASSES if not issubclass(kind, Expandable) and kind.model_fields]
KINDS = {kind: name for name, kind in models.annotations.KINDS.items()}


def values(annotation):
    """JSON that a field of this annotation takes."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return values(arguments[0])
    if origin in {typing.Union, types.UnionType}:
        return st.one_of([values(argument) for argument in arguments])
    if origin is list:
        return st.lists(values(arguments[0]), max_size=2)
    if origin is dict:
        return st.dictionaries(words, free, max_size=2)
    if annotation in {type(None), None}:
        return st.none()
    if annotation is datetime:
        return moments
    if inspect.isclass(annotation) and issubclass(annotation, Model):
        return inner_documents(annotation)
    if inspect.isclass(annotation) and issubclass(annotation, Enum):
        return st.sampled_from([member.value for member in annotation])
    plain = {
        str: words,
        int: st.integers(-(2**40), 2**40),
        bool: st.booleans(),
        float: st.floats(0, 9),
    }
    return plain.get(annotation, free)


@cache
def inner_documents(kind):
    """The same strategy wherever a class stands, or drawing it would take ever longer."""
    return st.deferred(lambda: documents(kind))


@cache
def documents(kind):
    """JSON of an object of a class, with keys that nobody knows."""
    if issubclass(kind, Expandable):
        return values(kind.model_fields["actual_instance"].annotation)
    fields = {
        field.alias or name: st.just(KINDS[kind])
        if name == "type" and kind in KINDS
        else values(field.annotation)
        for name, field in kind.model_fields.items()
    }
    needed = {
        name: fields[name]
        for name in fields
        if any(
            (field.alias or own) == name and field.is_required()
            for own, field in kind.model_fields.items()
        )
    }
    optional = {name: fields[name] for name in fields if name not in needed}
    known = st.fixed_dictionaries(needed, optional=optional)
    return st.builds(lambda first, second: {**second, **first}, known, strangers)


@pytest.mark.parametrize("kind", OBJECTS, ids=lambda kind: kind.__name__)
@settings(max_examples=10)  # of each class; together they are about a thousand
@given(data=st.data())
def test_an_object_is_written_as_it_was_read(kind, data):
    document = data.draw(documents(kind))

    read = kind.from_dict(document)

    assert read.to_wire() == document
    assert kind.from_dict(read.to_wire()) == read
    assert kind.from_json(read.to_json()) == read


@given(strangers.map(lambda extra: {**extra, "type": "hologram", "id": "a", "key": "b"}))
def test_an_annotation_of_an_unknown_kind_is_kept(document):
    read = Annotation.from_dict(document)

    assert isinstance(read, UnknownAnnotation)
    assert read.to_wire() == document


@pytest.mark.parametrize(
    "document",
    [
        {"id": "a", "key": "b", "type": "integer", "value": 3.0},
        {"id": "a", "key": "b", "type": "integer", "value": True},
        {"id": "a", "key": "b", "type": "boolean", "value": "yes"},
        {"key": "b", "value": 5},
        {"id": "a", "key": "b", "type": "text", "value": {"new": "shape"}},
    ],
)
def test_an_annotation_whose_value_does_not_fit_its_kind_is_kept_as_it_came(document):
    read = Annotation.from_dict(document)

    assert isinstance(read, UnknownAnnotation)
    assert read.to_wire() == document


def test_a_status_that_is_not_known_stays_a_text():
    task = {
        "task_id": "t",
        "project": "p",
        "status": "on_fire",
        "created_at": "2026-03-02T09:00:00.000Z",
    }

    assert Task.from_dict(task).status == "on_fire"


def test_what_is_missing_is_named_in_one_sentence():
    with pytest.raises(scaleapi.ScaleUnreadableReply) as refused:
        Task.from_dict({"task_id": 5, "status": "pending"})

    assert str(refused.value) == (
        "200: the answer is no Task: task_id: input should be a valid string; project: field "
        "required; created_at: field required"
    )


def test_an_expandable_object_is_an_id_or_the_whole():
    project = {"id": "p", "name": "Kitchen", "created_at": "2026-03-02T09:00:00.000Z"}
    task = {"task_id": "t", "status": "pending", "created_at": "2026-03-02T09:00:00.000Z"}

    plain = Task.from_dict({**task, "project": "p"})
    whole = Task.from_dict({**task, "project": project})

    assert (plain.project_id, plain.project.entity, plain.project.actual_instance) == (
        "p",
        None,
        "p",
    )
    assert (whole.project_id, whole.project.entity.name) == ("p", "Kitchen")
    assert plain.project == "p"
