"""Whatever valid instruction a text task is given, its answer obeys it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaleapi_testing._attachments import Media

from .checker import faults
from .strategies import VALID

TYPES = pytest.mark.parametrize("name", list(VALID))
QUICK = settings(max_examples=20, suppress_health_check=list(HealthCheck))


def made(job: Any, name: str, params: dict[str, Any], seed: int, **more: Any) -> Any:
    work = job(name, params, seed=seed, **more)
    return job.type(name).respond(work), work


@TYPES
@settings(QUICK, max_examples=50)
@given(data=st.data(), seed=st.integers(0, 10**6))
def test_an_answer_obeys_the_instruction_of_its_task(job, name, data, seed):
    params = data.draw(VALID[name])
    assert job.errors(name, params) == []

    response, work = made(job, name, params, seed)

    assert faults(name, work.params, response, work.extra) == []
    assert json.loads(json.dumps(response)) == response


@TYPES
@QUICK
@given(data=st.data(), seed=st.integers(0, 10**6))
def test_a_test_keys_answer_obeys_the_instruction_too(job, name, data, seed):
    params = data.draw(VALID[name])
    work = job(name, params, seed=seed)

    response = (job.type(name).mock or job.type(name).respond)(work)

    assert faults(name, work.params, response, work.extra) == []


@TYPES
@QUICK
@given(data=st.data(), seed=st.integers(0, 10**6))
def test_the_same_seed_gives_the_same_bytes(job, name, data, seed):
    params = data.draw(VALID[name])

    first, second = made(job, name, params, seed)[0], made(job, name, params, seed)[0]

    assert json.dumps(first) == json.dumps(second)


@TYPES
@QUICK
@given(data=st.data(), seed=st.integers(0, 10**6))
def test_nothing_in_a_valid_instruction_is_unread(job, name, data, seed):
    params = data.draw(VALID[name])
    kind = job.type(name)

    unread = list(kind.unread(params)) if kind.unread else []

    assert unread == []
    assert name == "cruisecontrol" or set(params) <= kind.keys


@pytest.mark.parametrize("duration", [0.001, 0.4, 1, 59.97, 1800.0])
@pytest.mark.parametrize("seed", range(5))
def test_a_transcript_fits_the_length_of_its_audio(job, duration, seed):
    around = job.surroundings_type(default_media=Media(duration=duration))
    params = {"attachment": "https://example.org/a.mp3"}

    response, work = made(job, "audiotranscription", params, seed, surroundings=around)

    assert response["duration"] == duration
    assert faults("audiotranscription", work.params, response, {}) == []


@pytest.mark.parametrize("duration", [0.4, 10, 1800.0])
@pytest.mark.parametrize("seed", range(5))
def test_every_word_of_a_transcript_takes_time(job, duration, seed):
    around = job.surroundings_type(default_media=Media(duration=duration))

    response = job.respond(
        "audiotranscription", {"attachment": "https://x/a"}, seed=seed, surroundings=around
    )

    assert all(word["start"] < word["end"] for word in response["alignment"])


@pytest.mark.parametrize("geometry", ["box", "polygon"])
@pytest.mark.parametrize(("width", "height"), [(1, 1), (3, 2000), (1700, 2200)])
def test_annotations_lie_inside_pages_of_any_size(job, geometry, width, height):
    around = job.surroundings_type(default_media=Media(width=width, height=height))
    features = [{"type": "block", "label": f"f{number}"} for number in range(40)]
    params = {"attachment": "https://x/a.png", "features": features, "geometry": geometry}

    response, work = made(job, "documenttranscription", params, 3, surroundings=around)

    assert work.extra["document_pages"][0]["width"] == width
    assert faults("documenttranscription", params, response, work.extra) == []


def test_a_pdf_has_the_pages_that_are_known_of_it(job):
    around = job.surroundings_type(default_media=Media(frames=3))
    params = {
        "attachments": ["https://x/a.pdf?v=1", "https://x/b.png"],
        "features": [{"type": "text", "label": "total"}],
    }

    _, work = made(job, "documenttranscription", params, 0, surroundings=around)

    pages = [page["url"] for page in work.extra["document_pages"]]
    assert pages == ["https://x/a.pdf?v=1"] * 3 + ["https://x/b.png"]


def test_several_workers_answer_one_object_each_with_choices_as_strings(job):
    choices = [{"label": str(value), "value": value} for value in (3, True, "x")]
    params = {
        "attachments": [{"type": "text", "content": "t"}],
        "responses_required": 4,
        "fields": [
            {"type": "category", "field_id": "c", "title": "c", "choices": choices},
            {
                "type": "category",
                "field_id": "cc",
                "title": "cc",
                "choices": choices,
                "min_responses_required": 2,
                "max_responses_required": 2,
            },
            {"type": "text", "field_id": "t", "title": "t"},
            {"type": "number", "field_id": "n", "title": "n", "min": 1, "max": 5, "step": 1},
            {"type": "ranking_order", "field_id": "r", "title": "r", "num_options": 2},
        ],
    }

    response = job.respond("textcollection", params)

    assert list(response) == ["responses"]
    answers = response["responses"]
    words = {"3", "true", "x"}
    assert [sorted(one) for one in answers] == [["c", "cc", "n", "r", "t"]] * 4
    assert all(len(one["c"]) == 1 and set(one["c"]) <= words for one in answers)
    assert all(len(one["cc"]) == 2 and {v for [v] in one["cc"]} <= words for one in answers)
    assert {type(one["t"]) for one in answers} == {str}
    assert {type(one["n"]) for one in answers} == {int}
    assert all(sorted(one["r"]) == ["0", "1"] for one in answers)
