# ruff: noqa: INP001, S603, T201 - a script beside the pictures it takes
"""Takes the pictures of `docs/dashboard.md` anew: `python docs/dashboard_pictures.py`.

It plays the demo on a server and needs Chromium, named by the variable CHROMIUM where it is not
called `chromium`.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PIL import Image

from scaleapi_testing._demo.pictures import scenes
from scaleapi_testing._demo.served import Show

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER: Final = Path(__file__).with_name("pictures")
PICTURES: Final = 12
PATIENCE_S: Final = 60


def main() -> None:
    """Take every picture."""
    FOLDER.mkdir(exist_ok=True)
    with Show(list(scenes(0, PICTURES)), 0, is_opened=False, tempo=0.05) as show:
        fake = show.fake
        with fake.serve() as server:
            show.begin(server.url)
            _until(lambda: len(fake.tasks) == PICTURES)
            _until(lambda: fake.batches["monday"].status == "in_progress")
            for _ in range(8):
                fake.clock.advance(minutes=40)
                time.sleep(0.3)
            take(f"{server.url}/_fake/", "overview.png", 1280, 900)
            take(f"{server.url}/_fake/ui/tasks", "tasks.png", 1280, 900)
            fake.clock.advance(hours=8)
            _until(lambda: all(task.customer_review_status == "accepted" for task in fake.tasks))
            redone = next(task for task in fake.tasks if len(task.audits) > 1)
            take(f"{server.url}/_fake/ui/tasks/{redone.id}", "task.png", 1280, 1100)


def take(url: str, name: str, width: int, height: int) -> None:
    """Take one picture of a page."""
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                os.environ.get("CHROMIUM", "chromium"),
                "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--hide-scrollbars", f"--user-data-dir={profile}",
                f"--screenshot={FOLDER / name}", f"--window-size={width},{height}", url,
            ],
            check=True, capture_output=True, timeout=PATIENCE_S,
        )  # fmt: skip
    # A few colours are enough for pages, and a third of the bytes.
    with Image.open(FOLDER / name) as picture:
        picture.convert("RGB").quantize(128).save(FOLDER / name, optimize=True)
    print(FOLDER / name)


def _until(happens: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not happens():
        if time.monotonic() > end:
            raise TimeoutError("the demo did not come so far")
        time.sleep(0.05)


if __name__ == "__main__":
    main()
