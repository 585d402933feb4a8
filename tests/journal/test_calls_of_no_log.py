"""Calls that a log does not hold stand among those that it does, each behind the one before it."""

from __future__ import annotations

import pytest

from scaleapi_testing._journal.journal import Journal, RecordedRequest


@pytest.fixture
def journal():
    return Journal()


def logged(journal, path="/v1/tasks", body=b""):
    call = RecordedRequest(journal.next_n(), "POST", path, body=body)
    journal.add(call)
    call.finish(200, b"")
    journal.settle(call)
    return call


def own(journal, path="/v1/tasks", body=b""):
    call = RecordedRequest(0, "GET", path, body=body)
    call.finish(200, b"")
    journal.add_own(call)
    return call


def test_they_are_counted_anew_behind_each_call_of_the_log(journal):
    calls = [own(journal), logged(journal), own(journal), own(journal), logged(journal)]
    calls.append(own(journal))

    assert [(call.n, call.own) for call in calls] == [
        (0, 1),
        (1, 0),
        (1, 1),
        (1, 2),
        (2, 0),
        (2, 1),
    ]
    assert list(journal) == calls
    assert list(reversed(journal)) == calls[::-1]
    assert len(journal) == 6


def test_the_last_call_is_the_newest_of_both_kinds(journal):
    assert own(journal) is journal.last
    assert logged(journal) is journal.last
    assert own(journal) is journal.last
    assert own(journal) is journal.last
    assert logged(journal) is journal.last


def test_a_journal_of_calls_of_the_log_alone_holds_them(journal):
    calls = [logged(journal), logged(journal)]

    assert list(journal) == calls
    assert journal.last is calls[-1]


def test_of_either_kind_as_many_are_kept_as_the_journal_may_keep():
    journal = Journal(max_entries=2)
    kept = [logged(journal) for _ in range(3)][1:] + [own(journal) for _ in range(3)][1:]

    assert list(journal) == kept


def test_their_bodies_are_bounded_apart_from_those_of_the_log():
    journal = Journal(max_bytes=100)
    whole = logged(journal, body=b"l" * 60)
    cut = own(journal, body=b"o" * 60)
    last = own(journal, body=b"p" * 60)

    assert [call.body for call in journal][::2] == [whole.body, last.body]
    assert list(journal)[1].cut.length == 60
    assert cut.body == b"o" * 60


def test_the_body_of_one_that_left_is_counted_no_more():
    journal = Journal(max_entries=1, max_bytes=100)

    for _ in range(3):
        last = own(journal, body=b"o" * 60)

    assert list(journal) == [last]


def test_a_snapshot_leaves_them_out(journal):
    first = logged(journal)
    own(journal)
    state = journal.snapshot()

    journal.restore(state)

    assert list(journal) == [first]
    assert journal.last is first


def test_a_reset_forgets_them_too(journal):
    own(journal)
    journal.reset()

    assert list(journal) == []
    assert own(journal).n == 0


def test_their_texts_say_behind_which_call_they_came(journal):
    logged(journal)
    call = own(journal, "/v1/projects")

    assert str(call) == "request after 1 GET /v1/projects 200"
    assert repr(call).startswith("<RecordedRequest after 1 GET /v1/projects 200 key ")
