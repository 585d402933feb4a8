"""Labelers find the truth that is given, as well as they are said to work."""

from __future__ import annotations

from typing import Any

import pytest

from scaleapi_testing._attachments import Media

from .checker import faults
from .test_new_rules import COLLECTION, DOCUMENT, ENTITIES, choice, chooser, numeric, text_field
from .test_old_rules import DOCUMENTED

TEXT = ENTITIES["text"]
SPANS = [
    {"id": "a1", "start": 0, "end": 8, "label": "person", "attributes": {"sure": "yes"}},
    {"id": "a2", "start": 18, "end": 23, "label": "city"},
]
BORN = {"id": "r1", "source_ref": "a1", "target_ref": "a2", "name": "born_in"}
BOX = {"type": "box", "left": 410, "top": 22.5, "width": 61, "height": 20}
SQUARE = [{"x": 1, "y": 1}, {"x": 9, "y": 1}, {"x": 9, "y": 9}, {"x": 1, "y": 9}]


def collection(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"attachments": [{"type": "text", "content": "x"}], "fields": list(fields), **more}


KIND = chooser(choice("dog"), choice("cat"), choice("cow"), field_id="kind")
EXACT = [
    ("categorization", DOCUMENTED["categorization"], {"category": ["spam", "ads"]}),
    ("comparison", DOCUMENTED["comparison"], {"choice": "right", "fields": {"why": "Sharp."}}),
    (
        "transcription",
        DOCUMENTED["transcription"],
        {"fields": {"title": "Night Market"}, "rows": [{"price": "4.50"}, {"price": "6.00"}]},
    ),
    ("datacollection", DOCUMENTED["datacollection"], {"fields": {"hiring_page": "https://j.x"}}),
    (
        "phonecall",
        DOCUMENTED["phonecall"],
        {"outcome": "success", "choice": "Closed", "fields": {"hours": "9-17"}},
    ),
    (
        "textcollection",
        collection(text_field(), numeric(), KIND),
        {"annotations": {"dish": "Lentil soup", "n": 11.5, "kind": ["cat"]}},
    ),
    ("chat", {"project": "p"}, {"responses": [{"type": "ModelResponse", "output": "Soup."}]}),
    ("cruisecontrol", {}, {"annotations": [{"box": 1}]}),
]


@pytest.mark.parametrize(("name", "params", "truth"), EXACT)
def test_without_labelers_the_truth_is_found_as_it_is(job, name, params, truth):
    response = job.respond(name, params, truth=truth)

    assert {key: response[key] for key in truth} == truth


@pytest.mark.parametrize(("name", "params", "truth"), EXACT)
def test_perfect_labelers_find_the_truth_as_it_is(job, name, params, truth):
    response = job.respond(name, params, truth=truth, labelers=job.labelers_type())

    assert {key: response[key] for key in truth} == truth


def test_the_true_category_brings_its_id(job):
    response = job.respond("categorization", DOCUMENTED["categorization"], truth="fine")

    assert response == {"category": ["fine"], "category_id": [None]}


def test_true_answers_to_questions_are_found(job):
    questions = {
        "kind": {"type": "category", "choices": ["toy", "tool"]},
        "tags": {"type": "category", "choices": ["soft", "red"], "allow_multiple": True},
        "age": {"type": "number", "min": 0, "max": 9},
    }
    params = {"attachment": "x", "attachment_type": "text", "taxonomies": questions}
    truth = {"taxonomies": {"kind": "tool", "tags": ["red"], "age": 7}}

    assert job.respond("categorization", params, truth=truth) == truth


def test_labelers_err_as_often_as_they_are_said_to(job):
    params = {"attachment": "x", "attachment_type": "text", "categories": ["a", "b", "c"]}
    labelers = job.labelers_type(accuracy=0.8)

    found = [
        job.respond("categorization", params, seed=seed, truth="b", labelers=labelers)["category"]
        for seed in range(1000)
    ]

    assert 760 <= found.count("b") <= 840


