"""S7: a page of the dashboard is there at once, however much there is to show."""

from __future__ import annotations

import math
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from scaleapi.tasks import TaskType
from scaleapi_testing import FakeScale

from ..examples import LIVE, creating
from ..method import Effort, Spread
from ..peers import Unavailable
from ..rows import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

CHROMIUM: Final = Path("/usr/bin/chromium")
SWITCHES: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
)
FEW: Final = 100
MANY: Final = 100_000
POLYGONS: Final = 500
TABLE: Final = "/_fake/ui/tasks"

PAINTED: Final = """() => new Promise((done) => {
  const look = () => {
    const paint = performance.getEntriesByName("first-contentful-paint")[0];
    paint ? done(paint.startTime) : requestAnimationFrame(look);
  };
  look();
})"""
"""Milliseconds from the begin of the navigation until something was seen."""

FRAMES: Final = """() => new Promise((done) => {
  const canvas = document.querySelector("[data-zoom]") ?? document.body;
  const keys = ["+", "ArrowRight", "ArrowDown", "-", "ArrowLeft", "ArrowUp"];
  const took = [];
  let before = 0;
  const frame = (now) => {
    if (before) took.push(now - before);
    before = now;
    if (took.length === 60) return done(took);
    const key = keys[took.length % keys.length];
    canvas.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})"""
"""How long each of 60 frames took in which a drawing is zoomed or moved."""


def measure(effort: Effort) -> Iterator[Row]:
    many = MANY if effort.full else MANY // 20
    pairs = 15 if effort.full else 4
    few_tasks, many_tasks = _filled(FEW), _filled(many)
    with _browser() as browser, few_tasks.serve() as few, many_tasks.serve() as crowd:
        paints = [
            _painted(browser, f"{crowd.url}{TABLE}") / _painted(browser, f"{few.url}{TABLE}")
            for _ in range(pairs + 1)
        ][1:]  # the first page brings the templates
        shown, bare = _polygons(few_tasks, POLYGONS), _polygons(few_tasks, 0)
        frames = [
            _frame(browser, f"{few.url}{TABLE}/{shown}")
            / _frame(browser, f"{few.url}{TABLE}/{bare}")
            for _ in range(pairs // 2)
        ]
    yield Row(
        f"first paint of the table of tasks, {many:,} tasks / {FEW} tasks",
        Spread.of(paints),
        2.0,
        note="in Chromium",
    )
    yield Row(
        f"a frame of a drawing of {POLYGONS} polygons that is zoomed and moved / of none",
        Spread.of(frames),
        2.0,
        note="in Chromium, without a graphics card",
    )


def _filled(count: int) -> FakeScale:
    """A fake with so many tasks: some are created, the others loaded as copies of them."""
    fake = FakeScale(journal_max_entries=100)
    create = creating(fake.client(LIVE), TaskType.ImageAnnotation)
    documents = [create().as_dict() for _ in range(FEW)]
    fake.load_tasks(
        [
            {**documents[number % FEW], "task_id": f"{number:024x}", "unique_id": f"copy-{number}"}
            for number in range(count - FEW)
        ],
        api_key=LIVE,
    )
    return fake


def _polygons(fake: FakeScale, count: int) -> str:
    """The id of a task that was answered with so many polygons of twelve corners."""
    task = creating(fake.client(LIVE), TaskType.ImageAnnotation, f"of {count} polygons")()
    annotations = [_polygon(number) for number in range(count)]
    fake.complete(task.id, {"annotations": annotations})
    return str(task.id)


def _polygon(number: int) -> dict[str, Any]:
    left, top = 20 + number % 25 * 24, 20 + number // 25 * 22
    corners = [
        {
            "x": left + 10 * math.cos(corner * math.pi / 6),
            "y": top + 10 * math.sin(corner * math.pi / 6),
        }
        for corner in range(12)
    ]
    return {
        "type": "polygon",
        "label": f"label {number % 9}",
        "vertices": corners,
        "uuid": f"{number}",
    }


@contextmanager
def _browser() -> Iterator[Any]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise Unavailable("needs playwright, of the group dev") from None
    if not CHROMIUM.exists():
        raise Unavailable("needs Debian's package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


def _painted(browser: Any, url: str) -> float:
    page = browser.new_page()
    page.goto(url)
    painted = float(page.evaluate(PAINTED))
    page.close()
    return painted


def _frame(browser: Any, url: str) -> float:
    page = browser.new_page()
    page.goto(url)
    page.wait_for_selector("html.scripted")
    took: list[float] = page.evaluate(FRAMES)
    page.close()
    return median(took)
