"""The journal: what it keeps, how it is searched, what it asserts."""

from __future__ import annotations

import json
import threading
import tracemalloc
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaleapi_testing._http.patterns import RequestPattern
from scaleapi_testing._http.unread import Unread
from scaleapi_testing._journal.journal import Journal, RecordedRequest

AT = datetime(2026, 3, 2, 9, 15, 4, 120_000, tzinfo=UTC)


def record(journal, method="POST", path="/v1/task/imageannotation", *, body=None, query="", **more):
    """Add a finished call to the journal, as the fake does."""
    raw = b"" if body is None else json.dumps(body).encode()
    one = RecordedRequest(
        n=journal.next_n(),
        method=method,
        path=path,
        raw_query=query,
        headers={"authorization": "Basic bGl2ZV9mYWtlOg==", "content-type": "application/json"},
        body=raw,
        api_key=more.get("api_key", "live_fake"),
        at_ms=more.get("at_ms", 1_772_442_904_120),
        base="https://api.scale.com",
    )
    journal.add(one)
    one.finish(more.get("status", 200), more.get("answer", b"{}"))
    return one


@pytest.fixture
def journal():
    return Journal()


# -- one recorded request ---------------------------------------------------------------------


def test_a_recorded_request_knows_what_was_sent_and_answered(journal):
    one = record(journal, query="a=1", body={"project": "cows"}, status=201, answer=b'{"ok":true}')

    assert (one.n, one.method, one.path, one.query) == (
        1,
        "POST",
        "/v1/task/imageannotation",
        {"a": "1"},
    )
    assert (one.json, one.body) == ({"project": "cows"}, b'{"project": "cows"}')
    assert (one.status, one.response_json, one.api_key, one.at) == (
        201,
        {"ok": True},
        "live_fake",
        AT,
    )
    assert (one.fault, one.route, one.broken, one.notices, one.unread) == (None, None, "", [], [])


def test_the_time_of_a_call_is_told_as_a_datetime_too(journal):
    one = record(journal, at_ms=1_772_442_904_120)

    assert (one.at, one.at_ms) == (AT, 1_772_442_904_120)


@pytest.mark.parametrize(
    ("raw", "query"),
    [
        ("", {}),
        ("limit=2&status=", {"limit": "2", "status": ""}),
        ("tags=a&tags=b&tags=c", {"tags": ["a", "b", "c"]}),
        ("name=my%20cows+too&q=%C3%BC", {"name": "my cows too", "q": "ü"}),
        ("bad=%FF", {"bad": "�"}),
    ],
    ids=["none", "empty_value", "repeated", "encoded", "bad_utf8"],
)
def test_query_values_are_strings_and_lists_where_repeated(journal, raw, query):
    assert record(journal, query=raw).query == query


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe\x00", b"[" * 100_000], ids=["empty", "cut", "binary", "deep"]
)
def test_a_body_that_is_no_json_reads_as_none(body):
    one = RecordedRequest(1, "POST", "/v1/tasks", body=body)

    assert (one.json, one.body) == (None, body)


def test_changing_what_a_record_gives_does_not_change_the_record(journal):
    one = record(journal, body={"tags": ["a"]}, query="x=1")

    one.json["tags"].append("b")
    one.query["y"] = "2"

    assert (one.json, one.query) == ({"tags": ["a"]}, {"x": "1"})


def test_header_names_ignore_case_and_the_real_values_are_there(journal):
    assert record(journal).headers["AUTHORIZATION"] == "Basic bGl2ZV9mYWtlOg=="
    assert "Content-Type" in record(journal).headers
    assert record(journal).headers.get("X-Absent") is None


def test_a_slash_inside_a_name_stays_in_its_segment(journal):
    one = record(journal, "GET", "/v1/batches/my%20cows%2F1/status/")

    assert one.segments == ("v1", "batches", "my cows/1", "status")


def test_a_call_without_an_answer_has_no_status(journal):
    one = record(journal)

    one.finish(0, b"", None, "disconnect")

    assert (one.status, one.broken, one.outcome) == (None, "disconnect", "disconnect")


def test_a_running_call_says_so():
    assert RecordedRequest(1, "GET", "/v1/tasks").outcome == "running"


