"""The entry to it all: files in, a ``Verification`` out."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .allowed import read as read_allowances
from .reading import read
from .replay import Replay
from .verification import Verification

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .verification import Verdict

Path = str | os.PathLike[str]


def verify(
    path: Path | Sequence[Path],
    *,
    allow: Path | Sequence[Path] = (),
    hosts: Sequence[str] = (),
) -> Verification:
    """Replay recorded traffic against a fresh fake, and tell where the two differ.

    ```python
    assert verify("tests/cassettes/orders.yaml").ok
    ```

    Each file is one recording with a fake of its own. Requests are sent as they were recorded; ids,
    tokens, times and links that a reply names are bound to what the fake answers in their place.
    What existed before the recording began is put in from the replies that show it, and what
    labelers answered is taken from them.

    Args:
        path: a cassette of vcrpy or of Ruby's VCR, a HAR file, a file of the recorder of
            ``responses``; or several of them.
        allow: files of known differences, a line each:
            ``GET /v1/tasks docs[].isProcessed missing``.
        hosts: what else stood for Scale in the recording, e.g. ``proxy.example.com:8080``.

    Raises:
        ValueError: a file is no recording, or a line of ``allow`` means nothing.
        OSError: a file cannot be read.
        ImportError: the extra ``verify`` is not installed.
    """
    require()
    paths = [path] if isinstance(path, str | os.PathLike) else list(path)
    allowed = [allow] if isinstance(allow, str | os.PathLike) else list(allow)
    allowances = read_allowances(allowed)
    verdicts: list[Verdict] = []
    used: set[str] = set()
    for file in paths:
        replay = Replay(read(file), frozenset(map(str.lower, hosts)), allowances)
        verdicts += replay.run()
        used |= replay.used
    return Verification(
        tuple(verdicts),
        tuple(os.fspath(file) for file in paths),
        tuple(allowance for allowance in allowances if allowance.line not in used),
    )


def require() -> None:
    """Refuse to go on without the packages of the extra.

    Raises:
        ImportError: one of them is missing.
    """
    from .._extras import lack_of_extra, missing

    lacking = missing("haralyzer", "rich", "vcr", "yaml")
    if lacking:
        raise ImportError(lack_of_extra("verify()", "verify", *lacking))
