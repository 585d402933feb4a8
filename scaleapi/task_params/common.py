"""Parameters that every task type takes, and the parts that several media share.

No key is marked as required, because each may come from the task's project instead; the comments
say which ones Scale wants when no project gives them.
"""

from __future__ import annotations

from typing import Any, Literal, TypedDict

from .._types import JSONObject  # noqa: TC001  # TypedDicts are resolved at run time


class CommonParams(TypedDict, total=False):
    """What every task type takes.

    Source: documented (https://scale.com/docs/api-reference/tasks).
    """

    project: str  # name of an existing project whose type is the task's
    batch: str  # name of a batch of that project
    callback_url: str  # http(s) URL or e-mail address
    instruction: str  # Markdown; the project's is put after it
    metadata: JSONObject  # at most 10 KB, comes back as sent
    unique_id: str  # taken once in the whole account
    tags: list[str]
    priority: int  # 10, 20 or 30; higher first
    urgency: str  # legacy, without effect
    project_version: int  # version of the project's parameters; -1 inherits nothing
    project_param_version: int  # other name of project_version
    clear_unique_id_on_error: bool  # free the unique_id when the task ends in an error
    attachment_type: str
    force: bool  # for deprecated types


class LabelDescription(TypedDict, total=False):
    """One label of a list; with ``subchoices`` a menu entry that is never returned itself."""

    choice: str  # required
    subchoices: list[Any]  # labels: strings or LabelDescription
    instance_label: bool  # segmentation: one mask per object
    display: str  # shown to labelers instead


Labels = list[str | LabelDescription] | list[str] | list[LabelDescription]
"""A label list: names and label descriptions, mixed as you like."""


class ContextAttachment(TypedDict, total=False):
    """An attachment that is shown and not labeled."""

    attachment: str  # required; another one than the task's


class BoxGeometry(TypedDict, total=False):
    """Options of boxes; lengths in pixels."""

    objects_to_annotate: Labels
    min_height: int
    min_width: int
    can_rotate: bool
    integer_pixels: bool


class PolygonGeometry(TypedDict, total=False):
    """Options of polygons and of lines."""

    objects_to_annotate: Labels
    min_vertices: int
    max_vertices: int | None


class PointConnection(TypedDict, total=False):
    """A line drawn between two points to help the labeler."""

    pair: list[str]  # required: two point labels
    connection_attribute: str  # name of a linked attribute


class PointGeometry(TypedDict, total=False):
    """Options of points."""

    objects_to_annotate: Labels  # required
    connections: list[PointConnection]


class CameraIntrinsics(TypedDict, total=False):
    """A camera's focal lengths and centre, in pixels."""

    fx: float  # required, like fy, cx, cy
    fy: float
    cx: float
    cy: float
    skew: float
    scalefactor: float


class Quaternion(TypedDict):
    """A rotation."""

    w: float
    x: float
    y: float
    z: float


class CuboidGeometry(TypedDict, total=False):
    """Options of cuboids; lengths in pixels, ``camera_height`` in metres."""

    objects_to_annotate: Labels
    min_height: int
    min_width: int
    camera_intrinsics: CameraIntrinsics | None
    camera_rotation_quaternion: Quaternion | None
    camera_height: float | None


class EllipseGeometry(TypedDict, total=False):
    """Options of ellipses."""

    objects_to_annotate: Labels


class Geometries(TypedDict, total=False):
    """Which shapes are drawn, and how; at least one."""

    box: BoxGeometry
    polygon: PolygonGeometry
    line: PolygonGeometry
    point: PointGeometry
    cuboid: CuboidGeometry
    ellipse: EllipseGeometry


class AttributeConditions(TypedDict, total=False):
    """When an attribute is asked for."""

    label_condition: dict[str, str | list[str]]  # {"label": leaves}
    attribute_conditions: list[dict[str, str | list[str]]] | dict[str, str | list[str]]
    is_global: bool  # about the whole image, or the event


AnnotationAttribute = TypedDict(
    "AnnotationAttribute",
    {
        "type": Literal["category", "number", "angle", "text", "x_line", "y_line", "linked"],
        "description": str,
        "conditions": AttributeConditions | list[AttributeConditions],
        "required": bool,  # linked ones
        "choices": Labels,  # category: required
        "allow_multiple": bool,  # category
        "min": float,  # number
        "max": float,  # number
        "step": float,  # number
        "allowed_labels": list[str],  # linked: required
        "global": bool,  # constant over a whole track of a video
    },
    total=False,
)
"""What is asked about each shape; the value stands in its ``attributes`` under the key."""


class Link(TypedDict, total=False):
    """Which labels a link may join."""

    is_bidirectional: bool
    from_allowed_labels: list[str]  # required
    to_allowed_labels: list[str]  # required


class PreLabels(TypedDict, total=False):
    """Annotations to start from."""

    annotations: Any  # required; the shape of the type's response
    events: Any
    global_attributes: JSONObject


class BaseAnnotationFlags(TypedDict, total=False):
    """What labelers may do with given annotations."""

    can_add_base_annotations: bool
    can_edit_base_annotations: bool
    can_edit_base_annotation_labels: bool
    can_delete_base_annotations: bool


class BaseAnnotationParams(BaseAnnotationFlags, total=False):
    """Given annotations, and what labelers may do with them."""

    hypothesis: PreLabels | JSONObject
    base_annotations: PreLabels | JSONObject


class PaddingParams(TypedDict, total=False):
    """Pixels around the image in which shapes may lie as well."""

    padding: float
    paddingX: float  # instead of padding, left and right
    paddingY: float  # instead of padding, above and below
    padding_x: float  # other name of paddingX; assumed
    padding_y: float  # other name of paddingY; assumed
