"""The documentation is a site: nothing in it is broken, and newcomers find their words in it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

CHECKOUT = Path(__file__).parents[2]

CONFIGURATION = CHECKOUT / "website" / "zensical.toml"

WORDS = [  # what newcomers looked for in vain, and what they will look for next
    "api_keys", "base_urls", "block_network", "test_key_tasks", "skip_sleep", "test key",
    "live key", "staging", "Rapid", "Studio", "ScaleRetry", "scale_module", "scale_session",
    "scale_client", "scale_async_client", "scale_server", "scope session", "scope module",
    "FakeScale", "Geometry polygon", "Geometry line", "Geometry point", "Geometry cuboid",
    "Geometry ellipse", "annotations[].left", "annotations[].vertices", "ScaleException",
    "ScaleInvalidRequest", "ScaleUnauthorized", "ScaleNotEnabled", "ScaleResourceNotFound",
    "ScaleDuplicateResource", "ScaleTooManyRequests", "ScaleConnectionError", "UnspentFault",
    "IllegalTransition", "NetworkBlocked", "after_polls", "rate_limit", "outage",
    "SCALE_API_BASE_URL", "--scale-seed", "--allow-key", "SCALE_FAKE_PORT", "GitHub Actions",
    "GitLab", "CallbackForged", "POST /v1/batches/{batch_name}/finalize", "GET /v2/tasks",
    "unittest", "Hypothesis", "VCR",
]  # fmt: skip


def built(*, into, work):
    return subprocess.run(
        [sys.executable, "-m", "website", "--into", str(into), "--work", str(work)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder with the versions of the built site, beside one that was there before."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "into" / "2.9.10").mkdir(parents=True)
    done = built(into=folder / "into", work=folder / "work")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "into"


@pytest.fixture(scope="module")
def version():
    import scaleapi_testing

    return scaleapi_testing.__version__


@pytest.fixture(scope="module")
def found(site, version):
    """What the search looks through, without markup."""
    from website.check import search_index

    text = re.sub(r"<[^>]+>", "", search_index(site / version))
    return " ".join(text.split())


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_site_builds_without_a_broken_link_or_a_bare_public_name(site, version):
    assert (site / version / "reference" / "fake" / "index.html").is_file()


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("word", WORDS)
def test_the_search_knows_the_word(found, word):
    assert word in found


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_versions_stand_side_by_side_and_the_top_leads_to_the_newest(site, version):
    listed = json.loads((site / "versions.json").read_text(encoding="utf-8"))

    assert [entry["version"] for entry in listed] == [version, "2.9.10"]
    assert listed[0]["aliases"] == ["latest"]
    assert f'href="{version}/"' in (site / "index.html").read_text(encoding="utf-8")


def test_every_public_name_has_its_place_in_the_reference():
    from website.check import unplaced

    assert unplaced() == [], "name them in website/api.py"


def test_every_argument_of_the_mark_has_its_meaning():
    from scaleapi_testing import pytest_plugin
    from website.testing import mark_arguments

    assert set(mark_arguments()) == set(pytest_plugin.ARGUMENTS)


def page_of(site, name, body):
    path = site / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"<html><body>{body}</body></html>", encoding="utf-8")


@pytest.fixture
def broken(tmp_path):
    """Every fault that the check of two small pages tells, without those about names."""
    from website import check

    def faults(index, other=""):
        page_of(tmp_path, "index.html", index)
        page_of(tmp_path, "other/index.html", other)
        return check.faults_of_pages(tmp_path)

    return faults


def test_a_link_to_a_page_that_is_not_there_is_a_fault(broken):
    assert broken('<a href="otter/">x</a>') == ["index.html links to otter/, which is not there"]


def test_a_link_out_of_the_site_is_a_fault(broken):
    assert broken("", '<a href="../../x/">x</a>') == [
        "other/index.html links to ../../x/, which is not there"
    ]


def test_a_link_to_an_anchor_that_is_not_there_is_a_fault(broken):
    assert broken('<a href="other/#cow">x</a>', '<h2 id="sheep">y</h2>') == [
        "index.html links to other/#cow, where that anchor is not"
    ]


def test_links_that_lead_somewhere_are_none(broken):
    assert (
        broken('<a href="other/#cow">x</a><a href="#a" id="a">y</a>', '<h2 id="cow">z</h2>') == []
    )


@pytest.mark.parametrize(
    "tag",
    [
        '<script src="https://cdn.example/x.js"></script>',
        '<link rel="stylesheet" href="//fonts.example/x.css">',
        '<img src="http://images.example/x.png">',
    ],
    ids=["script", "stylesheet", "image"],
)
def test_what_is_fetched_from_elsewhere_is_a_fault(broken, tag):
    [fault] = broken(tag)

    assert "from elsewhere" in fault


def test_a_link_of_a_page_to_a_file_that_the_site_does_not_show_is_refused():
    from website.place import NoSuchPage, Page, moved_links

    page = Page("time.md", "See [this](../pyproject.toml).", "docs/time.md")

    with pytest.raises(NoSuchPage, match=r"docs/time.md links to ../pyproject.toml"):
        moved_links(page, {})


def test_links_follow_their_files_into_the_site():
    from website.place import Page, moved_links

    page = Page("contributing.md", "[a](docs/time.md#x) [b](https://x.example)", "CONTRIBUTING.md")

    assert moved_links(page, {"docs/time.md": "time.md"}) == "[a](time.md#x) [b](https://x.example)"


def test_public_names_in_prose_become_links_and_no_others():
    from website.place import linked_names

    text = "# `Fault`\n`Fault` and [`Fault`](x.md), `fault`\n```python\n`Fault`\n```\n"

    assert linked_names(text, {"Fault": "scaleapi_testing.Fault"}) == (
        "# `Fault`\n[`Fault`][scaleapi_testing.Fault] and [`Fault`](x.md), `fault`\n"
        "```python\n`Fault`\n```\n"
    )


def pages_of(*paths):
    from website.place import Page

    return [Page(path, "# x\n", f"docs/{path}") for path in paths]


@pytest.fixture
def navigation(monkeypatch, tmp_path):
    """The navigation that a file and some pages come to."""
    from website import build

    def made(entries, *paths):
        text = CONFIGURATION.read_text(encoding="utf-8")
        settings = re.sub(
            r"nav = \[.*?^\]$", f"nav = {entries}", text, flags=re.DOTALL | re.MULTILINE
        )
        (tmp_path / "zensical.toml").write_text(settings, encoding="utf-8")
        monkeypatch.setattr(build, "CONFIGURATION", tmp_path / "zensical.toml")
        return build.configuration(pages_of(*paths))["project"]["nav"]

    return made


def test_a_page_that_the_navigation_does_not_name_comes_under_more(navigation):
    entries = '["a.md", { "More" = "@more" }]'

    assert navigation(entries, "a.md", "new.md") == ["a.md", {"More": ["new.md"]}]
    assert navigation(entries, "a.md") == ["a.md"]


def test_a_page_of_the_navigation_that_is_not_there_is_refused(navigation):
    from website.place import NoSuchPage

    with pytest.raises(NoSuchPage, match=r"not there: \['gone.md'\]"):
        navigation('["a.md", "gone.md"]', "a.md")


@pytest.mark.parametrize(
    "block",
    re.findall(r"```yaml\n(.*?)```", (CHECKOUT / "docs" / "ci.md").read_text("utf-8"), re.DOTALL),
    ids=["github", "gitlab", "server"],
)
def test_a_recipe_for_ci_is_yaml_with_steps_that_exist(block):
    recipe = yaml.safe_load(block)

    assert re.search(r"pytest -n auto|scaleapi-testing serve --quiet --allow-key", block)
    assert "jobs" in recipe or "script" in recipe["tests"]
