"""What a world was made with, what was set since, its worlds beside it, and how clients find it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._control_plane.kinds import policy_out
from ..._controls.operations import task_types
from ..json_view import json_view
from ..layout import page
from ..moments import moment

if TYPE_CHECKING:
    from ...policies import Rule
    from ..visit import Answer, Visit


def settings(visit: Visit) -> Answer:
    """The page."""
    fake = visit.fake
    world = fake._world
    return page(
        visit,
        "settings.html",
        title="Settings",
        facts={
            "World": visit.world,
            "Seed": fake.seed,
            "Clock": moment(world.clock.ms),
            "Speed": f"{visit.speed:g}",
            "Test keys": world.test_key_tasks.replace("_", " "),
            "Keys let in": _keys(world.store.keys_let_in),
            "Labelers": repr(world.answers.labelers) if world.answers.labelers else "perfect",
            "Tasks": f"{len(fake.tasks):,}",
            "Calls kept": f"{len(fake.requests):,}",
        },
        rules=[(_whom(rule), _policy(rule.policy)) for rule in world.rules],
        responders=[
            (kind, _answer(answer)) for kind, answer in sorted(world.answers.set_by_type.items())
        ],
        task_types=sorted(task_types()),
        addresses=_addresses(visit),
    )


def _keys(let_in: int | None) -> str:
    return "any" if let_in is None else f"{let_in:,}"


def _addresses(visit: Visit) -> list[tuple[str, str, str]]:
    """How each kind of client is told where this world is: an id, whose it is, what to write."""
    origin = visit.origin
    return [
        ("environment", "scaleapi, by the environment", f"export SCALE_API_BASE_URL={origin}"),
        (
            "client",
            "scaleapi, in the program",
            f'ScaleClient("live_demo", api_instance_url="{origin}/v1")',
        ),
        (
            "official",
            "scaleapi 2.18, the official one",
            f'ScaleClient("live_demo", api_instance_url="{origin}/v1")',
        ),
        (
            "remote",
            "a test in Python",
            f'RemoteFake("{origin.removesuffix(_below(visit))}", world="{visit.world}")',
        ),
        ("pytest", "a whole suite", f"pytest --scale-server {origin.removesuffix(_below(visit))}"),
        ("curl", "curl, and everything else", f"curl -u live_demo: {origin}/v1/tasks"),
    ]


def _below(visit: Visit) -> str:
    return "" if visit.world == "default" else f"/w/{visit.world}"


def _whom(rule: Rule) -> str:
    narrowed = [
        f"{name.replace('_', ' ')} {value}"
        for name in ("task_type", "project", "batch")
        if (value := getattr(rule, name, None)) is not None
    ]
    return ", ".join(narrowed) or "every task"


def _policy(policy: object) -> str:
    try:
        wire_policy = policy_out(policy)
    except TypeError:
        return "a function of the program that serves"
    if wire_policy is None:
        return "waits until somebody completes it"
    if wire_policy == "never":
        return "is never completed by itself"
    if isinstance(wire_policy, int | float):
        return f"is completed after {policy}"
    return repr(policy)


def _answer(answer: object) -> object:
    return "a function of the program that serves" if callable(answer) else json_view(answer)
