"""What every store of the log promises."""

import threading

import pytest

from scaleapi_testing._log.command import Base, Behind, Command, OlderTerm, Pending, StateError

from .conftest import VERSION, call, calls

HOUR_MS = 3_600_000


def test_commands_get_the_next_numbers_in_their_order(any_log):
    first = any_log.append(calls(2))
    then = any_log.append(calls(2, first=3))

    assert [(command.n, command.body) for command in first + then] == [
        (1, b"body 1"),
        (2, b"body 2"),
        (3, b"body 3"),
        (4, b"body 4"),
    ]
    assert any_log.last() == 4


def test_what_was_appended_is_read_as_it_was_returned(any_log):
    appended = any_log.append([Pending("a", "call", b"\0\xff"), Pending("b-1", "control", b"")])

    assert any_log.read(0, 10) == appended
    assert any_log.read(1, 10) == appended[1:]
    assert any_log.read(0, 1) == appended[:1]
    assert any_log.read(2, 10) == []


def test_what_was_appended_is_there_when_it_is_opened_anew(any_place, any_log):
    appended = any_log.append(calls(3))
    any_place.close()

    assert any_place.log().read(0, 10) == appended


def test_a_command_only_after_another_is_refused_where_others_follow(any_log):
    any_log.append(calls(1), after=0)

    refused = any_log.append(calls(1, first=2), after=0)

    assert refused == []
    assert any_log.last() == 1


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


def test_there_is_no_checkpoint_before_one_is_saved(any_log):
    assert any_log.checkpoint() is None


def test_a_checkpoint_is_read_as_it_was_saved_and_takes_the_log_before_it(any_place, any_log):
    any_log.append(calls(5))

    any_log.save_checkpoint(3, iter([b"one", b"", b"three"]))

    saved = any_log.checkpoint()
    assert (saved.n, list(saved.rows)) == (3, [b"one", b"", b"three"])
    assert [command.n for command in any_log.read(3, 10)] == [4, 5]
    assert any_log.last() == 5


def test_the_newest_checkpoint_replaces_the_one_before(any_place, any_log):
    any_log.append(calls(5))
    any_log.save_checkpoint(3, [b"old"])

    any_log.save_checkpoint(5, [b"new", b"newer"])
    any_place.close()

    saved = any_place.log().checkpoint()
    assert (saved.n, list(saved.rows)) == (5, [b"new", b"newer"])


def test_a_checkpoint_without_rows_is_one(any_log):
    any_log.append(calls(1))

    any_log.save_checkpoint(1, [])

    saved = any_log.checkpoint()
    assert (saved.n, list(saved.rows)) == (1, [])


def test_a_checkpoint_that_broke_off_is_none(any_place, any_log):
    any_log.append(calls(4))
    any_log.save_checkpoint(2, [b"whole"])

    def breaks_off():
        yield b"half"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        any_log.save_checkpoint(4, breaks_off())
    any_place.close()

    reopened = any_place.log()
    saved = reopened.checkpoint()
    assert (saved.n, list(saved.rows)) == (2, [b"whole"])
    assert [command.n for command in reopened.read(2, 10)] == [3, 4]


def test_a_checkpoint_is_saved_after_one_that_broke_off(any_log):
    any_log.append(calls(4))

    def breaks_off():
        yield b"half"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        any_log.save_checkpoint(4, breaks_off())
    any_log.save_checkpoint(4, [b"whole"])

    saved = any_log.checkpoint()
    assert (saved.n, list(saved.rows)) == (4, [b"whole"])


def test_commands_are_appended_while_a_checkpoint_is_saved(any_log):
    any_log.append(calls(2))

    def rows():
        yield b"first"
        any_log.append(calls(1, first=3))
        yield b"second"

    any_log.save_checkpoint(2, rows())

    assert [command.n for command in any_log.read(2, 10)] == [3]


def test_commands_that_a_checkpoint_took_are_not_read(any_log):
    any_log.append(calls(4))
    any_log.save_checkpoint(3, [b""])

    with pytest.raises(Behind, match=r"command 2 was removed by a checkpoint$"):
        any_log.read(1, 1)


def test_numbers_go_on_after_a_checkpoint_of_everything(any_place, any_log):
    any_log.append(calls(4))
    any_log.save_checkpoint(4, [b""])
    any_place.close()

    reopened = any_place.log()

    assert reopened.last() == 4
    assert reopened.append(calls(1))[0].n == 5


def test_whoever_waits_is_woken_by_a_command(any_log):
    threading.Timer(0.02, any_log.append, [calls(1)]).start()

    assert any_log.wait(0, 30) == 1


def test_whoever_waits_is_not_held_for_longer_than_asked(any_log):
    any_log.append(calls(1))

    assert any_log.wait(1, 0.01) == 1


def test_commands_of_the_lead_are_appended_under_its_term(any_log):
    term = any_log.lead()

    assert any_log.append(calls(1), term=term)[0].n == 1
    assert any_log.lead() == term


def test_commands_under_another_term_are_refused(any_log):
    term = any_log.lead()

    with pytest.raises(OlderTerm):
        any_log.append(calls(1), term=term + 1)
    with pytest.raises(OlderTerm):
        any_log.save_checkpoint(0, [], term=term + 1)

    assert any_log.last() == 0
    assert any_log.checkpoint() is None


def test_many_threads_append_and_no_number_is_given_twice(any_log):
    appended = []

    def writer():
        appended.extend(command for _ in range(10) for command in any_log.append(calls(3)))

    threads = [threading.Thread(target=writer) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert any_log.read(0, 1000) == sorted(appended, key=lambda command: command.n)
    assert any_log.last() == 120


def test_a_log_is_not_replayed_by_another_version(any_place, any_log):
    any_log.append(calls(1))
    any_place.close()

    with pytest.raises(StateError) as refused:
        any_place.log({"scaleapi-testing": "3.1.0", "faker": "40.1"})

    assert str(refused.value) == (
        f"{any_place.shown}: its log was written by faker 40.1 with scaleapi-testing 3.0.0, and "
        "this is faker 40.1 with scaleapi-testing 3.1.0; run `scaleapi-testing serve --checkpoint` "
        "on it with those versions once, and this one can read it"
    )
    assert any_place.log().read(0, 10) == [Command(1, "default", 0, "call", b"body 1")]


def test_a_checkpoint_that_took_the_whole_log_is_read_by_another_version(any_place, any_log):
    any_log.append(calls(1))
    any_log.save_checkpoint(1, [b"state"])
    any_place.close()

    newer = {**VERSION, "scaleapi-testing": "3.1.0"}
    any_log = any_place.log(newer)
    any_log.append(calls(1))
    any_place.close()

    assert any_place.log(newer).last() == 2
    any_place.close()
    with pytest.raises(StateError, match="its log was written by"):
        any_place.log()


def test_a_log_may_be_closed_twice(any_log):
    any_log.close()
    any_log.close()
