"""Which relationships a namedentityrecognition task may define, and which ones are found.

Source: https://docs.scale.com/reference/namedentityrecognitionrelationshipdefinition
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..._random import draw_uuid
from .._base import unread_keys
from .._language import schema
from .._language.noise import Noise
from .._language.schema import ARRAY, BOOLEAN, OBJECT
from .._language.truth import some_of, untrue
from .._language.values import is_true

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .._base import Job, Params, Violation

_ENDS: Final = ("source_label", "target_label")
_KEYS: Final = ("name", "display_name", "is_directed", *_ENDS)
_EACH: Final = 2
"""How many relationships of one definition are made up at most."""


def check(definitions: Any, labels: Sequence[str]) -> Iterator[Violation]:
    """Rules E6 to E8 on the ``relationships`` parameter; ``labels`` are all names of labels.

    Source: docs/scale/collection.md 2.
    """
    if not isinstance(definitions, list):
        yield schema.must_be("relationships", ARRAY, "an array of relationship definitions")
        return
    known = frozenset(labels)
    placed: list[tuple[str, dict[str, Any]]] = []
    for index, definition in enumerate(definitions):
        path = f"relationships[{index}]"
        if isinstance(definition, dict):
            placed.append((path, definition))
        else:
            yield schema.must_be(path, OBJECT, "a relationship definition")
    any_named = any("name" in definition for _, definition in placed)
    for path, definition in placed:
        if any_named:
            yield from _check_named(definition, path)
        else:
            for key in ("display_name", "is_directed"):
                if key in definition:
                    yield schema.not_allowed(f"{path}.{key}", "a name beside it, or neither")
    for path, definition in placed:
        for key in _ENDS:
            if key in definition:
                label = definition[key]
                if not isinstance(label, str) or label not in known:
                    yield schema.not_one_of(f"{path}.{key}", labels)
    yield from schema.check_unique(placed, "name", "a name that no other definition has")


def _check_named(definition: dict[str, Any], path: str) -> Iterator[Violation]:
    if "name" not in definition:
        yield schema.required(f"{path}.name", "a name for all definitions, or for none")
        return
    yield from schema.check_text(definition, "name", path, "a unique name, a string")
    yield from schema.check_text(
        definition, "display_name", path, 'what stands in "A display_name B"'
    )
    yield from schema.check_types(definition, {"is_directed": BOOLEAN}, path)


class _Tree:
    """The labels of a task, and which of them are below which; asked in one step each."""

    def __init__(self, params: Params) -> None:
        # A label's number is when a walk enters it; what it holds has the numbers up to its last.
        self._first: dict[str, int] = {}
        self._last: dict[str, int] = {}
        stack: list[tuple[str, Iterator[dict[str, Any]]]] = [("", iter(params["labels"]))]
        while stack:
            name, below = stack[-1]
            entry = next(below, None)
            if entry is None:
                stack.pop()
                self._last[name] = len(self._first)
            else:
                self._first[entry["name"]] = len(self._first)
                stack.append((entry["name"], iter(entry.get("children", ()))))

    def fits(self, label: str, asked_label: str | None) -> bool:
        """Whether ``label`` satisfies an end: it is the label asked for, or below it."""
        if asked_label is None:
            return True
        return self._first[asked_label] <= self._first[label] < self._last[asked_label]


def make_up(job: Job, annotations: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Up to two relationships of each definition between annotations whose labels fit."""
    relationships: list[dict[str, Any]] = []
    tree = _Tree(job.params)
    for definition in job.params.get("relationships", ()):
        sources = _fitting(tree, annotations, definition.get("source_label"))
        targets = _fitting(tree, annotations, definition.get("target_label"))
        pairs = [(s, t) for s in sources for t in targets if s != t]
        for source, target in job.random.sample(pairs, min(len(pairs), _EACH)):
            relationships.append(_relationship(draw_uuid(job.random), source, target, definition))
    return relationships


def _fitting(tree: _Tree, annotations: Sequence[dict[str, Any]], label: str | None) -> list[str]:
    return [a["id"] for a in annotations if tree.fits(a["label"], label)]


def _relationship(id: str, source: str, target: str, definition: dict[str, Any]) -> dict[str, Any]:
    relationships = {"id": id, "source_ref": source, "target_ref": target}
    if "name" in definition:
        relationships["name"] = definition["name"]
    return relationships


def found(
    job: Job, true: Any, true_labels: Mapping[str, str], annotations: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The true relationships whose ends were found and still carry fitting labels.

    Args:
        job: whose truth it is.
        true: the truth's list of relationships.
        true_labels: the label of each annotation of the truth that has an id.
        annotations: what the labelers found of them.

    Raises:
        ValueError: ``true`` is no list of relationships that the task defines.
    """
    if not isinstance(true, list):
        raise untrue(job, "relationships", true, "a list of objects as in the response")
    definitions: list[dict[str, Any]] = job.params.get("relationships", [])
    labels = {annotation["id"]: annotation["label"] for annotation in annotations}
    by_name: dict[str | None, list[dict[str, Any]]] = {}
    for each in definitions:
        by_name.setdefault(each.get("name"), []).append(each)
    tree, noise = _Tree(job.params), Noise(job)
    relationships: list[dict[str, Any]] = []
    for index, item in enumerate(true):
        path = f"relationships[{index}]"
        if not isinstance(item, dict) or not _is_linked(item):
            right = 'e.g. {"source_ref": "a1", "target_ref": "a2"}, two different ids'
            raise untrue(job, path, item, right)
        same_named = by_name.get(item.get("name"), [])
        if not same_named:
            names = [each.get("name", "(no name)") for each in definitions]
            raise untrue(job, f"{path}.name", item.get("name"), some_of(names))
        source, target = item["source_ref"], item["target_ref"]
        for end in (source, target):
            if end not in true_labels:
                raise untrue(job, path, end, some_of(list(true_labels)))
        # By the true labels: what labelers mistake is no fault of the truth.
        if _first_fit(tree, same_named, true_labels[source], true_labels[target]) is None:
            right = "ends whose labels the definition allows"
            raise untrue(job, path, (true_labels[source], true_labels[target]), right)
        if source not in labels or target not in labels or noise.misses():
            continue
        # By what was seen: an answer never holds a relationship that the task forbids.
        definition = _first_fit(tree, same_named, labels[source], labels[target])
        if definition is not None:
            own_id = item.get("id")
            id = own_id if isinstance(own_id, str) and own_id else draw_uuid(job.random)
            relationships.append(_relationship(id, source, target, definition))
    return relationships


def _first_fit(
    tree: _Tree, definitions: Sequence[dict[str, Any]], source: str, target: str
) -> dict[str, Any] | None:
    for definition in definitions:
        start, end = definition.get("source_label"), definition.get("target_label")
        ways = [(source, target)]
        if not is_true(definition.get("is_directed")):
            # Without a direction either end may be the source.
            ways.append((target, source))
        if any(tree.fits(begin, start) and tree.fits(finish, end) for begin, finish in ways):
            return definition
    return None


def _is_linked(item: dict[str, Any]) -> bool:
    source, target, name = item.get("source_ref"), item.get("target_ref"), item.get("name")
    ends = isinstance(source, str) and isinstance(target, str) and source != target
    return ends and (name is None or isinstance(name, str))


def unread(definitions: Any) -> Iterator[str]:
    """Dotted paths of the keys of definitions that nothing reads."""
    sent: list[Any] = definitions if isinstance(definitions, list) else []
    for index, definition in enumerate(sent):
        yield from unread_keys(f"relationships[{index}]", definition, _KEYS)
