"""Conversations: the steps that v1 answers with, and the threads that v2 shows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from .markup import element, joined
from .parts import figure, words_of
from .subject import as_dict, as_list, dicts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markupsafe import Markup

    from .subject import Subject

MOST_TURNS: Final = 50


def draw_chat(subject: Subject) -> Markup:
    """The threads where v2 has them, and the steps of the response (docs/scale/collection.md 5)."""
    return figure(
        "chat",
        joined(_thread(thread) for thread in subject.threads)
        if subject.threads
        else _steps(subject),
        element(
            "details",
            element("summary", "The steps as v1 answers them"),
            _steps(subject),
            class_="annotations",
        )
        if subject.threads
        else None,
    )


def draw_threads(threads: Sequence[Mapping[str, Any]]) -> Markup:
    """Threads of v2 alone (docs/scale/v2-tasks.md 2.6)."""
    return figure("chat", joined(_thread(thread) for thread in threads))


def _thread(thread: Mapping[str, Any]) -> Markup:
    turns = dicts(thread.get("turns"))
    more = len(turns) - MOST_TURNS
    return element(
        "div",
        *(_turn(turn) for turn in turns[:MOST_TURNS]),
        element("p", f"and {more} more turns", class_="note") if more > 0 else None,
        _judgements(thread.get("annotations"), "The whole conversation"),
        class_="thread",
        role="group",
        attributes={"aria-label": f"Conversation {thread.get('id', '')}"},
    )


def _turn(turn: Mapping[str, Any]) -> Markup:
    annotations = dicts(turn.get("annotations"))
    preferred = next(
        (entry.get("value") for entry in annotations if entry.get("key") == "selected_model_id"),
        None,
    )
    messages = dicts(turn.get("messages"))
    replies = [message for message in messages if message.get("role") == "assistant"]
    others = [message for message in messages if message.get("role") != "assistant"]
    return element(
        "div",
        *(_message(message, is_preferred=False) for message in others),
        element(
            "div",
            *(
                _message(
                    message,
                    is_preferred=preferred is not None and message.get("source_id") == preferred,
                )
                for message in replies
            ),
            class_="replies",
        ),
        _judgements(annotations, "This turn"),
        _rubrics(turn, messages),
        class_="turn",
    )


def _message(message: Mapping[str, Any], *, is_preferred: bool) -> Markup:
    role = str(message.get("role", ""))
    content = as_dict(message.get("content"))
    chunks = [str(chunk.get("text", "")) for chunk in dicts(content.get("chunks"))]
    text = content.get("text") if content.get("text") is not None else "\n".join(chunks)
    side = role if role in {"user", "assistant", "system"} else "other"
    source = str(message.get("source_id") or role)
    return element(
        "article",
        element(
            "p",
            element("b", source if role != "user" else "user"),
            element("span", "preferred", class_="badge badge-good") if is_preferred else None,
            class_="who",
        ),
        *(
            element(
                "details",
                element("summary", "Reasoning"),
                element("p", str(step.get("content", "")), dir="auto"),
            )
            for step in dicts(content.get("reasoning"))
        ),
        element("div", str(text), class_="said", dir="auto"),
        *(_reference(entry) for entry in dicts(content.get("reference_texts"))),
        *(
            element(
                "p",
                "Attachment: ",
                str(entry.get("name") or entry.get("url") or entry.get("content") or "file")[:200],
                class_="note",
            )
            for entry in dicts(content.get("attachments"))
        ),
        _judgements(message.get("annotations"), ""),
        class_=f"message message-{side}{' message-preferred' if is_preferred else ''}",
    )


def _reference(entry: Mapping[str, Any]) -> Markup:
    return element(
        "blockquote",
        str(entry.get("content", ""))[:2000],
        element("cite", str(entry.get("category", ""))),
        dir="auto",
    )


def _judgements(value: Any, title: str) -> Markup | None:
    annotations = dicts(value)
    if not annotations:
        return None
    return element(
        "dl",
        element("div", element("dt", title), class_="judged") if title else None,
        *(
            element(
                "div",
                element("dt", str(entry.get("title") or entry.get("key") or "")),
                element("dd", _value(entry), dir="auto"),
            )
            for entry in annotations[:60]
        ),
        class_="judgements",
    )


def _value(entry: Mapping[str, Any]) -> Any:
    value = entry.get("value")
    options = as_list(entry.get("possible_values"))
    if (
        isinstance(value, int)
        and not isinstance(value, bool)
        and options
        and all(isinstance(option, int) for option in options)
    ):
        names = as_list(entry.get("labels"))
        place = options.index(value) if value in options else -1
        name = f" {names[place]}" if 0 <= place < len(names) else ""
        return joined(
            [
                element(
                    "span",
                    *("●" if option <= value else "○" for option in options[:10]),
                    class_="dots",
                    attributes={"aria-hidden": "true"},
                ),
                f" {value} of {options[-1]}{name}",
            ]
        )
    return words_of(value)


def _rubrics(turn: Mapping[str, Any], messages: Sequence[Mapping[str, Any]]) -> Markup | None:
    rubrics = dicts(turn.get("rubrics"))
    if not rubrics:
        return None
    evaluations = [
        entry for message in messages for entry in dicts(message.get("rubric_evaluations"))
    ]
    return element(
        "details",
        element("summary", f"{len(rubrics)} rubrics, {len(evaluations)} evaluations"),
        element(
            "ul",
            *(
                element("li", words_of({key: value for key, value in entry.items() if key != "id"}))
                for entry in rubrics[:50]
            ),
        ),
        class_="annotations",
    )


def _steps(subject: Subject) -> Markup:
    steps = dicts(subject.answer.get("responses"))
    sides = {"PromptInput": "user", "ModelResponse": "assistant", "Instructions": "system"}
    return element(
        "section",
        *(
            element(
                "article",
                element("p", element("b", str(step.get("type", ""))), class_="who"),
                element("div", _output(step.get("output")), class_="said", dir="auto"),
                class_=f"message message-{sides.get(str(step.get('type')), 'other')}",
            )
            for step in steps[: MOST_TURNS * 4]
            if step.get("output") not in ("", None)
        ),
        class_="thread",
    )


def _output(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
