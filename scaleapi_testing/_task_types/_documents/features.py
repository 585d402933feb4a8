"""Which features of a document may be asked for (docs/scale/collection.md 3, F1 to F5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._base import MISSING_ATTACHMENT, Violation, unread_key
from .._language import schema
from .._language.addresses import is_address
from .._language.schema import ARRAY, OBJECT, STRING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .._base import Params

_TYPES: Final = ("text", "block", "group")
_FLAGS: Final = (
    "line",
    "key",
    "value",
    "money",
    "date",
    "checkbox",
    "thead",
    "tbody",
    "region",
    "query",
    "span",
)
"""https://docs.scale.com/reference/content-flag; the last three only named elsewhere."""

_FEATURE_KEYS: Final = ("type", "label", "title", "flags", "features")


def check_pages(params: Params) -> Iterator[Violation]:
    """Rules F1 and F2: the pages of the document; of both parameters ``attachments`` counts."""
    # Where both are sent the array wins (assumed); the single one is not even looked at.
    attachments = params.get("attachments")
    if attachments is None:
        if params.get("attachment") in (None, ""):
            yield Violation(
                "attachment", MISSING_ATTACHMENT, "attachment with a URL, or attachments with URLs"
            )
        elif not is_address(params["attachment"]):
            yield schema.no_uri("attachment")
    elif not isinstance(attachments, list):
        yield schema.must_be("attachments", ARRAY, "an array with a URL for each page")
    elif not attachments:
        yield schema.too_few("attachments", 1, "an array with a URL for each page")
    else:
        for index, attachment in enumerate(attachments):
            if not is_address(attachment):
                yield schema.no_uri(f"attachments[{index}]")


def check_features(params: Params, *, optional: bool = False) -> Iterator[Violation]:
    """Rules F3 and F4.

    Args:
        params: the task's.
        optional: whether the task may leave ``features`` out.
    """
    if optional and "features" not in params:
        return
    yield from schema.check_list(params, "features", "", 1, "a non-empty array of features")
    seen: set[str] = set()
    for path, feature in placed_features(params.get("features")):
        if isinstance(feature, dict):
            yield from _check_feature(feature, path, seen)
        else:
            yield schema.must_be(path, OBJECT, "a feature with type and label")


def placed_features(features: Any) -> Iterator[tuple[str, Any]]:
    """Every entry of the feature lists and where it stands, groups before their members."""
    return schema.nested(
        features, "features", lambda entry: "features" if entry.get("type") == "group" else ""
    )


def _check_feature(feature: dict[str, Any], path: str, seen: set[str]) -> Iterator[Violation]:
    kind = feature.get("type")
    if "type" not in feature:
        yield schema.required(f"{path}.type", f"one of {', '.join(_TYPES)}")
    elif not isinstance(kind, str) or kind not in _TYPES:
        yield schema.not_one_of(f"{path}.type", _TYPES)
    elif kind == "group":
        yield from schema.check_text(feature, "title", path, "the group's title, a string")
        yield from schema.check_types(feature, {"features": ARRAY}, path)
    else:
        yield from schema.check_text(feature, "label", path, "the feature's label, a string")
        label = feature.get("label")
        if isinstance(label, str) and label:
            if label in seen:
                yield schema.duplicate(f"{path}.label", "a label that no other feature has")
            seen.add(label)
    yield from schema.check_types(feature, {"flags": ARRAY}, path)
    flags: Any = feature.get("flags")
    sent: list[Any] = flags if isinstance(flags, list) else []
    for index, flag in enumerate(sent):
        if not isinstance(flag, str) or flag not in _FLAGS:
            yield schema.not_one_of(f"{path}.flags[{index}]", _FLAGS)


def check_kinds(params: Params) -> Iterator[Violation]:
    """N2 (docs/scale/text.md 1.1) for the keys beside the features."""
    yield from schema.check_types(params, {"lang": STRING, "hypothesis": OBJECT})


def unread_keys(params: Params) -> Iterator[str]:
    """Dotted paths of the keys of features that nothing reads."""
    for path, feature in placed_features(params.get("features")):
        if isinstance(feature, dict):
            # Groups have a title and members, the others a label: each lacks the other's key.
            unused = "label" if feature.get("type") == "group" else "features"
            for key in feature:
                if key not in _FEATURE_KEYS or key == unused:
                    yield unread_key(path, key, [name for name in _FEATURE_KEYS if name != unused])


def labelled(features: Iterable[tuple[str, Any]]) -> list[tuple[dict[str, Any], str]]:
    """The text and block features, each with the path of the list that it stands in."""
    return [
        (feature, path.rpartition("[")[0])
        for path, feature in features
        if feature["type"] != "group"
    ]
