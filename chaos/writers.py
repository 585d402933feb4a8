"""Programs that write to the servers, and go on asking until they are answered."""

from __future__ import annotations

import json
import time
from random import Random
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Final

from .caller import Caller

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .books import Books

PAUSE_S: Final = 0.1
PROJECT: Final = "chaos"
TASK: Final = {
    "instruction": "Is it red?",
    "attachment_type": "text",
    "attachment": "a bus",
    "categories": ["yes", "no"],
}


class Writer:
    """One of them; all it does follows from its number and the seed, but not when.

    Args:
        number: of this one.
        ports: the servers.
        books: where answers are noted.
        callback_url: for its tasks.
        seed: of the run.
        ended: says that nothing new is to be begun.
    """

    def __init__(
        self,
        number: int,
        ports: Sequence[int],
        books: Books,
        callback_url: str,
        seed: int,
        ended: Event,
    ) -> None:
        self._number = number
        self._callers = [Caller(port) for port in ports]
        self._books = books
        self._callback_url = callback_url
        self._random = Random(seed * 1000 + number)
        self._ended = ended
        self._count = 0
        self._tasks: list[str] = []
        self.thread = Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        acts = (
            *[self._create_under_a_key] * 5,
            *[self._create] * 4,
            self._create_again_under_its_key,
            self._create_with_a_taken_unique_id,
            self._cancel,
            self._set_metadata,
            self._make_batch,
            self._walk_pages,
        )
        while not self._ended.is_set():
            self._count += 1
            self._random.choice(acts)()
        for caller in self._callers:
            caller.close()

    def _ask(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[int, Any] | None:
        """What a server answers; ``None`` where none did, or it said to come back."""
        answer = self._random.choice(self._callers).ask(method, path, body, **headers)
        if answer is None or answer[0] == 503:
            time.sleep(PAUSE_S)
            return None
        return answer[0], json.loads(answer[1])

    def _persist(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[int, Any, int]:
        """The same until somebody answers; and how many times nobody did."""
        unanswered = 0
        while (answer := self._ask(method, path, body, **headers)) is None:
            unanswered += 1
        return *answer, unanswered

    def _name(self, kind: str) -> str:
        return f"{kind}-{self._number}-{self._count}"

    def _task(self, marker: str, **more: Any) -> dict[str, Any]:
        return {**TASK, "metadata": {"marker": marker}, "callback_url": self._callback_url, **more}

    def _created(self, task: Any, marker: str) -> None:
        task_id = task["task_id"]
        self._tasks.append(task_id)
        self._books.note("created", task_id=task_id, marker=marker)
        # Whoever was answered sees it on every server, at once.
        read = self._ask("GET", f"/v1/task/{task_id}")
        if read is not None and read[0] != 200:
            self._wrong(f"task {task_id} was answered, and reading it gives {read[0]}")

    def _wrong(self, text: str) -> None:
        self._books.note("wrong", text=text)

    def _create(self) -> None:
        for attempt in range(1000):
            marker = f"{self._name('task')}-{attempt}"
            answer = self._ask("POST", "/v1/task/categorization", self._task(marker))
            if answer is not None and answer[0] == 200:
                self._created(answer[1], marker)
                return
            if answer is not None:
                self._wrong(f"a task was refused: {answer}")
                return
            self._books.note("maybe", marker=marker)

    def _create_under_a_key(self) -> None:
        marker = self._name("keyed")
        body = self._task(marker, unique_id=f"unique-{marker}")
        status, task, _ = self._persist(
            "POST", "/v1/task/categorization", body, **{"Idempotency-Key": marker}
        )
        if status != 200:
            self._wrong(f"a task under the key {marker} was refused: {status} {task}")
            return
        self._books.note("keyed", marker=marker, task_id=task["task_id"])
        self._created(task, marker)

    def _create_again_under_its_key(self) -> None:
        marker = self._name("again")
        body = self._task(marker)
        answers = [
            self._persist("POST", "/v1/task/categorization", body, **{"Idempotency-Key": marker})
            for _ in range(3)
        ]
        ids = {task.get("task_id") for _, task, _ in answers}
        if len(ids) != 1 or None in ids:
            self._wrong(f"the key {marker} gave {answers}")
            return
        self._created(answers[0][1], marker)

    def _create_with_a_taken_unique_id(self) -> None:
        first, second = self._name("first"), self._name("second")
        unique_id = self._name("taken")
        body = self._task(first, unique_id=unique_id)
        _, task, _ = self._persist(
            "POST", "/v1/task/categorization", body, **{"Idempotency-Key": first}
        )
        self._created(task, first)
        status, answer, _ = self._persist(
            "POST", "/v1/task/categorization", self._task(second, unique_id=unique_id)
        )
        if status != 409:
            self._wrong(f"the unique_id {unique_id} was taken twice: {status} {answer}")

    def _cancel(self) -> None:
        if not self._tasks:
            return
        task_id = self._random.choice(self._tasks)
        status, _, _ = self._persist("POST", f"/v1/task/{task_id}/cancel")
        if status == 200:
            self._books.note("canceled", task_id=task_id)

    def _set_metadata(self) -> None:
        if not self._tasks:
            return
        task_id = self._random.choice(self._tasks)
        _, task, _ = self._persist("GET", f"/v1/task/{task_id}")
        value = {**task["metadata"], "set": self._count}
        status, _, _ = self._persist("POST", f"/v1/task/{task_id}/setMetadata", value)
        if status == 200:
            self._books.note("metadata", task_id=task_id, value=value)

    def _make_batch(self) -> None:
        name = self._name("batch")
        status, answer, unanswered = self._persist(
            "POST", "/v1/batches", {"project": PROJECT, "name": name}
        )
        # It may have been made by an attempt that nobody answered.
        if status == 200 or (unanswered and "exists" in str(answer)):
            self._books.note("batch", name=name)
        else:
            self._wrong(f"the batch {name} was refused: {status} {answer}")

    def _walk_pages(self) -> None:
        seen: list[str] = []
        query = "limit=50"
        for _ in range(4):
            answer = self._ask("GET", f"/v1/tasks?{query}")
            if answer is None:
                return
            page = answer[1]
            seen += [task["task_id"] for task in page["docs"]]
            if page["has_more"] and len(page["docs"]) != 50:
                self._wrong(f"a page that is not the last has {len(page['docs'])} of 50 tasks")
            if not page["has_more"]:
                break
            query = f"limit=50&next_token={page['next_token']}"
        if len(set(seen)) != len(seen):
            self._wrong("a task stands on two pages of one walk")


def make_project(port: int) -> None:
    """Make the project that the batches are in."""
    body = {"name": PROJECT, "type": "categorization", "params": {"instruction": "Is it red?"}}
    answer = Caller(port).ask("POST", "/v1/projects", body)
    assert answer is not None
    assert answer[0] in {200, 409}
