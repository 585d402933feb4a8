"""The names that users write are there, documented, and no others are public by accident."""

import importlib
import inspect
import pkgutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import scaleapi
import scaleapi_testing

TESTING_NAMES = [
    "Attempt", "BadDump", "CallbackRequest", "Delivery", "Event", "FakeScale", "FakeScaleError",
    "Fault", "FaultNotPossible", "HandlerReport", "IllegalTransition", "Labelers", "Mail",
    "NetworkBlocked", "NoSuchTask", "NotIdle", "RecordedRequest", "certify_callback_handler",
    "operations", "policies", "task_types",
]  # fmt: skip

OFFICIAL_IMPORTS = [
    "scaleapi:ScaleClient", "scaleapi:ScaleException", "scaleapi:ScaleInvalidRequest",
    "scaleapi:ValidationError", "scaleapi:Task", "scaleapi:Tasklist", "scaleapi:Batch",
    "scaleapi:Batchlist", "scaleapi:Project", "scaleapi:Paginator", "scaleapi:TASK_TYPES",
    "scaleapi.evaluation_tasks:QualityTask", "scaleapi.training_tasks:QualityTask",
    "scaleapi.tasks:Task", "scaleapi.tasks:TaskType", "scaleapi.tasks:TaskStatus",
    "scaleapi.tasks:TaskReviewStatus",
    "scaleapi.batches:Batch", "scaleapi.batches:BatchStatus",
    "scaleapi.projects:Project", "scaleapi.projects:TaskTemplate",
    "scaleapi.files:File", "scaleapi.teams:Teammate", "scaleapi.teams:TeammateRole",
    "scaleapi.studio:StudioBatch", "scaleapi.studio:StudioLabelerAssignment",
    "scaleapi.studio:StudioProjectGroup",
    "scaleapi.evaluation_tasks:EvaluationTask", "scaleapi.training_tasks:TrainingTask",
    "scaleapi.exceptions:ScaleException", "scaleapi.exceptions:ScaleInvalidRequest",
    "scaleapi.exceptions:ScaleUnauthorized", "scaleapi.exceptions:ScaleNotEnabled",
    "scaleapi.exceptions:ScaleResourceNotFound", "scaleapi.exceptions:ScaleDuplicateResource",
    "scaleapi.exceptions:ScaleTooManyRequests", "scaleapi.exceptions:ScaleInternalError",
    "scaleapi.exceptions:ScaleServiceUnavailable", "scaleapi.exceptions:ScaleTimeoutError",
]  # fmt: skip

PUBLIC = [
    (package, name)
    for package in (scaleapi, scaleapi_testing)
    for name in package.__all__
    if not name.startswith("__")
]


def name_of(value):
    return value.__name__ if inspect.ismodule(value) else value


@pytest.mark.parametrize("name", TESTING_NAMES)
def test_the_testing_api_has_the_name(name):
    assert name in scaleapi_testing.__all__
    assert getattr(scaleapi_testing, name) is not None


@pytest.mark.parametrize("path", OFFICIAL_IMPORTS)
def test_an_import_of_the_official_package_works(path):
    module, _, name = path.partition(":")

    assert hasattr(importlib.import_module(module), name)


@pytest.mark.parametrize(("package", "name"), PUBLIC, ids=name_of)
def test_a_public_name_is_documented(package, name):
    assert inspect.getdoc(getattr(package, name))


@pytest.mark.parametrize(("package", "name"), PUBLIC, ids=name_of)
def test_a_public_name_is_offered_by_dir(package, name):
    assert name in dir(package)


@pytest.mark.parametrize("package", [scaleapi, scaleapi_testing], ids=name_of)
def test_a_name_that_is_not_there_is_an_attribute_error_naming_both(package):
    with pytest.raises(AttributeError, match=rf"'{package.__name__}'.*'nothing_of_the_kind'"):
        _ = package.nothing_of_the_kind


def test_errors_of_the_fake_say_they_are_from_its_package():
    errors = [
        value
        for name in scaleapi_testing.__all__
        if inspect.isclass(value := getattr(scaleapi_testing, name))
        and issubclass(value, Exception)
    ]

    assert len(errors) > 5
    assert {error.__module__ for error in errors} == {"scaleapi_testing"}


def classes_that_say_they_are_public():
    for module in pkgutil.walk_packages(scaleapi_testing.__path__, "scaleapi_testing."):
        if not module.name.endswith("__main__"):
            for value in vars(importlib.import_module(module.name)).values():
                if inspect.isclass(value) and value.__module__ == "scaleapi_testing":
                    yield value.__name__


def test_what_a_repr_or_a_traceback_calls_ours_can_be_imported():
    missing = set(classes_that_say_they_are_public()) - set(scaleapi_testing.__all__)

    assert missing == set()


def test_the_type_of_a_server_is_there_without_the_packages_it_needs():
    program = (
        "import sys; sys.modules['uvicorn'] = sys.modules['starlette'] = None; "
        "from scaleapi_testing import Server; print(Server.__module__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout == "scaleapi_testing\n"


@pytest.mark.parametrize("name", [n for n in scaleapi_testing.__all__ if n[0].isupper()])
def test_every_type_is_in_the_docs(name):
    docs = Path(__file__).parents[1] / "docs"

    assert any(name in page.read_text(encoding="utf-8") for page in docs.glob("*.md"))


def test_the_version_is_the_distribution_s():
    assert scaleapi.__version__ == version("scaleapi")
