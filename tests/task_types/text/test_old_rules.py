"""What the older text types refuse, in whole sentences, and what they take.

Rules: docs/scale/text.md.
"""

from __future__ import annotations

import pytest

O1 = "Please provide an attachment as a URL or plaintext."
O2 = "Invalid attachment_type - please choose one of these: text image video audio website pdf"
O2_TRANSCRIPTION = "Invalid attachment_type - please choose one of these: image pdf website text"
O2_COLLECTION = "Invalid attachment_type - please choose one of these: text image website"
O2_AUDIO = "Invalid attachment_type - please choose one of these: audio"
O3 = "Please provide attachments for the worker to compare for the task."
O4 = (
    "Please provide an entity name (name, business name, etc.) corresponding to the phone number "
    "for the worker."
)
O7 = "Invalid attachment - expected a URL."
O8 = "Please include a fields parameter or a choices parameter."
BAD_CATEGORIES = "Invalid categories - expected a non-empty array of strings."
BAD_CHOICES = "Invalid choices - expected a non-empty array of strings."
BAD_FIELDS = "Invalid fields - expected an object of strings."
BAD_IDS = "Invalid category_ids - expected an object of ids to categories."
GONE = object()

URL = "https://example.org/a.png"
KINDS = {"kind": {"type": "category", "description": "what", "choices": ["toy", "tool"]}}
DOCUMENTED = {
    "categorization": {
        "attachment": "Buy cheap pills",
        "attachment_type": "text",
        "categories": ["spam", "ads", "fine"],
        "category_ids": {"c1": "spam", "c2": "ads"},
        "allow_multiple": True,
    },
    "comparison": {
        "attachments": [URL, "http://example.org/b.png"],
        "attachment_type": "image",
        "choices": ["left", "right"],
        "fields": {"why": "Why is it better?"},
    },
    "transcription": {
        "attachment": URL,
        "attachment_type": "image",
        "fields": {"title": "Title of the menu"},
        "repeatable_fields": {"price": "Price of the dish"},
    },
    "audiotranscription": {
        "attachment": "https://example.org/a.mp3",
        "attachment_type": "audio",
        "verbatim": True,
        "phrases": ["Scale"],
        "skip_human_transcription": False,
    },
    "phonecall": {
        "phone_number": "5055006865",
        "entity_name": "Corner Shop",
        "script": "Hello, ...",
        "fields": {"hours": "When open?"},
        "choices": ["Open today", "Closed"],
        "attachment": URL,
        "attachment_type": "website",
    },
    "datacollection": {
        "attachment": "https://example.org",
        "attachment_type": "website",
        "fields": {"hiring_page": "Address of the hiring page"},
    },
}

