"""Which results an Idempotency-Key still stands for."""

from __future__ import annotations

from scaleapi_testing._state.idempotency import MAX_REFUSALS, IdempotencyKeys, Remembered

NOON_MS = 1_772_452_800_000


def test_of_too_many_refusals_the_oldest_is_forgotten_and_no_made_task():
    keys = IdempotencyKeys()
    made = Remembered(NOON_MS, b"digest", 200, b"{}")
    refused = Remembered(NOON_MS, b"digest", 400, b"{}")
    keys.keep("made", made)

    for n in range(MAX_REFUSALS + 1):
        keys.keep(f"refused {n}", refused)

    assert keys.get("made", NOON_MS) is made
    assert keys.get("refused 0", NOON_MS) is None
    assert keys.get("refused 1", NOON_MS) is refused
    assert keys.get(f"refused {MAX_REFUSALS}", NOON_MS) is refused


def test_the_first_result_of_a_key_stays():
    keys = IdempotencyKeys()
    first = Remembered(NOON_MS, b"digest", 200, b"{1}")
    keys.keep("k", first)

    keys.keep("k", Remembered(NOON_MS, b"digest", 200, b"{2}"))

    assert keys.get("k", NOON_MS) is first
