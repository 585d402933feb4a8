"""``segmentannotation``: a label for every pixel of one image, answered with PNG masks.

``truth`` (what labelers should find) is an array of areas, later ones over earlier ones:
``{"label": "road", "left": 0, "top": 240, "width": 640, "height": 240}`` or
``{"label": "car", "vertices": [{"x": 10, "y": 20}, ...]}``. Each area of an instance label is one
object, with ``uuid`` and ``attributes`` if wanted. Where every pixel must be classified, pixels
outside all areas get the label of the first area without instances.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from .._provenance import documented
from .._random import draw_uuid
from ._attributes.rules import check_attributes, unread_attributes
from ._attributes.values import Attributes, fill_linked, read_attributes
from ._base import Job, Params, TaskType, Violation
from ._images.masks import UNLABELED, Mask, paint, spread_colors
from ._images.rules import ATTACHMENT_KEYS, check_image, image_size
from ._language.labels import check_label_list, check_labels, instance_leaves, leaves
from ._language.sentences import check_booleans, check_tags
from ._language.values import boolean, is_true, wording
from ._shapes import found as truths
from ._shapes.annotator import Annotator
from ._shapes.drawing import Region, draw_box
from ._shapes.rules import GeometryRule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ._base import Surroundings
    from ._images.masks import Outline

_BOOLEANS: Final = ("allow_unlabeled", "allow_parent_labels")
_MOST_AREAS: Final = 5
_PNG: Final = "image/png"


def check(params: Params, surroundings: Surroundings) -> Iterator[Violation]:
    """Rules V1 to V4, G1, V12, V15, A1 to A7, G2 to G4 and T1, in this order."""
    del surroundings
    yield from check_image(params)
    yield from check_label_list(params)
    if "instance_labels" in params:
        yield from check_labels(params["instance_labels"], "instance_labels")
    yield from check_booleans(params, _BOOLEANS)
    if "annotation_attributes" in params:
        yield from check_attributes(params["annotation_attributes"], usable_labels(params))
    if "hypothesis" in params:
        yield from check_response(params, "hypothesis", params["hypothesis"])
    yield from check_tags(params)


def check_response(params: Params, field: str, value: Any) -> Iterator[Violation]:
    """Rules G2 to G4 for ``value``, a response sent as ``field``.

    For the hypothesis, and for ``expected_response`` and ``initial_response`` of training and
    evaluation tasks (docs/scale/images.md 11).
    """
    content: dict[str, Any] = value if isinstance(value, dict) else {}
    mapping = content.get("labelMapping")
    annotations = content.get("annotations")
    combined = annotations.get("combined") if isinstance(annotations, dict) else None
    image = combined.get("indexedImage") if isinstance(combined, dict) else None
    if not isinstance(mapping, dict) or not isinstance(image, str) or not image:
        yield Violation(
            field,
            f"Please include labelMapping and annotations.combined.indexedImage in {field}.",
            'an object such as {"labelMapping": {"road": {"index": 1}}, '
            '"annotations": {"combined": {"indexedImage": "https://example.com/mask"}}}',
        )
    if not isinstance(mapping, dict):
        return
    usable = usable_labels(params)
    for label in mapping:
        if label not in usable:
            yield Violation(
                f"{field}.labelMapping.{label}",
                f"Unknown label {wording(label)} in {field}.",
                "one of the task's labels",
            )
    used_indexes: set[int] = set()
    for label, entry in mapping.items():
        # A label with instances has a list of entries, any other a single one (documented).
        for single in entry if isinstance(entry, list) else [entry]:
            index = single.get("index") if isinstance(single, dict) else None
            if (
                isinstance(index, bool)
                or not isinstance(index, int)
                or index < 1
                or index in used_indexes
            ):
                yield Violation(
                    f"{field}.labelMapping.{label}.index",
                    f"Invalid labelMapping in {field}.",
                    "a positive integer that no other entry has",
                )
            else:
                used_indexes.add(index)


def written_back(params: Params) -> Params:
    """``allow_parent_labels`` (recorded) and ``allow_unlabeled`` (assumed)."""
    params.setdefault("allow_parent_labels", False)
    params.setdefault("allow_unlabeled", False)
    return params


def usable_labels(params: Params) -> dict[str, bool]:
    """The labels that a response may use, each with whether it asks for one mask per object.

    A label in both lists is one with instances.
    """
    parents = boolean(params.get("allow_parent_labels")) or False
    is_single = dict.fromkeys(leaves(params.get("labels"), parents=parents), False)
    singles = (
        *instance_leaves(params.get("labels"), parents=parents),
        *leaves(params.get("instance_labels"), parents=parents),
    )
    return is_single | dict.fromkeys(singles, True)


def respond(job: Job) -> dict[str, Any]:
    """Masks of drawn areas, or of ``truth``; a hypothesis comes back unchanged (assumed)."""
    hypothesis = job.params.get("hypothesis")
    if job.truth is None and isinstance(hypothesis, dict):
        # A copy: attributes may join it, and the task's params must stay as they were sent.
        return _with_whole_values(dict(hypothesis), _annotator(job))
    annotator = _annotator(job)
    usable = usable_labels(job.params)
    whole: dict[str, Any] | None = None
    if job.truth is not None:
        objects, whole, _ = truths.find(_with_types(job.truth), annotator)
        background = _background_of(objects, usable)
    else:
        background, objects = _draw_objects(annotator, usable)
    if is_true(job.params.get("allow_unlabeled")):
        background = None
    elif background is None and objects:
        # Every pixel needs a label and all labels have instances: the first object is behind all.
        behind = {key: value for key, value in objects[0].items() if key != "vertices"}
        objects[0] = behind | _rectangle(0, 0, *annotator.size)
    return _with_whole_values(_answer(annotator, usable, background, objects), annotator, whole)


def mock(job: Job) -> dict[str, Any]:
    """The first label on the whole image; labels with instances are missing (recorded)."""
    annotator = _annotator(job, is_mock=True)
    usable = usable_labels(job.params)
    plain: dict[str, bool] = {label: False for label, single in usable.items() if not single}
    if plain:
        answer = _answer(annotator, plain, next(iter(plain)), [], colors=len(usable))
    else:
        first = next(iter(usable))
        whole = _item(annotator, first, _rectangle(0, 0, *annotator.size))
        answer = _answer(annotator, {first: True}, None, [whole], colors=len(usable))
    return _with_whole_values(answer, annotator)


def _annotator(job: Job, *, is_mock: bool = False) -> Annotator:
    size = image_size(job)
    labels = tuple(usable_labels(job.params))
    attributes = read_attributes(job.params.get("annotation_attributes"))
    # Offsets from a shape's edges are of boxes and cuboids alone (documented).
    own = tuple(
        attribute for attribute in attributes.own if attribute.type not in {"x_line", "y_line"}
    )
    return Annotator(
        job,
        [GeometryRule("box", labels, integer_pixels=True), GeometryRule("polygon", labels)],
        Attributes(own, attributes.whole),
        Region.of_image(*size),
        size,
        geometry_key="type",
        with_attributes=bool(own),
        is_mock=is_mock,
    )


def _rectangle(left: int, top: int, width: int, height: int) -> dict[str, Any]:
    return {"left": left, "top": top, "width": width, "height": height}


def _item(annotator: Annotator, label: str, box: dict[str, Any]) -> dict[str, Any]:
    return annotator.item(annotator.rules[0], label, box, values=annotator.values(label, {}))


def _draw_objects(
    annotator: Annotator, usable: dict[str, bool]
) -> tuple[str | None, list[dict[str, Any]]]:
    """A label for the background, and rectangles of a few other labels in painting order."""
    random = annotator.job.random
    plain = [label for label, single in usable.items() if not single]
    background = random.choice(plain) if plain else None
    others = [label for label in usable if label != background]
    objects: list[dict[str, Any]] = []
    for label in random.sample(others, min(len(others), 1 + int(random.random() * _MOST_AREAS))):
        for _ in range(1 + int(random.random() * 3) if usable[label] else 1):
            box = draw_box(random, annotator.region, integer_pixels=True)
            objects.append(_item(annotator, label, box))
    if background is not None and not objects:  # the task has a single label
        box = draw_box(random, annotator.region, integer_pixels=True)
        objects.append(_item(annotator, background, box))
    return background, objects


def _with_types(truth: Any) -> Any:
    """The truth's areas told apart: those with ``left`` are boxes, others polygons."""
    content = truth if isinstance(truth, dict) else {"annotations": truth}
    areas = content.get("annotations")
    if not isinstance(areas, list):
        return truth
    typed = [
        {**area, "type": "box" if "left" in area else "polygon"} if isinstance(area, dict) else area
        for area in areas
    ]
    return {**content, "annotations": typed}


