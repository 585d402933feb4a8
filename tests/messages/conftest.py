"""Messages are compared whole with golden files; `GOLDEN=write` writes them anew for review."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

HERE = Path(__file__).parent


class Golden:
    """Compares a message with `tests/messages/<name>.txt`, newline at the end aside."""

    def __init__(self, *, writing):
        self.writing = writing

    def __call__(self, name, message):
        file = HERE / f"{name}.txt"
        if self.writing:
            file.write_text(f"{message}\n", encoding="utf-8")
        assert f"{message}\n" == file.read_text(encoding="utf-8")

    def refusals(self, name, calls, **names):
        """Compares what each of these calls, written as code, is refused with."""
        self(name, "\n".join(f"{call}\n    {refusal(call, names)}" for call in calls))


def refusal(call, names):
    with pytest.raises(Exception) as caught:  # noqa: PT011 - the golden file says which
        eval(call, names)
    return f"{type(caught.value).__name__}: {caught.value}"


@pytest.fixture
def golden():
    return Golden(writing=os.environ.get("GOLDEN") == "write")
