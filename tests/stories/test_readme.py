"""The story that the README prints is the one that is tested."""

from pathlib import Path

STORY = Path(__file__).with_name("test_pipeline_survives_an_outage.py")
README = Path(__file__).parents[2] / "README.md"


def test_the_story_stands_in_the_readme_word_for_word():
    _, _, program = STORY.read_text(encoding="utf-8").partition('"""\n\nfrom ')

    assert f"```python\nfrom {program}```\n" in README.read_text(encoding="utf-8")
