"""A callback handler's faults are found, each by its own case, and nothing else is called one."""

from __future__ import annotations

import hmac
import json
import socket

import fastapi
import flask
import pytest

from scaleapi_testing import certify_callback_handler

KEY = "live_callback_key"
CASES = (
    "valid",
    "duplicate",
    "out_of_order",
    "recalled",
    "error_status",
    "unknown_task",
    "unknown_fields",
    "retry_after_500",
    "wrong_auth",
    "missing_auth",
)


class Handler:
    """A handler that does everything right; each bad one below differs in one method."""

    key = KEY

    def __init__(self):
        self.tasks = {}
        self.known = set()

    def __call__(self, request):
        if not self.is_authentic(request.headers.get("scale-callback-auth")):
            return 401
        return self.receive(request.json)

    def is_authentic(self, given):
        return given is not None and hmac.compare_digest(given, self.key)

    def receive(self, body):
        return self.store(body["task"])

    def store(self, task):
        before = self.tasks.get(task["task_id"], {"updated_at": ""})
        self.tasks[task["task_id"]] = max(before, task, key=lambda one: one["updated_at"])
        return 200


def failed_cases(handler, **arguments):
    report = certify_callback_handler(handler, auth_key=KEY, **arguments)
    return [finding.case for finding in report.findings]


def test_a_good_handler_passes_all_cases():
    report = certify_callback_handler(Handler(), auth_key=KEY)

    assert report.ok
    assert report.findings == ()
    assert report.cases == CASES


@pytest.mark.parametrize("key", ["key0", "key1", "0", "1"])
def test_the_wrong_key_is_never_the_right_one(key):
    handler = Handler()
    handler.key = key

    report = certify_callback_handler(handler, auth_key=key)

    assert report.ok, report


def test_the_wrong_key_differs_from_the_right_one_in_its_last_character_alone():
    sent = set()

    certify_callback_handler(
        lambda request: sent.add(request.headers.get("scale-callback-auth")), auth_key="key10"
    )

    assert sent == {"key10", "key11", None}


def test_a_good_handler_ends_up_with_the_latest_state_of_each_task():
    handler = Handler()

    certify_callback_handler(handler, auth_key=KEY)

    states = [
        (task["status"], task.get("customer_review_status")) for task in handler.tasks.values()
    ]
    assert states == [
        ("completed", None),
        ("completed", "rejected"),
        ("pending", None),
        ("error", None),
        ("completed", None),
        ("completed", None),
        ("completed", None),
    ]


class TrustsEverybody(Handler):
    def is_authentic(self, given):
        return True


class TrustsTheFirstCharacters(Handler):
    def is_authentic(self, given):
        return given is not None and given.startswith(self.key[:8])


class TrustsAMissingKey(Handler):
    def is_authentic(self, given):
        return given is None or given == self.key


class RefusesDuplicates(Handler):
    seen = ()

    def receive(self, body):
        if body in self.seen:
            return 409
        self.seen = (*self.seen, body)
        return super().receive(body)


class WantsTheCompletionFirst(Handler):
    def store(self, task):
        if "audits" in task and task["task_id"] not in self.tasks:
            raise KeyError(task["task_id"])
        return super().store(task)


class WantsAResponse(Handler):
    def receive(self, body):
        body["response"]
        return super().receive(body)


class WantsAnnotations(Handler):
    def receive(self, body):
        body.get("response", {"annotations": []})["annotations"]
        return super().receive(body)


class CrashesOnAnUnknownTask(Handler):
    def store(self, task):
        if task["unique_id"] == "belt-99":
            raise LookupError("no such row")
        return super().store(task)


class RefusesUnknownFields(Handler):
    def receive(self, body):
        if body.keys() - {"task_id", "status", "response", "task"}:
            return 422
        return super().receive(body)


class RemembersBeforeTheWork(Handler):
    def store(self, task):
        again = task["task_id"] in self.tasks
        same = self.tasks.get(task["task_id"]) == task
        super().store(task)
        return 500 if again and not same and "tags" in task else 200


class AnswersNothingUseful(Handler):
    def receive(self, body):
        return 500


@pytest.mark.parametrize(
    ("handler", "planted"),
    [
        (TrustsEverybody, ["wrong_auth", "missing_auth"]),
        (TrustsTheFirstCharacters, ["wrong_auth"]),
        (TrustsAMissingKey, ["missing_auth"]),
        (RefusesDuplicates, ["duplicate"]),
        (WantsTheCompletionFirst, ["out_of_order"]),
        (WantsAResponse, ["recalled"]),
        (WantsAnnotations, ["error_status"]),
        (CrashesOnAnUnknownTask, ["unknown_task"]),
        (RefusesUnknownFields, ["unknown_fields"]),
        (RemembersBeforeTheWork, ["retry_after_500"]),
        (AnswersNothingUseful, list(CASES[:8])),
    ],
)
def test_a_bad_handler_fails_on_exactly_the_planted_faults(handler, planted):
    assert failed_cases(handler()) == planted


class DoesEverythingWrong(TrustsEverybody, WantsAnnotations, RefusesDuplicates):
    pass


def test_a_handler_with_several_faults_fails_on_each_of_them():
    assert failed_cases(DoesEverythingWrong()) == [
        "duplicate",
        "error_status",
        "wrong_auth",
        "missing_auth",
    ]


@pytest.mark.parametrize("status", [404, 409, 503])
def test_an_unknown_task_may_be_answered_with_a_deliberate_status(status):
    class Handler404(Handler):
        def store(self, task):
            return status if task["unique_id"] == "belt-99" else super().store(task)

    assert failed_cases(Handler404()) == []


