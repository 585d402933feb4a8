"""Both distributions work, alone and together: built, installed elsewhere, used from there."""

import os
import subprocess
import sys
import tarfile
import textwrap
import tomllib
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

import scaleapi
import scaleapi_testing

CHECKOUT = Path(__file__).parents[1]
OFFICIAL = "scaleapi==2.18.4"
OURS = f"scaleapi=={scaleapi.__version__}"
NOT_PACKAGED = {"LICENSE", "README.md", "pyproject.toml"}
"""What lies beside the fake's modules for its distribution's sake."""

PACKED = (
    ".gitignore",
    "pyproject.toml",
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
    "scaleapi",
    "scaleapi_testing",
)
BUILT_AT = "1767225600"

slow = [pytest.mark.slow, pytest.mark.timeout(600)]


def call(*command, **more):
    """What a command printed; its own words when it failed."""
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, check=False, **more
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def digests(folder):
    """By name, the digest of each file in a folder."""
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def first_test(page, heading):
    """The first Python block below a heading of a page."""
    section = (CHECKOUT / page).read_text(encoding="utf-8").partition(f"{heading}\n")[2]
    code = section.partition("```python\n")[2].partition("```")[0]
    assert "def test_" in code
    return code


class Environment:
    """A virtual environment in a folder of its own."""

    def __init__(self, folder, dist):
        self.folder = folder
        self.dist = dist
        self.python = folder / "venv" / "bin" / "python"
        call(sys.executable, "-m", "venv", folder / "venv")

    def install(self, *what):
        pip = (self.python, "-m", "pip", "install", "--quiet", "--find-links", self.dist)
        call(*pip, *what)

    def run(self, *arguments):
        return call(self.python, *arguments, cwd=self.folder)

    def fails(self, *arguments):
        """What a command that must fail wrote, both streams."""
        done = subprocess.run(
            [str(self.python), *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        return done.stdout + done.stderr

    def passes(self, code):
        """Whether pytest is content with a file of this text, warnings included."""
        (self.folder / "test_mine.py").write_text(code, encoding="utf-8")
        return "1 passed" in self.run("-m", "pytest", "-q", "-W", "error", "test_mine.py")

    def version_of(self, distribution):
        code = f"from importlib.metadata import version; print(version({distribution!r}))"
        return self.run("-c", code).strip()


@pytest.fixture(scope="module")
def dist(tmp_path_factory):
    """Sdists and wheels of both, each wheel built from its sdist, as ``make dist`` does."""
    folder = tmp_path_factory.mktemp("dist")
    environment = {**os.environ, "SOURCE_DATE_EPOCH": BUILT_AT}
    for project in (CHECKOUT, CHECKOUT / "scaleapi_testing"):
        call(sys.executable, "-m", "build", "--outdir", folder, project, env=environment)
    return folder


@pytest.fixture(scope="module")
def files_of(dist):
    """The files that a wheel puts into an environment, metadata apart."""

    def names(package):
        [wheel] = dist.glob(f"{package}-*.whl")
        return {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}

    return names


@pytest.fixture(scope="module")
def environment(dist, tmp_path_factory):
    def make(*what):
        made = Environment(tmp_path_factory.mktemp("environment"), dist)
        made.install(*what)
        return made

    return make


@pytest.fixture(scope="module")
def fake_alone(environment):
    return environment("scaleapi-testing")


@pytest.fixture(scope="module")
def beside_official(environment):
    return environment("scaleapi-testing[demo]", OFFICIAL)


@pytest.fixture(scope="module")
def beside_ours(environment):
    return environment("scaleapi-testing[server]", OURS)


@pytest.fixture(scope="module")
def client_alone(environment):
    return environment(OURS)


def test_both_distributions_have_one_version():
    root = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    testing = root["project"]["optional-dependencies"]["testing"]

    assert scaleapi_testing.__version__ == scaleapi.__version__
    assert testing == [f"scaleapi-testing=={scaleapi.__version__}"]


def test_both_distributions_have_one_licence():
    inner, outer = (CHECKOUT / name for name in ("scaleapi_testing/LICENSE", "LICENSE"))

    assert inner.read_bytes() == outer.read_bytes()


class TestWhatIsBuilt:
    pytestmark = slow

    @pytest.mark.parametrize("package", ["scaleapi", "scaleapi_testing"])
    def test_a_wheel_holds_every_module_of_its_package_and_nothing_else(self, files_of, package):
        sources = {
            path.relative_to(CHECKOUT).as_posix()
            for path in (CHECKOUT / package).rglob("*")
            if path.is_file() and path.suffix != ".pyc" and path.name not in NOT_PACKAGED
        }

        assert files_of(package) == sources

    def test_no_file_is_in_two_wheels(self, files_of):
        assert not files_of("scaleapi") & files_of("scaleapi_testing")

    @pytest.mark.parametrize("package", ["scaleapi", "scaleapi_testing"])
    def test_a_package_says_that_it_is_typed(self, files_of, package):
        assert f"{package}/py.typed" in files_of(package)

    @pytest.mark.parametrize("package", ["scaleapi", "scaleapi_testing"])
    def test_an_sdist_holds_no_file_of_the_other_package(self, dist, package):
        [sdist] = dist.glob(f"{package}-*.tar.gz")
        other = {"scaleapi": "scaleapi_testing", "scaleapi_testing": "scaleapi"}[package]
        with tarfile.open(sdist) as archive:
            inside = [name.split("/")[1:2] for name in archive.getnames()]

        assert [other] not in inside

    def test_the_same_files_give_the_same_bytes(self, dist, tmp_path):
        # As `make dist` on another machine: other folder, file times, umask, time zone.
        for name in PACKED:
            source, copied = CHECKOUT / name, tmp_path / "checkout" / name
            copied.parent.mkdir(parents=True, exist_ok=True)
            call("cp", "-R", source, copied)
        script = 'umask 077; "$0" -m build --outdir "$1" "$2" && "$0" -m build --outdir "$1" "$3"'
        checkout = tmp_path / "checkout"
        environment = {**os.environ, "TZ": "Asia/Tokyo", "SOURCE_DATE_EPOCH": BUILT_AT}
        again = (sys.executable, tmp_path / "again", checkout, checkout / "scaleapi_testing")
        call("sh", "-c", script, *again, env=environment)

        assert digests(tmp_path / "again") == digests(dist)

    def test_an_index_would_take_them(self, dist):
        call(sys.executable, "-m", "twine", "check", "--strict", *dist.iterdir())

    def test_the_wheels_hold_nothing_twice_and_nothing_odd(self, dist):
        call(sys.executable, "-m", "check_wheel_contents", *dist.glob("*.whl"))


class TestTheFakeAlone:
    pytestmark = slow

    def test_its_first_test_runs(self, fake_alone):
        assert fake_alone.passes(first_test("scaleapi_testing/README.md", "# scaleapi-testing"))

    def test_it_needs_no_client(self, fake_alone):
        packages = fake_alone.run("-m", "pip", "list", "--format", "freeze").lower()

        assert "scaleapi-testing==" in packages
        assert "scaleapi==" not in packages

    def test_its_client_says_that_there_is_none(self, fake_alone):
        said = fake_alone.fails("-c", "import scaleapi_testing as s; s.FakeScale().client()")

        assert "scaleapi_testing.WrongClient: scale.client() needs the scaleapi" in said
        assert "no scaleapi is installed" in said

    def test_the_demo_says_which_extra_it_needs(self, fake_alone):
        said = fake_alone.fails("-m", "scaleapi_testing", "demo")

        assert said.count("\n") == 1
        assert "pip install 'scaleapi-testing[demo]'" in said


class TestTheFakeBesideTheOfficialClient:
    pytestmark = slow

    def test_the_first_test_of_the_readme_runs(self, beside_official):
        assert beside_official.passes(first_test("README.md", "## First test"))

    def test_the_official_client_stays(self, beside_official):
        assert f"scaleapi=={beside_official.version_of('scaleapi')}" == OFFICIAL

    def test_the_demo_plays_through_it(self, beside_official):
        beside_official.run("-m", "scaleapi_testing", "demo", "--out", "results")

        made = {path.name for path in (beside_official.folder / "results").iterdir()}
        assert made == {"contact_sheet.png", "images", "labels.json"}


class TestTheFakeBesideOurClient:
    pytestmark = slow

    def test_the_first_test_of_the_readme_runs(self, beside_ours):
        assert beside_ours.passes(first_test("README.md", "## First test"))

    @pytest.mark.parametrize("tls", [False, True])
    def test_the_fake_can_be_served(self, beside_ours, tls):
        said = beside_ours.run(
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


class TestOurClient:
    pytestmark = slow

    def test_alone_it_needs_requests_alone(self, client_alone):
        packages = client_alone.run("-m", "pip", "list", "--format", "freeze").lower().splitlines()
        installed = {line.partition("==")[0] for line in packages} - {"pip", "setuptools"}

        assert {name.partition(" ")[0] for name in installed} == {
            "scaleapi", "requests", "urllib3", "certifi", "charset-normalizer", "idna",
        }  # fmt: skip

    def test_alone_it_can_be_used(self, client_alone):
        said = client_alone.run("-c", "import scaleapi; print(scaleapi.ScaleClient('key'))")

        assert said.startswith("<ScaleClient of https://api.scale.com/v1")

    def test_its_extra_brings_the_fake(self, environment):
        made = environment(f"scaleapi[testing]=={scaleapi.__version__}")

        assert made.version_of("scaleapi-testing") == scaleapi.__version__
        assert made.passes(first_test("README.md", "## First test"))

    def test_it_takes_the_place_of_the_official_one_and_gives_it_back(self, environment):
        made = environment(OFFICIAL)

        made.install(OURS)
        taken = made.version_of("scaleapi")
        made.install(OFFICIAL)

        assert taken == scaleapi.__version__
        assert made.version_of("scaleapi") == "2.18.4"
        assert made.run("-c", "from scaleapi.api_client.v2 import V2Api; print('v2')") == "v2\n"


class TestEditable:
    pytestmark = slow

    def test_both_can_be_installed_from_a_checkout_that_goes_on_changing(self, environment):
        made = environment("--editable", CHECKOUT, "--editable", CHECKOUT / "scaleapi_testing")

        assert made.passes(first_test("README.md", "## First test"))
        where = made.run("-c", "import scaleapi, scaleapi_testing as t; print(t.__file__)")
        assert Path(where.strip()).parents[1] == CHECKOUT
