"""What a test key's tasks answer, as far as it was recorded."""

from __future__ import annotations

import pytest

from .test_old_rules import DOCUMENTED


def test_categorization_answers_the_first_category(job):
    params = {"attachment": "x", "attachment_type": "text", "categories": ["b", "a"]}

    assert job.mock("categorization", params) == {"category": "b"}


def test_categorization_adds_the_id_where_ids_were_given(job):
    response = job.mock("categorization", DOCUMENTED["categorization"])

    assert response == {"category": ["spam"], "category_id": ["c1"]}


def test_comparison_answers_the_first_choice(job):
    response = job.mock("comparison", DOCUMENTED["comparison"])

    assert response == {"choice": "left", "fields": {"why": "test response"}}


def test_transcription_answers_one_text_everywhere_and_two_rows(job):
    response = job.mock("transcription", DOCUMENTED["transcription"])

    assert response == {
        "fields": {"title": "test response"},
        "rows": [{"price": "test row response"}, {"price": "test row response"}],
    }


def test_phonecall_answers_hung_up_and_the_second_choice(job):
    response = job.mock("phonecall", DOCUMENTED["phonecall"])

    assert response == {
        "outcome": "hung_up",
        "choice": "Closed",
        "fields": {"hours": "test response"},
    }


def test_phonecall_answers_the_only_choice_when_there_is_no_second(job):
    params = {**DOCUMENTED["phonecall"], "choices": ["Open today"]}

    assert job.mock("phonecall", params)["choice"] == "Open today"


def test_datacollection_answers_one_text_everywhere(job):
    response = job.mock("datacollection", DOCUMENTED["datacollection"])

    assert response == {"fields": {"hiring_page": "test response"}}


def test_audiotranscription_answers_eleven_words_in_five_seconds(job):
    response = job.mock("audiotranscription", DOCUMENTED["audiotranscription"])

    assert response["duration"] == 5
    assert len(response["alignment"]) == 11


@pytest.mark.parametrize(
    "name", ["textcollection", "namedentityrecognition", "documenttranscription", "chat"]
)
def test_types_whose_mock_was_never_recorded_answer_as_a_labeler_does(job, name):
    assert job.type(name).mock is None
