"""A team trains on conversations: it orders them in waves, holds one, and downloads deliveries."""

from datetime import timedelta

import pytest

import scaleapi
from scaleapi.v2.models import AnnotationText

# -- the application ----------------------------------------------------------------------------


class Desk:
    """Orders conversations in a project, and turns what is delivered into pairs to learn from."""

    def __init__(self, client, project):
        self._v2 = client.v2
        self._project = project

    def order(self, wave, prompts):
        """One batch per wave; a second order of the same wave adds what is missing."""
        try:
            batch = self._v2.create_batch({"name": wave, "project_name": self._project})
        except scaleapi.ScaleDuplicateResource:
            batch = self._v2.get_batch(batch_name=wave)
        for number, prompt in enumerate(prompts):
            try:
                self._v2.create_chat_task(
                    {
                        "project_name": self._project,
                        "batch_id": batch.id,
                        "template_variables": {"prompt": prompt},
                        "unique_id": f"{wave}-{number}",
                    }
                )
            except scaleapi.ScaleDuplicateResource:
                continue

    def hold(self, wave):
        return self._v2.pause_batch({"batch_name": wave}).batch.status

    def go_on(self, wave):
        return self._v2.resume_batch({"batch_name": wave}).batch.status

    def stop(self, wave):
        """End a wave; one that is over already stays as it is."""
        try:
            return self._v2.cancel_batch({"batch_name": wave}).batch.status
        except scaleapi.ScaleInvalidRequest:
            return self._v2.get_batch(batch_name=wave).status

    def pairs(self, delivery):
        """The preferred and the other reply to each prompt of a delivery."""
        for task in self._v2.iter_delivery(
            delivery_name=delivery, project_name=self._project, limit=2
        ):
            for turn in (turn for thread in task.threads for turn in thread.turns):
                prompt, *replies = turn.messages
                best = next(
                    one.value
                    for one in turn.annotations
                    if isinstance(one, AnnotationText) and one.key == "selected_model_id"
                )
                texts = {reply.source_id: reply.content.text for reply in replies}
                yield prompt.content.text, texts.pop(best), list(texts.values())


# -- its tests ----------------------------------------------------------------------------------

PROMPTS = ["Plan a menu.", "Write a toast.", "Explain leaven."]


@pytest.fixture
def desk(scale, scale_client):
    scale.add_projects([("kitchen", "chat")])
    scale.configure_project("kitchen", types=["RLHF: Pref Ranking"], models=["stove-1", "stove-2"])
    return Desk(scale_client, "kitchen")


def test_a_delivery_becomes_pairs_to_learn_from(scale, desk):
    desk.order("monday", PROMPTS)
    scale.complete_all()
    scale.deliver("kitchen", name="march")

    pairs = list(desk.pairs("march"))

    assert sorted(prompt for prompt, _, _ in pairs) == sorted(PROMPTS)
    assert all(best and len(others) == 1 for _, best, others in pairs)


def test_an_order_that_is_given_twice_is_done_once(scale, desk):
    desk.order("monday", PROMPTS[:2])
    desk.order("monday", PROMPTS)

    assert len(scale.batches) == 1
    assert len(scale.tasks) == 3


def test_a_reply_that_is_lost_orders_nothing_twice(scale, desk):
    scale.faults.add(disconnect=True, after_commit=True, path="/v2/batch", method="POST", times=1)
    scale.faults.add(disconnect=True, after_commit=True, path="/v2/task/chat", times=1)

    desk.order("monday", PROMPTS)

    assert (len(scale.batches), len(scale.tasks)) == (1, 3)


@pytest.mark.scale(turnaround=timedelta(hours=6))
def test_a_wave_on_hold_is_answered_after_it_goes_on(scale, desk):
    desk.order("monday", PROMPTS)
    assert desk.hold("monday") == "paused"

    scale.clock.advance(days=1)
    assert len(scale.tasks(status="completed")) == 0

    assert desk.go_on("monday") == "in_progress"
    scale.clock.advance(hours=6)
    assert len(scale.tasks(status="completed")) == 3


def test_a_wave_that_is_stopped_is_over(scale, desk):
    desk.order("monday", PROMPTS)
    desk.order("tuesday", PROMPTS)
    scale.complete_all(batch="monday")

    assert (desk.stop("monday"), desk.stop("tuesday")) == ("completed", "cancelled")
    assert len(scale.tasks(status="canceled")) == 3
