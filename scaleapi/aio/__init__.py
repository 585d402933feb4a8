"""The asynchronous client and its records; it needs the extra ``async``.

``tasks``, ``batches``, ``projects``, ``files``, ``teams``, ``studio``, ``quality_tasks`` and the
task creators are written by ``make generate`` from the modules of the same names one folder up.
"""

from __future__ import annotations

try:
    from ._client import AsyncScaleClient
except ModuleNotFoundError as error:
    if (error.name or "").partition(".")[0] not in {"httpx", "anyio", "sniffio"}:
        raise
    raise ImportError(
        "AsyncScaleClient needs the extra async: pip install 'scaleapi[async]'"
    ) from None

from .batches import AsyncBatch, AsyncBatchlist
from .projects import AsyncProject
from .tasks import AsyncTask, AsyncTasklist
from .teams import AsyncTeammate

__all__ = [
    "AsyncBatch",
    "AsyncBatchlist",
    "AsyncProject",
    "AsyncScaleClient",
    "AsyncTask",
    "AsyncTasklist",
    "AsyncTeammate",
]
