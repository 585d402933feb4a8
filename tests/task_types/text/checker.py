"""An independent reading of the documented answers: says what is wrong with a response.

Written from the documentation as JSON Schema and the rules that a schema cannot say; it shares no
code with the generators.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from datetime import date, datetime, time
from fractions import Fraction
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

SCHEMAS = Path(__file__).parent.parent / "schemas"
SAME_SHAPE = {
    "documentmodel": "documenttranscription",
    "chatexperimental": "chat",
    "chatlite": "chat",
    "multichat": "chat",
}


def faults(name: str, params: dict[str, Any], response: Any, extra: dict[str, Any]) -> list[str]:
    """Everything that is wrong with ``response`` to a task of type ``name``."""
    shape = SAME_SHAPE.get(name, name)
    schema = json.loads((SCHEMAS / f"text_{shape}.json").read_text())
    wrong = [error.message for error in Draft202012Validator(schema).iter_errors(response)]
    if wrong:
        return wrong
    rules = {
        "categorization": categorization,
        "comparison": comparison,
        "transcription": transcription,
        "datacollection": datacollection,
        "phonecall": phonecall,
        "audiotranscription": audiotranscription,
        "textcollection": textcollection,
        "namedentityrecognition": entities,
        "documenttranscription": document,
        "documentmodel": document,
        "chat": chat,
        "cruisecontrol": lambda *_: [],
    }
    return rules[shape if shape == "chat" else name](params, response, extra)


def same(left: Any, right: Any) -> bool:
    """Equality of JSON values: true is not 1."""
    return isinstance(left, bool) == isinstance(right, bool) and left == right


def member(value: Any, values: list[Any]) -> bool:
    return any(same(value, other) for other in values)


def flag(value: Any) -> bool:
    return value is True or value == "true"


def categorization(params: Any, response: Any, extra: Any) -> list[str]:
    if params.get("taxonomies"):
        if "taxonomies" not in response:
            return ["questions were asked, categories answered"]
        return taxonomies(params["taxonomies"], response["taxonomies"])
    wrong = []
    names = list(params["categories"])
    several = flag(params.get("allow_multiple"))
    chosen = response["category"]
    if several != isinstance(chosen, list):
        wrong.append("a list exactly when several are allowed")
    listed = chosen if isinstance(chosen, list) else [chosen]
    wrong += [f"{name} is no category" for name in listed if name not in names]
    if not wrong and [names.index(name) for name in listed] != sorted(map(names.index, listed)):
        wrong.append("not in the order of the list")
    if ("category_id" in response) != ("category_ids" in params):
        wrong.append("category_id exactly when ids were given")
    elif "category_id" in response:
        ids = response["category_id"] if several else [response["category_id"]]
        for one, name in zip(ids, listed, strict=True):
            own = [key for key, category in params["category_ids"].items() if category == name]
            if one != (own[0] if own else None):
                wrong.append(f"{one} is not the id of {name}")
    return wrong


def taxonomies(questions: Any, answers: Any) -> list[str]:
    wrong = [] if list(answers) == list(questions) else ["not every question answered"]
    for name, question in questions.items():
        answer = answers.get(name)
        if question["type"] == "number":
            wrong += numeric(answer, question.get("min"), question.get("max"), question.get("step"))
            continue
        several = flag(question.get("allow_multiple"))
        if several != isinstance(answer, list):
            wrong.append(f"{name}: a list exactly when several are allowed")
        options = [leaf for choice in question["choices"] for leaf in choice_leaves(choice)]
        for one in answer if isinstance(answer, list) else [answer]:
            if one not in options:
                wrong.append(f"{name}: {one} is no choice")
    return wrong


def choice_leaves(choice: Any) -> list[str]:
    if isinstance(choice, str):
        return [choice]
    below = choice.get("subchoices") or []
    return [leaf for sub in below for leaf in choice_leaves(sub)] if below else [choice["choice"]]


def exact(number: Any) -> Fraction:
    return Fraction(str(number))


def numeric(answer: Any, least: Any, most: Any, step: Any) -> list[str]:
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        return [f"{answer!r} is no number"]
    if least is not None and answer < least:
        return [f"{answer} is below {least}"]
    if most is not None and answer > most:
        return [f"{answer} is above {most}"]
    if step is not None:
        off = (exact(answer) - exact(least or 0)) / exact(step)
        if abs(off - round(off)) > Fraction(1, 10**6):
            return [f"{answer} is not on the grid of {step} from {least}"]
    return []


def keyed(asked: Any, answers: Any) -> list[str]:
    return [] if list(answers) == list(asked) else [f"keys {list(answers)} for {list(asked)}"]


def comparison(params: Any, response: Any, extra: Any) -> list[str]:
    wrong = [
        f"{key} exactly when {asked} were sent"
        for key, asked in (("choice", "choices"), ("fields", "fields"))
        if (key in response) != (asked in params)
    ]
    if "choice" in response and response["choice"] not in params.get("choices", ()):
        wrong.append("the choice is none of the choices")
    return wrong + keyed(params.get("fields", {}), response.get("fields", {}))


def transcription(params: Any, response: Any, extra: Any) -> list[str]:
    row = params.get("repeatable_fields", params.get("row_fields"))
    wrong = []
    if ("fields" in response) != ("fields" in params) or ("rows" in response) != (row is not None):
        wrong.append("each key exactly when it was asked for")
    wrong += keyed(params.get("fields", {}), response.get("fields", {}))
    return wrong + [fault for one in response.get("rows", ()) for fault in keyed(row, one)]


def datacollection(params: Any, response: Any, extra: Any) -> list[str]:
    return keyed(params["fields"], response["fields"])


def phonecall(params: Any, response: Any, extra: Any) -> list[str]:
    if ("choices" in params, "fields" in params) == (False, False):
        return [] if list(response) == ["outcome"] else ["more than the outcome"]
    return comparison(params, response, extra)


def bare_words(transcript: str) -> list[str]:
    words = re.split(r"[\s\-\u2010-\u2015]+", transcript)
    return [bare for word in words if (bare := trimmed(word))]


def trimmed(word: str) -> str:
    def counts(sign: str) -> bool:
        return unicodedata.category(sign)[0] in "LN"

    marks = [i for i, sign in enumerate(word) if counts(sign)]
    if not marks:
        return ""
    end = marks[-1] + 1
    while end < len(word) and unicodedata.category(word[end])[0] == "M":
        end += 1
    return word[marks[0] : end]


def audiotranscription(params: Any, response: Any, extra: Any) -> list[str]:
    wrong = []
    if [item["word"] for item in response["alignment"]] != bare_words(response["transcript"]):
        wrong.append("the alignment has other words than the transcript")
    clock = 0.0
    for item in response["alignment"]:
        if not clock <= item["start"] <= item["end"] <= response["duration"]:
            wrong.append(f"{item} is out of order or too long")
        clock = item["end"]
    return wrong


# -- textcollection -------------------------------------------------------------------------------


def textcollection(params: Any, response: Any, extra: Any) -> list[str]:
    fields, workers = params["fields"], params.get("responses_required", 1)
    if workers == 1:
        return answered(fields, response["annotations"], [])
    if list(response) != ["responses"] or len(response["responses"]) != workers:
        return [f"no {workers} responses"]
    return [
        fault
        for answers in response["responses"]
        for fault in answered(fields, from_strings(fields, answers), [])
    ]


def from_strings(fields: Any, answers: Any) -> Any:
    """One of several workers' answers with the values of choices as the choices have them."""
    found = dict(answers)
    for field in fields:
        name = field["field_id"]
        if field["type"] in ("category", "select") and name in found:
            several = field.get("max_responses_required", 1) > 1
            values = leaf_values(field["choices"])
            lists = found[name] if several else [found[name]]
            back = [values_from_strings(values, given) for given in lists]
            found[name] = back if several else back[0]
    return found


