"""The section of a failed test speaks of every fake it had, and of what fits together badly."""

from __future__ import annotations

import pytest

from scaleapi_testing import FakeScale


def lines_of_section(result):
    """The lines of the section ``scale``."""
    lines = result.outlines
    start = next(n for n, line in enumerate(lines) if line.strip("-") == " scale ")
    end = next(n for n, line in enumerate(lines[start:], start) if line.startswith("==="))
    return lines[start + 1 : end]


def test_of_two_fakes_it_says_which_one_took_the_calls(suite):
    result = suite("""
        def test_it(scale):
            with FakeScale() as other:
                ask(scaleapi.ScaleClient("live_abc"))
                assert len(scale.tasks) == 1
    """)

    lines = lines_of_section(result)
    assert lines[0].startswith(
        "2 fakes: the fixture scale took no calls; the FakeScale made at test_cows.py:16 took 1 "
    )
    assert [line for line in lines if line.startswith("--")] == [
        "-- the fixture scale",
        "-- the FakeScale made at test_cows.py:16",
    ]


def test_a_fake_that_was_never_started_is_named(suite):
    result = suite("""
        def test_it():
            fake = FakeScale()
            url = "http://127.0.0.1:9/v1"
            scaleapi.ScaleClient("k", api_instance_url=url, max_retries=0).tasks()
    """)

    assert lines_of_section(result) == [
        (
            "the FakeScale made at test_cows.py:16 was never started, so no call reached it: "
            "enter it, `with FakeScale() as scale:`, or call its start()"
        )
    ]
    # The chain below the client's sentence, urllib3's and the socket's, helps nobody.
    result.stdout.fnmatch_lines([">*ScaleClient(*", "E*ScaleConnectionError: *"])
    result.stdout.no_fnmatch_line("*urllib3*")
    result.stdout.no_fnmatch_line("*above exception*")


@pytest.mark.parametrize(
    "use",
    [
        "assert t.status == 'completed'",
        "assert t.response",
        "kept = [t]; del t; assert kept[0].response",
        "kept = {'moo': t}; del t; assert kept['moo'].response",
    ],
)
def test_a_task_that_was_fetched_before_it_changed_is_named(suite, use):
    result = suite(f"""
        def test_it(scale, scale_client):
            t = ask(scale_client)
            scale.complete(t)
            {use}
    """)

    lines = lines_of_section(result)
    assert lines[0] == "objects that are older than the fake's state:"
    assert "was fetched before it became completed (" in lines[1]
    assert lines[1].endswith(".refresh() reads it anew")


@pytest.mark.slow
def test_a_task_that_is_up_to_date_is_not_named(suite):
    result = suite("""
        def test_it(scale, scale_client):
            t = ask(scale_client)
            scale.complete(t)
            t.refresh()
            assert t.status == "pending"
    """)

    result.stdout.no_fnmatch_line("*older than*")


def test_callbacks_without_a_target_and_tasks_without_an_address_are_counted(suite):
    result = suite("""
        def test_it(scale, scale_client):
            scale.complete(ask(scale_client, callback_url="https://my.example/hook"))
            scale.complete(ask(scale_client))
            assert False
    """)

    lines = lines_of_section(result)
    start = lines.index("callbacks:")
    assert lines[start + 1].startswith("  1 callback recorded, no target: ")
    assert lines[start + 2].startswith("  1 task ended without a callback_url, so nothing was ")


def test_a_callback_that_is_checked_with_another_account_s_key_is_explained(suite):
    result = suite("""
        from scaleapi.callbacks import parse_callback

        def test_it(scale):
            key = scale.callback_auth_key
            def receive(callback):
                parse_callback(callback.body, callback.headers, auth_key=key)
            scale.callbacks.deliver_to(receive)
            client = scaleapi.ScaleClient("mine_key")
            scale.complete(ask(client, callback_url="https://my.example/hook"))
    """)

    result.stdout.fnmatch_lines(
        [
            "E*CallbackForged: *",
            (
                "  those of mine_… are signed with that account's own callback_auth_key; "
                "scale.callback_auth_key gave the one of live_f…. *scale.account(key)*"
            ),
        ]
    )


def test_the_secret_is_that_of_the_only_account_at_work(scale):
    client = scale.client("live_abc")
    client.create_task(
        "categorization", attachment="a", attachment_type="text", categories=["a"],
        callback_url="https://my.example/hook",
    )  # fmt: skip
    scale.complete_all()

    sent = scale.callbacks.last.headers["scale-callback-auth"]

    assert scale.callback_auth_key == sent == scale.account("live_abc").callback_auth_key


def test_with_two_accounts_at_work_the_secret_is_live_fake_s(scale, make_task):
    make_task("live_abc")
    make_task("live_fake")

    assert scale.callback_auth_key == scale.account("live_fake").callback_auth_key


def test_equal_calls_are_folded_and_so_are_equal_rounds(scale_client, section):
    params = {"attachment": "a", "attachment_type": "text", "categories": ["a"]}
    first, second = (scale_client.create_task("categorization", **params) for _ in range(2))
    for _ in range(12):
        first.refresh()
    for _ in range(10):
        first.refresh()
        second.refresh()
    scale_client.projects()

    told = section().replace(first.id, "A").replace(second.id, "B")

    assert [line.partition(" 200")[0] for line in told.splitlines()[1:]] == [
        "last requests:",
        "  request 1 POST /v1/task/categorization",
        "  request 2 POST /v1/task/categorization",
        "  requests 3-14, 12 times GET /v1/task/A",
        "  requests 15-34, 10 times these 2 calls:",
        "    GET /v1/task/A",
        "    GET /v1/task/B",
        "  request 35 GET /v1/projects",
    ]  # fmt: skip


