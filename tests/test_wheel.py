"""The built wheel works on its own: installed elsewhere, used outside of the checkout."""

import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def call(*command, **more):
    """What a command printed; its own words when it failed."""
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, check=False, **more
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def write_first_test(folder):
    """Save the first test of the README in ``folder``, as it says."""
    readme = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    section = readme.partition("\n## First test\n")[2]
    code = section.partition("```python\n")[2].partition("```")[0]
    assert "def test_" in code
    (folder / "test_cows.py").write_text(code, encoding="utf-8")


class Environment:
    """A virtual environment in a folder of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.python = folder / "venv" / "bin" / "python"
        call(sys.executable, "-m", "venv", folder / "venv")

    def install(self, what):
        call(self.python, "-m", "pip", "install", "--quiet", what)

    def run(self, *arguments):
        return call(self.python, *arguments, cwd=self.folder)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    call(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", folder, CHECKOUT)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def client_only(wheel, tmp_path_factory):
    environment = Environment(tmp_path_factory.mktemp("client"))
    environment.install(wheel)
    return environment


@pytest.fixture(scope="module")
def with_testing(wheel, tmp_path_factory):
    environment = Environment(tmp_path_factory.mktemp("testing"))
    environment.install(f"scaleapi[testing] @ {wheel.as_uri()}")
    return environment


@pytest.fixture(scope="module")
def with_server(wheel, tmp_path_factory):
    environment = Environment(tmp_path_factory.mktemp("server"))
    environment.install(f"scaleapi[server] @ {wheel.as_uri()}")
    return environment


@pytest.fixture(scope="module")
def with_cli(wheel, tmp_path_factory):
    environment = Environment(tmp_path_factory.mktemp("cli"))
    environment.install(f"scaleapi[cli] @ {wheel.as_uri()}")
    return environment


def test_the_wheel_holds_every_module_and_nothing_else(wheel):
    packaged = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    sources = {
        path.relative_to(CHECKOUT).as_posix()
        for package in ("scaleapi", "scaleapi_testing")
        for path in (CHECKOUT / package).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }

    assert packaged == sources


def test_both_packages_say_that_they_are_typed(wheel):
    names = zipfile.ZipFile(wheel).namelist()

    assert {"scaleapi/py.typed", "scaleapi_testing/py.typed"} <= set(names)


def test_the_client_alone_needs_requests_alone(client_only):
    packages = client_only.run("-m", "pip", "list", "--format", "freeze").lower().splitlines()
    installed = {line.partition("==")[0] for line in packages} - {"pip", "setuptools"}

    assert {name.partition(" ")[0] for name in installed} == {
        "scaleapi", "requests", "urllib3", "certifi", "charset-normalizer", "idna",
    }  # fmt: skip


def test_the_client_alone_can_be_used(client_only):
    said = client_only.run("-c", "import scaleapi; print(scaleapi.ScaleClient('key'))")

    assert said.startswith("<ScaleClient of https://api.scale.com/v1")


def test_the_client_alone_says_what_the_demo_needs(client_only):
    done = subprocess.run(
        [str(client_only.python), "-m", "scaleapi_testing", "demo"],
        cwd=client_only.folder,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "pip install 'scaleapi[cli]'" in done.stderr


def test_the_client_and_pytest_alone_say_what_the_fixture_needs(wheel, tmp_path):
    environment = Environment(tmp_path)
    environment.install(wheel)
    environment.install("pytest")
    write_first_test(tmp_path)

    done = subprocess.run(
        [str(environment.python), "-m", "pytest", "-q", "test_cows.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "the fixture scale needs responses, faker, " in done.stdout
    assert "pip install 'scaleapi[testing]'" in done.stdout
    assert "Traceback" not in done.stdout


def test_the_first_test_of_the_readme_runs_with_what_it_says_to_install(with_testing):
    write_first_test(with_testing.folder)

    said = with_testing.run("-m", "pytest", "-q", "-W", "error", "test_cows.py")

    assert "1 passed" in said


@pytest.mark.parametrize("tls", [False, True])
def test_the_fake_can_be_served_without_pytest(with_server, tls):
    said = with_server.run(
        "-c",
        textwrap.dedent(f"""
            import scaleapi, scaleapi_testing

            fake = scaleapi_testing.FakeScale()
            with fake.serve(tls={tls}) as server:
                client = scaleapi.ScaleClient(
                    "live_mine", api_instance_url=f"{{server.url}}/v1", verify=server.ca_file
                )
                client.create_project("cows", "imageannotation")
            print([project.name for project in fake.projects])
        """),
    )

    assert said == "['cows']\n"


def test_the_demo_runs(with_cli):
    with_cli.run("-m", "scaleapi_testing", "demo", "--out", "results")

    made = {path.name for path in (with_cli.folder / "results").iterdir()}
    assert made == {"contact_sheet.png", "images", "labels.json"}


def test_a_user_s_test_finds_the_fixture(with_cli):
    (with_cli.folder / "test_mine.py").write_text(
        textwrap.dedent("""
            import scaleapi

            def test_mine(scale):
                client = scaleapi.ScaleClient("live_mine")
                assert client.create_project("cows", "imageannotation").name == "cows"
                assert [project.name for project in scale.projects] == ["cows"]
        """)
    )

    said = with_cli.run("-m", "pytest", "-q", "-W", "error", "test_mine.py")

    assert "1 passed" in said
