"""Which faults can be asked for, which calls they strike, and when they are spent."""

from __future__ import annotations

import json
import threading
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaleapi_testing._faults.faults import Faults
from scaleapi_testing._http.routing import Endpoint, Router
from scaleapi_testing._journal.journal import Journal, RecordedRequest
from scaleapi_testing._provenance import assumed

NOW = 1_772_442_904_120
PATHS = (
    ("GET", "/v1/tasks"),
    ("GET", "/v1/task/{task_id}"),
    ("POST", "/v1/task/{type}"),
    ("POST", "/v1/task/{task_id}/cancel"),
    ("GET", "/v1/batches/{batch_name}"),
)


def routes():
    return Router(
        tuple(
            Endpoint(method, path, assumed("a route for the test"), lambda call: None)
            for method, path in PATHS
        )
    )


@pytest.fixture
def faults():
    return Faults(routes())


def call(method="GET", path="/v1/tasks", key="live_fake", n=1):
    return RecordedRequest(n, method, path, api_key=key, at_ms=NOW)


def strike(faults, *arguments, now=NOW, **more):
    return faults.strike(call(*arguments, **more), now)


# -- striking ---------------------------------------------------------------------------------


def test_without_a_fault_nothing_strikes(faults):
    assert strike(faults) is None


def test_a_fault_strikes_as_often_as_it_was_asked_for(faults):
    fault = faults.add(status=503, times=2)

    struck = [strike(faults) for _ in range(4)]

    assert [one is not None for one in struck] == [True, True, False, False]
    assert (fault.hits, fault.remaining) == (2, 0)


def test_a_fault_without_times_strikes_until_it_is_removed(faults):
    fault = faults.add(status=503)

    before = [strike(faults) for _ in range(3)]
    fault.remove()
    after = strike(faults)

    assert all(before)
    assert after is None
    assert (fault.hits, fault.remaining) == (3, None)


def test_removing_a_fault_twice_does_nothing(faults):
    fault = faults.add(status=503)

    fault.remove()
    fault.remove()

    assert list(faults) == []


def test_a_strike_tells_what_was_asked_for(faults):
    fault = faults.add(
        status=429,
        retry_after=30,
        after_commit=True,
        latency=timedelta(seconds=1.5),
        message="slow",
    )

    struck = strike(faults)

    assert (struck.fault, struck.kind, struck.status, struck.retry_after) == (
        fault,
        "status",
        429,
        30,
    )
    assert (struck.after_commit, struck.latency_ms, struck.message) == (True, 1500, "slow")


@pytest.mark.parametrize(
    "kind", ["disconnect", "timeout", "connect_timeout", "truncate", "garbage"]
)
def test_a_strike_has_the_kind_that_was_asked_for(faults, kind):
    faults.add(**{kind: True})

    struck = strike(faults)

    assert (struck.kind, struck.status, struck.latency_ms) == (kind, None, 0)


def test_a_latency_alone_only_delays(faults):
    faults.add(latency=timedelta(milliseconds=3))

    struck = strike(faults)

    assert (struck.kind, struck.latency_ms, struck.after_commit) == ("latency", 3, False)


@pytest.mark.parametrize(
    ("arguments", "committed"),
    [
        ({"status": 503}, False),
        ({"status": 503, "after_commit": True}, True),
        ({"disconnect": True, "after_commit": True}, True),
        ({"timeout": True, "after_commit": True}, True),
        ({"connect_timeout": True}, False),
        ({"truncate": True}, True),
        ({"garbage": True}, True),
    ],
)
def test_truncate_and_garbage_spoil_a_committed_reply_and_others_only_on_request(
    faults, arguments, committed
):
    faults.add(**arguments)

    assert strike(faults).after_commit is committed


def test_the_first_added_fault_that_is_unspent_strikes_alone(faults):
    first = faults.add(status=500, times=1)
    second = faults.add(status=502, times=1)
    third = faults.add(status=504, path="/v1/tasks", times=1)

    struck = [strike(faults).fault for _ in range(3)]

    assert struck == [first, second, third]
    assert strike(faults) is None


