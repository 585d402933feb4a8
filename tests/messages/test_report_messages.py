"""What the report of a failed test says of calls, of a task's life and of the way out, whole."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import types
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import requests

from scaleapi_testing import FakeScale, NetworkBlocked, WrongClient, policies

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PARAMS = {"attachment": "Moo.", "attachment_type": "text", "categories": ["cow", "sheep"]}
HOOK = "https://my.example/hook"
BASE = ("-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:asyncio")
BADLY_FITTING = f"""
import pytest
from datetime import UTC, datetime
from scaleapi import ScaleClient
from scaleapi_testing import FakeScale

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PARAMS = {PARAMS!r}
HOOK = {HOOK!r}

@pytest.mark.scale(seed=7, start_time=NOON)
def test_it(scale, scale_client):
    never_started = FakeScale()
    with FakeScale(seed=8, start_time=NOON) as other:
        key = other.callback_auth_key
        other.callbacks.deliver_to(lambda callback: 401)
        client = ScaleClient("mine_dairy_key")
        task = client.create_task("categorization", callback_url=HOOK, **PARAMS)
        client.create_task("categorization", **PARAMS)
        other.complete_all()
        client.tasks()
        client.tasks()
    scale.complete(scale_client.create_task("categorization", callback_url=HOOK, **PARAMS))
    assert task.status == "completed", key
