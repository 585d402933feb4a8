"""How many deliveries and mails are kept, and that what left the list is still delivered."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scaleapi_testing import FakeScale

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PARAMS = {"attachment": "a", "attachment_type": "text", "categories": ["a", "b"]}
KEPT = 10_000


@pytest.fixture
def fake():
    return FakeScale(start_time=NOON)


def completed(fake, callback_url):
    task = fake.client().create_task("categorization", callback_url=callback_url, **PARAMS)
    fake.complete(task)
    return task


@pytest.mark.slow
def test_the_outbox_keeps_the_newest_ten_thousand_mails(fake):
    task = completed(fake, "ann@example.com")
    (oldest,) = fake.callbacks.outbox
    fake.clock.advance(minutes=1)

    for _ in range(KEPT):
        task.send_callback()

    assert len(fake.callbacks.outbox) == KEPT
    assert fake.callbacks.outbox[0].at > oldest.at


@pytest.mark.slow
def test_the_list_keeps_the_newest_ten_thousand_deliveries(fake):
    completed(fake, "https://h.example.com/cb")
    first = fake.callbacks.last

    for _ in range(KEPT):
        fake.callbacks.duplicate(first)

    assert [len(fake.callbacks), fake.callbacks[0].number] == [KEPT, first.number + 1]
    assert fake.callbacks.last.number == first.number + KEPT


def test_of_an_answer_the_first_two_thousand_bytes_are_kept(fake):
    def answers_at_length(environ, start_response):
        start_response("200 OK", [])
        return [b"a" * 1_999 + b"bc"]

    fake.callbacks.deliver_to(answers_at_length)

    completed(fake, "https://h.example.com/cb")

    assert fake.callbacks.last.answer == b"a" * 1_999 + b"b"
