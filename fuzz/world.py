"""The world of a round: a fake with something in it, and targets of every kind for callbacks."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from benchmarks.every_type import EXAMPLES
from scaleapi_testing import CallbackRequest, FakeScale, IllegalTransition, policies

from .calls import Call, authorization
from .doors import as_wsgi
from .values import ADDRESSES, encoded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from random import Random
    from wsgiref.types import StartResponse, WSGIEnvironment

START: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)
KEYS: Final = ("live_fuzz", "test_fuzz")


def build(seed: int, random: Random) -> FakeScale:
    """A fake that is not started, with projects, policies and targets."""
    turnaround = random.choice((None, timedelta(hours=2), timedelta(0)))
    fake = FakeScale(
        seed=seed, start_time=START, turnaround=turnaround, strict=random.random() < 0.1
    )
    for key in KEYS:
        fake.account(key).default_callback_url = "https://hooks.example.com/plain"
    fake.callbacks.deliver_to(_callable(random), url_prefix="https://hooks.example.com/plain")
    fake.callbacks.deliver_to(_wsgi, url_prefix="https://hooks.example.com/wsgi")
    fake.callbacks.deliver_to(_asgi, url_prefix="https://hooks.example.com/asgi")
    # Nothing listens on the port of discard: every attempt is refused.
    fake.callbacks.deliver_to("http://127.0.0.1:9", url_prefix="https://hooks.example.com/gone")
    with as_wsgi(fake) as send:
        for made in _furniture():
            send(made)
    if random.random() < 0.3:
        fake.turnaround(policies.after_polls(2), task_type="categorization")
    return fake


def _furniture() -> Iterator[Call]:
    """The calls that make the projects and the batch which other calls name."""
    projects = {"cows": "imageannotation"}
    projects |= {name: name for name, params in EXAMPLES.items() if "project" in params}
    for key in KEYS:
        headers = [authorization(key), ("Content-Type", "application/json")]
        for name, task_type in projects.items():
            body = encoded({"name": name, "type": task_type})
            yield Call("POST", "/v1/projects", headers=headers, body=body)
        body = encoded({"project": "cows", "name": "monday", "callback": ADDRESSES[0]})
        yield Call("POST", "/v1/batches", headers=headers, body=body)


def _callable(random: Random) -> Callable[[CallbackRequest], int | None]:
    def receive(_request: CallbackRequest) -> int | None:
        return random.choice((None, 200, 204, 302, 404, 500, 503))

    return receive


def _wsgi(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    environ["wsgi.input"].read()
    start_response("200 OK", [])
    return [b"ok"]


async def _asgi(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        raise RuntimeError("no lifespan here")
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"ok"})


def act(fake: FakeScale, random: Random, ids: list[str]) -> str:
    """One thing that a test does to the world; says what."""
    deeds: dict[str, Callable[[], object]] = {
        "advance the clock": lambda: fake.clock.advance(minutes=random.choice((0, 1, 200, 90_000))),
        "step": lambda: len(fake.timeline.pending()) and fake.timeline.step(),
        "complete_all": fake.complete_all,
        "list the callbacks": lambda: [str(one) + repr(one.attempts) for one in fake.callbacks],
        "list the tasks": lambda: [task.as_dict() for task in fake.tasks],
        "snapshot and restore": lambda: fake.restore(fake.snapshot()),
        "reset the policies": lambda: fake.turnaround(timedelta(hours=1)),
        "add a fault": lambda: fake.faults.add(
            status=random.choice((429, 500, 503)), times=1, optional=True
        ),
        "add latency": lambda: fake.faults.add(
            latency=timedelta(seconds=1), times=1, optional=True
        ),
    }
    deliveries = list(fake.callbacks)
    if deliveries:
        delivery = random.choice(deliveries)
        deeds |= {
            "redeliver": lambda: fake.callbacks.redeliver(delivery),
            "duplicate": lambda: fake.callbacks.duplicate(delivery),
            "delay": lambda: fake.callbacks.delay(timedelta(hours=1), times=1),
            "reorder": lambda: fake.callbacks.reorder(times=2),
            "before the reply": lambda: fake.callbacks.before_reply(times=1),
        }
    if ids:
        task = random.choice(ids)
        deeds |= {
            f"{move.__name__} {task}": lambda move=move: _try(move, task)
            for move in (fake.complete, fake.fail, fake.recall, fake.start_work)
        }
        deeds |= {
            f"complete {task} with something": lambda: _try(fake.complete, task, {"a": 1}),
            f"comment {task}": lambda: _try(fake.comment, task, "hm"),
            f"explain {task}": lambda: fake.explain(task),
        }
    name = random.choice(list(deeds))
    deeds[name]()
    return name


def _try(move: Callable[..., object], *arguments: Any) -> None:
    """A move; that its status forbids it is no news."""
    with suppress(IllegalTransition):
        move(*arguments)
