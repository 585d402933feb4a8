"""``videocuboidannotation``: cuboids in every annotated frame; labels stand at top level.

For ``truth`` see `_one_video_geometry`.
"""

from __future__ import annotations

from typing import Final

from ._video.one_geometry import one_geometry
from ._video.rules import CUBOID_KEYS

TASK_TYPE: Final = one_geometry("videocuboidannotation", "cuboid", CUBOID_KEYS)
