"""What the newer text types refuse, in the validator's words, and what they take.

Rules: docs/scale/collection.md.
"""

from __future__ import annotations

from typing import Any

import pytest

GONE = object()
URL = "https://example.org/a.png"


def reason(path: str, phrase: str) -> str:
    return f'Parameter is invalid, reason: "{path}" {phrase}'


def text_field(**more: Any) -> dict[str, Any]:
    return {"type": "text", "field_id": "dish", "title": "Dish", **more}


def chooser(*choices: Any, **more: Any) -> dict[str, Any]:
    return {
        "type": "category",
        "field_id": "tags",
        "title": "Tags",
        "choices": list(choices),
        **more,
    }


def choice(value: Any, **more: Any) -> dict[str, Any]:
    return {"label": str(value), "value": value, **more}


def ranking(**more: Any) -> dict[str, Any]:
    return {"type": "ranking_order", "field_id": "r", "title": "Rank", "num_options": 3, **more}


def numeric(**more: Any) -> dict[str, Any]:
    return {"type": "number", "field_id": "n", "title": "How many", **more}


def holder(*children: Any, **more: Any) -> dict[str, Any]:
    fields = list(children)
    return {"type": "field_set", "field_id": "set", "title": "Set", "fields": fields, **more}


NAME = text_field(field_id="name")
PRICE = numeric(field_id="price")
FORM = {"type": "form", "field_id": "page", "title": "Page", "fields": [text_field(field_id="x")]}
TREE = choice("toy", subchoices=[choice("soft"), choice("hard")])

COLLECTION = {
    "attachments": [
        {"type": "text", "content": "**Menu**", "forms": ["page"]},
        {"type": "video", "content": "https://example.org/a.mp4"},
    ],
    "fields": [
        text_field(required=True, max_responses_required=3, hint="its name"),
        numeric(min=0, max=10, step=0.5, use_slider=True, prefix="$"),
        {"type": "boolean", "field_id": "fresh", "title": "Fresh?"},
        {"type": "datetime", "field_id": "when", "title": "When?", "include_time": False},
        chooser(choice("vegan"), choice(5), choice("5"), TREE, min_choices=0, max_choices=2),
        {**chooser(choice(True), choice(False)), "type": "select", "field_id": "menu"},
        {"type": "time_range", "field_id": "span", "title": "From when to when?"},
        ranking(num_items_to_rank=2, options_flexible=False, first_label="best"),
        holder(NAME, PRICE, inline=True, max_responses_required=5),
        {**holder(NAME, PRICE), "type": "field_Set", "field_id": "again"},
        FORM,
        text_field(field_id="why", conditions=[{"tags": {"value": [5]}, "not": {"menu": {}}}]),
    ],
    "title": "Menus",
    "description": "Read them",
    "responses_required": 3,
    "response_required": 3,
    "clear_unique_id_on_error": True,
    "hypothesis": {"annotations": {}},
    "force_stacked": False,
    "pages": [1],
}
ENTITIES = {
    "text": "Ana Sosa moved to Quito in May.",
    "labels": [
        {"name": "person", "display_name": "Person", "attributes": {"sure": {"choices": ["yes"]}}},
        {"name": "place", "children": [{"name": "city"}, {"name": "country"}]},
    ],
    "relationships": [
        {"name": "born_in", "display_name": "was born in", "is_directed": True}
        | {"source_label": "person", "target_label": "place"},
    ],
    "merge_newlines": True,
    "hypothesis": {"annotations": []},
}
FEATURES = [
    {"type": "text", "label": "total", "flags": ["money", "line"]},
    {"type": "block", "label": "stamp"},
    {"type": "group", "title": "Buyer", "features": [{"type": "text", "label": "buyer"}]},
]
DOCUMENT = {
    "attachments": [URL, "https://example.org/b.png"],
    "features": FEATURES,
    "lang": "en-US",
    "geometry": "polygon",
    "attachment_type": "image",
    "hypothesis": {"annotations": []},
}
CHAT = {
    "project": "menus",
    "template_variables": {"prompt": "Plan a menu"},
    "prompt": "Plan a menu",
    "messages": [{"role": "user", "content": "Plan a menu"}],
    "anything": [1, 2],
}
DOCUMENTED = {
    "textcollection": COLLECTION,
    "namedentityrecognition": ENTITIES,
    "documenttranscription": DOCUMENT,
    "documentmodel": {"attachment": URL},
    "chat": CHAT,
    "chatexperimental": CHAT,
    "chatlite": CHAT,
    "multichat": CHAT,
    "cruisecontrol": {"whatever": {"is": "sent"}},
}


