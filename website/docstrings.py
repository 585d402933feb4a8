"""Reads docstrings as the code writes them: roles and pages of facts become links.

Loaded by the renderer of the reference, as an extension of griffe.
"""

from __future__ import annotations

import re
from typing import Any, Final

import griffe

_ROLE: Final = re.compile(r":(?:class|meth|func|mod|attr|data|exc):`~?\.?(?P<path>[\w.]+)`")
_DOUBLE: Final = re.compile(r"``([^`\n]+(?:\n[^`\n]+)?)``")


def as_markdown(text: str) -> str:
    """A docstring's roles and double backticks as plain code, which names are then linked from."""
    text = _ROLE.sub(lambda role: f"`{role['path']}`", text)
    return _DOUBLE.sub(lambda code: f"`{code[1]}`", text)


class Roles(griffe.Extension):
    """Changes each docstring once, when its object was read."""

    def on_instance(self, *, obj: griffe.Object, **_more: Any) -> None:
        """Called for every object."""
        if obj.docstring is not None:
            obj.docstring.value = as_markdown(obj.docstring.value)
