"""A verb that a control does not have: told which it has, whatever else its path could mean."""

from __future__ import annotations

import pytest

VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")
OF_THE_SERVER = ("/health", "/metrics")


@pytest.fixture
def allowed(control):
    """The verbs of each control, by its path, as the plane's own document tells them."""
    paths = control("GET", "/openapi.json").json()["paths"]
    return {
        path: {verb.upper() for verb in verbs}
        for path, verbs in paths.items()
        if path not in OF_THE_SERVER
    }


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


def test_every_control_refuses_each_verb_that_it_does_not_have(control, allowed):
    wrong = [(verb, path) for path, has in allowed.items() for verb in VERBS if verb not in has]
    assert ("GET", "/faults/add") in wrong

    answers = {
        (verb, path): control(verb, path.replace("{", "").replace("}", "")) for verb, path in wrong
    }

    assert {call: answer.status_code for call, answer in answers.items()} == dict.fromkeys(
        wrong, 405
    )
    assert {
        path: set(answer.headers["Allow"].split(", ")) - {"HEAD"}
        for (_, path), answer in answers.items()
    } == allowed


@pytest.mark.parametrize(("number", "status"), [("1", 404), ("x", 422)])
def test_what_is_no_control_of_its_own_stands_for_a_number(control, number, status):
    assert control("GET", f"/faults/{number}").status_code == status
