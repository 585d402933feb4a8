"""What is read at the features of a document, and which annotations refer to which."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from ..._random import draw_uuid
from .._language.noise import Noise
from .._language.truth import Places, listed, untrue
from .._language.values import is_integer
from .._text.writer import Writer
from .features import labelled, placed_features
from .pages import pages_of, places, true_location

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._base import Job
    from .pages import Page

_AMOUNT: Final = re.compile(r"[-+]?\d[\d,]*(\.\d+)?|[-+]?\.\d+")
_DATE_FORMS: Final = ("%Y-%m-%d", "%Y%m%d", "%m/%d/%Y", "%d.%m.%Y", "%B %d, %Y", "%d %B %Y")
_PAIRS: Final = (("key", "value"), ("thead", "tbody"))
_MOST_MEMBERS: Final = 50
"""So that a group of thousands does not bring millions of references."""


def answer(job: Job, features: Sequence[dict[str, Any]], geometry: str) -> dict[str, Any]:
    """The response of a document task; puts ``document_pages`` into ``job.extra``.

    Args:
        job: the task.
        features: as its parameters name them, checked.
        geometry: ``"box"`` or ``"polygon"``.

    Raises:
        ValueError: the job's truth does not fit the features or the pages.
    """
    pages = pages_of(job)
    job.extra["document_pages"] = [
        {"width": page.width, "height": page.height, "url": page.url} for page in pages
    ]
    labelled_features = labelled(placed_features(features))
    reader = _Reader(job, pages, geometry, labelled_features)
    return {"annotations": reader.made_up() if job.truth is None else reader.found()}


class _Reader:
    """A labeler with the document before them."""

    def __init__(
        self,
        job: Job,
        pages: Sequence[Page],
        geometry: str,
        labelled_features: Sequence[tuple[dict[str, Any], str]],
    ) -> None:
        self._job = job
        self._noise = Noise(job)
        self._writer = Writer(job)
        self._pages = pages
        self._geometry = geometry
        self._wanted = labelled_features
        self._features = {feature["label"]: feature for feature, _ in labelled_features}
        self._labels = tuple(self._features)
        self._places = Places(job, self._labels)
        self._groups = {feature["label"]: group for feature, group in labelled_features}

    def made_up(self) -> list[dict[str, Any]]:
        """At least one annotation of each label."""
        shown = [feature for feature, _ in self._wanted for _ in range(self._times(feature))]
        placed = places(self._job.random, self._pages, len(shown), self._geometry)
        annotations = [
            self._annotation(feature, page, location, self._reading(feature))
            for feature, (page, location) in zip(shown, placed, strict=True)
        ]
        self._link(annotations)
        return annotations

    def _times(self, feature: dict[str, Any]) -> int:
        # A plain label is sometimes found twice; halves of a pair and boxes to tick stand alone.
        return 2 if not _flags(feature) and self._job.random.random() < 0.2 else 1

    def _reading(self, feature: dict[str, Any]) -> str:
        """What stands on the page; of a block it is not told, but its flags may need it."""
        flags, random = _flags(feature), self._job.random
        if "date" in flags:
            day = self._writer.date()
            # The compact form reads as a number too, which a feature with both flags needs.
            return day.replace("-", "") if "money" in flags else day
        if "money" in flags:
            return f"${random.randint(1, 900)}.{random.randrange(100):02d}"
        return self._writer.answer(feature["label"]) if feature["type"] == "text" else ""

    def _annotation(
        self,
        feature: dict[str, Any],
        page: int,
        location: dict[str, Any],
        reading: str,
        uuid: str = "",
    ) -> dict[str, Any]:
        annotation: dict[str, Any] = {
            "uuid": uuid or draw_uuid(self._job.random),
            "page": page,
            "label": feature["label"],
        }
        if feature["type"] == "text":
            annotation["text"] = reading
        annotation["location"] = location
        annotation["refs"] = []
        flags = _flags(feature)
        if "money" in flags:
            annotation["money"] = _money(reading)
        if "date" in flags:
            annotation["date"] = _date(reading)
        if "checkbox" in flags:
            annotation["checked"] = self._job.random.random() < 0.5
        return annotation

    def _link(self, annotations: Sequence[dict[str, Any]]) -> None:
        """Fill ``refs``: key to value, table head to body, members of a group to each other."""
        for head, body in _PAIRS:
            bodies = sorted(
                (annotation["label"], annotation["uuid"])
                for annotation in annotations
                if body in _flags(self._features[annotation["label"]])
            )
            for annotation in annotations:
                if head in _flags(self._features[annotation["label"]]):
                    refs = annotation["refs"]
                    refs += [uuid for uuid in _partner(annotation, bodies) if uuid not in refs]
        members: dict[str, list[str]] = {}
        for annotation in annotations:
            group = self._groups[annotation["label"]]
            members.setdefault(group, []).append(annotation["uuid"])
        for annotation in annotations:
            group = self._groups[annotation["label"]]
            refs = annotation["refs"]
            if group != "features":
                # Bounded: all to all would be the square of a group's size.
                others = members[group][:_MOST_MEMBERS]
                refs += [u for u in others if u != annotation["uuid"] and u not in refs]

    def found(self) -> list[dict[str, Any]]:
        """The annotations of the truth that are not missed.

        Raises:
            ValueError: the truth does not fit the features or the pages.
        """
        true = listed(self._job, self._job.truth, "annotations")
        spare = places(self._job.random, self._pages, len(true), self._geometry)
        annotations: list[dict[str, Any]] = []
        refs: dict[str, list[str]] = {}
        seen: set[str] = set()
        for index, item in enumerate(true):
            path = f"annotations[{index}]"
            annotation = self._true_annotation(item, path, spare[index])
            uuid = annotation["uuid"]
            if uuid in seen:
                raise untrue(self._job, f"{path}.uuid", uuid, "a uuid of its own")
            seen.add(uuid)
            if "refs" in item:
                refs[uuid] = self._true_refs(item["refs"], path)
            # Checked in full before it is left out: a wrong truth must not hang on chance.
            if not self._noise.misses():
                annotations.append(annotation)
        self._link(annotations)
        kept = {annotation["uuid"] for annotation in annotations}
        for annotation in annotations:
            if annotation["uuid"] in refs:
                annotation["refs"] = [ref for ref in refs[annotation["uuid"]] if ref in kept]
        return annotations

    def _true_refs(self, refs: Any, path: str) -> list[str]:
        if not isinstance(refs, list) or not all(isinstance(ref, str) for ref in refs):
            raise untrue(self._job, f"{path}.refs", refs, "a list of uuids")
        return refs

    def _true_annotation(
        self, item: dict[str, Any], path: str, spare: tuple[int, dict[str, Any]]
    ) -> dict[str, Any]:
        job = self._job
        position = self._places.of(f"{path}.label", item.get("label"))
        feature = self._features[self._labels[position]]
        page, location = spare
        if "page" in item or "location" in item:
            page = self._true_page(item.get("page", 0), f"{path}.page")
            if "location" in item:
                where = f"{path}.location"
                location = true_location(
                    job, item["location"], where, self._pages[page], self._geometry
                )
            elif page != spare[0]:
                location = places(job.random, [self._pages[page]], 1, self._geometry)[0][1]
        uuid = item.get("uuid", "")
        if not isinstance(uuid, str):
            raise untrue(job, f"{path}.uuid", uuid, "a string")
        reading = self._true_reading(item, feature, path)
        annotation = self._annotation(feature, page, location, reading, uuid)
        self._read_flags(annotation, item, path)
        return annotation

    def _true_page(self, page: Any, path: str) -> int:
        if not is_integer(page) or not 0 <= page < len(self._pages):
            right = f"a whole number from 0 to {len(self._pages) - 1}, the last page"
            raise untrue(self._job, path, page, right)
        return int(page)

    def _true_reading(self, item: dict[str, Any], feature: dict[str, Any], path: str) -> str:
        made_up = self._reading(feature)
        if "text" not in item:
            return made_up
        text = item["text"]
        if not isinstance(text, str) or not text:
            raise untrue(self._job, f"{path}.text", text, "a string that is not empty")
        flags = _flags(feature)
        if "money" in flags and _money(text) is None:
            raise untrue(self._job, f"{path}.text", text, "an amount such as $18.20")
        if "date" in flags and _date(text) is None and "date" not in item:
            right = "a date such as 2026-03-02, or its parts under date"
            raise untrue(self._job, f"{path}.text", text, right)
        if "money" in flags or "date" in flags:
            return text if self._noise.right() else made_up
        return self._noise.text(text)

    def _read_flags(self, annotation: dict[str, Any], item: dict[str, Any], path: str) -> None:
        for key in ("money", "date"):
            if key not in annotation or key not in item:
                continue
            if not isinstance(item[key], dict):
                raise untrue(self._job, f"{path}.{key}", item[key], "an object of its parts")
            # A text that was misread brings its own parts.
            if annotation.get("text") == item.get("text"):
                annotation[key] = item[key]
        if "checked" in annotation and "checked" in item:
            if not isinstance(item["checked"], bool):
                raise untrue(self._job, f"{path}.checked", item["checked"], "true or false")
            annotation["checked"] = item["checked"] == self._noise.right()


def _flags(feature: dict[str, Any]) -> list[str]:
    flags: list[str] = feature.get("flags", [])
    return flags


def _money(text: str) -> dict[str, Any] | None:
    match = _AMOUNT.search(text)
    if match is None:
        return None
    amount = match[0].replace(",", "").removeprefix("+")
    parsed = float(amount)
    # Hundreds of digits are an amount for the pattern, and infinite for JSON.
    if not math.isfinite(parsed):
        return None
    return {"amount": amount, "parsed": parsed, "currency": "USD"}


def _date(text: str) -> dict[str, int] | None:
    for form in _DATE_FORMS:
        try:
            day = datetime.strptime(text.strip(), form)  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
        return {"year": day.year, "month": day.month, "day": day.day}
    return None


def _partner(annotation: dict[str, Any], bodies: Sequence[tuple[str, str]]) -> list[str]:
    """The uuid of the body whose label shares the longest prefix, in a list; the other half.

    In sorted order the longest common prefix stands next to the label.
    """
    label, uuid = annotation["label"], annotation["uuid"]
    # Comparing each head with each body would cost the square of their number.
    place = bisect_left(bodies, (label, uuid))
    near = [body for body in bodies[max(place - 2, 0) : place + 3] if body[1] != uuid]
    if not near:
        return []
    return [max(near, key=lambda body: _shared(label, body[0]))[1]]


def _shared(left: str, right: str) -> int:
    for index, (sign, other_sign) in enumerate(zip(left, right, strict=False)):
        if sign != other_sign:
            return index
    return min(len(left), len(right))