@pytest.mark.parametrize(("status", "faults"), [(200, []), (299, []), (300, ["valid"])])
def test_any_2xx_accepts_a_callback(status, faults):
    report = certify_callback_handler(lambda _: status, auth_key=KEY)

    assert [finding.case for finding in report.findings][:1] == (faults or ["wrong_auth"])


@pytest.mark.parametrize(
    ("status", "settled"), [(399, False), (400, True), (499, True), (500, False), (504, False)]
)
def test_about_an_unknown_task_any_4xx_and_503_are_deliberate(status, settled):
    report = certify_callback_handler(lambda _: status, auth_key=KEY)

    assert ("unknown_task" not in [finding.case for finding in report.findings]) is settled


def test_a_handler_that_must_know_its_tasks_is_told_of_each_but_the_unknown_one():
    handler = Handler()
    known = set()

    def receive(request):
        answer = handler(request)
        return 404 if answer == 200 and request.json["task_id"] not in known else answer

    assert failed_cases(receive, on_create=lambda task: known.add(task["task_id"])) == []
    assert len(known) == 8


def test_a_handler_may_refuse_a_forged_callback_by_an_exception():
    class Raises(Handler):
        def is_authentic(self, given):
            if not super().is_authentic(given):
                raise PermissionError("forged")
            return True

    assert failed_cases(Raises()) == []


def test_the_series_is_the_same_in_every_run():
    first, second = [], []

    certify_callback_handler(first.append, auth_key=KEY)
    certify_callback_handler(second.append, auth_key=KEY)

    assert [(r.url, dict(r.headers), r.body) for r in first] == [
        (r.url, dict(r.headers), r.body) for r in second
    ]


def test_each_callback_has_the_documented_fields():
    received = []

    certify_callback_handler(received.append, auth_key=KEY)

    assert {frozenset(r.json) - {"delivery_attempt", "account"} for r in received} == {
        frozenset({"task_id", "status", "response", "task"}),
        frozenset({"task_id", "status", "task"}),
    }
    assert all(r.json["task"]["task_id"] == r.json["task_id"] for r in received)
    assert {r.headers["Content-Type"] for r in received} == {"application/json"}


def test_a_flask_handler_is_certified_at_its_own_path():
    app = flask.Flask("handler")
    handler = Handler()

    @app.post("/hooks/scale")
    def receive():
        if not handler.is_authentic(flask.request.headers.get("scale-callback-auth")):
            flask.abort(403)
        return "", handler.receive(flask.request.get_json())

    assert failed_cases(app, path="/hooks/scale") == []


def test_a_fastapi_handler_that_validates_strictly_fails_on_unknown_fields_alone():
    app = fastapi.FastAPI()
    handler = Handler()
    known = {"task_id", "status", "response", "task"}

    @app.post("/")
    async def receive(request: fastapi.Request):
        if not handler.is_authentic(request.headers.get("scale-callback-auth")):
            raise fastapi.HTTPException(401)
        body = await request.json()
        if body.keys() - known:
            raise fastapi.HTTPException(422)
        handler.receive(body)

    assert failed_cases(app) == ["unknown_fields"]


def test_a_path_that_no_route_answers_is_named_in_the_advice():
    report = certify_callback_handler(flask.Flask("empty"), auth_key=KEY, path="/hook")

    assert report.findings[0].case == "valid"
    assert report.findings[0].advice.startswith(
        "nothing takes a POST at http://localhost/hook: give the handler's own path=; "
    )


def test_a_handler_with_another_key_is_named_in_the_advice():
    report = certify_callback_handler(Handler(), auth_key="another")

    assert report.findings[0].advice.startswith("the handler refused auth_key=: is it the key")


def test_an_address_where_nobody_listens_fails_every_case():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    report = certify_callback_handler(f"http://127.0.0.1:{port}", auth_key=KEY)

    assert [finding.case for finding in report.findings] == list(CASES)
    assert report.findings[0].got.startswith(
        f"no answer: nothing answered at http://127.0.0.1:{port}: "
    )


def test_a_report_says_in_its_repr_what_failed():
    assert repr(certify_callback_handler(Handler(), auth_key=KEY)) == "<HandlerReport ok>"
    assert repr(certify_callback_handler(TrustsAMissingKey(), auth_key=KEY)) == (
        "<HandlerReport failed: missing_auth>"
    )
    assert repr(certify_callback_handler(TrustsEverybody(), auth_key=KEY)) == (
        "<HandlerReport failed: wrong_auth, missing_auth>"
    )


def test_a_body_is_as_short_as_scale_writes_it():
    received = []

    certify_callback_handler(received.append, auth_key=KEY)

    assert {r.body for r in received} == {
        json.dumps(r.json, separators=(",", ":")).encode() for r in received
    }


@pytest.mark.parametrize(
    ("arguments", "error", "why"),
    [
        (
            {"auth_key": ""},
            ValueError,
            "auth_key is empty: expected the callback key that the handler checks",
        ),
        ({"auth_key": None}, TypeError, "auth_key is None: expected the callback key as a string"),
        (
            {"auth_key": KEY, "path": "hooks"},
            ValueError,
            "path is 'hooks': expected it to begin with '/', such as '/hooks/scale'",
        ),
        ({"target": 7, "auth_key": KEY}, TypeError, "7 cannot receive callbacks"),
        (
            {"target": "http://example.net", "auth_key": KEY},
            ValueError,
            "cannot deliver to 'http://example.net': example.net is not this machine",
        ),
    ],
)
def test_arguments_that_cannot_be_meant_are_refused(arguments, error, why):
    with pytest.raises(error, match=f"^{why}"):
        certify_callback_handler(**{"target": Handler(), **arguments})