def test_one_of_several_workers_errs_alone(job):
    params = collection(KIND, responses_required=100)
    labelers = job.labelers_type(accuracy=0.7)

    response = job.respond("textcollection", params, truth={"kind": ["cat"]}, labelers=labelers)

    answers = [answers["kind"] for answers in response["responses"]]
    assert len(answers) == 100
    assert 55 <= answers.count(["cat"]) <= 85


def test_a_misread_text_keeps_its_length(job):
    labelers = job.labelers_type(accuracy=0)
    truth = {"fields": {"title": "Night Market"}, "rows": []}

    response = job.respond(
        "transcription", DOCUMENTED["transcription"], truth=truth, labelers=labelers
    )

    assert response["fields"]["title"] != "Night Market"
    assert len(response["fields"]["title"]) == len("Night Market")


def test_missed_rows_are_not_there(job):
    labelers = job.labelers_type(miss_rate=1)
    truth = {"rows": [{"price": "4.50"}]}

    response = job.respond(
        "transcription", DOCUMENTED["transcription"], truth=truth, labelers=labelers
    )

    assert response["rows"] == []


def test_what_the_truth_leaves_out_is_made_up_where_it_is_required(job):
    params = collection(text_field(), KIND, text_field(field_id="why", required=True))

    response = job.respond("textcollection", params, truth={"annotations": {"dish": "Soup"}})

    assert list(response["annotations"]) == ["dish", "why"]


def test_a_true_answer_to_a_hidden_field_is_not_given(job):
    hidden = text_field(field_id="why", conditions=[{"kind": {"value": ["dog"]}}])
    truth = {"kind": ["cat"], "why": "because"}

    response = job.respond("textcollection", collection(KIND, hidden), truth=truth)

    assert response == {"annotations": {"kind": ["cat"]}}


def test_true_spans_and_relationships_are_found(job):
    truth = {"annotations": SPANS[::-1], "relationships": [BORN]}

    response = job.respond("namedentityrecognition", ENTITIES, truth=truth)

    assert response == {
        "annotations": [
            {**SPANS[0], "text": "Ana Sosa"},
            {**SPANS[1], "text": "Quito"},
        ],
        "relationships": [BORN],
    }


def test_a_true_span_may_be_the_whole_text(job):
    whole = {"start": 0, "end": len(ENTITIES["text"]), "label": SPANS[0]["label"]}

    (found,) = job.respond("namedentityrecognition", ENTITIES, truth=[whole])["annotations"]

    assert found["text"] == ENTITIES["text"]


@pytest.mark.parametrize(("start", "over"), [(0, 1), (-1, 0)])
def test_a_true_span_beyond_the_text_is_refused(job, start, over):
    end = len(ENTITIES["text"]) + over
    beyond = {"start": start, "end": end, "label": SPANS[0]["label"]}

    with pytest.raises(ValueError, match=rf"whole numbers from 0 to {len(ENTITIES['text'])}"):
        job.respond("namedentityrecognition", ENTITIES, truth=[beyond])


def test_an_entity_is_found_at_both_ends_of_a_text(job):
    params = {"text": "Ana met Bo", "labels": ENTITIES["labels"]}

    found = [
        (one["start"], one["end"])
        for seed in range(40)
        for one in job.respond("namedentityrecognition", params, seed=seed)["annotations"]
    ]

    assert {0} <= {start for start, _ in found}
    assert max(end for _, end in found) == len(params["text"])


def test_a_relationship_is_lost_with_one_of_its_ends(job):
    truth = {"annotations": SPANS, "relationships": [BORN]}
    labelers = job.labelers_type(miss_rate=0.5)

    responses = [
        job.respond("namedentityrecognition", ENTITIES, seed=s, truth=truth, labelers=labelers)
        for s in range(60)
    ]

    kept = {(len(one["annotations"]), len(one["relationships"])) for one in responses}
    assert kept == {(0, 0), (1, 0), (2, 0), (2, 1)}


