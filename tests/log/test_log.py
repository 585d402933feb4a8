"""What every store of the log promises."""

import threading

import pytest

from scaleapi_testing._log.command import Base, Behind, Command, OlderTerm, Pending, StateError

from .conftest import VERSION, call, calls

HOUR_MS = 3_600_000


def test_commands_get_the_next_numbers_in_their_order(log):
    first = log.append(calls(2))
    then = log.append(calls(2, first=3))

    assert [(command.n, command.body) for command in first + then] == [
        (1, b"body 1"),
        (2, b"body 2"),
        (3, b"body 3"),
        (4, b"body 4"),
    ]
    assert log.last() == 4


def test_what_was_appended_is_read_as_it_was_returned(log):
    appended = log.append([Pending("a", "call", b"\0\xff"), Pending("b-1", "control", b"")])

    assert log.read(0, 10) == appended
    assert log.read(1, 10) == appended[1:]
    assert log.read(0, 1) == appended[:1]
    assert log.read(2, 10) == []


def test_what_was_appended_is_there_when_it_is_opened_anew(place, log):
    appended = log.append(calls(3))
    place.close()

    assert place.log().read(0, 10) == appended


def test_a_command_only_after_another_is_refused_where_others_follow(log):
    log.append(calls(1), after=0)

    refused = log.append(calls(1, first=2), after=0)

    assert refused == []
    assert log.last() == 1


def test_a_new_world_begins_at_its_own_time(log):
    commands = log.append([Pending("a", "world", b"", Base(1, start_ms=5000)), call(b"", "a")])

    assert [command.at_ms for command in commands] == [5000, 5000]


def test_the_time_of_a_world_runs_at_its_speed(place, log):
    log.append([Pending("a", "world", b"", Base(3600, start_ms=0))])

    place.real.ms += 1000

    assert log.append([call(b"", "a")])[0].at_ms == HOUR_MS
    assert log.times() == {"a": HOUR_MS}


def test_a_world_with_speed_zero_stands_still(place, log):
    log.append([Pending("a", "world", b"", Base(0, start_ms=7))])

    place.real.ms += HOUR_MS

    assert log.times() == {"a": 7}


def test_a_change_of_speed_counts_from_its_moment_on(place, log):
    log.append([Pending("a", "world", b"", Base(1, start_ms=0))])
    place.real.ms += 1000

    changed = log.append([Pending("a", "control", b"", Base(10))])
    place.real.ms += 1000

    assert changed[0].at_ms == 1000
    assert log.append([call(b"", "a")])[0].at_ms == 11_000


def test_a_world_that_exists_keeps_its_time_when_it_is_made_again(place, log):
    log.append([Pending("a", "world", b"", Base(1, start_ms=0))])
    place.real.ms += 1000

    again = log.append([Pending("a", "world", b"", Base(0, start_ms=99))])

    assert again[0].at_ms == 1000
    assert log.times() == {"a": 1000}


def test_a_world_that_ended_has_no_time(log):
    log.append([Pending("a", "world", b"", Base(1, start_ms=5))])

    ended = log.append([Pending("a", "world", b"", ends=True), call(b"", "a")])

    assert [command.at_ms for command in ended] == [5, 0]
    assert log.times() == {}


def test_time_never_goes_back_where_the_real_clock_was_set_back(place, log):
    log.append([Pending("a", "world", b"", Base(1, start_ms=0))])
    place.real.ms += 5000
    before = log.append([call(b"", "a")])

    place.real.ms -= 3000

    assert log.append([call(b"", "a")])[0].at_ms == before[0].at_ms == 5000


def test_times_go_on_where_they_were_when_it_is_opened_anew(place, log):
    log.append([Pending("a", "world", b"", Base(2, start_ms=0))])
    place.real.ms += 1000
    log.append([call(b"", "a")])
    log.save_checkpoint(2, [b""])
    place.close()

    place.real.ms -= 500
    reopened = place.log()

    assert reopened.times() == {"a": 2000}


def test_there_is_no_checkpoint_before_one_is_saved(log):
    assert log.checkpoint() is None


def test_a_checkpoint_is_read_as_it_was_saved_and_takes_the_log_before_it(place, log):
    log.append(calls(5))

    log.save_checkpoint(3, iter([b"one", b"", b"three"]))

    saved = log.checkpoint()
    assert (saved.n, list(saved.rows)) == (3, [b"one", b"", b"three"])
    assert [command.n for command in log.read(3, 10)] == [4, 5]
    assert log.last() == 5


