"""What the older task types of one geometry share: labels at top level, answers of two styles.

Sources: Scale's documentation of 2017, replies recorded in 2019, live exports of 2020 and 2021
(docs/scale/images.md 8). Test keys answer in the style of 2019, completions in that of 2020
(assumed).

``truth`` is an array of annotations as in the response, or an object with that array as
``annotations`` and, if wanted, ``global_attributes``; ``uuid``, ``geometry`` and ``attributes`` may
be absent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from .._attributes.rules import check_attributes, unread_attributes
from .._attributes.values import read_attributes
from .._base import Job, Params, TaskType, Violation
from .._language.labels import check_label_list, leaves
from .._language.sentences import check_booleans, check_integers, check_tags
from .._language.values import integer, is_true
from .._shapes import found as truths
from .._shapes.annotator import MOST_SHAPES, Annotator
from .._shapes.margins import region_of
from .._shapes.mocks import mock_shape
from .._shapes.prelabels import check_layers
from .._shapes.rules import CAMERA_OPTIONS, check_camera, read_geometry
from .rules import ATTACHMENT_KEYS, check_annotation_counts, check_examples, check_image, image_size

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..._provenance import Source
    from .._base import Surroundings
    from .._shapes.rules import GeometryRule

COUNT_OPTIONS: Final = ("min_annotations", "max_annotations")
_MOST_ANNOTATIONS: Final = 10_000
"""No answer has more, whatever ``min_annotations`` says: a response has to end (assumed)."""


@dataclass(frozen=True, slots=True)
class OneGeometry:
    """One of the older types.

    Attributes:
        name: of the task type.
        geometry: the shape it asks for.
        source: where its facts come from.
        added: the defaults that Scale adds to the returned params.
        booleans: its boolean parameters.
        integers: its integer parameters.
        labeled: the default of ``with_labels``.
        has_attributes: whether it takes ``annotation_attributes`` and ``examples``.
        has_camera: whether it takes the camera options.
        has_mock: whether a test key's task has a response at all.
    """

    name: str
    geometry: str
    source: Source
    added: Mapping[str, Any] = field(default_factory=dict[str, Any])
    booleans: tuple[str, ...] = ("with_labels",)
    integers: tuple[str, ...] = ()
    labeled: bool = False
    has_attributes: bool = True
    has_camera: bool = False
    has_mock: bool = True

    def task_type(self) -> TaskType:
        """The type as the fake uses it."""
        keys = {*ATTACHMENT_KEYS, "objects_to_annotate", "layers", "tags"}
        keys |= {*self.booleans, *self.integers}
        if self.has_attributes:
            keys |= {"annotation_attributes", "examples"}
        if self.has_camera:
            keys |= {*CAMERA_OPTIONS}
        return TaskType(
            name=self.name,
            source=self.source,
            keys=frozenset(keys),
            check=partial(_check, self),
            respond=partial(_respond, self),
            written_back=partial(_written_back, self),
            mock=partial(_mock, self) if self.has_mock else _no_response,
            unread=_unread if self.has_attributes else None,
        )


def _check(kind: OneGeometry, params: Params, surroundings: Surroundings) -> Iterator[Violation]:
    """Rules V1 to V4, W1, V12, V13, V15, V16, W2, W3, A1 to A7, H3 and T1, in this order."""
    del surroundings
    yield from check_image(params)
    yield from check_label_list(params, "objects_to_annotate")
    yield from check_integers(params, kind.integers)
    yield from check_booleans(params, kind.booleans)
    if kind.has_camera:
        yield from check_camera(params)
    if kind.has_attributes:
        yield from check_examples(params)
    if COUNT_OPTIONS[0] in kind.integers:
        yield from check_annotation_counts(params)
    if kind.has_attributes and "annotation_attributes" in params:
        yield from check_attributes(
            params["annotation_attributes"], leaves(params.get("objects_to_annotate"))
        )
    if "layers" in params:
        yield from check_layers(params["layers"])
    yield from check_tags(params)


def _written_back(kind: OneGeometry, params: Params) -> Params:
    for key, value in kind.added.items():
        params.setdefault(key, value)
    return params


def _unread(params: Params) -> Iterator[str]:
    yield from unread_attributes(params.get("annotation_attributes"))


def _respond(kind: OneGeometry, job: Job) -> dict[str, Any]:
    annotator = _annotator(kind, job, style_of_2020=True)
    fewest, most = _counts(kind, job.params)
    whole: dict[str, Any] | None = None
    if job.truth is not None:
        annotations, whole, _ = truths.find(job.truth, annotator)
        # A limit of the task holds for a truth, too; 0 is no limit.
        annotations = annotations[: most or None]
    else:
        annotations = annotator.draw(max(fewest, 1), most or max(fewest, MOST_SHAPES))
        annotator.link(annotations)
    return {
        "annotations": annotations,
        "global_attributes": annotator.whole_values(whole),
        "is_customer_fix": False,
    }


def _mock(kind: OneGeometry, job: Job) -> dict[str, Any]:
    annotator = _annotator(kind, job, style_of_2020=False)
    rule = annotator.rules[0]
    # Recorded: a box with the second of two labels; polygons and lines with the first.
    place = 1 if kind.geometry == "box" and len(rule.labels) > 1 else 0
    label = rule.labels[place] if rule.labels else None
    shape = mock_shape(rule, *annotator.size)
    if kind.geometry == "cuboid":
        # As recorded in 2019, without edges.
        shape = {"vertices": shape["vertices"]}
    count = max(_counts(kind, job.params)[0], 1)
    return {"annotations": [annotator.item(rule, label, shape) for _ in range(count)]}


def _no_response(job: Job) -> None:
    """Recorded: a test key's pointannotation completes without a ``response`` key."""


def _annotator(kind: OneGeometry, job: Job, *, style_of_2020: bool) -> Annotator:
    params = job.params
    size = image_size(job)
    spec = params.get("annotation_attributes") if kind.has_attributes else None
    attributes = read_attributes(spec)
    return Annotator(
        job,
        [_rule(kind, params)],
        attributes,
        region_of({}, *size),
        size,
        geometry_key="geometry" if style_of_2020 else "",
        with_attributes=bool(spec),
        with_uuid=style_of_2020,
        is_mock=not style_of_2020,
    )


def _rule(kind: OneGeometry, params: Params) -> GeometryRule:
    labeled = is_true(params.get("with_labels"), default=kind.labeled)
    labels = leaves(params["objects_to_annotate"]) if labeled else ()
    known_options = {*kind.integers, *(CAMERA_OPTIONS if kind.has_camera else ())}
    options = {key: value for key, value in params.items() if key in known_options}
    return read_geometry(kind.geometry, options, labels)


def _counts(kind: OneGeometry, params: Params) -> tuple[int, int]:
    """The fewest and the most annotations; 0 means no limit (assumed)."""
    if COUNT_OPTIONS[0] not in kind.integers:
        return 0, 0
    fewest, most = (integer(params.get(option)) or 0 for option in COUNT_OPTIONS)
    return min(fewest, _MOST_ANNOTATIONS), most
