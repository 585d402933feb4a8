"""Recorded traffic against a fresh fake: what is the same, what differs, what cannot be told."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from scaleapi_testing import FakeScale, verify
from scaleapi_testing.__main__ import main

_spec = spec_from_file_location("story", Path(__file__).parent / "story.py")
story = module_from_spec(_spec)
_spec.loader.exec_module(story)

CALLS = tuple(story.everyday())
"""Recorded once; nothing changes them."""

STUDIO = tuple(story.studio())
"""The same for Studio."""

OF_V2 = tuple(story.of_v2())
"""The same for v2."""


def recording(tmp_path, calls=CALLS, name="vcrpy.yaml"):
    return story.written(list(calls), tmp_path / name)


def which(method, ending, nth=0):
    """The position of a call in the story."""
    matches = [
        number
        for number, call in enumerate(CALLS)
        if call.method == method and call.url.endswith(ending)
    ]
    return matches[nth]


def planted(number, change, **answer):
    """The story with one answer changed."""
    reply = CALLS[number].json
    change(reply)
    calls = list(CALLS)
    calls[number] = CALLS[number].answering(reply=reply, **answer)
    return calls


def told(verification):
    return [(d.path, d.what, d.recorded, d.fake) for d in verification.differences]


# -- the same -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["vcrpy.yaml", "vcrpy.json", "ruby.yml", "browser.har"])
def test_what_a_fake_answered_another_answers_the_same(tmp_path, name):
    verification = verify(recording(tmp_path, name=name))

    assert told(verification) == []
    assert (len(verification.same), verification.ok) == (len(CALLS), True)


@pytest.mark.parametrize("name", ["vcrpy.json", "recorder.yaml"])
def test_a_recording_may_begin_anywhere(tmp_path, name):
    verifications = [verify(recording(tmp_path, CALLS[n:], name)) for n in range(len(CALLS))]

    assert [told(verification) for verification in verifications] == [[]] * len(CALLS)


@pytest.mark.parametrize("mode", ["complete_at_once", "complete_on_read"])
def test_a_test_key_s_tasks_end_as_they_did_when_it_was_recorded(tmp_path, mode):
    with FakeScale(seed=99, start_time=story.START, test_key_tasks=mode) as scale:
        ask = story.Recorder(scale, "test_0123456789abcdef")
        made = ask("POST", "/v1/task/categorization", story.PARAMS)
        ask("GET", f"/v1/task/{made['task_id']}")
        ask("POST", f"/v1/task/{made['task_id']}/cancel")

    verification = verify(recording(tmp_path, ask.calls))

    assert told(verification) == []


@pytest.mark.slow
def test_every_operation_of_v1_is_answered_the_same_wherever_a_recording_begins(tmp_path):
    calls = story.everything()

    verifications = [
        verify(recording(tmp_path, calls[n:], "vcrpy.json")) for n in range(len(calls))
    ]

    assert [told(verification) for verification in verifications] == [[]] * len(calls)
    assert len(verifications[0].same) == len(calls)


def test_people_groups_and_the_order_of_work_are_put_in_wherever_a_recording_begins(tmp_path):
    verifications = [
        verify(recording(tmp_path, STUDIO[n:], "vcrpy.json")) for n in range(len(STUDIO))
    ]

    assert [told(verification) for verification in verifications] == [[]] * len(STUDIO)


ANNOTATION = next(n for n, call in enumerate(OF_V2) if "/v2/annotation" in call.url)


def test_projects_batches_and_tasks_of_v2_are_put_in_wherever_a_recording_begins(tmp_path):
    begun = [n for n in range(len(OF_V2)) if n != ANNOTATION]

    verifications = [verify(recording(tmp_path, OF_V2[n:], "vcrpy.json")) for n in begun]

    assert [told(verification) for verification in verifications] == [[]] * len(begun)
    assert [len(verification.same) for verification in verifications] == [
        len(OF_V2) - n for n in begun
    ]


def test_an_annotation_of_v2_whose_task_is_not_shown_is_told(tmp_path):
    verification = verify(recording(tmp_path, OF_V2[ANNOTATION:], "vcrpy.json"))

    (verdict,) = verification.not_comparable
    assert (verdict.operation, verdict.reason) == (
        "GET /v2/annotation",
        "an object of v2 that was there before, which cannot be put in",
    )


@pytest.mark.parametrize("begin", [0, 8, 16])
def test_objects_of_v2_are_put_in_where_what_was_sent_was_not_kept(tmp_path, begin):
    assert told(verify(recording(tmp_path, OF_V2[begin:], "recorder.yaml"))) == []


def of_v2(tmp_path, path, change):
    """The recording of v2 with one answer changed: the first to a call of this path."""
    calls = list(OF_V2)
    number = next(n for n, call in enumerate(calls) if path in call.url)
    reply = calls[number].json
    change(reply)
    calls[number] = calls[number].answering(reply=reply)
    return verify(recording(tmp_path, calls, "vcrpy.json"))


IN_V2 = {
    "a key of a project": (
        "/v2/project?", lambda r: r.update(owner="x"), ("owner", "missing"),
    ),
    "metadata that were sent": (
        "/v2/batch/metadata", lambda r: r.update(metadata={}), ("metadata.a", "extra"),
    ),
    "the status of a batch that was moved": (
        "/v2/batch/cancel", lambda r: r["batch"].update(status="gone"), ("batch.status", "value"),
    ),
    "what a create answers": (
        "/v2/task/chat", lambda r: r.update(status="queued"), ("status", "value"),
    ),
    "a filter": (
        "status=completed", lambda r: r["tasks"].pop(), ("tasks[1]", "extra"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", IN_V2)
def test_what_v2_answers_otherwise_is_found_out(tmp_path, what):
    path, change, expected = IN_V2[what]

    verification = of_v2(tmp_path, path, change)

    assert [(d.path, d.what) for d in verification.differences] == [expected]


def test_pages_of_v2_whose_tokens_are_opaque_are_followed(tmp_path):
    page, following = OF_V2[1], OF_V2[2]
    token = page.json["next_token"]
    opaque = "opaque-token-of-scale"
    calls = [
        page.answering(reply={**page.json, "next_token": opaque}),
        following._replace(url=following.url.replace(quote(token, safe=""), opaque)),
    ]

    both, rest = (verify(recording(tmp_path, pages, "vcrpy.json")) for pages in (calls, calls[1:]))

    assert (told(both), len(both.same)) == ([], 2)
    assert (told(rest), len(rest.same)) == ([], 1)


def test_a_delivery_of_v2_cannot_be_put_in_and_is_told(tmp_path):
    shown = {"deliveries": [{"id": "d" * 24, "name": "d", "task_count": 1}]}
    call = OF_V2[0]._replace(url="https://api.scale.com/v2/deliveries?project_name=Kitchen")

    verification = verify(recording(tmp_path, [call.answering(reply=shown)], "vcrpy.json"))

    assert [verdict.reason for verdict in verification.not_comparable] == [
        "an object of v2 that was there before, which cannot be put in"
    ]


IN_STUDIO = {
    "somebody who labels nothing": (
        "GET", "/v1/studio/assignments", lambda r: r.update({"d@x.io": []}),
    ),
    "a role": ("GET", "/v1/teams", lambda r: r[1].update(role="member")),
    "an assignment": ("GET", "/v1/studio/assignments", lambda r: r["b@x.io"].pop()),
    "a member of a group": ("GET", "/groups", lambda r: r[1]["workers"].pop()),
    "a group": ("GET", "/groups", lambda r: r.pop()),
    "the order of work": ("GET", "/v1/studio/batches", list.reverse),
    "who works on a batch": ("GET", "/v1/studio/batches", lambda r: r[0].update(groups=["n"])),
}  # fmt: skip


@pytest.mark.parametrize("what", IN_STUDIO)
def test_a_difference_in_studio_is_found_out(tmp_path, what):
    method, ending, change = IN_STUDIO[what]
    calls = list(STUDIO)
    number = next(
        n for n, call in enumerate(calls) if call.method == method and call.url.endswith(ending)
    )
    reply = calls[number].json
    change(reply)
    calls[number] = calls[number].answering(reply=reply)

    verification = verify(recording(tmp_path, calls, "vcrpy.json"))

    assert [verdict.place[-2:] for verdict in verification.different] == [f"{number + 1}"]


def test_a_refusal_over_what_no_answer_shows_is_not_comparable(tmp_path):
    calls = [call for call in story.everything() if call.url.endswith("/send-callback")]

    (verdict,) = verify(recording(tmp_path, calls)).not_comparable

    assert verdict.reason == "what it was refused for was there before, and no answer shows it"


def test_of_a_recorder_s_file_the_answers_are_compared_that_need_nothing_sent(tmp_path):
    verification = verify(recording(tmp_path, name="recorder.yaml"))

    assert told(verification) == []
    assert len(verification.same) == 13
    assert {verdict.reason for verdict in verification.not_comparable} == {
        "the file does not hold what was sent"
    }


def test_several_recordings_are_verified_each_by_a_fake_of_its_own(tmp_path):
    files = [recording(tmp_path, name=name) for name in ("vcrpy.yaml", "browser.har")]

    verification = verify(files)

    assert verification.files == tuple(map(str, files))
    assert len(verification.same) == 2 * len(CALLS)


def test_compressed_bodies_and_ruby_s_binary_ones_are_read(tmp_path):
    import gzip

    document = story.as_ruby_vcr(CALLS)
    for entry in document["http_interactions"]:
        response = entry["response"]
        response["headers"]["content-encoding"] = ["gzip"]
        response["body"]["string"] = gzip.compress(response["body"]["string"])
    file = tmp_path / "packed.yml"
    file.write_text(yaml.safe_dump(document).replace("!!binary", "!binary"))

    assert len(verify(file).same) == len(CALLS)


def test_a_recording_without_keys_is_verified(tmp_path):
    document = story.as_vcrpy(CALLS)
    for entry in document["interactions"]:
        del entry["request"]["headers"]
        entry["request"]["headers"] = {}
    file = tmp_path / "filtered.json"
    file.write_text(json.dumps(document))

    assert len(verify(file).same) == len(CALLS)


# -- each kind of difference --------------------------------------------------------------------

GET_DONE = which("GET", CALLS[14].url)
CREATE = 4
LISTED = which("GET", "project=cows&limit=2")
CANCEL = which("POST", "clear_unique_id=true")

PLANTED = {
    "a status": (which("GET", "nonsense"), None, ("status", "status")),
    "an error's text": (7, lambda r: r.update(error="Nope."), ("error", "error")),
    "a key that the fake lacks": (
        GET_DONE, lambda r: r["params"].update(isProcessed=True), ("params.isProcessed", "missing"),
    ),
    "a key that the fake adds": (
        LISTED, lambda r: r["docs"][0].pop("urgency"), ("docs[0].urgency", "extra"),
    ),
    "a type": (CREATE, lambda r: r["metadata"].update(n="0"), ("metadata.n", "type")),
    "null in place of a value": (CREATE, lambda r: r.update(priority=None), ("priority", "type")),
    "a count": (LISTED, lambda r: r.update(total=4), ("total", "value")),
    "an enumeration": (CANCEL, lambda r: r.update(status="pending"), ("status", "value")),
    "what was sent": (
        CREATE, lambda r: r["params"].update(attachment="Baa."), ("params.attachment", "value"),
    ),
    "a uuid that was sent": (
        CREATE,
        lambda r: r["metadata"].update(run="7d0c2d1e-0000-4000-8000-00000000000b"),
        ("metadata.run", "value"),
    ),
    "the order of texts": (CREATE, lambda r: r["tags"].reverse(), ("tags", "order")),
    "the order of tasks": (LISTED, lambda r: r["docs"].reverse(), ("docs", "order")),
    "a task less": (LISTED, lambda r: r["docs"].append(CALLS[4].json), ("docs[2]", "missing")),
    "a task more": (LISTED, lambda r: r["docs"].pop(), ("docs[1]", "extra")),
    "another id": (
        GET_DONE, lambda r: r.update(task_id=CALLS[5].json["task_id"]), ("task_id", "value"),
    ),
    "no time": (CREATE, lambda r: r.update(created_at="today"), ("created_at", "value")),
    "an address": (3, lambda r: r.update(callback="https://h.example.com/"), ("callback", "value")),
    "a further page": (
        LISTED + 1, lambda r: r.update(next_token="x" * 20), ("next_token", "missing"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", PLANTED)
def test_each_kind_of_difference_is_found_out_once(tmp_path, kind):
    number, change, expected = PLANTED[kind]
    calls = planted(number, change or (lambda _: None), status=None if change else 410)

    verification = verify(recording(tmp_path, calls))

    assert [(d.path, d.what) for d in verification.differences] == [expected]
    (different,) = verification.different
    assert different.place.endswith(f"vcrpy.yaml, exchange {number + 1}")


def leaves(value, path=()):
    """The path of each value that is neither object nor list."""
    if isinstance(value, dict):
        return [leaf for key in value for leaf in leaves(value[key], (*path, key))]
    if isinstance(value, list):
        return [leaf for key, item in enumerate(value) for leaf in leaves(item, (*path, key))]
    return [path]


def put(value, path, leaf):
    """Replace what stands at a path."""
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = leaf


@settings(max_examples=12, deadline=None)
@given(
    path=st.sampled_from(leaves(CALLS[CREATE].json)),
    leaf=st.integers(3) | st.text("xyz", min_size=1, max_size=5) | st.just([]) | st.just({}),
)
def test_any_other_value_anywhere_is_found_out(tmp_path_factory, path, leaf):
    calls = planted(CREATE, lambda reply: put(reply, path, leaf))
    # The recording ends here, for what is called otherwise cannot be asked for later.
    file = recording(tmp_path_factory.mktemp("any"), calls[: CREATE + 1], "vcrpy.json")

    (difference,) = verify(file).differences

    assert difference.path.replace("[", ".").startswith(".".join(map(str, path))[:4])
    assert difference.recorded == leaf


def places(value, path=()):
    """The path of each value of any kind, the whole one left out."""
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    here = [(*path, key) for key, _ in inside] if isinstance(value, dict | list) else []
    deeper = [p for key in here for p in places(reach(value, key[len(path) :]), key)]
    return here + deeper


def reach(value, path):
    for key in path:
        value = value[key]
    return value if isinstance(value, dict | list) else []


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["pending", "w10"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=10, deadline=None)
@given(data=st.data(), value=anything)
def test_whatever_an_answer_holds_there_is_a_verdict(tmp_path_factory, data, value):
    shown = [number for number, call in enumerate(CALLS) if call.reply.startswith(b"{")]
    number = data.draw(st.sampled_from(shown))
    path = data.draw(st.sampled_from(places(CALLS[number].json)))
    calls = planted(number, lambda reply: put(reply, path, value))

    verification = verify(recording(tmp_path_factory.mktemp("any"), calls, "vcrpy.json"))

    assert len(verification.exchanges) == len(CALLS)
    assert str(verification)
    assert verification.to_junit()


def verdict_or_refusal(file):
    """Whether there is a verdict, or a refusal in words."""
    try:
        return str(verify(file)) != ""
    except ValueError as error:
        return file.name in str(error)


DOCUMENTS = {
    "vcrpy.json": story.as_vcrpy(CALLS[:6]),
    "browser.har": story.as_har(CALLS[:6]),
    "recorder.yaml": story.as_recorder(CALLS[:6]),
    "ruby.yml": json.loads(json.dumps(story.as_ruby_vcr(CALLS[:6]), default=bytes.decode)),
}


@settings(max_examples=12, deadline=None)
@given(data=st.data(), value=anything, name=st.sampled_from(sorted(DOCUMENTS)))
def test_whatever_a_file_holds_there_is_a_verdict_or_a_refusal(tmp_path_factory, data, value, name):
    document = json.loads(json.dumps(DOCUMENTS[name]))
    put(document, data.draw(st.sampled_from(places(document))), value)
    file = tmp_path_factory.mktemp("any") / name
    file.write_text(json.dumps(document))

    assert verdict_or_refusal(file)


def test_a_body_that_is_no_json_is_compared_as_text(tmp_path):
    calls = list(CALLS)
    number = which("POST", "/audit")
    calls[number] = CALLS[number]._replace(reply=b"Accepted")

    verification = verify(recording(tmp_path, calls))

    assert told(verification) == [("body", "body", "Accepted", "OK")]


def test_a_create_that_only_the_fake_refuses_is_told_once_and_goes_on(tmp_path):
    calls = list(CALLS)
    calls[6] = calls[6]._replace(
        body=calls[6].body.replace(b'"attachment": "Moo."', b'"attachment": 5')
    )

    verification = verify(recording(tmp_path, calls))

    assert [d.path for d in verification.differences] == ["status"]
    assert verification.differences[0].fake["status"] == 400


def test_a_create_that_only_scale_refused_is_told_once_and_leaves_nothing(tmp_path):
    number = 8
    calls = list(CALLS)
    calls[number] = calls[number]._replace(body=CALLS[6].body.replace(b"belt-2", b"belt-9"))

    verification = verify(recording(tmp_path, calls))

    assert [(d.path, d.recorded["status"]) for d in verification.differences] == [("status", 400)]


# -- what cannot be told ------------------------------------------------------------------------


ELSEWHERE = "another host, no part of Scale's API"
TROUBLE = "trouble of the server, or a limit of calls, which no fake foresees"


def other(calls, number, **changes):
    changed = list(calls)
    changed[number] = changed[number]._replace(**changes)
    return changed


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"url": "https://hooks.example.com/v1/tasks"}, f"{ELSEWHERE}: hooks.example.com"),
        ({"status": 503}, f"{TROUBLE}: status 503"),
        ({"status": 429}, f"{TROUBLE}: status 429"),
        ({"status": 402}, "a product that the account has not, which the recording alone knows"),
        ({"url": "https://api.scale.com/docs"}, "a path that is none of v1 or v2"),
        ({"method": "OPTIONS"}, "OPTIONS, which is no operation of the API"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_says_why(tmp_path, changes, reason):
    verification = verify(recording(tmp_path, other(CALLS, 0, **changes)))

    assert [verdict.reason for verdict in verification.not_comparable] == [reason]
    assert verification.ok


def test_counts_of_tasks_that_nobody_saw_are_not_compared(tmp_path):
    calls = planted(0, lambda reply: reply.update(total=230, has_more=True, next_token="x" * 20))

    verification = verify(recording(tmp_path, calls))

    assert told(verification) == []
    assert verification.same[0].notes == (
        "counts and further pages: the recording does not show all tasks that there were",
    )


def test_what_is_known_differs_without_harm(tmp_path):
    allow = tmp_path / "known.txt"
    allow.write_text(
        "# seen in 2026\n"
        "GET /v1/task/{task_id} params.isProcessed missing  # internal\n"
        "GET /v1/teams [].company *\n"
    )
    calls = planted(GET_DONE, lambda reply: reply["params"].update(isProcessed=True))

    verification = verify(recording(tmp_path, calls), allow=allow)

    assert verification.ok
    assert [d.path for v in verification.exchanges for d in v.allowed] == ["params.isProcessed"]
    assert [line.line for line in verification.unused] == ["GET /v1/teams [].company *"]


@pytest.mark.parametrize(
    "line", ["* * * *", "GET /v1/task/* params.* missing", "* /v1/task/{task_id} *.isProcessed *"]
)
def test_known_differences_may_be_patterns(tmp_path, line):
    allow = tmp_path / "known.txt"
    allow.write_text(line)
    calls = planted(GET_DONE, lambda reply: reply["params"].update(isProcessed=True))

    assert verify(recording(tmp_path, calls), allow=allow).ok


# -- the report ---------------------------------------------------------------------------------


def several(tmp_path, monkeypatch):
    """The report of a story with some of everything."""
    calls = planted(GET_DONE, lambda r: r["params"].update(isProcessed=True, note="n" * 60))
    reply = calls[CANCEL].json
    reply.update(tags=["belt", "night", "late"], metadata={"api_key": story.KEY})
    calls[CANCEL] = calls[CANCEL].answering(reply=reply)
    calls[0] = calls[0]._replace(status=503)
    calls[1] = calls[1]._replace(url="https://x.example.com/a?X-Amz-Signature=5ecre7")
    monkeypatch.chdir(tmp_path)
    recording(tmp_path, calls)
    return verify("vcrpy.yaml")


def test_the_report_shows_what_differs_side_by_side(tmp_path, monkeypatch, golden):
    golden("verify", str(several(tmp_path, monkeypatch)))


def test_the_report_as_junit_has_a_case_for_each_exchange(tmp_path, monkeypatch, golden):
    golden("verify_junit", several(tmp_path, monkeypatch).to_junit())


def test_nothing_secret_is_printed(tmp_path, monkeypatch):
    verification = several(tmp_path, monkeypatch)

    for text in (str(verification), json.dumps(verification.as_dict()), verification.to_junit()):
        assert story.KEY not in text
        assert "5ecre7" not in text
        assert "s3cr3tcookie" not in text


# -- the command --------------------------------------------------------------------------------


def command(*arguments):
    """Its exit code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["scaleapi-testing", "verify", *map(str, arguments)])
        try:
            return main()
        except SystemExit as ended:
            return ended.code


