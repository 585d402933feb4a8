"""``python -m chaos.check BOOKS PORT...``: whether what was answered is there, exactly once.

Prints one line for each fault, and at the end a sum of all that the servers answer.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .books import lines_of
from .caller import Caller

if TYPE_CHECKING:
    from collections.abc import Iterator


class Seen:
    """What one server answers to every question that is asked here.

    Args:
        port: its port.
    """

    def __init__(self, port: int) -> None:
        self._caller = Caller(port)
        self.sums: dict[str, str] = {}
        self.tasks: list[dict[str, Any]] = []
        self.batches: list[str] = []
        self.totals: set[int] = set()
        self.short_pages = 0

    def look(self) -> None:
        """Ask everything."""
        query = "/v1/tasks?limit=100"
        while query:
            page = self._get(query)
            self.tasks += page["docs"]
            self.totals.add(page["total"])
            if page["has_more"]:
                self.short_pages += len(page["docs"]) != 100
            query = (
                f"/v1/tasks?limit=100&next_token={page['next_token']}" if page["has_more"] else ""
            )
        offset, is_more = 0, True
        while is_more:
            page = self._get(f"/v1/batches?limit=100&offset={offset}")
            self.batches += [batch["name"] for batch in page["docs"]]
            offset, is_more = offset + 100, page["has_more"]
        for task in self.tasks[:: max(len(self.tasks) // 50, 1)]:
            self._get(f"/v1/task/{task['task_id']}")
        self._get("/v1/projects")

    def _get(self, path: str) -> Any:
        answer = self._caller.ask("GET", path)
        if answer is None or answer[0] != 200:
            raise SystemExit(f"GET {path} is answered {answer}")
        self.sums[path] = hashlib.sha256(answer[1]).hexdigest()
        return json.loads(answer[1])


def faults(books: list[dict[str, Any]], seen: Seen) -> Iterator[str]:
    """Everything that does not agree."""

    def noted(what: str) -> list[dict[str, Any]]:
        return [line for line in books if line["what"] == what]

    yield from (line["text"] for line in noted("wrong"))
    tasks = {task["task_id"]: task for task in seen.tasks}
    if len(tasks) != len(seen.tasks):
        yield f"{len(seen.tasks) - len(tasks)} tasks stand on the pages twice"
    if seen.totals != {len(tasks)} or seen.short_pages:
        yield f"pages hold {len(tasks)} tasks, totals {seen.totals}, {seen.short_pages} are short"
    markers = Counter(task["metadata"]["marker"] for task in seen.tasks)
    yield from (f"the task {marker} is there {n} times" for marker, n in markers.items() if n > 1)
    unique_ids = Counter(task["unique_id"] for task in seen.tasks if "unique_id" in task)
    yield from (f"unique_id {name} is there {n} times" for name, n in unique_ids.items() if n > 1)
    for line in noted("created"):
        task = tasks.get(line["task_id"])
        if task is None or task["metadata"]["marker"] != line["marker"]:
            yield f"the answered task {line['task_id']} ({line['marker']}) is not there"
    known = {line["marker"] for line in [*noted("created"), *noted("maybe")]}
    yield from (f"nobody asked for the task {marker}" for marker in markers.keys() - known)
    for line in noted("canceled"):
        if tasks.get(line["task_id"], {}).get("status") != "canceled":
            yield f"task {line['task_id']} was answered as canceled and is not"
    latest = {line["task_id"]: line["value"] for line in noted("metadata")}
    for task_id, value in latest.items():
        if task_id in tasks and tasks[task_id]["metadata"] != value:
            yield f"task {task_id} has metadata {tasks[task_id]['metadata']}, answered was {value}"
    batches = Counter(seen.batches)
    for line in noted("batch"):
        if batches[line["name"]] != 1:
            yield f"the answered batch {line['name']} is there {batches[line['name']]} times"
    taken = {line["task_id"] for line in noted("callback") if line["answered"] == 200}
    for task in seen.tasks:
        if task["status"] == "completed" and task["task_id"] not in taken:
            yield f"no callback of task {task['task_id']} was ever answered 200"
        if not is_settled(task):
            has = task.get("callback_succeeded")
            yield f"task {task['task_id']} is {task['status']}, callback_succeeded: {has}"


def is_settled(task: dict[str, Any]) -> bool:
    """Whether nothing more will happen to a task by itself."""
    if task["status"] == "completed":
        return task.get("callback_succeeded") is True
    return task["status"] == "canceled"


def main(path: str, *ports: str) -> int:
    """Check the books; the number of faults, at most 100."""
    servers = [Seen(int(port)) for port in ports]
    for server in servers:
        server.look()
    books = lines_of(Path(path))
    wrong = list(faults(books, servers[0]))
    for number, server in enumerate(servers[1:], 2):
        differ = [
            question
            for question in sorted(servers[0].sums.keys() | server.sums.keys())
            if servers[0].sums.get(question) != server.sums.get(question)
        ]
        wrong += [f"servers 1 and {number} answer {question} otherwise" for question in differ]
    for text in wrong[:20]:
        print(text)
    counted = Counter(line["what"] for line in books)
    print(
        f"{len(servers[0].tasks)} tasks; noted: "
        + ", ".join(f"{n} {what}" for what, n in sorted(counted.items()))
        + f"; {len(wrong)} faults"
    )
    print(hashlib.sha256(json.dumps(servers[0].sums, sort_keys=True).encode()).hexdigest())
    return min(len(wrong), 100)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
