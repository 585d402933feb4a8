"""What the image task types refuse, in Scale's words and order.

Source: docs/scale/images.md 7.5 to 9.5.
"""

from __future__ import annotations

import copy
from typing import Any

import pytest

URL = "https://img.example.org/belt-17.png"
NO_ATTACHMENT = "Please include an attachment or attachments parameter."
PARCEL = {"objects_to_annotate": ["parcel", "label"]}
BASE: dict[str, dict[str, Any]] = {
    "imageannotation": {"attachment": URL, "geometries": {"box": {**PARCEL}, "point": {**PARCEL}}},
    "segmentannotation": {"attachment": URL, "labels": ["road", "sky"]},
} | {
    kind: {"attachment": URL, "objects_to_annotate": ["parcel", "label"]}
    for kind in (
        "annotation",
        "polygonannotation",
        "lineannotation",
        "laneannotation",
        "pointannotation",
        "cuboidannotation",
    )
}


class Gone:
    """Stands for a parameter that is not sent; its name must not differ between processes."""

    def __repr__(self) -> str:
        return "absent"


GONE = Gone()


def changed(kind: str, **changes: Any) -> dict[str, Any]:
    """The plain valid params of ``kind`` with dotted keys (``__`` for the dot) replaced."""
    params: dict[str, Any] = copy.deepcopy(BASE[kind])
    for dotted, value in changes.items():
        *path, last = dotted.split("__")
        place = params
        for key in path:
            place = place.setdefault(key, {})
        if value is GONE:
            place.pop(last, None)
        else:
            place[last] = value
    return params


GEOMETRY_LIST = "box polygon line point cuboid ellipse"
TYPE_LIST = "category number angle text x_line y_line linked"
LABELS = "expected array of strings or LabelDescription objects."
ATTRIBUTE: dict[str, Any] = {"a": {"choices": ["yes"]}}


def refusal(kind: str, rule: str, message: str, path: str, **changes: Any) -> Any:
    return pytest.param(kind, changes, message, path, id=f"{kind}-{rule}")


def attribute(rule: str, message: str, path: str, spec: Any, **others: Any) -> Any:
    specs = {"a": spec, **others}
    return refusal(
        "imageannotation",
        rule,
        message,
        f"annotation_attributes.a{path}",
        annotation_attributes=specs,
    )


