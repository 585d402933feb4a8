"""A client of the Scale AI data-labeling API.

``client = scaleapi.ScaleClient("your key")`` is where everything starts.
"""

from __future__ import annotations

from ._bulk import CreateResult
from ._client import ScaleClient
from ._retry import ScaleRetry
from ._version import __version__
from .batches import Batch, Batchlist, BatchStatus
from .exceptions import (
    ScaleConnectionError,
    ScaleConnectionTimeout,
    ScaleDuplicateResource,
    ScaleException,
    ScaleInternalError,
    ScaleInvalidRequest,
    ScaleNotEnabled,
    ScaleResourceNotFound,
    ScaleServiceUnavailable,
    ScaleTimeoutError,
    ScaleTooManyRequests,
    ScaleUnauthorized,
    ScaleUnreadableReply,
    ValidationError,
)
from .files import File
from .projects import Project, TaskTemplate
from .quality_tasks import EvaluationTask, TrainingTask
from .studio import StudioBatch, StudioLabelerAssignment, StudioProjectGroup, StudioWorker
from .tasks import Task, Tasklist, TaskReviewStatus, TaskStatus, TaskType
from .teams import Teammate, TeammateRole

__all__ = [
    "Batch",
    "BatchStatus",
    "Batchlist",
    "CreateResult",
    "EvaluationTask",
    "File",
    "Project",
    "ScaleClient",
    "ScaleConnectionError",
    "ScaleConnectionTimeout",
    "ScaleDuplicateResource",
    "ScaleException",
    "ScaleInternalError",
    "ScaleInvalidRequest",
    "ScaleNotEnabled",
    "ScaleResourceNotFound",
    "ScaleRetry",
    "ScaleServiceUnavailable",
    "ScaleTimeoutError",
    "ScaleTooManyRequests",
    "ScaleUnauthorized",
    "ScaleUnreadableReply",
    "StudioBatch",
    "StudioLabelerAssignment",
    "StudioProjectGroup",
    "StudioWorker",
    "Task",
    "TaskReviewStatus",
    "TaskStatus",
    "TaskTemplate",
    "TaskType",
    "Tasklist",
    "Teammate",
    "TeammateRole",
    "TrainingTask",
    "ValidationError",
    "__version__",
]
