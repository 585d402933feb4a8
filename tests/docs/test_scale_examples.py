"""The examples of `docs/scale/` are JSON, and our models of v2 read those that name a model."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from scaleapi.v2 import models

SCALE = Path(__file__).parents[2] / "docs" / "scale"
FENCE = re.compile(r"^```json\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(
    r"<!-- model(?:-fails)?: (\w+) -->\n```json\n(.*?)^```$", re.MULTILINE | re.DOTALL
)
A_FILE = "DetailedFile"
"""The union of three files: read as part of a message, which holds it."""


class Example(NamedTuple):
    """One example of a page, and the model that the page names above it."""

    page: str
    line: int
    model: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def examples(pattern: re.Pattern[str], pages: str) -> list[Example]:
    return [
        Example(page.name, text.count("\n", 0, match.start()) + 1, *["", *match.groups()][-2:])
        for page in sorted(SCALE.glob(pages))
        for text in [page.read_text(encoding="utf-8")]
        for match in pattern.finditer(text)
    ]


ALL = examples(FENCE, "*.md")
OF_V2 = examples(NAMED, "v2*.md")
PLAIN = [example for example in OF_V2 if example.model != A_FILE]
FILES = [example for example in examples(NAMED, "v2-tasks.md") if example.model == A_FILE]
"""As they are; the page on the official client has some that are bent to please it."""


def test_there_are_examples_of_both_kinds():
    assert len(ALL) > len(OF_V2) > len(FILES) > 0


@pytest.mark.parametrize("example", ALL, ids=str)
def test_an_example_is_json(example: Example):
    assert json.loads(example.text)


@pytest.mark.parametrize("example", PLAIN, ids=str)
def test_an_example_of_v2_is_read_by_the_model_that_it_names(example: Example):
    model: Any = getattr(models, example.model)

    record = model.from_dict(json.loads(example.text))

    assert type(record).__name__.startswith(example.model)


@pytest.mark.parametrize("example", FILES, ids=str)
def test_a_file_is_read_as_part_of_a_message_which_the_official_client_cannot(example: Example):
    content = models.MessageContent.from_dict({"attachments": [json.loads(example.text)]})

    assert content is not None
    assert content.attachments