def attached(**change: Any) -> dict[str, Any]:
    sent = {"type": "text", "content": "x", **change}
    return {"attachments": [{key: v for key, v in sent.items() if v is not GONE}]}


def fields(*asked: Any) -> dict[str, Any]:
    return {"attachments": [{"type": "text", "content": "x"}], "fields": list(asked)}


def without(field: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in field.items() if name != key}


MEDIA = "must be one of [pdf, image, text, video, website, audio]"
KINDS = (
    "must be one of [text, number, boolean, datetime, category, select, time_range, ranking_order, "
    "field_set, form]"
)
SCALARS = "must be one of [string, number, boolean]"
COLLECTION_REFUSED = [
    # X1 to X3
    ({"attachments": GONE}, "attachments", "is required"),
    ({"attachments": "x"}, "attachments", "must be an array"),
    ({"attachments": []}, "attachments", "must contain at least 1 items"),
    ({"attachments": ["x"]}, "attachments[0]", "must be an object"),
    (attached(type=GONE), "attachments[0].type", "is required"),
    (attached(type="book"), "attachments[0].type", MEDIA),
    (attached(type={}), "attachments[0].type", MEDIA),
    (attached(content=GONE), "attachments[0].content", "is required"),
    (attached(content=""), "attachments[0].content", "is not allowed to be empty"),
    (attached(content=5), "attachments[0].content", "must be a string"),
    (attached(type="image"), "attachments[0].content", "must be a valid uri"),
    (attached(forms=["pages"]), "attachments[0].forms", "must be one of [page]"),
    (attached(forms="page"), "attachments[0].forms", "must be an array"),
    # X4 to X6
    ({"fields": GONE}, "fields", "is required"),
    ({"fields": {}}, "fields", "must be an array"),
    (fields(), "fields", "must contain at least 1 items"),
    (fields("text"), "fields[0]", "must be an object"),
    (fields(without(NAME, "type")), "fields[0].type", "is required"),
    (fields(text_field(type="texts")), "fields[0].type", KINDS),
    (fields(without(NAME, "field_id")), "fields[0].field_id", "is required"),
    (fields(text_field(field_id="")), "fields[0].field_id", "is not allowed to be empty"),
    (fields(text_field(field_id=1)), "fields[0].field_id", "must be a string"),
    (fields(without(NAME, "title")), "fields[0].title", "is required"),
    (fields(text_field(title="")), "fields[0].title", "is not allowed to be empty"),
    (fields(holder(NAME, without(PRICE, "title"))), "fields[0].fields[1].title", "is required"),
    (fields(NAME, NAME), "fields[1].field_id", "contains a duplicate value"),
    (fields(holder(NAME, NAME)), "fields[0].fields[1].field_id", "contains a duplicate value"),
    # X7
    (fields(without(chooser(), "choices")), "fields[0].choices", "is required"),
    (fields({**chooser(), "choices": "a"}), "fields[0].choices", "must be an array"),
    (fields(chooser()), "fields[0].choices", "must contain at least 1 items"),
    # X9 to X11
    (
        fields(text_field(min_responses_required=0)),
        "fields[0].min_responses_required",
        "must be larger than or equal to 1",
    ),
    (
        fields(text_field(min_responses_required=3, max_responses_required=2)),
        "fields[0].max_responses_required",
        "must be larger than or equal to 3",
    ),
    (
        fields(text_field(max_responses_required=101)),
        "fields[0].max_responses_required",
        "must be less than or equal to 100",
    ),
    (fields(numeric(min=2, max=1.5)), "fields[0].max", "must be larger than or equal to 2"),
    (fields(numeric(step=0)), "fields[0].step", "must be larger than or equal to 0"),
    (fields(ranking(num_options=1)), "fields[0].num_options", "must be larger than or equal to 2"),
    (fields(without(ranking(), "num_options")), "fields[0].num_options", "is required"),
    (
        fields(ranking(num_items_to_rank=0)),
        "fields[0].num_items_to_rank",
        "must be larger than or equal to 1",
    ),
    (
        fields(ranking(num_items_to_rank=4)),
        "fields[0].num_items_to_rank",
        "must be less than or equal to 3",
    ),
    # X12
    (fields(holder(NAME)), "fields[0].fields", "must contain at least 2 items"),
    (fields(without(holder(), "fields")), "fields[0].fields", "is required"),
    (
        fields(holder(NAME, PRICE, text_field(), inline=True)),
        "fields[0].fields",
        "must contain less than or equal to 2 items",
    ),
    (
        fields(holder(NAME, ranking(), inline=True)),
        "fields[0].fields",
        "must be one of [text, number]",
    ),
    (fields({**FORM, "fields": []}), "fields[0].fields", "must contain at least 1 items"),
    # X13 to X15
    ({"responses_required": "3"}, "responses_required", "must be an integer"),
    ({"responses_required": True}, "responses_required", "must be an integer"),
    ({"responses_required": 0}, "responses_required", "must be larger than or equal to 1"),
    ({"responses_required": 101}, "responses_required", "must be less than or equal to 100"),
    (
        fields(NAME, text_field(conditions=[{"not": {"nam": {"value": ["x"]}}}])),
        "fields[1].conditions",
        "must be one of [name]",
    ),
    (
        fields(NAME, text_field(conditions=[{"dish": {"value": ["x"]}}])),
        "fields[1].conditions",
        "must be one of [name]",
    ),
    ({"title": 5}, "title", "must be a string"),
    ({"hypothesis": []}, "hypothesis", "must be an object"),
    ({"clear_unique_id_on_error": "yes"}, "clear_unique_id_on_error", "must be a boolean"),
    (fields(text_field(required="yes")), "fields[0].required", "must be a boolean"),
    (fields(text_field(conditions={})), "fields[0].conditions", "must be an array"),
    (fields(text_field(hint=5)), "fields[0].hint", "must be a string"),
    (fields(numeric(min="1")), "fields[0].min", "must be a number"),
    (fields(ranking(num_options="3")), "fields[0].num_options", "must be an integer"),
]