@pytest.mark.parametrize("text", [repr, str, lambda one: repr(one.headers)])
@pytest.mark.parametrize("key", ["live_d6a1f0c9e2b34875", "live_fake", "§§"])
def test_no_text_of_a_record_shows_the_whole_key(journal, text, key):
    one = record(journal, api_key=key, status=404)

    assert key not in text(one)
    assert "bGl2ZV9mYWtlOg" not in text(one)


def test_the_repr_of_a_record_is_short_and_masks_the_key(journal):
    assert repr(record(journal)) == (
        "<RecordedRequest 1 POST /v1/task/imageannotation 200 key live_f…>"
    )


def test_the_text_of_a_refused_record_gives_the_reason(journal):
    answer = b'{"status_code":404,"error":"Task with that ID not found."}'

    one = record(journal, "GET", "/v1/task/66f0", status=404, answer=answer)

    assert str(one) == "request 1 GET /v1/task/66f0 404: Task with that ID not found."


def test_a_recorded_request_says_that_it_comes_from_the_package():
    assert RecordedRequest.__module__ == "scaleapi_testing"


@given(body=st.binary(max_size=50), answer=st.binary(max_size=50), status=st.integers(200, 599))
def test_a_record_comes_back_from_its_state_without_the_secrets(body, answer, status):
    one = RecordedRequest(
        7,
        "POST",
        "/v1/tasks",
        "a=1",
        {"authorization": "Basic secret", "x-a": "1"},
        body,
        "live_fake",
        1_772_442_904_120,
        "http://h",
    )
    one.finish(status, answer, None, "")
    one.notices.append("noticed")
    one.unread.append(Unread("tagz", "tags"))

    state = json.loads(json.dumps(one.to_state()))
    back = RecordedRequest.from_state(state)

    assert "secret" not in json.dumps(state)
    assert "live_fake" not in json.dumps(state)
    assert back.to_state() == one.to_state()
    assert (back.body, back.response_body, back.at, back.api_key) == (body, answer, AT, None)


# -- the sequence -----------------------------------------------------------------------------


def test_the_journal_is_a_sequence_oldest_first(journal):
    calls = [record(journal, path=f"/v1/task/{i}") for i in range(4)]

    assert len(journal) == 4
    assert (journal[0], journal[-1], journal.last) == (calls[0], calls[3], calls[3])
    assert journal[1:3] == calls[1:3]
    assert list(journal) == calls
    assert list(reversed(journal)) == calls[::-1]
    assert calls[2] in journal


def test_the_repr_of_a_journal_tells_its_length_and_last_call(journal):
    assert repr(journal) == "<Journal empty>"

    record(journal)
    record(journal, "GET", "/v1/tasks")

    assert repr(journal) == (
        "<Journal 2 requests, last: <RecordedRequest 2 GET /v1/tasks 200 key live_f…>>"
    )


def test_an_empty_journal_has_no_last_call(journal):
    with pytest.raises(LookupError, match="no request has reached this fake"):
        journal.last  # noqa: B018 - asking is the test


def test_an_index_beyond_the_journal_says_how_many_it_holds(journal):
    record(journal)

    with pytest.raises(IndexError, match=r"no entry 1 in the journal: it holds 1 request "):
        journal[1]


def test_when_the_journal_is_full_the_oldest_leave_and_counting_goes_on():
    journal = Journal(max_entries=2)

    calls = [record(journal) for _ in range(5)]

    assert list(journal) == calls[3:]
    assert [one.n for one in journal] == [4, 5]


@pytest.mark.parametrize("max_entries", [0, -1, True, "10", 2.0, None])
def test_a_journal_that_could_keep_nothing_is_refused(max_entries):
    with pytest.raises(
        ValueError, match=r"journal_max_entries is .*expected a whole number from 1"
    ):
        Journal(max_entries)


def test_a_reset_journal_is_empty_and_counts_from_one(journal):
    record(journal)

    journal.reset()

    assert (len(journal), record(journal).n) == (0, 1)


def test_a_journal_goes_back_to_a_snapshot(journal):
    first = record(journal)
    state = journal.snapshot()
    record(journal)

    journal.restore(state)

    assert list(journal) == [first]
    assert record(journal).n == 2