def values_from_strings(values: list[Any], given: list[str]) -> list[Any]:
    left = list(given)
    found = []
    for value in values:
        if left and left[0] == (value if isinstance(value, str) else json.dumps(value)):
            found.append(value)
            left.pop(0)
    return found + left


def answered(fields: Any, answers: Any, around: list[Any]) -> list[str]:
    if not isinstance(answers, dict):
        return ["no object of answers"]
    wrong = []
    known = [field["field_id"] for field in fields]
    wrong += [f"{name} is no field" for name in answers if name not in known]
    scopes = [(fields, answers), *around]
    for field in fields:
        name = field["field_id"]
        shown = holds(field.get("conditions"), scopes)
        if name in answers and not shown:
            wrong.append(f"{name} is answered though its conditions fail")
        if name not in answers and shown and flag(field.get("required")):
            wrong.append(f"{name} is required")
        if name in answers:
            wrong += answer_faults(field, answers[name], scopes)
    return wrong


def answer_faults(field: Any, answer: Any, scopes: list[Any]) -> list[str]:
    least = field.get("min_responses_required", 1)
    most = field.get("max_responses_required", 1)
    if most == 1:
        return one_fault(field, answer, scopes)
    if not isinstance(answer, list) or not least <= len(answer) <= most:
        return [f"{field['field_id']}: not a list of {least} to {most}"]
    return [fault for one in answer for fault in one_fault(field, one, scopes)]