def test_a_mistaken_label_is_another_leaf(job):
    labelers = job.labelers_type(accuracy=0)

    response = job.respond("namedentityrecognition", ENTITIES, truth=SPANS, labelers=labelers)

    assert [one["label"] for one in response["annotations"]] != ["person", "city"]
    assert {one["label"] for one in response["annotations"]} <= {"person", "city", "country"}


def test_a_true_transcript_is_aligned(job):
    around = job.surroundings_type(default_media=Media(duration=2.4))
    params = {"attachment": "https://x/a.mp3"}

    response = job.respond(
        "audiotranscription", params, truth="Three well-known boats left.", surroundings=around
    )

    words = [item["word"] for item in response["alignment"]]
    assert response["transcript"] == "Three well-known boats left."
    assert words == ["Three", "well", "known", "boats", "left"]
    assert faults("audiotranscription", params, response, {}) == []


def test_a_true_alignment_is_kept(job):
    alignment = [
        {"word": "Three", "start": 0.31, "end": 0.62, "confidence": 0.9},
        {"word": "boats", "start": 0.62, "end": 1.05, "confidence": 0.3},
    ]
    truth = {"transcript": "Three boats.", "duration": 2.4, "alignment": alignment}

    response = job.respond("audiotranscription", {"attachment": "https://x/a"}, truth=truth)

    assert response["duration"] == 2.4
    assert [(one["start"], one["end"]) for one in response["alignment"]] == [
        (0.31, 0.62),
        (0.62, 1.05),
    ]


@pytest.mark.parametrize("seed", range(10))
def test_a_misheard_transcript_is_still_one(job, seed):
    labelers = job.labelers_type(accuracy=0.5, miss_rate=0.3, jitter_px=0.2)
    truth = "Well-known boats (three) left - slowly, at 9:30."
    params = {"attachment": "https://x/a"}

    response = job.respond("audiotranscription", params, seed=seed, truth=truth, labelers=labelers)

    assert faults("audiotranscription", params, response, {}) == []


def test_true_annotations_of_a_document_are_found(job):
    item = {"uuid": "u1", "page": 1, "label": "total", "text": "$1,018.20", "location": BOX}
    params = {**DOCUMENT, "geometry": "box"}

    response = job.respond("documenttranscription", params, truth={"annotations": [item]})

    money = {"amount": "1018.20", "parsed": 1018.2, "currency": "USD"}
    assert response["annotations"] == [{**item, "refs": [], "money": money}]


def test_a_true_annotation_needs_only_its_label(job):
    response = job.respond("documenttranscription", DOCUMENT, truth=[{"label": "stamp"}])

    (found,) = response["annotations"]
    assert found["label"] == "stamp"
    assert len(found["location"]["vertices"]) == 4


@pytest.mark.parametrize("seed", range(20))
def test_places_tremble_inside_the_page(job, seed):
    features = [{"type": "block", "label": "a"}]
    params = {"attachment": "https://x/a.png", "features": features}
    labelers = job.labelers_type(jitter_px=300)
    truth = [{"label": "a", "location": BOX}]
    work = job("documenttranscription", params, seed=seed, truth=truth, labelers=labelers)

    response = job.type("documenttranscription").respond(work)

    assert response["annotations"][0]["location"] != BOX
    assert faults("documenttranscription", params, response, work.extra) == []


@pytest.mark.parametrize("seed", range(20))
def test_polygons_tremble_as_a_whole(job, seed):
    params = {**DOCUMENT, "features": [{"type": "block", "label": "a"}]}
    truth = [{"label": "a", "location": {"type": "polygon", "vertices": SQUARE}}]
    labelers = job.labelers_type(jitter_px=5)

    response = job.respond(
        "documenttranscription", params, seed=seed, truth=truth, labelers=labelers
    )

    vertices = response["annotations"][0]["location"]["vertices"]
    across = [vertex["x"] - vertices[0]["x"] for vertex in vertices]
    down = [vertex["y"] - vertices[0]["y"] for vertex in vertices]
    assert across == pytest.approx([0, 8, 8, 0], abs=0.002)
    assert down == pytest.approx([0, 0, 8, 8], abs=0.002)