def _background_of(objects: list[dict[str, Any]], usable: dict[str, bool]) -> str | None:
    object_labels = [area["label"] for area in objects]
    plain = [label for label in (*object_labels, *usable) if not usable[label]]
    return plain[0] if plain else None


def _answer(
    annotator: Annotator,
    usable: dict[str, bool],
    background: str | None,
    objects: list[dict[str, Any]],
    colors: int | None = None,
) -> dict[str, Any]:
    """The response for ``objects`` painted in order over ``background``.

    Args:
        annotator: of the task.
        usable: the labels of ``labelMapping``, each with whether it has instances.
        background: the label of all other pixels, ``None`` for none.
        objects: items with ``label``, ``uuid``, perhaps ``attributes``, and a box or vertices.
        colors: over how many hues to spread the colours, when not over the entries.
    """
    job = annotator.job
    mask, entries = _painted(annotator, usable, background, objects)
    # An empty mask has no entries, and hues cannot be spread over none.
    palette = spread_colors(max(colors or len(entries), 1))
    counts = mask.counts()
    fill_linked(
        [area for _, area in entries if area is not None],
        annotator.attributes.own,
        job.random,
        first=annotator.is_mock,
    )
    mapping: dict[str, Any] = {}
    hues: dict[int, str] = {}
    for place, (label, area) in enumerate(entries):
        hues[place + 1] = palette[place]
        entry: dict[str, Any] = {
            "index": place + 1,
            "color": palette[place],
            "numPixels": counts.get(place + 1, 0),
        }
        if area is None:
            mapping[label] = entry
            continue
        entry["uuid"] = area["uuid"]
        if annotator.with_attributes:
            entry["attributes"] = area["attributes"]
        mapping.setdefault(label, []).append(entry)
    return {"labelMapping": mapping, "annotations": _published(job, mask, mapping, hues)}


