"""``laneannotation``: lane markings on one image; only its name is public."""

from __future__ import annotations

from typing import Final

from .._provenance import assumed
from ._images.one_geometry import OneGeometry

TASK_TYPE: Final = OneGeometry(
    "laneannotation",
    "line",
    assumed("only the name is public; taken to be lineannotation with nothing added to params"),
    booleans=("with_labels", "splines"),
).task_type()