def test_a_snapshot_put_into_a_smaller_journal_keeps_the_newest(journal):
    calls = [record(journal) for _ in range(3)]
    smaller = Journal(max_entries=2)

    smaller.restore(journal.snapshot())

    assert list(smaller) == calls[1:]


def test_iterating_while_calls_arrive_sees_the_journal_as_it_was(journal):
    record(journal)
    record(journal)

    seen = [(one.n, record(journal).n) for one in journal]

    assert seen == [(1, 3), (2, 4)]


def test_numbers_given_to_many_threads_are_all_different(journal):
    threads = [
        threading.Thread(target=lambda: [record(journal) for _ in range(50)]) for _ in range(8)
    ]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert sorted(one.n for one in journal) == list(range(1, 401))


def test_a_call_costs_at_most_two_kilobytes_beside_its_bodies(journal):
    headers = {f"x-header-{i}": "v" * 20 for i in range(8)}
    body = b"x" * 1000
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()

    for number in range(500):
        one = RecordedRequest(
            n=journal.next_n(),
            method="POST",
            path=f"/v1/task/imageannotation/{number}",
            raw_query=f"limit={number}",
            headers={name: f"{value}{number}" for name, value in headers.items()},
            body=body,
            api_key=f"live_{number}",
            at_ms=1_772_442_904_120 + number,
            base="https://api.scale.com",
        )
        one.finish(200, body)
        journal.add(one)

    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (after - before) / 500 <= 2048


# -- searching --------------------------------------------------------------------------------


@pytest.fixture
def busy(journal):
    record(journal, "POST", "/v1/task/imageannotation")
    record(journal, "GET", "/v1/tasks/")
    record(journal, "GET", "/v1/batches/my%20cows%2F1/status")
    record(journal, "POST", "/v1/task/66f0/cancel")
    return journal


@pytest.mark.parametrize(
    ("method", "pattern", "found"),
    [
        ("POST", "/v1/task/imageannotation", [1]),
        ("post", "/v1/task/*", [1]),
        ("POST", "/v1/task/{task_type}", [1]),
        (None, "/v1/*/*", [1]),
        ("*", "/v1/tasks", [2]),
        ("GET", "/v1/tasks/", [2]),
        ("GET", "/v1/batches/*/status", [3]),
        ("GET", "/v1/batches/my%20cows%2F1/status", [3]),
        ("GET", "/v1/batches/my cows%2F1/status", [3]),
        ("POST", None, [1, 4]),
        (None, None, [1, 2, 3, 4]),
        ("GET", "/v1/task/*", []),
        ("POST", "/v1/*", []),
        ("POST", "/V1/task/*", []),
    ],
)
def test_calls_are_found_by_method_and_path_pattern(busy, method, pattern, found):
    assert [one.n for one in busy.to(method, pattern)] == found


@pytest.mark.parametrize(
    ("method", "pattern", "error", "why"),
    [
        ("POTS", "/v1/tasks", ValueError, 'no such method: "POTS".*nearest: POST'),
        ("/v1/tasks", "GET", ValueError, "the method comes first"),
        (7, "/v1/tasks", TypeError, "method is 7"),
        ("GET", "v1/tasks", ValueError, "does not begin with '/'"),
        ("GET", "*", ValueError, "does not begin with '/'"),
        ("GET", "", ValueError, "does not begin with '/'"),
        ("GET", "https://api.scale.com/v1/tasks", ValueError, "give the path alone"),
        ("GET", "/v1/tasks?limit=2", ValueError, "matched by query="),
        ("GET", "/v1/task/image*", ValueError, "stands for one whole segment"),
        ("GET", "/v1/**", ValueError, "stands for one whole segment"),
        ("GET", 7, TypeError, "path is 7"),
    ],
)
def test_a_pattern_that_cannot_be_meant_is_refused_with_what_is_right(
    busy, method, pattern, error, why
):
    with pytest.raises(error, match=why):
        busy.to(method, pattern)


SEGMENT = st.text(
    st.characters(blacklist_characters="/?*{}", blacklist_categories=("Cs",)), min_size=1
).filter(lambda text: "://" not in text and "%" not in text)


