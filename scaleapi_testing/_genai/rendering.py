"""How v2 writes tasks, batches, projects, deliveries and datasets, with what was asked to be seen.

Keys without a value are left out. Source: docs/scale/v2-tasks.md 2.5, docs/scale/v2.md 4.1 and 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from .._http.wire import timestamp
from .._state import lifecycle
from .threads import CHAT_TYPES, DETAILS, Asked, reports_of, threads_of

if TYPE_CHECKING:
    from .._state.account import Account
    from .._state.batch import BatchRecord
    from .._state.dataset import DatasetDeliveryRecord, DatasetRecord, DatasetTaskRecord
    from .._state.delivery import DeliveryRecord, SchemaRecord
    from .._state.project import ProjectRecord
    from .._state.task import TaskRecord

DELETED: Final = "deleted"

FILE_DETAILS: Final = (
    "content",
    "mime_type",
    "name",
    "file_size_in_bytes",
    "duration",
    "transcript",
    "transcript_url",
    "transcript_start",
    "transcript_end",
)
"""What the option ``attachment_details`` adds to a file (assumed)."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a call wants to see besides.

    Attributes:
        expand: names of objects to send whole in place of their ids, one level deep (assumed).
        opts: names of details to add to tasks.
    """

    expand: frozenset[str] = frozenset()
    opts: frozenset[str] = frozenset()


PLAIN: Final = Wish()
EVERYTHING: Final = Wish(
    opts=frozenset({"annotation_details", "attachment_details", "model_parameters", "submissions"})
)


@dataclass(frozen=True, slots=True)
class Renderer:
    """Writes the objects of one account.

    Attributes:
        account: whose objects.
        seed: the fake's.
        wish: what the call wants to see.
    """

    account: Account
    seed: int
    wish: Wish = PLAIN

    def project(self, project: ProjectRecord) -> dict[str, Any]:
        """A project."""
        document: dict[str, Any] = {
            "id": project.id,
            "name": project.name,
            "created_at": timestamp(project.created_ms),
        }
        if project.genai_types:
            document["types"] = list(project.genai_types)
        if project.models:
            document["models"] = list(project.models)
        return document

    def batch(self, batch: BatchRecord, *, whole: bool = True) -> dict[str, Any]:
        """A batch; inside of another object its project stays an id (assumed)."""
        document: dict[str, Any] = {
            "id": batch.id,
            "name": batch.name,
            "project": self._project(batch.project, whole=whole),
            "created_at": timestamp(batch.created_ms),
            "status": batch.status,
            "metadata": batch.metadata,
        }
        if batch.completed_ms is not None:
            document["completed_at"] = timestamp(batch.completed_ms)
        if batch.callback:
            document["callback"] = batch.callback
        return document

    def task(self, record: TaskRecord) -> dict[str, Any]:
        """A task."""
        stored = record.document()
        status = DELETED if record.id in self.account.deleted_tasks else record.status
        document: dict[str, Any] = {
            "task_id": record.id,
            "project": self._project(record.project),
            "status": status,
            "created_at": timestamp(record.created_ms),
            "metadata": stored.get("metadata") or {},
        }
        if record.batch is not None:
            batch = self.account.batches[record.batch]
            shown = "batch" in self.wish.expand
            document["batch"] = self.batch(batch, whole=False) if shown else batch.id
        if record.completed_ms is not None:
            document["completed_at"] = timestamp(record.completed_ms)
        response = stored.get("response")
        response = response if isinstance(response, dict) else {}
        if status == lifecycle.ERROR:
            document["errors"] = errors_of(response)
        reports = reports_of(response) if status == lifecycle.COMPLETED else []
        if reports:
            document["sensitive_content_reports"] = reports
        else:
            document["threads"] = [
                self._seen(thread) for thread in self.threads(record, response, status)
            ]
        return document

    def threads(
        self, record: TaskRecord, response: dict[str, Any], status: str
    ) -> list[dict[str, Any]]:
        """A task's threads with every detail; none until it is completed (documented)."""
        if status != lifecycle.COMPLETED:
            return []
        # v1 tasks of other types are shown too, with `threads: []` (assumed).
        if record.type not in CHAT_TYPES and not isinstance(response.get("threads"), list):
            return []
        project = self.account.projects.get(record.project or "")
        return threads_of(
            Asked(
                self.seed,
                record.id,
                record.attempt,
                record.completed_ms or 0,
                response,
                project.genai_types if project else (),
                project.models if project else (),
            )
        )

    def delivery(self, delivery: DeliveryRecord, *, whole: bool = True) -> dict[str, Any]:
        """A delivery."""
        return {
            "id": delivery.id,
            "name": delivery.name,
            "task_count": len(delivery.responses),
            "delivered_at": timestamp(delivery.delivered_ms),
            "project": self._project(delivery.project, whole=whole),
        }

    def schema(self, schema: SchemaRecord) -> dict[str, Any]:
        """A schema; its names are camelCase (documented)."""
        stamp = timestamp(schema.created_ms)
        return {
            "id": schema.id,
            "name": schema.name,
            "createdBy": schema.by,
            "createdAt": stamp,
            "updatedBy": schema.by,
            "updatedAt": stamp,
            "json": schema.text,
        }

    def dataset(self, dataset: DatasetRecord) -> dict[str, Any]:
        """A dataset."""
        return {"id": dataset.id, "name": dataset.name}

    def dataset_delivery(
        self, delivery: DatasetDeliveryRecord, *, whole: bool = True
    ) -> dict[str, Any]:
        """A delivery of a dataset."""
        metadata: dict[str, Any] = {"task_count": len(delivery.task_ids)}
        if delivery.turns is not None:
            metadata["turn_count"] = delivery.turns
        return {
            "id": delivery.id,
            "name": delivery.name,
            "delivered_at": timestamp(delivery.delivered_ms),
            "dataset": self._dataset(delivery.dataset, whole=whole),
            "metadata": metadata,
        }

    def dataset_task(self, task: DatasetTaskRecord) -> dict[str, Any]:
        """A task of a dataset."""
        delivery = self.account.dataset_deliveries[task.delivery]
        shown = "delivery" in self.wish.expand
        return {
            "task_id": task.id,
            "dataset": self._dataset(task.dataset),
            "delivery": self.dataset_delivery(delivery, whole=False) if shown else delivery.id,
            "response": task.response,
        }

    def _project(self, name: str | None, *, whole: bool = True) -> Any:
        project = self.account.projects.get(name or "")
        if project is None:
            return ""  # a v1 task without project: the model wants a string (assumed)
        shown = whole and "project" in self.wish.expand
        return self.project(project) if shown else project.id

    def _dataset(self, dataset_id: str, *, whole: bool = True) -> Any:
        shown = whole and "dataset" in self.wish.expand
        return self.dataset(self.account.datasets[dataset_id]) if shown else dataset_id

    def _seen(self, value: Any) -> Any:
        """A part of a thread without the details that were not asked for."""
        if isinstance(value, list):
            return [self._seen(item) for item in value]
        if not isinstance(value, dict):
            return value
        opts = self.wish.opts
        left_out: set[str] = set()
        if "model_parameters" not in opts:
            left_out.add("model_parameters")
        if "submissions" not in opts:
            left_out.add("submissions")
        if "annotation_details" not in opts and _is_annotation(value):
            left_out.update(DETAILS)
        visible = {name: self._seen(inner) for name, inner in value.items() if name not in left_out}
        if "attachment_details" not in opts:
            # Files stand in messages as attachments, in annotations of kind `file` as the value.
            for name in ("attachments", "value"):
                files = visible.get(name)
                if isinstance(files, list) and all(map(_is_file, files)):
                    visible[name] = [_without(file, FILE_DETAILS) for file in files]
                elif name == "value" and isinstance(files, dict) and _is_file(files):
                    visible[name] = _without(files, FILE_DETAILS)
        return visible


def errors_of(response: dict[str, Any]) -> list[dict[str, Any]]:
    """Why a task is in ``error``: given ``errors`` as they are, else its v1 sentence."""
    errors = response.get("errors")
    if isinstance(errors, list):
        return errors
    text = response.get("error")
    return [{"message": text}] if isinstance(text, str) else []


def _is_annotation(value: dict[str, Any]) -> bool:
    # Older deliveries hold slim annotations of `key` and `value`: the type may be missing.
    return "key" in value and ("value" in value or "type" in value)


def _is_file(value: Any) -> bool:
    return isinstance(value, dict) and ("url" in value or "scale_url" in value)


def _without(value: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: inner for name, inner in value.items() if name not in names}