def _painted(
    annotator: Annotator,
    usable: dict[str, bool],
    background: str | None,
    objects: list[dict[str, Any]],
) -> tuple[Mask, list[tuple[str, dict[str, Any] | None]]]:
    """The mask, and what its indexes 1, 2 ... mean: a label, and for instances the object.

    Plain labels are listed even without pixels; objects that others cover are not (nobody could
    have drawn them).
    """
    # Painted with numbers of their own first: which areas keep pixels is known only afterwards.
    numbers = {label: place + 1 for place, label in enumerate(usable)}
    areas = [
        (numbers[area["label"]] if not usable[area["label"]] else len(usable) + place + 1, area)
        for place, area in enumerate(objects)
    ]
    mask = paint(
        *annotator.size,
        [(index, _outline(area)) for index, area in areas],
        UNLABELED if background is None else numbers[background],
    )
    counts = mask.counts()
    entries: list[tuple[str, dict[str, Any] | None]] = []
    # Numbered anew without gaps: areas that others cover have no pixels, and so no entry.
    new = {UNLABELED: UNLABELED}
    for label, single in usable.items():
        if not single:
            entries.append((label, None))
            new[numbers[label]] = len(entries)
            continue
        for index, area in areas:
            if area["label"] == label and index in counts:
                entries.append((label, area))
                new[index] = len(entries)
    return mask.renumbered(new), entries


def _outline(area: dict[str, Any]) -> Outline:
    if "vertices" in area:
        return [(vertex["x"], vertex["y"]) for vertex in area["vertices"]]
    left, top = area["left"], area["top"]
    right, bottom = left + area["width"], top + area["height"]
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def _published(
    job: Job, mask: Mask, mapping: dict[str, Any], hues: dict[int, str]
) -> dict[str, Any]:
    """``response.annotations``: the addresses of all masks, made when they are fetched."""

    def publish(make: Callable[[], bytes]) -> str:
        return job.surroundings.publish(make, _PNG, draw_uuid(job.random))

    def alone(entry: dict[str, Any]) -> str:
        return publish(partial(mask.colored, {entry["index"]: entry["color"]}))

    labeled: dict[str, Any] = {}
    for label, entry in mapping.items():
        if isinstance(entry, list):
            labeled[label] = [alone(single) for single in entry]
        # labeled names only labels with pixels (recorded); labelMapping lists the others, too.
        elif entry["numPixels"]:
            labeled[label] = alone(entry)
    return {
        "combined": {
            "image": publish(partial(mask.colored, hues)),
            "indexedImage": publish(mask.indexed),
            "extendedIndexedImage": publish(mask.extended_indexed),
        },
        "labeled": labeled,
        "unlabeled": publish(partial(mask.colored, {UNLABELED: "#000000"})),
    }


def _with_whole_values(
    answer: dict[str, Any], annotator: Annotator, preset: dict[str, Any] | None = None
) -> dict[str, Any]:
    if annotator.attributes.whole and "global_attributes" not in answer:
        answer["global_attributes"] = annotator.whole_values(preset)
    return answer


def unread(params: Params) -> Iterator[str]:
    """Keys inside attributes that nothing reads."""
    yield from unread_attributes(params.get("annotation_attributes"))


TASK_TYPE: Final = TaskType(
    name="segmentannotation",
    source=documented("https://docs.scale.com/reference/semantic-segmentation-annotation"),
    keys=ATTACHMENT_KEYS
    | {"labels", "instance_labels", "annotation_attributes", "hypothesis", "tags", *_BOOLEANS},
    check=check,
    respond=respond,
    written_back=written_back,
    mock=mock,
    unread=unread,
)
