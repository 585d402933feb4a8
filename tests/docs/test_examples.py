"""The gallery lists every example, and what the pages link to is there."""

import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
DOCS = CHECKOUT / "docs"
GALLERY = (DOCS / "gallery.md").read_text(encoding="utf-8")
EXAMPLES = sorted((CHECKOUT / "examples").glob("*.py"))
LINKS = [
    (page.name, target)
    for page in sorted(DOCS.glob("*.md"))
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    if "://" not in target
]


def test_there_are_ten_examples_and_more():
    assert len(EXAMPLES) >= 10


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_every_example_is_in_the_gallery(example):
    assert f"[{example.name}](../examples/{example.name})" in GALLERY


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_every_example_is_one_complete_test_file(example):
    text = example.read_text(encoding="utf-8")

    assert text.startswith('"""')
    assert re.search(r"^(?:async )?def test_", text, re.MULTILINE)
    assert "# -- the application ---" in text


@pytest.mark.parametrize(("page", "target"), LINKS)
def test_a_link_of_the_docs_leads_somewhere(page, target):
    assert (DOCS / target).exists(), f"docs/{page} links to {target}, which is not there"
