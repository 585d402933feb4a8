"""Keys inside parameters that nothing reads are reported with the name that was meant."""

from __future__ import annotations

import pytest

BOX = {"box": {"objects_to_annotate": ["car"]}}


@pytest.mark.parametrize(
    ("kind", "params", "name", "nearest"),
    [
        (
            "imageannotation",
            {"attachment": "https://e.com/a", "geometries": {"box": {"object_to_annotate": ["a"]}}},
            "geometries.box.object_to_annotate",
            "objects_to_annotate",
        ),
        (
            "imageannotation",
            {
                "attachment": "https://e.com/a",
                "geometries": BOX,
                "annotation_attributes": {
                    "dark": {"type": "category", "choices": ["y"], "descripton": "Dark?"}
                },
            },
            "annotation_attributes.dark.descripton",
            "description",
        ),
        (
            "textcollection",
            {
                "attachments": [{"type": "text", "content": "x", "form": []}],
                "fields": [{"type": "text", "field_id": "f", "title": "t"}],
            },
            "attachments[0].form",
            "forms",
        ),
        (
            "textcollection",
            {
                "attachments": [{"type": "text", "content": "x"}],
                "fields": [{"type": "text", "field_id": "f", "title": "t", "requird": True}],
            },
            "fields[0].requird",
            "required",
        ),
        (
            "categorization",
            {
                "attachment_type": "text",
                "attachment": "x",
                "taxonomies": {"q": {"type": "number", "descripton": "d"}},
            },
            "taxonomies.q.descripton",
            "description",
        ),
    ],
)
def test_a_key_inside_a_parameter_that_nothing_reads_names_the_nearest(
    scale, api, kind, params, name, nearest
):
    answer = api("POST", f"/v1/task/{kind}", params)

    assert answer.status == 200, answer.text
    (unread,) = scale.requests.unread
    assert (unread.name, unread.nearest) == (name, nearest)
