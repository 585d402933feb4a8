"""What Scale remembers of one delivery, and of the schema that its responses follow."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class DeliveryRecord:
    """Completed tasks that were handed over together. Values are replaced, never changed in place.

    Attributes:
        project: the project's name.
        delivered_ms: when, in virtual milliseconds since 1970.
        responses: the encoded response of each task as it was delivered, by task id, in order.
        schema_id: the schema that the responses follow, if there is one.
    """

    id: str
    name: str
    project: str
    delivered_ms: int
    responses: dict[str, bytes]
    seq: int
    schema_id: str | None = None


@dataclass(slots=True)
class SchemaRecord:
    """A JSON Schema.

    Attributes:
        text: the schema as the JSON text that is sent.
        by: id of the person who published it.
    """

    id: str
    name: str
    text: str
    by: str
    created_ms: int
