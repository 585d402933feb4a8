"""Every page in a browser: nothing is wrong with it, at any width, light or dark, by keyboard."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.slow

PAGES = [
    "",
    "ui/tasks",
    "ui/tasks?q=belt&status=completed",
    "ui/time",
    "ui/callbacks",
    "ui/callbacks?state=failing&delivery=1",
    "ui/inbox/demo",
    "ui/faults",
    "ui/requests",
    "ui/requests/1",
    "ui/settings",
    "ui/copy",
    "gallery",
    "login",
    "ui/nothing",
]
# A page that is not there is answered with 404, of which the browser tells on its console.
TOLD = "Failed to load resource: the server responded with a status of 404"


def violations(page):
    found = Axe().run(page).response["violations"]
    return [
        f"{entry['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for entry in found
        for node in entry["nodes"][:3]
    ]


def in_both_themes(visitor, path):
    """What axe finds in a page, light and dark."""
    visitor.page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page = visitor.go(path)
    light = violations(page)
    page.emulate_media(color_scheme="dark")
    return light + violations(page)


def too_wide(page):
    """The widths of a window in which the page is wider than that."""
    wide = []
    for width in (390, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(width)
    return wide


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_sound_accessible_and_fits_every_window(visitor, busy, path):
    found = in_both_themes(visitor, path)
    wide = too_wide(visitor.page)

    assert (found, wide) == ([], [])
    visitor.wrong = [text for text in visitor.wrong if TOLD not in text]


@pytest.mark.parametrize("place", [0, -1])
def test_a_tasks_page_is_sound_accessible_and_fits_every_window(visitor, busy, place):
    found = in_both_themes(visitor, f"ui/tasks/{busy[place]}")

    assert (found, too_wide(visitor.page)) == ([], [])


@pytest.mark.parametrize("path", PAGES[:-3])
def test_the_tab_key_reaches_everything_that_can_be_used(visitor, busy, path):
    page = visitor.go(path)
    usable = page.evaluate(
        """() => {
          const all = document.querySelectorAll(
            "a[href], button, input, select, textarea, summary, [tabindex='0']");
          const seen = [...all].filter((e) =>
            !e.disabled && e.type !== "hidden" && e.checkVisibility({visibilityProperty: true}));
          seen.forEach((e, i) => { e.dataset.number = i; });
          return seen.length;
        }"""
    )
    reached = set()
    for _ in range(usable + 3):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement?.dataset.number ?? null"))

    assert len(reached - {None}) == usable


def test_what_users_sent_stays_text_on_every_page(visitor, busy):
    for path in [*PAGES[:-2], f"ui/tasks/{busy[0]}", f"ui/tasks/{busy[-1]}"]:
        page = visitor.go(path)
        assert page.locator("img[src='x']").count() == 0
        assert page.locator("main script").count() == 0


def test_the_theme_is_switched_and_holds(visitor):
    page = visitor.go("")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")

    page.click("[data-theme-switch]")
    after = page.evaluate("getComputedStyle(document.body).backgroundColor")
    visitor.go("ui/tasks")

    assert after != before
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == after


def test_back_and_reload_show_the_same_page_again(visitor, busy):
    page = visitor.go("ui/tasks")
    page.fill("#q", "belt-3")
    visitor.click("button.primary")
    page.click("td.id a")
    page.go_back()
    page.reload()

    assert "q=belt-3" in page.url
    assert page.locator("tr[data-task]").count() == 1


def test_a_page_without_scripts_shows_its_data(chromium, server, busy):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.url}/_fake/ui/tasks")

    assert page.locator("tr[data-task]").count() == 7
    assert page.locator("button:visible", has_text="Complete").count() == 0
    context.close()
