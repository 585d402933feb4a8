"""Which audiotranscription tasks Scale takes, and which transcript comes back.

Truth: the transcript as a string, or the response, ``{"transcript": "Three boats left.",
"duration": 2.4, "alignment": [...]}``, of which only the transcript is needed. Each word is right
with the labelers' accuracy and missed with their miss rate; a given alignment shifts by their
jitter, in seconds.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from .._attachments import DEFAULT_DURATION_S
from .._provenance import documented
from ._base import Job, Params, Surroundings, TaskType, Violation
from ._language import sentences
from ._language.addresses import is_address
from ._language.noise import Noise, misread
from ._language.truth import untrue
from ._language.values import are_strings, is_number, is_true, sent
from ._text import attachments
from ._text.writer import Writer, bare

if TYPE_CHECKING:
    from collections.abc import Iterator

_MEDIA: Final = ("audio",)
_HYPHENS: Final = re.compile(r"[-\u2010-\u2015]")
_SURE: Final = 0.9
_UNSURE: Final = 0.3
_WORDS_PER_SECOND: Final = 2
_MOST_WORDS: Final = 40
_LONGEST_HINT: Final = 60
_HESITATIONS: Final = ("um,", "hm,", "uh,")

_MOCK_TRANSCRIPT: Final = "This is an example transcript that a test key always gets."
_MOCK_DURATION_S: Final = 5
"""A fixed sentence of eleven words and five seconds, as recorded in 2019; the words are ours."""


def check(params: Params, surroundings: Surroundings) -> Iterator[Violation]:
    """Rules A1 to A4 of docs/scale/text.md 5, in this order."""
    del surroundings
    yield from attachments.check_present(params)
    if params.get("attachment") not in (None, "") and not is_address(params["attachment"]):
        yield Violation("attachment", attachments.NO_URL, attachments.A_URL)
    if "attachment_type" in params:
        yield from attachments.check_type(params, _MEDIA)
    yield from sentences.check_booleans(params, ("verbatim", "skip_human_transcription"))
    if "phrases" in params and not are_strings(params["phrases"]):
        yield sentences.wrong("phrases", sentences.ARRAY_OF_STRINGS, "an array of strings")


def written_back(params: Params) -> Params:
    """Type and both flags are returned with their defaults (type assumed, flags recorded)."""
    params.setdefault("attachment_type", "audio")
    params.setdefault("verbatim", False)
    params.setdefault("skip_human_transcription", False)
    return params


def respond(job: Job) -> dict[str, Any]:
    """``{"transcript": ..., "duration": seconds, "alignment": [{word, start, end, confidence}]}``.

    The words of the alignment are those of the transcript in order, without punctuation, hyphens
    parting them; their times lie within the duration, in order, and do not overlap.

    Raises:
        ValueError: the job's truth is no transcript.
    """
    duration = _duration(job)
    if job.truth is not None:
        return _heard(job, duration)
    transcript = _transcript(job, duration)
    times = _times(job, words_in(transcript), duration)
    return {
        "transcript": transcript,
        "duration": duration,
        "alignment": [_aligned(job, word, *time) for word, time in times],
    }


def _duration(job: Job) -> float:
    media = job.surroundings.media(job.params["attachment"], job.common.get("metadata") or {})
    duration_s = media.duration
    return duration_s if is_number(duration_s) and duration_s > 0 else DEFAULT_DURATION_S


def words_in(transcript: str) -> list[str]:
    """The words of a transcript as an alignment names them."""
    pieces = (piece for token in transcript.split() for piece in _HYPHENS.split(token))
    return [word for piece in pieces if (word := _without_punctuation(piece))]


def _without_punctuation(piece: str) -> str:
    if piece.isalnum():
        return piece
    start, end = bare(piece, 0, len(piece))
    return piece[start:end]


def _transcript(job: Job, duration: float) -> str:
    writer, random = Writer(job), job.random
    count = max(1, min(_MOST_WORDS, int(duration * _WORDS_PER_SECOND)))
    words = writer.words(count)
    hints = [hint.strip() for hint in job.params.get("phrases", ()) if len(hint) <= _LONGEST_HINT]
    hints = [" ".join(hint.split()) for hint in hints if words_in(hint)]
    if hints:
        words[random.randrange(count)] = random.choice(hints)
    if is_true(job.params.get("verbatim")):
        words.insert(random.randrange(len(words)), random.choice(_HESITATIONS))
    lines: list[str] = []
    while words:
        length = random.randint(5, 10)
        line, words = " ".join(words[:length]), words[length:]
        lines.append(f"{line[0].upper()}{line[1:]}.")
    return " ".join(lines)


def _times(job: Job, words: list[str], duration: float) -> list[tuple[str, tuple[float, float]]]:
    # Longer words take longer, pauses lie between them, and everything fits the duration.
    weights = [(0.2 + 0.3 * job.random.random(), 1 + len(word) / 4) for word in words]
    total = sum(pause + length for pause, length in weights) or 1.0
    # At most a quarter of a second per unit: four words do not fill a minute.
    pace = min(duration / total, 0.25)
    times: list[tuple[str, tuple[float, float]]] = []
    clock = 0.0
    for word, (pause, length) in zip(words, weights, strict=True):
        start = clock + pause * pace
        clock = start + length * pace
        times.append((word, (_within(start, duration), _within(clock, duration))))
    return times


def _within(seconds: float, duration: float) -> float:
    return min(max(round(seconds, 3), 0.0), duration)


def _aligned(job: Job, word: str, start: float, end: float) -> dict[str, Any]:
    confidence = _SURE if job.random.random() < _SURE else _UNSURE
    return {"word": word, "start": start, "end": end, "confidence": confidence}


def _heard(job: Job, duration: float) -> dict[str, Any]:
    truth: dict[str, Any] = job.truth if isinstance(job.truth, dict) else {"transcript": job.truth}
    transcript = truth.get("transcript")
    if not isinstance(transcript, str):
        right = 'the transcript as a string, or {"transcript": ...}'
        raise untrue(job, "", job.truth, right)
    if "duration" in truth:
        length = truth["duration"]
        if not is_number(length) or length <= 0:
            raise untrue(job, "duration", length, "seconds above 0")
        duration = length
    words = words_in(transcript)
    times = [time for _, time in _times(job, words, duration)]
    if sent(truth, "alignment"):
        times = _true_times(job, truth["alignment"], words, duration)
    if job.labelers is None:
        timed_words = list(zip(words, times, strict=True))
    else:
        transcript, timed_words = _misheard(job, transcript, times)
        timed_words = _shifted(job, timed_words, duration)
    return {
        "transcript": transcript,
        "duration": duration,
        "alignment": [_aligned(job, word, *time) for word, time in timed_words],
    }


def _true_times(
    job: Job, alignment: Any, words: list[str], duration: float
) -> list[tuple[float, float]]:
    if not isinstance(alignment, list) or len(alignment) != len(words):
        right = f"a list with one entry for each of the transcript's {len(words)} words"
        raise untrue(job, "alignment", alignment, right)
    times: list[tuple[float, float]] = []
    clock = 0.0
    for index, (item, word) in enumerate(zip(alignment, words, strict=True)):
        path = f"alignment[{index}]"
        if not isinstance(item, dict) or item.get("word") != word:
            raise untrue(job, path, item, f'an object with "word": "{word}"')
        start, end = item.get("start"), item.get("end")
        if not is_number(start) or not is_number(end) or not clock <= start <= end <= duration:
            raise untrue(job, path, item, f"start and end in order, from {clock} to {duration}")
        times.append((start, end))
        clock = end
    return times


def _misheard(
    job: Job, transcript: str, times: list[tuple[float, float]]
) -> tuple[str, list[tuple[str, tuple[float, float]]]]:
    noise = Noise(job)
    tokens: list[str] = []
    timed_words: list[tuple[str, tuple[float, float]]] = []
    remaining_times = iter(times)
    for token in transcript.split():
        word_times = [next(remaining_times) for _ in words_in(token)]
        if word_times and noise.misses():
            continue
        # A mistaken letter stays a letter, so the token keeps its words and their times.
        word_heard = misread(job.random, token) if word_times and not noise.right() else token
        tokens.append(word_heard)
        timed_words.extend(zip(words_in(word_heard), word_times, strict=True))
    return " ".join(tokens), timed_words


def _shifted(
    job: Job, timed_words: list[tuple[str, tuple[float, float]]], duration: float
) -> list[tuple[str, tuple[float, float]]]:
    noise = Noise(job)
    moved: list[tuple[str, tuple[float, float]]] = []
    clock = 0.0
    for word, (start, end) in timed_words:
        # Never before the word ahead: alignments are read in order.
        first = min(max(start + noise.shift(), clock), duration)
        clock = min(max(end + noise.shift(), first), duration)
        moved.append((word, (first, clock)))
    return moved


def mock(job: Job) -> dict[str, Any]:
    """A fixed sentence of five seconds, whatever the audio."""
    del job
    words = words_in(_MOCK_TRANSCRIPT)
    pace = _MOCK_DURATION_S / len(words)
    alignment = [
        {
            "word": word,
            "start": round(index * pace, 2),
            "end": round((index + 0.9) * pace, 2),
            "confidence": _SURE,
        }
        for index, word in enumerate(words)
    ]
    return {
        "transcript": _MOCK_TRANSCRIPT,
        "duration": _MOCK_DURATION_S,
        "alignment": alignment,
    }


TASK_TYPE: Final = TaskType(
    "audiotranscription",
    source=documented("Scale's documentation of 2016-2018, audiotranscription (public copy)"),
    keys=frozenset(
        {
            "attachment",
            "attachment_type",
            "verbatim",
            "phrases",
            "skip_human_transcription",
            "instruction",
        }
    ),
    check=check,
    respond=respond,
    written_back=written_back,
    mock=mock,
    instruction="Please transcribe the attached audio file.",
)