def choices(*listed: Any, **more: Any) -> dict[str, Any]:
    return fields(chooser(*listed, **more))


COLLECTION_REFUSED += [
    (choices("a"), "fields[0].choices[0]", "must be an object"),
    (choices({"value": 1}), "fields[0].choices[0].label", "is required"),
    (choices({"label": "a"}), "fields[0].choices[0].value", "is required"),
    (choices(choice("a"), choice(None)), "fields[0].choices[1].value", SCALARS),
    (choices(choice([1])), "fields[0].choices[0].value", SCALARS),
    (choices(choice("a"), choice("a")), "fields[0].choices[1].value", "contains a duplicate value"),
    (
        choices(TREE, choice("soft")),
        "fields[0].choices[1].value",
        "contains a duplicate value",
    ),
    (
        choices(choice("a", subchoices=[{"value": 1}])),
        "fields[0].choices[0].subchoices[0].label",
        "is required",
    ),
    (
        choices(choice("a"), min_choices=-1),
        "fields[0].min_choices",
        "must be larger than or equal to 0",
    ),
    (
        choices(choice("a"), max_choices=0),
        "fields[0].max_choices",
        "must be larger than or equal to 1",
    ),
    (
        choices(choice("a"), choice("b"), min_choices=2),
        "fields[0].max_choices",
        "must be larger than or equal to 2",
    ),
    (
        choices(TREE, min_choices=3, max_choices=3),
        "fields[0].min_choices",
        "must be less than or equal to 2",
    ),
    (choices(choice("a"), max_choices=1.5), "fields[0].max_choices", "must be an integer"),
]