def one_fault(field: Any, answer: Any, scopes: list[Any]) -> list[str]:
    kind = field["type"]
    if kind in ("field_set", "field_Set", "form"):
        return answered(field["fields"], answer, scopes)
    if kind == "number":
        return numeric(answer, field.get("min"), field.get("max"), field.get("step"))
    fine = {
        "text": fine_text,
        "boolean": lambda _, value: isinstance(value, bool),
        "datetime": fine_moment,
        "category": fine_choice,
        "select": fine_choice,
        "time_range": lambda _, v: set(v) == {"start", "end"} and 0 <= v["start"] < v["end"],
        "ranking_order": fine_ranking,
    }[kind](field, answer)
    return [] if fine else [f"{field['field_id']}: {answer!r} is no {kind}"]


def fine_text(field: Any, answer: Any) -> bool:
    within = field.get("min_characters", 1) <= len(answer) <= field.get("max_characters", 10**9)
    return within and "\n" not in answer and bool(answer.strip())


def fine_moment(field: Any, answer: Any) -> bool:
    with_date, with_time = field.get("include_date", True), field.get("include_time", True)
    if with_date and with_time:
        return bool(datetime.fromisoformat(answer)) and "T" in answer
    return bool((time if with_time else date).fromisoformat(answer) is not None)


def leaf_values(choices: Any) -> list[Any]:
    found = []
    for choice in choices:
        below = choice.get("subchoices")
        found += leaf_values(below) if below else [choice["value"]]
    return found


def fine_choice(field: Any, answer: Any) -> bool:
    values = leaf_values(field["choices"])
    if not isinstance(answer, list) or not all(member(value, values) for value in answer):
        return False
    if answer and not field.get("min_choices", 1) <= len(answer) <= field.get("max_choices", 1):
        return False
    if not answer and field.get("min_choices", 1):
        return False
    places = [[same(value, other) for other in values].index(True) for value in answer]
    return places == sorted(set(places))


def fine_ranking(field: Any, answer: Any) -> bool:
    wanted = field.get("num_items_to_rank", field["num_options"])
    options = [str(option) for option in range(field["num_options"])]
    return len(answer) == wanted == len(set(answer)) and set(answer) <= set(options)


