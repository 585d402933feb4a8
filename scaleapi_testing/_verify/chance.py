"""Which values of a reply depend on chance, on time or on whose account it is, told by their form.

Such a value is compared by its kind. What a reply names for the first time is bound to what the
fake answered in its place; later the fake must name the same again.
"""

from __future__ import annotations

import re
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import parse_qsl, urlsplit

Kind: TypeAlias = Literal["id", "time", "link", "token", "person", ""]
"""``""`` is a value that does not depend on chance."""

_ID: Final = re.compile(
    r"[0-9a-f]{24}|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
)
_IDS_INSIDE: Final = re.compile(rf"(?<![0-9A-Za-z])(?:{_ID.pattern})(?![0-9A-Za-z])")
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?")

ID_KEYS: Final = frozenset(
    {
        "task_id", "id", "_id", "projectId", "project_id", "customerId", "customer_id", "batchId",
        "batch_id", "uuid", "delivery_id", "dataset_id", "attachment_id", "requestId",
    }
)  # fmt: skip
TOKEN_KEYS: Final = frozenset({"next_token", "token", "cursor"})
PEOPLE: Final = frozenset(
    {
        "audited_by", "commented_by", "created_by", "email_of_owner", "company", "firstName",
        "lastName",
    }
)  # fmt: skip
"""Who acted: the account's own people, whom the fake cannot know."""

SIGNATURES: Final = frozenset(
    {
        "x-amz-signature", "x-amz-credential", "x-amz-security-token", "x-amz-date", "signature",
        "x-goog-signature", "x-goog-credential", "sig", "awsaccesskeyid", "key-pair-id", "policy",
        "expires", "token", "access_token", "api_key",
    }
)  # fmt: skip
"""Parameters of addresses that are signed, in lower case."""

TIMES_OUTSIDE: Final = frozenset({"audit_time_secs", "duration_secs"})
"""Numbers that measure people or machines."""

OUTSIDE: Final = frozenset({"callback_succeeded", "callback_completed"})
"""What depends on a server of the customer's, in value and in being there at all."""


def kind_of(key: str, value: Any) -> Kind:
    """What sort of chance a value is of, by the key that it stands under and its form."""
    if not isinstance(value, str) or not value:
        return ""
    if key in TOKEN_KEYS:
        return "token"
    if key in PEOPLE:
        return "person"
    if _ID.fullmatch(value) or (key in ID_KEYS and len(value) >= 6):
        return "id"
    if _TIME.fullmatch(value):
        return "time"
    return "link" if is_link(value) else ""


def is_link(value: str) -> bool:
    """Whether it is an address that Scale made: a signed one, or one of a stored file."""
    if value.startswith("scaledata://"):
        return True
    if not value.startswith(("http://", "https://")):
        return False
    try:
        query = urlsplit(value).query
    except ValueError:
        return False
    return any(name.lower() in SIGNATURES for name, _ in parse_qsl(query))


def without_ids(text: str) -> str:
    """A text with a mark in place of each id in it, to compare sentences that name some."""
    return _IDS_INSIDE.sub("<id>", text)
