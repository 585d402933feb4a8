"""One log that several servers write."""

import threading
import time
from contextlib import suppress
from itertools import chain

import psycopg
import pytest

from scaleapi_testing._log.command import Base, LogUnavailable, OlderTerm, Pending
from scaleapi_testing._log.postgres_place import place_of

from .conftest import call, calls


@pytest.fixture
def first(shared):
    return shared.log()


@pytest.fixture
def second(shared, first):
    return shared.log()


def test_what_one_server_appends_another_reads(first, second):
    appended = first.append(calls(2)) + second.append(calls(1))

    assert first.read(0, 10) == second.read(0, 10) == appended
    assert first.last() == second.last() == 3


def test_only_one_of_two_servers_writes_the_first_command(first, second):
    assert [command.n for command in first.append(calls(1), after=0)] == [1]
    assert second.append(calls(1), after=0) == []


def test_several_servers_that_start_at_once_make_the_tables_once(shared):
    threads = [threading.Thread(target=shared.log) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [log.last() for log in shared.opened] == [0, 0, 0, 0]


def test_a_server_is_woken_by_what_another_appends(first, second):
    threading.Timer(0.05, first.append, [calls(3)]).start()

    assert second.wait(0, 30) == 3


def test_what_was_appended_before_one_waits_wakes_it_too(first, second):
    first.append(calls(2))

    assert second.wait(1, 30) == 2


def test_the_time_of_a_world_runs_at_its_speed_by_the_clock_of_the_database(first, second):
    first.append([Pending("a", "world", b"", Base(1000, start_ms=0))])
    time.sleep(0.03)

    later = second.append([call(b"", "a")])[0].at_ms

    assert 30_000 <= later <= second.times()["a"]


def test_a_world_with_speed_zero_stands_still(first, second):
    first.append([Pending("a", "world", b"", Base(0, start_ms=7))])
    time.sleep(0.003)

    assert second.append([call(b"", "a")])[0].at_ms == 7
    assert second.times() == {"a": 7}


def test_a_change_of_speed_counts_from_its_moment_on(first, second):
    first.append([Pending("a", "world", b"", Base(1000, start_ms=0))])
    time.sleep(0.01)

    changed = first.append([call(b"", "a"), Pending("a", "control", b"", Base(0)), call(b"", "a")])
    time.sleep(0.01)

    before, at, after = (command.at_ms for command in changed)
    assert 10_000 <= before <= at == after
    assert second.times() == {"a": at}


def test_a_world_that_exists_keeps_its_time_when_it_is_made_again(first, second):
    first.append([Pending("a", "world", b"", Base(0, start_ms=5))])

    again = second.append([Pending("a", "world", b"", Base(9, start_ms=99))])

    assert again[0].at_ms == 5
    assert first.times() == {"a": 5}


def test_a_world_that_ended_has_no_time(first, second):
    first.append([Pending("a", "world", b"", Base(0, start_ms=5))])

    ended = second.append([call(b"", "a"), Pending("a", "world", b"", ends=True), call(b"", "a")])

    assert [(command.n, command.at_ms) for command in ended] == [(2, 5), (3, 5), (4, 0)]
    assert first.times() == {}


def test_every_server_sees_the_same_order_without_a_gap(shared):
    logs = [shared.log() for _ in range(3)]
    logs[0].append([Pending("default", "world", b"", Base(1, start_ms=0))])
    appended = {log: [] for log in logs}
    seen = []

    def write(log):
        for number in range(20):
            appended[log] += log.append(calls(1 + number % 3))

    def read():
        while len(seen) < 1 + 3 * 39:
            seen.extend(logs[1].read(len(seen), 1000))

    threads = [threading.Thread(target=write, args=[log]) for log in logs]
    threads.append(threading.Thread(target=read))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    everything = logs[0].read(0, 1000)
    assert seen == everything == logs[2].read(0, 1000)
    assert [command.n for command in everything] == list(range(1, 1 + len(everything)))
    assert everything[1:] == sorted(chain(*appended.values()), key=lambda command: command.n)
    times = [command.at_ms for command in everything]
    assert times == sorted(times)


def test_one_server_has_the_lead(first, second):
    term = first.lead()

    assert second.lead() is None
    assert first.lead() == term


def test_the_lead_goes_on_when_its_server_ends(first, second):
    term = first.lead()
    first.close()

    assert second.lead() == term + 1


def test_the_lead_goes_on_when_its_connection_breaks_and_its_commands_are_refused(
    database, first, second
):
    term = first.lead()
    database.do(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
    )

    taken = second.lead()

    assert taken == term + 1
    with pytest.raises(LogUnavailable):
        first.lead()
    assert first.lead() is None
    with pytest.raises(OlderTerm, match=rf": the lead has term {taken}, not {term}$"):
        first.append(calls(1), term=term)
    with pytest.raises(OlderTerm, match=": another server has the lead"):
        first.save_checkpoint(0, [], term=term)
    assert first.append(calls(1))[0].n == 1
    assert second.append(calls(1), term=taken)[0].n == 2


def test_a_lead_that_does_nothing_any_more_is_taken(first, second, monkeypatch):
    term = first.lead()
    monkeypatch.setattr("scaleapi_testing._log.postgres_log.SILENCE_S", 0.02)
    time.sleep(0.05)

    asked = [second.lead(), as_soon_as_it_is_free(second)]

    assert asked == [None, term + 1]


def test_a_checkpoint_is_read_to_its_end_while_a_newer_one_replaces_it(first, second):
    first.append(calls(3))
    first.save_checkpoint(2, [b"one", b"two", b"three"])
    rows = second.checkpoint().rows
    beginning = next(rows)

    first.save_checkpoint(3, [b"newer"])

    assert [beginning, *rows] == [b"one", b"two", b"three"]
    assert list(second.checkpoint().rows) == [b"newer"]


def test_a_checkpoint_that_another_server_saved_is_read(first, second):
    first.append(calls(3))

    first.save_checkpoint(3, [b"\0state"], term=first.lead())

    saved = second.checkpoint()
    assert (saved.n, list(saved.rows)) == (3, [b"\0state"])
    assert second.last() == 3


@pytest.mark.slow
def test_servers_go_on_when_the_database_was_restarted(database, first, second):
    first.append(calls(1))
    second.wait(0, 5)

    database.restart()

    assert first.append(calls(1))[0].n == 2
    assert second.last() == 2
    assert until(lambda: second.wait(1, 1)) == 2


def as_soon_as_it_is_free(log):
    """The term of the lead: the database takes a moment to end the connection that had it."""
    return next(filter(None, (time.sleep(0.01) or log.lead() for _ in range(500))), None)


def until(call):
    """What ``call`` returns as soon as the database is back."""
    for _ in range(20):
        with suppress(LogUnavailable):
            return call()
    return call()


@pytest.mark.slow
def test_nothing_is_lost_or_written_twice_while_the_database_is_restarted(database, shared):
    logs = [shared.log() for _ in range(2)]
    returned, unknown, ended = [], [], threading.Event()

    def write(log, name):
        number = 0
        while not ended.is_set():
            number += 1
            body = f"{name} {number}".encode()
            try:
                returned.extend(log.append([call(body)]))
            except LogUnavailable:
                unknown.append(body)

    threads = [threading.Thread(target=write, args=[log, i]) for i, log in enumerate(logs)]
    for thread in threads:
        thread.start()
    time.sleep(0.1)
    database.restart()
    returned_before = len(returned)
    until(lambda: logs[0].append(calls(1)))
    while len(returned) < returned_before + 4:
        time.sleep(0.01)
    ended.set()
    for thread in threads:
        thread.join()

    there = logs[1].read(0, 100_000)
    bodies = [command.body for command in there]
    assert set(returned) <= set(there)
    assert len(set(bodies)) == len(bodies)
    assert set(bodies) <= {command.body for command in returned} | set(unknown) | {b"body 1"}


def test_both_sides_notice_within_seconds_that_the_other_is_cut_off(shared):
    place = place_of(shared.where)
    with psycopg.connect(**place.parameters()) as connection:
        place.prepare(connection)
        theirs = [
            connection.execute(f"SHOW {name}").fetchone()[0]
            for name in (
                "tcp_keepalives_idle",
                "tcp_keepalives_interval",
                "tcp_keepalives_count",
                "tcp_user_timeout",
            )
        ]
        ours = connection.info.get_parameters()

    assert theirs == ["2", "1", "3", "5000"]
    assert {name: ours[name] for name in ours if "keepalives_" in name or "timeout" in name} == {
        "connect_timeout": "3",
        "keepalives_idle": "2",
        "keepalives_interval": "1",
        "keepalives_count": "3",
        "tcp_user_timeout": "5000",
    }


def test_what_the_address_says_of_the_connection_comes_first(shared):
    place = place_of(f"{shared.where}&connect_timeout=9&application_name=mine")

    assert place.parameters()["connect_timeout"] == "9"
    assert place.parameters()["application_name"] == "mine"


def test_a_commit_is_durable_also_where_the_database_says_otherwise(database, shared):
    assert database.do("SHOW synchronous_commit") == [("off",)]
    place = place_of(shared.where)

    with psycopg.connect(**place.parameters()) as connection:
        place.prepare(connection)

        assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)