@given(st.lists(SEGMENT, min_size=1, max_size=4))
def test_a_path_matches_itself_and_its_stars_whatever_the_names_are(segments):
    from urllib.parse import quote

    journal = Journal()
    one = record(journal, "GET", "/" + "/".join(quote(segment, safe="") for segment in segments))

    assert journal.to("GET", "/" + "/".join(segments)) == [one]
    assert journal.to("GET", one.path + "/") == [one]
    assert journal.to("GET", "/*" * len(segments)) == [one]
    assert journal.to("GET", "/*" * (len(segments) + 1)) == []


def test_unread_parameters_are_listed_with_their_call_and_the_nearest_name(busy):
    busy[0].unread = [Unread("attachment_typ", "attachment_type"), Unread("colour")]
    busy[3].unread = [Unread("force")]

    first, *others = busy.unread

    assert (first.n, first.name, first.nearest) == (1, "attachment_typ", "attachment_type")
    assert [str(one) for one in others] == [
        "request 1 POST /v1/task/imageannotation: colour",
        "request 4 POST /v1/task/66f0/cancel: force",
    ]


def test_an_unread_parameter_equals_its_name(busy):
    busy[0].unread = [Unread("colour", "color")]
    busy[3].unread = [Unread("force"), Unread("colour")]

    first, second, third = busy.unread

    assert [first, second] == ["colour", "force"]
    assert "shape" not in busy.unread
    # Who equals the same name equals each other: only so a set holds what it shows.
    assert first == third
    assert len({first, second, third}) == 2


def test_a_name_that_looks_like_a_hint_is_read_as_the_name_that_it_is(busy):
    busy[0].unread = [Unread("foo (nearest: bar)", "foot")]

    (only,) = busy.unread

    assert (only.name, only.nearest) == ("foo (nearest: bar)", "foot")


# -- expecting --------------------------------------------------------------------------------


def test_expect_returns_the_matching_calls(journal):
    first = record(journal, body={"project": "cows"})
    record(journal, body={"project": "pigs"})
    third = record(journal, body={"project": "cows", "metadata": {"day": 3}})

    assert journal.expect("POST", "/v1/task/*", json={"project": "cows"}) == [first, third]


@pytest.mark.parametrize("times", [0, 1, 3])
def test_expect_fails_when_the_number_of_calls_is_another(journal, times):
    record(journal)
    record(journal)

    with pytest.raises(AssertionError, match="found 2 among 2 recorded requests"):
        journal.expect("POST", "/v1/task/imageannotation", times)


def test_expect_can_say_that_nothing_was_called(busy):
    assert busy.expect("DELETE", None, times=0) == []


@pytest.mark.parametrize("times", [-1, True, "2", 1.0])
def test_a_number_of_calls_that_cannot_be_meant_is_refused(journal, times):
    with pytest.raises(ValueError, match="expected a whole number from 0 on"):
        journal.expect("GET", "/v1/tasks", times=times)


BODY = {
    "project": "cows",
    "priority": 1,
    "flag": True,
    "note": None,
    "tags": ["a", "b"],
    "geometries": {"box": {"objects_to_annotate": ["cow", "calf"], "min_width": 5}},
}


@pytest.mark.parametrize(
    "expected",
    [
        {},
        {"project": "cows"},
        {"priority": 1.0},
        {"geometries": {"box": {"min_width": 5}}},
        {"tags": ["a", "b"]},
        {"tags": ("a", "b")},
        {"note": None},
        {"flag": True, "project": ...},
        {"geometries": {"box": {"objects_to_annotate": ["cow", ...]}}},
        ...,
        BODY,
    ],
    ids=repr,
)
def test_expected_json_is_a_deep_subset(journal, expected):
    one = record(journal, body=BODY)

    assert journal.expect("POST", None, json=expected) == [one]


