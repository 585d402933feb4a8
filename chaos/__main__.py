"""``python -m chaos [alone|shared] [--kills N] [--seconds S]``: storms, then the books."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from .storms import alone, shared


def main() -> int:
    """Run the storms asked for; 1 when the books do not agree."""
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    parser.add_argument("storm", nargs="?", choices=["alone", "shared"], help="default: both")
    parser.add_argument("--kills", type=int, default=100, help="of the server with a file")
    parser.add_argument("--seconds", type=float, default=300, help="of the servers with a database")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    wrong = 0
    for name in [options.storm] if options.storm else ["alone", "shared"]:
        print(f"{name}, seed {options.seed}", flush=True)
        with tempfile.TemporaryDirectory(prefix="scale-chaos-") as made:
            folder = Path(made)
            if name == "alone":
                wrong += alone(folder, options.seed, options.kills)
            else:
                wrong += shared(folder, options.seed, options.seconds)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
