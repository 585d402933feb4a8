"""What httpcore says of a broken connection; httpx passes its words on.

The library's own wording: these texts end up in users' assertions and logs.
"""

from __future__ import annotations

from typing import Final

DISCONNECTED: Final = "Server disconnected without sending a response."
CUT: Final = (
    "peer closed connection without sending complete message body (received {} bytes, expected {})"
)
TIMED_OUT: Final = "timed out"
