"""The demo on a server, with time running: what happens while somebody watches its dashboard."""

from __future__ import annotations

import sys
import threading
import webbrowser
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Self

from .._errors import IllegalTransition
from .._fake import FakeScale
from .._random import seeded
from .crew import Crew, Finding, audit
from .pictures import Picture, Refused, in_folder, scenes
from .story import BATCH, MONDAY, photo_work, scene_work, turnaround

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scaleapi import ScaleClient

    from .._controls.views import TaskView

REDONE_S: Final = 8.0
"""Real seconds that a labeler takes for a task that came back."""

LOOKS_S: Final = 1.5
"""Real seconds between two looks of the customer at what was done, each of them a call."""

SLOWLY_S: Final = 0.4
"""Real seconds between two uploads, so that they can be watched."""

DEAF: Final = "http://127.0.0.1:9"
"""Where nobody listens: callbacks of one task go there, for somebody to find out and mend."""

FAILS: Final = 2
"""Attempts at callbacks that are refused, so that one is seen to be tried again."""


class Show:
    """A project that is worked on while the server runs.

    A customer in a thread of its own uploads the pictures, accepts what was done well, and sends
    back the answer of a hasty beginner.

    Args:
        pictures: at least one.
        seed: what labelers and ids follow from.
        is_opened: whether a browser shows the dashboard.
        tempo: how long the customer's pauses are; 1 is right for people who watch.
    """

    def __init__(
        self, pictures: Sequence[Picture], seed: int, *, is_opened: bool, tempo: float = 1.0
    ) -> None:
        self._tempo = tempo
        self._pictures = {picture.name: picture for picture in pictures}
        self._is_drawn = all(picture.truth for picture in pictures)
        self._chosen = seeded(seed, "novice").choice(sorted(self._pictures))
        self._unheard = next(
            (name for name in sorted(self._pictures, reverse=True) if name != self._chosen),
            self._chosen,
        )
        self._is_opened = is_opened
        self._ended = threading.Event()
        self._customer: threading.Thread | None = None
        self.fake = FakeScale(seed=seed, start_time=MONDAY, turnaround=turnaround)
        if self._is_drawn:
            self.fake.respond("imageannotation", Crew(self._pictures, self._chosen))

    @classmethod
    def of(cls, images: Path | None, seed: int, *, is_opened: bool) -> Self | None:
        """The show of a folder of images; ``None`` when there is none to be shown.

        Args:
            images: folder of JPEG and PNG files; ``None`` draws scenes.
            seed: what scenes, labelers and ids follow from.
            is_opened: whether a browser shows the dashboard.
        """
        sources = list(scenes(seed) if images is None else in_folder(images))
        for refused in sources:
            if isinstance(refused, Refused):
                sys.stderr.write(f"scaleapi-testing demo: {refused.reason}\n")
        pictures = [picture for picture in sources if isinstance(picture, Picture)]
        return cls(pictures, seed, is_opened=is_opened) if pictures else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        if self._customer is not None:
            self._customer.join(timeout=5)

    def begin(self, url: str) -> None:
        """Let the customer begin, at the server's address."""
        dashboard = f"{url}/_fake/"
        sys.stdout.write(f"\nWatch it: {dashboard}\n")
        sys.stdout.flush()
        self._customer = threading.Thread(
            target=self._work, args=(url,), name="scale-demo-customer", daemon=True
        )
        self._customer.start()
        if self._is_opened:
            webbrowser.open(dashboard)

    def _work(self, url: str) -> None:
        from scaleapi import ScaleClient
        from scaleapi.exceptions import ScaleException

        client = ScaleClient("live_demo", api_instance_url=f"{url}/v1")
        self.fake.callbacks.fail_next(500, times=FAILS)
        self._submit(client, url)
        while not self._ended.wait(LOOKS_S * self._tempo):
            # An outage that lasts longer than the client's own patience: it looks again later.
            with suppress(ScaleException):
                client.batch_status(BATCH)
                if not self._review(client):
                    return

    def _submit(self, client: ScaleClient, url: str) -> None:
        from scaleapi.tasks import TaskType

        work = scene_work() if self._is_drawn else photo_work()
        client.create_project(work.project, TaskType.ImageAnnotation)
        client.create_batch(work.project, BATCH, callback=f"{url}/_fake/inbox/batches")
        for picture in self._pictures.values():
            if self._ended.wait(SLOWLY_S * self._tempo):
                return
            receiver = DEAF if picture.name == self._unheard else f"{url}/_fake/inbox"
            uploaded = client.upload_file(picture.content, project_name=work.project)
            client.create_task(
                TaskType.ImageAnnotation,
                batch=BATCH,
                instruction=work.instruction,
                attachment=uploaded.attachment_url,
                unique_id=picture.name,
                callback_url=f"{receiver}/{work.project}",
                metadata={"file_name": picture.name},
                **work.parameters(picture),
            )
        client.finalize_batch(BATCH)

    def _review(self, client: ScaleClient) -> bool:
        """Look at everything that was done since; whether there is still something to wait for."""
        tasks = list(self.fake.tasks)
        for task in tasks:
            if task.status == "completed" and task.customer_review_status not in {
                "accepted",
                "fixed",
            }:
                self._look_at(client, task)
        return any(task.customer_review_status != "accepted" for task in self.fake.tasks)

    def _look_at(self, client: ScaleClient, task: TaskView) -> None:
        finding = self._finding(task)
        is_first_look = task.customer_review_status is None
        if not is_first_look or finding is None:
            client.audit_task(task.id, accepted=True, comments="good now")
            return
        is_good = str(task.metadata["file_name"]) != self._chosen
        client.audit_task(task.id, accepted=is_good, comments=finding.comment)
        if is_good:
            return
        with suppress(IllegalTransition):  # where somebody at the dashboard was quicker
            self.fake.recall(task)
        # Nothing plans the end of a task that came back: its labeler takes a while.
        if not self._ended.wait(REDONE_S * self._tempo):
            with suppress(IllegalTransition):
                self.fake.complete(task)

    def _finding(self, task: TaskView) -> Finding | None:
        picture = self._pictures.get(str((task.metadata or {}).get("file_name")))
        response: Any = task.response
        if picture is None or not isinstance(response, dict):
            return None
        if not self._is_drawn:
            return Finding(0.0, "the boxes could sit closer")
        return audit(picture.truth, response.get("annotations") or [])