@pytest.mark.parametrize(
    ("expected", "difference"),
    [
        ({"project": "cow"}, 'json.project: expected "cow", got "cows"'),
        ({"priority": "1"}, 'json.priority: expected "1", got 1'),
        ({"priority": True}, "json.priority: expected true, got 1"),
        ({"flag": 1}, "json.flag: expected 1, got true"),
        ({"projct": "cows"}, 'expected "cows", got nothing (nearest key: "project")'),
        ({"zzz": ...}, "expected anything, got nothing (keys there: project, priority, flag, "),
        ({"tags": ["a"]}, "json.tags: expected 1 item, got 2 items"),
        ({"tags": ["a", "c"]}, 'json.tags[1]: expected "c", got "b"'),
        ({"tags": {"a": 1}}, 'json.tags: expected {"a": 1}, got ["a", "b"]'),
        ({"note": ""}, 'json.note: expected "", got null'),
        ({"my key": 1}, 'json["my key"]: expected 1, got nothing'),
        ({"geometries": {"box": {"min_width": 6}}}, "json.geometries.box.min_width: expected 6"),
        (["cows"], 'json: expected ["cows"], got {'),
        (None, "json: expected null, got {"),
    ],
    ids=repr,
)
def test_a_json_difference_is_told_with_its_place(journal, expected, difference):
    record(journal, body=BODY)

    with pytest.raises(AssertionError) as told:
        journal.expect("POST", None, json=expected)

    assert difference in str(told.value)


def test_a_call_without_a_json_body_is_expected_with_none(journal):
    one = record(journal, "GET", "/v1/tasks")
    record(journal, "GET", "/v1/tasks", body={})

    assert journal.expect("GET", "/v1/tasks", json=None) == [one]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(document=JSON.filter(lambda value: value is not None), extra=st.text(min_size=1))
def test_every_document_contains_itself_and_survives_extra_keys(document, extra):
    journal = Journal()
    record(journal, body=document)
    record(journal, body={"inner": document, extra + "inner": 1})

    assert journal.expect("POST", None, json=document)[0].n == 1
    assert journal.expect("POST", None, json={"inner": document})[-1].n == 2


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"limit": 2},
        {"limit": "2"},
        {"tags": ["a", "b"]},
        {"detailed": True},
        {"detailed": ...},
        {"next_token": None},
        ...,
    ],
    ids=repr,
)
def test_expected_query_values_compare_as_strings(journal, query):
    one = record(journal, "GET", "/v1/tasks", query="limit=2&tags=a&tags=b&detailed=True&x=1")

    assert journal.expect("GET", None, query=query) == [one]


@pytest.mark.parametrize(
    ("query", "difference"),
    [
        ({"limit": 3}, 'query.limit: expected "3", got "2"'),
        ({"limt": 2}, 'query.limt: expected "2", got nothing (nearest: limit)'),
        ({"zzz": ...}, "query.zzz: expected any value, got nothing (given: limit, tags)"),
        ({"limit": None}, 'query.limit: expected it to be absent, got "2"'),
        ({"tags": "a"}, 'query.tags: expected "a", got ["a", "b"]'),
        ({"tags": ["b", "a"]}, 'query.tags: expected ["b", "a"], got ["a", "b"]'),
        ({"limit": ["2"]}, 'query.limit: expected ["2"], got "2"'),
        ({"limit": True}, 'query.limit: expected "true", got "2"'),
    ],
    ids=repr,
)
def test_a_query_difference_is_told_with_its_place(journal, query, difference):
    record(journal, "GET", "/v1/tasks", query="limit=2&tags=a&tags=b")

    with pytest.raises(AssertionError) as told:
        journal.expect("GET", None, query=query)

    assert difference in str(told.value)


def test_the_nearest_call_is_the_one_with_the_fewest_differences(journal):
    record(journal, body={"project": "pigs", "batch": "b2"})
    record(journal, body={"project": "cows", "batch": "b2"})
    record(journal, "GET", "/v1/tasks")

    with pytest.raises(AssertionError) as told:
        journal.expect("POST", "/v1/task/imageannotation", json={"project": "cows", "batch": "b1"})

    nearest = str(told.value).split("nearest:\n")[1]
    assert nearest.startswith("  request 2 POST")
    assert "GET" not in nearest


@pytest.mark.slow
def test_a_failed_expectation_ends_the_traceback_in_the_users_line(pytester):
    pytester.makepyfile(
        """
        from scaleapi_testing._journal.journal import Journal

        def test_something():
            Journal().expect("GET", "/v1/tasks")
        """
    )

    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")

    result.assert_outcomes(failed=1)
    assert not [line for line in result.outlines if line.startswith("scaleapi_testing")]
    assert "_journal/journal.py:" not in result.stdout.str()


# -- the bound in bytes -----------------------------------------------------------------------