def test_the_command_ends_with_zero_where_nothing_differs(tmp_path, capsys):
    code = command(recording(tmp_path))

    assert code == 0
    assert capsys.readouterr().out.endswith(
        "23 exchanges: 23 same, 0 different, 0 not comparable\n"
    )


def test_the_command_ends_with_one_where_something_differs(tmp_path, capsys):
    calls = planted(GET_DONE, lambda reply: reply["params"].update(isProcessed=True))

    assert command(recording(tmp_path, calls)) == 1
    assert "params.isProcessed" in capsys.readouterr().out


def test_the_command_prints_json_in_place_of_the_text(tmp_path, capsys):
    command(recording(tmp_path), "--json")

    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is True
    assert report["counts"] == {"same": 23, "different": 0, "not comparable": 0}


def test_the_command_writes_reports_beside_the_text(tmp_path, capsys):
    file = recording(tmp_path)

    assert command(file, "--json", tmp_path / "r.json", "--junit", tmp_path / "r.xml") == 0
    assert command(file, "--json", tmp_path / "r.json", "--junit", tmp_path / "r.xml") == 0

    assert json.loads((tmp_path / "r.json").read_text())["ok"] is True
    assert (tmp_path / "r.xml").read_text().count("<testcase") == 23
    assert "23 same" in capsys.readouterr().out


