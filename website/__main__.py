"""``python -m website``: build the site; ends with 1 and what is wrong when anything is."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .build import NotRendered, build
from .check import faults
from .place import CHECKOUT


def main() -> int:
    """Build, and look at what was built."""
    parser = argparse.ArgumentParser(prog="python -m website", description=main.__doc__)
    parser.add_argument(
        "--into", type=Path, default=CHECKOUT / "site", help="a folder per version; others stay"
    )
    parser.add_argument("--work", type=Path, default=CHECKOUT / "build" / "website")
    parsed = parser.parse_args()
    try:
        place = build(parsed.into, parsed.work)
    except (LookupError, NotRendered) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    wrong = faults(place)
    for fault in wrong:
        sys.stderr.write(f"{fault}\n")
    if not wrong:
        print(f"{place}: {len(list(place.rglob('*.html')))} pages")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
