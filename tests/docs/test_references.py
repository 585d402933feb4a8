"""Every reference to a fact about Scale leads to a heading or a rule in `docs/scale/`.

In code it is a page and a section, ``docs/scale/tasks.md 3``; in Markdown a link that says both;
inside a page ``§3`` is its own. A rule stands by its id alone (``V7``), on a page that the same
file refers to.
"""

from __future__ import annotations

import io
import re
import tokenize
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKOUT = Path(__file__).parents[2]
SCALE = CHECKOUT / "docs" / "scale"
PAGES = sorted(page.stem for page in SCALE.glob("*.md"))
CODE = sorted(
    path
    for folder in ("scaleapi", "scaleapi_testing", "tests", "examples")
    for path in (CHECKOUT / folder).rglob("*.py")
    if path != Path(__file__)
)
DOCS = sorted(
    [
        *CHECKOUT.glob("*.md"),
        *(CHECKOUT / "scaleapi_testing").glob("*.md"),
        *(CHECKOUT / "docs").rglob("*.md"),
    ]
)

NUMBER = r"\d+(?:\.\d+)*"
NUMBERS = rf"{NUMBER}(?:(?:,\s+|\s+and\s+|\s+to\s+|\u2013){NUMBER}(?!\w))*"
IN_TEXT = re.compile(rf"docs/scale/(?P<page>[\w-]+)\.md(?:\s+(?P<numbers>{NUMBERS}))?")
LINK = re.compile(rf"\[[\w-]+(?: (?P<numbers>{NUMBERS}))?\]\((?:scale/)?(?P<page>[\w-]+)\.md\)")
OWN_SECTION = re.compile(rf"§({NUMBER})")
RULE = re.compile(r"\b[A-Z]{1,2}\d{1,2}\b")
RANGE = re.compile(r"\b([A-Z]{1,2})(\d{1,2})(?: to |\u2013)\1(\d{1,2})\b")
DEFINITION = re.compile(r"^(?:\| |- \*\*)([A-Z]{1,2}\d{1,2})(?: \||\*\*)", re.MULTILINE)
HEADING = re.compile(rf"^##+ ({NUMBER}) ", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
NEWLINE = "\n"
OLD_PAGES = re.compile(r"v1-resources|task-types-(?:image|text|video)")


class Place(NamedTuple):
    """A text of one file in which references may stand."""

    path: str
    line: int
    text: str


@cache
def page_text(page: str) -> str:
    return (SCALE / f"{page}.md").read_text(encoding="utf-8")


@cache
def sections(page: str) -> frozenset[str]:
    return frozenset(HEADING.findall(page_text(page)))


@cache
def rules(page: str) -> frozenset[str]:
    """The rules that a page defines; those of README are the short names of sources."""
    return frozenset(DEFINITION.findall(page_text(page)))


@cache
def texts_of_code(path: Path) -> list[Place]:
    """Comments and docstrings, and strings that are nothing but a rule's id."""
    name = path.relative_to(CHECKOUT).as_posix()
    source = path.read_text(encoding="utf-8")
    return [
        Place(name, token.start[0], token.string)
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
        or (
            token.type == tokenize.STRING
            and (
                token.string.lstrip("rf").startswith('"""')
                or RULE.fullmatch(token.string[1:-1]) is not None
            )
        )
    ]


def texts_of_page(path: Path) -> Iterator[Place]:
    """What stands outside of fenced blocks; these are blanked, so that lines keep their number."""
    text = path.read_text(encoding="utf-8")
    blanked = FENCE.sub(lambda fence: "\n" * fence[0].count("\n"), text)
    yield Place(path.relative_to(CHECKOUT).as_posix(), 1, blanked)


def spelled_out(text: str) -> Iterator[tuple[int, str]]:
    """Each rule that a text names, those inside of ``C1 to C4`` too, and where."""
    for match in RULE.finditer(text):
        yield match.start(), match[0]
    for match in RANGE.finditer(text):
        for number in range(int(match[2]) + 1, int(match[3])):
            yield match.start(), f"{match[1]}{number}"


def references(place: Place) -> Iterator[tuple[str, str, list[str]]]:
    """Each reference of a text: where it stands, its page, and the sections it names."""
    in_pages = place.path.startswith("docs/scale/")
    for pattern in (IN_TEXT, LINK) if place.path.endswith(".md") else (IN_TEXT,):
        for match in pattern.finditer(place.text):
            if pattern is LINK and not in_pages and "](scale/" not in match[0]:
                continue  # a link to another of the user's pages
            at = f"{place.path}:{place.line + place.text.count(NEWLINE, 0, match.start())}"
            yield at, match["page"], re.findall(NUMBER, match["numbers"] or "")


def referred_pages(texts: list[Place]) -> set[str]:
    return {page for place in texts for _, page, _ in references(place)}


def dangling(texts: list[Place], own_page: str | None = None) -> list[str]:
    """Every reference in one file's texts that leads nowhere, and where it stands."""
    lost: list[str] = []
    for place in texts:
        for at, page, numbers in references(place):
            if page not in PAGES:
                lost.append(f"{at}: there is no page docs/scale/{page}.md")
                continue
            lost += [
                f"{at}: docs/scale/{page}.md has no section {number}"
                for number in numbers
                if number not in sections(page)
            ]
        if own_page is not None:
            lost += [
                f"{place.path}:{place.line + place.text.count(NEWLINE, 0, match.start())}: "
                f"this page has no section {match[1]}"
                for match in OWN_SECTION.finditer(place.text)
                if match[1] not in sections(own_page)
            ]
    return lost


def unknown_rules(texts: list[Place], own_page: str | None = None) -> list[str]:
    """Every rule in one file's texts that no page has which the file refers to."""
    pages = referred_pages(texts) & set(PAGES)
    if own_page is not None:
        pages |= {own_page, "README"}
    known = {rule for page in pages for rule in rules(page)}
    where = ", ".join(f"{page}.md" for page in sorted(pages)) or "none at all"
    return [
        f"{place.path}:{place.line + place.text.count(NEWLINE, 0, position)}: "
        f"rule {rule} is on none of the pages that this file refers to ({where})"
        for place in texts
        for position, rule in spelled_out(place.text)
        if rule not in known
    ]


def own_page_of(path: Path) -> str | None:
    return path.stem if path.parent == SCALE else None


def test_every_reference_in_the_code_and_the_tests_leads_to_a_heading():
    lost = [line for path in CODE for line in dangling(texts_of_code(path))]

    assert lost == [], "\n".join(lost)


def test_every_reference_in_the_docs_leads_to_a_heading():
    lost = [
        line for path in DOCS for line in dangling(list(texts_of_page(path)), own_page_of(path))
    ]

    assert lost == [], "\n".join(lost)


def test_every_rule_that_code_or_tests_name_is_on_a_page_they_refer_to():
    lost = [line for path in CODE for line in unknown_rules(texts_of_code(path))]

    assert lost == [], "\n".join(lost)


def test_every_rule_that_a_page_about_scale_names_is_there_or_on_a_page_it_refers_to():
    lost = [
        line
        for path in sorted(SCALE.glob("*.md"))
        for line in unknown_rules(list(texts_of_page(path)), path.stem)
    ]

    assert lost == [], "\n".join(lost)


def test_every_rule_of_a_page_is_named_where_it_is_kept_or_tested():
    named = {
        (page, rule)
        for path in CODE
        for texts in [texts_of_code(path)]
        for page in referred_pages(texts)
        for place in texts
        for _, rule in spelled_out(place.text)
    }
    unkept = [
        f"docs/scale/{page}.md: {rule}"
        for page in PAGES
        for rule in sorted(rules(page))
        if page != "README" and (page, rule) not in named
    ]

    assert unkept == [], f"no code or test names these rules: {', '.join(unkept)}"


def test_no_page_that_is_not_in_the_project_is_referred_to():
    named = [
        f"{path.relative_to(CHECKOUT)}:{number}"
        for path in [*CODE, *DOCS]
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if OLD_PAGES.search(line)
    ]

    assert named == []


def test_the_search_finds_what_the_code_refers_to():
    named = [
        page for path in CODE for place in texts_of_code(path) for _, page, _ in references(place)
    ]

    assert len(named) > 100


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("see docs/scale/tasks.md 3 and 99", ["x.py:7: docs/scale/tasks.md has no section 99"]),
        ("(docs/scale/tusks.md 3)", ["x.py:7: there is no page docs/scale/tusks.md"]),
        ("one\ntwo (docs/scale/files.md 2,\n7)", ["x.py:8: docs/scale/files.md has no section 7"]),
        ("Source: docs/scale/images.md 3.1 and 7.5, docs/scale/errors.md", []),
    ],
    ids=["section", "page", "over lines", "all there"],
)
def test_a_reference_that_leads_nowhere_is_named_with_its_place(text: str, told: list[str]):
    assert dangling([Place("x.py", 7, text)]) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Rules V1 to V4 (docs/scale/images.md 7.5)", []),
        ("Rules V16 to V19 (docs/scale/images.md 7.5)", ["V19", "V18"]),
        ("Rules LS1 to LS3 (docs/scale/images.md 7.5)", ["LS1", "LS3", "LS2"]),
    ],
    ids=["all there", "beyond the last", "of another page"],
)
def test_an_unknown_rule_is_named_those_inside_a_range_too(text: str, told: list[str]):
    lost = unknown_rules([Place("x.py", 7, text)])

    assert lost == [
        f"x.py:7: rule {rule} is on none of the pages that this file refers to (images.md)"
        for rule in told
    ]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_about_scale_has_each_number_and_each_rule_once(page: str):
    numbers = HEADING.findall(page_text(page))
    ids = DEFINITION.findall(page_text(page))

    assert sorted(set(numbers)) == sorted(numbers)
    assert sorted(set(ids)) == sorted(ids)


def test_the_index_of_the_pages_about_scale_names_each_of_them():
    rows = re.compile(r"^\| \[[\w-]+\]\(([\w-]+)\.md\)", re.MULTILINE)
    linked = rows.findall(page_text("README"))

    assert sorted([*linked, "README"]) == PAGES