def test_the_newest_checkpoint_replaces_the_one_before(place, log):
    log.append(calls(5))
    log.save_checkpoint(3, [b"old"])

    log.save_checkpoint(5, [b"new", b"newer"])
    place.close()

    saved = place.log().checkpoint()
    assert (saved.n, list(saved.rows)) == (5, [b"new", b"newer"])


def test_a_checkpoint_without_rows_is_one(log):
    log.append(calls(1))

    log.save_checkpoint(1, [])

    saved = log.checkpoint()
    assert (saved.n, list(saved.rows)) == (1, [])


def test_a_checkpoint_that_broke_off_is_none(place, log):
    log.append(calls(4))
    log.save_checkpoint(2, [b"whole"])

    def breaks_off():
        yield b"half"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        log.save_checkpoint(4, breaks_off())
    place.close()

    reopened = place.log()
    saved = reopened.checkpoint()
    assert (saved.n, list(saved.rows)) == (2, [b"whole"])
    assert [command.n for command in reopened.read(2, 10)] == [3, 4]


def test_a_checkpoint_is_saved_after_one_that_broke_off(log):
    log.append(calls(4))

    def breaks_off():
        yield b"half"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        log.save_checkpoint(4, breaks_off())
    log.save_checkpoint(4, [b"whole"])

    saved = log.checkpoint()
    assert (saved.n, list(saved.rows)) == (4, [b"whole"])


def test_commands_are_appended_while_a_checkpoint_is_saved(log):
    log.append(calls(2))

    def rows():
        yield b"first"
        log.append(calls(1, first=3))
        yield b"second"

    log.save_checkpoint(2, rows())

    assert [command.n for command in log.read(2, 10)] == [3]


def test_commands_that_a_checkpoint_took_are_not_read(log):
    log.append(calls(4))
    log.save_checkpoint(3, [b""])

    with pytest.raises(Behind, match=r"command 2 was removed by a checkpoint$"):
        log.read(1, 1)


def test_numbers_go_on_after_a_checkpoint_of_everything(place, log):
    log.append(calls(4))
    log.save_checkpoint(4, [b""])
    place.close()

    reopened = place.log()

    assert reopened.last() == 4
    assert reopened.append(calls(1))[0].n == 5


def test_whoever_waits_is_woken_by_a_command(log):
    threading.Timer(0.02, log.append, [calls(1)]).start()

    assert log.wait(0, 30) == 1


def test_whoever_waits_is_not_held_for_longer_than_asked(log):
    log.append(calls(1))

    assert log.wait(1, 0.01) == 1


def test_commands_of_the_lead_are_appended_under_its_term(log):
    term = log.lead()

    assert log.append(calls(1), term=term)[0].n == 1
    assert log.lead() == term


def test_commands_under_another_term_are_refused(log):
    term = log.lead()

    with pytest.raises(OlderTerm):
        log.append(calls(1), term=term + 1)
    with pytest.raises(OlderTerm):
        log.save_checkpoint(0, [], term=term + 1)

    assert log.last() == 0
    assert log.checkpoint() is None


def test_many_threads_append_and_no_number_is_given_twice(log):
    appended = []

    def writer():
        appended.extend(command for _ in range(10) for command in log.append(calls(3)))

    threads = [threading.Thread(target=writer) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert log.read(0, 1000) == sorted(appended, key=lambda command: command.n)
    assert log.last() == 120


def test_a_log_is_not_replayed_by_another_version(place, log):
    log.append(calls(1))
    place.close()

    with pytest.raises(StateError) as refused:
        place.log({"scaleapi-testing": "3.1.0", "faker": "40.1"})

    assert str(refused.value) == (
        f"{place.shown}: its log was written by faker 40.1 with scaleapi-testing 3.0.0, and this "
        "is faker 40.1 with scaleapi-testing 3.1.0; run `scaleapi-testing serve --checkpoint` on "
        "it with those versions once, and this one can read it"
    )
    assert place.log().read(0, 10) == [Command(1, "default", 0, "call", b"body 1")]


def test_a_checkpoint_that_took_the_whole_log_is_read_by_another_version(place, log):
    log.append(calls(1))
    log.save_checkpoint(1, [b"state"])
    place.close()

    newer = {**VERSION, "scaleapi-testing": "3.1.0"}
    log = place.log(newer)
    log.append(calls(1))
    place.close()

    assert place.log(newer).last() == 2
    place.close()
    with pytest.raises(StateError, match="its log was written by"):
        place.log()


def test_a_log_may_be_closed_twice(log):
    log.close()
    log.close()
