"""``lineannotation``: lines or splines on one image, the older form of ``imageannotation``."""

from __future__ import annotations

from typing import Final

from .._provenance import documented
from ._images.one_geometry import OneGeometry

TASK_TYPE: Final = OneGeometry(
    "lineannotation",
    "line",
    documented("https://www.scaleapi.com/docs (edition of 2017)"),
    added={"splines": False},
    booleans=("with_labels", "splines"),
).task_type()
