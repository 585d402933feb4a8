"""How labelers write: words and sentences that fit a question, and spans of a given text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from random import Random

    from .._base import Job

_POOL: Final = 48
_ASCII_WORDS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_CHUNKS: Final = re.compile(r"\S+")
_CEILING: Final = 10**308
_STEPS: Final = 10**6
_NO_MORE: Final = object()
_RANGE: Final = 100
"""How far a number may lie from its one bound, or from 0 without any (assumed)."""

_HINTS: Final = tuple(
    (kind, frozenset(telling.split()))
    for kind, telling in (
        ("email", "email mail"),
        ("url", "url uri website homepage link page site"),
        ("phone", "phone telephone fax mobile"),
        ("date", "date day birthday deadline due"),
        ("money", "price amount total subtotal cost fee tax money salary"),
        ("count", "quantity count number age qty year"),
        ("address", "address street"),
        ("city", "city town place location"),
        ("country", "country nation"),
        ("company", "company business vendor brand employer shop store"),
        ("name", "person author who owner customer surname"),
    )
)
"""Which word of a question asks for which kind of answer, the first that fits (assumed)."""


class Writer:
    """Words of one task: Faker is asked once for a pool, the job's numbers choose from it."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._random = job.random
        self._words: Sequence[str] | None = None
        self._kinds: dict[tuple[str, ...], str] = {}

    @property
    def _pool(self) -> Sequence[str]:
        if self._words is None:
            self._words = self._job.faker().words(nb=_POOL)
        return self._words

    def word(self) -> str:
        """One word in lower case."""
        return self._random.choice(self._pool)

    def words(self, count: int) -> list[str]:
        """``count`` words."""
        return self._random.choices(self._pool, k=count)

    def sentence(self, least: int = 4, most: int = 9) -> str:
        """A capitalized line of ``least`` to ``most`` words with a full stop."""
        line = " ".join(self.words(self._random.randint(least, most)))
        return f"{line[0].upper()}{line[1:]}."

    def answer(self, *question: str) -> str:
        """One line that answers a question, e.g. an address of the web to "Find the website".

        Args:
            question: the key, then the description, as far as there are any; the first that
                holds a telling word decides.
        """
        kind = self._kinds.get(question)
        if kind is None:
            kind = self._kinds[question] = _kind_asked_for(question)
        if kind:
            return self._of(kind)
        return " ".join(self.words(self._random.randint(1, 4))).capitalize()

    def fitted(self, text: str, least: int, most: int | None) -> str:
        """``text`` cut or continued to between ``least`` and ``most`` characters, blanks trimmed.

        The result is never empty.
        """
        least = max(least, 1)
        while len(text) < least:
            text += f" {self.word()}"
        if most is not None and len(text) > most:
            text = text[:most]
        if text.strip() != text or not text:
            text = text.strip().ljust(min(least, most or least), "x")
        return text

    def _of(self, kind: str) -> str:
        random = self._random
        if kind == "email":
            return f"{self.word()}.{self.word()}@example.org"
        if kind == "url":
            return f"https://{self.word()}.example.org/{self.word()}"
        if kind == "phone":
            return f"+1 202 555 01{random.randrange(100):02d}"
        if kind == "date":
            return self.date()
        if kind == "money":
            return f"{random.randint(1, 200)}.{random.randrange(100):02d}"
        if kind == "count":
            return str(random.randint(1, 99))
        if kind == "address":
            return one_line(self._job.faker().street_address())
        if kind == "city":
            return one_line(self._job.faker().city())
        if kind == "country":
            return one_line(self._job.faker().country())
        if kind == "company":
            return one_line(self._job.faker().company())
        return one_line(self._job.faker().name())

    def date(self) -> str:
        """A real day as ``2026-03-02``."""
        random = self._random
        # Every month has 28 days: no draw can be a day that does not exist.
        month, day = random.randint(1, 12), random.randint(1, 28)
        return f"{random.randint(2015, 2030)}-{month:02d}-{day:02d}"

    def time(self) -> str:
        """A time of the day as ``09:15:00``."""
        return f"{self._random.randrange(24):02d}:{self._random.randrange(60):02d}:00"


def _kind_asked_for(question: tuple[str, ...]) -> str:
    for part in question:
        # What a question is about stands at its beginning; some fields carry pages of instructions.
        words = [word.lower() for word in _ASCII_WORDS.findall(part[:1000])]
        if words == ["name"]:
            return "name"
        for kind, telling in _HINTS:
            if not telling.isdisjoint(words):
                return kind
    return ""


def one_line(text: str) -> str:
    """``text`` with every run of blanks and line ends as one blank."""
    return " ".join(text.split())


