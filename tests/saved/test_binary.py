"""A fake made of the rows of another one goes on byte for byte as that one does."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scaleapi_testing import FakeScale, Labelers, policies
from scaleapi_testing._http.values import Request
from scaleapi_testing._log.command import StateError
from scaleapi_testing._saved.binary import fake_from, fill, rows_of

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SCALE = "https://api.scale.com"
HOOK = "https://h.example.com/cb"
PARAMS = {"attachment": "a", "attachment_type": "text", "categories": ["a", "b"]}
SEGMENTS = {"attachment": "https://img.example.com/a.png", "labels": ["road", "sky"]}
KEYS = ("live_one", "live_two", "test_three")


def call(fake, method, path, body=None, key=KEYS[0], query="", **headers):
    """The whole reply to one call, as text."""
    auth = "Basic " + b64encode(f"{key}:".encode()).decode()
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = b"" if body is None else json.dumps(body).encode()
    reply = fake.app.handle(
        Request(method, SCALE, f"/v1{path}", query, {"authorization": auth, **names}, sent)
    )
    return f"{reply.status} {reply.body!r} {reply.headers} {reply.broken}"


def nth(fake, number):
    """The id of a task, one that is not there while there is none."""
    tasks = list(fake.tasks)
    return tasks[number % len(tasks)].task_id if tasks else "0" * 24


def control(do, *args, **kwargs):
    """What a control gave, or said against it."""
    try:
        return repr(do(*args, **kwargs))
    except (ValueError, LookupError) as error:
        return str(error)


def next_page(fake, key, limit):
    first = call(fake, "GET", "/tasks", key=key, query=f"limit={limit}")
    token = first.partition('"next_token":"')[2].partition('"')[0]
    return call(fake, "GET", "/tasks", key=key, query=f"limit={limit}&next_token={token}")


def create(fake, key, kind, fields, idempotency_key):
    headers = {"idempotency_key": idempotency_key} if idempotency_key else {}
    params = SEGMENTS if kind == "segmentannotation" else PARAMS
    return call(fake, "POST", f"/task/{kind}", {**params, **fields}, key, **headers)


DEEDS = {
    "create": create,
    "get": lambda fake, key, n: call(fake, "GET", f"/task/{nth(fake, n)}", key=key),
    "pages": next_page,
    "cancel": lambda fake, n: call(fake, "POST", f"/task/{nth(fake, n)}/cancel"),
    "tag": lambda fake, n, tag: call(fake, "PUT", f"/task/{nth(fake, n)}/tags", [tag]),
    "batch": lambda fake, name, url: call(
        fake, "POST", "/batches", {"project": "p", "name": name, "callback": url}
    ),
    "finalize": lambda fake, name: call(fake, "POST", f"/batches/{name}/finalize"),
    "complete": lambda fake, n: control(fake.complete, nth(fake, n)),
    "fail": lambda fake, n: control(fake.fail, nth(fake, n)),
    "recall": lambda fake, n: control(fake.recall, nth(fake, n)),
    "comment": lambda fake, n, text: control(fake.comment, nth(fake, n), text),
    "respond": lambda fake, label: fake.respond("categorization", {"category": label}),
    "policy": lambda fake, policy: fake.turnaround(policy, project="p"),
    "fault": lambda fake, **fault: str(fake.faults.add(**fault)),
    "limit": lambda fake, n: str(fake.faults.rate_limit(requests=n, per=timedelta(minutes=5))),
    "refuse": lambda fake, n: fake.callbacks.fail_next(times=n),
    "delay": lambda fake, n: fake.callbacks.delay(timedelta(minutes=n), times=n),
    "reorder": lambda fake, n: fake.callbacks.reorder(times=n),
    "before": lambda fake: fake.callbacks.before_reply(),
    "redeliver": lambda fake: control(lambda: fake.callbacks.redeliver(fake.callbacks.last)),
    "advance": lambda fake, hours: fake.clock.advance(hours=hours),
    "explain": lambda fake, n: control(fake.explain, nth(fake, n)),
    "jitter": lambda fake: fake.jitter(),
}

numbers = st.integers(0, 9)
keys = st.sampled_from(KEYS)
names = st.sampled_from(["b", "c"])
texts = st.text(max_size=3)
fields = st.fixed_dictionaries(
    {},
    optional={
        "callback_url": st.sampled_from([HOOK, "ann@example.com"]),
        "unique_id": st.sampled_from(["u", "\u00fc", "\ud800"]),
        "project": st.just("p"),
        "batch": names,
        "tags": st.lists(texts, max_size=2),
        "metadata": st.dictionaries(texts, st.integers() | st.floats(allow_nan=False) | texts),
    },
)
any_policy = st.one_of(
    st.just(policies.never),
    st.builds(timedelta, hours=numbers),
    st.builds(policies.after_polls, st.integers(1, 3)),
    st.lists(
        st.builds(
            policies.completed,
            st.builds(timedelta, hours=numbers),
            st.dictionaries(texts, st.integers()),
        )
        | st.builds(policies.error, texts, st.builds(timedelta, hours=numbers)),
        min_size=1,
        max_size=2,
    ),
)


def deed(name, *args, **kwargs):
    return st.tuples(st.just(name), st.tuples(*args), st.fixed_dictionaries(kwargs))


creates = deed(
    "create",
    keys,
    st.sampled_from(["categorization", "categorization", "segmentannotation"]),
    fields,
    st.sampled_from([None, "i", "j"]),
)
deeds = st.one_of(
    creates,
    creates,
    deed("get", keys, numbers),
    deed("pages", keys, st.integers(1, 2)),
    *(deed(name, numbers) for name in ("cancel", "complete", "fail", "recall", "explain")),
    deed("tag", numbers, texts),
    deed("batch", names, st.sampled_from([None, HOOK])),
    deed("finalize", names),
    deed("comment", numbers, texts.filter(bool)),
    deed("respond", texts),
    deed("policy", any_policy),
    deed("fault", status=st.sampled_from([500, 503]), times=st.integers(1, 2)),
    deed("fault", truncate=st.just(True), times=st.just(1)),
    deed("limit", st.integers(2, 9)),
    *(deed(name, st.integers(1, 3)) for name in ("refuse", "delay", "reorder")),
    *(deed(name) for name in ("before", "redeliver", "jitter")),
    deed("advance", st.integers(0, 30)),
)
histories = st.lists(deeds, max_size=25)


def made():
    fake = FakeScale(seed=5, start_time=NOON, turnaround=timedelta(hours=7))
    call(fake, "POST", "/projects", {"name": "p", "type": "categorization"})
    return fake


def replayed(fake, history):
    return [DEEDS[name](fake, *args, **kwargs) for name, args, kwargs in history]


def dumped(fake, path):
    fake.dump(path)
    return path.read_text()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("dumps")


@settings(max_examples=25, deadline=None)
@given(before=histories, after=histories)
@example(
    before=[("create", (KEYS[0], "segmentannotation", {}, "i"), {}), ("complete", (0,), {})],
    after=[("get", (KEYS[0], 0), {}), ("create", (KEYS[0], "segmentannotation", {}, "i"), {})],
)
def test_the_same_calls_give_the_same_bytes_afterwards(folder, before, after):
    fake = made()
    replayed(fake, before)

    other = fake_from(rows_of(fake))

    assert dumped(other, folder / "b") == dumped(fake, folder / "a")
    for each in (other, fake):  # words that name an account name its key, once that is known
        assert [each.account(key).is_test for key in KEYS] == [False, False, True]
    assert replayed(other, after) == replayed(fake, after)
    assert dumped(other, folder / "b") == dumped(fake, folder / "a")


@pytest.fixture
def busy():
    """A fake of some tasks, callbacks, calls and files, more than one row of them."""
    fake = made()
    for number in range(12):
        fields = {"callback_url": HOOK, "tags": [str(number)], "instruction": "b" * 300_000}
        create(fake, KEYS[number % 3], "categorization", fields, str(number))
    call(fake, "GET", "/tasks", query="limit=3")
    fake.complete(nth(fake, 0))
    return fake


def test_rows_are_of_a_few_megabytes_and_hold_no_key(busy):
    rows = list(rows_of(busy))

    assert len(rows) > 2
    assert max(map(len, rows)) < 3_000_000
    assert not any(key.encode() in b"".join(rows) for key in KEYS)


def test_the_same_state_gives_the_same_rows(busy):
    assert list(rows_of(busy)) == list(rows_of(busy))
    assert list(rows_of(fake_from(rows_of(busy)))) == list(rows_of(fake_from(rows_of(busy))))


def test_what_happens_after_the_rows_were_asked_for_is_not_in_them(busy):
    rows = rows_of(busy)
    before = list(rows_of(busy))

    busy.complete(nth(busy, 1))
    busy.faults.add(status=503)

    assert list(rows) == before


def test_a_key_finds_its_account_again_and_its_mode(busy):
    other = fake_from(rows_of(busy))

    assert [account.is_test for account in other._world.store.everyone()] == [False, False, True]
    assert call(other, "GET", "/tasks", key=KEYS[2]) == call(busy, "GET", "/tasks", key=KEYS[2])
    assert other.account(KEYS[1]).callback_auth_key == busy.account(KEYS[1]).callback_auth_key


def test_documents_that_were_one_object_are_one_again(busy):
    other = fake_from(rows_of(busy))
    account = other.account(KEYS[1])

    kept = dict(account.idempotency.items())["1"]
    listing = other.requests[-1]

    assert kept.body is account.tasks.records[0].wire
    assert listing._answer.docs[0] is other.account(KEYS[0]).tasks.records[-1].wire


def test_every_argument_of_the_fake_comes_back():
    labelers = Labelers(accuracy=0.5, seed=2**70)
    fake = FakeScale(
        seed=2**80,
        start_time=NOON,
        api_keys=["live_one"],
        base_urls="https://scale.example",
        test_key_tasks="stay_pending",
        labelers=labelers,
        turnaround=[policies.error("x")],
        max_idle=timedelta(days=3, microseconds=5),
    )

    other = fake_from(rows_of(fake), default_key="live_one")

    assert other._settled == fake._settled


def test_a_fake_that_is_filled_keeps_its_targets_and_its_keys(busy):
    received = []
    other = FakeScale(seed=5)
    other.callbacks.deliver_to(received.append)
    account = other.account(KEYS[0])

    fill(other, rows_of(busy))
    other.callbacks.redeliver(other.callbacks.last)

    assert len(received) == 1
    assert other.account(KEYS[0]) is account
    assert account.key == KEYS[0]
    assert len(account.tasks) == 4


def test_what_is_done_with_a_fake_before_its_state_comes_is_done_first(busy):
    tasks = []

    fake_from(rows_of(busy), prepare=lambda fake: tasks.append(len(fake.tasks)))

    assert tasks == [0]


def test_the_state_of_another_seed_is_refused(busy):
    with pytest.raises(StateError) as refused:
        fill(FakeScale(seed=6), rows_of(busy))

    assert str(refused.value) == (
        "the state is of a fake with seed=5, this one has seed=6: their ids differ; make a fake "
        "of the state with fake_from()"
    )


def test_the_number_of_a_fault_that_is_gone_is_not_given_again():
    fake = made()
    fake.faults.add(status=500).remove()

    other = fake_from(rows_of(fake))

    assert other.faults.add(status=503).number == 2


def respond_by_code(task, random):
    """A response that code makes."""


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (
            lambda fake: fake.respond("categorization", respond_by_code),
            (
                "the state cannot be saved: an answer that respond() was given is the callable "
                "respond_by_code, and code is no state; give a value in its place, or save without "
                "it"
            ),
        ),
        (
            lambda fake: fake.turnaround(respond_by_code),
            (
                "the state cannot be saved: a policy that turnaround() was given is the callable "
                "respond_by_code, and code is no state; give a value in its place, or save without "
                "it"
            ),
        ),
        (
            lambda fake: fake.faults.add(status=500, when=respond_by_code),
            (
                "the state cannot be saved: <Fault 500 on any call when=... hits=0> cannot be "
                "written to a file: its when= is a callable, which no file can hold; remove the "
                "fault before the dump, or narrow it by method= and path="
            ),
        ),
    ],
)
def test_code_of_a_test_is_refused_by_name(spoil, message):
    fake = made()
    spoil(fake)

    with pytest.raises(StateError) as refused:
        list(rows_of(fake))

    assert str(refused.value) == message
