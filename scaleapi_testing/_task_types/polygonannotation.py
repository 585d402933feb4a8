"""``polygonannotation``: polygons on one image, the older form of ``imageannotation``."""

from __future__ import annotations

from typing import Final

from .._provenance import documented
from ._images.one_geometry import OneGeometry

TASK_TYPE: Final = OneGeometry(
    "polygonannotation", "polygon", documented("https://www.scaleapi.com/docs (edition of 2017)")
).task_type()
