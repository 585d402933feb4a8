"""What labelers say of a task, thread, turn, message or chunk: one class for each ``type``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, Final, Self, cast

from pydantic import (
    Discriminator,
    StrictBool,
    StrictInt,
    Tag,
    TypeAdapter,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from ._model import Expandable, Model, Number, unreadable
from .files import BasicFile, ContentAndUrl, DetailedFile, WorkspaceFile


class Annotation(Model):
    """An annotation of any kind; ``Annotation.from_dict({...})`` gives the class that fits."""

    @classmethod
    def from_dict(cls, obj: Any) -> Self:
        """The annotation that decoded JSON describes.

        Raises:
            ScaleUnreadableReply: it is no JSON object.
        """
        # A subclass was chosen by the caller: it must not turn into another kind.
        if cls is not Annotation:
            return super().from_dict(obj)
        try:
            return cast("Self", _any_annotation().validate_python(obj))
        except ValidationError as error:
            raise unreadable("Annotation", error.errors(include_url=False)) from error

    @property
    def actual_instance(self) -> Self:
        """The annotation itself; the official client wraps it."""
        return self


class BaseAnnotation(Annotation):
    """What every annotation has.

    ``id`` and ``type`` are always sent by the operations; older deliveries hold slim annotations
    of ``key`` and ``value`` alone, which are kept as :class:`UnknownAnnotation`.
    """

    id: str
    key: str
    type: str
    title: str | None = None
    description: str | None = None
    labels: list[str] | None = None
    not_applicable: bool | None = None
    cannot_assess: bool | None = None
    metadata: AnnotationMetadata | None = None
    justification: str | None = None


class AnnotationIntegerProperties(Model):
    """What an annotation of kind ``integer`` adds."""

    # Strict: pydantic would read "5" and 5.0 as 5, and write another value than came.
    value: StrictInt | None = None
    possible_values: list[StrictInt] | None = None


class AnnotationBooleanProperties(Model):
    """What an annotation of kind ``boolean`` adds."""

    value: StrictBool | None = None
    possible_values: list[StrictBool] | None = None


class AnnotationTextProperties(Model):
    """What an annotation of kind ``text`` adds."""

    value: str | None = None


class AnnotationCategoryProperties(Model):
    """What an annotation of kind ``category`` adds."""

    value: str | None = None
    possible_values: list[str] | None = None


class AnnotationCategoryMultipleProperties(Model):
    """What an annotation of kind ``category_multiple`` adds."""

    value: list[str] | None = None
    possible_values: list[str] | None = None


class AnnotationFileProperties(Model):
    """What an annotation of kind ``file`` adds: one file, or a list of basic ones."""

    value: DetailedFile | list[BasicFile] | None = None


class LabeledTextValue(Model):
    """A piece of text under its label."""

    label: str | None = None
    text: str | None = None


class AnnotationLabeledTextProperties(Model):
    """What an annotation of kind ``labeled_text`` adds."""

    value: list[LabeledTextValue] | None = None


class AnnotationRankedChoicesProperties(Model):
    """What an annotation of kind ``ranked_choices`` adds: the best first (assumed)."""

    value: list[str] | None = None


class AnnotationRankedGroupsProperties(Model):
    """What an annotation of kind ``ranked_groups`` adds: ties share a group."""

    value: list[list[str]] | None = None


class RubricCriteriaValue(Model):
    """What a criterion weighs; other keys are kept."""

    weight: Number | None = None


class AnnotationRubricCriteriaProperties(Model):
    """What an annotation of kind ``rubric_criteria`` adds."""

    value: RubricCriteriaValue | None = None


class RubricRatingValue(Model):
    """How well a criterion was met; other keys are kept."""

    score: Number | None = None
    color: str | None = None
    justification: str | None = None


class AnnotationRubricRatingProperties(Model):
    """What an annotation of kind ``rubric_rating`` adds."""

    value: RubricRatingValue | None = None


class WorkspaceContainerConfig(Model):
    """How a workspace was started; ``expires_at`` is a text, ``inactivity_freeze_time`` seconds."""

    workspace_id: str
    workspace_url: str
    workspace_token: str
    expires_at: str
    inactivity_freeze_time: int
    force_enable_workspace_access: bool | None = None
    workspace_image_version: int | None = None


class WorkspaceExecutionDataResultStatus(Model):
    """How a run ended."""

    code: Number | None = None
    name: str | None = None


class WorkspaceExecutionDataResult(Model):
    """What a run came to."""

    status: WorkspaceExecutionDataResultStatus | None = None
    time: Number | None = None
    score: Number | None = None


class WorkspaceExecutionData(Model):
    """The last run of a workspace."""

    id: str | None = None
    result: WorkspaceExecutionDataResult | None = None


class WorkspaceContainerValue(Model):
    """A workspace: how it was started, what it ran and wrote."""

    workspace_id: str | None = None
    workspace_config: WorkspaceContainerConfig | None = None
    last_code_run_event: WorkspaceExecutionData | None = None
    output_files: list[WorkspaceFile] | None = None
    stdout_output: ContentAndUrl | None = None
    stderr_output: ContentAndUrl | None = None
    test_stdout_output: ContentAndUrl | None = None
    test_stderr_output: ContentAndUrl | None = None


class AnnotationWorkspaceContainerProperties(Model):
    """What an annotation of kind ``workspace_container`` adds."""

    value: WorkspaceContainerValue | None = None


class AnnotationInteger(BaseAnnotation, AnnotationIntegerProperties):
    """A whole number."""


class AnnotationBoolean(BaseAnnotation, AnnotationBooleanProperties):
    """Yes or no."""


class AnnotationText(BaseAnnotation, AnnotationTextProperties):
    """A text."""


class AnnotationCategory(BaseAnnotation, AnnotationCategoryProperties):
    """One of some choices."""


class AnnotationCategoryMultiple(BaseAnnotation, AnnotationCategoryMultipleProperties):
    """Several of some choices."""


class AnnotationFile(BaseAnnotation, AnnotationFileProperties):
    """A file, or some."""


class AnnotationLabeledText(BaseAnnotation, AnnotationLabeledTextProperties):
    """Pieces of text under their labels."""


class AnnotationRankedChoices(BaseAnnotation, AnnotationRankedChoicesProperties):
    """Choices in order."""


class AnnotationRankedGroups(BaseAnnotation, AnnotationRankedGroupsProperties):
    """Choices in order, with ties."""


class AnnotationRubricCriteria(BaseAnnotation, AnnotationRubricCriteriaProperties):
    """A criterion of a rubric."""


class AnnotationRubricRating(BaseAnnotation, AnnotationRubricRatingProperties):
    """How well a criterion was met."""


class AnnotationWorkspaceContainer(BaseAnnotation, AnnotationWorkspaceContainerProperties):
    """A workspace in which code was run."""


class UnknownAnnotation(Annotation):
    """An annotation of a kind, or with a value, that is not known here: kept as it came."""

    id: str | None = None
    key: str | None = None
    type: str | None = None
    value: Any = None


KINDS: Final[Mapping[str, type[Annotation]]] = MappingProxyType(
    {
        "integer": AnnotationInteger,
        "boolean": AnnotationBoolean,
        "text": AnnotationText,
        "category": AnnotationCategory,
        "category_multiple": AnnotationCategoryMultiple,
        "file": AnnotationFile,
        "labeled_text": AnnotationLabeledText,
        "ranked_choices": AnnotationRankedChoices,
        "ranked_groups": AnnotationRankedGroups,
        "rubric_criteria": AnnotationRubricCriteria,
        "rubric_rating": AnnotationRubricRating,
        "workspace_container": AnnotationWorkspaceContainer,
    }
)
"""The class of each kind, by ``type``."""


def _kind(value: Any) -> str:
    if isinstance(value, UnknownAnnotation):
        return "unknown"
    # A dict from JSON, or an object when a program puts one into a field.
    kind = value.get("type") if isinstance(value, dict) else getattr(value, "type", None)
    return kind if isinstance(kind, str) and kind in KINDS else "unknown"


def _kept_anyway(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    """An annotation whose value does not fit its kind is kept as it came."""
    try:
        return handler(value)
    except ValidationError:
        # Only what came as JSON can be kept as it came; an object was put there by a program's
        # mistake.
        if not isinstance(value, dict):
            raise
        return UnknownAnnotation.model_validate(value)


AnyAnnotation = Annotated[
    Annotated[AnnotationInteger, Tag("integer")]
    | Annotated[AnnotationBoolean, Tag("boolean")]
    | Annotated[AnnotationText, Tag("text")]
    | Annotated[AnnotationCategory, Tag("category")]
    | Annotated[AnnotationCategoryMultiple, Tag("category_multiple")]
    | Annotated[AnnotationFile, Tag("file")]
    | Annotated[AnnotationLabeledText, Tag("labeled_text")]
    | Annotated[AnnotationRankedChoices, Tag("ranked_choices")]
    | Annotated[AnnotationRankedGroups, Tag("ranked_groups")]
    | Annotated[AnnotationRubricCriteria, Tag("rubric_criteria")]
    | Annotated[AnnotationRubricRating, Tag("rubric_rating")]
    | Annotated[AnnotationWorkspaceContainer, Tag("workspace_container")]
    | Annotated[UnknownAnnotation, Tag("unknown")],
    Discriminator(_kind),
    WrapValidator(_kept_anyway),
]
"""An annotation of any kind; tell it apart by ``isinstance``, or by its ``type``."""


class ExpandableAnnotation(Expandable[Any]):
    """An annotation that another one points at: its id, or itself."""

    actual_instance: str | AnyAnnotation


class AnnotationMetadata(Model):
    """What an annotation is about."""

    criteria: ExpandableAnnotation | None = None


_HOLD_EACH_OTHER: Final[tuple[type[Model], ...]] = (
    BaseAnnotation,
    *KINDS.values(),
    ExpandableAnnotation,
)
# Annotations hold annotations: only here, below the last of them, do all names exist.
for _class in _HOLD_EACH_OTHER:
    _class.model_rebuild()


@cache  # a reader made of the classes above, never anybody's data
def _any_annotation() -> TypeAdapter[Any]:
    return TypeAdapter(AnyAnnotation)


AnnotationFilePropertiesValue = DetailedFile | list[BasicFile]
"""The value of an annotation of kind ``file``."""
