"""``pointannotation``: points on one image, the older form of ``imageannotation``."""

from __future__ import annotations

from typing import Final

from .._provenance import documented
from ._images.one_geometry import OneGeometry

TASK_TYPE: Final = OneGeometry(
    "pointannotation",
    "point",
    documented("https://www.scaleapi.com/docs (edition of 2017)"),
    has_mock=False,
).task_type()