def test_forty_uploads_of_2_mb_keep_no_more_than_the_bound(api, scale):
    content = b"\xff" * 2_000_000

    tracemalloc.start()
    answers = [api("POST", "/v1/files/upload", files={"file": ("a", content)}) for _ in range(40)]
    files = sum(file.as_dict()["size"] for file in scale.files)
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()

    assert {answer.status for answer in answers} == {200}
    assert len(scale.requests) == 40
    assert kept - files < 40 * 2**20


@pytest.mark.scale(journal_max_bytes=1_000_000)
def test_large_bodies_are_let_go_first_and_small_ones_stay(api, scale, categorization):
    api("POST", "/v1/task/categorization", categorization)
    api("POST", "/v1/files/upload", files={"file": ("a", b"x" * 600_000)})
    api("POST", "/v1/files/upload", files={"file": ("b", b"y" * 600_000)})

    first, cut, whole = scale.requests

    assert first.json == categorization
    assert b"x" * 600_000 not in cut.body
    assert b"y" * 600_000 in whole.body


@pytest.mark.scale(journal_max_bytes=2_000)
def test_a_cut_body_says_what_it_was_and_what_bounds_it(api, scale, categorization):
    body = categorization | {"metadata": {"x": "y" * 3000}}

    answer = api("POST", "/v1/task/categorization", body)

    (record,) = scale.requests
    assert answer.status == 200
    assert record.cut.length == len(json.dumps(body))
    assert record.body.startswith(b"<%d bytes, blake2b " % record.cut.length)
    assert b"journal_max_bytes= of FakeScale" in record.body
    with pytest.raises(
        LookupError, match=r"the body of request 1 is \d+ bytes, blake2b \w{32}: no"
    ):
        _ = record.json
    with pytest.raises(LookupError, match="the answer of request 1 is"):
        _ = record.response_json


@pytest.mark.scale(journal_max_bytes=2_000)
def test_an_expectation_of_a_cut_body_says_so(api, scale, categorization):
    api("POST", "/v1/task/categorization", categorization | {"metadata": {"x": "y" * 3000}})

    assert scale.requests.expect("POST", "/v1/task/*")
    with pytest.raises(AssertionError, match="journal_max_bytes="):
        scale.requests.expect("POST", "/v1/task/*", json={"attachment_type": "text"})


@pytest.mark.scale(journal_max_bytes=2_000)
def test_whoever_holds_a_record_or_a_snapshot_keeps_it_whole(api, scale, categorization):
    api("POST", "/v1/task/categorization", categorization)
    record, snapshot = scale.requests.last, scale.snapshot()

    api("POST", "/v1/task/categorization", categorization)
    scale.restore(snapshot)

    assert record.json == categorization
    assert scale.requests.last.json == categorization


@pytest.mark.scale(journal_max_bytes=2_000)
def test_a_cut_body_stays_cut_in_a_dump(api, scale, categorization, tmp_path):
    api("POST", "/v1/task/categorization", categorization | {"metadata": {"x": "y" * 3000}})

    scale.dump(tmp_path / "dump.json")
    loaded = type(scale).load(tmp_path / "dump.json")

    assert loaded.requests.last.cut == scale.requests.last.cut
    assert loaded.requests.last.body == scale.requests.last.body


def test_bodies_of_calls_that_left_are_counted_no_more():
    journal = Journal(max_entries=2, max_bytes=100)

    for _ in range(50):
        one = record(journal, body="x" * 30)
        journal.settle(one)

    assert [one.json for one in journal] == ["x" * 30] * 2


@pytest.mark.parametrize(
    ("given", "error", "told"),
    [
        ("32", TypeError, "journal_max_bytes is '32': expected a whole number of bytes"),
        (True, TypeError, "journal_max_bytes is True: expected a whole number of bytes"),
        (-1, ValueError, "journal_max_bytes is -1: expected 0 or more bytes"),
    ],
)
def test_a_bound_that_is_no_number_of_bytes_is_refused(given, error, told):
    from scaleapi_testing import FakeScale

    with pytest.raises(error, match=told):
        FakeScale(journal_max_bytes=given)


# -- the status that came back ----------------------------------------------------------------


