"""The body of an error; the client raises it as a ``ScaleException``."""

from __future__ import annotations

from ._model import Model, Number


class GetTask500Response(Model):
    """Scale failed."""

    status_code: Number | None = None
    error: str | None = None


class GetBatch500Response(GetTask500Response):
    """Scale failed."""


class GetSchema400Response(GetTask500Response):
    """The id is none that a schema can have."""


class GetSchema404Response(GetTask500Response):
    """There is no such schema."""


class GetDatasetTaskResponseUrl404Response(GetTask500Response):
    """There is no such task, or no such attachment on it."""
