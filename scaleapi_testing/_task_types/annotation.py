"""``annotation``: boxes on one image, the older form of ``imageannotation``."""

from __future__ import annotations

from typing import Final

from .._provenance import documented
from ._images.one_geometry import OneGeometry
from ._shapes.rules import SIZE_OPTIONS

TASK_TYPE: Final = OneGeometry(
    "annotation",
    "box",
    documented("https://www.scaleapi.com/docs (edition of 2017)"),
    added={"min_width": 0, "min_height": 0},
    integers=SIZE_OPTIONS,
).task_type()
