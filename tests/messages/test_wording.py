"""The rules of wording: near names, cut lists, differences, masked keys."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaleapi_testing._messages import (
    counted,
    cut_lines,
    did_you_mean,
    differences,
    listed,
    mask_key,
    shortened,
    shown,
)

KNOWN = ("attachment", "attachment_type", "attachments", "callback_url", "geometries")


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("attachment_typ", ["attachment_type", "attachment", "attachments"]),
        ("attachmentType", ["attachment_type", "attachment", "attachments"]),
        ("CALLBACK-URL", ["callback_url"]),
        ("calback", ["callback_url"]),
        ("geometrys", ["geometries"]),
        ("zzz", []),
        ("", []),
    ],
)
def test_near_names_come_nearest_first(word, near):
    assert did_you_mean(word, KNOWN) == near


def test_no_more_names_are_given_than_asked_for():
    assert did_you_mean("attachment", KNOWN, 1) == ["attachment"]


def test_among_equally_near_names_the_first_known_comes_first():
    assert did_you_mean("ab", ["abc", "abd", "abc"]) == ["abc", "abd"]


def test_a_huge_word_is_compared_by_its_start_alone():
    assert did_you_mean("geometries" + "x" * 10_000_000, ["geometries" + "x" * 90]) != []


@given(st.lists(st.text(string.ascii_lowercase, min_size=1, max_size=12), min_size=1))
def test_a_known_name_is_nearest_to_itself(known):
    assert did_you_mean(known[-1], known, 1) == [known[-1]]


@pytest.mark.parametrize(
    ("items", "text"),
    [
        ([], ""),
        (["a"], "a"),
        (list("abcde"), "a, b, c, d, e"),
        (list("abcdefgh"), "a, b, c, d, e and 3 more"),
    ],
)
def test_a_list_is_cut_at_five_with_a_count(items, text):
    assert listed(items) == text


def test_lines_are_cut_at_five_with_a_count():
    assert cut_lines(list("abcdef"), "request") == [*"abcde", "and 1 more request"]
    assert cut_lines(list("abcdefg"), "request") == [*"abcde", "and 2 more requests"]
    assert cut_lines(list("abcde"), "request") == list("abcde")


def test_things_are_counted_in_words():
    assert [counted(number, "request") for number in (0, 1, 2)] == [
        "no requests",
        "1 request",
        "2 requests",
    ]
    assert counted(2, "reply", "replies") == "2 replies"


def test_a_long_text_is_shortened_to_the_limit():
    assert shortened("a" * 80) == "a" * 80
    assert shortened("a" * 81) == "a" * 79 + "…"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": [1, None, True]}, '{"a": [1, null, true]}'),
        ("ü", '"ü"'),
        (..., "anything"),
        ({"a": ...}, '{"a": ...}'),
        ({1, 2}, "{1, 2}"),
    ],
    ids=["json", "text", "anything", "nested_anything", "no_json"],
)
def test_a_value_is_shown_as_one_would_write_it(value, text):
    assert shown(value) == text


@pytest.mark.parametrize(
    ("key", "masked"),
    [
        ("live_d6a1f0c9e2b34875", "live_d6a…"),
        ("live_fake", "live_f…"),
        ("abc", "ab…"),
        ("ab", "a…"),
        ("a", "…"),
        ("", "no key"),
        (None, "no key"),
        ("a\nb\x1b[31mcd", "a?b?[3…"),
    ],
)
def test_a_key_is_masked_after_its_first_characters(key, masked):
    assert mask_key(key) == masked


@given(st.text(min_size=1))
def test_a_masked_key_never_holds_the_whole_key(key):
    masked = mask_key(key)

    assert len(masked) <= 9
    assert len(masked) - 1 < len(key)


def test_two_long_texts_are_shown_from_shortly_before_they_part():
    start = "https://img.example.net/" + "a" * 100

    (difference,) = differences(start + "/1.png", start + "/2.png")

    assert (difference.expected, difference.got) == (
        '"…aaaaaaaaaaa/1.png"',
        '"…aaaaaaaaaaa/2.png"',
    )


def test_two_long_texts_that_part_early_are_cut_at_their_end():
    (difference,) = differences("x" + "a" * 100, "y" + "a" * 100)

    assert difference.expected.startswith('"xaa')
    assert len(difference.got) == 80


def test_a_text_that_goes_on_differs_where_the_shorter_one_ends():
    (difference,) = differences("a" * 80, "a" * 80 + "b")

    assert (difference.expected, difference.got) == ('"…aaaaaaaaaaaa"', '"…aaaaaaaaaaaab"')