FALSE = [
    ("categorization", DOCUMENTED["categorization"], "ham", "one of spam, ads, fine"),
    ("categorization", DOCUMENTED["categorization"], [], "at least one choice"),
    ("comparison", DOCUMENTED["comparison"], "left", "an object like the response"),
    ("comparison", DOCUMENTED["comparison"], {"choice": "up"}, "one of left, right"),
    ("comparison", DOCUMENTED["comparison"], {"fields": {"who": "x"}}, "one of why"),
    ("transcription", DOCUMENTED["transcription"], {"rows": "x"}, "a list of objects"),
    ("transcription", DOCUMENTED["transcription"], {"fields": {"title": 5}}, "a string"),
    ("phonecall", DOCUMENTED["phonecall"], {"outcome": "x"}, "one of success, no_pickup, hung_up"),
    ("audiotranscription", {"attachment": "https://x/a"}, 5, "the transcript as a string"),
    (
        "audiotranscription",
        {"attachment": "https://x/a"},
        {"transcript": "a b", "alignment": []},
        "one entry for each of the transcript's 2 words",
    ),
    ("textcollection", collection(KIND), {"kinds": ["cat"]}, "one of kind"),
    ("textcollection", collection(KIND), {"kind": ["horse"]}, "one of dog, cat, cow"),
    ("textcollection", collection(KIND), {"kind": ["cat", "dog"]}, "1 to 1 different choices"),
    ("textcollection", collection(numeric(max=5)), {"n": 6}, "a number of at most 5"),
    ("textcollection", COLLECTION, {"when": "2026-02-30"}, "a real moment such as"),
    ("textcollection", COLLECTION, {"r": ["0", "0"]}, '"0" to "2", best first'),
    ("textcollection", COLLECTION, {"span": {"start": 2, "end": 1}}, "seconds"),
    ("namedentityrecognition", ENTITIES, {"annotations": 5}, "a list of objects"),
    (
        "namedentityrecognition",
        ENTITIES,
        [{"start": 5, "end": 500, "label": "city"}],
        "both whole numbers from 0 to 31",
    ),
    (
        "namedentityrecognition",
        ENTITIES,
        [{"start": 0, "end": 8, "label": "place"}],
        "one of person, city, country",
    ),
    (
        "namedentityrecognition",
        ENTITIES,
        [{"start": 0, "end": 8, "label": "person", "text": "Ana"}],
        "'Ana Sosa'",
    ),
    (
        "namedentityrecognition",
        ENTITIES,
        {"annotations": SPANS, "relationships": [{**BORN, "target_ref": "a3"}]},
        "one of a1, a2",
    ),
    (
        "namedentityrecognition",
        ENTITIES,
        {"annotations": SPANS, "relationships": [{**BORN, "source_ref": "a2", "target_ref": "a1"}]},
        "ends whose labels the definition allows",
    ),
    ("documenttranscription", DOCUMENT, [{"label": "tax"}], "one of total, stamp, buyer"),
    ("documenttranscription", DOCUMENT, [{"label": "stamp", "page": 2}], "from 0 to 1"),
    (
        "documenttranscription",
        DOCUMENT,
        [{"label": "stamp", "location": BOX}],
        "a location of the type polygon",
    ),
    ("documenttranscription", DOCUMENT, [{"label": "total", "text": "x"}], "such as $18.20"),
    ("chat", {"project": "p"}, [], "at least one entry"),
    ("cruisecontrol", {}, {"boxes": []}, "a list of objects"),
]


@pytest.mark.parametrize(("name", "params", "truth", "right"), FALSE)
def test_a_truth_that_breaks_the_rules_says_what_would_be_right(job, name, params, truth, right):
    common = {"type": name, "task_id": "66f0a1c29d3b4e0007a1b2c3", "metadata": {}}

    with pytest.raises(ValueError, match="cannot be found") as caught:
        job.respond(name, params, truth=truth, common=common)

    message = str(caught.value)
    assert message.startswith(f"the truth of {name} task 66f0a1c29d3b4e0007a1b2c3 cannot be found")
    assert right in message
