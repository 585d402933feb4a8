"""A page for each task type: its parameters, and what comes back, as the fake answers it."""

from __future__ import annotations

import inspect
import re
import sys
from typing import TYPE_CHECKING, Any, Final

import requests

from benchmarks.every_type import EXAMPLES, INSTRUCTION
from scaleapi_testing import FakeScale
from scaleapi_testing._task_types import names, task_type

from .docstrings import as_markdown
from .parameters import (
    class_of,
    common_parameters,
    direct_parts,
    own_parameters,
    parameters_of,
    parts_of,
)
from .place import Page
from .tables import facts, json_block, shape, table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaleapi import ScaleClient
    from scaleapi_testing._task_types._base import TaskType

    from .parameters import Parameter

FOLDER: Final = "reference/task-types"
SOURCE: Final = "website/task_types.py"

_IMAGE: Final = {"attachment": "https://images.example.com/street.jpg"}
_TEXT: Final = {"attachment_type": "text", "attachment": "Moo."}
_CHOICES: Final = [{"label": "Sober", "value": "sober"}, {"label": "Loud", "value": "loud"}]


def _field(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "field_id": "answer", "title": "What is it?", **more}


VARIANTS: Final[dict[str, dict[str, dict[str, Any]]]] = {
    "imageannotation": {
        **{
            f"Geometry `{geometry}`": {
                **_IMAGE,
                "geometries": {geometry: {"objects_to_annotate": ["car"]}},
            }
            for geometry in ("polygon", "line", "point", "cuboid", "ellipse")
        },
        "Boxes that may be rotated": {
            **_IMAGE,
            "geometries": {"box": {"objects_to_annotate": ["car"], "can_rotate": True}},
        },
        "With attributes of shapes": {
            **_IMAGE,
            "geometries": {"box": {"objects_to_annotate": ["car"]}},
            "annotation_attributes": {
                "parked": {"type": "category", "description": "Parked?", "choices": ["yes", "no"]}
            },
        },
    },
    "categorization": {
        "Several categories": {**_TEXT, "categories": ["cow", "sheep"], "allow_multiple": True},
        "Taxonomies": {
            **_TEXT,
            "taxonomies": {
                "animal": {"type": "category", "choices": ["cow", "sheep"]},
                "legs": {"type": "number", "min": 0, "max": 8, "step": 1},
            },
        },
    },
    "textcollection": {
        "A text, a number, a moment": {
            "attachments": [{"type": "text", "content": "Moo."}],
            "fields": [
                {**_field("text"), "field_id": "name"},
                {**_field("number"), "field_id": "age"},
                {**_field("datetime"), "field_id": "born"},
            ],
        },
        "Answers of several workers": {
            "attachments": [{"type": "text", "content": "Moo."}],
            "fields": [_field("category", choices=_CHOICES)],
            "responses_required": 2,
        },
    },
}
"""Tasks whose answers have another shape than the ordinary one of their type."""


def pages() -> list[Page]:
    """The page of every type, after one that lists them and one of what parameters are made of."""
    with FakeScale(seed=1) as scale:
        client = scale.client()
        prepared = _prepared(scale, client)
        types = [kind for name in names() if (kind := task_type(name)) is not None]
        return [
            _index(types),
            _parts(),
            *(_page(kind, scale, client, prepared[kind.name]) for kind in types),
        ]


def _prepared(scale: FakeScale, client: ScaleClient) -> dict[str, dict[str, Any]]:
    scale.add_projects(
        [(params["project"], name) for name, params in EXAMPLES.items() if "project" in params]
    )
    lidar = client.create_task("lidarannotation", **EXAMPLES["lidarannotation"])
    scale.complete(lidar)
    return {
        name: {key: lidar.id if value == "<lidar>" else value for key, value in params.items()}
        for name, params in EXAMPLES.items()
    }


def _index(types: Iterable[TaskType]) -> Page:
    rows = [
        (f"[`{kind.name}`]({kind.name}.md)", _summary(kind), kind.source.kind) for kind in types
    ]
    common = _parameter_table(common_parameters())
    text = f"""# Task types

What `POST /v1/task/<type>` takes and what comes back, for each type: made from the code, with
answers as the fake gives them.

{table(("type", "what it is", "known from"), rows)}
## Parameters of every type

{common}
A parameter that the task leaves out may come from its project.

## The answer of a task that ended in an error

A task that cannot be done has `status` `"error"`, and as `response`

```json
{{"error": "the attachment could not be opened"}}
```

and, where it was the attachments' fault, `attachments`: a list of
`{{"statusCode": 403, "url": "..."}}`.
"""
    return Page(f"{FOLDER}/README.md", text, SOURCE)


