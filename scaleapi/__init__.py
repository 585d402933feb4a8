"""A client of the Scale AI data-labeling API.

``client = scaleapi.ScaleClient("your key")`` is where everything starts.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from ._bulk import CreateResult
from ._client import ScaleClient
from ._old_names import DEFAULT_LIMIT, DEFAULT_OFFSET, SCALE_ENDPOINT, TASK_TYPES, quote_string
from ._paging import Page as Paginator
from ._retry import ScaleRetry
from ._version import __version__
from .batches import Batch, Batchlist, BatchStatus
from .exceptions import (
    ScaleConnectionError,
    ScaleConnectionTimeout,
    ScaleDuplicateResource,
    ScaleException,
    ScaleForbidden,
    ScaleInternalError,
    ScaleInvalidRequest,
    ScaleNotEnabled,
    ScaleResourceNotFound,
    ScaleServerError,
    ScaleServiceUnavailable,
    ScaleTimeoutError,
    ScaleTooManyRequests,
    ScaleUnauthorized,
    ScaleUnprocessable,
    ScaleUnreadableReply,
    ValidationError,
)
from .files import File
from .projects import Project, TaskTemplate
from .quality_tasks import EvaluationTask, TrainingTask
from .studio import StudioBatch, StudioLabelerAssignment, StudioProjectGroup, StudioWorker
from .tasks import Task, Tasklist, TaskReviewStatus, TaskStatus, TaskType
from .teams import Teammate, TeammateRole

if TYPE_CHECKING:
    # Checkers do not run __getattr__: for them the names must be there.
    from .aio import AsyncBatch as AsyncBatch
    from .aio import AsyncBatchlist as AsyncBatchlist
    from .aio import AsyncProject as AsyncProject
    from .aio import AsyncScaleClient as AsyncScaleClient
    from .aio import AsyncTask as AsyncTask
    from .aio import AsyncTasklist as AsyncTasklist
    from .aio import AsyncTeammate as AsyncTeammate
    from .api import Api as Api
    from .v2 import ApiClient as ApiClient
    from .v2 import Configuration as Configuration
    from .v2 import V2Api as V2Api
    from .v2.models import ExpandableEnumTask as ExpandableEnumTask
    from .v2.models import Option as Option
    from .v2.models import Task as V2Task

_ON_FIRST_USE: Final = {  # where names are defined that need more than requests
    "Api": ("api", "Api"),
    "ApiClient": ("v2", "ApiClient"),
    "AsyncBatch": ("aio", "AsyncBatch"),
    "AsyncBatchlist": ("aio", "AsyncBatchlist"),
    "AsyncProject": ("aio", "AsyncProject"),
    "AsyncScaleClient": ("aio", "AsyncScaleClient"),
    "AsyncTask": ("aio", "AsyncTask"),
    "AsyncTasklist": ("aio", "AsyncTasklist"),
    "AsyncTeammate": ("aio", "AsyncTeammate"),
    "Configuration": ("v2", "Configuration"),
    "ExpandableEnumTask": ("v2.models", "ExpandableEnumTask"),
    "Option": ("v2.models", "Option"),
    "V2Api": ("v2", "V2Api"),
    "V2Task": ("v2.models", "Task"),
}

__all__ = [
    "DEFAULT_LIMIT",
    "DEFAULT_OFFSET",
    "SCALE_ENDPOINT",
    "TASK_TYPES",
    "Api",
    "ApiClient",
    "AsyncBatch",
    "AsyncBatchlist",
    "AsyncProject",
    "AsyncScaleClient",
    "AsyncTask",
    "AsyncTasklist",
    "AsyncTeammate",
    "Batch",
    "BatchStatus",
    "Batchlist",
    "Configuration",
    "CreateResult",
    "EvaluationTask",
    "ExpandableEnumTask",
    "File",
    "Option",
    "Paginator",
    "Project",
    "ScaleClient",
    "ScaleConnectionError",
    "ScaleConnectionTimeout",
    "ScaleDuplicateResource",
    "ScaleException",
    "ScaleForbidden",
    "ScaleInternalError",
    "ScaleInvalidRequest",
    "ScaleNotEnabled",
    "ScaleResourceNotFound",
    "ScaleRetry",
    "ScaleServerError",
    "ScaleServiceUnavailable",
    "ScaleTimeoutError",
    "ScaleTooManyRequests",
    "ScaleUnauthorized",
    "ScaleUnprocessable",
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
    "V2Api",
    "V2Task",
    "ValidationError",
    "__version__",
    "quote_string",
]


def __getattr__(name: str) -> Any:
    where = _ON_FIRST_USE.get(name)
    # To freeze time freezegun looks at every attribute of every module. What is imported for that
    # comes into a world of its own making, in which pydantic refuses to build models.
    if where is None or sys._getframe(1).f_globals.get("__name__") == "freezegun.api":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = where
    return getattr(import_module(f".{module}", __name__), attribute)


def __dir__() -> list[str]:
    # Editors and `dir()` must show names that nobody has used yet.
    return sorted({*globals(), *_ON_FIRST_USE})
