"""What a program elsewhere does to a fake, and sees of it."""

import pytest


def test_a_task_is_completed_with_a_given_response(scale, control, make_task):
    task_id = make_task()

    done = control("POST", "/complete", {"task": task_id, "response": {"category": "cat"}})

    assert done.json()["document"]["response"] == {"category": "cat"}
    assert scale.tasks[task_id].status == "completed"


def test_a_list_is_filtered_and_paged(control, make_task):
    first, second, third = make_task(), make_task(), make_task(tags=["x"])

    page = control("GET", "/tasks", params={"status": "pending", "limit": 2}).json()
    rest = control("GET", "/tasks", params={"after": page["next"], "limit": 2}).json()
    tagged = control("GET", "/tasks", params={"tags": "x"}).json()

    assert [item["id"] for item in page["items"]] == [first, second]
    assert (page["total"], rest["next"]) == (3, None)
    assert [item["id"] for item in rest["items"] + tagged["items"]] == [third, third]


@pytest.mark.parametrize(
    ("path", "kind", "there_are"),
    [
        ("/tasks", "task", "pending, completed, canceled, error"),
        ("/batches", "batch", "staging, in_progress, completed, paused, cancelled"),
    ],
)
def test_a_status_that_nothing_can_have_is_422(control, path, kind, there_are):
    refused = control("GET", path, params={"status": ["completed", "compleet"]})

    assert refused.status_code == 422
    assert refused.json()["error"]["kind"] == "ValueError"
    assert refused.json()["error"]["message"] == (
        f"no {kind} has the status 'compleet', so nothing can match; did you mean 'completed'? "
        f"there are: {there_are}"
    )


def test_what_contradicts_the_state_is_a_conflict(control):
    past = {"moment": "2001-01-01T00:00:00Z"}

    assert control("POST", "/clock/advance_to", past).status_code == 409


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/worlds", {"test_key_tasks": "pending"}),
        ("/worlds", {"labelers": {"accuracy": 3}}),
        ("/worlds", {"labelers": {"acuracy": 1}}),
        ("/worlds", {"base_urls": ["api.scale.com"]}),
        ("/add_projects", {"projects": [3]}),
        ("/add_projects", {"projects": [["a", "categorization", "b"]]}),
        ("/complete_all", {"statuss": "pending"}),
        ("/callbacks/deliver_to", {"target": "ftp://127.0.0.1"}),
        ("/clock/advance", {}),
        ("/clock/advance", []),
        ("/load_tasks", {"tasks": [{}]}),
        ("/load_tasks", {"tasks": [{"task_id": "6b0898a3a47a4f2000000009"}]}),
    ],
)
def test_an_argument_that_means_nothing_is_422(control, path, body):
    assert control("POST", path, body).status_code == 422


@pytest.mark.parametrize("tasks", ["{path}", ["{path}"], "{{", ""])
def test_the_server_opens_none_of_its_own_files_for_a_caller(control, tmp_path, tasks):
    (tmp_path / "tasks.json").write_text("[]")
    path = str(tmp_path / "tasks.json")
    asked = [path] if isinstance(tasks, list) else tasks.format(path=path)

    refused = control("POST", "/load_tasks", {"tasks": asked})

    assert refused.status_code == 422
    assert "the server opens no file" in refused.json()["error"]["message"]


def test_a_misspelt_setting_of_labelers_is_named(control):
    refused = control("POST", "/worlds", {"labelers": {"acuracy": 1}})

    assert refused.json() == {
        "error": {
            "kind": "TypeError",
            "message": (
                "labelers takes no 'acuracy'; did you mean 'accuracy'? "
                "it takes accuracy, jitter_px, miss_rate, seed"
            ),
            "hint": "GET /_fake/openapi.json says what each operation takes.",
        }
    }


def test_no_key_appears(control, make_task):
    make_task("live_secret_key_of_somebody")

    answers = [
        control("GET", path).text
        for path in ("/tasks", "/requests", "/accounts", "/callbacks", "/dump", "/report")
    ]

    assert "live_secret_key_of_somebody" not in "".join(answers)


def test_virtual_time_is_moved(scale, control):
    before = scale.clock.now()

    moved = control("POST", "/clock/advance", {"hours": 2, "minutes": 30})
    again = control("POST", "/clock/advance", {"by": "1h30m"})

    assert (moved.status_code, again.status_code) == (200, 200)
    assert (scale.clock.now() - before).total_seconds() == 4 * 3600


@pytest.mark.parametrize(
    ("policy", "status"),
    [
        ("2h", "completed"),
        (7200, "completed"),
        ("never", "pending"),
        (None, "pending"),
        ([{"error": {"message": "blurry"}}], "error"),
        ({"canceled": {"after": "1h"}}, "canceled"),
        ({"completed": {"after": "1h", "response": {"category": "dog"}}}, "completed"),
    ],
)
def test_a_policy_has_a_form_in_json(scale, control, make_task, policy, status):
    told = control("POST", "/turnaround", {"policy": policy})
    task_id = make_task()
    scale.clock.advance(hours=2)

    assert told.status_code == 200
    assert scale.tasks[task_id].status == status


