"""The asynchronous client and its records; it needs the extra ``async``.

``tasks``, ``batches``, ``projects``, ``files``, ``teams``, ``studio``, ``quality_tasks`` and the
task creators are written by ``make generate`` from the modules of the same names one folder up.
"""

from __future__ import annotations

from .._extras import lack_of

try:
    from ._client import AsyncScaleClient
except ModuleNotFoundError as error:
    package = (error.name or "").partition(".")[0]
    if package not in {"httpx", "anyio", "sniffio"}:
        raise
    raise ImportError(lack_of("AsyncScaleClient", "async", package)) from None

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
