"""That multichat tasks follow the rules of chat and are answered in two or three turns."""

from __future__ import annotations

from typing import Final

from ._text.chat import chat_type

TASK_TYPE: Final = chat_type("multichat", turns=(2, 3))