def test_a_fault_strikes_and_is_removed_by_its_number(control, api):
    fault = control("POST", "/faults/add", {"status": 503, "path": "/v1/tasks"}).json()
    struck = api("GET", "/v1/tasks").status

    control("POST", "/faults/remove", {"fault": fault["fault"]})

    assert (struck, api("GET", "/v1/tasks").status) == (503, 200)
    assert control("GET", f"/faults/{fault['fault']}").status_code == 404


def test_an_outage_is_switched_on_and_off(control, api):
    control("POST", "/faults/outage")
    during = api("GET", "/v1/tasks").status
    control("POST", "/faults/outage", {"on": False})

    assert (during, api("GET", "/v1/tasks").status) == (503, 200)


def test_an_expectation_that_is_not_met_tells_what_comes_nearest(control, make_task):
    make_task(instruction="first")

    told = control(
        "POST",
        "/requests/expect",
        {"method": "POST", "path": "/v1/task/*", "json": {"instruction": "second"}},
    ).json()

    assert told["met"] is False
    assert 'json.instruction: expected "second", got "first"' in told["text"]


def test_a_callback_is_sent_again(scale, control, make_task):
    scale.complete(make_task(callback_url="https://my.example/hook"))
    number = control("GET", "/callbacks").json()["items"][0]["delivery"]

    again = control("POST", "/callbacks/redeliver", {"delivery": number}).json()

    assert [attempt["status"] for attempt in again["attempts"]] == [200, 200]


def test_a_state_is_kept_compared_and_put_back(scale, control, make_task):
    kept = control("POST", "/snapshot").json()["snapshot"]
    task_id = make_task()

    difference = control("GET", "/diff", params={"snapshot": kept}).json()
    control("POST", "/restore", {"snapshot": kept})

    assert [change["id"] for change in difference["added"]] == [task_id]
    assert len(scale.tasks) == 0


def test_a_dump_is_read_again(scale, control, make_task):
    task_id = make_task()
    dump = control("GET", "/dump").json()
    control("POST", "/reset")

    control("POST", "/load", {"dump": dump})

    assert [task.id for task in scale.tasks] == [task_id]


@pytest.mark.parametrize(
    ("path", "arguments", "status", "kind", "message"),
    [
        ("/complete", {"task": "nope"}, 404, "NoSuchTask", "no task 'nope' in this fake"),
        ("/complete", {}, 422, "TypeError", "complete needs 'task'"),
        ("/complete", {"tsk": "x"}, 422, "TypeError", "did you mean 'task'?"),
        ("/clock/advance", {"hours": -1}, 422, "ValueError", "it would go backwards"),
        ("/clock/advance", {"hours": "two"}, 422, "TypeError", "give a number"),
        ("/faults/add", {"status": 200}, 422, "ValueError", "400 to 599"),
        ("/faults/add", {"status": 503, "path": "/v1/nope"}, 422, "ValueError", "no route answers"),
        (
            "/faults/add",
            {"status": 503, "disconnect": True},
            422,
            "ValueError",
            "exclude each other",
        ),
        ("/faults/add", {}, 422, "ValueError", "nothing is asked for"),
        ("/turnaround", {"policy": "soon"}, 422, "ValueError", "'after_polls': 3"),
        ("/respond", {"task_type": "categorisation", "response": {}}, 404, "LookupError", ""),
        ("/restore", {"snapshot": "s9"}, 404, "LookupError", "no snapshot 's9'"),
        ("/timeline/step", {}, 404, "LookupError", "nothing is planned"),
        ("/nothing", {}, 404, "NotFound", "the control plane has no POST /_fake/nothing"),
    ],
)
def test_what_is_wrong_is_said_in_the_words_of_the_exception(
    control, path, arguments, status, kind, message
):
    refused = control("POST", path, arguments)

    error = refused.json()["error"]
    assert (refused.status_code, error["kind"]) == (status, kind)
    assert message in error["message"]
    assert set(error) == {"kind", "message", "hint"}


def test_an_illegal_move_says_which_are_legal(scale, control, make_task):
    task_id = make_task()
    scale.complete(task_id)

    refused = control("POST", "/complete", {"task": task_id})

    assert refused.status_code == 409
    assert (
        refused.json()["error"]["hint"] == "Legal from here: recall, accept, reject, fix, comment."
    )
    assert refused.json()["details"]["status"] == "completed"


def test_a_body_that_is_no_json_is_refused(control):
    headers = {"Content-Type": "application/json"}

    refused = control("POST", "/reset", data=b"{", headers=headers)

    assert refused.status_code == 422
    assert "a body that is no JSON" in refused.json()["error"]["message"]


def test_health_tells_the_version(control):
    told = control("GET", "/health").json()

    assert told["status"] == "ok"
    assert told["version"].count(".") == 2


def test_metrics_count_calls_by_operation_and_status(control, make_task):
    make_task()
    control("GET", "/tasks")

    text = control("GET", "/metrics").text

    assert 'operation="control tasks",status="200"' in text
    assert 'scale_fake_tasks{world="default"} 1.0' in text


def test_events_tell_what_changed(control, make_task):
    with control("GET", "/events", stream=True) as events:
        lines = events.iter_lines()
        assert next(lines) == b": listening"
        control("POST", "/clock/advance", {"hours": 1})

        told = next(line for line in lines if line.startswith(b"data:"))

    assert b'"what": "control", "name": "clock.advance"' in told