def test_the_command_writes_over_no_recording(tmp_path, capsys):
    files = [recording(tmp_path), recording(tmp_path, name="vcrpy.json")]
    before = files[0].read_text()

    code = command("--junit", *files)

    assert code == 2
    assert files[0].read_text() == before
    assert "would write over a file that is no such report" in capsys.readouterr().err


WHOLE = (
    "{request: {method: GET, uri: 'https://api.scale.com', body: null, headers: {}}, "
    "response: {status: {code: 200}, headers: {}, body: {string: x}}}"
)
"""An exchange of vcrpy."""

NO_RECORDINGS = {
    "text.yaml": "just text",
    "half.json": '{"version": 1, "interactions": [',
    "half.yaml": "interactions:\n- request: {method: GET",
    "other.json": '{"name": "w10", "status": "staging"}',
    "list.yaml": "- 1\n- 2\n",
    "half.yml": "http_interactions:\n- request:\n    method: get\n",
    "old.yaml": "interactions:\n- {method: GET}\n",
    "no.har": '{"log": {"version": "1.2"}}',
    "entry.har": '{"log": {"entries": [{"request": {}}]}}',
    "recorder.yaml": "responses:\n- response: {method: GET}\n",
    "recorder.toml": "responses = [",
    "no_headers.yaml": f"interactions:\n- {WHOLE}\n- {WHOLE.replace(', headers: {}', '', 1)}\n",
    "no_body.yaml": f"interactions:\n- {WHOLE.replace(', body: {string: x}', '')}\n",
    "text_status.yaml": f"interactions:\n- {WHOLE.replace('{code: 200}', '200 OK')}\n",
    "text_code.yaml": f"interactions:\n- {WHOLE.replace('200', 'OK')}\n",
    "null.yaml": f"interactions:\n- {WHOLE}\n- null\n",
    "more.yaml": f"interactions:\n- {WHOLE.replace('method: GET', 'method: GET, verb: GET')}\n",
    "null.json": '{"interactions": null}',
    "nothing.yaml": "",
    "compose.yaml": "services:\n  web: {image: nginx}\n",
    "null.yml": "http_interactions: [null]\n",
    "status.yml": f"http_interactions:\n- {WHOLE.replace('{code: 200}', '200')}\n",
    "null.har": '{"log": {"entries": [null]}}',
    "request.har": '{"log": {"entries": [{"response": {"status": 200}}]}}',
    "header.har": json.dumps(
        {
            "log": {
                "entries": [
                    {
                        "request": {
                            "method": "GET",
                            "url": "https://api.scale.com/v1/tasks",
                            "headers": [{"name": "Accept"}],
                        },
                        "response": {"status": 200},
                    },
                ]
            }
        }
    ),
    "null_recorder.yaml": "responses: [null]\n",
    "allow": "GET /v1/tasks docs[].x gone",
    "allow_words": "GET /v1/tasks",
}


