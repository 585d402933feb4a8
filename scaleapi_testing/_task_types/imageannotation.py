"""``imageannotation``: boxes, polygons, lines, points, cuboids and ellipses on one image.

``truth`` (what labelers should find) is an array of annotations as in the response, or an object
with that array as ``annotations`` and, if wanted, ``global_attributes`` and ``links``:
``[{"type": "box", "label": "car", "left": 10, "top": 20, "width": 80, "height": 40}]``.
``uuid`` and ``attributes`` are filled in where absent, ``type`` when one geometry is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._provenance import documented
from ._attributes.rules import check_attributes, unread_attributes
from ._attributes.values import read_attributes
from ._base import Job, Params, TaskType
from ._images.rules import ATTACHMENT_KEYS, check_context_attachments, check_image, image_size
from ._language.by_value import by_value
from ._language.sentences import check_booleans, check_tags
from ._shapes import found as truths
from ._shapes.annotator import Annotator
from ._shapes.links import check_links, draw_links, unread_links
from ._shapes.margins import PADDING, check_padding, region_of
from ._shapes.prelabels import (
    FLAGS,
    PRELABELS,
    check_layers,
    check_prelabel,
    check_prelabel_form,
    check_prelabel_items,
    read_prelabel,
)
from ._shapes.rules import (
    all_leaves,
    check_geometries,
    labels_by_geometry,
    read_geometries,
    unread_options,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ._base import Surroundings, Violation

_ATTACHMENTS: Final = ATTACHMENT_KEYS | {"context_attachments"}
_BOOLEANS: Final = ("with_labels", *FLAGS, "clear_unique_id_on_error")


def check(params: Params, surroundings: Surroundings) -> Iterator[Violation]:
    """Rules V1 to V17, A1 to A7, L1, H1 to H3, P1 and T1, in this order."""
    del surroundings
    yield from check_image(params)
    yield from check_context_attachments(params)
    # What is to be done, which most tasks of a project share.
    yield from _check_work(
        {name: value for name, value in params.items() if name not in _ATTACHMENTS}
    )


@by_value
def _check_work(params: Params) -> Iterator[Violation]:
    geometries = params.get("geometries")
    yield from check_geometries(
        geometries,
        attributes=params.get("annotation_attributes"),
        flags=check_booleans(params, _BOOLEANS),
    )
    labels = all_leaves(geometries)
    if "annotation_attributes" in params:
        yield from check_attributes(params["annotation_attributes"], labels)
    if "links" in params:
        yield from check_links(params["links"], labels)
    # Both forms before both contents, as the page has H1 before H2.
    prelabels = [field for field in PRELABELS if field in params]
    for field in prelabels:
        yield from check_prelabel_form(params[field], field)
    for field in prelabels:
        yield from check_prelabel_items(params[field], field, labels_by_geometry(geometries))
    if "layers" in params:
        yield from check_layers(params["layers"])
    yield from check_padding(params)
    yield from check_tags(params)


def check_response(params: Params, field: str, value: Any) -> Iterator[Violation]:
    """Rules H1 and H2 for ``value``, a response sent as ``field``.

    For the pre-labels, and for ``expected_response`` and ``initial_response`` of training and
    evaluation tasks (docs/scale/images.md 11).
    """
    yield from check_prelabel(value, field, labels_by_geometry(params.get("geometries")))


def written_back(params: Params) -> Params:
    """``with_labels``, and of a box its minima and ``examples`` (recorded of a live task)."""
    params.setdefault("with_labels", True)
    geometries = params["geometries"]
    if "box" in geometries:
        box = {"min_width": 0, "min_height": 0, "examples": []}
        sent = geometries["box"]
        added = {key: value for key, value in box.items() if key not in sent}
        # A new object: geometries may be the project's own, which its other tasks inherit.
        params["geometries"] = {**geometries, "box": {**sent, **added}}
    return params


def respond(job: Job) -> dict[str, Any]:
    """Shapes of every requested geometry, the given pre-label's, or those of ``truth``."""
    return _answer(job, is_mock=False)


def mock(job: Job) -> dict[str, Any]:
    """One fixed shape per geometry, adapted to the task (assumed; docs/scale/images.md 7.4)."""
    return _answer(job, is_mock=True)


def _answer(job: Job, *, is_mock: bool) -> dict[str, Any]:
    params = job.params
    size = image_size(job)
    attributes = read_attributes(params.get("annotation_attributes"))
    annotator = Annotator(
        job,
        read_geometries(params["geometries"]),
        attributes,
        region_of(params, *size),
        size,
        geometry_key="type",
        with_attributes=bool(attributes.own),
        is_mock=is_mock,
    )
    links: list[dict[str, Any]] | None = None
    whole: Any = None
    if job.truth is not None and not is_mock:
        annotations, whole, links = truths.find(job.truth, annotator)
    elif (prelabel := read_prelabel(params, job.random)) is not None:
        annotations = annotator.continue_from(prelabel)
        whole = prelabel.content.get("global_attributes")
        sent_links = prelabel.content.get("links")
        links = sent_links if isinstance(sent_links, list) else None
        annotator.link(
            annotations,
            may_add=prelabel.can_add,
            fixed=frozenset()
            if prelabel.can_edit
            else frozenset(annotation["uuid"] for annotation in prelabel.annotations),
        )
    else:
        annotations = annotator.draw()
        annotator.link(annotations)
    # A truth and a pre-label speak for themselves; only what is drawn gets new links.
    if links is None:
        links = [] if is_mock else draw_links(params.get("links"), annotations, job.random)
    return {
        "links": links,
        "annotations": annotations,
        "global_attributes": annotator.whole_values(whole),
        "is_customer_fix": False,
    }


def unread(params: Params) -> Iterable[str]:
    """Keys inside geometries, attributes and links that nothing reads."""
    return _unread([params.get(name) for name in ("geometries", "annotation_attributes", "links")])


@by_value
def _unread(places: list[Any]) -> Iterator[str]:
    geometries, attributes, links = places
    yield from unread_options(geometries)
    yield from unread_attributes(attributes)
    yield from unread_links(links)


TASK_TYPE: Final = TaskType(
    name="imageannotation",
    source=documented("https://scale.com/docs/api-reference/image-and-video-reference"),
    keys=ATTACHMENT_KEYS
    | {"context_attachments", "geometries", "annotation_attributes", "links", "layers"}
    | {*PRELABELS, *PADDING, *_BOOLEANS, "priority", "tags"},
    check=check,
    respond=respond,
    written_back=written_back,
    mock=mock,
    unread=unread,
)