def holds(conditions: Any, scopes: list[Any]) -> bool:
    if not conditions:
        return True
    return any(met(wanted, scopes) for wanted in conditions)


def met(wanted: Any, scopes: list[Any]) -> bool:
    for name, value in wanted.items():
        if name == "not":
            if met(value, scopes):
                return False
            continue
        seen = values_of(name, scopes)
        if not any(member(one, seen) for one in value["value"]):
            return False
    return True


def values_of(name: str, scopes: list[Any]) -> list[Any]:
    for fields, answers in scopes:
        if any(mentions(field, name) for field in fields):
            return flattened(dug(answers, name))
    return []


def mentions(field: Any, name: str) -> bool:
    below = field.get("fields", ()) if "fields" in field else ()
    return field["field_id"] == name or any(mentions(child, name) for child in below)


def dug(answers: Any, name: str) -> list[Any]:
    if isinstance(answers, list):
        return [value for item in answers for value in dug(item, name)]
    if not isinstance(answers, dict):
        return []
    found = [answers[name]] if name in answers else []
    return found + [v for key, item in answers.items() if key != name for v in dug(item, name)]


def flattened(value: Any) -> list[Any]:
    return [v for item in value for v in flattened(item)] if isinstance(value, list) else [value]


# -- entities -------------------------------------------------------------------------------------


def entities(params: Any, response: Any, extra: Any) -> list[str]:
    text = params.get("text", params.get("attachment"))
    leaf_labels = {label["name"]: label for label in tree_leaves(params["labels"])}
    wrong = []
    last = 0
    for item in response["annotations"]:
        start, end = item["start"], item["end"]
        if item["text"] != text[start:end] or item["text"] != item["text"].strip():
            wrong.append(f"{item} is not the slice, or not trimmed")
        if start < last:
            wrong.append(f"{item} overlaps or is out of order")
        last = end
        before, after = text[start - 1 : start] if start else "", text[end : end + 1]
        if before.isalnum() or after.isalnum() or not 1 <= len(item["text"].split()) <= 4:
            wrong.append(f"{item} does not lie on one to four whole words")
        label = leaf_labels.get(item["label"])
        if label is None:
            wrong.append(f"{item['label']} is no leaf")
        elif bool(label.get("attributes")) != ("attributes" in item):
            wrong.append("attributes exactly when the label has some")
        elif "attributes" in item:
            wrong += attribute_faults(label["attributes"], item["attributes"])
    if not response["annotations"] and any(sign.isalnum() for sign in text):
        wrong.append("nothing was found in a text with words")
    ids = [item["id"] for item in response["annotations"] + response["relationships"]]
    if len(set(ids)) < len(ids):
        wrong.append("an id is used twice")
    return wrong + relation_faults(params, response)


def tree_leaves(labels: Any) -> list[Any]:
    found = []
    for label in labels:
        found += tree_leaves(label["children"]) if label.get("children") else [label]
    return found


def attribute_faults(defined: Any, given: Any) -> list[str]:
    wrong = [] if list(given) == list(defined) else ["other attributes than defined"]
    for name, value in given.items():
        choices = defined.get(name, {}).get("choices")
        if choices and value not in choices:
            wrong.append(f"{value} is no choice of {name}")
    return wrong


def relation_faults(params: Any, response: Any) -> list[str]:
    labels = {item["id"]: item["label"] for item in response["annotations"]}
    wrong = []
    for item in response["relationships"]:
        source, target = item["source_ref"], item["target_ref"]
        if source not in labels or target not in labels or source == target:
            wrong.append(f"{item} links nothing")
            continue
        fitting = [
            defined
            for defined in params.get("relationships", ())
            if defined.get("name") == item.get("name")
            and carries(params["labels"], defined.get("source_label"), labels[source])
            and carries(params["labels"], defined.get("target_label"), labels[target])
        ]
        if not fitting:
            wrong.append(f"{item} follows no definition")
    return wrong


