"""That chat tasks follow the rules of chat: one turn, unless the messages tell more."""

from __future__ import annotations

from typing import Final

from ._text.chat import chat_type

TASK_TYPE: Final = chat_type("chat")
