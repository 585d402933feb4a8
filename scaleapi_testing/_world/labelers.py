"""Who answers tasks: how well labelers work, and how a generated answer is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from .._attachments import Media, attachment_urls
from .._errors import NoAnswer, NoSuchResponse
from .._http.wire import DEEPEST, depth, encode
from .._messages import described
from .._nesting import asked
from .._random import seeded
from .._task_types import checked_name, task_type
from .._task_types._base import Job, ParentTask

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

    from faker import Faker

    from .._attachments import Attachments
    from .._state.account import Account
    from .._state.store import Content, Store
    from .._state.task import TaskRecord

TRUTH_KEY: Final = "scaleapi_testing_truth"
"""The key of a task's ``metadata`` under which a test may put what labelers should find."""


@dataclass(frozen=True, slots=True)
class Labelers:
    """How well labelers work; they look for the truth of a task, where there is one.

    The truth of a task stands in its ``metadata`` under ``"scaleapi_testing_truth"``, or is told by
    ``scale.attachments.describe(url, truth=...)``; its shape is that of the type's response (see
    the docs page on labelers). Without a truth the answer is generated from the instruction alone.

    Attributes:
        accuracy: chance from 0 to 1 that a label or choice is the true one.
        jitter_px: standard deviation of each coordinate, in pixels or the medium's unit.
        miss_rate: chance from 0 to 1 that a true object is not found.
        seed: another seed for the labelers alone; ``None`` uses the fake's.
    """

    accuracy: float = 1.0
    jitter_px: float = 0.0
    miss_rate: float = 0.0
    seed: int | None = None

    def __post_init__(self) -> None:
        for name in ("accuracy", "miss_rate"):
            value: Any = getattr(self, name)
            # `not ... >= 0` and not `< 0`, which would let NaN through; bool is an int in Python.
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
                raise ValueError(
                    f"Labelers({name}={value!r:.60}): give a chance from 0 to 1, e.g. 0.9"
                )
        jitter: Any = self.jitter_px
        if isinstance(jitter, bool) or not isinstance(jitter, int | float) or not jitter >= 0:
            raise ValueError(f"Labelers(jitter_px={jitter!r:.60}): give pixels, 0 or more")
        seed: Any = self.seed
        if isinstance(seed, bool) or not isinstance(seed, int | None):
            raise TypeError(
                f"Labelers(seed={seed!r:.60}): give a whole number, or None for the fake's own seed"
            )


def check_response(occasion: str, response: Any) -> None:
    """Refuse what is given as a response and is no JSON object.

    Args:
        occasion: of which response this is said, e.g. ``"given to complete()"``.
        response: anything.

    Raises:
        NoSuchResponse: it is none.
    """
    if not isinstance(response, dict):
        raise NoSuchResponse(
            f"the response {occasion} must be a JSON object, not {described(response)}"
        )
    try:
        # Encoded to see whether it can be sent at all; the bytes themselves are written with the
        # task.
        document = encode(response)
    except (TypeError, ValueError, RecursionError) as error:
        raise NoSuchResponse(
            f"the response {occasion} must be a JSON object, but cannot be written as JSON: {error}"
        ) from None
    if depth(document) > DEEPEST:
        raise NoSuchResponse(
            f"the response {occasion} is nested {depth(document)} deep; give one of "
            f"at most {DEEPEST}"
        )


class AccountSurroundings:
    """What checks and generators may look up, seen from one account."""

    def __init__(
        self,
        account: Account,
        store: Store,
        attachments: Attachments,
        base_url: str,
        answer_forms: Mapping[str, str],
    ) -> None:
        self.answer_forms = answer_forms
        self._account = account
        self._store = store
        self._attachments = attachments
        self.base_url = base_url

    def media(self, url: str, metadata: Mapping[str, Any]) -> Media:
        """See ``Surroundings.media``."""
        return self._attachments.media(url, metadata, self._account)

    def task(self, task_id: str) -> ParentTask | None:
        """See ``Surroundings.task``."""
        record = self._store.tasks.get(task_id)
        # The other account's task is as unknown as one that never was (docs/scale/tasks.md 4).
        if record is None or record.account is not self._account:
            return None
        document = record.document()
        response = document.get("response")
        return ParentTask(record.id, record.type, record.status, document["params"], response)

    def result(self, url: str) -> bytes | None:
        """The bytes published at ``url``, or ``None``."""
        stored = self._store.result(url.rpartition("/")[2])
        return stored[1] if stored else None

    def publish(self, content: Content, mime_type: str, uuid: str) -> str:
        """See ``Surroundings.publish``."""
        self._store.results[uuid] = (mime_type, content)
        return f"{self.base_url}/results/{uuid}"


