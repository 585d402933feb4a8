"""Projects: what they are made of, versions of their params, what tasks inherit, templates."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scaleapi_testing import NoSuchRecord

pytestmark = pytest.mark.scale(start_time=datetime(2026, 3, 2, 9, tzinfo=UTC))

NOT_ENABLED = (
    "You have not been authorized to use this API endpoint, please contact sales at "
    "sales@scale.ai to be enabled."
)


@pytest.fixture
def make_project(api):
    def make(name="cats", type="categorization", **fields):
        answer = api("POST", "/v1/projects", {"type": type, "name": name, **fields})
        assert answer.status == 200, answer.text
        return answer.json

    return make


def versions(answer):
    assert answer.status == 200, answer.text
    return [
        {key: value for key, value in entry.items() if key != "created_at"}
        for entry in answer.json["param_history"]
    ]


# -- creating ---------------------------------------------------------------------------------


def test_a_new_project_is_answered_in_full(make_project):
    project = make_project(params={"instruction": "Look."}, datasetId="ds_1")

    assert len(project.pop("id")) == 24
    assert project == {
        "type": "categorization",
        "name": "cats",
        "param_history": [
            {"version": 0, "created_at": "2026-03-02T09:00:00.000Z", "instruction": "Look."}
        ],
        "created_at": "2026-03-02T09:00:00.000Z",
        "rapid": False,
        "studio": False,
        "archived": False,
        "datasetId": "ds_1",
    }


def test_a_project_without_params_has_no_history(make_project):
    assert make_project(params=None, rapid=None, studio=None, datasetId=None)["param_history"] == []


def test_a_studio_project_keeps_its_pipeline(scale, make_project):
    project = make_project(studio=True, pipeline="consensus_task", consensus_attempts=3)

    assert (project["pipeline"], project["consensus_attempts"]) == ("consensus_task", 3)
    assert scale.requests.last.notices == []


def test_options_of_studio_are_noted_elsewhere(scale, make_project):
    make_project(pipeline="standard_task", consensus_attempts=3)

    assert scale.requests.last.notices == [
        "pipeline is read in Studio projects only, and studio is not true",
        "consensus_attempts is read with pipeline=consensus_task only",
    ]


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({"name": "x"}, 400, "Please include a type parameter."),
        ({"type": "", "name": "x"}, 400, "Please include a type parameter."),
        ({"type": 3, "name": "x"}, 400, "Invalid type - expected string."),
        ({"type": "categorize", "name": "x"}, 400, "Task type categorize not found."),
        ({"type": "categorization"}, 400, "Please include a name parameter."),
        ({"type": "categorization", "name": ["x"]}, 400, "Invalid name - expected string."),
        (
            {"type": "categorization", "name": "x", "params": []},
            400,
            "Invalid params - expected object.",
        ),
        (
            {"type": "categorization", "name": "x", "rapid": "yes"},
            400,
            "Invalid rapid - expected boolean.",
        ),
        (
            {"type": "categorization", "name": "x", "studio": 1},
            400,
            "Invalid studio - expected boolean.",
        ),
        (
            {"type": "categorization", "name": "x", "rapid": True, "studio": True},
            400,
            "A project cannot be both a Rapid and a Studio project.",
        ),
        (
            {"type": "categorization", "name": "x", "pipeline": "fast"},
            400,
            "Invalid pipeline - please choose one of these: standard_task consensus_task",
        ),
        (
            {"type": "categorization", "name": "x", "consensus_attempts": "3"},
            400,
            "Invalid consensus_attempts - expected integer.",
        ),
        (
            {"type": "categorization", "name": "x", "consensus_attempts": 0},
            400,
            "Invalid consensus_attempts - must be at least 1.",
        ),
        (
            {"type": "categorization", "name": "x", "datasetId": 3},
            400,
            "Invalid datasetId - expected string.",
        ),
        (
            {"type": "comparison", "name": "cats"},
            409,
            'A project with name "cats" already exists.',
        ),
    ],
)
def test_a_wrong_project_is_refused(scale, api, make_project, body, status, error):
    make_project()

    answer = api("POST", "/v1/projects", body)

    assert (answer.status, answer.error) == (status, error)
    assert len(scale.projects) == 1


def test_an_unknown_type_is_answered_with_the_nearest_in_the_journal(scale, api):
    api("POST", "/v1/projects", {"type": "imageanotation", "name": "x"})

    assert scale.requests.last.notices[0].startswith(
        "type 'imageanotation' is no task type; nearest: imageannotation"
    )


@pytest.mark.parametrize("product", ["rapid", "studio"])
def test_an_account_without_the_product_is_not_enabled(scale, api, product):
    setattr(scale.account("live_fake"), product, False)
    body = {"type": "categorization", "name": "x"}

    refused = api("POST", "/v1/projects", body | {product: True})

    assert (refused.status, refused.error) == (402, NOT_ENABLED)
    assert api("POST", "/v1/projects", body | {product: False}).status == 200


@pytest.mark.scale(strict=True)
@pytest.mark.parametrize("extra", [{"instruction": "Look."}, {"pipeline": "standard_task"}])
def test_a_strict_fake_makes_no_project_of_what_nothing_reads(scale, api, extra):
    answer = api("POST", "/v1/projects", {"type": "categorization", "name": "x", **extra})

    assert answer.status == 400
    assert len(scale.projects) == 0


# -- reading ----------------------------------------------------------------------------------


def test_a_project_is_found_by_its_name_whatever_the_name(api, make_project):
    made = make_project("a b/c?")

    assert api("GET", "/v1/projects/a%20b%2Fc%3F").json == made


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/projects/cat"),
        ("POST", "/v1/projects/cat/setParams"),
        ("POST", "/v1/projects/cat/setOntology"),
        ("GET", "/v1/projects/cat/taskTemplates"),
    ],
)
def test_an_unknown_project_is_not_found(scale, api, make_project, method, path):
    make_project()

    answer = api(method, path)

    assert (answer.status, answer.error) == (404, "Project not found.")
    assert scale.requests.last.notices == ["no project 'cat' in this account; nearest: 'cats'"]


def test_projects_are_a_bare_array_newest_first(api, make_project):
    made = [make_project(name) for name in ("a", "b", "c")]

    assert api("GET", "/v1/projects").json == made[::-1]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["c", "b", "a"]),
        ("?archived=true", ["b"]),
        ("?archived=True", ["b"]),
        ("?archived=false", ["c", "a"]),
        ("?archived=", ["c", "b", "a"]),
    ],
)
def test_projects_are_listed_by_whether_they_are_archived(
    scale, api, make_project, query, expected
):
    for name in ("a", "b", "c"):
        make_project(name)
    scale.archive(scale.projects["b"])

    assert [one["name"] for one in api("GET", f"/v1/projects{query}").json] == expected


def test_archived_is_a_boolean(api):
    answer = api("GET", "/v1/projects?archived=maybe")

    assert (answer.status, answer.error) == (400, "Invalid archived - expected boolean.")


# -- versions of the params -------------------------------------------------------------------


def test_without_patch_a_version_holds_only_what_was_sent(api, make_project):
    make_project(params={"instruction": "Look.", "categories": ["a", "b"]})

    answer = api("POST", "/v1/projects/cats/setParams", {"categories": ["c"]})

    assert versions(answer) == [
        {"version": 0, "instruction": "Look.", "categories": ["a", "b"]},
        {"version": 1, "categories": ["c"]},
    ]


def test_with_patch_a_version_replaces_whole_values_of_the_last_one(api, make_project):
    make_project(params={"instruction": "Look.", "x": {"a": 1, "b": 2}})

    answer = api("POST", "/v1/projects/cats/setParams", {"patch": True, "x": {"c": 3}})

    assert versions(answer)[1] == {"version": 1, "instruction": "Look.", "x": {"c": 3}}


@pytest.mark.parametrize("patch", [None, False, 0, "", "false", "False"])
def test_a_falsy_patch_is_no_patch(api, make_project, patch):
    make_project(params={"instruction": "Look."})

    answer = api("POST", "/v1/projects/cats/setParams", {"patch": patch, "x": 1})

    assert versions(answer)[1] == {"version": 1, "x": 1}


def test_patch_must_be_a_boolean(api, make_project):
    make_project()

    answer = api("POST", "/v1/projects/cats/setParams", {"patch": "perhaps"})

    assert (answer.status, answer.error) == (400, "Invalid patch - expected boolean.")
    assert versions(api("GET", "/v1/projects/cats")) == []


def test_nothing_sent_is_a_new_version_all_the_same(api, make_project):
    make_project(params={"instruction": "Look."})

    patched = api("POST", "/v1/projects/cats/setParams", {"patch": True})
    emptied = api("POST", "/v1/projects/cats/setParams")

    assert versions(patched)[1] == {"version": 1, "instruction": "Look."}
    assert versions(emptied)[2] == {"version": 2}


def test_the_first_version_is_zero(api, make_project):
    make_project()

    answer = api("POST", "/v1/projects/cats/setParams", {"patch": True, "x": 1})

    assert versions(answer) == [{"version": 0, "x": 1}]


def test_each_version_has_its_own_time_and_none_is_edited(scale, api, make_project):
    make_project(params={"x": 1})
    scale.clock.advance(hours=1)

    history = api("POST", "/v1/projects/cats/setParams", {"x": 2}).json["param_history"]

    assert history == [
        {"version": 0, "created_at": "2026-03-02T09:00:00.000Z", "x": 1},
        {"version": 1, "created_at": "2026-03-02T10:00:00.000Z", "x": 2},
    ]


def test_params_called_like_a_versions_own_keys_do_not_hide_them(api, make_project):
    project = make_project(params={"version": 99, "created_at": "never"})

    assert project["param_history"] == [{"version": 0, "created_at": "2026-03-02T09:00:00.000Z"}]


# -- what tasks inherit -----------------------------------------------------------------------


@pytest.fixture
def inherit(api, make_project, categorization):
    """Create a task in a project with two versions: instruction "Old.", then "New."."""
    make_project(params={"instruction": "Old.", "categories": ["old"]})
    new = {"instruction": "New.", "categories": ["new"], "metadata": {"m": 1}, "tags": ["t"]}
    api("POST", "/v1/projects/cats/setParams", new)
    del categorization["categories"]

    def create(**fields):
        return api("POST", "/v1/task/categorization", categorization | {"project": "cats"} | fields)

    return create


@pytest.mark.parametrize(
    ("fields", "version", "instruction", "categories"),
    [
        ({}, 1, "New.", ["new"]),
        ({"project_version": None}, 1, "New.", ["new"]),
        ({"project_version": 0}, 0, "Old.", ["old"]),
        ({"project_param_version": 0}, 0, "Old.", ["old"]),
        ({"project_version": None, "project_param_version": 0}, 0, "Old.", ["old"]),
        ({"project_version": 1, "project_param_version": 0}, 1, "New.", ["new"]),
        ({"instruction": ""}, 1, "New.", ["new"]),
        ({"instruction": None}, 1, "New.", ["new"]),
        ({"instruction": "Mine."}, 1, "Mine.\n\nNew.", ["new"]),
        ({"categories": ["mine"]}, 1, "New.", ["mine"]),
        ({"project_version": -1, "categories": ["mine"], "instruction": "I."}, -1, "I.", ["mine"]),
    ],
)
def test_a_task_inherits_from_the_version_it_names(
    inherit, fields, version, instruction, categories
):
    task = inherit(**fields).json

    assert task["project_param_version"] == version
    assert task["instruction"] == instruction
    assert task["params"]["categories"] == categories


def test_common_fields_are_inherited_too(inherit):
    task = inherit().json

    assert (task["metadata"], task["tags"]) == ({"m": 1}, ["t"])
    assert "metadata" not in task["params"]


@pytest.mark.parametrize(
    ("version", "error"),
    [
        (2, "Project cats has no version 2."),
        (-2, "Project cats has no version -2."),
        ("0", "Invalid project_version - expected integer."),
        (0.5, "Invalid project_version - expected integer."),
        (True, "Invalid project_version - expected integer."),
    ],
)
def test_a_version_that_does_not_exist_is_refused(inherit, version, error):
    answer = inherit(project_version=version)

    assert (answer.status, answer.error) == (400, error)


def test_a_task_in_a_project_without_history_inherits_nothing(api, make_project, categorization):
    make_project()

    task = api("POST", "/v1/task/categorization", categorization | {"project": "cats"}).json

    assert task["project_param_version"] == -1
    assert (task["project"], task["projectId"]) == (
        "cats",
        api("GET", "/v1/projects/cats").json["id"],
    )


def test_a_task_inherits_from_the_project_of_its_batch(api, inherit):
    api("POST", "/v1/batches", {"project": "cats", "name": "b1"})

    task = inherit(project=None, batch="b1").json

    assert (task["project"], task["batch"]) == ("cats", "b1")
    assert task["params"]["categories"] == ["new"]


def test_required_params_are_asked_for_after_inheriting(inherit):
    answer = inherit(project_version=-1)

    assert answer.status == 400


def test_what_is_written_back_into_a_task_does_not_reach_its_project(api, make_project):
    params = {"geometries": {"box": {"objects_to_annotate": ["car"]}}}
    made = make_project("cars", "imageannotation", params=params)
    body = {"project": "cars", "attachment": "https://img.example.com/1.png"}

    task = api("POST", "/v1/task/imageannotation", body).json

    assert task["params"]["geometries"]["box"]["min_width"] == 0
    assert api("GET", "/v1/projects/cars").json == made


# -- ontologies -------------------------------------------------------------------------------


def test_an_ontology_joins_the_history_of_ontologies(api, make_project):
    make_project()
    ontology = ["car", {"choice": "animal", "subchoices": ["cat", {"choice": "dog"}]}]

    api("POST", "/v1/projects/cats/setOntology", {"ontology": ["car"]})
    answer = api("POST", "/v1/projects/cats/setOntology", {"ontology": ontology, "name": "v2"})

    assert answer.json["ontology_history"] == [
        {"version": 0, "created_at": "2026-03-02T09:00:00.000Z", "ontology": ["car"]},
        {
            "version": 1,
            "created_at": "2026-03-02T09:00:00.000Z",
            "ontology": ontology,
            "name": "v2",
        },
    ]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "Please include an ontology parameter."),
        ({"ontology": "car"}, "Invalid ontology - expected array."),
        ({"ontology": ["car"], "name": 3}, "Invalid name - expected string."),
        (
            {"ontology": [3]},
            "Invalid ontology - expected array of strings or choice objects.",
        ),
        (
            {"ontology": [{"choice": "a", "subchoices": "b"}]},
            "Invalid ontology - expected array of strings or choice objects.",
        ),
        (
            {"ontology": ["cat", {"choice": "animal", "subchoices": ["cat"]}]},
            "Invalid ontology - cat is not unique.",
        ),
    ],
)
def test_a_wrong_ontology_is_refused(api, make_project, body, error):
    make_project()

    answer = api("POST", "/v1/projects/cats/setOntology", body)

    assert (answer.status, answer.error) == (400, error)
    assert "ontology_history" not in api("GET", "/v1/projects/cats").json


# -- templates --------------------------------------------------------------------------------


@pytest.mark.parametrize("type", ["textcollection", "chat"])
def test_a_published_template_is_answered(scale, api, make_project, type):
    made = make_project("words", type)

    project = scale.publish_template("words", {"prompt": {"type": "text"}})
    template = api("GET", "/v1/projects/words/taskTemplates").json

    assert project.id == made["id"]
    assert len(template.pop("id")) == 24
    assert template == {
        "version": 1,
        "created_at": "2026-03-02T09:00:00.000Z",
        "updated_at": "2026-03-02T09:00:00.000Z",
        "template_variables": {"prompt": {"type": "text"}},
    }


def test_publishing_again_makes_the_next_version(scale, api, make_project):
    make_project("words", "textcollection")
    variables = {"prompt": {"type": "text"}}
    scale.publish_template(scale.projects["words"], variables)
    first = api("GET", "/v1/projects/words/taskTemplates").json
    scale.clock.advance(hours=1)
    variables["prompt"]["type"] = "image"

    scale.publish_template(scale.projects["words"], {"p": {}}, response_schema={"a": 1})
    second = api("GET", "/v1/projects/words/taskTemplates").json

    assert first["template_variables"] == {"prompt": {"type": "text"}}
    assert second == first | {
        "version": 2,
        "updated_at": "2026-03-02T10:00:00.000Z",
        "template_variables": {"p": {}},
        "response_schema": {"a": 1},
        "auto_onboard_enabled": False,
    }


def test_a_template_that_nobody_published_is_not_found(scale, api, make_project):
    make_project("words", "textcollection")

    answer = api("GET", "/v1/projects/words/taskTemplates")

    assert (answer.status, answer.error) == (404, "Task template not found.")
    assert scale.requests.last.notices == [
        "publish one first: scale.publish_template('words', ...)"
    ]


def test_other_types_have_no_templates(scale, api, make_project):
    make_project()

    answer = api("GET", "/v1/projects/cats/taskTemplates")

    assert (answer.status, answer.error) == (
        400,
        "This project's task type does not support task templates.",
    )
    with pytest.raises(ValueError, match="is of type categorization, which has no task templates"):
        scale.publish_template("cats", {})


def test_a_template_is_published_for_a_client_object_too(scale, scale_client):
    project = scale_client.create_project("words", task_type="textcollection")

    scale.publish_template(project, {"prompt": {}})

    assert scale_client.get_project_template("words").version == 1


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        (("word", {}), NoSuchRecord, "no project 'word' in this fake; nearest: 'words'"),
        (("words", []), TypeError, "takes a JSON object, not list"),
        (("words", {"a": {1}}), TypeError, "holds what is no JSON"),
        (
            ("words", {}, 3),
            TypeError,
            r"publish_template\(response_schema=...\) takes a JSON object",
        ),
        ((3, {}), TypeError, "give a record of scale.projects"),
    ],
)
def test_a_template_that_cannot_be_published_says_why(scale, make_project, arguments, error, text):
    make_project("words", "textcollection")

    with pytest.raises(error, match=text):
        scale.publish_template(*arguments)


def test_a_batch_has_no_template(scale, api, make_project):
    make_project("words", "textcollection")
    api("POST", "/v1/batches", {"project": "words", "name": "b1"})

    with pytest.raises(TypeError, match="takes a project, not <batch 'b1'"):
        scale.publish_template(scale.batches["b1"], {})


# -- the client -------------------------------------------------------------------------------


def test_the_client_changes_params(scale_client):
    project = scale_client.create_project(
        "cats", task_type="categorization", params={"instruction": "Look."}
    )

    project.update(patch=True, categories=["a"])

    assert project.version == 1
    assert project.params == {
        "version": 1,
        "created_at": "2026-03-02T09:00:00.000Z",
        "instruction": "Look.",
        "categories": ["a"],
    }
    assert scale_client.get_project("cats").param_history == project.param_history
