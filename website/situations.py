"""The pages of the gallery: each example as it runs in the tests, the application before them."""

from __future__ import annotations

import ast
import re
from typing import Final

from .place import CHECKOUT, Page

GALLERY: Final = CHECKOUT / "docs" / "gallery.md"
_ROW: Final = re.compile(
    r"^\| (?P<what>.+?) \| \[[\w.]+\]\(\.\./(?P<file>[\w./]+)\) \| (?P<shows>.+?) \|$"
)
STORY: Final = "tests/stories/test_pipeline_survives_an_outage.py"


def situations() -> dict[str, Page]:
    """By the file of an example, its page, in the order of the gallery."""
    pages: dict[str, Page] = {}
    for line in GALLERY.read_text(encoding="utf-8").splitlines():
        row = _ROW.match(line)
        if row is not None:
            intro = f"It shows: {row['shows']}."
            pages[row["file"]] = _page(row["file"], row["what"].rstrip("."), intro)
    pages[STORY] = _page(STORY, "One story with everything in it", "")
    return pages


def _page(file: str, title: str, intro: str) -> Page:
    source = (CHECKOUT / file).read_text(encoding="utf-8")
    docstring = ast.get_docstring(ast.parse(source)) or ""
    code = re.sub(r'\A""".*?"""\n+', "", source, flags=re.DOTALL).strip()
    file_name = file.rpartition("/")[2]
    parts = [f"# {title}", docstring.replace("``", "`"), intro]
    parts.append(f'```python title="{file_name}"\n{code}\n```')
    name = file_name.removeprefix("test_").removesuffix(".py").replace("_", "-")
    text = "\n\n".join(part for part in parts if part)
    return Page(f"situations/{name}.md", f"{text}\n", "docs/gallery.md")
