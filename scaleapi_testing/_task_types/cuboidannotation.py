"""``cuboidannotation``: cuboids on one image, the older form of ``imageannotation``."""

from __future__ import annotations

from typing import Final

from .._provenance import documented
from ._images.one_geometry import COUNT_OPTIONS, OneGeometry
from ._shapes.rules import SIZE_OPTIONS

TASK_TYPE: Final = OneGeometry(
    "cuboidannotation",
    "cuboid",
    documented("https://scale.com/blog/3d-cuboids-annotations"),
    added={"with_labels": True, "min_annotations": 0, "max_annotations": 0},
    integers=(*SIZE_OPTIONS, *COUNT_OPTIONS),
    labeled=True,
    has_attributes=False,
    has_camera=True,
).task_type()
