"""The typed parameters of each task type, against the client's methods and the fake's rules."""

from __future__ import annotations

import inspect
import re
from typing import get_overloads, get_type_hints

import pytest

from scaleapi import ScaleClient, TaskType, task_params
from scaleapi_testing import _task_types

# Keys that a type's page names only to say that they do nothing there.
WITHOUT_EFFECT = {"attachments", "response_required", "task_id"}


def params_name(method) -> str:
    """``XParams`` of a method whose last parameter is ``**params: Unpack[XParams]``."""
    annotation = inspect.signature(method).parameters["params"].annotation
    return re.fullmatch(r"Unpack\[(\w+)\]", annotation)[1]


def params_of(name: str) -> type:
    return getattr(task_params, params_name(getattr(ScaleClient, f"create_{name}_task")))


def test_the_fake_and_the_client_know_the_same_task_types():
    assert sorted(_task_types.names()) == sorted(task_type.value for task_type in TaskType)


@pytest.mark.parametrize("name", _task_types.names())
def test_every_parameter_that_the_fake_reads_is_typed(name):
    typed = set(get_type_hints(params_of(name)))

    assert set(_task_types.task_type(name).keys) - typed <= WITHOUT_EFFECT


@pytest.mark.parametrize("name", sorted({*_task_types.names()} - {"cruisecontrol"}))
def test_no_typed_parameter_is_unknown_to_the_fake(name):
    own = set(get_type_hints(params_of(name))) - set(get_type_hints(task_params.CommonParams))

    assert own - set(_task_types.task_type(name).keys) == set()


def test_create_task_and_the_creators_type_each_task_type_alike():
    overloads = {
        member: params_name(overload)
        for overload in get_overloads(ScaleClient.create_task)
        for member in re.findall(
            r"TaskType\.(\w+)", str(inspect.signature(overload).parameters["task_type"].annotation)
        )
    }

    assert overloads == {
        task_type.name: params_name(getattr(ScaleClient, f"create_{task_type.value}_task"))
        for task_type in TaskType
    }


def test_every_params_type_is_public():
    used = {params_name(getattr(ScaleClient, f"create_{t.value}_task")) for t in TaskType}

    assert sorted({*used, "CommonParams"}) == sorted(task_params.__all__)