def carries(labels: Any, wanted: Any, label: str) -> bool:
    return wanted is None or label in names_below(labels, wanted, inside=False)


def names_below(labels: Any, wanted: str, *, inside: bool) -> set[str]:
    found: set[str] = set()
    for entry in labels:
        now = inside or entry["name"] == wanted
        found |= {entry["name"]} if now else set()
        found |= names_below(entry.get("children") or [], wanted, inside=now)
    return found


# -- documents and chat ---------------------------------------------------------------------------


def document(params: Any, response: Any, extra: Any) -> list[str]:
    pages = extra["document_pages"]
    wrong = []
    default = [
        {"type": "text", "label": "date", "flags": ["date"]},
        {"type": "text", "label": "total", "flags": ["money"]},
        {"type": "text", "label": "vendor"},
    ]
    features = {f["label"]: f for f in plain_features(params.get("features", default))}
    found = Counter(item["label"] for item in response["annotations"])
    if set(found) != set(features):
        wrong.append(f"labels {sorted(found)} for {sorted(features)}")
    uuids = [item["uuid"] for item in response["annotations"]]
    if len(set(uuids)) < len(uuids):
        wrong.append("a uuid is used twice")
    for item in response["annotations"]:
        feature = features[item["label"]]
        flags = feature.get("flags", ())
        if ("text" in item) != (feature["type"] == "text"):
            wrong.append("text exactly for text features")
        if item["page"] >= len(pages):
            wrong.append("no such page")
            continue
        kind = params.get("geometry", "box")
        if item["location"]["type"] != kind or not inside(item["location"], pages[item["page"]]):
            wrong.append(f"{item['location']} is not {kind} inside the page")
        if not set(item["refs"]) <= set(uuids) - {item["uuid"]}:
            wrong.append("a reference to nothing, or to itself")
        for key, mark in (("money", "money"), ("date", "date"), ("checked", "checkbox")):
            if (key in item) != (mark in flags):
                wrong.append(f"{key} exactly with the flag {mark}")
        if "money" in item:
            amount = item["money"]["amount"]
            if float(amount) != item["money"]["parsed"] or amount not in item.get("text", amount):
                wrong.append(f"{item['money']} does not fit {item.get('text')}")
        if "date" in item:
            parts = item["date"]
            day = date(parts["year"], parts["month"], parts["day"])
            if "text" in item and day != date.fromisoformat(item["text"]):
                wrong.append(f"{parts} does not fit {item['text']}")
    return wrong


def plain_features(features: Any) -> list[Any]:
    found = []
    for feature in features:
        group = feature["type"] == "group"
        found += plain_features(feature.get("features", [])) if group else [feature]
    return found


def inside(location: Any, page: Any) -> bool:
    if location["type"] == "box":
        right, bottom = location["left"] + location["width"], location["top"] + location["height"]
        return right <= page["width"] + 1e-9 and bottom <= page["height"] + 1e-9
    vertices = location["vertices"]
    return all(v["x"] <= page["width"] and v["y"] <= page["height"] for v in vertices)


def chat(params: Any, response: Any, extra: Any) -> list[str]:
    entries = response["responses"]
    wrong = []
    if entries[0] != {"type": "Instructions", "output": ""}:
        wrong.append("the instructions come first, with an empty output")
    prompts = [entry["output"] for entry in entries if entry["type"] == "PromptInput"]
    said = [m["content"] for m in params.get("messages", ()) if m["role"] == "user"]
    if said and prompts[: len(said)] != said:
        wrong.append("the prompts are not what the user said")
    if not said and isinstance(params.get("prompt"), str) and params["prompt"]:
        wrong += [] if prompts[0] == params["prompt"] else ["the prompt is another one"]
    types = [entry["type"] for entry in entries[1:]]
    if types != ["PromptInput", "ModelResponse"] * len(prompts) or not prompts:
        wrong.append("not one prompt and one answer in each turn")
    return wrong
