"""A verb that a control does not have: told which it has, whatever else its path could mean."""

from __future__ import annotations

import pytest

from scaleapi_testing._control_plane.table import controls

VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ALLOWED = {
    path: {operation.method for operation in controls().values() if operation.path == path}
    for path in dict.fromkeys(operation.path for operation in controls().values())
}
WRONG = [(verb, path) for path, has in ALLOWED.items() for verb in VERBS if verb not in has]


def test_a_control_that_is_got_says_that_it_is_posted(control):
    refused = control("GET", "/faults/add")

    assert refused.status_code == 405
    assert refused.headers["Allow"] == "POST"
    assert refused.json() == {
        "error": {
            "kind": "MethodNotAllowed",
            "message": "/_fake/faults/add takes no GET",
            "hint": "Use POST.",
        }
    }


def test_every_control_refuses_each_verb_that_it_does_not_have(control):
    answers = {
        (verb, path): control(verb, path.replace("{", "").replace("}", "")) for verb, path in WRONG
    }

    assert {call: answer.status_code for call, answer in answers.items()} == dict.fromkeys(
        WRONG, 405
    )
    assert {
        path: set(answer.headers["Allow"].split(", ")) - {"HEAD"}
        for (_, path), answer in answers.items()
    } == ALLOWED


@pytest.mark.parametrize(("number", "status"), [("1", 404), ("x", 422)])
def test_what_is_no_control_of_its_own_stands_for_a_number(control, number, status):
    assert control("GET", f"/faults/{number}").status_code == status
