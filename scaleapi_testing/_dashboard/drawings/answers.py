"""The types that answer questions: categories, comparisons, transcriptions, calls, collections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .forms import options, question, shown_attachments
from .markup import element
from .parts import figure, words_of
from .subject import as_dict, as_list, dicts

if TYPE_CHECKING:
    from markupsafe import Markup

    from .subject import Subject


def draw_categories(subject: Subject) -> Markup:
    """Every category, or each question of the taxonomies (docs/scale/text.md 2)."""
    params, answer = subject.params, subject.answer
    taxonomies = as_dict(params.get("taxonomies"))
    if taxonomies:
        values = as_dict(answer.get("taxonomies"))
        questions = [
            _taxonomy(name, as_dict(entry), values.get(name)) for name, entry in taxonomies.items()
        ]
    else:
        categories = params.get("categories")
        names = list(categories) if isinstance(categories, dict) else as_list(categories)
        chosen_names = _texts(answer.get("category"))
        questions = [
            question(
                "Category",
                "",
                _options([str(name) for name in names], chosen_names),
                has_answer=bool(chosen_names),
            )
        ]
        if answer.get("category_id") is not None:
            questions.append(
                question("Your id", "", words_of(answer["category_id"]), has_answer=True)
            )
    return figure("form", *shown_attachments(subject), element("div", *questions, class_="form"))


def draw_choice(subject: Subject) -> Markup:
    """A comparison or a call: what was chosen, and the fields (docs/scale/text.md 3 and 6)."""
    params, answer = subject.params, subject.answer
    questions: list[Markup] = []
    if "outcome" in answer:
        calls = ["success", "no_pickup", "hung_up"]
        questions.append(
            question(
                "Outcome of the call",
                params.get("phone_number"),
                _options(calls, _texts(answer["outcome"])),
                has_answer=True,
            )
        )
    choices = [str(choice) for choice in as_list(params.get("choices"))]
    if choices or "choice" in answer:
        chosen = _texts(answer.get("choice"))
        questions.append(
            question("Choice", "", _options(choices or chosen, chosen), has_answer=bool(chosen))
        )
    return figure(
        "form",
        *shown_attachments(subject),
        element("div", *questions, *_fields(subject), class_="form"),
    )


def draw_fields(subject: Subject) -> Markup:
    """A transcription or collection: fields, and rows as a table (docs/scale/text.md 4, 7)."""
    return figure(
        "form",
        *shown_attachments(subject),
        element("div", *_fields(subject), class_="form"),
        _rows(subject),
    )


def _fields(subject: Subject) -> list[Markup]:
    fields, values = as_dict(subject.params.get("fields")), as_dict(subject.answer.get("fields"))
    names = [*fields, *(name for name in values if name not in fields)]
    return [
        question(name, fields.get(name), words_of(values.get(name)), has_answer=name in values)
        for name in names
    ]


def _rows(subject: Subject) -> Markup | None:
    rows = dicts(subject.answer.get("rows"))
    if not rows:
        return None
    names = list(dict.fromkeys(str(name) for row in rows for name in row))
    return element(
        "div",
        element(
            "table",
            element("caption", f"{len(rows)} rows"),
            element("thead", element("tr", *(element("th", name, scope="col") for name in names))),
            element(
                "tbody",
                *(
                    element(
                        "tr",
                        *(element("td", words_of(row.get(name)), dir="auto") for name in names),
                    )
                    for row in rows[:200]
                ),
            ),
        ),
        class_="scroll",
    )


def _taxonomy(name: str, taxonomy: dict[str, Any], value: Any) -> Markup:
    title = taxonomy.get("description")
    if taxonomy.get("type") == "category":
        choices = list(_choices(as_list(taxonomy.get("choices"))))
        return question(name, title, _options(choices, _texts(value)), has_answer=value is not None)
    return question(name, title, words_of(value), has_answer=value is not None)


def _choices(entries: list[Any]) -> list[str]:
    names: list[str] = []
    for entry in entries:
        below = as_list(as_dict(entry).get("subchoices"))
        names += _choices(below) if below else [str(as_dict(entry).get("choice", entry))]
    return names


def _options(names: list[str], chosen: list[str]) -> Markup:
    every = list(dict.fromkeys([*names, *chosen]))
    return options([(name, name) for name in every], set(chosen))


def _texts(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(entry) for entry in value] if isinstance(value, list) else [str(value)]