def _page(kind: TaskType, scale: FakeScale, client: ScaleClient, params: dict[str, Any]) -> Page:
    own_module = sys.modules[f"scaleapi_testing._task_types.{kind.name}"]
    parts = [f"# `{kind.name}`", _prose(own_module.__doc__)]
    known = [("known from", _linked(str(kind.source)))]
    if kind.aliases:
        known.append(("also called", ", ".join(f"`{alias}`" for alias in kind.aliases)))
    if kind.instruction is not None:
        known.append(("instruction where none is given", f"`{kind.instruction}`"))
    class_name = class_of(kind.name)
    if class_name is not None:
        known.append(("class for type checkers", f"`{class_name}`"))
    parts.append(facts(known))
    parts += ["## Parameters", _own_parameters(kind, class_name)]
    sent = {"instruction": INSTRUCTION, **params}
    parts += ["## A task, and its answer", *_answered(kind, scale, client, sent)]
    for title, variant in VARIANTS.get(kind.name, {}).items():
        sent = {"instruction": INSTRUCTION, **variant}
        parts += [f"## {title}", *_answered(kind, scale, client, sent)]
    parts += ["## What a test key is answered", *_mocked(kind, scale, params)]
    return Page(f"{FOLDER}/{kind.name}.md", "\n\n".join(filter(None, parts)) + "\n", SOURCE)


def _prose(docstring: str | None) -> str:
    text = as_markdown(inspect.cleandoc(docstring or ""))
    # Rules stand on the pages about Scale, by their ids.
    return re.sub(r"^Truth:", "**What labelers should find** (`truth`):", text, flags=re.MULTILINE)


def _summary(kind: TaskType) -> str:
    docstring = sys.modules[f"scaleapi_testing._task_types.{kind.name}"].__doc__ or ""
    first = " ".join(docstring.strip().partition("\n\n")[0].split())
    return as_markdown(re.sub(rf"^``{kind.name}``:\s*", "", first))


def _linked(source: str) -> str:
    return re.sub(r"https?://\S+", lambda url: f"<{url[0]}>", source)


def _own_parameters(kind: TaskType, class_name: str | None) -> str:
    typed = {} if class_name is None else {p.name: p for p in parameters_of(class_name)}
    common = {parameter.name for parameter in common_parameters()}
    rows = list(typed.values())
    untyped = sorted(kind.keys - set(typed) - common)
    text = "Besides [those of every type](README.md#parameters-of-every-type):\n\n"
    text += _parameter_table(rows) if rows else "None of its own.\n"
    if untyped:
        also = ", ".join(f"`{key}`" for key in untyped)
        text += f"\nKnown too, through `create_task_from` or plain HTTP: {also}.\n"
    return text


def _parameter_table(parameters: Iterable[Parameter]) -> str:
    rows = [(f"`{each.name}`", f"`{each.type}`", _meaning(each)) for each in parameters]
    return table(("parameter", "type", "meaning"), rows)


def _meaning(parameter: Parameter) -> str:
    parts = ", ".join(f"[{part}](parts.md#{part.lower()})" for part in direct_parts(parameter))
    return "; ".join(filter(None, (parameter.words, parts)))


def _parts() -> Page:
    """The objects that parameters are made of."""
    classes = sorted(
        {
            part
            for name in names()
            if (of_type := class_of(name)) is not None
            for part in parts_of(parameters_of(of_type))
        }
    )
    sections = [f"## {name}\n\n{_parameter_table(own_parameters(name))}" for name in classes]
    intro = "The objects that the parameters of [task types](README.md) are made of."
    return Page(
        f"{FOLDER}/parts.md", "\n".join([f"# Parts of parameters\n\n{intro}\n", *sections]), SOURCE
    )


def _answered(
    kind: TaskType, scale: FakeScale, client: ScaleClient, sent: dict[str, Any]
) -> list[str]:
    task = client.create_task_from(kind.name, sent)
    scale.complete(task)
    answer = client.get_task(task.id).as_dict().get("response")
    parts = [f"Sent to `POST /v1/task/{kind.name}`:", json_block(sent, whole=True)]
    parts += ["`task.response`, of long lists the first items:", json_block(answer)]
    parts += ["Its shape:", shape(answer)]
    return [*parts, *_fetched(answer)]


def _fetched(answer: Any) -> list[str]:
    """What stands at the address that an answer is, where it is JSON."""
    parts: list[str] = []
    for address in sorted(set(_addresses(answer))):
        reply = requests.get(address, timeout=5)
        if reply.headers.get("content-type", "").startswith("application/json"):
            content = reply.json()
            parts += ["What is downloaded from its `url`:", json_block(content)]
            parts += ["Its shape:", shape(content)]
            break
    return parts


def _addresses(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _addresses(item)
    elif isinstance(value, list):
        for item in value:
            yield from _addresses(item)
    elif isinstance(value, str) and "/results/" in value:
        yield value


def _mocked(kind: TaskType, scale: FakeScale, params: dict[str, Any]) -> list[str]:
    if kind.mock is None:
        return ["The same as a labeler's answer, at once."]
    if "project" in params or kind.name == "lidarlinking":
        return ["An answer of the same shape, at once, that does not depend on chance."]
    task = scale.client("test_key").create_task_from(kind.name, {"instruction": "Do.", **params})
    return ["At once, and not by chance:", json_block(task.as_dict().get("response"))]
