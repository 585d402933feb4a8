"""Which fake answers where, and what is left when the last one stops."""

from __future__ import annotations

import _socket
import asyncio
import gc
import socket
import ssl
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context, copy_context
from threading import Barrier
from unittest import mock

import pytest
import requests
import urllib3
from requests.adapters import HTTPAdapter

from scaleapi_testing._intercept import active

URL = "https://api.scale.com/v1/tasks"

SPOTS = [
    (requests.Session, "get_adapter"),
    (urllib3.HTTPConnectionPool, "urlopen"),
    (HTTPAdapter, "send"),
    (_socket, "getaddrinfo"),
    (socket, "getaddrinfo"),
    (socket, "gethostbyname"),
    (socket, "gethostbyname_ex"),
    (socket.socket, "connect"),
    (socket.socket, "connect_ex"),
    (socket.socket, "sendto"),
    (ssl.SSLContext, "wrap_socket"),
    (ssl.SSLContext, "wrap_bio"),
    (asyncio.base_events.BaseEventLoop, "getaddrinfo"),
    (time, "sleep"),
    (asyncio, "sleep"),
    (asyncio.tasks, "sleep"),
]


def spots():
    """What stands at every place that may be replaced, `None` where it is inherited."""
    return [vars(owner).get(name) for owner, name in SPOTS] + [sorted(vars(requests.Session))]


def who():
    return requests.get(URL).json()["fake"]


def test_nothing_is_left_when_the_last_fake_stops(make_fake):
    before = spots()
    fake = make_fake()

    active.start(fake, skip_sleep=True)
    during = spots()
    active.stop(fake)

    assert spots() == before
    assert during != before


def test_nothing_is_left_after_an_exception(make_fake):
    before = spots()

    with pytest.raises(KeyError), make_fake():
        raise KeyError

    assert spots() == before


def test_a_stopped_fake_is_kept_alive_by_nothing(make_fake):
    fake = make_fake()
    with fake:
        requests.get(URL)
    seen = weakref.ref(fake)

    del fake
    gc.collect()

    assert seen() is None


def test_the_fake_started_last_answers(make_fake):
    with make_fake("outer"), make_fake("inner"):
        assert who() == "inner"


def test_the_outer_fake_answers_again_when_the_inner_stops(make_fake):
    with make_fake("outer"):
        with make_fake("inner"):
            pass
        assert who() == "outer"


def test_each_origin_has_its_own_fake(make_fake):
    with make_fake("scale"), make_fake("local", ("http://scale.test:8080",)):
        assert who() == "scale"
        assert requests.get("http://scale.test:8080/v1/tasks").json()["fake"] == "local"


def test_fakes_stop_in_any_order(make_fake):
    before = spots()
    first, second, third = make_fake("first"), make_fake("second"), make_fake("third")
    active.start(first)
    active.start(second)
    active.start(third)

    active.stop(first)
    after_first = who()
    active.stop(third)
    after_third = who()
    active.stop(second)

    assert (after_first, after_third) == ("third", "second")
    assert spots() == before


def test_a_fake_started_twice_stops_twice(make_fake):
    fake = make_fake()
    active.start(fake)
    active.start(fake)

    active.stop(fake)
    between = who()
    active.stop(fake)

    assert between == "fake"
    assert active.answering("https", "api.scale.com") is None


def test_a_fake_started_again_comes_first_until_that_start_ends(make_fake):
    first, second = make_fake("first"), make_fake("second")
    with first, second:
        with first:
            again = who()
        after = who()

    assert (again, after) == ("first", "second")


def test_a_stop_without_a_start_says_so_and_does_nothing(make_fake):
    with make_fake():
        assert active.stop(make_fake("never started")) is False
        assert who() == "fake"
    assert active.stop(make_fake("never started")) is False


@pytest.mark.parametrize(
    ("scheme", "host", "port", "answered"),
    [
        ("https", "api.scale.com", None, True),
        ("https", "api.scale.com", 443, True),
        ("https", "API.SCALE.COM", 443, True),
        ("http", "api.scale.com", None, False),
        ("https", "api.scale.com", 8443, False),
        ("https", "scale.com", None, False),
    ],
)
def test_an_origin_is_scheme_host_and_port(fake, scheme, host, port, answered):
    assert (active.answering(scheme, host, port) is fake) is answered


def test_nobody_answers_while_no_fake_is_active():
    assert active.answering("https", "api.scale.com") is None