@pytest.mark.parametrize(
    ("narrowed", "struck"),
    [
        ({}, [True, True, True, True]),
        ({"method": "POST"}, [False, False, True, True]),
        ({"method": "get"}, [True, True, False, False]),
        ({"path": "/v1/task/*"}, [False, True, True, False]),
        ({"path": "/v1/task/{type}"}, [False, True, True, False]),
        ({"method": "POST", "path": "/v1/task/*"}, [False, False, True, False]),
        ({"path": "/v1/task/66f0/cancel"}, [False, False, False, True]),
        ({"when": lambda request: "tasks" in request.path}, [True, False, False, False]),
    ],
    ids=["all", "verb", "small_verb", "star", "name", "verb_and_star", "literal", "when"],
)
def test_a_fault_strikes_only_the_calls_it_is_narrowed_to(faults, narrowed, struck):
    faults.add(status=503, **narrowed)

    calls = [
        ("GET", "/v1/tasks/"),
        ("GET", "/v1/task/66f0"),
        ("POST", "/v1/task/imageannotation"),
        ("POST", "/v1/task/66f0/cancel"),
    ]
    assert [strike(faults, *one) is not None for one in calls] == struck


def test_a_name_with_a_slash_is_one_segment(faults):
    faults.add(status=503, path="/v1/batches/*")

    assert strike(faults, "GET", "/v1/batches/my%20cows%2F1") is not None


def test_a_call_that_when_lets_pass_is_no_hit(faults):
    fault = faults.add(status=503, times=1, when=lambda request: request.n == 2)

    struck = [strike(faults, n=n) is not None for n in (1, 2, 3)]

    assert struck == [False, True, False]
    assert fault.remaining == 0


def test_what_when_raises_comes_out_of_the_call(faults):
    faults.add(status=503, when=lambda request: request.json["project"] == "cows")

    with pytest.raises(TypeError):
        strike(faults)


def test_when_may_call_the_fake_in_turn_from_another_thread(faults):
    inner = []

    def when(request):
        thread = threading.Thread(target=lambda: inner.append(strike(faults, "POST", n=2)))
        thread.start()
        thread.join(5)
        return True

    faults.add(status=503, method="GET", when=when)

    assert strike(faults) is not None
    assert inner == [None]


def test_a_fault_that_when_removes_does_not_strike(faults):
    fault = faults.add(status=503, when=lambda request: fault.remove() or True)

    assert strike(faults) is None
    assert fault.hits == 0