def draw_number(
    random: Random,
    least: float | None = None,
    most: float | None = None,
    step: float | None = None,
) -> int | float:
    """A number from ``least`` to ``most``; with ``step`` on the grid from ``least``, else from 0.

    Whole when everything given is; without a step and with a broken bound it has two decimals.

    Args:
        random: where it comes from.
        least: no number is smaller; ``None`` is 0, or 100 steps below ``most`` when that is less.
        most: no number is larger; ``None`` is 100 steps above ``least``.
        step: above 0; ``None`` is 1 between whole bounds, else a hundredth.
    """
    bounds = [value for value in (least, most, step) if value is not None]
    whole = all(isinstance(value, int) for value in bounds)
    # In fractions: 0.1 + 2 * 0.1 must be 0.3, on the grid that the task asks for.
    width = _exact(step) if step is not None else Fraction(1 if whole else Fraction(1, 100))
    reach = _RANGE * width if step is not None else Fraction(_RANGE)
    base = _exact(least) if least is not None else Fraction(0)
    lowest = 0
    if most is None:
        top = base + reach
    else:
        top = _exact(most)
        if least is None and top < 0:
            # Only numbers below 0 are allowed: counted down from the bound there is.
            lowest = (top - reach) // width
    highest = (top - base) // width
    steps = min(highest - lowest, _STEPS)
    drawn = base + width * (lowest + random.randint(0, max(steps, 0)))
    if abs(drawn) > _CEILING:
        drawn = base
    if whole:
        return int(drawn)
    return float(drawn)


def _exact(value: float) -> Fraction:
    # A float is taken by its decimal text: 0.1 is a tenth, as the person who wrote it meant.
    return Fraction(value) if isinstance(value, int) else Fraction(str(value))


def some(random: Random, count: int, least: int, most: int) -> list[int]:
    """``least`` to ``most`` (rarely more than two above least) of ``count`` positions, in order."""
    most = min(most, count)
    least = min(least, most)
    word_count = random.randint(least, min(most, least + 2))
    return sorted(random.sample(range(count), word_count))


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text, in code points.

    Attributes:
        start: of its first character.
        end: after its last one.
    """

    start: int
    end: int


def spans(text: str, random: Random, most: int) -> list[Span]:
    """Up to ``most`` pieces of one to four whole words, trimmed, in order and apart.

    A word is what stands between blanks, without the punctuation and signs at its ends. At least
    one piece is found when the text has a word, none otherwise.
    """
    bounds = (bare(text, *chunk.span()) for chunk in _CHUNKS.finditer(text))
    words = [Span(start, end) for start, end in bounds if start < end]
    if not words or most < 1:
        return []
    word_count = min(random.randint(1, most), len(words))
    starts = sorted(random.sample(range(len(words)), word_count))
    pieces: list[Span] = []
    for position, first in enumerate(starts):
        limit = starts[position + 1] if position + 1 < len(starts) else len(words)
        last = first + random.choice((0, 0, 0, 1, 1, 2, 3))
        # Not into the next piece: spans do not overlap.
        last = min(last, limit - 1)
        while last > first and not _one_phrase(text, words[first : last + 1]):
            last -= 1
        pieces.append(Span(words[first].start, words[last].end))
    return pieces


def _one_phrase(text: str, words: Sequence[Span]) -> bool:
    # Nothing but blanks of one line between the words: an entity does not cross a full stop.
    return all(
        text[left.end : right.start].strip(" \t\xa0") == "" for left, right in pairwise(words)
    )


def bare(text: str, start: int, end: int) -> tuple[int, int]:
    """What is left between ``start`` and ``end`` without punctuation and signs at its ends.

    It begins with a letter or number and ends with one, or with the marks upon it.
    """
    while start < end and unicodedata.category(text[start])[0] not in "LN":
        start += 1
    stop = end
    while stop > start and unicodedata.category(text[stop - 1])[0] not in "LN":
        stop -= 1
    # Marks belong to the letter before them: cut off, they would change the word.
    while stop < end and stop > start and unicodedata.category(text[stop])[0] == "M":
        stop += 1
    return start, stop


def childless(nodes: Iterable[Any], below: str) -> Iterable[dict[str, Any]]:
    """The objects of a tree that have no children, in reading order, at any depth.

    Args:
        nodes: the roots; what is no object is passed over.
        below: the key that holds the children, e.g. ``"subchoices"``.
    """
    stack = [iter(nodes)]
    while stack:
        node = next(stack[-1], _NO_MORE)
        if node is _NO_MORE:
            stack.pop()
        elif isinstance(node, dict):
            children = node.get(below)
            if isinstance(children, list) and children:
                stack.append(iter(children))
            else:
                yield node
