"""Which chat tasks Scale takes, and the turns that come back; one rule book for the four names.

Truth: the response, ``{"responses": [{"type": "ModelResponse", "output": "Soup."}, ...]}``, or the
list alone. Each string output that the model gave is right with the labelers' accuracy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..._provenance import assumed
from .._base import Job, Params, Surroundings, TaskType, Violation
from .._language import schema
from .._language.noise import Noise
from .._language.truth import listed, untrue
from .._language.values import sent
from .writer import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROLES: Final = ("system", "user", "assistant", "function")

INSTRUCTIONS: Final = "Instructions"
PROMPT_INPUT: Final = "PromptInput"
"""Documented types of an entry (https://scale.com/docs/api-reference/generative-ai)."""

MODEL_RESPONSE: Final = "ModelResponse"
"""Assumed name of the third one."""


def check(params: Params, surroundings: Surroundings) -> Iterator[Violation]:
    """Rules H1 to H3 of docs/scale/collection.md 5; ``params`` holds project and batch as well."""
    del surroundings
    if not sent(params, "project") and not sent(params, "batch"):
        yield schema.required("project", "the name of a project, or of a batch of one")
    yield from schema.check_types(params, {"template_variables": schema.OBJECT})
    if "messages" not in params:
        return
    messages = params["messages"]
    if not isinstance(messages, list):
        yield schema.must_be("messages", schema.ARRAY, "an array of {role, content} objects")
        return
    for index, message in enumerate(messages):
        path = f"messages[{index}]"
        if not isinstance(message, dict):
            yield schema.must_be(path, schema.OBJECT, "an object with role and content")
            continue
        role = message.get("role")
        if not isinstance(role, str) or role not in _ROLES:
            yield schema.not_one_of(f"{path}.role", _ROLES)
        if not isinstance(message.get("content"), str):
            yield schema.must_be(f"{path}.content", schema.STRING)


def _prompts(params: Params) -> list[str]:
    """What the user says, turn by turn; empty when the task does not tell."""
    messages = params.get("messages", ())
    prompts = [message["content"] for message in messages if message["role"] == "user"]
    if prompts:
        return prompts
    prompt = params.get("prompt")
    if not isinstance(prompt, str):
        prompt = params.get("template_variables", {}).get("prompt")
    return [prompt] if isinstance(prompt, str) and prompt else []


def _respond(job: Job, turns: tuple[int, int]) -> dict[str, Any]:
    if job.truth is not None:
        return {"responses": _heard(job)}
    writer = Writer(job)
    prompts = _prompts(job.params)
    for _ in range(job.random.randint(*turns) - len(prompts)):
        prompts.append(writer.sentence())
    responses: list[dict[str, Any]] = [{"type": INSTRUCTIONS, "output": ""}]
    for prompt in prompts:
        responses.append({"type": PROMPT_INPUT, "output": prompt})
        responses.append({"type": MODEL_RESPONSE, "output": writer.sentence(6, 14)})
    return {"responses": responses}


def _heard(job: Job) -> list[dict[str, Any]]:
    noise = Noise(job)
    responses: list[dict[str, Any]] = []
    true = listed(job, job.truth, "responses")
    if not true:
        raise untrue(job, "responses", true, "at least one entry")
    for index, item in enumerate(true):
        path = f"responses[{index}]"
        if not isinstance(item.get("type"), str):
            raise untrue(job, f"{path}.type", item.get("type"), "a string")
        output = item.get("output")
        if not isinstance(output, str | dict):
            raise untrue(job, f"{path}.output", output, "a string, or an object for steps")
        # What the user said is given; only the model's side is written by labelers.
        if item["type"] == MODEL_RESPONSE and isinstance(output, str):
            output = noise.text(output)
        responses.append({**item, "output": output})
    return responses


def chat_type(name: str, turns: tuple[int, int] = (1, 1)) -> TaskType:
    """The task type ``name``.

    Args:
        name: as in ``POST /v1/task/<name>``.
        turns: the least and most turns of an answer, when the task's messages tell fewer.
    """

    def respond(job: Job) -> dict[str, Any]:
        return _respond(job, turns)

    return TaskType(
        name,
        source=assumed(
            "no parameter page exists; the entries of the answer stand in "
            "https://scale.com/docs/api-reference/generative-ai"
        ),
        keys=frozenset({"project", "batch", "template_variables", "prompt", "messages"}),
        check=check,
        respond=respond,
    )