LABELS = {"text": "x"}
ENTITIES_REFUSED = [
    # E1, E2
    ({"text": GONE}, "text", "is required"),
    ({"text": 5}, "text", "must be a string"),
    ({"text": ""}, "text", "is not allowed to be empty"),
    ({"text": GONE, "attachment": ""}, "text", "is required"),
    ({"text": GONE, "attachment": 5}, "attachment", "must be a string"),
    ({"labels": GONE}, "labels", "is required"),
    ({"labels": {"name": "person"}}, "labels", "must be an array"),
    ({"labels": []}, "labels", "must contain at least 1 items"),
    # E3 to E5
    ({"labels": ["person"]}, "labels[0]", "must be an object"),
    ({"labels": [{"description": "x"}]}, "labels[0].name", "is required"),
    ({"labels": [{"name": ""}]}, "labels[0].name", "is not allowed to be empty"),
    ({"labels": [{"name": "a", "bad_key": 1}]}, "labels[0].bad_key", "is not allowed"),
    (
        {"labels": [{"name": "a", "children": [{"name": "b", "x": 1}]}]},
        "labels[0].children[0].x",
        "is not allowed",
    ),
    ({"labels": [{"name": "a", "children": {}}]}, "labels[0].children", "must be an array"),
    (
        {"labels": [{"name": "a"}, {"name": "a"}]},
        "labels[1].name",
        "contains a duplicate value",
    ),
    (
        {"labels": [{"name": "a", "children": [{"name": "a"}]}]},
        "labels[0].children[0].name",
        "contains a duplicate value",
    ),
    # E6 to E8
    ({"relationships": {}}, "relationships", "must be an array"),
    ({"relationships": ["born_in"]}, "relationships[0]", "must be an object"),
    (
        {"relationships": [{"name": "a", "display_name": "A"}, {}]},
        "relationships[1].name",
        "is required",
    ),
    ({"relationships": [{"name": "a"}]}, "relationships[0].display_name", "is required"),
    (
        {"relationships": [{"is_directed": True}]},
        "relationships[0].is_directed",
        "is not allowed",
    ),
    (
        {"relationships": [{"display_name": "A"}]},
        "relationships[0].display_name",
        "is not allowed",
    ),
    (
        {"relationships": [{"source_label": "pet"}]},
        "relationships[0].source_label",
        "must be one of [person, place, city, country]",
    ),
    (
        {"relationships": [{"target_label": "pet"}]},
        "relationships[0].target_label",
        "must be one of [person, place, city, country]",
    ),
    (
        {"relationships": [{"name": "a", "display_name": "A"}] * 2},
        "relationships[1].name",
        "contains a duplicate value",
    ),
    ({"merge_newlines": 1}, "merge_newlines", "must be a boolean"),
]

FLAGS = (
    "must be one of [line, key, value, money, date, checkbox, thead, tbody, region, query, span]"
)


def features(*asked: Any) -> dict[str, Any]:
    return {"features": list(asked)}


