"""When a call is sent again, how long the client waits, and what a lost reply becomes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st
from urllib3.exceptions import MaxRetryError
from urllib3.response import HTTPResponse

import scaleapi
from scaleapi import ScaleRetry
from scaleapi.exceptions import (
    ScaleConnectionError,
    ScaleDuplicateResource,
    ScaleServiceUnavailable,
)

BUSY = {"status_code": 503, "error": "busy"}
TAKEN = {"status_code": 409, "error": 'The unique_id ("u") is already used'}


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 530, 599])
def test_a_passing_failure_is_tried_again(server, client, answer, make_task_json, status):
    server.answers(answer(BUSY, status=status), answer(make_task_json("a")))

    assert client.get_task("a").id == "a"
    assert len(server.received) == 2


@pytest.mark.parametrize("status", [400, 401, 402, 404, 409])
def test_a_lasting_failure_is_not_tried_again(server, client, answer, status):
    server.answers(answer({"status_code": status, "error": "no"}, status=status))

    with pytest.raises(scaleapi.ScaleException) as caught:
        client.get_task("a")

    assert caught.value.code == status
    assert len(server.received) == 1


@pytest.mark.parametrize(
    ("verb", "act"),
    [
        ("GET", lambda client: client.get_task("a")),
        ("POST", lambda client: client.cancel_task("a")),
        ("PUT", lambda client: client.add_task_tags("a", ["x"])),
        ("DELETE", lambda client: client.clear_task_unique_id("a")),
    ],
)
def test_every_verb_is_tried_again(server, client, answer, make_task_json, verb, act):
    server.answers(answer(BUSY, status=503), answer(drop=True), answer(make_task_json("a")))

    act(client)

    assert [request.method for request in server.received] == [verb, verb, verb]


def test_the_body_is_sent_again_whole(server, client, answer, make_task_json):
    server.answers(answer(BUSY, status=503), answer(make_task_json("a")))

    client.set_task_metadata("a", {"shift": "late"})

    assert [request.json for request in server.received] == [{"shift": "late"}] * 2


def test_after_three_retries_the_last_answer_is_the_error(server, client, answer):
    server.otherwise = lambda request: answer(BUSY, status=503)

    with pytest.raises(ScaleServiceUnavailable) as caught:
        client.get_task("a")

    assert len(server.received) == 4
    assert caught.value.attempts == 4
    assert str(caught.value) == "503: busy (GET /v1/task/a, 4 attempts)"


def test_the_number_of_retries_is_configurable(server, answer):
    server.otherwise = lambda request: answer(BUSY, status=503)
    client = scaleapi.ScaleClient("k", api_instance_url=server.url, max_retries=0)

    with pytest.raises(ScaleServiceUnavailable):
        client.get_task("a")

    client.close()
    assert len(server.received) == 1


def test_a_retry_rule_of_ones_own_is_taken(server, answer):
    server.otherwise = lambda request: answer(BUSY, status=503)
    rule = ScaleRetry(1, backoff_factor=0)
    client = scaleapi.ScaleClient("k", api_instance_url=server.url, max_retries=rule)

    with pytest.raises(ScaleServiceUnavailable):
        client.get_task("a")

    client.close()
    assert len(server.received) == 2


@pytest.mark.slow
def test_a_retry_after_is_waited_for(server, client, answer, make_task_json, waits):
    server.answers(
        answer(BUSY, status=429, headers={"Retry-After": "7"}), answer(make_task_json("a"))
    )

    client.get_task("a")

    assert waits == [7]


def test_a_retry_after_that_cannot_be_read_is_ignored(server, client, answer, make_task_json):
    server.answers(
        answer(BUSY, status=503, headers={"Retry-After": "soon"}), answer(make_task_json("a"))
    )

    assert client.get_task("a").id == "a"


def after_failures(rule: ScaleRetry, n: int) -> ScaleRetry:
    return reduce(lambda past, _: past.increment("GET", "/", error=OSError("x")), range(n), rule)


@given(n=st.integers(1, 12), jitter=st.floats(0, 1), factor=st.floats(0.01, 10))
def test_a_wait_lies_between_half_and_the_whole_of_a_doubling_time(n, jitter, factor):
    rule = ScaleRetry(20, backoff_factor=factor).with_jitter(lambda: jitter)
    full = min(60.0, factor * 2 ** (n - 1))

    wait = after_failures(rule, n).get_backoff_time()

    assert full / 2 <= wait <= full


def test_the_jitter_source_stays_with_every_copy():
    numbers = iter([0.0, 1.0, 0.5])
    rule = ScaleRetry(5, backoff_factor=1).with_jitter(lambda: next(numbers))

    waits = [after_failures(rule, n).get_backoff_time() for n in (1, 2, 3)]

    assert waits == [0.5, 2.0, 3.0]


def test_a_rule_without_jitter_source_waits_the_whole_time():
    waits = [after_failures(ScaleRetry(5), n).get_backoff_time() for n in (1, 2, 3)]

    assert waits == [1.0, 2.0, 4.0]


def test_no_failure_means_no_wait():
    assert ScaleRetry().get_backoff_time() == 0.0


def test_a_client_draws_its_jitter_at_random():
    client = scaleapi.ScaleClient("k")
    rule = client._transport.session.get_adapter("https://api.scale.com").max_retries

    waits = {after_failures(rule, 1).get_backoff_time() for _ in range(20)}

    assert len(waits) > 1


def test_a_create_carries_one_idempotency_key_over_all_its_tries(
    server, client, answer, make_task_json
):
    server.answers(answer(drop=True), answer(BUSY, status=500), answer(make_task_json()))

    client.create_task("imageannotation", attachment="https://x.example/a.png")

    keys = [request.headers["idempotency-key"] for request in server.received]
    assert len(keys) == 3
    assert len(set(keys)) == 1


def test_two_creates_carry_different_idempotency_keys(server, client):
    client.create_task("imageannotation")
    client.create_categorization_task("x")
    client.create_categorization_task("x")

    assert len({request.headers["idempotency-key"] for request in server.received}) == 3


def test_a_training_task_carries_an_idempotency_key(server, client, answer):
    server.answers(answer({"id": "a", "expected_response": {}}))

    client.create_training_task("imageannotation", expected_response={})

    assert "idempotency-key" in server.received[0].headers


def test_an_idempotency_key_of_ones_own_is_sent(server, client):
    client.create_task("imageannotation", idempotency_key="mine")
    client.create_imageannotation_task(idempotency_key="mine too")

    keys = [request.headers["idempotency-key"] for request in server.received]
    assert keys == ["mine", "mine too"]
    assert [request.json for request in server.received] == [{}, {}]


def test_other_calls_carry_no_idempotency_key(server, client):
    client.cancel_task("a")

    assert "idempotency-key" not in server.received[0].headers


@pytest.mark.parametrize("first", [{"status": 503, "json": BUSY}, {"drop": True}])
def test_a_create_whose_reply_was_lost_gives_the_task_that_was_made(
    server, client, answer, make_task_json, first
):
    made = make_task_json("b" * 24, unique_id="u")
    server.answers(
        answer(**first),
        answer(TAKEN, status=409),
        answer({"docs": [made], "total": 1, "limit": 100, "offset": 0, "has_more": False}),
    )

    task = client.create_task("imageannotation", unique_id="u")

    assert task.id == "b" * 24
    assert server.received[-1].path == "/v1/tasks?unique_id=u"


@pytest.mark.parametrize("before", [[], [{"status": 429, "json": BUSY}]])
def test_a_true_duplicate_is_an_error(server, client, answer, before):
    server.answers(*(answer(**one) for one in before), answer(TAKEN, status=409))

    with pytest.raises(ScaleDuplicateResource, match="already used"):
        client.create_task("imageannotation", unique_id="u")

    assert [request.method for request in server.received] == ["POST"] * (len(before) + 1)


def test_a_duplicate_that_cannot_be_found_stays_an_error(server, client, answer):
    server.answers(
        answer(BUSY, status=500),
        answer(TAKEN, status=409),
        answer({"docs": [], "total": 0, "limit": 100, "offset": 0, "has_more": False}),
    )

    with pytest.raises(ScaleDuplicateResource, match="already used"):
        client.create_task("imageannotation", unique_id="u")


def test_a_failed_look_up_is_noted_on_the_duplicate(server, client, answer):
    server.answers(
        answer(BUSY, status=500),
        answer(TAKEN, status=409),
        answer({"status_code": 401, "error": "who?"}, status=401),
    )

    with pytest.raises(ScaleDuplicateResource) as caught:
        client.create_task("imageannotation", unique_id="u")

    assert caught.value.__notes__ == [
        "looking the task up by its unique_id failed as well: 401: who? (GET /v1/tasks?unique_id=u)"
    ]


def test_a_409_without_unique_id_is_not_looked_up(server, client, answer):
    server.answers(answer(BUSY, status=500), answer(TAKEN, status=409))

    with pytest.raises(ScaleDuplicateResource):
        client.create_task("imageannotation")

    assert len(server.received) == 2


def test_a_connection_that_always_breaks_is_a_scale_exception(server, client, answer):
    server.otherwise = lambda request: answer(drop=True)

    with pytest.raises(ScaleConnectionError) as caught:
        client.create_task("imageannotation", unique_id="u")

    assert len(server.received) == 4
    assert caught.value.attempts == 4
    assert caught.value.__cause__ is not None


# -- the rule by itself, without a clock --------------------------------------------------------


class Left:
    """A bound of a call with so many seconds left, whatever the time."""

    def __init__(self, seconds):
        self.seconds = seconds
        self.counted = []

    def remaining(self):
        return self.seconds

    def count_wait(self, seconds):
        self.counted.append(seconds)


def replied(**headers):
    """An answer of 503 with these headers."""
    return HTTPResponse(
        b"", status=503, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


def test_a_rule_tries_three_times_again_what_passes_and_raises_for_no_answer():
    rule = ScaleRetry()

    assert (rule.total, rule.max_wait) == (3, 3600)
    assert (rule.backoff_factor, rule.backoff_max) == (1, 60)
    assert (rule.raise_on_status, rule.raise_on_redirect) == (False, False)
    assert rule.allowed_methods == {"GET", "POST", "PUT", "DELETE"}
    assert rule.status_forcelist == {408, 429, *range(500, 600)}
    assert rule.is_retry("POST", 503)
    assert not rule.is_retry("PATCH", 503)


def test_a_rule_that_is_used_up_says_what_was_asked_of_whom():
    pool, error = object(), OSError("cut")

    with pytest.raises(MaxRetryError) as caught:
        ScaleRetry(0).increment("GET", "/v1/x", error=error, _pool=pool)

    assert (caught.value.pool, caught.value.url, caught.value.reason) == (pool, "/v1/x", error)


def test_each_failure_is_kept_with_what_was_asked():
    error = OSError("cut")
    rule = ScaleRetry(3).increment("GET", "/v1/x", error=error)

    rule = rule.increment("GET", "/v1/y", response=replied())

    assert [tuple(past) for past in rule.history] == [
        ("GET", "/v1/x", error, None, None),
        ("GET", "/v1/y", None, 503, None),
    ]


@pytest.mark.parametrize(
    ("error", "reason"),
    [(None, "no time is left for a further try"), (OSError("cut"), "cut")],
)
@pytest.mark.parametrize(("url", "shown"), [("/v1/x", "/v1/x"), (None, "")])
def test_a_call_without_time_for_a_further_try_is_given_up_whole(error, reason, url, shown):
    pool = object()
    rule = ScaleRetry(5).until(Left(100)).increment("GET", url, response=replied())
    rule.deadline.seconds = 0

    with pytest.raises(MaxRetryError) as caught:
        rule.increment("GET", url, response=None if error else replied(), error=error, _pool=pool)

    assert (caught.value.pool, caught.value.url) == (pool, shown)
    assert str(caught.value.reason) == reason
    assert caught.value.__cause__ is error
    assert caught.value.attempts == 2


@pytest.mark.parametrize("left", [1.0, 0.5])
def test_a_wait_that_would_take_all_the_time_left_is_not_begun(left):
    with pytest.raises(MaxRetryError):
        ScaleRetry(5).until(Left(left)).increment("GET", "/", response=replied())


def test_the_wait_that_is_made_is_the_one_that_was_counted():
    numbers = iter([0.5, 0.9, 0.1])
    left = Left(100)
    rule = ScaleRetry(5).with_jitter(lambda: next(numbers)).until(left)

    rule = rule.increment("GET", "/", response=replied())

    assert left.counted == [rule.get_backoff_time()] == [0.75]


def test_a_wait_that_was_asked_for_is_counted_in_its_place():
    left = Left(100)

    ScaleRetry(5).until(left).increment("GET", "/", response=replied(Retry_After="9"))

    assert left.counted == [9]


def test_a_copy_of_a_rule_keeps_its_bounds():
    left = Left(1)
    rule = ScaleRetry().with_max_wait(7).until(left)

    copied = rule.new(total=9)

    assert (copied.total, copied.max_wait, copied.deadline) == (9, 7, left)


def test_a_bound_of_a_thread_holds_for_its_calls_alone():
    rule, left = ScaleRetry(), Left(1)

    with rule.for_this_thread(left), ThreadPoolExecutor(1) as pool:
        here = rule.new().deadline
        elsewhere = pool.submit(lambda: rule.deadline).result()

    assert (here, elsewhere, rule.deadline) == (left, None, None)


# -- creates ------------------------------------------------------------------------------------


def test_the_instruction_of_a_creator_is_a_parameter_like_others(server, client):
    client.create_categorization_task("Is it a cow?", categories=["yes"])

    assert server.received[0].json == {"instruction": "Is it a cow?", "categories": ["yes"]}


def test_an_error_of_a_create_names_the_call(server, client, answer):
    server.answers(answer({"error": "no"}, status=400))

    with pytest.raises(scaleapi.ScaleInvalidRequest) as caught:
        client.create_task("imageannotation")

    assert str(caught.value) == "400: no (POST /v1/task/imageannotation)"
