"""The import path that users of the official package write for training tasks."""

from __future__ import annotations

from .quality_tasks import QualityTask, TrainingTask

__all__ = ["QualityTask", "TrainingTask"]