def test_an_expectation_can_name_the_status(api, scale, categorization):
    api("POST", "/v1/task/categorization", categorization)
    api("POST", "/v1/task/categorization", {})

    (refused,) = scale.requests.expect("POST", "/v1/task/*", status=400)

    assert refused.n == 2
    with pytest.raises(AssertionError) as error:
        scale.requests.expect("POST", "/v1/task/*", status=409)
    assert (
        str(error.value)
        .splitlines()[0]
        .startswith("expected at least one call of POST /v1/task/* answered 409, found none")
    )
    assert "status: expected 409, got 400" in str(error.value)


def test_a_call_without_an_answer_has_the_status_none(journal):
    lost = record(journal, status=0)
    record(journal)

    assert journal.expect("POST", status=None) == [lost]


@pytest.mark.parametrize("status", ["200", True, 99, 600, 200.0])
def test_a_status_that_is_none_is_refused(journal, status):
    with pytest.raises(ValueError, match="expected an HTTP status such as 200 or 409"):
        journal.expect("POST", status=status)


def test_the_lowest_status_of_http_can_be_expected(journal):
    one = record(journal, status=100)

    assert journal.expect("POST", None, status=100) == [one]


def test_a_journal_may_keep_a_single_call_and_no_byte_of_a_body():
    journal = Journal(max_entries=1, max_bytes=0)
    record(journal)
    last = record(journal)

    assert list(journal) == [last]


def test_the_nearest_call_has_the_expected_method_before_all_else(journal):
    other = record(journal, "GET", "/v1/batches")
    meant = record(journal, "DELETE", "/v1/batches/w10/tasks")
    pattern = RequestPattern.parse("DELETE", "/v1/batches")

    assert journal.nearest(pattern, 2) == [other, meant]
    assert journal.nearest(RequestPattern.parse("DELETE", "/v1/batches/w10"), 1) == [meant]


def test_a_call_of_which_nothing_is_known_but_its_path_sent_and_got_nothing():
    one = RecordedRequest(1, "GET", "/v1/tasks")
    one.finish(204)

    assert (one.raw_query, one.body, one.response_body) == ("", b"", b"")


# -- texts and states -------------------------------------------------------------------------


def test_a_running_call_has_come_and_nothing_more():
    one = RecordedRequest(1, "GET", "/v1/tasks")

    assert (one.at_ms, one.broken, one.response_body, one.held) == (0, "", b"", 0)
    assert (one.status, one.api_key, one.own, one.sent_headers()) == (None, None, 0, {})


def test_what_was_noticed_while_a_call_ran_stays_when_it_has_ended():
    one = RecordedRequest(1, "GET", "/v1/tasks")
    one.notices.append("the path has a slash too many")
    one.unread.append(Unread("colour", "color"))

    one.finish(200)

    assert one.notices == ["the path has a slash too many"]
    assert [entry.name for entry in one.unread] == ["colour"]


@pytest.mark.parametrize(("status", "told"), [(399, ""), (400, ": no"), (500, ": no")])
def test_the_text_of_a_call_gives_the_error_of_a_refusal_alone(journal, status, told):
    one = record(journal, "GET", "/v1/tasks", status=status, answer=b'{"error":"no"}')

    assert str(one) == f"request 1 GET /v1/tasks {status}{told}"


@pytest.mark.parametrize(("length", "told"), [(100, "e" * 100), (101, "e" * 99 + "…")])
def test_an_error_is_told_in_at_most_a_hundred_characters(journal, length, told):
    answer = json.dumps({"error": "e" * length}).encode()

    one = record(journal, "GET", "/v1/tasks", status=400, answer=answer)

    assert str(one) == f"request 1 GET /v1/tasks 400: {told}"


@pytest.mark.parametrize(("length", "cut"), [(120, ""), (121, "…")])
def test_a_path_is_told_in_at_most_120_characters(journal, length, cut):
    path = "/" + "p" * (length - 1)
    shown = path if not cut else path[:119] + cut
    one = record(journal, "GET", path)
    one.unread = [Unread("colour")]

    assert str(one) == f"request 1 GET {shown} 200"
    assert str(journal.unread[0]) == f"request 1 GET {shown}: colour"
    with pytest.raises(AssertionError) as told:
        journal.expect("GET", "/v1/tasks")
    assert f"    path: expected /v1/tasks, got {shown}\n" in f"{told.value}\n"


