"""How labelers find the true shapes of an image: some missed, some mislabeled, none exact.

The truth is written in the response's own form (see the task types). Without labelers it comes
back as it is; with them each object is missed with ``miss_rate``, each label and category is
wrong with ``1 - accuracy``, each coordinate is off by ``jitter_px``. Whatever comes out obeys the
task's rules: shapes are pulled into the image and grown to the minima.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._attributes.truth import AttributeTruth, drop_lost_links
from .._language.noise import Noise
from .._language.truth import few_of, refusal
from .truth import found_shape

if TYPE_CHECKING:
    from .annotator import Annotator
    from .rules import GeometryRule


def find(
    truth: Any, annotator: Annotator
) -> tuple[list[dict[str, Any]], dict[str, Any] | None, list[dict[str, Any]]]:
    """What the job's labelers find of ``truth``.

    Args:
        truth: an array of annotations, or an object with that array as ``annotations`` and
            optional ``global_attributes`` and ``links``.
        annotator: of the task; its job's labelers say how well they work (``None``: perfectly).

    Returns:
        The annotations, the image's attributes (``None`` when the truth names none), the links.

    Raises:
        ValueError: the truth is no array of annotations, or one of them does not fit the task;
            the text names the place, the value, and what would be right.
    """
    job = annotator.job
    content: dict[str, Any] = truth if isinstance(truth, dict) else {"annotations": truth}
    items = content.get("annotations")
    if not isinstance(items, list):
        raise refusal(
            "truth",
            truth,
            "an array of annotations as in the response, or an object with it as annotations",
        )
    noise = Noise(job)
    attribute_truth = AttributeTruth(annotator.attributes.own)
    labels = {rule.geometry: frozenset(rule.labels) for rule in annotator.rules}
    annotations: list[dict[str, Any]] = []
    for position, item in enumerate(items):
        where = f"truth[{position}]"
        rule = _rule_of(item, annotator, where)
        label = _label_of(item, rule, labels[rule.geometry], where)
        values = attribute_truth.checked(item.get("attributes", {}), f"{where}.attributes")
        shape = found_shape(item, rule, annotator.region, noise, where)
        uuid = item.get("uuid")
        uuid = uuid if isinstance(uuid, str) and uuid else None
        # Checked in full before anything is left out: a wrong truth must not hang on chance.
        if noise.misses():
            continue
        if label is not None:
            label = noise.name(label, rule.labels)
        completed = annotator.values(label, shape, attribute_truth.seen(values, noise, shape))
        annotations.append(annotator.item(rule, label, shape, uuid, completed))
    drop_lost_links(
        annotator.attributes.own,
        (
            (
                completed_item.get("uuid"),
                completed_item.get("label"),
                [completed_item.get("attributes", {})],
            )
            for completed_item in annotations
        ),
    )
    # Links of the answer as a whole go the same way as those in attributes.
    present = {annotation.get("uuid") for annotation in annotations}
    whole = content.get("global_attributes")
    given_links = content.get("links")
    links = [
        link
        for link in (given_links if isinstance(given_links, list) else [])
        if isinstance(link, dict) and link.get("from") in present and link.get("to") in present
    ]
    if whole is not None:
        of_image = AttributeTruth(annotator.attributes.whole)
        whole = of_image.seen(of_image.checked(whole, "truth.global_attributes"), noise)
    return annotations, whole, links


def _rule_of(item: Any, annotator: Annotator, where: str) -> GeometryRule:
    rules = {rule.geometry: rule for rule in annotator.rules}
    if not isinstance(item, dict):
        raise refusal(where, item, "an annotation, which is an object")
    # Newer answers say `type`, the one-geometry types of 2020 `geometry`: a truth may copy either.
    geometry = item.get("type", item.get("geometry"))
    if geometry is None and len(rules) == 1:
        return annotator.rules[0]
    if not isinstance(geometry, str) or geometry not in rules:
        raise refusal(
            f"{where}.type", geometry, f"a geometry the task asks for: {few_of(list(rules))}"
        )
    return rules[geometry]


def _label_of(
    item: dict[str, Any], rule: GeometryRule, labels: frozenset[str], where: str
) -> str | None:
    if not labels:
        return None
    label = item.get("label")
    if not isinstance(label, str) or label not in labels:
        raise refusal(f"{where}.label", label, f"a label of {rule.geometry}: {few_of(rule.labels)}")
    return label