REFUSED = [
    # categorization C1 to C8
    ("categorization", {"attachment": GONE}, O1),
    ("categorization", {"attachment": ""}, O1),
    ("categorization", {"attachment": GONE, "attachment_type": GONE}, O1),
    ("categorization", {"attachment_type": GONE}, O2),
    ("categorization", {"attachment_type": "book"}, O2),
    ("categorization", {"attachment_type": ["text"]}, O2),
    ("categorization", {"attachment_type": "image"}, O7),
    ("categorization", {"attachment": "ftp://a/b", "attachment_type": "pdf"}, O7),
    ("categorization", {"attachment": "https://", "attachment_type": "pdf"}, O7),
    ("categorization", {"attachment": 5}, "Invalid attachment - expected string."),
    ("categorization", {"categories": GONE}, "Please include a categories parameter."),
    ("categorization", {"categories": "spam"}, BAD_CATEGORIES),
    ("categorization", {"categories": ["spam", 1]}, BAD_CATEGORIES),
    ("categorization", {"categories": []}, BAD_CATEGORIES),
    ("categorization", {"categories": {}}, BAD_CATEGORIES),
    (
        "categorization",
        {"categories": ["spam", "ads", "spam"]},
        "Invalid categories - must not contain duplicates.",
    ),
    ("categorization", {"category_ids": ["c1"]}, BAD_IDS),
    ("categorization", {"category_ids": {"c1": "ham"}}, BAD_IDS),
    ("categorization", {"category_ids": {"c1": None}}, BAD_IDS),
    ("categorization", {"allow_multiple": "yes"}, "Invalid allow_multiple - expected boolean."),
    ("categorization", {"allow_multiple": 1}, "Invalid allow_multiple - expected boolean."),
    (
        "categorization",
        {"taxonomies": {}},
        "Invalid taxonomies - expected an object of questions.",
    ),
    (
        "categorization",
        {"taxonomies": {"kind": {"choices": ["a"]}}},
        "Invalid taxonomies - expected a type of category or number in each question.",
    ),
    (
        "categorization",
        {"taxonomies": {"kind": {"type": "date"}}},
        "Invalid taxonomies - expected a type of category or number in each question.",
    ),
    (
        "categorization",
        {"taxonomies": {"kind": {"type": "category"}}},
        "Invalid taxonomies - expected choices in each category question.",
    ),
    (
        "categorization",
        {"taxonomies": {"age": {"type": "number", "min": 2, "max": 1}}},
        "Invalid taxonomies - expected a max of at least min.",
    ),
    # comparison M1 to M6
    ("comparison", {"attachments": GONE}, O3),
    ("comparison", {"attachments": [], "attachment_type": GONE}, O3),
    ("comparison", {"attachments": URL}, O3),
    ("comparison", {"attachment_type": "x"}, O2),
    ("comparison", {"attachments": [URL, 5]}, O7),
    ("comparison", {"attachments": [URL, "some_non_url"]}, O7),
    ("comparison", {"choices": GONE, "fields": GONE}, O8),
    ("comparison", {"choices": []}, BAD_CHOICES),
    ("comparison", {"choices": ["a", None]}, BAD_CHOICES),
    ("comparison", {"choices": ["a", "a"]}, "Invalid choices - must not contain duplicates."),
    ("comparison", {"fields": {}}, BAD_FIELDS),
    ("comparison", {"fields": {"why": 1}}, BAD_FIELDS),
    # transcription T1 to T5
    ("transcription", {"attachment": GONE}, O1),
    ("transcription", {"attachment_type": "video"}, O2_TRANSCRIPTION),
    ("transcription", {"attachment": "some_non_url"}, O7),
    (
        "transcription",
        {"fields": GONE, "repeatable_fields": GONE},
        "Please include a fields parameter.",
    ),
    ("transcription", {"fields": []}, BAD_FIELDS),
    (
        "transcription",
        {"repeatable_fields": {"a": None}},
        "Invalid repeatable_fields - expected an object of strings.",
    ),
    (
        "transcription",
        {"row_fields": "price"},
        "Invalid row_fields - expected an object of strings.",
    ),
    # audiotranscription A1 to A4
    ("audiotranscription", {"attachment": GONE}, O1),
    ("audiotranscription", {"attachment": "some_non_url"}, O7),
    ("audiotranscription", {"attachment": "some_non_url", "attachment_type": GONE}, O7),
    ("audiotranscription", {"attachment_type": "video"}, O2_AUDIO),
    ("audiotranscription", {"verbatim": "maybe"}, "Invalid verbatim - expected boolean."),
    (
        "audiotranscription",
        {"skip_human_transcription": None},
        "Invalid skip_human_transcription - expected boolean.",
    ),
    (
        "audiotranscription",
        {"phrases": ["a", 1]},
        "Invalid phrases - expected array of strings.",
    ),
    # phonecall P1 to P3
    ("phonecall", {"phone_number": GONE}, "Please include a phone_number parameter."),
    ("phonecall", {"entity_name": GONE}, O4),
    ("phonecall", {"phone_number": 505}, "Invalid phone_number - expected string."),
    ("phonecall", {"script": []}, "Invalid script - expected string."),
    ("phonecall", {"fields": "hours"}, BAD_FIELDS),
    ("phonecall", {"choices": "a"}, BAD_CHOICES),
    ("phonecall", {"attachment_type": "x"}, O2),
    ("phonecall", {"attachment": "some_non_url"}, O7),
    # datacollection K1 to K4
    ("datacollection", {"attachment": GONE, "attachment_type": GONE}, O2_COLLECTION),
    ("datacollection", {"attachment_type": "pdf"}, O2_COLLECTION),
    ("datacollection", {"attachment": GONE}, O1),
    ("datacollection", {"attachment": "some_non_url"}, O7),
    ("datacollection", {"fields": GONE}, "Please include a fields parameter."),
    ("datacollection", {"fields": {"a": {}}}, BAD_FIELDS),
]


