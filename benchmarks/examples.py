"""The task that the measurements create: boxes around three kinds of things on one image."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

LIVE: Final = "live_bench"
ORIGIN: Final = "https://api.scale.com"
CREATE_URL: Final = f"{ORIGIN}/v1/task/imageannotation"
LIST_URL: Final = f"{ORIGIN}/v1/tasks"

BOXES: Final[dict[str, Any]] = {
    "instruction": (
        "Draw a tight box around each **car**, **bicycle** and **pedestrian**. Leave out what is "
        "further away than the second crossing, and reflections in windows."
    ),
    "attachment": "https://images.example.com/drives/2026-03-02/front/000417.jpg",
    "geometries": {
        "box": {
            "objects_to_annotate": ["car", "bicycle", "pedestrian"],
            "min_width": 10,
            "min_height": 10,
        }
    },
    "annotation_attributes": {
        "occlusion": {
            "type": "category",
            "description": "How much of it is hidden?",
            "choices": ["none", "some", "most"],
        }
    },
    "metadata": {"drive": "2026-03-02", "camera": "front", "frame": 417},
    "tags": ["night"],
    "callback_url": "https://hooks.example.com/scale",
}


def creating(client: Any, task_type: Any, series: str = "frame") -> Callable[[], Any]:
    """A call of ``client`` that creates one more such task, the next of a series of unique_ids."""
    numbers = count()

    def create() -> Any:
        return client.create_task(task_type, unique_id=f"{series}-{next(numbers)}", **BOXES)

    return create


def listing(client: Any, limit: int = 100, **filters: Any) -> Callable[[], Any]:
    """A call of ``client`` that lists one page."""

    def page() -> Any:
        return client.tasks(limit=limit, **filters)

    return page
