"""Scale is down, slow, or talks nonsense; orders wait in a spool and none is lost or made twice."""

import secrets
from datetime import timedelta

import pytest

import scaleapi

# -- the application ----------------------------------------------------------------------------


class Spool:
    """Orders that are still to be sent; a table in real life."""

    def __init__(self, client):
        self._client = client
        self.waiting = {}
        self.refused = {}

    def order(self, text):
        self.waiting[secrets.token_hex(8)] = text
        self.send()

    def send(self):
        """Send what waits, oldest first; stop at the first sign of trouble."""
        for order_id, text in list(self.waiting.items()):
            try:
                self._client.create_task(
                    scaleapi.TaskType.Categorization,
                    unique_id=order_id,
                    attachment_type="text",
                    attachment=text,
                    categories=["praise", "complaint"],
                )
            except scaleapi.ScaleDuplicateResource:
                pass  # it had arrived, though nobody told us
            except scaleapi.ScaleInvalidRequest as error:
                self.refused[order_id] = error
            except scaleapi.ScaleException:
                return
            del self.waiting[order_id]


# -- its tests ----------------------------------------------------------------------------------


@pytest.fixture
def spool(scale):
    return Spool(scale.client(max_retries=1))


def attachments(scale):
    return [task.params["attachment"] for task in scale.tasks]


def test_without_trouble_nothing_waits(scale, spool):
    spool.order("Lovely.")

    assert spool.waiting == {}
    assert attachments(scale) == ["Lovely."]


def test_orders_wait_while_scale_is_down_and_go_out_in_order(scale, spool):
    with scale.faults.outage():
        spool.order("Lovely.")
        spool.order("Broken again.")
    assert len(spool.waiting) == 2

    spool.send()

    assert spool.waiting == {}
    assert attachments(scale) == ["Lovely.", "Broken again."]


def test_an_order_whose_reply_was_lost_is_not_sent_twice(scale, spool):
    scale.faults.add(status=502, after_commit=True, path="/v1/task/categorization", times=2)
    spool.order("Lovely.")

    spool.send()

    assert attachments(scale) == ["Lovely."]
    assert spool.waiting == {}


def test_a_server_that_does_not_answer_costs_virtual_time_only(scale, spool):
    begin = scale.clock.now()
    scale.faults.add(timeout=True, times=2)

    spool.order("Lovely.")

    assert len(spool.waiting) == 1
    assert scale.clock.now() - begin >= timedelta(minutes=2)


@pytest.mark.parametrize(
    "trouble",
    [
        {"disconnect": True},
        {"connect_timeout": True},
        {"latency": timedelta(minutes=5)},
        {"garbage": True},
        {"truncate": True},
        {"status": 500, "after_commit": True},
    ],
    ids=lambda trouble: next(iter(trouble)),
)
def test_no_order_is_lost_or_made_twice_whatever_goes_wrong(scale, spool, trouble):
    scale.faults.add(**trouble, path="/v1/task/categorization", times=1)

    spool.order("Lovely.")
    spool.send()

    assert attachments(scale) == ["Lovely."]
    assert spool.waiting == {}


def test_an_order_that_scale_refuses_does_not_block_the_others(scale, spool):
    with scale.faults.outage():
        spool.order("")
        spool.order("Lovely.")

    spool.send()

    assert spool.waiting == {}
    assert len(spool.refused) == 1
    assert attachments(scale) == ["Lovely."]
