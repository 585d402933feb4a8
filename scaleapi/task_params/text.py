"""Parameters of the text, document, audio, collection and chat task types."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

from .._types import JSONObject  # noqa: TC001  # TypedDicts are resolved at run time
from ._mark import task_type
from .common import CommonParams

FieldDescriptions = dict[str, str]
"""Name under which an answer comes back -> what the worker reads."""


class TaxonomyQuestion(TypedDict, total=False):
    """One question of a categorization by taxonomies."""

    type: Literal["category", "number"]  # required
    description: str
    choices: list[Any]  # category: required
    allow_multiple: bool
    min: float  # number
    max: float
    step: float


@task_type("categorization", "Categorization", "which categories fit")
class CategorizationParams(CommonParams, total=False):
    """Parameters of ``categorization``: either ``categories`` or ``taxonomies`` is needed."""

    attachment: str  # required: the text itself, or a URL
    categories: list[str]
    category_ids: dict[str, str]  # your ids -> categories
    allow_multiple: bool
    taxonomies: dict[str, TaxonomyQuestion]
    layers: JSONObject


@task_type("comparison", "Comparison", "which attachment is better")
class ComparisonParams(CommonParams, total=False):
    """Parameters of ``comparison``: ``choices``, ``fields`` or both are needed."""

    attachments: list[str]  # required
    choices: list[str]
    fields: FieldDescriptions


@task_type("transcription", "Transcription", "fields written in an attachment")
class TranscriptionParams(CommonParams, total=False):
    """Parameters of ``transcription``: ``fields`` or ``repeatable_fields`` is needed."""

    attachment: str  # required
    fields: FieldDescriptions
    repeatable_fields: FieldDescriptions
    row_fields: FieldDescriptions  # repeatable_fields before June 2017


@task_type("audiotranscription", "AudioTranscription", "what is said in a recording")
class AudioTranscriptionParams(CommonParams, total=False):
    """Parameters of ``audiotranscription``."""

    attachment: str  # required: URL of at most 30 minutes of English
    verbatim: bool
    phrases: list[str]
    skip_human_transcription: bool


@task_type("phonecall", "PhoneCall", "a phone call, no longer offered by Scale")
class PhoneCallParams(CommonParams, total=False):
    """Parameters of ``phonecall``, which Scale no longer offers."""

    phone_number: str  # required
    entity_name: str  # required
    script: str
    fields: FieldDescriptions
    choices: list[str]
    attachment: str


@task_type("datacollection", "DataCollection", "facts found in an attachment")
class DataCollectionParams(CommonParams, total=False):
    """Parameters of ``datacollection``."""

    attachment: str  # required
    fields: FieldDescriptions  # required


class CollectionAttachment(TypedDict, total=False):
    """One attachment of a text collection."""

    type: Literal["pdf", "image", "text", "video", "website", "audio"]  # required
    content: str  # required: the text itself, or a URL
    forms: list[str]


class Choice(TypedDict, total=False):
    """One choice of a category; with ``subchoices`` a menu that cannot be chosen itself."""

    label: str  # required
    value: str | float | bool  # required
    hint: str
    subchoices: list[Any]  # of Choice


class CollectionField(TypedDict, total=False):
    """One thing asked in a text collection; the answer stands under ``field_id``."""

    type: Literal[
        "text", "number", "boolean", "datetime", "category", "select", "time_range",
        "ranking_order", "field_set", "form",
    ]  # required  # fmt: skip
    field_id: str  # required
    title: str  # required
    description: str
    hint: str
    required: bool
    min_responses_required: int
    max_responses_required: int
    conditions: list[JSONObject]
    min_characters: int  # text
    max_characters: int
    min: float  # number
    max: float
    step: float
    use_slider: bool
    prefix: str
    suffix: str
    include_date: bool  # datetime
    include_time: bool
    choices: list[Choice]  # category, select: required
    min_choices: int
    max_choices: int
    num_options: int  # ranking_order
    num_items_to_rank: int
    options_flexible: bool
    positions_flexible: bool
    first_label: str
    last_label: str
    option_label: str
    fields: list[Any]  # field_set, form: of CollectionField
    inline: bool  # field_set


@task_type("textcollection", "TextCollection", "answers to a form")
class TextCollectionParams(CommonParams, total=False):
    """Parameters of ``textcollection``.

    Source: documented (https://docs.scale.com/reference/text-collection).
    """

    attachments: list[CollectionAttachment]  # required
    fields: list[CollectionField]  # required
    title: str
    description: str
    responses_required: int
    hypothesis: JSONObject
    force_stacked: bool
    pages: Any


class EntityLabel(TypedDict, total=False):
    """One kind of entity; with ``children`` a group."""

    name: str  # required
    display_name: str
    description: str
    children: list[Any]  # of EntityLabel
    attributes: dict[str, JSONObject]


class RelationshipDefinition(TypedDict, total=False):
    """One kind of relationship; of a task all are named, or none is."""

    name: str
    display_name: str
    is_directed: bool
    source_label: str
    target_label: str


@task_type("namedentityrecognition", "NamedEntityRecognition", "entities in a text")
class NamedEntityRecognitionParams(CommonParams, total=False):
    """Parameters of ``namedentityrecognition``."""

    text: str  # required
    labels: list[EntityLabel]  # required
    relationships: list[RelationshipDefinition]
    merge_newlines: bool
    hypothesis: JSONObject
    attachment: str  # instead of text, as in 2020


class Feature(TypedDict, total=False):
    """One thing to find in a document."""

    type: Literal["text", "block", "group"]  # required
    label: str  # text, block: required
    title: str  # group: required
    flags: list[
        Literal[
            "line", "key", "value", "money", "date", "checkbox", "thead", "tbody", "region",
            "query", "span",
        ]
    ]  # fmt: skip
    features: list[Any]  # group: of Feature


@task_type("documenttranscription", "DocumentTranscription", "fields of a document")
class DocumentTranscriptionParams(CommonParams, total=False):
    """Parameters of ``documenttranscription``: ``attachment`` or ``attachments`` is needed."""

    attachment: str
    attachments: list[str]
    features: list[Feature]  # required
    lang: str
    geometry: Literal["box", "polygon"]
    hypothesis: JSONObject


@task_type("documentmodel", "DocumentModel", "fields of a document, found by a model")
class DocumentModelParams(CommonParams, total=False):
    """Parameters of ``documentmodel``; ``features`` and ``lang`` are assumed."""

    attachment: str
    attachments: list[str]
    features: list[Feature]
    lang: str


class Message(TypedDict, total=False):
    """One message of a conversation."""

    role: Literal["system", "user", "assistant", "function"]
    content: str


@task_type("chat", "Chat", "a conversation")
@task_type("chatexperimental", "ChatExperimental", "a conversation in an experimental project")
@task_type("chatlite", "ChatLite", "a conversation in a light project")
@task_type("multichat", "MultiChat", "a conversation with several models")
class ChatParams(CommonParams, total=False):
    """Parameters of ``chat``, ``chatexperimental``, ``chatlite`` and ``multichat``; assumed."""

    template_variables: JSONObject
    prompt: str
    messages: list[Message]


@task_type("cruisecontrol", "CruiseControl", "the earlier name of a federal video type")
class CruiseControlParams(CommonParams, total=False):
    """Parameters of ``cruisecontrol``, of which nothing is published."""

    attachment: str
    attachments: list[str]
