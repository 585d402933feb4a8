"""Rows that are damaged, incomplete, strange or newer are refused in one line."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.msgpack import encode

from scaleapi_testing import FakeScale
from scaleapi_testing._log.command import StateError
from scaleapi_testing._saved import rows as rows_module
from scaleapi_testing._saved.binary import FORMAT, HEADER, VALUE, fake_from, rows_of
from scaleapi_testing._saved.packed import pack
from scaleapi_testing._saved.rows import opened, sealed

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

messages = st.lists(
    st.tuples(st.sampled_from([b"a", b"b"]), st.binary(max_size=400)), min_size=1, max_size=8
)


@pytest.fixture(scope="module", autouse=True)
def short_rows():
    """Rows of 100 bytes, so that a few messages fill many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows_module, "ROW_BYTES", 100)
        yield


@pytest.fixture(scope="module")
def rows():
    fake = FakeScale(seed=3, start_time=NOON)
    client = fake.client("live_one")
    client.create_task("categorization", attachment="a", attachment_type="text", categories=["a"])
    return list(rows_of(fake))


def refusal(rows):
    with pytest.raises(StateError) as refused:
        fake_from(rows)
    return str(refused.value)


@given(sent=messages)
def test_messages_of_any_length_come_back(sent):
    assert list(opened(sealed(sent))) == sent


@given(data=st.data())
def test_one_bit_changed_anywhere_is_found(rows, data):
    number = data.draw(st.integers(0, len(rows) - 1))
    place = data.draw(st.integers(0, len(rows[number]) - 1))
    damaged = bytearray(rows[number])
    damaged[place] ^= 1 << data.draw(st.integers(0, 7))

    said = refusal([*rows[:number], bytes(damaged), *rows[number + 1 :]])

    assert said == (
        f"the saved state is damaged: row {number + 1} is not the one that was written there. "
        "Nothing was loaded; take another copy of it"
    )


def test_rows_that_are_missing_at_the_end_are_found(rows):
    assert len(rows) > 3
    assert refusal(rows[:-1]) == (
        f"the saved state is damaged: it ends after {len(rows) - 1} rows, before its last one. "
        "Nothing was loaded; take another copy of it"
    )
    assert refusal([]) == (
        "the saved state is damaged: it ends after 0 rows, before its last one. Nothing was "
        "loaded; take another copy of it"
    )


def test_a_row_that_is_missing_moved_cut_or_too_many_is_found(rows):
    not_there = (
        "the saved state is damaged: row {} is not the one that was written there. Nothing was "
        "loaded; take another copy of it"
    )

    assert refusal([rows[0], *rows[2:]]) == not_there.format(2)
    assert refusal([rows[0], rows[2], rows[1], *rows[3:]]) == not_there.format(2)
    assert refusal([*rows[:-1], rows[-1][:-1]]) == not_there.format(len(rows))
    assert refusal([rows[0][:5]]) == not_there.format(1)
    assert refusal([*rows, rows[-1]]) == (
        f"the saved state is damaged: row {len(rows) + 1} follows the last one. Nothing was "
        "loaded; take another copy of it"
    )


def test_a_newer_format_is_refused_by_its_version():
    header = encode({"format": FORMAT, "version": 2, "engine": "9.1"})

    assert refusal(sealed([(HEADER, header)])) == (
        "the state was saved by scaleapi_testing 9.1 in format 2, and this one, 3.0.0, reads up "
        "to 1; upgrade scaleapi_testing"
    )


@pytest.mark.parametrize(
    "strange", [[], [(b"x", b"")], [(HEADER, encode({})), (VALUE, b"")], [(HEADER, encode([1]))]]
)
def test_sealed_rows_of_something_else_are_no_state(strange):
    assert refusal(sealed(strange)) == (
        "these rows are no state of scaleapi_testing; nothing was loaded"
    )


def test_a_state_that_lacks_something_is_refused():
    header = encode({"format": FORMAT, "version": 1, "engine": "3.0.0"})
    seed = pack([["configuration"], {"seed": 1}], "")

    assert refusal(sealed([(HEADER, header), (VALUE, seed)])) == (
        "the saved state does not hold together (KeyError: 'accounts'); nothing was loaded"
    )
    assert refusal(sealed([(HEADER, header), (b"?", b"")])) == (
        "the saved state does not hold together (ValueError: it holds a message of the unknown "
        "kind b'?'); nothing was loaded"
    )
