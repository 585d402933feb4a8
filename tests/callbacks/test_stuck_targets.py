"""An ASGI target that waits for the event loop that waits for it."""

from __future__ import annotations

import asyncio
import time

import pytest

from scaleapi_testing import FakeScale

PARAMS = {"attachment": "a", "attachment_type": "text", "categories": ["a", "b"]}
SENTENCE = r"^the callback target waits for something of the event loop that runs this test, "


async def answered(send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def completes(app):
    """Completes a task from a coroutine, with a callback to ``app``."""
    with FakeScale() as scale:
        task = scale.client().create_task(
            "categorization", callback_url="http://app.test/", **PARAMS
        )
        scale.callbacks.deliver_to(app)
        scale.complete(task)
        return scale.tasks[task.id].callback_succeeded


@pytest.mark.slow
def test_an_event_that_the_test_would_set_later_is_a_sentence_within_seconds():
    async def main():
        event = asyncio.Event()

        async def app(scope, receive, send):
            if scope["type"] == "http":
                await event.wait()
                await answered(send)

        completes(app)

    began = time.monotonic()
    with pytest.raises(RuntimeError, match=SENTENCE):
        asyncio.run(main())
    assert time.monotonic() - began < 20


@pytest.mark.slow
def test_a_coroutine_handed_over_to_the_tests_loop_is_a_sentence_within_seconds():
    async def main():
        loop = asyncio.get_running_loop()

        async def app(scope, receive, send):
            if scope["type"] == "http":
                asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop).result()
                await answered(send)

        completes(app)

    with pytest.raises(RuntimeError, match=SENTENCE):
        asyncio.run(main())


@pytest.mark.slow
@pytest.mark.parametrize(
    "wait", [lambda: asyncio.sleep(4), lambda: asyncio.to_thread(time.sleep, 4)]
)
def test_a_target_that_takes_its_time_is_waited_for(wait):
    async def app(scope, receive, send):
        if scope["type"] == "http":
            await wait()
            await answered(send)

    async def main():
        return completes(app)

    assert asyncio.run(main()) is True