def test_many_threads_spend_a_fault_exactly_once_each(faults):
    fault = faults.add(status=503, times=100)
    struck = []

    def work():
        struck.extend(strike(faults) is not None for _ in range(50))

    threads = [threading.Thread(target=work) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert Counter(struck) == {True: 100, False: 300}
    assert fault.hits == 100


@given(
    asked=st.lists(
        st.tuples(st.sampled_from(["GET", "POST", None]), st.integers(1, 3)), max_size=5
    ),
    calls=st.lists(st.sampled_from(["GET", "POST"]), max_size=15),
)
def test_calls_spend_the_faults_in_the_order_in_which_they_were_added(asked, calls):
    faults = Faults(routes())
    added = [faults.add(status=503, method=method, times=times) for method, times in asked]
    struck = [strike(faults, method) for method in calls]

    assert [one and added.index(one.fault) for one in struck] == spent_in_order(asked, calls)


def spent_in_order(asked, calls):
    """Which fault strikes each call, said in another way: every fault is a heap of tokens."""
    tokens = [(i, method) for i, (method, times) in enumerate(asked) for _ in range(times)]
    struck = []
    for method in calls:
        token = next((one for one in tokens if one[1] in {None, method}), None)
        struck.append(None if token is None else token[0])
        tokens = [one for j, one in enumerate(tokens) if token is None or j != tokens.index(token)]
    return struck


# -- outage and rate limit --------------------------------------------------------------------


def test_in_an_outage_everything_is_a_503(faults):
    with faults.outage() as fault:
        inside = [strike(faults), strike(faults, "POST", "/v1/nowhere", key=None)]

    assert [(one.status, one.kind, one.after_commit) for one in inside] == [
        (503, "status", False)
    ] * 2
    assert strike(faults) is None
    assert fault.hits == 2


def test_an_outage_ends_also_when_its_block_raises(faults):
    with pytest.raises(KeyError), faults.outage():
        raise KeyError

    assert strike(faults) is None


def test_an_outage_without_a_block_lasts_until_it_is_removed(faults):
    outage = faults.outage()

    inside = strike(faults)
    outage.remove()

    assert inside.status == 503
    assert strike(faults) is None


def test_an_outage_goes_before_the_faults_that_were_added_before_it(faults):
    waiting = faults.add(latency=timedelta(seconds=1))

    with faults.outage() as outage:
        struck = strike(faults)

    assert (struck.fault, waiting.hits) == (outage, 0)


MINUTE = timedelta(minutes=1)


def at(seconds):
    return NOW + round(seconds * 1000)


def test_calls_beyond_the_share_of_a_key_get_429_until_its_window_ends(faults):
    fault = faults.rate_limit(requests=2, per=MINUTE)

    struck = [strike(faults, now=at(s)) for s in (0, 10, 20, 59.999, 60, 61, 62)]

    assert [one and (one.status, one.retry_after) for one in struck] == [
        None,
        None,
        (429, 40),
        (429, 1),
        None,
        None,
        (429, 58),
    ]
    assert (fault.hits, fault.remaining) == (3, None)


def test_a_window_begins_with_the_first_call_after_the_last_one_ended(faults):
    faults.rate_limit(requests=1, per=MINUTE)

    struck = [strike(faults, now=at(s)) for s in (0, 90, 149)]

    assert [one and one.retry_after for one in struck] == [None, None, 1]


def test_each_key_has_a_window_of_its_own(faults):
    faults.rate_limit(requests=1, per=MINUTE)

    struck = [strike(faults, key=key) is not None for key in ("a", "b", "a", "b")]

    assert struck == [False, False, True, True]


def test_calls_without_a_key_are_not_limited(faults):
    faults.rate_limit(requests=1, per=MINUTE)

    assert [strike(faults, key=None) for _ in range(3)] == [None, None, None]


def test_a_call_that_another_fault_strikes_counts_too(faults):
    faults.add(status=500, times=1)
    faults.rate_limit(requests=1, per=MINUTE)

    assert [strike(faults).status for _ in range(2)] == [500, 429]


def test_a_call_within_the_limit_is_left_to_the_next_fault(faults):
    faults.rate_limit(requests=1, per=MINUTE)
    faults.add(status=500)

    assert [strike(faults).status for _ in range(2)] == [500, 429]


@given(
    gaps=st.lists(st.integers(0, 20_000), min_size=1, max_size=40),
    requests=st.integers(1, 5),
    per_ms=st.integers(1, 60_000),
)
def test_waiting_as_long_as_retry_after_says_always_lets_the_call_in(gaps, requests, per_ms):
    faults = Faults(routes())
    faults.rate_limit(requests=requests, per=timedelta(milliseconds=per_ms))
    now = NOW
    let_in = []

    for gap in gaps:
        now += gap
        struck = strike(faults, now=now)
        if struck is not None:
            now += struck.retry_after * 1000
            assert strike(faults, now=now) is None
        let_in.append(now)

    assert all(
        later - earlier >= per_ms
        for earlier, later in zip(let_in, let_in[2 * requests :], strict=False)
    )


@pytest.mark.parametrize(
    ("arguments", "error", "why"),
    [
        ({"requests": 0, "per": MINUTE}, ValueError, "requests is 0: expected 1 or more"),
        ({"requests": 1.5, "per": MINUTE}, TypeError, "requests is 1.5: expected a whole number"),
        ({"requests": True, "per": MINUTE}, TypeError, "requests is True"),
        ({"requests": 1, "per": 60}, TypeError, "per is 60: expected a timedelta"),
        ({"requests": 1, "per": timedelta(0)}, ValueError, "per is 0:00:00: expected at least"),
        ({"requests": 1, "per": -MINUTE}, ValueError, "expected at least a millisecond"),
    ],
)
def test_a_rate_limit_that_means_nothing_is_refused(faults, arguments, error, why):
    with pytest.raises(error, match=why):
        faults.rate_limit(**arguments)


# -- asking -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "error", "why"),
    [
        ({}, ValueError, "nothing is asked for: give status="),
        ({"times": 2, "optional": True}, ValueError, "nothing is asked for"),
        ({"status": 200}, ValueError, "status=200 is no error: expected 400 to 599"),
        ({"status": 399}, ValueError, "status=399 is no error"),
        ({"status": 600}, ValueError, "status=600 is no error"),
        ({"status": "503"}, TypeError, "status is '503': expected a whole number"),
        ({"status": True}, TypeError, "status is True: expected a whole number"),
        ({"status": 503, "disconnect": True}, ValueError, "status and disconnect exclude"),
        ({"timeout": True, "connect_timeout": True}, ValueError, "timeout and connect_timeout"),
        ({"truncate": True, "garbage": True}, ValueError, "truncate and garbage exclude"),
        ({"truncate": True, "disconnect": True}, ValueError, "disconnect and truncate exclude"),
        ({"connect_timeout": True, "after_commit": True}, ValueError, "never connected cannot"),
        ({"latency": timedelta(1), "timeout": True}, ValueError, "latency with a timeout"),
        ({"latency": timedelta(1), "connect_timeout": True}, ValueError, "latency with a timeout"),
        ({"latency": 3}, TypeError, "latency is 3: expected a timedelta"),
        ({"latency": timedelta(0)}, ValueError, "latency is 0:00:00: expected at least"),
        (
            {"latency": timedelta(365_000, milliseconds=1)},
            ValueError,
            r"latency is 365000 days, 0:00:00.001000: expected at most 365000 days",
        ),
        ({"latency": timedelta(-1)}, ValueError, "latency is -1 day, 0:00:00: expected at least"),
        ({"retry_after": 30}, ValueError, "retry_after needs the status"),
        ({"status": 429, "retry_after": 10**12}, ValueError, "expected at most 365000 days"),
        ({"retry_after": 30, "disconnect": True}, ValueError, "retry_after needs the status"),
        ({"retry_after": 30, "status": 404}, ValueError, "retry_after with status=404"),
        ({"retry_after": -1, "status": 429}, ValueError, "retry_after=-1: expected seconds"),
        ({"retry_after": 1.5, "status": 429}, TypeError, "retry_after is 1.5: expected a whole"),
        ({"message": "no", "timeout": True}, ValueError, "message needs the status"),
        ({"message": 7, "status": 503}, TypeError, "message is 7: expected a string"),
        ({"status": 503, "times": 0}, ValueError, "times=0: expected 1 or more"),
        ({"status": 503, "times": -2}, ValueError, "times=-2: expected 1 or more"),
        ({"status": 503, "times": 1.0}, TypeError, "times is 1.0: expected a whole number"),
        ({"disconnect": "yes"}, TypeError, "disconnect is 'yes': expected True or False"),
        ({"status": 503, "optional": None}, TypeError, "optional is None: expected True"),
        ({"status": 503, "when": True}, TypeError, "when is True: expected a callable"),
        ({"status": 503, "method": "FETCH"}, ValueError, 'no such method: "FETCH"'),
        ({"status": 503, "path": "v1/tasks"}, ValueError, "does not begin with '/'"),
        ({"status": 503, "path": "/v1/task/im*"}, ValueError, "stands for one whole segment"),
    ],
    ids=repr,
)
def test_a_fault_that_means_nothing_is_refused_at_once(faults, arguments, error, why):
    with pytest.raises(error, match=why):
        faults.add(**arguments)

    assert len(faults) == 0


