"""Forms: each question with its options and the answer (docs/scale/collection.md 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .markup import element, joined
from .parts import figure, short_address, words_of
from .subject import as_dict, as_list, dicts, number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from markupsafe import Markup

    from .subject import Subject

MOST_OPTIONS: Final = 60


def draw_form(subject: Subject) -> Markup:
    """What was shown, then every question with its options and what was answered."""
    params, annotations = subject.params, as_dict(subject.part("annotations"))
    answers = [as_dict(entry) for entry in as_list(annotations.get("responses"))] or [annotations]
    fields = dicts(params.get("fields"))
    return figure(
        "form",
        *shown_attachments(subject),
        *(
            joined(
                [
                    element("p", f"Answer {place + 1} of {len(answers)}", class_="view-name")
                    if len(answers) > 1
                    else None,
                    element(
                        "div",
                        *(
                            _question(field, answer.get(str(field.get("field_id"))))
                            for field in fields
                        ),
                        class_="form",
                    ),
                    _others(answer, {str(field.get("field_id")) for field in fields}),
                ]
            )
            for place, answer in enumerate(answers[:20])
        ),
    )


def shown_attachments(subject: Subject) -> Iterator[Markup]:
    """The attachments of a task of questions: texts as they are, pictures where they are here."""
    params = subject.params
    several = as_list(params.get("attachments"))
    # Twenty are more than a form shows readably; a task may name thousands.
    for place, attachment in enumerate((several or [params.get("attachment")])[:20]):
        entry = as_dict(attachment)
        content = entry.get("content", attachment)
        kind = entry.get("type") or params.get("attachment_type")
        if not isinstance(content, str):
            continue
        if kind == "text":
            yield element("blockquote", content[:20_000], class_="attachment-text", dir="auto")
            continue
        address = subject.address(content)
        is_picture = address is not None and kind in {None, "image"}
        yield element(
            "div",
            element("img", src=address, alt=f"attachment {place + 1}", loading="lazy")
            if is_picture
            else None,
            element(
                "p",
                element("b", f"{kind or 'attachment'}: "),
                short_address(content),
                "" if is_picture else " – not shown: it is not on this server",
                class_="note" if is_picture else "note note-missing",
            ),
            class_="attachment",
        )


def question(
    title: object, description: object, answer: Markup | str, *, has_answer: bool
) -> Markup:
    """One question and its answer."""
    return element(
        "section",
        element("h3", str(title), dir="auto"),
        element("p", str(description), class_="soft", dir="auto") if description else None,
        element("div", answer, class_="answer" if has_answer else "answer unanswered", dir="auto"),
        class_="question",
    )


def options(choices: list[tuple[str, str]], chosen: set[str]) -> Markup:
    """All options, those chosen marked.

    Args:
        choices: value as text, and label, of each.
        chosen: the values that were.
    """
    entries = [
        element(
            "li",
            element("span", "●" if value in chosen else "○", attributes={"aria-hidden": "true"}),
            " ",
            element("bdi", label),
            element("span", " (chosen)", class_="visually-hidden") if value in chosen else None,
            class_="chosen" if value in chosen else None,
        )
        for value, label in choices[:MOST_OPTIONS]
    ]
    return element("ul", *entries, class_="options")


def _question(field: Mapping[str, Any], value: Any) -> Markup:
    if isinstance(value, dict) and "response" in value and value.get("field_id") is not None:
        value = value["response"]  # the typed envelope, one entry for each answer
        value = value[0] if isinstance(value, list) and len(value) == 1 else value
    hint = field.get("description") or field.get("hint")
    required = "" if field.get("required") is not True else " *"
    return question(
        f"{field.get('title') or field.get('field_id') or ''}{required}",
        hint,
        _answer(field, value),
        has_answer=value is not None,
    )


def _answer(field: Mapping[str, Any], value: Any) -> Markup | str:
    kind = str(field.get("type"))
    if kind.lower() in {"field_set", "form"}:
        return _children(field, value)
    if kind in {"category", "select"}:
        chosen = {_key(entry) for entry in _flat(value)}
        return options(list(_leaves(dicts(field.get("choices")), "")), chosen)
    if value is None:
        return element("span", "no answer", class_="soft")
    if kind == "ranking_order" and isinstance(value, list):
        names = as_list(field.get("options")) or []
        return element(
            "ol",
            *(element("li", _option(names, place)) for place in value[:MOST_OPTIONS]),
            class_="ranking",
        )
    if kind == "number" and (amount := number(value)) is not None:
        return _number(field, amount)
    if kind == "time_range" and isinstance(value, dict):
        return f"{words_of(value.get('start'))} s – {words_of(value.get('end'))} s"
    return words_of(value)


def _children(field: Mapping[str, Any], value: Any) -> Markup:
    rounds = as_list(value) if isinstance(value, list) else [value]
    return joined(
        element(
            "div",
            *(
                _question(child, as_dict(answers).get(str(child.get("field_id"))))
                for child in dicts(field.get("fields"))
            ),
            class_="form form-inner",
        )
        for answers in rounds[:20]
    )


def _number(field: Mapping[str, Any], amount: float) -> Markup:
    shown = f"{field.get('prefix') or ''}{amount:g}{field.get('suffix') or ''}"
    low, high = number(field.get("min")), number(field.get("max"))
    # Without two ends there is no scale to place it on.
    if low is None or high is None or high <= low:
        return element("b", shown)
    place = min(max((amount - low) / (high - low), 0), 1) * 200
    scale = element(
        "svg",
        element("rect", x=4, y=6, width=200, height=4, rx=2, fill="currentColor", fill_opacity=0.2),
        element("circle", cx=4 + place, cy=8, r=6, fill="#2456a6"),
        class_="scale",
        viewBox="0 0 208 16",
        width=208,
        height=16,
        attributes={"aria-hidden": "true"},
    )
    return joined(
        [element("b", shown), element("span", f" from {low:g} to {high:g} ", class_="soft"), scale]
    )


def _option(names: list[Any], place: Any) -> str:
    try:
        at = int(place)
    # A hand-written response may hold anything where the place of an option belongs.
    except (TypeError, ValueError):
        return str(place)
    return words_of(names[at]) if 0 <= at < len(names) else f"option {at + 1}"


def _leaves(choices: list[dict[str, Any]], path: str) -> Iterator[tuple[str, str]]:
    for choice in choices:
        name = f"{path}{choice.get('label', choice.get('value', ''))}"
        below = dicts(choice.get("subchoices"))
        if below:
            yield from _leaves(below, f"{name} › ")
        else:
            yield _key(choice.get("value")), name


def _key(value: Any) -> str:
    """A value that tells the number 5 from the text "5"."""
    return f"{type(value).__name__}:{value}"


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for entry in value:
            yield from _flat(entry)
    elif value is not None:
        yield value


def _others(answer: Mapping[str, Any], known: set[str]) -> Markup | None:
    """Answers to nothing that was asked: responses that a test gave may hold any."""
    others = {
        key: value for key, value in answer.items() if key not in known and key != "responses"
    }
    if not others:
        return None
    return element(
        "div",
        *(question(key, "", words_of(value), has_answer=True) for key, value in others.items()),
        class_="form",
    )
