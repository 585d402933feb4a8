"""What ``videoboxannotation`` and ``videocuboidannotation`` share: one geometry, labels on top.

Only the names are public; parameters and answers are assumed to be those of ``videoannotation``
with the options of the older image types (docs/scale/video.md 4).

``truth`` is that of ``videoannotation``: one ``{"annotations": [shape]}`` per annotated frame.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from ..._provenance import assumed
from .._base import TaskType
from .._language.labels import leaves
from .._language.values import is_true
from .._shapes.rules import CAMERA_OPTIONS, SIZE_OPTIONS, read_geometries, read_geometry
from .answers import framed_answer
from .clip import frames_clip
from .rules import attachment_type_of, check_one_geometry_task, unread

if TYPE_CHECKING:
    from .._base import Job, Params

_WHY: Final = "only the name is public; taken for videoannotation with one geometry"


def one_geometry(name: str, geometry: str, keys: frozenset[str]) -> TaskType:
    """The task type called ``name`` that asks for ``geometry`` alone."""
    return TaskType(
        name=name,
        source=assumed(_WHY),
        keys=keys,
        check=partial(check_one_geometry_task, geometry),
        respond=partial(_respond, geometry),
        written_back=_written_back,
        unread=unread,
    )


def _written_back(params: Params) -> Params:
    """``attachment_type``, for a video ``frame_rate``, ``with_labels`` and the minima."""
    params["attachment_type"] = attachment_type_of(params)
    if params["attachment_type"] == "video":
        params.setdefault("frame_rate", 1)
    params.setdefault("with_labels", True)
    if params.get("geometries") is None:
        for option in SIZE_OPTIONS:
            params.setdefault(option, 0)
    return params


def _respond(geometry: str, job: Job) -> dict[str, Any]:
    params = job.params
    if params.get("geometries") is not None:
        rules = read_geometries(params["geometries"])
    else:
        known_options = {*SIZE_OPTIONS, *(CAMERA_OPTIONS if geometry == "cuboid" else ())}
        options = {key: value for key, value in params.items() if key in known_options}
        rules = (read_geometry(geometry, options, leaves(params["objects_to_annotate"])),)
    labeled = is_true(params.get("with_labels"), default=True)
    return framed_answer(job, rules, frames_clip(job), with_labels=labeled)
