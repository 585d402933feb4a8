"""Form bodies, which the oldest documentation shows and scripts still send."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaleapi_testing._endpoints.form_body import read_form

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def post_form(api):
    """Post pairs, or raw text, as a form."""

    def post(path, pairs, **kwargs):
        body = pairs if isinstance(pairs, str) else urlencode(pairs)
        return api("POST", path, data=body, headers=FORM, **kwargs)

    return post


def test_a_form_makes_a_task_with_lists_objects_and_numbers(post_form):
    answer = post_form(
        "/v1/task/categorization",
        [
            ("attachment", "x"),
            ("attachment_type", "text"),
            ("categories", "a"),
            ("categories", "b"),
            ("metadata[k]", "v"),
            ("metadata[deep][list][]", "5"),
            ("metadata[flag]", "true"),
            ("priority", "5"),
            ("allow_multiple", "true"),
        ],
    )

    assert answer.status == 200, answer.text
    assert answer.json["params"]["categories"] == ["a", "b"]
    assert answer.json["params"]["allow_multiple"] is True
    assert answer.json["metadata"] == {"k": "v", "deep": {"list": ["5"]}, "flag": "true"}
    assert answer.json["priority"] == 5


def test_the_documented_annotation_form_comes_back_with_false_and_30(post_form):
    answer = post_form(
        "/v1/task/annotation",
        [
            ("attachment", "https://example.com/a.jpg"),
            ("attachment_type", "image"),
            ("objects_to_annotate[0]", "face"),
            ("objects_to_annotate[1]", "30"),
            ("with_labels", "false"),
            ("min_width", "30"),
            ("min_height", "30"),
            ("examples[0][correct]", "true"),
            ("examples[0][image]", "https://example.com/right.jpg"),
            ("examples[0][explanation]", "false"),
            ("examples[1][correct]", "false"),
            ("examples[1][image]", "https://example.com/wrong.jpg"),
            ("examples[1][explanation]", "too wide"),
        ],
    )

    assert answer.status == 200, answer.text
    params = answer.json["params"]
    assert params["objects_to_annotate"] == ["face", "30"]
    assert (params["with_labels"], params["min_width"], params["min_height"]) == (False, 30, 30)
    assert [example["correct"] for example in params["examples"]] == [True, False]
    assert params["examples"][0]["explanation"] == "false"


def test_a_form_reaches_geometries_at_any_depth(post_form):
    answer = post_form(
        "/v1/task/imageannotation",
        "attachment=https://example.com/a.jpg"
        "&geometries[box][objects_to_annotate][]=car"
        "&geometries%5Bbox%5D%5Bmin_width%5D=10"
        "&geometries[box][can_rotate]=true"
        "&annotation_attributes[dark][type]=category"
        "&annotation_attributes[dark][choices][0]=yes"
        "&annotation_attributes[dark][choices][1]=no"
        "&annotation_attributes[dark][description]=Is+it+dark%3F",
    )

    assert answer.status == 200, answer.text
    box = answer.json["params"]["geometries"]["box"]
    sent = {name: box[name] for name in ("objects_to_annotate", "min_width", "can_rotate")}
    assert sent == {"objects_to_annotate": ["car"], "min_width": 10, "can_rotate": True}
    assert answer.json["params"]["annotation_attributes"]["dark"]["choices"] == ["yes", "no"]


def test_a_form_makes_projects_batches_and_audits(api, post_form, scale):
    project = post_form(
        "/v1/projects",
        "type=categorization&name=p&rapid=true&params[categories][]=a&params[allow_multiple]=False",
    )
    batch = post_form("/v1/batches", "project=p&name=b&calibration_batch=true")
    task = post_form(
        "/v1/task/categorization", "project=p&attachment=x&attachment_type=text&project_version=0"
    )
    scale.complete(task.json["task_id"])
    audit = post_form(f"/v1/task/{task.json['task_id']}/audit", "accepted=true&comments=true")

    assert [answer.status for answer in (project, batch, task, audit)] == [200] * 4
    assert project.json["param_history"][0]["allow_multiple"] is False
    assert batch.json["calibration_batch"] is True
    assert api("GET", f"/v1/task/{task.json['task_id']}").json["audits"][0]["audit_comments"] == (
        "true"
    )


def test_metadata_set_by_a_form_comes_back_exactly(post_form, make_task):
    answer = post_form(f"/v1/task/{make_task()}/setMetadata", "priority=5&required=true&a[b]=c")

    assert answer.json["metadata"] == {"priority": "5", "required": "true", "a": {"b": "c"}}


@pytest.mark.parametrize(
    ("form", "read"),
    [
        ("a=1", {"a": "1"}),
        ("a=1&a=2", {"a": ["1", "2"]}),
        ("a[]=1", {"a": ["1"]}),
        ("a[]=1&a[]=2", {"a": ["1", "2"]}),
        ("a[1]=x&a[0]=y", {"a": ["y", "x"]}),
        ("a[7]=x&a[2]=y", {"a": ["y", "x"]}),
        ("a[b]=1&a[c]=2", {"a": {"b": "1", "c": "2"}}),
        ("a[0][b]=1&a[0][c]=2&a[1][b]=3", {"a": [{"b": "1", "c": "2"}, {"b": "3"}]}),
        ("a[][b]=1&a[][c]=2", {"a": [{"b": "1", "c": "2"}]}),
        ("a[b][][c][]=1", {"a": {"b": [{"c": ["1"]}]}}),
        ("a[0]=x&a[b]=y", {"a": {"0": "x", "b": "y"}}),
        ("a[101]=x", {"a": {"101": "x"}}),
        ("a[99999999999999999999]=x", {"a": {"99999999999999999999": "x"}}),
        ("a[b=1", {"a[b": "1"}),
        ("[b]=1", {"b": "1"}),
        ("a[b]c=1", {"a": {"b": "1"}}),
        ("a=1&a[b]=2", {"a": ["1", {"b": "2"}]}),
        ("a=", {"a": ""}),
        ("a=x%20y%26z&b=%F0%9F%90%84", {"a": "x y&z", "b": "\N{COW}"}),
        ("min=-1.5&max=1e3&step=01", {"min": -1.5, "max": "1e3", "step": 1}),
        ("with_labels=yes&required=TRUE", {"with_labels": "yes", "required": True}),
        ("fields[max]=5&fields[0x]=1", {"fields": {"max": "5", "0x": "1"}}),
        ("fields[0][max]=5", {"fields": [{"max": 5}]}),
        ("", {}),
    ],
)
def test_a_form_is_read_as_express_reads_it(form, read):
    assert read_form(form.encode()) == read


def test_a_form_nested_beyond_a_hundred_levels_is_refused_in_scales_envelope(post_form):
    answer = post_form("/v1/task/categorization", f"a{'[b]' * 100}=1")

    assert (answer.status, answer.error) == (400, "Invalid JSON in request body.")


@given(
    st.recursive(
        st.text(max_size=5),
        lambda inner: (
            st.dictionaries(
                st.text(alphabet="xyz", min_size=1, max_size=3), inner, min_size=1, max_size=3
            )
            | st.lists(inner, min_size=1, max_size=3)
        ),
        max_leaves=8,
    )
)
def test_whatever_is_written_as_a_form_is_read_back(value):
    pairs = list(written("root", value))

    form = "&".join(f"{quote(name)}={quote(text)}" for name, text in pairs)

    assert read_form(form.encode()) == {"root": value}


def written(name, value):
    """The pairs that stand for a value, as ``qs`` writes them."""
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    else:
        return [(name, value)]
    return [pair for key, item in inner for pair in written(f"{name}[{key}]", item)]
