"""What a drawing is made of: a task, one of its responses, and what is known around it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ..._attachments import Media


def _nothing(url: str) -> None:
    del url


@dataclass(frozen=True, slots=True)
class Subject:
    """One task as it is to be drawn. Any of its values may be any JSON: tests answer as they like.

    Attributes:
        document: the task as v1 writes it.
        response: the answer to draw; the task's own, or an earlier one.
        media: what is known of an attachment; never fetches.
        read: the JSON behind an address of this fake, ``None`` where there is none.
        address: from where a browser may show the picture at an address: on this server, or as a
            ``data:`` URL; ``None`` where it cannot be shown without asking another host.
        threads: the conversations that v2 shows of the task.
        frame: which frame of a sequence stands first.
        marks: of an annotation's id what became of it, where two responses are compared:
            ``added``, ``removed`` or ``changed``.
        root: the lidar task that this one builds on.
        prefix: what the ids inside the drawing begin with; different for each on one page.
    """

    document: Mapping[str, Any]
    response: Any
    media: Callable[[str], Media]
    read: Callable[[str], Any] = _nothing
    address: Callable[[str], str | None] = _nothing
    threads: Sequence[Mapping[str, Any]] = ()
    frame: int = 0
    marks: Mapping[str, str] = field(default_factory=dict[str, str])
    root: Mapping[str, Any] | None = None
    prefix: str = "d"

    @property
    def params(self) -> dict[str, Any]:
        """The task's parameters; empty when they are no object."""
        return as_dict(self.document.get("params"))

    @property
    def answer(self) -> dict[str, Any]:
        """The response; empty when it is no object."""
        return as_dict(self.response)

    @property
    def type(self) -> str:
        """The task type."""
        return str(self.document.get("type", ""))

    def part(self, name: str) -> Any:
        """A part of the response, read from its link where it is behind one."""
        value = self.answer.get(name)
        if isinstance(value, dict) and isinstance(value.get("url"), str):
            return self.read(value["url"])
        return value

    @property
    def attachments(self) -> list[str]:
        """The addresses of the attachments, in order; texts and other things left out."""
        params = self.params
        several = params.get("attachments")
        candidates = (
            several if isinstance(several, list) and several else [params.get("attachment")]
        )
        urls = [as_dict(entry).get("content", entry) for entry in candidates]
        # An address has its scheme at the start; texts to be labeled stand in the same place.
        return [url for url in urls if isinstance(url, str) and ":" in url[:20]]


def as_dict(value: Any) -> dict[str, Any]:
    """``value``, or an empty object when it is none."""
    return value if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    """``value``, or an empty array when it is none."""
    return value if isinstance(value, list) else []


def dicts(value: Any) -> list[dict[str, Any]]:
    """The objects of the array ``value``; what else is in it is left out."""
    return [entry for entry in as_list(value) if isinstance(entry, dict)]


def number(value: Any) -> float | None:
    """``value`` as a number that can be drawn, ``None`` when it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not -1e9 < value < 1e9:
        return None
    return float(value)


def label_of(annotation: Mapping[str, Any]) -> str:
    """An annotation's label; empty where it has none."""
    label = annotation.get("label")
    return "" if label is None else str(label)


def id_of(annotation: Mapping[str, Any]) -> str:
    """An annotation's id: ``uuid``, ``cuboid_uuid`` or ``id``; empty where it has none."""
    return str(
        annotation.get("uuid") or annotation.get("cuboid_uuid") or annotation.get("id") or ""
    )