def test_the_longest_latency_that_the_clock_knows_is_accepted(faults):
    assert faults.add(latency=timedelta(365_000)).latency == timedelta(365_000)


def test_a_number_too_long_to_be_written_is_refused_in_words(faults):
    with pytest.raises(ValueError, match="status=<int> is no error"):
        faults.add(status=10**5000)
    with pytest.raises(ValueError, match="retry_after=<int>: expected at most 365000 days"):
        faults.add(status=429, retry_after=10**5000)


def test_an_unknown_argument_is_refused_by_its_name(faults):
    with pytest.raises(TypeError, match="staus"):
        faults.add(staus=503)


def test_all_that_is_wrong_with_a_fault_is_told_in_one_message(faults):
    with pytest.raises(ValueError, match=r"status=200 .*; times=0: .*; status and timeout "):
        faults.add(status=200, times=0, timeout=True)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1/task/*/cancel"), ("DELETE", "/v1/tasks"), (None, "/v1/taskz"), (None, "/v9/*")],
)
def test_a_fault_that_no_route_answers_is_refused_naming_near_routes(faults, method, path):
    with pytest.raises(ValueError, match=r"no route answers .*nearest: (GET|POST) /v1/"):
        faults.add(status=503, method=method, path=path)


def test_a_path_without_its_version_is_told_the_route_that_was_meant(scale):
    with pytest.raises(ValueError, match=r"nearest: POST /v1/task/\{\w+\}"):
        scale.faults.add(status=503, method="POST", path="/task/*")


@pytest.mark.parametrize("method", ["PATCH", "HEAD", "PUT"])
def test_a_fault_on_a_method_that_no_route_has_is_refused_naming_those_there_are(faults, method):
    with pytest.raises(ValueError, match=rf"no route answers any {method}, .*answer GET, POST$"):
        faults.add(status=503, method=method)

    assert len(faults) == 0


@pytest.mark.parametrize(
    "arguments",
    [
        {"status": 400},
        {"status": 599},
        {"status": 503, "latency": timedelta(seconds=3), "after_commit": True},
        {"disconnect": True, "latency": timedelta(seconds=3)},
        {"truncate": True, "latency": timedelta(seconds=3)},
        {"truncate": True, "after_commit": True},
        {"status": 429, "retry_after": 0},
        {"status": 503, "retry_after": 5},
        {"status": 500, "message": "The task was already completed and cannot be canceled."},
    ],
    ids=repr,
)
def test_a_combination_that_means_something_is_accepted(faults, arguments):
    fault = faults.add(**arguments)

    assert {name: getattr(fault, name) for name in arguments} == arguments


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"status": 503, "times": 2}, "<Fault 503 on any call hits=0 remaining=2>"),
        ({"status": 503, "method": "POST"}, "<Fault 503 on any POST hits=0>"),
        (
            {"status": 429, "retry_after": 30, "method": "POST", "path": "/v1/task/*", "times": 1},
            "<Fault 429 retry_after=30 on POST /v1/task/* hits=0 remaining=1>",
        ),
        (
            {"disconnect": True, "after_commit": True, "path": "/v1/tasks"},
            "<Fault disconnect after commit on /v1/tasks hits=0>",
        ),
        ({"connect_timeout": True}, "<Fault connect timeout on any call hits=0>"),
        ({"latency": timedelta(seconds=3)}, "<Fault latency 3 s on any call hits=0>"),
        (
            {"status": 503, "latency": timedelta(seconds=0.5), "optional": True, "times": 1},
            "<Fault 503 latency 0.5 s on any call hits=0 remaining=1 optional>",
        ),
        ({"garbage": True, "when": callable}, "<Fault garbage on any call when=... hits=0>"),
    ],
)
def test_the_repr_of_a_fault_says_what_it_does_to_which_calls(faults, arguments, text):
    assert repr(faults.add(**arguments)) == text


def test_the_repr_of_a_limit_and_an_outage_says_what_they_are(faults):
    assert repr(faults.rate_limit(requests=100, per=MINUTE)) == (
        "<Fault rate limit 100 per 60 s on any call hits=0>"
    )
    assert repr(faults.outage()) == "<Fault outage on any call hits=0>"


def test_the_faults_are_listed_in_the_order_they_were_added(faults):
    added = [faults.add(status=503), faults.outage(), faults.rate_limit(requests=1, per=MINUTE)]

    assert list(faults) == added
    assert len(faults) == 3
    assert repr(faults).startswith("<Faults <Fault 503 on any call hits=0>, <Fault outage ")


def test_clear_removes_all_faults(faults):
    faults.add(status=503)
    faults.outage()

    faults.clear()

    assert (list(faults), strike(faults), repr(faults)) == ([], None, "<Faults none>")


# -- what is left -----------------------------------------------------------------------------


def test_a_fault_with_times_is_unspent_until_it_has_struck_so_often(faults):
    fault = faults.add(status=503, times=2)

    strike(faults)
    halfway = faults.unspent()
    strike(faults)

    assert (halfway, faults.unspent()) == ([fault], [])


def test_faults_without_times_and_optional_ones_are_never_unspent(faults):
    faults.add(status=503, path="/v1/batches/*")
    faults.add(status=503, times=3, optional=True)
    faults.outage()
    faults.rate_limit(requests=1, per=MINUTE)

    assert faults.unspent() == []


def test_a_removed_fault_is_not_unspent(faults):
    faults.add(status=503, times=3).remove()

    assert faults.unspent() == []
    assert faults.describe_unspent(Journal()) == ""


# -- state as a value -------------------------------------------------------------------------


def test_a_fault_is_the_same_object_after_going_back_to_a_snapshot(faults):
    fault = faults.add(status=503, times=2)
    strike(faults)
    state = faults.snapshot()
    strike(faults)
    faults.clear()

    faults.restore(state)

    assert list(faults) == [fault]
    assert (fault.hits, fault.remaining) == (1, 1)


def test_the_windows_of_a_rate_limit_go_back_to_a_snapshot(faults):
    faults.rate_limit(requests=1, per=MINUTE)
    state = faults.snapshot()
    strike(faults)

    faults.restore(state)

    assert strike(faults) is None
    assert strike(faults) is not None


def test_a_snapshot_in_another_fake_is_a_copy(faults):
    fault = faults.add(status=503, times=2, when=lambda request: True)
    limit = faults.rate_limit(requests=1, per=MINUTE)
    outage = faults.outage()
    outage.remove()
    other = Faults(routes())

    other.restore(faults.snapshot())
    struck = strike(other)

    assert [repr(one) for one in other] == [
        "<Fault 503 on any call when=... hits=1 remaining=1>",
        "<Fault rate limit 1 per 60 s on any call hits=0>",
    ]
    assert struck.fault is not fault
    assert (fault.hits, limit.hits) == (0, 0)


def test_an_outage_in_another_fake_is_a_copy(faults):
    other = Faults(routes())
    with faults.outage():
        other.restore(faults.snapshot())

    assert strike(faults) is None
    assert strike(other).status == 503


def test_faults_come_back_from_their_state_as_json(faults):
    faults.add(status=429, retry_after=30, method="POST", path="/v1/task/*", times=3, message="no")
    faults.add(disconnect=True, after_commit=True, optional=True, latency=timedelta(seconds=2))
    faults.rate_limit(requests=2, per=MINUTE)
    faults.outage().remove()
    faults.outage()
    [strike(faults, "POST", "/v1/task/66f0", key="live_secret_key") for _ in range(2)]
    other = Faults(routes())

    state = json.loads(json.dumps(faults.to_state()))
    other.from_state(state)

    assert "live_secret_key" not in json.dumps(state)
    assert [repr(one) for one in other] == [repr(one) for one in faults]
    assert other.to_state() == faults.to_state()
    list(other)[-1].remove()
    assert strike(other, "GET", "/v1/tasks", key="live_secret_key").kind == "disconnect"


def test_a_fault_with_a_callable_cannot_be_written_to_a_file(faults):
    faults.add(status=503, when=callable)

    with pytest.raises(ValueError, match=r"<Fault 503 .*> cannot be written to a file: its when="):
        faults.to_state()


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"hits": 0},
        {"add": {"status": 200}, "hits": 0},
        {"add": {"statu": 503}, "hits": 0},
        {"add": {"status": "503"}, "hits": 0},
        {"add": {"status": 503, "path": "v1"}, "hits": 0},
        {"rate_limit": {"requests": 0, "per_ms": 1, "windows": {}}, "hits": 0},
        {"outage": True},
    ],
    ids=repr,
)
def test_a_state_that_is_none_is_refused_and_changes_nothing(faults, entry):
    kept = faults.add(status=503)

    with pytest.raises((KeyError, TypeError, ValueError)):
        faults.from_state([*faults.to_state(), entry])

    assert list(faults) == [kept]


def test_faults_say_that_they_come_from_the_package(faults):
    assert {type(one).__module__ for one in (faults.add(status=503), faults.outage())} == {
        "scaleapi_testing"
    }


def test_a_rate_limit_is_a_fault_with_the_status_429(faults):
    assert faults.rate_limit(requests=3, per=timedelta(minutes=1)).status == 429


# -- what others ask about them ---------------------------------------------------------------


def test_faults_are_counted_from_one_in_the_order_in_which_they_were_added(faults):
    first = faults.add(status=503)
    faults.clear()

    assert [first.number, faults.outage().number, faults.add(status=500).number] == [1, 2, 3]


def test_counting_goes_on_behind_what_came_with_a_snapshot_or_a_file(faults):
    for _ in range(3):
        faults.add(status=503)
    restored, loaded = Faults(routes()), Faults(routes())

    restored.restore(faults.snapshot())
    loaded.from_state(faults.to_state())

    assert [fault.number for fault in restored] == [fault.number for fault in loaded] == [1, 2, 3]
    assert restored.add(status=503).number == loaded.add(status=503).number == 4


@pytest.mark.parametrize(
    "add",
    [
        lambda faults: faults.add(status=503),
        lambda faults: faults.outage(),
        lambda faults: faults.rate_limit(requests=1, per=MINUTE),
    ],
)
def test_a_fault_that_came_with_a_snapshot_or_a_file_can_be_removed(faults, add):
    add(faults)
    other = Faults(routes())
    other.restore(faults.snapshot())

    loaded = Faults(routes())
    loaded.from_state(faults.to_state())

    next(iter(other)).remove()
    next(iter(loaded)).remove()

    assert (len(other), len(loaded), len(faults)) == (0, 0, 1)


def test_the_state_of_faults_is_json_that_names_what_was_given(faults):
    faults.add(status=429, retry_after=30, method="post", path="/v1/task/*", times=3)
    faults.add(latency=timedelta(seconds=2), optional=True)
    faults.rate_limit(requests=2, per=timedelta(seconds=1.5))
    faults.outage()
    narrowed = {"method": "POST", "path": "/v1/task/*", "times": 3}

    state = faults.to_state()

    # As text, for 1500.0 equals 1500.
    assert json.dumps(state, sort_keys=True) == json.dumps(
        [
            {"add": {"status": 429, "retry_after": 30, **narrowed}, "hits": 0, "number": 1},
            {"add": {"latency": 2000, "optional": True}, "hits": 0, "number": 2},
            {"rate_limit": {"requests": 2, "per_ms": 1500, "windows": {}}, "hits": 0, "number": 3},
            {"outage": True, "hits": 0, "number": 4},
        ],
        sort_keys=True,
    )


def test_a_fault_of_a_file_without_numbers_has_none(faults):
    faults.add(status=503)
    (entry,) = faults.to_state()
    del entry["number"]

    faults.from_state([entry])

    assert [fault.number for fault in faults] == [0]


def test_a_call_is_touched_by_a_fault_that_would_strike_it_and_by_a_limit_that_counts_it(faults):
    fault = faults.add(status=503, method="POST", times=1)
    assert not faults.touched_by(call("GET"))
    assert faults.touched_by(call("POST", "/v1/projects"))
    assert fault.hits == 0
    strike(faults, "POST", "/v1/projects")
    assert not faults.touched_by(call("POST", "/v1/projects"))


def test_a_call_is_touched_by_a_limit_when_it_has_a_key_that_counts(faults):
    faults.rate_limit(requests=5, per=MINUTE)

    assert faults.touched_by(call("GET"))
    assert not faults.touched_by(call("GET", key=None))


def test_a_fault_goes_back_to_what_it_had_told(faults):
    fault = faults.add(status=503, times=1)
    state = faults.snapshot()
    fault.told = True
    assert faults.untold() == []

    faults.restore(state)

    assert faults.untold() == faults.unspent() == [fault]
