"""What is wrong inside answers whose truths have another shape, or none that is published.

Other types' answers are held against their truths; an answer of ``segmentannotation`` or
``lidarsegmentation`` points at files, and no truth looks so. What may be left out is not missed:
answers of a hypothesis are as short as that.

Source: docs/scale/images.md 9.2, docs/scale/scenes.md 3, docs/scale/collection.md 8.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, TypeGuard

from .._messages import listed
from .._task_types._language.labels import leaves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

Told = tuple[str, str]
"""A place, and words that follow it."""

_SHOWN: Final = 60
_ADDRESS: Final = re.compile(r"(?:[a-z][a-z0-9+.-]*://|data:)\S+", re.IGNORECASE)
_COLOR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_MASKS: Final = ("image", "indexedImage", "extendedIndexedImage")
_OF_ENTRY: Final = ("index", "color", "numPixels", "uuid", "attributes")


def short(value: Any) -> str:
    """A value as its JSON, cut."""
    written = json.dumps(value, ensure_ascii=False)
    return written if len(written) <= _SHOWN else f"{written[:_SHOWN]}..."


def inside(
    type_name: str,
    params: Mapping[str, Any],
    response: dict[str, Any],
    opened: Callable[[Any], Any],
) -> Iterator[Told]:
    """What is wrong inside an answer whose members are of the right kinds.

    Args:
        type_name: of the task; types that are not of this page yield nothing.
        params: of the task.
        response: of which each member is known to be of its kind.
        opened: gives what stands in the file that ``{"url": ...}`` points at; ``None`` where it is
            not here.
    """
    if type_name == "segmentannotation":
        yield from _masks(params, response)
    elif type_name == "lidarsegmentation":
        yield from _points(params, response, opened)
    elif type_name == "cruisecontrol":
        yield from _annotations(response.get("annotations"))


def _wrong(path: str, value: Any, right: str) -> Told:
    return path, f"is {short(value)}; right would be {right}"


def _unknown(path: str, right: str) -> Told:
    return path, f"is no part of an answer of this type; right would be {right}"


def _address(path: str, value: Any) -> Iterator[Told]:
    if not isinstance(value, str) or not _ADDRESS.fullmatch(value):
        yield _wrong(path, value, "an address")


def _whole(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


# -- segmentannotation ----------------------------------------------------------------------------


def _masks(params: Mapping[str, Any], response: dict[str, Any]) -> Iterator[Told]:
    from .._task_types.segmentannotation import usable_labels

    # One that a customer sent comes back with whatever else is in it.
    is_strict = not isinstance(params.get("hypothesis"), dict)
    usable = usable_labels(dict(params))
    mapping: dict[str, Any] = response.get("labelMapping") or {}
    for label, entry in mapping.items():
        path = f"response.labelMapping.{label}"
        if label not in usable:
            continue  # the rules for expected responses tell it
        if isinstance(entry, list) is not usable[label]:
            yield _wrong(
                path, entry, "a list, one for each object" if usable[label] else "an object"
            )
            continue
        for place, single in enumerate(entry if isinstance(entry, list) else [entry]):
            here = f"{path}[{place}]" if isinstance(entry, list) else path
            yield from _entry(here, single, is_strict=is_strict)
    annotations: dict[str, Any] = response.get("annotations") or {}
    for name, value in annotations.items():
        path = f"response.annotations.{name}"
        if name == "combined":
            yield from _combined(path, value, is_strict=is_strict)
        elif name == "labeled":
            yield from _labeled(path, value, mapping, usable)
        elif name == "unlabeled":
            yield from _address(path, value)
        elif is_strict:
            yield _unknown(path, "one of combined, labeled, unlabeled")


def _entry(path: str, entry: Any, *, is_strict: bool) -> Iterator[Told]:
    if not isinstance(entry, dict):
        yield _wrong(path, entry, "an object")
        return
    for name, value in entry.items():
        here = f"{path}.{name}"
        if name == "color" and not (isinstance(value, str) and _COLOR.fullmatch(value)):
            yield _wrong(here, value, 'a colour such as "#ff0000"')
        elif name == "numPixels" and not (_whole(value) and value >= 0):
            yield _wrong(here, value, "a whole number, 0 or more")
        elif name == "uuid" and not isinstance(value, str):
            yield _wrong(here, value, "a text")
        elif name == "attributes" and not isinstance(value, dict):
            yield _wrong(here, value, "an object")
        elif is_strict and name not in _OF_ENTRY:
            yield _unknown(here, f"one of {listed(_OF_ENTRY)}")


def _combined(path: str, value: Any, *, is_strict: bool) -> Iterator[Told]:
    if not isinstance(value, dict):
        yield _wrong(path, value, "an object")
        return
    for name, address in value.items():
        if name in _MASKS:
            yield from _address(f"{path}.{name}", address)
        elif is_strict:
            yield _unknown(f"{path}.{name}", f"one of {listed(_MASKS)}")


def _labeled(
    path: str, value: Any, mapping: dict[str, Any], usable: Mapping[str, bool]
) -> Iterator[Told]:
    if not isinstance(value, dict):
        yield _wrong(path, value, "an object")
        return
    for label, masks in value.items():
        here = f"{path}.{label}"
        if label not in mapping:
            yield here, f"is of no label in labelMapping; right would be one of {listed(mapping)}"
        elif not usable.get(label):
            yield from _address(here, masks)
        elif not isinstance(masks, list):
            yield _wrong(here, masks, "a list, one address for each object")
        else:
            for place, address in enumerate(masks):
                yield from _address(f"{here}[{place}]", address)
            objects = mapping[label]
            if isinstance(objects, list) and len(objects) != len(masks):
                right = f"{len(objects)}, one for each object in labelMapping"
                yield here, f"has {len(masks)} addresses; right would be {right}"


# -- lidarsegmentation ----------------------------------------------------------------------------


def _points(
    params: Mapping[str, Any], response: dict[str, Any], opened: Callable[[Any], Any]
) -> Iterator[Told]:
    for name in ("point_segmentations", "annotations"):
        link: Any = response.get(name)
        if link is None:
            continue
        path = f"response.{name}"
        for key in link:
            if key != "url":
                yield _unknown(f"{path}.{key}", "url, of a file that holds it")
        if "url" not in link:
            yield f"{path}.url", "is missing; right would be an address"
        else:
            yield from _address(f"{path}.url", link["url"])
    content = opened(response.get("point_segmentations"))
    if content is not None and content is not response.get("point_segmentations"):
        yield from _segmentation("response.point_segmentations", params, content)


def _segmentation(path: str, params: Mapping[str, Any], content: Any) -> Iterator[Told]:
    """The file of a segmentation, where it lies here."""
    for name in ("objects", "point_objects"):
        value = content.get(name) if isinstance(content, dict) else None
        if not isinstance(value, list):
            yield _wrong(f"{path}.{name}", value, "a list, in the file")
            return
    labels = [*leaves(params.get("labels")), *leaves(params.get("segmentation_labels"))]
    for place, entry in enumerate(content["objects"]):
        here = f"{path}.objects[{place}]"
        if not isinstance(entry, dict):
            yield _wrong(here, entry, "an object")
            continue
        if entry.get("label") not in labels:
            yield _wrong(f"{here}.label", entry.get("label"), f"one of {listed(labels)}")
        if entry.get("index") != place + 1:
            yield _wrong(f"{here}.index", entry.get("index"), f"{place + 1}, its place")
        if entry.get("instance", True) is not True:
            yield _wrong(f"{here}.instance", entry["instance"], "true, or nothing")
    most = len(content["objects"])
    for place, frame in enumerate(content["point_objects"]):
        here = f"{path}.point_objects[{place}]"
        if not isinstance(frame, list):
            yield _wrong(here, frame, "a list, one number for each point")
            continue
        odd = next((n for n, i in enumerate(frame) if not (_whole(i) and 0 <= i <= most)), None)
        if odd is not None:
            right = f"the index of an object, 1 to {most}, or 0"
            yield _wrong(f"{here}[{odd}]", frame[odd], right)


# -- cruisecontrol --------------------------------------------------------------------------------


def _annotations(annotations: Any) -> Iterator[Told]:
    """Only what annotations of all types have in common is held against them (assumed)."""
    every: list[Any] = annotations or []
    for place, entry in enumerate(every):
        here = f"response.annotations[{place}]"
        if not isinstance(entry, dict):
            yield _wrong(here, entry, "an object")
            continue
        if not entry:
            yield _wrong(here, entry, "an object that says something, such as its label")
        for name, kind, right in (
            ("label", str, "a text"),
            ("uuid", str, "a text"),
            ("type", str, "a text"),
            ("attributes", dict, "an object"),
        ):
            if name in entry and not isinstance(entry[name], kind):
                yield _wrong(f"{here}.{name}", entry[name], right)