def test_a_fake_of_another_thread_answers_where_none_was_started(make_fake):
    with make_fake("main"), ThreadPoolExecutor(1) as pool:
        assert pool.submit(who).result() == "main"


def test_each_of_sixteen_threads_has_its_own_fake(make_fake):
    before = spots()
    together = Barrier(16)

    def work(number):
        with make_fake(f"fake {number}"):
            together.wait(10)
            seen = {who() for _ in range(10)}
            together.wait(10)
        return seen

    with ThreadPoolExecutor(16) as pool:
        seen = list(pool.map(work, range(16)))

    assert seen == [{f"fake {number}"} for number in range(16)]
    assert spots() == before


def test_eight_threads_share_two_fakes_by_their_origins(make_fake):
    scale = make_fake("scale")
    local = make_fake("local", ("http://scale.test",))

    def work(_):
        return who(), requests.get("http://scale.test/v1/tasks").json()["fake"]

    with scale, local, ThreadPoolExecutor(8) as pool:
        seen = set(pool.map(work, range(80)))

    assert seen == {("scale", "local")}
    assert (len(scale.app.calls), len(local.app.calls)) == (80, 80)


def test_fakes_start_and_stop_in_many_threads_at_once_without_a_trace(make_fake):
    before = spots()

    def work(number):
        fake = make_fake(f"fake {number}")
        for _ in range(50):
            with fake:
                assert who() == fake.name

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))

    assert spots() == before


@pytest.mark.slow
def test_each_of_500_asyncio_tasks_has_its_own_fake(make_fake):
    async def work(number):
        with make_fake(f"fake {number}"):
            await asyncio.sleep(0)
            first = who()
            await asyncio.sleep(0)
            return {first, who()}

    async def main():
        return await asyncio.gather(*(work(number) for number in range(500)))

    assert asyncio.run(main()) == [{f"fake {number}"} for number in range(500)]


def test_an_asyncio_task_sees_the_fake_that_its_thread_started(make_fake):
    async def main():
        return await asyncio.create_task(asyncio.to_thread(who)), who()

    with make_fake("thread"), make_fake("elsewhere", ("http://other.test",)):
        assert asyncio.run(main()) == ("thread", "thread")


def test_another_context_of_the_same_thread_sees_the_threads_fake(make_fake):
    earlier = copy_context()
    mine = make_fake("mine")

    def start_theirs():
        active.start(theirs)

    with mine:
        theirs = make_fake("theirs")
        thread = threading.Thread(target=start_theirs)
        thread.start()
        thread.join()
        seen = earlier.run(who), Context().run(who), who()
        active.stop(theirs)

    assert seen == ("mine", "mine", "mine")


def test_a_fake_may_be_stopped_by_another_thread(make_fake):
    before = spots()
    fake = make_fake()
    active.start(fake)

    thread = threading.Thread(target=active.stop, args=(fake,))
    thread.start()
    thread.join()

    assert spots() == before
    assert active.answering("https", "api.scale.com") is None


def test_what_others_put_over_ours_is_left_to_them(make_fake):
    before = spots()
    fake = make_fake()
    active.start(fake)
    patch = mock.patch.object(urllib3.HTTPConnectionPool, "urlopen", return_value="theirs")
    pool = urllib3.HTTPConnectionPool("127.0.0.1", 9)
    patch.start()
    active.stop(fake)

    theirs = pool.urlopen("GET", "/")
    patch.stop()
    with pytest.raises(urllib3.exceptions.MaxRetryError):
        pool.urlopen("GET", "/", retries=0)

    assert theirs == "theirs"
    with make_fake("next"):
        assert urllib3.PoolManager().request("GET", URL).json()["fake"] == "next"
    assert spots() == before


def test_a_get_adapter_that_others_put_over_ours_is_left_to_them(make_fake):
    before = spots()
    fake = make_fake()
    active.start(fake)
    patch = mock.patch.object(requests.Session, "get_adapter", return_value=HTTPAdapter())
    patch.start()
    active.stop(fake)
    patch.stop()

    left_over = requests.Session().get_adapter(URL)
    with make_fake("next"):
        after = who()

    assert type(left_over) is HTTPAdapter
    assert after == "next"
    assert spots() == before


def test_a_second_fake_starts_under_what_others_put_over_the_first(make_fake):
    before = spots()
    patch = mock.patch.object(requests.Session, "get_adapter", return_value=HTTPAdapter())
    with make_fake("first"):
        with patch, make_fake("second"):
            pass
        assert who() == "first"
    assert spots() == before
