"""Which files are a room, and which tests must notice when one of them is broken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Room:
    """Files that are broken together, and the tests that are asked about them.

    Attributes:
        files: patterns of paths, from the checkout.
        tests: files and folders of tests, from the checkout: those whose subject the room is.
            Every test of the project would notice more, and would take hours.
    """

    files: tuple[str, ...]
    tests: tuple[str, ...]


def _fake(*names: str) -> tuple[str, ...]:
    return tuple(f"scaleapi_testing/{name}" for name in names)


UNFIT: Final = (
    # mutmut puts a frame of its own around each function, and this counts frames.
    (
        "tests/clock/test_what_time_was_spent_on.py::"
        "test_an_error_of_the_clock_is_shown_in_the_line_that_moved_it"
    ),
)
"""Tests that cannot be asked about a changed copy of the code, and why."""

ROOMS: Final = {
    "app": Room(
        _fake("_app.py", "_http/routing.py", "_http/auth.py"),
        (
            "tests/endpoints/test_contract.py",
            "tests/endpoints/test_unread_parameters.py",
            "tests/endpoints/test_create_again.py",
            "tests/endpoints/test_bounds.py",
            "tests/http/test_routing.py",
            "tests/faults",
            "tests/journal",
            "tests/acts",
            "tests/controls/test_near_names.py",
            "tests/commands/test_changes.py",
            "tests/messages/test_report_messages.py",
            "tests/serve/test_asgi.py",
            "tests/serve/test_same_answers.py",
        ),
    ),
    "world": Room(
        _fake("_world/world.py", "_world/act.py"),
        (
            "tests/acts",
            "tests/callbacks/test_delivery.py",
            "tests/controls",
            "tests/snapshot",
            "tests/state",
            "tests/clock/test_clock.py",
            "tests/clock/test_frozen_time.py",
            "tests/endpoints/test_batches.py",
            "tests/endpoints/test_tasks.py",
            "tests/endpoints/test_create_task.py",
            "tests/endpoints/test_recall_and_policies.py",
            "tests/endpoints/test_dependents.py",
            "tests/messages/test_engine_messages.py",
            "tests/messages/test_report_messages.py",
            "tests/task_types/test_unusable_frames.py",
            "tests/v2/test_workflows.py",
        ),
    ),
    "state": Room(
        _fake("_state/*.py", "_saved/snapshot.py", "_saved/dump.py", "_http/paging.py"),
        (
            "tests/state",
            "tests/snapshot",
            "tests/endpoints/test_list_tasks.py",
            "tests/endpoints/test_batches.py",
            "tests/endpoints/test_projects.py",
            "tests/endpoints/test_studio.py",
            "tests/endpoints/test_teams.py",
            "tests/endpoints/test_create_again.py",
            "tests/controls",
            "tests/acts/test_interrupts.py",
            "tests/messages/test_engine_messages.py",
        ),
    ),
    "faults": Room(
        _fake("_faults/faults.py", "_faults/fault.py", "_faults/checks.py"),
        (
            "tests/faults",
            "tests/snapshot",
            "tests/messages/test_golden_faults.py",
            "tests/messages/test_nesting_messages.py",
        ),
    ),
    "callbacks": Room(
        _fake(
            "_callbacks/callbacks.py",
            "_callbacks/targets.py",
            "_certify/certify.py",
            "_certify/series.py",
        ),
        (
            "tests/callbacks",
            "tests/commands/test_attempts.py",
            "tests/snapshot",
            "tests/messages/test_golden_callbacks.py",
            "tests/messages/test_engine_messages.py",
        ),
    ),
    "journal": Room(
        _fake("_journal/journal.py", "_journal/expectation.py", "_journal/recorded_request.py"),
        (
            "tests/journal",
            "tests/snapshot",
            "tests/messages/test_golden_journal.py",
            "tests/messages/test_golden_faults.py",
            "tests/endpoints/test_unread_parameters.py",
        ),
    ),
    "time": Room(
        _fake("_time/*.py"),
        (
            "tests/clock",
            "tests/time",
            "tests/intercept/test_sleep.py",
            "tests/messages/test_engine_messages.py",
        ),
    ),
    "transport": Room(
        (
            "scaleapi/_transport.py",
            "scaleapi/_exchange.py",
            "scaleapi/_deadline.py",
            "scaleapi/_deadline_sockets.py",
            "scaleapi/_secrets.py",
        ),
        (
            "tests/client/test_transport.py",
            "tests/client/test_errors.py",
            "tests/client/test_requests_sent.py",
            "tests/client/test_limits.py",
            "tests/client/test_retries.py",
            "tests/client/test_fork.py",
            "tests/client/test_exchange.py",
            "tests/client/test_async_client.py",
        ),
    ),
    "retry": Room(
        ("scaleapi/_retry.py", "scaleapi/_task_creation.py"),
        (
            "tests/client/test_retries.py",
            "tests/client/test_transport.py",
            "tests/client/test_create_tasks.py",
            "tests/client/test_async_client.py",
            "tests/client/test_limits.py",
            "tests/client/test_tasks_against_the_fake.py",
        ),
    ),
}
