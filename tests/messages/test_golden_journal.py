"""What the journal says, whole."""

from __future__ import annotations

import json

import pytest

from scaleapi_testing._http.unread import Unread
from scaleapi_testing._journal.journal import Journal, RecordedRequest

NOW = 1_772_442_904_000
DUPLICATE = (
    b'{"status_code":409,"error":"The unique_id (\\"belt-17\\") is already used for a different '
    b'task (66f0a1c29d3b4e0007a1b2c3)."}'
)


def record(journal, method, path, body=None, query="", status=200, answer=b"{}"):
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    one = RecordedRequest(
        journal.next_n(), method, path, query, {}, raw, "live_fake", NOW, "https://api.scale.com"
    )
    journal.add(one)
    one.finish(status, answer)
    return one


@pytest.fixture
def journal():
    journal = Journal(now=lambda: NOW)
    record(journal, "POST", "/v1/batches", {"project": "cows", "name": "w10"})
    record(
        journal,
        "POST",
        "/v1/task/imageannotation",
        {
            "project": "cow",
            "attachment": "https://img.example.net/belt-17.png",
            "geometries": {"box": {"objects_to_annotate": ["cow"], "min_width": 5}},
            "unique_id": "belt-17",
        },
    )
    record(
        journal,
        "POST",
        "/v1/task/imageannotation",
        {"project": "cows", "attachment_typ": "image", "unique_id": "belt-17"},
        status=409,
        answer=DUPLICATE,
    )
    record(journal, "GET", "/v1/tasks", query="project=cows&limt=10")
    record(journal, "GET", "/v1/tasks", query="project=cows&limit=100&next_token=abc")
    return journal


def said(error, call, *arguments, **more):
    with pytest.raises(error) as told:
        call(*arguments, **more)
    return told.value.args[0]


def test_nothing_recorded_and_something_expected(golden):
    golden("expect_nothing_recorded", said(AssertionError, Journal().expect, "GET", "/v1/tasks"))


def test_a_path_with_a_typing_error_is_expected(golden, journal):
    text = said(AssertionError, journal.expect, "POST", "/v1/task/imageanotation")
    golden("expect_other_path", text)


def test_another_method_is_expected(golden, journal):
    golden("expect_other_method", said(AssertionError, journal.expect, "DELETE", "/v1/batches"))


def test_another_body_is_expected(golden, journal):
    wanted = {
        "project": "cows",
        "attachment": "https://img.example.net/belt-18.png",
        "attachment_type": "image",
        "geometries": {"box": {"objects_to_annotate": ["cow", "calf"], "min_width": "5"}},
        "unique_id": ...,
    }
    text = said(AssertionError, journal.expect, "POST", "/v1/task/imageannotation", json=wanted)
    golden("expect_other_json", text)


def test_a_query_a_body_and_a_status_are_expected_together(journal):
    text = said(
        AssertionError,
        journal.expect,
        "GET",
        "/v1/tasks",
        query={"a": 1},
        json={"b": 2},
        status=404,
    )

    assert text.startswith(
        'expected at least one call of GET /v1/tasks with query {"a": 1} and json {"b": 2} '
        "answered 404, found none among 5 recorded requests"
    )


def test_a_status_that_is_none_says_what_would_be_one(journal):
    text = said(ValueError, journal.expect, "GET", "/v1/tasks", status=99)

    assert text == (
        "status is 99: expected an HTTP status such as 200 or 409, or None for a "
        "call that got no answer"
    )


def test_many_differences_are_cut_at_five(golden):
    journal = Journal()
    record(journal, "POST", "/v1/task/comparison", {f"key_{i}": i for i in range(9)})
    wanted = {f"key_{i}": -i for i in range(9)}
    text = said(AssertionError, journal.expect, "POST", "/v1/task/comparison", json=wanted)
    golden("expect_many_differences", text)


def test_another_query_is_expected(golden, journal):
    wanted = {"project": "cows", "limit": 10, "next_token": None}
    text = said(AssertionError, journal.expect, "GET", "/v1/tasks", query=wanted)
    golden("expect_other_query", text)


def test_a_body_is_expected_where_none_or_no_json_came(golden):
    journal = Journal()
    record(journal, "POST", "/v1/task/comparison", b"")
    record(journal, "POST", "/v1/task/comparison", b"project=cows&instruction=compare+them")
    text = said(AssertionError, journal.expect, None, "/v1/task/*", json={"project": "cows"})
    golden("expect_no_json", text)


def test_more_calls_were_made_than_expected(golden):
    journal = Journal()
    [record(journal, "GET", f"/v1/task/66f0a1c29d3b4e0007a1b2c{i}") for i in range(8)]
    golden("expect_too_many", said(AssertionError, journal.expect, "GET", "/v1/task/*", times=1))


def test_fewer_calls_were_made_than_expected(golden, journal):
    text = said(
        AssertionError, journal.expect, "POST", "/v1/batches", times=2, json={"name": "w10"}
    )
    golden("expect_too_few", text)


def test_a_call_was_made_that_must_not_be(golden, journal):
    golden("expect_none", said(AssertionError, journal.expect, "POST", "/v1/batches", times=0))


def test_older_calls_have_left_the_journal(golden):
    journal = Journal(max_entries=2)
    [record(journal, "GET", "/v1/tasks") for _ in range(5)]
    golden("expect_after_older_left", said(AssertionError, journal.expect, "POST", "/v1/tasks"))


def test_a_clock_in_milliseconds_is_told_as_a_time(golden):
    journal = Journal(now=lambda: 1_772_442_904_000)
    record(journal, "GET", "/v1/tasks")
    golden("expect_clock", said(AssertionError, journal.expect, None, None, times=2))


def test_the_last_of_nothing(golden):
    golden("journal_last_of_nothing", said(LookupError, lambda: Journal().last))


def test_an_entry_beyond_the_end(golden, journal):
    golden("journal_no_such_entry", said(IndexError, lambda: journal[7]))


def test_a_journal_without_room(golden):
    golden("journal_max_entries", said(ValueError, Journal, 0))


def test_a_number_of_calls_that_cannot_be_meant(golden, journal):
    golden("expect_times", said(ValueError, journal.expect, "GET", "/v1/tasks", times=-1))


def test_unread_parameters(golden, journal):
    journal[2].unread = [Unread("attachment_typ", "attachment_type")]
    journal[3].unread = [Unread("limt", "limit"), Unread("colour")]
    golden("journal_unread", "\n".join(str(one) for one in journal.unread))


def test_recorded_requests_line_by_line(golden, journal):
    golden("journal_lines", "\n".join(str(one) for one in journal))


@pytest.mark.parametrize(
    ("name", "method", "pattern"),
    [
        ("pattern_unknown_method", "POTS", "/v1/tasks"),
        ("pattern_swapped", "/v1/tasks", "GET"),
        ("pattern_whole_address", "GET", "https://api.scale.com/v1/tasks"),
        ("pattern_without_slash", "GET", "v1/tasks"),
        ("pattern_with_query", "GET", "/v1/tasks?limit=10"),
        ("pattern_partial_star", "GET", "/v1/task/image*"),
    ],
)
def test_a_pattern_that_cannot_be_meant(golden, journal, name, method, pattern):
    golden(name, said(ValueError, journal.to, method, pattern))