REFUSALS = [
    *(
        refusal(kind, f"{rule}-{value!r}", message, "attachment", attachment=value)
        for kind in BASE
        for rule, value, message in (
            ("V1", GONE, NO_ATTACHMENT),
            ("V1", None, NO_ATTACHMENT),
            ("V1", "", NO_ATTACHMENT),
            ("V2", 7, "Invalid attachment - expected string."),
            ("V2", [URL], "Invalid attachment - expected string."),
            ("V3", "street.png", "Please provide an attachment as a URL."),
            ("V3", "//host/a", "Please provide an attachment as a URL."),
        )
    ),
    *(
        refusal(
            kind,
            "V4",
            "Invalid attachment_type - please choose one of these: image",
            "attachment_type",
            attachment_type=value,
        )
        for kind in BASE
        for value in ("video", None)
    ),
    *(
        refusal(
            "imageannotation",
            "V5",
            "Invalid context_attachments - expected array of objects with an attachment.",
            path,
            context_attachments=value,
        )
        for value, path in (
            ("x", "context_attachments"),
            ([URL], "context_attachments[0]"),
            ([{"attachment": 5}], "context_attachments[0]"),
        )
    ),
    refusal(
        "imageannotation",
        "V6",
        "A context attachment cannot be the same as the attachment.",
        "context_attachments[1].attachment",
        context_attachments=[{"attachment": "https://b.example.org"}, {"attachment": URL}],
    ),
    refusal(
        "imageannotation",
        "V7",
        "Please include a geometries parameter.",
        "geometries",
        geometries=None,
    ),
    refusal(
        "imageannotation",
        "V8",
        "Invalid geometries - expected object.",
        "geometries",
        geometries=[],
    ),
    refusal(
        "imageannotation",
        "V8",
        "Please include at least one geometry in geometries.",
        "geometries",
        geometries={},
    ),
    refusal(
        "imageannotation",
        "V9",
        f"Invalid geometry circle - please choose one of these: {GEOMETRY_LIST}",
        "geometries.circle",
        geometries__circle={},
    ),
    refusal(
        "imageannotation",
        "V10",
        "Invalid geometries.box - expected object.",
        "geometries.box",
        geometries__box=[],
    ),
    refusal(
        "imageannotation",
        "V11",
        "Please include a geometries.point.objects_to_annotate parameter.",
        "geometries.point.objects_to_annotate",
        geometries__point={},
    ),
    *(
        refusal(
            "imageannotation",
            "V12",
            f"Invalid geometries.box.objects_to_annotate - {LABELS}",
            f"geometries.box.objects_to_annotate{place}",
            geometries__box__objects_to_annotate=value,
        )
        for value, place in (
            ({"choice": "a"}, ""),
            (None, ""),
            (["a", ""], "[1]"),
            ([5], "[0]"),
            ([{"label": "a"}], "[0]"),
            ([{"choice": "a", "subchoices": "b"}, {"choice": ""}], "[1]"),
            ([{"choice": "a", "subchoices": 5}], "[0].subchoices"),
            ([{"choice": "a", "subchoices": ["b", {"choice": 5}]}], "[0].subchoices[1]"),
        )
    ),
    *(
        refusal(
            "imageannotation",
            "V13",
            f"Invalid {option} - expected integer.",
            f"geometries.{geometry}.{option}",
            geometries={geometry: {option: value}},
        )
        for geometry, option, value in (
            ("box", "min_width", -1),
            ("box", "min_height", "thirty"),
            ("box", "min_height", 2.5),
            ("box", "min_height", True),
            ("cuboid", "min_width", None),
            ("cuboid", "min_height", "-1"),
            ("polygon", "min_vertices", 0),
            ("line", "max_vertices", []),
        )
    ),
    *(
        refusal(
            "imageannotation",
            "V14",
            "Invalid max_vertices - must be at least min_vertices.",
            f"geometries.{geometry}.max_vertices",
            geometries={geometry: options},
        )
        for geometry, options in (
            ("polygon", {"min_vertices": 5, "max_vertices": 4}),
            ("line", {"max_vertices": 0}),
            ("line", {"min_vertices": "3", "max_vertices": "2"}),
        )
    ),
    *(
        refusal("imageannotation", "V15", f"Invalid {key} - expected boolean.", path, **change)
        for key, path, change in (
            ("can_rotate", "geometries.box.can_rotate", {"geometries__box__can_rotate": 1}),
            (
                "integer_pixels",
                "geometries.box.integer_pixels",
                {"geometries__box__integer_pixels": "yes"},
            ),
            ("with_labels", "with_labels", {"with_labels": "1"}),
            (
                "can_add_base_annotations",
                "can_add_base_annotations",
                {"can_add_base_annotations": 0},
            ),
        )
    ),
    refusal(
        "imageannotation",
        "V16",
        "Invalid camera_intrinsics - expected fx, fy, cx and cy.",
        "geometries.cuboid.camera_intrinsics",
        geometries={"cuboid": {"camera_intrinsics": {"fx": 1, "fy": 2, "cx": 3}}},
    ),
    refusal(
        "imageannotation",
        "V16",
        "Invalid camera_rotation_quaternion - expected w, x, y and z.",
        "geometries.cuboid.camera_rotation_quaternion",
        geometries={"cuboid": {"camera_rotation_quaternion": {"w": 1, "x": 0, "y": 0, "z": "0"}}},
    ),
    refusal(
        "imageannotation",
        "V16",
        "Invalid camera_height - expected number.",
        "geometries.cuboid.camera_height",
        geometries={"cuboid": {"camera_height": "high"}},
    ),
    *(
        refusal(
            "imageannotation",
            "V17",
            "Invalid connections - pair must contain two point labels.",
            f"geometries.point.connections{place}",
            geometries__point__connections=value,
        )
        for value, place in (
            ({}, ""),
            ([{"pair": ["parcel"]}], "[0]"),
            ([{"pair": ["parcel", "stranger"]}], "[0]"),
            ([{"pair": "parcel"}], "[0]"),
        )
    ),
    *(
        refusal(
            "imageannotation",
            "V17",
            f"Invalid connections - {name} is not a linked attribute.",
            "geometries.point.connections[0].connection_attribute",
            geometries__point__connections=[
                {"pair": ["parcel", "label"], "connection_attribute": name}
            ],
            annotation_attributes=ATTRIBUTE,
        )
        for name in ("a", "b")
    ),
    refusal(
        "imageannotation",
        "A1",
        "Invalid annotation_attributes - expected object.",
        "annotation_attributes",
        annotation_attributes=["a"],
    ),
    attribute("A1", "Invalid annotation_attributes - expected object.", "", "category"),
    attribute(
        "A2",
        f"Invalid type for attribute a - please choose one of these: {TYPE_LIST}",
        ".type",
        {"type": "colour"},
    ),
    attribute("A3", "Please include choices for attribute a.", ".choices", {}),
    attribute("A3", "Please include choices for attribute a.", ".choices", {"choices": []}),
    attribute(
        "A3", "Please include choices for attribute a.", ".choices[1]", {"choices": ["b", 5]}
    ),
    *(
        attribute("A4", "Invalid range for attribute a.", f".{path}", {"type": "number", **spec})
        for path, spec in (
            ("max", {"min": 5, "max": 4}),
            ("step", {"step": 0}),
            ("step", {"step": -1}),
            ("min", {"min": "1"}),
            ("max", {"max": float("inf")}),
        )
    ),
    attribute(
        "A5",
        "Please include allowed_labels for attribute a.",
        ".allowed_labels",
        {"type": "linked"},
    ),
    attribute(
        "A6",
        "Unknown label moon in attribute a.",
        ".allowed_labels",
        {"type": "linked", "allowed_labels": ["parcel", "moon"]},
    ),
    attribute(
        "A6",
        "Unknown label moon in attribute a.",
        ".conditions.label_condition.label",
        {"type": "text", "conditions": {"label_condition": {"label": "moon"}}},
    ),
    *(
        attribute(
            "A7",
            "Invalid attribute_conditions for attribute a.",
            ".conditions.attribute_conditions",
            {"type": "text", "conditions": {"attribute_conditions": conditions}},
            b={"type": "text", "conditions": {"attribute_conditions": {"a": "x"}}},
        )
        for conditions in ([{"stranger": "x"}], {"a": "x"}, [{"b": "x"}], "b", [5])
    ),
    *(
        refusal(
            "imageannotation",
            "L1",
            "Invalid links - expected from_allowed_labels and to_allowed_labels.",
            path,
            links=value,
        )
        for value, path in (
            ([], "links"),
            ({"near": "x"}, "links.near"),
            ({"near": []}, "links.near"),
            ({"near": [{"from_allowed_labels": ["parcel"]}]}, "links.near[0].to_allowed_labels"),
            (
                {
                    "near": {
                        "from_allowed_labels": ["parcel"],
                        "to_allowed_labels": [],
                        "is_bidirectional": "both",
                    }
                },
                "links.near.is_bidirectional",
            ),
        )
    ),
    refusal(
        "imageannotation",
        "L1",
        "Unknown label moon in link near.",
        "links.near.to_allowed_labels",
        links={"near": {"from_allowed_labels": ["parcel"], "to_allowed_labels": ["moon"]}},
    ),
    *(
        refusal(
            "imageannotation",
            "H1",
            f"Please include annotations in {field}.",
            f"{field}.annotations",
            **{field: value},
        )
        for field in ("hypothesis", "base_annotations")
        for value in ({}, [], {"annotations": {"url": "https://x.example.org"}}, None)
    ),
    *(
        refusal(
            "imageannotation",
            "H2",
            f"Invalid annotation in {field} - unknown type line.",
            f"{field}.annotations[1].type",
            **{field: {"annotations": [{"type": "box"}, {"type": "line"}]}},
        )
        for field in ("hypothesis", "base_annotations")
    ),
    refusal(
        "imageannotation",
        "H2",
        "Invalid annotation in hypothesis - unknown label moon.",
        "hypothesis.annotations[0].label",
        hypothesis={"annotations": [{"type": "box", "label": "moon"}]},
    ),
    *(
        refusal(
            kind,
            "H3",
            "Invalid layers - expected boxes, lines, cuboids or polygons.",
            path,
            layers=value,
        )
        for kind in BASE
        if kind != "segmentannotation"
        for value, path in (
            ([], "layers"),
            ({"points": []}, "layers.points"),
            ({"boxes": {}}, "layers.boxes"),
        )
    ),
    *(
        refusal(
            "imageannotation",
            "P1",
            f"Invalid {field} - expected non-negative number.",
            field,
            **{field: value},
        )
        for field in ("padding", "paddingX", "paddingY", "padding_x", "padding_y")
        for value in (-1, "5", float("nan"))
    ),
    *(
        refusal(kind, "T1", "At most 5 tags are allowed.", "tags", tags=list("abcdef"))
        for kind in BASE
    ),
    *(
        refusal(
            kind,
            "W1",
            "Please include an objects_to_annotate parameter.",
            "objects_to_annotate",
            objects_to_annotate=value,
        )
        for kind in BASE
        if kind not in {"imageannotation", "segmentannotation"}
        for value in (GONE, [])
    ),
    refusal(
        "annotation",
        "V12",
        f"Invalid objects_to_annotate - {LABELS}",
        "objects_to_annotate[1]",
        objects_to_annotate=["a", 5],
    ),
    *(
        refusal(kind, "V13", f"Invalid {option} - expected integer.", option, **{option: "x"})
        for kind, option in (
            ("annotation", "min_width"),
            ("annotation", "min_height"),
            ("cuboidannotation", "min_width"),
            ("cuboidannotation", "min_annotations"),
            ("cuboidannotation", "max_annotations"),
        )
    ),
    *(
        refusal(kind, "V15", f"Invalid {option} - expected boolean.", option, **{option: 5})
        for kind, option in (
            ("annotation", "with_labels"),
            ("lineannotation", "splines"),
            ("laneannotation", "splines"),
            ("segmentannotation", "allow_unlabeled"),
            ("segmentannotation", "allow_parent_labels"),
        )
    ),
    refusal(
        "cuboidannotation",
        "V16",
        "Invalid camera_intrinsics - expected fx, fy, cx and cy.",
        "camera_intrinsics",
        camera_intrinsics=5,
    ),
    *(
        refusal(
            "annotation",
            "W2",
            "Invalid examples - each example needs correct and image.",
            path,
            examples=value,
        )
        for value, path in (
            ({}, "examples"),
            (["x"], "examples[0]"),
            ([{"correct": "maybe", "image": URL}], "examples[0]"),
            ([{"correct": True}], "examples[0]"),
        )
    ),
    refusal(
        "cuboidannotation",
        "W3",
        "Invalid max_annotations - must be at least min_annotations.",
        "max_annotations",
        min_annotations=3,
        max_annotations=2,
    ),
    refusal(
        "annotation",
        "A6",
        "Unknown label moon in attribute a.",
        "annotation_attributes.a.allowed_labels",
        annotation_attributes={"a": {"type": "linked", "allowed_labels": ["moon"]}},
    ),
    *(
        refusal(
            "segmentannotation", "G1", "Please include a labels parameter.", "labels", labels=value
        )
        for value in (GONE, [])
    ),
    *(
        refusal("segmentannotation", "V12", f"Invalid {field} - {LABELS}", field, **{field: 5})
        for field in ("labels", "instance_labels")
    ),
    *(
        refusal(
            "segmentannotation",
            "G2",
            "Please include labelMapping and annotations.combined.indexedImage in hypothesis.",
            "hypothesis",
            hypothesis=value,
        )
        for value in (
            {},
            5,
            {"labelMapping": {}},
            {"labelMapping": {}, "annotations": {"combined": {}}},
            {"annotations": {"combined": {"indexedImage": URL}}},
        )
    ),
    refusal(
        "segmentannotation",
        "G3",
        "Unknown label moon in hypothesis.",
        "hypothesis.labelMapping.moon",
        hypothesis={
            "labelMapping": {"moon": {"index": 1}},
            "annotations": {"combined": {"indexedImage": URL}},
        },
    ),
    *(
        refusal(
            "segmentannotation",
            "G4",
            "Invalid labelMapping in hypothesis.",
            "hypothesis.labelMapping.sky.index",
            hypothesis={
                "labelMapping": {"road": {"index": 1}, "sky": value},
                "annotations": {"combined": {"indexedImage": URL}},
            },
        )
        for value in ({"index": 1}, {"index": 0}, {"index": "2"}, {}, [{"index": 2}, {"index": 2}])
    ),
]


