"""The interface of a fake, spoken over the wire."""

import inspect
import threading
from datetime import UTC, datetime, timedelta

import pytest
import requests

from scaleapi_testing import (
    CannotCross,
    FakeScale,
    RemoteFake,
    ServerGone,
    WorldTaken,
    policies,
)

START = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def url():
    with FakeScale().serve() as server:
        yield server.url


@pytest.fixture
def far(url):
    with RemoteFake.create(url, seed=7, start_time=START) as fake:
        yield fake
    fake.end_world()


def test_the_same_seed_gives_the_same_bytes_here_and_there(url):
    def bytes_of(fake):
        with fake:
            answer = requests.post(
                "https://api.scale.com/v1/task/categorization",
                json={"attachment": "x", "attachment_type": "text", "categories": ["a", "b"]},
                auth=("live_a", ""),
                timeout=10,
            )
            fake.complete(answer.json()["task_id"])
            again = requests.get("https://api.scale.com/v1/tasks", auth=("live_a", ""), timeout=10)
        return answer.content, answer.headers, again.content, again.headers

    here = bytes_of(FakeScale(seed=7, start_time=START))
    there = bytes_of(RemoteFake.create(url, seed=7, start_time=START))

    assert here == there


def test_every_public_name_of_a_fake_is_spoken_over_the_wire_or_shared_on_purpose():
    from scaleapi_testing._remote.remote_fake import SHARED

    public = {name for name in dir(FakeScale) if not name.startswith("_")}
    kinds = [kind for kind in RemoteFake.__mro__ if kind not in FakeScale.__mro__]
    own = {name for kind in kinds for name in vars(kind)}

    assert public - own - SHARED == set()


@pytest.mark.parametrize(
    "name", ["complete", "fail", "fix", "deliver", "add_dataset", "turnaround"]
)
def test_a_control_takes_the_same_arguments(name):
    def parameters(kind):
        return [
            (parameter.name, parameter.kind, parameter.default)
            for parameter in inspect.signature(getattr(kind, name)).parameters.values()
        ]

    assert parameters(RemoteFake) == parameters(FakeScale)


@pytest.mark.parametrize(
    "needs",
    [
        lambda scale: scale.respond("categorization", lambda task, random: {}),
        lambda scale: scale.turnaround(lambda task, random: timedelta(hours=1)),
        lambda scale: scale.faults.add(status=503, when=lambda call: True),
        lambda scale: scale.callbacks.deliver_to(lambda request: 200),
        lambda scale: scale.callbacks.deliver_to(scale.wsgi_app),
        lambda scale: scale.asgi_app,
        lambda scale: scale.serve(port=8000),
        lambda scale: scale.tasks(status=lambda status: True),
        lambda scale: type(scale).load("dump.json"),
    ],
)
def test_what_cannot_cross_says_what_can(far, needs):
    with pytest.raises(CannotCross) as caught:
        needs(far)

    assert isinstance(caught.value, TypeError)
    assert any(word in str(caught.value) for word in ("give", "narrow", "take", "call"))


def test_waits_move_the_worlds_clock(far):
    far.faults.add(status=429, retry_after=30, times=1)

    far.client().tasks()

    assert far.clock.now() - START >= timedelta(seconds=30)


def test_a_skipped_sleep_moves_the_worlds_clock(url):
    import time

    with RemoteFake.create(url, start_time=START, skip_sleep=True) as scale:
        time.sleep(3600)

        assert scale.clock.now() == START + timedelta(hours=1)


def test_calls_of_several_threads_reach_the_world(far):
    def call():
        requests.get("https://api.scale.com/v1/tasks", auth=("live_a", ""), timeout=10)

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(call.n for call in far.requests) == list(range(1, 9))


def test_a_client_without_an_address_stays_in_the_world_where_the_server_is_named(
    far, url, monkeypatch
):
    import scaleapi

    monkeypatch.setenv("SCALE_API_BASE_URL", url)

    scaleapi.ScaleClient("live_abc").projects()

    assert far.requests.last.api_key == "live_abc"


def test_a_fork_and_a_loaded_dump_are_worlds_of_the_server(far, tmp_path):
    far.add_projects(["cows"], api_key="live_a")
    far.dump(tmp_path / "dump.json")

    copies = [far.fork(), far.load(tmp_path / "dump.json")]

    assert [copy.seed for copy in copies] == [7, 7]
    assert [len(copy.projects) for copy in copies] == [1, 1]
    assert len({far.url, *(copy.url for copy in copies)}) == 3
    for copy in copies:
        copy.end_world()


def test_policies_cross_as_data(far):
    far.turnaround([policies.error("blurry"), policies.completed(after=timedelta(hours=1))])
    far.turnaround(policies.after_polls(2), task_type="categorization")
    far.turnaround(policies.never, project="cows")

    assert far.timeline.pending() == []


def test_settings_of_an_account_are_obeyed(far):
    account = far.account("live_a")
    account.disabled_task_types.add("categorization")
    account.email = "me@example.com"

    answer = requests.post(
        "https://api.scale.com/v1/task/categorization", json={}, auth=("live_a", ""), timeout=10
    )

    assert (answer.status_code, account.email) == (402, "me@example.com")


def test_a_server_that_is_not_there_is_named():
    with pytest.raises(ServerGone, match=r"nothing answers at http://127\.0\.0\.1:9"):
        RemoteFake("http://127.0.0.1:9")


@pytest.mark.parametrize("address", ["127.0.0.1:8765", "http://", "http://x/y", "ftp://x", ""])
def test_what_is_no_address_is_refused(address):
    with pytest.raises(ValueError, match="give the address that the server prints"):
        RemoteFake(address)


def test_a_world_that_is_not_there_is_named(url):
    with pytest.raises(LookupError, match="no world 'nowhere' on this server"):
        RemoteFake(url, world="nowhere")


def test_a_name_that_is_taken_is_told(far):
    with pytest.raises(WorldTaken, match="give another name"):
        RemoteFake.create(far.url.partition("/w/")[0], world=far.url.rpartition("/")[2])


def test_an_argument_that_no_fake_takes_is_named(url):
    with pytest.raises(TypeError, match="takes no 'sed'; did you mean 'seed'"):
        RemoteFake.create(url, sed=7)
