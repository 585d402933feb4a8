"""What a release is made of says what it should: fragments, floors of versions, links."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
SETTINGS = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
OF_THE_FAKE = tomllib.loads(
    (CHECKOUT / "scaleapi_testing" / "pyproject.toml").read_text(encoding="utf-8")
)


@pytest.mark.slow
def test_fragments_become_the_top_of_the_changelog(tmp_path):
    for name in ("pyproject.toml", "CHANGELOG.md"):
        shutil.copy(CHECKOUT / name, tmp_path)
    before = (CHECKOUT / "CHANGELOG.md").read_text(encoding="utf-8")
    (tmp_path / "changelog.d").mkdir()
    shutil.copy(CHECKOUT / "changelog.d" / "_template.md.jinja", tmp_path / "changelog.d")
    fragments = {"+inbox.added.md": "An inbox.", "+audits.fidelity.md": "Audits are\nrefused."}
    for name, text in fragments.items():
        (tmp_path / "changelog.d" / name).write_text(text, encoding="utf-8")

    subprocess.run(
        [
            *(sys.executable, "-m", "towncrier", "build", "--keep"),
            *("--version", "9.0.0", "--date", "2030-01-02"),
        ],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )

    head, mark, rest = before.partition("<!-- towncrier release notes start -->\n")
    assert (tmp_path / "CHANGELOG.md").read_text(encoding="utf-8") == (
        f"{head}{mark}\n## 9.0.0 \u2013 2030-01-02\n\n### Added\n\n- An inbox.\n\n"
        f"### Fidelity\n\n- Audits are\n  refused.\n{rest}"
    )


def test_every_fragment_is_of_a_known_kind():
    kinds = {kind["directory"] for kind in SETTINGS["tool"]["towncrier"]["type"]}
    fragments = [
        path.name
        for path in (CHECKOUT / "changelog.d").iterdir()
        if path.name not in {"README.md", "_template.md.jinja"}
    ]

    assert {name.split(".")[-2] for name in fragments} <= kinds


def floors(settings):
    """The requirements that name the packages of the matrix."""
    named = ("requests", "urllib3")
    return sorted(text for text in settings["project"]["dependencies"] if text.startswith(named))


def test_both_distributions_allow_the_same_versions():
    assert floors(SETTINGS) == floors(OF_THE_FAKE) != []


def test_the_matrix_of_ci_is_that_of_nox():
    workflow = (CHECKOUT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    nox = (CHECKOUT / "noxfile.py").read_text(encoding="utf-8")
    pythons = nox.partition("PYTHONS: Final = (")[2].partition(")")[0]

    assert f"python: [{pythons}]" in workflow


def test_metadata_leads_to_no_place_that_the_pages_do_not_name():
    pages = "".join(path.read_text(encoding="utf-8") for path in CHECKOUT.glob("docs/*.md"))
    urls = SETTINGS["project"]["urls"]

    assert urls == OF_THE_FAKE["project"]["urls"]
    assert all(url in pages for url in urls.values())
