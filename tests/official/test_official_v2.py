"""The official package's v2 client, whose models are strict, reads every answer of the fake."""

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

KINDS = [
    "boolean",
    "category",
    "category_multiple",
    "file",
    "integer",
    "labeled_text",
    "ranked_choices",
    "ranked_groups",
    "rubric_criteria",
    "rubric_rating",
    "text",
    "workspace_container",
]


@pytest.fixture(scope="module")
def told():
    return {}


@pytest.fixture
def story(told, tell):
    if not told:
        told.update(tell("2.18.4", "v2"))
    return told


def test_the_story_is_told_with_the_official_package(story):
    assert story["from"] == "scaleapi-2.18.4"


@pytest.mark.parametrize("door", ["in_process", "over_https"])
def test_its_models_take_every_kind_of_annotation(story, door):
    assert story[door]["kinds"] == KINDS


@pytest.mark.parametrize("door", ["in_process", "over_https"])
def test_each_of_its_operations_is_answered(story, door):
    assert set(story["operations"]) <= set(story[door]["called"])
    assert len(story["operations"]) == 25


@pytest.mark.parametrize("door", ["in_process", "over_https"])
def test_it_follows_a_redirect_to_a_file(story, door):
    assert story[door]["file"] == "hello"


@pytest.mark.parametrize("door", ["in_process", "over_https"])
def test_refusals_are_its_exceptions(story, door):
    assert story[door]["refused"] == [
        [404, "Not Found", 404],
        [400, "Bad Request", 400],
        [400, "Bad Request", 400],
        [400, "Bad Request", 400],
    ]


def test_its_generator_ends_with_the_last_page(story):
    assert story["paged"] == 3
