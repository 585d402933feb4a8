"""Tasks, and the conversations in them: task -> threads -> turns -> messages."""

from __future__ import annotations

from typing import Annotated, Any

from ._model import Model, Moment, Number, word_of
from .annotations import AnyAnnotation
from .batches import ExpandableBatch
from .enums import ErrorType, MessageRole, TaskStatus
from .files import DetailedFile
from .projects import ExpandableProject

AnyTaskStatus = Annotated[TaskStatus | str, word_of(TaskStatus)]


class ReferenceText(Model):
    """A text that a message refers to."""

    content: str | None = None
    category: str | None = None
    url: str | None = None


class Reasoning(Model):
    """A step of a model's thought."""

    content: str | None = None


class BaseChunk(Model):
    """What every chunk has."""

    type: str


class ChunkTextProperties(Model):
    """What a chunk of text adds."""

    text: str
    annotations: list[AnyAnnotation] = []


class ChunkText(BaseChunk, ChunkTextProperties):
    """A piece of a message's text, with its own annotations."""

    @property
    def actual_instance(self) -> ChunkText:
        """The chunk itself; the official client wraps it."""
        return self


class Chunk(BaseChunk):
    """A piece of a message; of kind ``text``, or of one that this version does not know."""

    text: str | None = None
    annotations: list[AnyAnnotation] = []

    @property
    def actual_instance(self) -> Chunk:
        """The chunk itself; the official client wraps it."""
        return self


class MessageContent(Model):
    """What a message says."""

    text: str | None = None
    reference_texts: list[ReferenceText] | None = None
    attachments: list[DetailedFile] | None = None
    chunks: list[Chunk] | None = None
    reasoning: list[Reasoning] | None = None


class ModelParameters(Model):
    """How the model that answered was set."""

    model: str | None = None
    temperature: Number | None = None
    max_completion_tokens: int | None = None
    top_p: Number | None = None
    top_k: int | None = None


class CriterionDefinition(Model):
    """A criterion of a rubric."""

    id: str
    criterion: str
    annotations: list[AnyAnnotation] = []
    weight: Number | None = None


class Rubric(Model):
    """The criteria that a turn's replies are judged by."""

    criteria_definitions: list[CriterionDefinition]
    max_total_score: int | None = None


class CriterionEvaluation(Model):
    """How a message met one criterion; the score is not weighted."""

    criterion_definition_id: str | None = None
    score: Number | None = None
    annotations: list[AnyAnnotation] | None = None


class RubricEvaluation(Model):
    """How a message met a rubric: the sum of scores times weights, and its share in percent."""

    criteria_evaluations: list[CriterionEvaluation] | None = None
    annotations: list[AnyAnnotation] | None = None
    total_score: Number | None = None
    percentage: Number | None = None


class Message(Model):
    """One message: ``source_id`` is ``user`` for prompts, a model's name for replies."""

    # Also a str: a role that is no member, such as `tool`, makes the official client fail.
    role: Annotated[MessageRole | str, word_of(MessageRole)]
    content: MessageContent
    source_id: str | None = None
    annotations: list[AnyAnnotation] = []
    model_parameters: ModelParameters | None = None
    rubric_evaluations: list[RubricEvaluation] | None = None


class Turn(Model):
    """A prompt and the replies to it."""

    id: str
    messages: list[Message] = []
    annotations: list[AnyAnnotation] = []
    rubrics: list[Rubric] | None = None


class Submission(Model):
    """Who handed a thread in, and when."""

    submitted_at: Moment | None = None
    contributor_id: str | None = None


class Thread(Model):
    """A conversation."""

    id: str
    turns: list[Turn] = []
    annotations: list[AnyAnnotation] = []
    submissions: list[Submission] | None = None


class ErrorDetail(Model):
    """Why a task ended in ``error``."""

    type: Annotated[ErrorType | str | None, word_of(ErrorType)] = None
    message: str | None = None


class SensitiveContentReport(Model):
    """What a labeler found in a task that should not be there; such a task has no threads."""

    type: str | None = None
    message: str | None = None


class Task(Model):
    """A task; ``threads`` are empty until it is completed."""

    task_id: str
    project: ExpandableProject
    status: AnyTaskStatus
    created_at: Moment
    batch: ExpandableBatch | None = None
    completed_at: Moment | None = None
    metadata: dict[str, Any] | None = None
    threads: list[Thread] | None = None
    errors: list[ErrorDetail] | None = None
    sensitive_content_reports: list[SensitiveContentReport] | None = None

    @property
    def id(self) -> str:
        """The task's id."""
        return self.task_id

    @property
    def project_id(self) -> str:
        """The project's id, expanded or not."""
        return self.project.id

    @property
    def batch_id(self) -> str | None:
        """The batch's id, expanded or not; ``None`` without a batch."""
        return None if self.batch is None else self.batch.id


class GetTasksResponse(Model):
    """A page of tasks; ``next_token`` is there when more follow."""

    tasks: list[Task]
    next_token: str | None = None


class CreateChatTaskRequest(Model):
    """A chat task to create, in the project of ``project_id`` or ``project_name``.

    ``template_variables`` fill the project's template; ``callback_url`` is a URL or an e-mail
    address; with a ``unique_id`` a repetition creates nothing (409).
    """

    project_id: str | None = None
    project_name: str | None = None
    batch_id: str | None = None
    batch_name: str | None = None
    template_variables: dict[str, Any] | None = None
    metadata: dict[str, Any] | None = None
    callback_url: str | None = None
    unique_id: str | None = None


class SetTaskMetadataRequest(Model):
    """Metadata for a task; ``merge`` adds to what is there, deeply."""

    task_id: str
    metadata: dict[str, Any]
    merge: bool | None = False


class V1TaskTaskIdGet200ResponseResponse(Model):
    """The response of a chat task as v1 answers it."""

    responses: list[dict[str, Any]] | None = None


class V1TaskTaskIdGet200Response(Model):
    """A chat task as v1 answers it; no method gives it."""

    task_id: str | None = None
    created_at: str | None = None
    type: str | None = None
    params: dict[str, Any] | None = None
    response: V1TaskTaskIdGet200ResponseResponse | None = None
