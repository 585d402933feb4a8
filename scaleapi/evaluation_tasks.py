"""The import path that users of the official package write for evaluation tasks."""

from __future__ import annotations

from .quality_tasks import EvaluationTask, QualityTask

__all__ = ["EvaluationTask", "QualityTask"]
