"""``videocuboidannotation``: cuboids in every annotated frame; labels stand at top level.

For ``truth`` see `_one_video_geometry`.
"""

from __future__ import annotations

from typing import Final

from ._one_video_geometry import one_geometry
from ._video_rules import CUBOID_KEYS

TASK_TYPE: Final = one_geometry("videocuboidannotation", "cuboid", CUBOID_KEYS)