DOCUMENT_REFUSED = [
    # F2 to F5
    ({"attachments": []}, "attachments", "must contain at least 1 items"),
    ({"attachments": URL}, "attachments", "must be an array"),
    ({"attachments": [URL, "some_non_url"]}, "attachments[1]", "must be a valid uri"),
    ({"attachments": GONE, "attachment": "some_non_url"}, "attachment", "must be a valid uri"),
    ({"features": GONE}, "features", "is required"),
    ({"features": []}, "features", "must contain at least 1 items"),
    (features("total"), "features[0]", "must be an object"),
    (features({"label": "a"}), "features[0].type", "is required"),
    (features({"type": "table"}), "features[0].type", "must be one of [text, block, group]"),
    (features({"type": "text"}), "features[0].label", "is required"),
    (features({"type": "block"}), "features[0].label", "is required"),
    (features({"type": "group"}), "features[0].title", "is required"),
    (
        features(FEATURES[0], {"type": "group", "title": "t", "features": [FEATURES[0]]}),
        "features[1].features[0].label",
        "contains a duplicate value",
    ),
    (
        features({"type": "text", "label": "a", "flags": ["line", "cash"]}),
        "features[0].flags[1]",
        FLAGS,
    ),
    ({"geometry": "circle"}, "geometry", "must be one of [box, polygon]"),
    ({"lang": 5}, "lang", "must be a string"),
]

ROLES = "must be one of [system, user, assistant, function]"
CHAT_REFUSED = [
    # H1 to H3
    ({"project": GONE}, "project", "is required"),
    ({"template_variables": "x"}, "template_variables", "must be an object"),
    ({"messages": "x"}, "messages", "must be an array"),
    ({"messages": ["x"]}, "messages[0]", "must be an object"),
    ({"messages": [{"role": "me", "content": ""}]}, "messages[0].role", ROLES),
    ({"messages": [{"content": ""}]}, "messages[0].role", ROLES),
    ({"messages": [{"role": "user"}]}, "messages[0].content", "must be a string"),
]
REFUSED = [
    *(("textcollection", *case) for case in COLLECTION_REFUSED),
    *(("namedentityrecognition", *case) for case in ENTITIES_REFUSED),
    *(("documenttranscription", *case) for case in DOCUMENT_REFUSED),
    *(("documentmodel", *case) for case in DOCUMENT_REFUSED[:4]),
    *(("chat", *case) for case in CHAT_REFUSED),
    *(("multichat", *case) for case in CHAT_REFUSED[:2]),
]


def changed(name: str, change: dict[str, Any]) -> dict[str, Any]:
    merged = {**DOCUMENTED[name], **change}
    return {key: value for key, value in merged.items() if value is not GONE}


@pytest.mark.parametrize("name", list(DOCUMENTED))
def test_the_documented_example_is_taken(job, name):
    assert job.errors(name, DOCUMENTED[name]) == []


@pytest.mark.parametrize(("name", "change", "path", "phrase"), REFUSED)
def test_a_broken_rule_answers_in_the_validators_words(job, name, change, path, phrase):
    first = job.violations(name, changed(name, change))[0]

    assert first.message == reason(path, phrase)
    assert first.path == path
    assert first.status == 400
    assert first.expected


@pytest.mark.parametrize("name", ["documenttranscription", "documentmodel"])
def test_a_document_without_pages_is_refused_in_the_old_sentence(job, name):
    first = job.violations(name, {})[0]

    assert first.message == "Please include an attachment or attachments parameter."


TAKEN = [
    ("textcollection", fields(text_field(field_id="a b", nonsense=1))),
    ("textcollection", fields(holder(NAME, PRICE), holder(NAME, PRICE, field_id="other"))),
    ("textcollection", fields(text_field(conditions=[{"not": "x"}, 5, []]))),
    ("textcollection", choices(choice("a"), choice("b"), min_choices=0)),
    ("textcollection", choices(choice(1), choice("1"), choice(True))),
    ("textcollection", choices(choice("toy", subchoices=[choice("toy")]))),
    ("namedentityrecognition", {"text": GONE, "attachment": "Ana", "attachment_type": "text"}),
    ("namedentityrecognition", {"relationships": [{}, {"source_label": "place"}]}),
    ("documenttranscription", {"attachments": GONE, "attachment": URL}),
    ("documenttranscription", {"attachment": "some_non_url"}),
    ("documenttranscription", features({"type": "block", "label": "a"})),
    ("documentmodel", {"features": FEATURES, "lang": "de"}),
    ("chat", {"project": GONE, "batch": "menus 1"}),
]