class Answers:
    """Makes responses: what a test set for the type, else a mock, else a generated one."""

    def __init__(self, seed: int, labelers: Labelers | None) -> None:
        self._seed = seed
        self.labelers = labelers
        self.set_by_type: dict[str, Any] = {}
        self.forms: dict[str, str] = {}
        # Made when first needed: few types answer in words, and Faker is slow to make.
        self._faker: Faker | None = None

    def respond(self, name: str, response: Any) -> None:
        """What later completions of this type answer.

        Raises:
            TypeError: neither a JSON object nor a callable.
            LookupError: no such task type.
        """
        name = checked_name(name)
        if not callable(response):
            check_response(f"(or callable) given to respond({name!r}, ...)", response)
        self.set_by_type[name] = response

    def asks_the_test(self) -> bool:
        """Whether a callable of the test makes some of the responses."""
        return any(callable(response) for response in self.set_by_type.values())

    def answer(
        self,
        record: TaskRecord,
        document: dict[str, Any],
        surroundings: AccountSurroundings,
        view: Callable[[TaskRecord], Any],
    ) -> tuple[Any, dict[str, Any]]:
        """The response of a task and the fields that come with it; ``None`` for no response."""
        random = self._random(record)
        # What the test says goes before everything else, mocks of test keys included.
        prepared = self.set_by_type.get(record.type)
        if prepared is not None:
            if not callable(prepared):
                return prepared, {}
            response = asked(
                lambda: prepared(view(record), random),
                lambda: (
                    f"the callable of respond({record.type!r}, ...), asked for task {record.id},"
                ),
                "The callable completes tasks whose response it is asked for, or creates such "
                "tasks: return the response of this one, and complete others outside of it",
            )
            check_response(
                f"that the callable of respond({record.type!r}, ...) made for task {record.id}",
                response,
            )
            return response, {}
        kind = task_type(record.type)
        if kind is None:
            raise NoAnswer(
                f"labelers cannot answer task {record.id}: the fake does not know its type, "
                f"{record.type!r:.60}; give the answer: scale.complete(task, {{...}})"
            )
        truth = self._truth(document, surroundings)
        job = self.job(record, document, surroundings, truth, self.labelers, random)
        as_mock = record.account.is_test and kind.mock is not None and job.truth is None
        make = kind.mock if as_mock and kind.mock is not None else kind.respond
        try:
            return make(job), job.extra
        # What a generator trips over when params were never checked; any other error is ours and
        # shows.
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            wrong = next(iter(kind.check(job.params, surroundings)), None)
            if wrong is None:
                raise
        # Only a task that was loaded has such params: a create refuses them.
        raise NoAnswer(
            f"labelers cannot answer task {record.id}, for its params are none that a create takes "
            f"({wrong.path}: {wrong.message}); give the answer: scale.complete(task, {{...}})"
        )

    def job(
        self,
        record: TaskRecord,
        document: dict[str, Any],
        surroundings: AccountSurroundings,
        truth: Any,
        labelers: Labelers | None = None,
        random: Random | None = None,
    ) -> Job:
        """A task as labelers see it; without ``labelers`` they find the truth as it is."""
        return Job(
            params=document["params"],
            common=document,
            random=self._random(record) if random is None else random,
            surroundings=surroundings,
            words=lambda: self._words(record),
            truth=truth,
            labelers=labelers,
        )

    def _random(self, record: TaskRecord) -> Random:
        seed = self._seed
        if self.labelers is not None and self.labelers.seed is not None:
            seed = self.labelers.seed
        # The id without its leading time: the same calls give the same answers at any hour.
        return seeded(seed, "answer", record.id[8:], record.type, record.attempt)

    def _words(self, record: TaskRecord) -> Faker:
        if self._faker is None:
            from faker import Faker

            self._faker = Faker("en_US", use_weighting=False)
        # Seeded anew for each task, so that words do not depend on which tasks were answered
        # before.
        self._faker.seed_instance(self._random(record).getrandbits(64))
        return self._faker

    @staticmethod
    def _truth(document: Mapping[str, Any], surroundings: AccountSurroundings) -> Any:
        metadata = document.get("metadata")
        if isinstance(metadata, dict) and TRUTH_KEY in metadata:
            return metadata[TRUTH_KEY]
        for url in attachment_urls(document["params"]):
            truth = surroundings.media(url, {}).truth
            if truth is not None:
                return truth
        return None