def test_what_is_expected_is_told_in_at_most_two_hundred_characters_each(journal):
    record(journal, "GET", "/v1/tasks")
    long = {"x": "y" * 200}

    with pytest.raises(AssertionError) as told:
        journal.expect("GET", "/v1/tasks", query=long, json=long)

    shown = json.dumps(long)[:199] + "…"
    first = str(told.value).splitlines()[0]
    assert first.startswith(f"expected at least one call of GET /v1/tasks with query {shown} ")
    assert f" and json {shown}, found none" in first


def test_a_body_that_was_let_go_is_told_whole():
    journal = Journal(max_bytes=0)
    journal.settle(record(journal, body={"a": 1}))

    with pytest.raises(LookupError) as told:
        _ = journal.last.json

    cut = journal.last.cut
    assert str(told.value) == (
        f"the body of request 1 is 8 bytes, blake2b {cut.digest}: no longer kept, since all bodies "
        "together are bounded by journal_max_bytes= of FakeScale"
    )


def test_how_a_call_was_broken_comes_back_from_its_state():
    one = RecordedRequest(1, "GET", "/v1/tasks")
    one.finish(0, b"", None, "read_timeout")

    back = RecordedRequest.from_state(one.to_state(), "live_key")

    assert (back.status, back.broken, back.outcome) == (None, "read_timeout", "read timeout")
    assert back.api_key == "live_key"


@pytest.mark.parametrize("damaged", ["QUJD!", "*"])
def test_a_damaged_body_in_a_state_is_refused(damaged):
    state = RecordedRequest(1, "GET", "/v1/tasks", body=b"\xff").to_state()

    with pytest.raises(ValueError, match=r"base64|padding"):
        RecordedRequest.from_state(state | {"body": {"base64": damaged}})


def test_bodies_of_a_restored_journal_are_bounded_as_before():
    journal = Journal(max_bytes=100)
    for _ in range(3):
        journal.settle(record(journal, body="x" * 20))
    restored = Journal(max_bytes=100)

    restored.restore(journal.snapshot())
    restored.settle(record(restored, body="y" * 30))

    assert [one.cut is not None for one in restored] == [True, False, False, False]


def test_a_journal_forgets_the_bodies_of_calls_that_a_restore_takes_back():
    journal = Journal(max_bytes=100)
    first, second = (record(journal, body="x" * 20) for _ in range(2))
    journal.settle(first)
    journal.settle(second)
    state = journal.snapshot()
    journal.settle(record(journal, body="y" * 20))

    journal.restore(state)
    journal.settle(record(journal, body="z" * 28))

    assert [one.cut for one in journal] == [None, None, None]


def test_of_calls_that_are_as_near_the_newest_comes_first_whatever_they_carry(journal):
    bare = record(journal, "GET", "/v1/tasks", query="limit=2")
    full = record(journal, "GET", "/v1/tasks", body={"a": 1})

    assert journal.nearest(RequestPattern.parse("GET", "/v1/tasks"), 2) == [full, bare]


def test_the_nearest_of_the_others_stand_behind_the_calls_that_match(journal):
    record(journal, body={"a": 1})
    record(journal, body={"a": 2})

    with pytest.raises(AssertionError) as told:
        journal.expect("POST", "/v1/task/imageannotation", times=2, json={"a": 1})

    assert str(told.value).splitlines() == [
        (
            "expected 2 calls of POST /v1/task/imageannotation with json "
            '{"a": 1}, found 1 among 2 recorded requests.'
        ),
        "these match:",
        "  request 1 POST /v1/task/imageannotation 200",
        "nearest of the others:",
        "  request 2 POST /v1/task/imageannotation 200",
        "    json.a: expected 1, got 2",
    ]


def test_a_call_that_was_to_get_no_answer_and_got_one_is_told(journal):
    record(journal, "GET", "/v1/tasks")

    with pytest.raises(AssertionError) as told:
        journal.expect("GET", "/v1/tasks", status=None)

    first, *_, last = str(told.value).splitlines()
    assert first.startswith("expected at least one call of GET /v1/tasks answered nothing, found ")
    assert last == "    status: expected nothing, got 200"