def changed(name, change):
    merged = {**DOCUMENTED[name], **change}
    return {key: value for key, value in merged.items() if value is not GONE}


@pytest.mark.parametrize("name", list(DOCUMENTED))
def test_the_documented_example_is_taken(job, name):
    assert job.errors(name, DOCUMENTED[name]) == []


@pytest.mark.parametrize(("name", "change", "message"), REFUSED)
def test_a_broken_rule_answers_in_scales_sentence(job, name, change, message):
    first = job.violations(name, changed(name, change))[0]

    assert first.message == message
    assert first.status == 400
    assert first.expected


TAKEN = [
    ("categorization", {"allow_multiple": "true"}),
    ("categorization", {"categories": {"spam": "junk", "ads": "", "fine": "rest"}}),
    ("categorization", {"categories": GONE, "category_ids": GONE, "taxonomies": KINDS}),
    ("categorization", {"taxonomies": KINDS}),
    ("categorization", {"force": True, "layers": {"x": 1}}),
    ("categorization", {"attachment_type": "pdf", "attachment": "scaledata://66a0/3f0c"}),
    ("comparison", {"choices": GONE}),
    ("comparison", {"fields": GONE}),
    ("comparison", {"attachments": ["one text", "another"], "attachment_type": "text"}),
    ("transcription", {"fields": GONE}),
    ("transcription", {"repeatable_fields": GONE, "row_fields": {"price": "Price"}}),
    ("transcription", {"attachment": "the words", "attachment_type": "text"}),
    ("audiotranscription", {"attachment_type": GONE, "verbatim": "false"}),
    ("phonecall", {"script": GONE, "fields": GONE, "choices": GONE}),
    ("datacollection", {"attachment": "Corner Shop", "attachment_type": "text"}),
]


@pytest.mark.parametrize(("name", "change"), TAKEN)
def test_what_the_documents_tolerate_is_taken(job, name, change):
    assert job.errors(name, changed(name, change)) == []


def test_every_broken_rule_is_told_in_the_documented_order(job):
    found = job.violations("categorization", {"allow_multiple": 3, "category_ids": {"a": "b"}})

    assert [violation.path for violation in found] == [
        "attachment",
        "attachment_type",
        "categories",
        "category_ids.a",
        "allow_multiple",
    ]


def test_datacollection_looks_at_the_type_before_the_attachment(job):
    assert job.errors("datacollection", {}) == [
        O2_COLLECTION,
        O1,
        "Please include a fields parameter.",
    ]


def test_each_bad_entry_is_told_with_its_place(job):
    params = changed("comparison", {"attachments": ["x", URL, 7]})

    paths = [violation.path for violation in job.violations("comparison", params)]

    assert paths == ["attachments[0]", "attachments[2]"]


def test_categorization_writes_back_that_one_category_is_allowed(job):
    assert job.written_back("categorization", {"categories": ["a"]}) == {
        "categories": ["a"],
        "allow_multiple": False,
    }


def test_categorization_writes_nothing_back_with_taxonomies(job):
    assert job.written_back("categorization", {"taxonomies": KINDS}) == {"taxonomies": KINDS}


def test_audiotranscription_writes_its_type_and_flags_back(job):
    assert job.written_back("audiotranscription", {"attachment": URL}) == {
        "attachment": URL,
        "attachment_type": "audio",
        "verbatim": False,
        "skip_human_transcription": False,
    }


def test_audiotranscription_has_an_instruction_of_its_own(job):
    kind = job.type("audiotranscription")

    assert kind.instruction == "Please transcribe the attached audio file."


@pytest.mark.parametrize("name", ["comparison", "transcription", "phonecall", "datacollection"])
def test_nothing_is_added_to_the_params_of_the_other_old_types(job, name):
    assert job.written_back(name, DOCUMENTED[name]) == DOCUMENTED[name]


@pytest.mark.parametrize(
    ("alias", "name"), [("categorize", "categorization"), ("transcribe", "transcription")]
)
def test_early_verbs_mean_the_type(job, alias, name):
    assert alias in job.type(name).aliases


def test_a_misspelt_key_of_a_question_is_unread(job):
    question = {"type": "category", "choices": ["a"], "alow_multiple": True}

    unread = job.type("categorization").unread({"taxonomies": {"kind": question}})

    assert list(unread) == ["taxonomies.kind.alow_multiple (nearest: allow_multiple)"]