"""

pytestmark = pytest.mark.scale(seed=7, start_time=NOON)


@pytest.fixture
def asked(golden, scale, api):
    """Make these calls; compare answers and what the report says of them."""

    def asked(name, *calls, key="live_dairy_key"):
        golden(name, "\n".join(told(scale, api.under(key), *call) for call in calls))

    return asked


def told(scale, api, method, path, json=None, **kwargs):
    answer = api(method, path, json, **kwargs)
    request = scale.requests.last
    error = f" {answer.error}" if answer.status >= 400 else ""
    unread = [f"    nothing reads {entry}" for entry in request.unread]
    notices = [f"    {notice}" for notice in request.notices]
    return "\n".join(
        [f"{method} {path} {json or ''}", f"  {answer.status}{error}", *notices, *unread]
    )


@pytest.fixture
def sounds(scale):
    """A project with a batch and two tasks of `live_dairy_key`, one of them canceled."""
    client = scale.client("live_dairy_key")
    client.create_project("sounds", "categorization")
    client.create_batch("sounds", "monday")
    tasks = [
        client.create_task("categorization", batch="monday", unique_id=name, **PARAMS)
        for name in ("moo.wav", "baa.wav")
    ]
    tasks[1].cancel()
    return tasks


def test_routes_that_are_not_there(asked):
    asked(
        "reported_routes",
        ("GET", "/v1/task"),
        ("GET", "/v1/taks"),
        ("POST", "/v1/taks/categorization"),
        ("GET", "/v1/task/5774cc78b01249ab09f089dd/cancel"),
        ("PUT", "/v1/batches/monday/finalise"),
        ("GET", "/v2/tasks"),
        ("GET", "/"),
    )


def test_names_that_are_not_there(asked, sounds):
    asked(
        "reported_names",
        ("GET", "/v1/task/5774cc78b01249ab09f089dd"),
        ("POST", "/v1/task/categorisation", PARAMS),
        ("POST", "/v1/task/zzz", PARAMS),
        ("POST", "/v1/task/categorization", {**PARAMS, "project": "sound"}),
        ("POST", "/v1/task/categorization", {**PARAMS, "project": "cows"}),
        ("POST", "/v1/task/categorization", {**PARAMS, "batch": "mondy"}),
        ("POST", "/v1/task/comparison", {"project": "sounds"}),
        ("GET", "/v1/batches/tuesday"),
        ("GET", "/v1/projects/Sounds"),
        ("POST", "/v1/projects", {"name": "words", "type": "categorisation"}),
        ("POST", "/v1/batches", {"name": "tuesday", "project": "cows"}),
    )


def test_names_of_an_account_that_has_none(asked):
    asked(
        "reported_names_of_nobody",
        ("POST", "/v1/task/categorization", {**PARAMS, "project": "sounds"}),
        ("GET", "/v1/batches/monday"),
        key="live_bakery_key",
    )


def test_a_task_of_another_key(asked, sounds):
    asked("reported_other_key", ("GET", f"/v1/task/{sounds[0].id}"), key="live_bakery_key")


def test_names_that_are_taken(asked, sounds):
    asked(
        "reported_taken",
        ("POST", "/v1/task/categorization", {**PARAMS, "unique_id": "moo.wav"}),
        ("POST", "/v1/task/categorization", {**PARAMS, "unique_id": "baa.wav"}),
        ("POST", "/v1/batches", {"name": "monday", "project": "sounds"}),
        ("POST", "/v1/projects", {"name": "sounds", "type": "categorization"}),
    )


def test_a_task_that_was_canceled(asked, sounds):
    asked(
        "reported_canceled",
        ("POST", f"/v1/task/{sounds[1].id}/audit", {"accepted": True}),
        ("POST", f"/v1/task/{sounds[1].id}/send-callback"),
    )


def test_params_that_scale_refuses(asked):
    asked(
        "reported_params",
        ("POST", "/v1/task/categorization", {}),
        ("POST", "/v1/task/categorization", {**PARAMS, "categories": [], "priority": "high"}),
        ("POST", "/v1/task/categorization", [PARAMS]),
        ("POST", "/v1/task/imageannotation", {"attachment": "cow.jpg", "geometries": {"bx": {}}}),
    )


def test_bodies_that_are_no_json(golden, scale, api):
    bodies = [b"{", b"\xff", b"null", b"[" * 3000]
    said = []
    for body in bodies:
        answer = api.session.post(
            "https://api.scale.com/v1/task/categorization", data=body, auth=("live_fake", "")
        )
        said.append(f"{answer.json()['error']}\n    {' '.join(scale.requests.last.notices)}")
    golden("reported_bodies", "\n".join(said))


def test_bodies_of_another_content_type(golden, scale, api):
    as_form = {"Content-Type": "application/x-www-form-urlencoded"}
    sent = [
        (b'{"attachment": "Moo.", "attachment_type": "text"}', as_form),
        (b"attachment=Moo.&attachment_type=text", {}),
        (b"attachment=Moo.&attachment_type=text", {"Content-Type": "application/json"}),
        (b"attachment=Moo.&attachment_type=text&categories=cow", as_form),
    ]
    said = []
    for body, headers in sent:
        answer = api("POST", "/v1/task/categorization", data=body, headers=headers)
        notices = [f"    {notice}" for notice in scale.requests.last.notices]
        said += [f"{body.decode()} {headers}", f"  {answer.status} {answer.text:.80}", *notices]
    golden("reported_content_types", "\n".join(said))


def test_filters_that_mean_nothing(asked, sounds):
    asked(
        "reported_filters",
        ("GET", "/v1/tasks?status=done"),
        ("GET", "/v1/tasks?customer_review_status=fine"),
        ("GET", "/v1/tasks?limit=1000"),
        ("GET", "/v1/tasks?offset=-1"),
        ("GET", "/v1/tasks?start_time=yesterday"),
        ("GET", "/v1/tasks?next_token=3"),
    )


TOLERATED = (
    ("POST", "/v1/task/categorization", {**PARAMS, "instructon": "Listen.", "zzz": 1}),
    ("GET", "/v1/tasks?statu=pending"),
    ("GET", "/v1/tasks?start_time=2027-01-01"),
    ("GET", "/v1/tasks?end_time=2027-01-01"),
    ("GET", "/v1/tasks?project=sound"),
    ("GET", "/v1/tasks?batch=tuesday"),
)


def test_what_scale_tolerates_is_reported(asked, sounds):
    asked("reported_tolerated", *TOLERATED)


@pytest.mark.scale(strict=True)
def test_what_scale_tolerates_is_refused_by_a_strict_fake(asked, sounds):
    asked("reported_strict", *TOLERATED)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("reported_token"),
        pytest.param("reported_token_strict", marks=pytest.mark.scale(strict=True)),
    ],
)
def test_a_page_token_that_is_used_with_other_filters(asked, api, sounds, name):
    page = api.under("live_dairy_key")("GET", "/v1/tasks?limit=1&project=sounds").json

    asked(name, ("GET", f"/v1/tasks?limit=1&next_token={page['next_token']}"))


AUTHORIZATIONS = (
    None,
    "Token live_dairy_key",
    "Basic not base64",
    "Basic Og==",
    "Bearer",
    "Bearer live_bakery_key",
)


@pytest.mark.scale(api_keys=["live_dairy_key"])
def test_keys_that_are_not_let_in(golden, scale):
    said = []
    for value in AUTHORIZATIONS:
        requests.get("https://api.scale.com/v1/tasks", headers={"Authorization": value}, timeout=5)
        said.append(f"Authorization: {value}\n    {' '.join(scale.requests.last.notices)}")

    golden("reported_keys", "\n".join(said))


def test_a_product_that_is_not_enabled(asked, scale):
    account = scale.account("live_dairy_key")
    account.disabled_task_types.add("comparison")
    account.rapid = account.studio = False

    asked(
        "reported_products",
        ("POST", "/v1/task/comparison", {}),
        ("POST", "/v1/projects", {"name": "r", "type": "categorization", "rapid": True}),
        ("POST", "/v1/projects", {"name": "s", "type": "categorization", "studio": True}),
    )


# -- the life of a task -------------------------------------------------------------------------


@pytest.fixture
def create(scale_client):
    def create(**fields):
        return scale_client.create_task("categorization", **PARAMS, **fields)

    return create


def test_a_life_with_everything_in_it(golden, scale, create):
    scale.turnaround(timedelta(hours=60), task_type="categorization")
    scale.callbacks.fail_next(status=503, times=2)
    task = create(callback_url=HOOK)
    scale.clock.advance(hours=61)
    task.audit(False, "listen again")
    scale.recall(task)
    scale.start_work(task)
    scale.complete(task, {"category": "cow"})
    scale.fix(task, {"category": "sheep"})
    scale.comment(task, "sorry")
    task.set_tags(["sorry"])

    golden("explained_life", scale.explain(task))


def test_a_life_that_has_hardly_begun(golden, scale, create):
    golden("explained_new", scale.explain(create()))


def test_a_life_that_goes_on(golden, scale, create):
    scale.turnaround(timedelta(hours=2))
    scale.callbacks.fail_next(times=9)
    task = create(callback_url=HOOK)
    scale.complete(task)
    scale.recall(task)

    golden("explained_goes_on", scale.explain(task))


def test_a_life_that_ended_early(golden, scale, create):
    scale.turnaround(timedelta(hours=2))
    task = create()
    scale.clock.advance(minutes=30)
    task.cancel()

    golden("explained_canceled", scale.explain(task))


def test_a_life_by_a_script(golden, scale, create):
    scale.turnaround([policies.completed(), policies.error("silence", after=timedelta(hours=1))])
    create()
    task = create()
    scale.clock.advance(hours=1)

    golden("explained_script", scale.explain(task))


def test_a_life_that_waits_for_reads(golden, scale, create):
    scale.turnaround(policies.after_polls(3))
    task = create()
    task.refresh()

    golden("explained_polls", scale.explain(task))


def test_a_life_in_staging(golden, scale, scale_client, create):
    scale.turnaround(timedelta(hours=2))
    scale_client.create_project("sounds", "categorization", rapid=True)
    scale_client.create_batch("sounds", "monday")

    golden("explained_staging", scale.explain(create(batch="monday")))


def test_a_life_of_a_test_key(golden, scale):
    task = scale.client("test_key").create_task("categorization", **PARAMS)

    golden("explained_test_key", scale.explain(task))


def test_a_life_whose_callback_was_given_up(golden, scale, create):
    scale.callbacks.fail_next(times=20)
    task = create(callback_url=HOOK)
    scale.complete(task)
    scale.clock.advance(days=1)

    golden("explained_given_up", scale.explain(task))


# -- the section of a failed test ---------------------------------------------------------------


def section_in(lines):
    """The section ``scale`` in what pytest printed."""
    start = next(n for n, line in enumerate(lines) if line.strip("-") == " scale ")
    end = next(n for n, line in enumerate(lines[start:], start) if line.startswith("==="))
    return "\n".join(lines[start + 1 : end])


def test_the_section_of_a_test_that_did_nothing(golden, section):
    golden("section_of_nothing", section())


@pytest.mark.scale(turnaround=timedelta(hours=2))
def test_the_section_of_a_test_that_did_everything_wrong(
    golden, scale, api, sounds, create, section
):
    def broken(callback):
        return 500

    scale.callbacks.deliver_to(broken)
    for _ in range(12):
        create(callback_url=HOOK, instructon="Listen.")
    scale.complete(scale.tasks[-1])
    api("GET", "/v1/taks")
    api("GET", "/v1/taks")
    api("GET", f"/v1/task/{sounds[0].id}")
    api("POST", "/v1/task/categorization", {"attachment": "Moo."})
    unspent = scale.faults.add(status=503, path="/v1/batches", times=2)

    told = section()

    unspent.remove()
    golden("section_of_much", told)


def test_the_section_of_a_test_with_fakes_that_fit_together_badly(golden, pytester):
    pytester.makepyfile(test_cows=BADLY_FITTING)

    result = pytester.runpytest_inprocess(*BASE, "-n0")

    golden("section_of_many", section_in(result.outlines))


@pytest.mark.parametrize(
    ("prefix", "hooks"),
    [
        ("https://my.example/hok", ["https://my.example/hook"]),
        ("http://my.example/", ["https://other.example/a", HOOK, HOOK]),
        ("https://", ["https://my.example/hook"]),
        ("https://unused.example/", []),
    ],
    ids=["one", "several", "matched", "none"],
)
def test_a_target_that_no_callback_went_to(golden, scale, create, section, prefix, hooks, request):
    scale.callbacks.deliver_to(lambda callback: 200, prefix)
    for hook in hooks:
        create(callback_url=hook)
    scale.complete_all()

    golden(f"section_of_prefix_{request.node.callspec.id}", section())


def test_a_target_of_other_callbacks_is_not_named_where_all_arrived(scale, create, section):
    scale.callbacks.deliver_to(lambda callback: 200, "https://unused.example/")
    scale.callbacks.deliver_to(lambda callback: 200, "https://my.example/")
    create(callback_url=HOOK)
    scale.complete_all()

    assert "deliver_to" not in section()


@pytest.mark.parametrize("status", [401, 403, 500])
def test_a_receiver_that_takes_callbacks_for_forged(golden, scale, create, section, status):
    scale.callbacks.deliver_to(lambda callback: status)
    create(callback_url=HOOK)
    scale.complete_all()

    golden(f"section_of_{status}", section())


# -- the way out --------------------------------------------------------------------------------


def test_calls_that_would_leave_the_process(golden, scale):
    calls = (
        lambda: httpx.get("https://api.scale.com:8443/v1/tasks"),
        lambda: socket.create_connection(("api.scaleapi.com", 443)),
    )
    golden("network_own_host", "\n".join(map(blocked, calls)))


@pytest.mark.scale(block_network=True)
def test_calls_to_other_hosts_that_are_blocked(golden, scale):
    calls = (
        lambda: requests.get("https://my.example/cow.jpg", timeout=5),
        lambda: socket.create_connection(("my.example", 80)),
    )
    golden("network_other_host", "\n".join(map(blocked, calls)))


def blocked(call):
    with pytest.raises(NetworkBlocked) as caught:
        call()
    return re.sub(r"at \S*/(\w+\.py):\d+", r"at \1:LINE", str(caught.value))


@pytest.mark.parametrize("fault", ["disconnect", "timeout", "connect_timeout"])
def test_faults_that_a_wsgi_application_cannot_show(golden, scale, fault):
    scale.faults.add(**{fault: True}, times=1)
    client = httpx.Client(transport=httpx.WSGITransport(app=scale.wsgi_app), base_url="http://s")

    golden.refusals(f"fault_not_possible_{fault}", ["client.get('/v1/tasks')"], client=client)


def test_a_port_that_is_taken(golden, scale):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(OSError, match="cannot serve") as caught, scale.serve(port=port):
            pass

    told = str(caught.value).replace(str(port), "PORT")
    golden("port_taken", re.sub(r"Errno \d+", "Errno N", told))


def test_the_official_client_in_place_of_ours(golden, monkeypatch):
    official = types.ModuleType("scaleapi")
    official.ScaleClient = type("ScaleClient", (), {})
    official.__file__ = "/site-packages/scaleapi/__init__.py"
    monkeypatch.setitem(sys.modules, "scaleapi", official)

    with pytest.raises(WrongClient) as caught:
        FakeScale().client()

    golden("wrong_client", str(caught.value))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("package", "call"),
    [
        ("uvicorn", "serve().__enter__()"),
        ("starlette", "asgi_app"),
        ("trustme", "serve(tls=True).__enter__()"),
        ("httpx", "httpx_transport()"),
        ("faker", "clock"),
    ],
)
def test_a_package_that_is_not_installed(golden, package, call):
    program = (
        f"import sys; sys.modules['{package}'] = None; import scaleapi_testing; "
        f"scaleapi_testing.FakeScale().{call}"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60
    )

    golden(f"missing_{package.partition('.')[0]}", done.stderr.splitlines()[-1])


# -- the plugin ---------------------------------------------------------------------------------

MARKS = {
    "unknown": "@pytest.mark.scale(sed=3)",
    "far": "@pytest.mark.scale(zzz=3)",
    "positional": "@pytest.mark.scale(3)",
    "value": "@pytest.mark.scale(turnaround=3600)",
    "projects": "@pytest.mark.scale(projects=[('sounds', 'categorisation')])",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", MARKS)
def test_marks_that_mean_nothing(golden, pytester, name):
    pytester.makepyfile(test_cows=f"import pytest\n{MARKS[name]}\ndef test_it(scale): pass\n")

    result = pytester.runpytest_inprocess(*BASE)

    lines = [line for line in [*result.errlines, *result.outlines] if "@pytest.mark.scale" in line]
    golden(f"mark_{name}", lines[0])


def test_a_fixture_of_the_same_name(golden, pytester):
    pytester.makepyfile(
        test_cows="""
        import pytest

        @pytest.fixture
        def scale(): return 3

        def test_it(scale_client): pass
        """
    )

    result = pytester.runpytest_inprocess(*BASE)

    golden(
        "fixture_of_the_same_name", next(line for line in result.outlines if "builds on" in line)
    )