@pytest.mark.parametrize(("kind", "changes", "message", "path"), REFUSALS)
def test_a_broken_rule_is_refused_in_scales_words(
    job: Any, kind: str, changes: dict[str, Any], message: str, path: str
) -> None:
    violations = job.violations(kind, changed(kind, **changes))

    first = violations[0]
    assert (first.message, first.path, first.status) == (message, path, 400)
    assert first.expected


def test_every_violation_is_listed_in_the_documented_order(job: Any) -> None:
    params = {
        "attachment_type": "video",
        "context_attachments": 5,
        "geometries": {
            "circle": {},
            "polygon": {"objects_to_annotate": 5, "min_vertices": 5, "max_vertices": 4},
            "box": {"min_width": "wide", "can_rotate": "perhaps"},
            "cuboid": {"camera_height": "high"},
            "point": {"connections": 5},
            "line": 5,
        },
        "with_labels": 5,
        "annotation_attributes": {
            "a": {"type": "number", "min": 2, "max": 1},
            "b": {"type": "unheard of"},
            "c": {},
            "d": 5,
            "e": {"type": "linked"},
            "f": {"type": "linked", "allowed_labels": ["moon"]},
            "g": {"type": "text", "conditions": {"attribute_conditions": {"z": "1"}}},
        },
        "links": 5,
        "hypothesis": 5,
        "base_annotations": {"annotations": [{"type": "circle"}, {"type": "moon"}]},
        "layers": 5,
        "padding": -5,
        "paddingX": -5,
        "tags": ["1", "2", "3", "4", "5", "6"],
    }

    assert job.errors("imageannotation", params) == [
        NO_ATTACHMENT,
        "Invalid attachment_type - please choose one of these: image",
        "Invalid context_attachments - expected array of objects with an attachment.",
        f"Invalid geometry circle - please choose one of these: {GEOMETRY_LIST}",
        "Invalid geometries.line - expected object.",
        "Please include a geometries.point.objects_to_annotate parameter.",
        f"Invalid geometries.polygon.objects_to_annotate - {LABELS}",
        "Invalid min_width - expected integer.",
        "Invalid max_vertices - must be at least min_vertices.",
        "Invalid can_rotate - expected boolean.",
        "Invalid with_labels - expected boolean.",
        "Invalid camera_height - expected number.",
        "Invalid connections - pair must contain two point labels.",
        "Invalid annotation_attributes - expected object.",
        f"Invalid type for attribute b - please choose one of these: {TYPE_LIST}",
        "Please include choices for attribute c.",
        "Invalid range for attribute a.",
        "Please include allowed_labels for attribute e.",
        "Unknown label moon in attribute f.",
        "Invalid attribute_conditions for attribute g.",
        "Invalid links - expected from_allowed_labels and to_allowed_labels.",
        "Please include annotations in hypothesis.",
        "Invalid annotation in base_annotations - unknown type moon.",
        "Invalid layers - expected boxes, lines, cuboids or polygons.",
        "Invalid padding - expected non-negative number.",
        "Invalid paddingX - expected non-negative number.",
        "At most 5 tags are allowed.",
    ]


