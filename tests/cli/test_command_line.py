"""The command line as a person meets it: in a process of its own, its words compared whole."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from pycocotools.coco import COCO
from sklearn import datasets

PHOTOS = Path(datasets.__file__).parent / "images"
SCRIPT = str(Path(sys.executable).with_name("scaleapi-testing"))
MODULE = [sys.executable, "-m", "scaleapi_testing"]


@pytest.fixture
def run(tmp_path):
    """Run a command in an empty folder; gives exit code, output and complaints."""

    def run(*command, **environment):
        return subprocess.run(
            command,
            cwd=tmp_path,
            env={**os.environ, "COLUMNS": "80", **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return run


def complaints(done):
    """The lines on stderr that are ours; the rest is the progress bar."""
    return [line for line in done.stderr.splitlines() if line.startswith("scaleapi-testing")]


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    for path in PHOTOS.glob("*.jpg"):
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


@pytest.mark.parametrize("command", [[SCRIPT], MODULE], ids=["script", "module"])
def test_help_lists_the_commands(run, command):
    done = run(*command, "--help")

    assert done.returncode == 0
    assert done.stdout.startswith("usage: scaleapi-testing [-h] COMMAND")
    assert "demo" in done.stdout


@pytest.mark.parametrize("flag", ["--images", "--out", "--seed"])
def test_the_demo_s_help_explains_each_flag(run, flag):
    done = run(*MODULE, "demo", "--help")

    assert done.returncode == 0
    assert flag in done.stdout


def test_the_served_demo_names_itself_in_what_it_refuses(run):
    done = run(*MODULE, "demo", "--serve", "--speed", "nan")

    assert done.returncode == 2
    assert done.stderr.startswith("scaleapi-testing demo: --speed")


def test_a_missing_command_is_a_usage_error(run):
    done = run(*MODULE)

    assert done.returncode == 2
    assert "COMMAND" in done.stderr


def test_a_seed_that_is_no_number_is_a_usage_error(run):
    done = run(*MODULE, "demo", "--seed", "seven")

    assert done.returncode == 2
    assert done.stderr == (
        "scaleapi-testing demo: argument --seed: invalid int value: 'seven'; "
        "see scaleapi-testing demo --help\n"
    )


ONLY_SERVED = "belongs to --serve, which is not there; see scaleapi-testing demo --help"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["serve", "--prot", "1"], "serve: there is no '--prot'; did you mean --port?"),
        (["demo", "--sede=1"], "demo: there is no '--sede=1'; did you mean --seed?"),
        (["serve", "x"], "serve: there is no 'x'; see scaleapi-testing serve --help"),
        (
            ["serve", "--allow-key"],
            "serve: argument --allow-key: expected one argument; see scaleapi-testing serve --help",
        ),
        (
            ["demo", "--speed", "2"],
            f"demo: --speed {ONLY_SERVED}",
        ),
        (
            ["demo", "--port", "0"],
            "demo: --port belongs to --serve, which is not there; see scaleapi-testing demo --help",
        ),
        (
            ["demo", "--open"],
            "demo: --open belongs to --serve, which is not there; see scaleapi-testing demo --help",
        ),
    ],
)
def test_an_argument_that_is_none_is_one_line(run, arguments, complaint):
    done = run(*MODULE, *arguments)

    assert (done.returncode, done.stderr) == (2, f"scaleapi-testing {complaint}\n")


@pytest.mark.slow
def test_the_demo_plays_on_photographs(run, photos, tmp_path):
    done = run(*MODULE, "demo", "--images", str(photos), "--out", "out")

    assert (done.returncode, complaints(done)) == (0, [])
    assert "all 2 tasks are done" in done.stdout
    assert "tasks    2 completed (" in done.stdout
    labels = COCO(str(tmp_path / "out" / "labels.json"))
    names = [image["file_name"] for image in labels.loadImgs(labels.getImgIds())]
    assert names == ["china.jpg", "flower.jpg"]
    assert (tmp_path / "out" / "images" / "china.jpg").read_bytes() == (
        photos / "china.jpg"
    ).read_bytes()


@pytest.mark.slow
def test_the_demo_shows_progress_on_stderr(run, photos):
    done = run(*MODULE, "demo", "--images", str(photos))

    assert "2/2" in done.stderr
    assert "2/2" not in done.stdout


@pytest.mark.slow
def test_boxes_on_photographs_lie_inside_them_and_are_said_to_be_made_up(run, photos, tmp_path):
    done = run(*MODULE, "demo", "--images", str(photos), "--out", "out")
    labels = json.loads((tmp_path / "out" / "labels.json").read_text())
    sizes = {image["id"]: (image["width"], image["height"]) for image in labels["images"]}
    reach = [
        (x >= 0 and y >= 0 and x + w <= sizes[image][0] and y + h <= sizes[image][1])
        for image, (x, y, w, h) in ((a["image_id"], a["bbox"]) for a in labels["annotations"])
    ]

    assert len(reach) >= 2
    assert all(reach)
    assert done.stdout.endswith("Boxes made up by the fake: no one has looked at the images.\n")


@pytest.mark.slow
def test_a_damaged_file_is_named_and_the_good_ones_are_still_done(run, photos, tmp_path):
    (photos / "a.png").write_text("no picture")

    done = run(*MODULE, "demo", "--images", "photos", "--out", "out")

    assert done.returncode == 1
    assert complaints(done) == [
        "scaleapi-testing demo: photos/a.png: not a JPEG or PNG image",
        "scaleapi-testing demo: 1 file left out, see above; the others are done",
    ]
    assert len(json.loads((tmp_path / "out" / "labels.json").read_text())["images"]) == 2


@pytest.mark.slow
def test_an_empty_folder_is_one_clear_line(run, tmp_path):
    (tmp_path / "empty").mkdir()

    done = run(*MODULE, "demo", "--images", "empty")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "scaleapi-testing demo: empty: no JPEG or PNG file in it (subfolders are not searched)\n"
    )


@pytest.mark.slow
def test_a_missing_folder_is_one_clear_line(run):
    done = run(*MODULE, "demo", "--images", "nowhere")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "scaleapi-testing demo: nowhere: no such folder\n"


@pytest.mark.slow
def test_an_output_that_cannot_be_written_is_one_clear_line(run, photos, tmp_path):
    (tmp_path / "taken").write_text("a file")

    done = run(*MODULE, "demo", "--images", str(photos), "--out", "taken")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("scaleapi-testing demo: taken")


def test_without_pillow_the_demo_says_what_to_install(run, tmp_path):
    (tmp_path / "PIL.py").write_text("raise ModuleNotFoundError(name='PIL')")

    done = run(*MODULE, "demo", PYTHONPATH=str(tmp_path))

    assert done.returncode == 1
    assert done.stderr == (
        "scaleapi-testing demo: it needs the package pillow: pip install 'scaleapi-testing[demo]'\n"
    )


def test_help_needs_no_extra(run, tmp_path):
    (tmp_path / "PIL.py").write_text("raise ModuleNotFoundError(name='PIL')")

    assert run(*MODULE, "demo", "--help", PYTHONPATH=str(tmp_path)).returncode == 0


@pytest.mark.slow
def test_the_same_seed_writes_the_same_files_whatever_the_hash_seed(run, tmp_path):
    (tmp_path / "in").mkdir()
    Image.linear_gradient("L").save(tmp_path / "in" / "grey.png")

    for hash_seed in ("1", "2"):
        run(
            *(*MODULE, "demo", "--images", "in", "--seed", "9", "--out", f"out{hash_seed}"),
            PYTHONHASHSEED=hash_seed,
        )

    first, second = (tmp_path / name / "labels.json" for name in ("out1", "out2"))
    assert first.read_bytes() == second.read_bytes()
