"""The words that v2 knows. A server may send others: a field then holds a plain ``str``."""

from __future__ import annotations

from enum import StrEnum


class _Word(StrEnum):
    """A word of the wire; it is its own value."""


class TaskStatus(_Word):
    """How a task stands (one *l* in ``canceled``). Source: official client 2.18."""

    PENDING = "pending"
    COMPLETED = "completed"
    CANCELED = "canceled"
    ERROR = "error"
    DELETED = "deleted"


class BatchStatus(_Word):
    """How a batch stands (two *l* in ``cancelled``). Source: official client 2.18."""

    STAGING = "staging"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    PAUSED = "paused"
    CANCELLED = "cancelled"


class MessageRole(_Word):
    """Who speaks."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    FUNCTION = "function"


class ErrorType(_Word):
    """Why a task ended in ``error``."""

    UNSUPPORTED_LANGUAGE = "UNSUPPORTED_LANGUAGE"
    LANGUAGE_MISMATCH = "LANGUAGE_MISMATCH"
    PROMPT_LENGTH_EXCEEDED = "PROMPT_LENGTH_EXCEEDED"
    INVALID_CATEGORY = "INVALID_CATEGORY"
    PROMPT_INFEASIBLE = "PROMPT_INFEASIBLE"


class Option(_Word):
    """What ``opts=`` adds to a task."""

    ANNOTATION_DETAILS = "annotation_details"
    ATTACHMENT_DETAILS = "attachment_details"
    MODEL_PARAMETERS = "model_parameters"
    SUBMISSIONS = "submissions"


class AnnotationType(_Word):
    """The kinds of annotations."""

    INTEGER = "integer"
    BOOLEAN = "boolean"
    TEXT = "text"
    CATEGORY = "category"
    CATEGORY_MULTIPLE = "category_multiple"
    FILE = "file"
    WORKSPACE_CONTAINER = "workspace_container"
    RANKED_CHOICES = "ranked_choices"
    RANKED_GROUPS = "ranked_groups"
    RUBRIC_CRITERIA = "rubric_criteria"
    RUBRIC_RATING = "rubric_rating"
    LABELED_TEXT = "labeled_text"


class GenAIProjectType(_Word):
    """The kinds of projects that are documented; ``Project.types`` holds plain strings."""

    SFT = "SFT"
    RLHF_PREF_RANKING = "RLHF: Pref Ranking"
    RLHF_PREF_RANKING_WITH_REWRITES = "RLHF: Pref Ranking with Rewrites"
    RLVR = "RLVR: Reinforcement Learning with Verifiable Rewards"
    RUBRICS = "Rubrics"
    PROCESS_SUPERVISION = "Process Supervision"
    EVALS = "Evals"
    PROMPT_GENERATION = "Prompt Generation"
    CONTENT_UNDERSTANDING = "Content Understanding"
    OTHER = "Other"


class ExpandableEnumTask(_Word):
    """What ``expand=`` of tasks takes."""

    PROJECT = "project"
    BATCH = "batch"


class ExpandableEnumBatch(_Word):
    """What ``expand=`` of batches takes."""

    PROJECT = "project"


class ExpandableEnumDeliveries(_Word):
    """What ``expand=`` of deliveries takes."""

    PROJECT = "project"


class ExpandableEnumDelivery(_Word):
    """What ``expand=`` of one delivery takes."""

    PROJECT = "project"
    BATCH = "batch"
    DELIVERY = "delivery"


class ExpandableEnumDatasetsDeliveries(_Word):
    """What ``expand=`` of a dataset's deliveries takes."""

    DATASET = "dataset"


class ExpandableEnumDatasetTask(_Word):
    """What ``expand=`` of dataset tasks and of one dataset delivery takes."""

    DATASET = "dataset"
    DELIVERY = "delivery"