def test_the_form_of_both_pre_labels_is_looked_at_before_their_items(job: Any) -> None:
    params = changed(
        "imageannotation",
        hypothesis={"annotations": [{"type": "line"}]},
        base_annotations={},
    )

    assert job.errors("imageannotation", params) == [
        "Please include annotations in base_annotations.",
        "Invalid annotation in hypothesis - unknown type line.",
    ]


@pytest.mark.parametrize("kind", ["annotation", "polygonannotation", "lineannotation"])
def test_the_attachment_is_asked_for_before_the_objects(job: Any, kind: str) -> None:
    assert job.errors(kind, {})[0] == NO_ATTACHMENT


def test_a_pre_label_without_type_is_passed_over(job: Any) -> None:
    params = changed("imageannotation", hypothesis={"annotations": [{"label": "moon"}, 5, None]})

    assert job.errors("imageannotation", params) == []


def test_an_attribute_may_wait_for_others_that_wait_for_a_third(job: Any) -> None:
    specs = {
        "a": {"choices": ["x"], "conditions": {"attribute_conditions": [{"b": "x"}, {"c": "x"}]}},
        "b": {"choices": ["x"], "conditions": {"attribute_conditions": {"c": ["x"]}}},
        "c": {"choices": ["x"]},
    }

    assert (
        job.errors("imageannotation", changed("imageannotation", annotation_attributes=specs)) == []
    )


def test_only_attributes_on_a_cycle_are_refused_for_it(job: Any) -> None:
    def after(other: str) -> dict[str, Any]:
        return {"type": "text", "conditions": {"attribute_conditions": {other: "x"}}}

    specs = {"a": after("b"), "b": after("c"), "c": after("b"), "d": {"type": "text"}}
    params = changed("imageannotation", annotation_attributes=specs)

    assert job.errors("imageannotation", params) == [
        "Invalid attribute_conditions for attribute b.",
        "Invalid attribute_conditions for attribute c.",
    ]