@pytest.mark.parametrize(
    ("name", "text"),
    [("empty.yaml", "interactions: []\n"), ("empty.har", '{"log": {"entries": []}}')],
)
def test_a_recording_of_no_calls_says_that_nothing_was_compared(tmp_path, capsys, name, text):
    (tmp_path / name).write_text(text)

    assert command(tmp_path / name) == 0
    assert capsys.readouterr().out == (
        "no exchanges: 0 same, 0 different, 0 not comparable; nothing was compared\n"
    )


def test_what_is_no_recording_is_refused_in_one_line(tmp_path, capsys, golden, monkeypatch):
    monkeypatch.chdir(tmp_path)
    good = recording(tmp_path)
    said = []
    for name, text in NO_RECORDINGS.items():
        (tmp_path / name).write_text(text)
        given = [good, "--allow", name] if name.startswith("allow") else [name]
        said.append(f"{name}\n    {command(*given)} {capsys.readouterr().err}")
    said.append(f"missing\n    {command('missing.yaml')} {capsys.readouterr().err}")

    golden("verify_refusals", "".join(said))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["verify", "x.yaml"], "scaleapi-testing verify: it needs the package vcrpy"),
        (
            ["record", "--out", "x.yaml", "--", "true"],
            "scaleapi-testing record: it needs the package vcrpy",
        ),
    ],
)
def test_a_missing_package_is_named_with_its_extra(tmp_path, arguments, message):
    script = f"""
import sys
sys.modules["vcr"] = None
sys.argv = ["scaleapi-testing", *{arguments!r}]
from scaleapi_testing.__main__ import main
main()
"""

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=tmp_path
    )

    assert done.returncode == 2
    assert done.stderr == f"{message}: pip install 'scaleapi-testing[verify]'\n"
