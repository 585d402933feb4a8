"""Valid instructions of every text type, and JSON that is anything but."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

MEDIA = ("text", "image", "video", "audio", "website", "pdf")

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=10**300, max_value=10**320),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["text", "category", "name", "https://example.org/a", "true", ""]),
)
KEYS = (
    "type field_id fields choices conditions not value label name children attributes features "
    "flags role content min max step subchoices forms min_choices num_options source_label"
)
keys = st.one_of(st.text(max_size=5), st.sampled_from(KEYS.split()))
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)

words = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)
urls = st.sampled_from(
    ["https://example.org/a.png", "http://x/y", "s3://bucket/key", "gs://b/k", "scaledata://1/2"]
)


def unique_words(most: int = 5) -> st.SearchStrategy[list[str]]:
    return st.lists(words, min_size=1, max_size=most, unique=True)


def some_keys(*optional: tuple[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=dict(optional))


field_objects = st.dictionaries(words, words | st.just(""), min_size=1, max_size=4)


@st.composite
def one_attachment(draw: Any, media: tuple[str, ...] = MEDIA) -> dict[str, Any]:
    kind = draw(st.sampled_from(media))
    attachment = draw(words if kind == "text" else urls)
    return {"attachment": attachment, "attachment_type": kind}


@st.composite
def categorization(draw: Any) -> dict[str, Any]:
    params = draw(one_attachment())
    if draw(st.booleans()):
        params["taxonomies"] = draw(st.dictionaries(words, questions(), min_size=1, max_size=3))
        return params
    names = draw(unique_words())
    params["categories"] = dict.fromkeys(names, "") if draw(st.booleans()) else names
    if draw(st.booleans()):
        params["allow_multiple"] = draw(st.sampled_from([True, False, "true", "false"]))
    if draw(st.booleans()):
        params["category_ids"] = draw(st.dictionaries(words, st.sampled_from(names), max_size=4))
    return params


def choices() -> st.SearchStrategy[list[Any]]:
    branch = st.builds(
        lambda name, below: {"choice": name, "subchoices": below}, words, unique_words(3)
    )
    return st.one_of(unique_words(), st.lists(branch, min_size=1, max_size=1))


@st.composite
def questions(draw: Any) -> dict[str, Any]:
    if draw(st.booleans()):
        several = draw(some_keys(("allow_multiple", st.booleans()), ("description", words)))
        return {"type": "category", "choices": draw(choices()), **several}
    return {"type": "number", **draw(bounds())}


numbers = st.integers(-1000, 1000) | st.decimals(-99, 99, places=2).map(float)


@st.composite
def bounds(draw: Any) -> dict[str, Any]:
    found = draw(some_keys(("min", numbers), ("max", numbers)))
    if "min" in found and "max" in found and found["min"] > found["max"]:
        found["min"], found["max"] = found["max"], found["min"]
    if draw(st.booleans()):
        found["step"] = draw(st.sampled_from([1, 2, 5, 10, 0.1, 0.25, 0.5, 3.0]))
    return found


@st.composite
def comparison(draw: Any) -> dict[str, Any]:
    kind = draw(st.sampled_from(MEDIA))
    source = words if kind == "text" else urls
    params = {
        "attachments": draw(st.lists(source, min_size=1, max_size=3)),
        "attachment_type": kind,
    }
    asked = draw(some_keys(("choices", unique_words()), ("fields", field_objects)))
    return {**params, **(asked or {"choices": ["left", "right"]})}


@st.composite
def transcription(draw: Any) -> dict[str, Any]:
    rows = draw(st.sampled_from(["repeatable_fields", "row_fields"]))
    asked = draw(some_keys(("fields", field_objects), (rows, field_objects)))
    media = ("image", "pdf", "website", "text")
    return {**draw(one_attachment(media)), **(asked or {"fields": {"title": "the title"}})}


@st.composite
def datacollection(draw: Any) -> dict[str, Any]:
    attached = draw(one_attachment(("text", "image", "website")))
    return {**attached, "fields": draw(field_objects)}


@st.composite
def phonecall(draw: Any) -> dict[str, Any]:
    asked = draw(some_keys(("choices", unique_words()), ("fields", field_objects)))
    return {"phone_number": "5055006865", "entity_name": draw(words), **asked}


audiotranscription = st.fixed_dictionaries(
    {"attachment": urls},
    optional={
        "attachment_type": st.just("audio"),
        "verbatim": st.booleans() | st.just("true"),
        "phrases": st.lists(st.text(max_size=12), max_size=3),
        "skip_human_transcription": st.booleans(),
    },
)


# -- textcollection -------------------------------------------------------------------------------

values = st.one_of(words, st.integers(-5, 5), st.booleans())


@st.composite
def field_choices(draw: Any, depth: int = 1) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for value in draw(st.lists(values, min_size=1, max_size=5, unique_by=lambda v: (type(v), v))):
        choice: dict[str, Any] = {"label": str(value), "value": value}
        found.append(choice)
    if depth and len(found) > 2 and draw(st.booleans()):
        menu = {"label": "more", "value": "more menu", "subchoices": found[1:]}
        return [found[0], menu]
    return found


def leaf_count(tree: list[dict[str, Any]]) -> int:
    return sum(leaf_count(one["subchoices"]) if "subchoices" in one else 1 for one in tree)


@st.composite
def collection_fields(draw: Any, depth: int = 2, most: int = 4, prefix: str = "") -> list[Any]:
    found: list[dict[str, Any]] = []
    conditional: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, most))):
        field = draw(collection_field(depth, f"{prefix}f{number}"))
        asked = [f for f in conditional if f["type"] in ("category", "select")]
        if asked and draw(st.booleans()):
            other = draw(st.sampled_from(asked))
            leaves = [c for c in other["choices"] if "subchoices" not in c]
            wanted = {other["field_id"]: {"value": [c["value"] for c in leaves[:2]]}}
            negated = draw(st.booleans())
            field["conditions"] = [{"not": wanted} if negated else wanted]
        conditional.append(field)
        found.append(field)
    return draw(st.permutations(found))


@st.composite
def collection_field(draw: Any, depth: int, name: str) -> dict[str, Any]:
    kinds = ["text", "number", "boolean", "datetime", "category", "select", "time_range"]
    kinds += ["ranking_order"] + (["field_set", "form"] if depth else [])
    kind = draw(st.sampled_from(kinds))
    field = {"type": kind, "field_id": name, "title": draw(words)}
    field |= draw(some_keys(("required", st.booleans()), ("description", words)))
    if draw(st.booleans()):
        least = draw(st.integers(1, 3))
        field["min_responses_required"] = least
        field["max_responses_required"] = draw(st.integers(least, 4))
    if kind == "text" and draw(st.booleans()):
        least = draw(st.integers(1, 30))
        field["min_characters"] = least
        field["max_characters"] = draw(st.integers(least, 40))
    if kind == "number":
        field |= draw(bounds())
    if kind == "datetime":
        wanted = draw(st.sampled_from([{}, {"include_date": False}, {"include_time": False}]))
        field |= wanted
    if kind in ("category", "select"):
        field["choices"] = draw(field_choices())
        count = leaf_count(field["choices"])
        if draw(st.booleans()):
            least = draw(st.integers(0, count))
            field["min_choices"] = least
            field["max_choices"] = draw(st.integers(max(1, least), count + 2))
    if kind == "ranking_order":
        field["num_options"] = draw(st.integers(2, 6))
        if draw(st.booleans()):
            field["num_items_to_rank"] = draw(st.integers(1, field["num_options"]))
    if kind in ("field_set", "form"):
        below = draw(collection_fields(depth - 1, 3, f"{name}_"))
        extra = {"type": "text", "field_id": f"{name}_last", "title": "More"}
        field["fields"] = [*below, extra]
    return field


@st.composite
def textcollection(draw: Any) -> dict[str, Any]:
    content = st.one_of(
        st.builds(lambda text: {"type": "text", "content": text}, words),
        st.builds(lambda url: {"type": "image", "content": url}, urls),
    )
    params = {
        "attachments": draw(st.lists(content, min_size=1, max_size=2)),
        "fields": draw(collection_fields()),
    }
    return params | draw(some_keys(("responses_required", st.integers(1, 3)), ("title", words)))


# -- entities -------------------------------------------------------------------------------------

texts = st.text(min_size=1, max_size=80) | st.sampled_from(
    ["Ana Sosa moved to Quito in May.", "naïve café — déjà vu", "日本語のテキスト。二つ目", "🙂 x"]
)
attributes = st.dictionaries(
    words,
    st.one_of(
        st.builds(lambda names: {"type": "category", "choices": names}, unique_words(3)),
        st.just({"type": "text", "description": "why"}),
        st.just({"type": "number", "min": 1, "max": 5}),
    ),
    min_size=1,
    max_size=2,
)


@st.composite
def labels(draw: Any, name: str = "l", depth: int = 2) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, 3))):
        label: dict[str, Any] = {"name": f"{name}{number}"}
        if depth and draw(st.booleans()):
            label["children"] = draw(labels(f"{name}{number}_", depth - 1))
        elif draw(st.booleans()):
            label["attributes"] = draw(attributes)
        found.append(label)
    return found


def label_names(tree: list[dict[str, Any]]) -> list[str]:
    return [name for one in tree for name in [one["name"], *label_names(one.get("children", []))]]


@st.composite
def entities(draw: Any) -> dict[str, Any]:
    key = draw(st.sampled_from(["text", "text", "attachment"]))
    tree = draw(labels())
    params: dict[str, Any] = {key: draw(texts), "labels": tree}
    if draw(st.booleans()):
        ends = st.sampled_from(label_names(tree))
        named = draw(st.booleans())
        defined = draw(
            st.lists(some_keys(("source_label", ends), ("target_label", ends)), max_size=3)
        )
        for number, one in enumerate(defined if named else ()):
            one |= {"name": f"r{number}", "display_name": "has", "is_directed": draw(st.booleans())}
        params["relationships"] = defined
    return params


# -- documents and chat ---------------------------------------------------------------------------


@st.composite
def features(draw: Any, prefix: str = "f", depth: int = 1) -> list[dict[str, Any]]:
    flags = ["line", "key", "value", "money", "date", "checkbox", "thead", "tbody", "query"]
    found: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(["text", "block", "group"] if depth else ["text", "block"]))
        if kind == "group":
            below = draw(features(f"{prefix}{number}_", depth - 1))
            found.append({"type": kind, "title": "all", "features": below})
        else:
            own = draw(st.lists(st.sampled_from(flags), max_size=3, unique=True))
            found.append({"type": kind, "label": f"{prefix}{number}", "flags": own})
    return found


@st.composite
def document_urls(draw: Any) -> dict[str, Any]:
    several = st.lists(urls, min_size=1, max_size=3)
    key, strategy = draw(st.sampled_from([("attachment", urls), ("attachments", several)]))
    return {key: draw(strategy)}


@st.composite
def documenttranscription(draw: Any) -> dict[str, Any]:
    geometry = draw(some_keys(("geometry", st.sampled_from(["box", "polygon"]))))
    return {**draw(document_urls()), "features": draw(features()), **geometry}


@st.composite
def documentmodel(draw: Any) -> dict[str, Any]:
    return {**draw(document_urls()), **draw(some_keys(("features", features())))}


messages = st.lists(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["system", "user", "assistant", "function"]), "content": words}
    ),
    max_size=5,
)
chat = st.fixed_dictionaries(
    {"project": words},
    optional={
        "template_variables": st.dictionaries(words, scalars, max_size=2),
        "prompt": st.text(max_size=10),
        "messages": messages,
    },
)

VALID: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "categorization": categorization(),
    "comparison": comparison(),
    "transcription": transcription(),
    "datacollection": datacollection(),
    "phonecall": phonecall(),
    "audiotranscription": audiotranscription,
    "textcollection": textcollection(),
    "namedentityrecognition": entities(),
    "documenttranscription": documenttranscription(),
    "documentmodel": documentmodel(),
    "chat": chat,
    "chatexperimental": chat,
    "chatlite": chat,
    "multichat": chat,
    "cruisecontrol": st.dictionaries(words, scalars, max_size=3),
}


@st.composite
def broken(draw: Any, valid: st.SearchStrategy[dict[str, Any]]) -> dict[str, Any]:
    """A valid instruction in which one value, at any depth, is replaced by any JSON."""
    params = draw(valid) or {"other": 1}
    key = draw(st.sampled_from(list(params)))
    return {**params, key: replaced(draw, params[key])}


def replaced(draw: Any, value: Any) -> Any:
    inner = isinstance(value, dict | list) and value and draw(st.integers(0, 4))
    if not inner:
        return draw(json_values)
    if isinstance(value, dict):
        key = draw(st.sampled_from(list(value)))
        return {**value, key: replaced(draw, value[key])}
    index = draw(st.integers(0, len(value) - 1))
    return [*value[:index], replaced(draw, value[index]), *value[index + 1 :]]
