"""The demo on a server: everything that is to be seen on the dashboard happens."""

import time

import pytest

from scaleapi_testing._demo.pictures import scenes
from scaleapi_testing._demo.served import DEAF, Show


@pytest.mark.slow
def test_one_answer_is_sent_back_and_redone_and_a_failed_callback_is_tried_again():
    with Show(list(scenes(0, 3)), 0, is_opened=False, tempo=0.01) as show:
        fake = show.fake
        with fake.serve() as server:
            show.begin(server.url)
            until(lambda: len(fake.tasks) == 3 and fake.batches["monday"].status == "in_progress")
            fake.clock.advance(hours=8)
            until(lambda: all(task.customer_review_status == "accepted" for task in fake.tasks))
            fake.clock.advance(hours=8)

            results = [[a["audit_result"] for a in task.audits] for task in fake.tasks]
            tries = [
                [a.status for a in delivery.attempts]
                for delivery in fake.callbacks
                if not delivery.url.startswith(DEAF)
            ]
            unheard = {
                delivery.task_id for delivery in fake.callbacks if delivery.url.startswith(DEAF)
            }

    assert sorted(results, key=len) == [["accepted"], ["accepted"], ["rejected", "accepted"]]
    assert [500, 200] in tries or [500, 500, 200] in tries
    assert all(statuses[-1] == 200 for statuses in tries)
    assert len(unheard) == 1


def until(happens, seconds=20):
    """Let real time pass until it has happened."""
    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)
