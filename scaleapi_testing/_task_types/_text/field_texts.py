"""How the fields and choices of the older types are answered: a string under each key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._language.noise import Noise
from .._language.truth import Places, entry, part, place_of, words_of
from .._language.values import sent
from .writer import Writer

if TYPE_CHECKING:
    from .._base import Job

TEST_RESPONSE: Final = "test response"
TEST_ROW_RESPONSE: Final = "test row response"
"""What a test key's fields answer (recorded 2016 and 2019)."""


def field_texts(job: Job, name: str) -> dict[str, str]:
    """A string for each key of ``params[name]``, in its order; the truth's where it has one.

    Raises:
        ValueError: the truth's ``fields`` are no object of strings for these keys.
    """
    truth = None if job.truth is None else part(job, job.truth, "fields")
    return texts(job, Writer(job), job.params[name], truth, "fields")


def texts(
    job: Job, writer: Writer, descriptions: dict[str, str], truth: dict[str, Any] | None, path: str
) -> dict[str, str]:
    """A string for each key of ``asked``; what ``truth`` says under the key, with noise.

    Raises:
        ValueError: the truth has another key, or no string under one.
    """
    noise = Noise(job)
    known = Places(job, tuple(descriptions))
    for key in truth or ():
        known.of(f"a key of {path}", key)
    answers: dict[str, str] = {}
    for key, description in descriptions.items():
        read = words_of(job, noise, truth, key, path)
        answers[key] = writer.answer(key, description) if read is None else read
    return answers


def choice_of(job: Job) -> str:
    """One of ``params["choices"]``; the truth's where it has one, with noise.

    Raises:
        ValueError: the truth's ``choice`` is none of them.
    """
    choices: list[str] = job.params["choices"]
    true = None if job.truth is None else entry(job, job.truth, "choice")
    if true is None:
        return job.random.choice(choices)
    position = place_of(job, "choice", true, choices)
    return choices[Noise(job).position(position, len(choices))]


def mock_choice(job: Job, position: int) -> str:
    """The choice at ``position``, or the last one when there are not so many."""
    choices: list[str] = job.params["choices"]
    return choices[min(position, len(choices) - 1)]


def choice_and_fields(job: Job) -> dict[str, Any]:
    """``choice`` and ``fields``, each as far as the task asks for it.

    Raises:
        ValueError: the job's truth does not fit the task.
    """
    answer: dict[str, Any] = {}
    if sent(job.params, "choices"):
        answer["choice"] = choice_of(job)
    if sent(job.params, "fields"):
        answer["fields"] = field_texts(job, "fields")
    return answer


def mock_choice_and_fields(job: Job, position: int) -> dict[str, Any]:
    """The same of a test key: the choice at ``position``, and `TEST_RESPONSE` in every field."""
    answer: dict[str, Any] = {}
    if sent(job.params, "choices"):
        answer["choice"] = mock_choice(job, position)
    if sent(job.params, "fields"):
        answer["fields"] = dict.fromkeys(job.params["fields"], TEST_RESPONSE)
    return answer
