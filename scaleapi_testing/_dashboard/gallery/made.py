"""How the gallery's tasks are made: a fake of its own creates and completes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from ..._http.values import Request
from ..._http.wire import decode, encode
from ..._world.labelers import TRUTH_KEY
from ..drawings.table import draw
from ..subjects import subject_of
from .examples import LIDAR, examples

if TYPE_CHECKING:
    from collections.abc import Callable

    from markupsafe import Markup

    from ..._fake import FakeScale
    from .examples import Example

_START: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_HEADERS: Final = {
    "authorization": "Basic bGl2ZV9nYWxsZXJ5Og==",
    "content-type": "application/json",
}
"""Of a key that is of this fake alone."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of the gallery.

    Attributes:
        example: which task.
        document: the task as v1 writes it, completed.
        drawing: of its response.
    """

    example: Example
    document: dict[str, Any]
    drawing: Markup


def pieces(make: Callable[..., FakeScale], seed: int = 0) -> list[Piece]:
    """A piece for each example, in their order; the same for the same seed.

    Args:
        make: makes the fake that answers.
        seed: of that fake.

    Raises:
        ValueError: an example that the fake refuses; a fault of this package.
    """
    fake = make(seed=seed, start_time=_START)
    drawn_pieces: list[Piece] = []
    lidar = ""
    for place, example in enumerate(examples()):
        task_id = create(fake, example, place, lidar)
        lidar = task_id if example.type == "lidarannotation" else lidar
        fake.complete(task_id)
        record = fake._world.store.tasks[task_id]
        subject = subject_of(fake, record, prefix=f"piece-{place}")
        drawn_pieces.append(Piece(example, record.document(), draw(subject)))
    return drawn_pieces


def create(fake: FakeScale, example: Example, place: int, lidar: str) -> str:
    """Create an example's task, pending; its id.

    Args:
        fake: where.
        example: which.
        place: what its project is named by.
        lidar: the id of the task that it builds on, where it needs one.
    """
    params = {key: lidar if value == LIDAR else value for key, value in example.params.items()}
    if example.project is not None:
        name = f"gallery {place}"
        _call(fake, "/v1/projects", {"name": name, "type": example.type})
        project = fake.projects.get(name)._record
        if example.project:
            project.genai_types = (example.project,)
        params["project"] = name
    if example.truth is not None:
        params["metadata"] = {TRUTH_KEY: example.truth}
    body = _call(fake, f"/v1/task/{example.type}", params)
    return str(body["task_id"])


def _call(fake: FakeScale, path: str, body: dict[str, Any]) -> dict[str, Any]:
    request = Request("POST", fake.base_urls[0], path, "", dict(_HEADERS), encode(body))
    reply = fake.app.handle(request)
    content: dict[str, Any] = decode(reply.body)
    if reply.status != 200:
        raise ValueError(f"the gallery's call of {path} was answered {reply.status}: {content}")
    return content
