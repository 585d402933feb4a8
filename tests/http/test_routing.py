"""Which operation a method and a path mean, and whose key a header holds."""

from __future__ import annotations

import base64
from types import ModuleType

import pytest

from scaleapi_testing._http.auth import key_of, why_no_key
from scaleapi_testing._http.routing import Router, collect, endpoint, split_path
from scaleapi_testing._provenance import assumed

SOURCE = assumed("made for this test")


def operation(method, path):
    return endpoint(method, path, source=SOURCE)(lambda call: None)


def module_of(*operations, name="scratch"):
    module = ModuleType(name)
    for number, each in enumerate(operations):
        setattr(module, f"operation_{number}", each)
    return module


@pytest.fixture
def router():
    return Router(
        (
            operation("GET", "/v1/tasks"),
            operation("GET", "/v1/task/{task_id}"),
            operation("POST", "/v1/task/{type}"),
            operation("POST", "/v1/task/{task_id}/cancel"),
            operation("POST", "/v1/task/batch/finalize"),
        )
    )


def test_a_mark_makes_an_operation_of_all_that_it_says():
    def touches(*_):
        return True

    def handler(call):
        """Do something.

        And more.
        """

    made = endpoint("POST", "/v1/a/{b}", source=SOURCE, public=True, query=("c",), touches=touches)(
        handler
    )

    assert (made.method, made.path, made.source) == ("POST", "/v1/a/{b}", SOURCE)
    assert (made.public, made.query, made.touches) == (True, ("c",), touches)
    assert (made.handler, made.summary) == (handler, "Do something.")
    assert (made.name, made.segments) == ("POST /v1/a/{b}", ("v1", "a", "{b}"))


def test_a_mark_that_says_little_makes_an_operation_that_needs_a_key_and_reads_no_query():
    made = operation("GET", "/v1/a")

    assert (made.public, made.query, made.touches, made.summary) == (False, (), None, "")


def test_operations_are_collected_in_the_order_in_which_they_stand():
    first, second = operation("GET", "/v1/b"), operation("POST", "/v1/b")
    third = operation("GET", "/v1/{a}")
    module = module_of(first, second)
    module.something_else = 5

    assert collect([module, module_of(third)]) == (first, second, third)


@pytest.mark.parametrize("again", ["/v1/a/{b}/c", "/v1/a/{other}/c"])
def test_two_operations_of_one_method_and_path_are_refused(again):
    first, second = operation("GET", "/v1/a/{b}/c"), operation("GET", again)

    with pytest.raises(TypeError) as refused:
        collect([module_of(first), module_of(second, name="other")])

    assert str(refused.value) == f"two endpoints answer GET {again}: the second in other"


@pytest.mark.parametrize(
    ("method", "path", "name", "values"),
    [
        ("GET", "/v1/tasks", "GET /v1/tasks", {}),
        ("GET", "/v1/tasks/", "GET /v1/tasks", {}),
        ("GET", "/v1/task/a%2Fb", "GET /v1/task/{task_id}", {"task_id": "a/b"}),
        ("POST", "/v1/task/x", "POST /v1/task/{type}", {"type": "x"}),
        ("POST", "/v1/task/batch/finalize", "POST /v1/task/batch/finalize", {}),
        ("POST", "/v1/task/batch/cancel", "POST /v1/task/{task_id}/cancel", {"task_id": "batch"}),
        ("GET", "/v1/task/batch", "GET /v1/task/{task_id}", {"task_id": "batch"}),
    ],
)
def test_a_path_means_the_operation_that_names_most_of_it(router, method, path, name, values):
    operation, held = router.find(method, split_path(path))

    assert (operation.name, held) == (name, values)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/v1/tasks"),
        ("GET", "/v1"),
        ("GET", "/v1/task//"),
        ("POST", "/v1/task//cancel"),
        ("GET", "/v1/task/a/b"),
        ("GET", "/v1/task/batch/finalize"),
        ("GET", "/"),
    ],
)
def test_a_path_that_no_operation_has_means_none(router, method, path):
    assert router.find(method, split_path(path)) is None


@pytest.mark.parametrize(
    ("method", "pattern", "expected"),
    [
        (None, None, True),
        ("get", None, True),
        ("PUT", None, False),
        (None, "/v1/tasks", True),
        (None, "v1/*", True),
        (None, "/v1/*/x/*", True),
        ("GET", "/v1/*/x/*", False),
        ("POST", "/v1/task/x/cancel", True),
        (None, "/v1/task/x/pay", False),
        (None, "/v1", False),
    ],
)
def test_a_pattern_is_matched_by_what_could_be_called(router, method, pattern, expected):
    assert router.matches_any(method, pattern) is expected


def test_the_verbs_are_those_of_some_operation(router):
    assert router.methods == ["GET", "POST"]


@pytest.mark.parametrize(
    ("method", "path", "most", "names"),
    [
        ("GET", "/v1/taks", 1, ["GET /v1/tasks"]),
        (
            "GET",
            "/v1/task/5",
            3,
            ["GET /v1/task/{task_id}", "POST /v1/task/{type}", "GET /v1/tasks"],
        ),
        (
            "post",
            "/v1/task/5/cancle",
            2,
            ["POST /v1/task/{task_id}/cancel", "POST /v1/task/{type}"],
        ),
        (None, "/v1/task/*", 2, ["POST /v1/task/{type}", "GET /v1/task/{task_id}"]),
    ],
)
def test_what_nothing_answers_is_told_with_the_nearest(router, method, path, most, names):
    assert router.nearest(method, path, most) == names


def test_three_are_told_where_nobody_says_how_many(router):
    assert len(router.nearest("GET", "/v1/x")) == 3


@pytest.mark.parametrize(
    ("path", "segments"),
    [
        ("/v1/a%20b/c%2Fd", ("v1", "a b", "c/d")),
        ("v1/a", ("v1", "a")),
        ("/v1//a/", ("v1", "", "a")),
        ("/", ("",)),
    ],
)
def test_a_path_is_split_before_it_is_decoded(path, segments):
    assert split_path(path) == segments


def basic(text):
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("header", "key"),
    [
        (None, None),
        ("", None),
        (f"Basic {basic('k:')}", "k"),
        (f"basic  {basic('k:secret:more')} ", "k"),
        (f"BASIC {basic('k')}", "k"),
        (f"Basic {basic('ü:')}", "ü"),
        (f"Basic {basic(':k')}", None),
        ("Basic !!!!", None),
        ("Basic /w==", None),
        (f"Basic {basic('k:')}!", None),
        ("Bearer k", "k"),
        ("bearer  k ", "k"),
        ("Bearer", None),
        ("Digest k", None),
    ],
)
def test_a_key_is_the_user_of_basic_or_the_token_of_bearer(header, key):
    assert key_of(header) == key


@pytest.mark.parametrize(
    ("header", "why"),
    [
        (None, "no Authorization header was sent; send Basic with the key as user name, or Bearer"),
        ("", "no Authorization header was sent; send Basic with the key as user name, or Bearer"),
        (
            "Digest a",
            "the Authorization scheme is 'Digest'; send Basic (key as user name) or Bearer",
        ),
        (
            "x" * 30,
            f"the Authorization scheme is '{'x' * 20}'; send Basic (key as user name) or Bearer",
        ),
        (
            "basic !",
            "the Authorization header holds no key: send base64 of 'KEY:' with Basic",
        ),
        ("Bearer", "the Authorization header holds no key: send base64 of 'KEY:' with Basic"),
    ],
)
def test_a_header_without_a_key_is_told_with_what_would_be_right(header, why):
    assert why_no_key(header) == why
