"""Form bodies, read as Express' ``qs`` reads them (docs/scale/calls.md 2).

Public copies of the oldest documentation still send ``objects_to_annotate[0]=face`` and
``examples[0][correct]=true``. A form holds nothing but texts: where a parameter is a boolean or a
number, the text of one is that (assumed: the documentation's sample replies show ``false`` and
``30``). Only the name tells which parameters those are, since a project or task type is not known
yet when the body is read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from .._errors import ApiError
from .._http.wire import INVALID_JSON

if TYPE_CHECKING:
    from collections.abc import Mapping

FORM: Final = "application/x-www-form-urlencoded"
"""The content type of a form; ``curl -d`` sends it unless told otherwise."""

READ_AS_FORM: Final = (
    f"the body was read as a form, as its Content-Type: {FORM} says: there a list is written "
    "name[]=a&name[]=b and an object name[key]=value; JSON needs Content-Type: application/json"
)
"""Noted where a form is refused: whoever did not know that it is one sees why."""

BOOLEANS: Final = frozenset(
    {
        "accepted", "allow_multiple", "allow_parent_labels", "allow_unlabeled", "calibration_batch",
        "can_add_base_annotations", "can_delete_base_annotations", "can_edit_base_annotations",
        "can_edit_base_annotation_labels", "can_rotate", "clear_unique_id_on_error",
        "constant_frame_rate", "convert_to_constant_frame_rate_video", "correct", "force_stacked",
        "include_date", "include_time", "inline", "instance_label", "integer_pixels",
        "is_bidirectional", "is_directed", "is_frameless", "merge_newlines", "options_flexible",
        "patch", "pitch_and_roll_enabled", "positions_flexible", "rapid", "require_audit",
        "required", "self_label_batch", "skip_human_transcription", "splines", "studio",
        "use_slider", "verbatim", "with_labels",
    }
)  # fmt: skip
"""Parameters that are booleans wherever they stand."""

NUMBERS: Final = frozenset(
    {
        "annotation_frame_rate", "camera_height", "consensus_attempts", "duration_time", "end",
        "frame_rate", "max", "max_annotations", "max_characters", "max_choices",
        "max_distance_meters", "max_responses_required", "max_vertices", "meters_per_unit", "min",
        "min_annotations", "min_characters", "min_choices", "min_height", "min_responses_required",
        "min_vertices", "min_width", "num_items_to_rank", "num_options", "padding", "paddingX",
        "paddingY", "padding_x", "padding_y", "priority", "project_param_version",
        "project_version", "responses_required", "start", "start_time", "step",
        "video_frame_rate",
    }
)  # fmt: skip
"""Parameters that are numbers wherever they stand."""

FREE_TEXTS: Final = frozenset({"metadata"})
"""Objects of the customer's own, which come back as they were sent."""

OWN_NAMES: Final = frozenset({"fields", "category_ids"})
"""Objects whose keys the customer chooses: their names tell nothing."""

MOST_LEVELS: Final = 100
"""Assumed: nobody nests as deep."""

LEAST_LIST_LIMIT: Final = 100
"""Up to this index, or the number of parameters, ``a[7]`` is a place in a list; beyond it a key
(Express' own limit)."""

_BRACKETS: Final = re.compile(r"\[([^\[\]]*)\]")
_NUMBER: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", re.ASCII)
_PAIR: Final = re.compile(rb"[A-Za-z_][\w.%+\[\]-]*=")


def looks_like_json(body: bytes) -> bool:
    """Whether a body that came as a form was hardly meant as one."""
    return body.lstrip()[:1] in {b"{", b"["}


def is_form(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether a body came as a form and is one."""
    as_form = headers.get("content-type", "").startswith(FORM)
    return bool(body) and as_form and not looks_like_json(body)


def looks_like_form(body: bytes) -> bool:
    """Whether a body that is no JSON begins as a form does: with a name and ``=``."""
    return _PAIR.match(body) is not None


class _Node:
    """What stands at one place of the form."""

    __slots__ = ("children", "many", "values")

    def __init__(self) -> None:
        self.values: list[str] = []
        self.children: dict[str, _Node] = {}
        self.many = False


def read_form(body: bytes, *, typed: bool = True) -> dict[str, Any]:
    """A form body as the object that it stands for.

    Repeated names and ``a[]`` and ``a[0]`` are lists, ``a[b]`` is an object, to any depth.

    Args:
        body: percent-encoded pairs.
        typed: whether the text of a boolean or number is read as one, where its name says so.

    Raises:
        ApiError: 400 where the names are nested deeper than ``MOST_LEVELS``.
    """
    pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace")
    root = _Node()
    for name, value in pairs:
        node = root
        path = _path(name)
        if len(path) > MOST_LEVELS:
            raise ApiError(
                400,
                INVALID_JSON,
                f"{name[:40]!r} of the form is nested in {len(path)} levels; at most "
                f"{MOST_LEVELS} are read",
            )
        for place, segment in enumerate(path):
            if segment or not place:
                node = node.children.setdefault(segment, _Node())
            elif place == len(path) - 1:
                node.many = True
            else:
                # As qs does: a[][b]=1&a[][c]=2 describe one and the same object.
                node = node.children.setdefault("0", _Node())
        node.values.append(value)
    limit = max(LEAST_LIST_LIMIT, len(pairs))
    return {
        name: _value(node, name, limit, typed=typed and name not in FREE_TEXTS)
        for name, node in root.children.items()
    }


def _path(name: str) -> list[str]:
    """``a[b][0]`` as ``["a", "b", "0"]``; what is no such name is one segment."""
    head, bracket, _ = name.partition("[")
    inner = _BRACKETS.findall(name) if bracket else []
    if not inner:
        return [name]
    return [head, *inner] if head else inner


def _value(node: _Node, name: str, limit: int, *, typed: bool) -> Any:
    values = [_read(text, name) if typed else text for text in node.values]
    if not node.children:
        return values if node.many or len(values) > 1 else values[0]
    if all(_is_place(key, limit) for key in node.children):
        order = sorted(node.children, key=int)
        item = "" if name in OWN_NAMES else name
        return [_value(node.children[key], item, limit, typed=typed) for key in order] + values
    inner = {
        key: _value(child, "" if name in OWN_NAMES else key, limit, typed=typed)
        for key, child in node.children.items()
    }
    return [*values, inner] if values else inner


def _is_place(key: str, limit: int) -> bool:
    return key.isascii() and key.isdecimal() and len(key) <= len(str(limit)) and int(key) <= limit


def _read(text: str, name: str) -> Any:
    if name in BOOLEANS:
        # Python programs send True and False.
        return {"true": True, "false": False}.get(text.lower(), text)
    if name in NUMBERS and _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return text