def test_an_answer_begins_with_what_a_test_asks_about(scale, scale_client, api, section):
    params = {"attachment": "a", "attachment_type": "text", "categories": ["a", "b"]}
    task = scale_client.create_task("categorization", unique_id="moo", **params)
    scale.complete(task, {"category": "b"})
    task.refresh()
    api("GET", "/v1/tasks")

    told = section()

    useful = f'{{"task_id":"{task.id}","status":"completed","response":{{"category":"b"}}'
    assert f'200 {useful},"unique_id":"moo",' in told
    assert f'"docs":[{{"task_id":"{task.id}","status":"completed","unique_id":"moo"' in told


def test_a_mark_that_no_fixture_reads_is_said(suite):
    result = suite(
        """
        @pytest.mark.scale(strict=True)
        def test_alone():
            with FakeScale(): pass

        @pytest.mark.scale(strict=True)
        def test_shared(scale_module): pass

        @pytest.mark.scale(strict=True)
        def test_read(scale): pass
    """,
        "-Wdefault",
    )

    result.assert_outcomes(passed=3, warnings=2)
    result.stdout.fnmatch_lines(
        [
            "*test_alone: @pytest.mark.scale does nothing, for this test does not use the fixture*",
            "*test_shared: @pytest.mark.scale does nothing,*scale_module is shared*",
        ]
    )


def test_a_wrong_value_of_a_mark_is_said_once(suite):
    result = suite("""
        @pytest.mark.scale(turnaround=3600)
        def test_it(scale): pass
    """)

    said = result.stdout.str().partition("short test summary")[0]
    assert said.count("turnaround takes a timedelta") == 1
    assert "During handling" not in said


@pytest.mark.slow
def test_a_server_without_its_extra_is_the_sentence_alone(suite):
    result = suite(
        """
        import sys
        sys.modules["uvicorn"] = None

        def test_it(scale_server): pass
    """,
        own_process=True,
    )

    lines = result.outlines
    start = next(n for n, line in enumerate(lines) if "ERROR at setup of test_it" in line)
    assert lines[start + 1].startswith("scale_server needs the package uvicorn: pip install ")
    assert lines[start + 2].strip("-") == " scale "


CLIENTS = {
    "none": "sys.modules['scaleapi'] = None",
    "official": "sys.modules['scaleapi'] = types.SimpleNamespace(ScaleClient=int, __file__='o.py')",
}


@pytest.mark.slow
@pytest.mark.parametrize("client", CLIENTS)
def test_scale_client_without_our_client_says_what_to_install(pytester, client):
    pytester.makepyfile(f"import sys, types\n{CLIENTS[client]}\ndef test_it(scale_client): pass\n")

    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")

    lines = result.outlines
    start = next(n for n, line in enumerate(lines) if "ERROR at setup of test_it" in line)
    assert lines[start + 1].startswith("scale_client needs the scaleapi of this project")
    assert "pip install" in lines[start + 1]
    assert lines[start + 2].strip("-") == " scale "


def test_a_trace_ends_at_the_user_s_line_whoever_refused(suite):
    result = suite("""
        def test_client(scale_client):
            scale_client.get_task("nope")

        def test_connection(scale):
            scale.faults.add(disconnect=True)
            requests.get("https://api.scale.com/v1/tasks", auth=("k", ""))

        def test_both(scale, scale_client):
            scale.faults.add(disconnect=True)
            scale_client.tasks()
    """)

    result.assert_outcomes(failed=3)
    shown = [line for line in result.outlines if line.startswith(("E  ", "test_cows.py:"))]
    assert [line.split(":")[-1].strip() for line in shown if line.startswith("test_cows")] == [
        "ScaleResourceNotFound", "ConnectionError", "ScaleConnectionError",
    ]  # fmt: skip
    result.stdout.no_fnmatch_line("*site-packages*")
    result.stdout.no_fnmatch_line("*_transport.py*")


def test_what_a_fake_offers_holds_no_internals():
    offered = [name for name in dir(FakeScale()) if not name.startswith("__")]

    assert not [name for name in offered if name.startswith("_")]
    assert {"app", "jitter", "raise_deferred", "stubbed_hosts"}.isdisjoint(offered)
    assert {"tasks", "complete", "clock", "faults", "account", "seed"} <= set(offered)


def test_an_answer_that_the_journal_let_go_is_told_by_its_length(suite):
    result = suite("""
        @pytest.mark.scale(journal_max_bytes=10)
        def test_it(scale):
            ask(scaleapi.ScaleClient("live_abc"))
            assert len(scale.tasks) == 2
    """)

    result.assert_outcomes(failed=1)
    (call,) = [line for line in lines_of_section(result) if line.startswith("  request 1 ")]
    assert " 200 <" in call
    assert "no longer kept, since all bodies together are bounded by journal_max_bytes=" in call
