"""What a task type is: its parameters' rules and how its tasks are answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from .._http.unread import Unread

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from random import Random

    from faker import Faker

    from .._attachments import Media
    from .._provenance import Source

Params: TypeAlias = dict[str, Any]
"""The type's own parameters after project inheritance (common fields taken out)."""

MISSING_ATTACHMENT: Final = "Please include an attachment or attachments parameter."


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule.

    Attributes:
        path: where, e.g. ``geometries.box.min_width`` or ``fields[0].choices``.
        message: Scale's text, exactly as the reply carries it.
        expected: what would be right, in our words, for the test report; never on the wire.
        status: the HTTP status of the reply.
    """

    path: str
    message: str
    expected: str = ""
    status: int = 400


def unread_key(path: str, key: str, known: Iterable[str]) -> Unread:
    """A key at ``path`` that nothing reads, with the nearest of those that are read there."""
    return Unread.among(key, sorted(known), f"{path}.")


def unread_keys(path: str, entry: object, known: Collection[str]) -> Iterator[Unread]:
    """Each key of the object at ``path`` that is not ``known``; none of what is no object."""
    if isinstance(entry, dict):
        for key in entry:
            if key not in known:
                yield unread_key(path, key, known)


@dataclass(frozen=True, slots=True)
class ParentTask:
    """What a task may know of another task of the same account (``lidar_task``)."""

    task_id: str
    type: str
    status: str
    params: Params
    response: Any


class Surroundings(Protocol):
    """What a check or a generator may look up outside the task itself; given by the world."""

    def media(self, url: str, metadata: Mapping[str, Any]) -> Media:
        """What is known of the attachment at ``url``: size, frames, duration, bytes, truth.

        Never fetches; the documented defaults where nothing is known.
        """
        ...

    def task(self, task_id: str) -> ParentTask | None:
        """A task of the same account, or ``None``."""
        ...

    def publish(self, content: bytes | Callable[[], bytes], mime_type: str, uuid: str) -> str:
        """Keep ``content`` at ``<base url>/results/<uuid>`` and return that address.

        A callable gives the bytes when they are first fetched (masks that nobody opens cost
        nothing); it depends on nothing that changes, so it may also be called later, or twice.
        """
        ...


@dataclass(slots=True)
class Job:
    """One task as a labeler sees it: everything a generated response may depend on.

    Attributes:
        params: the task's returned params (defaults written back).
        common: the common fields: ``instruction``, ``metadata``, ``unique_id``, ``project`` ...
        random: numbers, from the fake's seed and this task; the same on every run.
        surroundings: media facts, other tasks, published files.
        words: gives the fake's one Faker, seeded for this task, for words, names and sentences
            only (it is slow: never for numbers); asked through `faker`, when needed.
        truth: what the labelers should find, in the shape the type's module documents, or ``None``.
        labelers: how well they find it.
    """

    params: Params
    common: Mapping[str, Any]
    random: Random
    surroundings: Surroundings
    words: Callable[[], Faker]
    truth: Any = None
    labelers: LabelerModel | None = None
    extra: dict[str, Any] = field(default_factory=dict[str, Any])
    """Task fields the answer brings with it, e.g. ``document_pages``; merged into the task."""
    _faker: Faker | None = None

    def faker(self) -> Faker:
        """The one Faker of this task: two objects must not get the same text by rule.

        ``words`` itself begins its stream anew with each call.
        """
        if self._faker is None:
            self._faker = self.words()
        return self._faker


class LabelerModel(Protocol):
    """How well labelers work; read by generators when ``truth`` is given."""

    @property
    def accuracy(self) -> float:
        """Chance from 0 to 1 that a label or choice is the true one."""
        ...

    @property
    def jitter_px(self) -> float:
        """Standard deviation, in pixels (or the medium's unit), of each coordinate."""
        ...

    @property
    def miss_rate(self) -> float:
        """Chance from 0 to 1 that a true object is not found."""
        ...


@dataclass(frozen=True, slots=True)
class TaskType:
    """One task type, as a value.

    Attributes:
        name: as in ``POST /v1/task/<name>``.
        source: where the page's facts come from.
        keys: every parameter that the type's page names, aliases and keys without effect included;
            a sent key outside of it (and of the common ones) is reported as unread.
        check: yields every violation in the documented order; the first one is the reply. Must
            never raise, whatever JSON it is given.
        respond: a labeler's answer, the whole ``response`` object. ``None`` means no response key.
        written_back: the params as Scale returns them: those sent plus documented defaults. Gets a
            dict it may change. Runs after ``check`` found nothing.
        mock: a test key's answer, ``None`` for "as ``respond``".
        instruction: the text a task gets when neither it nor its project has one.
        aliases: other names in the path that mean this type.
        unusable: the ``response.frames`` of a task whose attachments, where the fake has them, turn
            out to be unusable; an empty list when they are fine.
        check_with_root: of a type that a root may have in its ``dependents``: the rules for such a
            definition, given its body and what `_scenes.rules.root_of` read of the root.
        unread: other places (dotted paths) of sent params that nothing reads, beyond ``keys``, each
            as ``unread_key`` writes it.
    """

    name: str
    source: Source
    keys: frozenset[str]
    check: Callable[[Params, Surroundings], Iterable[Violation]]
    respond: Callable[[Job], Any]
    written_back: Callable[[Params], Params] = lambda params: params
    mock: Callable[[Job], Any] | None = None
    instruction: str | None = None
    aliases: tuple[str, ...] = ()
    check_with_root: Callable[[Params, Any, Surroundings], Iterable[Violation]] | None = None
    unread: Callable[[Params], Iterable[str]] | None = None
    unusable: Callable[[Params, Surroundings], list[dict[str, Any]]] | None = None
