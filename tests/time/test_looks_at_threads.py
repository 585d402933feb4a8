"""How often a wait looks at the test's other threads before it goes on."""

from __future__ import annotations

import threading

import pytest

from scaleapi_testing._time import threads as module
from scaleapi_testing._time.threads import MOST_LOOKS, QUIET_LOOKS, NoThreads, Threads


class Looks:
    """Counts the looks of each thread, and does what the test says at one of them."""

    def __init__(self):
        self.of = {}
        self.at = {}
        self.always = lambda: None

    def __call__(self, seconds):
        assert seconds == module.LOOK_S
        thread = threading.current_thread().name
        self.of[thread] = count = self.of.get(thread, 0) + 1
        self.at.get((thread, count), self.always)()

    @property
    def mine(self):
        return self.of.get(threading.current_thread().name, 0)


class Worker:
    """A thread that rests at one of two places, and goes to the other when it is told to."""

    def __init__(self):
        self.over = False
        self.go_on, self.gone_on = threading.Lock(), threading.Lock()
        self.go_on.acquire()
        self.gone_on.acquire()
        self.thread = threading.Thread(target=self.rest, daemon=True, name="worker")

    def rest(self):
        while not self.over:
            # Two lines that look alike are two places in the code, which is what counts here.
            self.go_on.acquire()
            self.gone_on.release()
            self.go_on.acquire()
            self.gone_on.release()

    def move(self):
        self.go_on.release()
        self.gone_on.acquire(timeout=5)

    def start(self):
        self.thread.start()
        return self

    def end(self):
        self.over = True
        self.move()
        self.go_on.release()
        self.thread.join(5)


class Diver(Worker):
    """A worker that goes on to the same place one call deeper."""

    def rest(self):
        self.go_on.acquire()
        self.gone_on.release()
        if not self.over:
            self.rest()


@pytest.fixture
def looks(monkeypatch):
    looks = Looks()
    monkeypatch.setattr(module, "_real_sleep", looks)
    return looks


@pytest.fixture
def worker():
    worker = Worker()
    yield worker
    worker.end()


def test_a_wait_never_looks_where_no_thread_is_the_tests(looks, worker):
    worker.start()

    Threads().let_others_begin()

    assert looks.mine == 0


def test_a_wait_goes_on_when_nothing_has_moved_for_five_looks(looks, worker):
    threads = Threads()
    worker.start()

    threads.let_others_begin()

    assert looks.mine == QUIET_LOOKS == 5


def test_a_thread_that_was_at_rest_is_not_looked_at_again(looks, worker):
    threads = Threads()
    worker.start()
    threads.let_others_begin()

    threads.let_others_begin()

    assert looks.mine == QUIET_LOOKS


def test_a_thread_that_has_moved_since_is_looked_at_again(looks, worker):
    threads = Threads()
    worker.start()
    threads.let_others_begin()
    worker.move()

    threads.let_others_begin()

    assert looks.mine > QUIET_LOOKS


def test_a_thread_that_moves_is_given_time_to_begin_its_wait(looks, worker):
    threads = Threads()
    worker.start()
    looks.at["MainThread", 3] = worker.move

    threads.let_others_begin()

    assert looks.mine in {3 + QUIET_LOOKS, 4 + QUIET_LOOKS}


def test_a_thread_that_comes_to_the_same_line_one_call_deeper_has_moved(looks):
    threads = Threads()
    diver = Diver().start()
    looks.at["MainThread", 3] = diver.move

    threads.let_others_begin()

    diver.end()
    assert looks.mine in {3 + QUIET_LOOKS, 4 + QUIET_LOOKS}


def test_a_thread_that_never_rests_holds_nobody_up_for_ever(looks, worker):
    threads = Threads()
    worker.start()
    looks.always = worker.move

    threads.let_others_begin()

    assert looks.mine == MOST_LOOKS == 30


def test_a_thread_that_waits_as_well_is_at_rest_wherever_it_is(looks, worker):
    threads = Threads()
    waits = threading.Event()
    looks.at["worker", 1] = lambda: (waits.set(), worker.rest())
    looks.at["MainThread", 3] = worker.move
    worker.thread = threading.Thread(target=threads.let_others_begin, daemon=True, name="worker")
    worker.start()
    waits.wait(5)

    threads.let_others_begin()

    assert looks.mine == QUIET_LOOKS


def test_a_wait_that_is_over_is_at_rest_no_more(looks, worker):
    threads = Threads()
    worker.start()
    threads.let_others_begin()

    assert threads._waiting == set()


def test_who_looks_at_no_threads_goes_on_at_once(looks, worker):
    threads = NoThreads()
    worker.start()

    threads.let_others_begin()

    assert looks.mine == 0