@pytest.mark.parametrize(("name", "change"), TAKEN)
def test_what_the_documents_tolerate_is_taken(job, name, change):
    assert job.errors(name, changed(name, change)) == []


def test_an_id_may_not_repeat_anywhere_once_a_condition_names_it(job):
    asked = fields(
        holder(NAME, PRICE),
        holder(NAME, PRICE, field_id="other"),
        text_field(conditions=[{"price": {"value": [1]}}]),
    )

    assert job.errors("textcollection", asked) == [
        reason("fields[1].fields[1].field_id", "contains a duplicate value")
    ]


def test_broken_rules_are_told_in_the_documented_order(job):
    params = {
        "fields": [text_field(), text_field(title=5, hint=5), numeric(step=0)],
        "responses_required": 0,
    }

    assert [found.path for found in job.violations("textcollection", params)] == [
        "attachments",
        "fields[1].title",
        "fields[1].field_id",
        "fields[2].step",
        "responses_required",
        "fields[1].hint",
    ]


def nested(depth: int) -> dict[str, Any]:
    field = text_field()
    for number in range(depth):
        field = holder(text_field(field_id=f"t{number}"), field, field_id=f"s{number}")
    return field


def test_field_sets_nest_twenty_deep(job):
    assert job.errors("textcollection", fields(nested(20))) == []


def test_deeper_field_sets_are_refused(job):
    first = job.violations("textcollection", fields(nested(21)))[0]

    assert first.message.endswith('.fields" is not allowed')


def test_a_task_that_nobody_could_ever_answer_is_refused(job):
    many = {"min_responses_required": 100, "max_responses_required": 100}
    inner = holder(NAME, PRICE, field_id="inner", **many)
    asked = fields(holder(inner, text_field(), field_id="outer", **many), ranking(**many))

    assert job.errors("textcollection", asked) == []
    asked = fields(holder(holder(inner, PRICE, field_id="m", **many), NAME, **many))
    assert job.errors("textcollection", asked) == [
        reason("fields", "must contain less than or equal to 100000 items")
    ]


@pytest.mark.parametrize("name", list(DOCUMENTED))
def test_nothing_is_added_to_the_params(job, name):
    assert job.written_back(name, DOCUMENTED[name]) == DOCUMENTED[name]


UNREAD = [
    (
        "textcollection",
        {
            "attachments": [{"type": "text", "content": "x", "form": ["page"]}],
            "fields": [
                text_field(requierd=True, choices=[]),
                {**chooser(), "choices": [choice("a", hints="x", subchoices=[choice(1, x=1)])]},
                holder(text_field(min=1), PRICE),
            ],
        },
        [
            "attachments[0].form",
            "fields[0].requierd",
            "fields[0].choices",
            "fields[1].choices[0].hints",
            "fields[1].choices[0].subchoices[0].x",
            "fields[2].fields[0].min",
        ],
    ),
    (
        "namedentityrecognition",
        {
            "labels": [{"name": "a", "attributes": {"sure": {"choises": []}}}],
            "relationships": [{"source": "a"}],
        },
        ["labels[0].attributes.sure.choises", "relationships[0].source"],
    ),
    (
        "documenttranscription",
        {"features": [{"type": "text", "label": "a", "flag": []}, {"type": "group", "label": "b"}]},
        ["features[0].flag", "features[1].label"],
    ),
]


@pytest.mark.parametrize(("name", "params", "paths"), UNREAD)
def test_misspelt_nested_keys_are_unread(job, name, params, paths):
    unread = [one.partition(" (nearest: ")[0] for one in job.type(name).unread(params)]

    assert unread == paths
