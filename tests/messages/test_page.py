"""The page on messages shows messages as they are."""

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PAGE = (HERE.parents[1] / "docs" / "messages.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"^```text\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
GOLDEN = [file.read_text(encoding="utf-8") for file in sorted(HERE.glob("*.txt"))]


def test_the_page_shows_messages():
    assert len(SHOWN) >= 5


@pytest.mark.parametrize("shown", SHOWN, ids=lambda text: text.split("\n", 1)[0][:40])
def test_a_message_of_the_page_is_what_a_golden_file_says(shown):
    assert any(shown in message for message in GOLDEN), f"no golden file holds:\n{shown}"
