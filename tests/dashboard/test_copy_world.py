"""What was done on a server becomes a test, which runs and passes."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests

BOXES = {"geometries": {"box": {"objects_to_annotate": ["cow"]}}}
URL = "https://img.example.com/cow.png"


@pytest.fixture
def server(scale):
    with scale.serve() as running:
        yield running


@pytest.fixture
def do(server):
    """A control by HTTP, as the pages do it."""

    def send(control, /, **arguments):
        answer = requests.post(f"{server.url}/_fake{control}", json=arguments, timeout=10)
        assert answer.status_code == 200, answer.text

    return send


@pytest.fixture
def copied(server, read):
    """The test that the page shows."""

    def load(since=0):
        page = read(requests.get(f"{server.url}/_fake/ui/copy?since={since}", timeout=10).text)
        return next(e.text for e in page.elements if e.attributes.get("id") == "copy-world")

    return load


def test_a_story_of_calls_controls_faults_and_time_is_retold_and_passes(
    scale, do, copied, pytester
):
    client = scale.client()
    do("/turnaround", policy="2h", project="Cows")
    client.create_project("Cows", "imageannotation", params=BOXES)
    client.create_batch("Cows", "w10")
    create = {"project": "Cows", "batch": "w10", "attachment": URL}
    first = client.create_task("imageannotation", unique_id="belt-1", **create)
    second = client.create_task("imageannotation", **create)
    client.finalize_batch("w10")
    do("/faults/add", status=503, times=1, method="POST", path="/v1/task/*")
    client.create_task("imageannotation", unique_id="belt 3", **create)
    do("/fail", task=second.id, message="it is blurred")
    do("/clock/advance", hours=3)
    do("/audit", task=first.id, accepted=False, comments="a calf is no cow")

    code = copied()

    assert "scale.clock.advance(timedelta(hours=3" in code
    assert "task_belt_1 = client.create_task(" in code
    assert "scale.faults.add(status=503" in code
    pytester.makepyfile(test_copied=code)
    pytester.runpytest("-p", "no:cacheprovider", "-p", "no:asyncio").assert_outcomes(passed=1)


def test_what_stood_before_the_chosen_moment_is_made_first(scale, do, copied, pytester):
    client = scale.client()
    client.create_project("Cows", "imageannotation", params=BOXES)
    task = client.create_task("imageannotation", project="Cows", attachment=URL)
    do("/complete", task=task.id, response={"annotations": []})
    client.audit_task(task.id, accepted=True)

    code = copied(since=2)

    assert "scale.complete(task_1.id, response={'annotations': []})" in code
    assert "assert scale.tasks[task_1.id].customer_review_status == 'accepted'" in code
    pytester.makepyfile(test_copied=code)
    pytester.runpytest("-p", "no:cacheprovider", "-p", "no:asyncio").assert_outcomes(passed=1)


def test_no_key_of_the_world_stands_in_the_test(scale, copied):
    for key in ("live_secret_one", "test_secret_two"):
        scale.client(key).create_task("imageannotation", attachment=URL, **BOXES)

    code = copied()

    assert "secret" not in code
    assert 'client_1 = scale.client("live_account_1")' in code
    assert 'client_2 = scale.client("test_account_2")' in code


def test_what_labelers_did_by_themselves_and_uploads_are_retold_and_pass(
    scale, do, copied, pytester
):
    scale.turnaround(lambda task, random: timedelta(hours=1))
    client = scale.client()
    client.create_project("Cows", "imageannotation", params=BOXES)
    file = client.upload_file(b"a cow", project_name="Cows")
    create = {"project": "Cows", "attachment": file.attachment_url}
    first = client.create_task("imageannotation", unique_id="one", **create)
    client.create_task("imageannotation", unique_id="two", **create)
    do("/complete", task=first.id)
    do("/clock/advance", hours=2)
    client.audit_task(first.id, accepted=False, comments="no cow")
    scale.recall(first.id)
    do("/complete", task=first.id)
    client.audit_task(first.id, accepted=True)

    code = copied()

    assert code.count("scale.complete(task_one.id)") == 2
    assert code.count("scale.recall(task_one.id)") == 1
    assert code.count("scale.complete(task_two.id)") == 1
    assert code.count("attachment=file_1.attachment_url") == 2
    pytester.makepyfile(code)
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


QUESTION = {"attachment": "Moo", "attachment_type": "text", "categories": ["cow", "calf"]}


def test_a_callback_that_failed_and_was_sent_to_an_inbox_is_retold_and_passes(
    scale, server, do, copied, pytester
):
    client = scale.client()
    there = "https://nobody.example.com/hook"
    scale.callbacks.deliver_to("http://127.0.0.1:9")
    task = client.create_task("categorization", callback_url=there, **QUESTION)
    do("/complete", task=task.id)
    target = f"{server.url}/_fake/inbox"
    do("/callbacks/deliver_to", target=target, url_prefix="https://nobody.example.com")
    do("/callbacks/redeliver", delivery=1)
    do("/callbacks/duplicate", delivery=1)

    code = copied()

    assert "#" not in code
    assert (
        "    inbox = []\n"
        "    scale.callbacks.deliver_to(inbox.append, 'https://nobody.example.com')\n"
        "    scale.callbacks.redeliver(scale.callbacks.of(task_1.id)[0])\n"
        "    scale.callbacks.duplicate(scale.callbacks.of(task_1.id)[0])\n"
    ) in code
    assert "assert scale.callbacks.of(task_1.id)[0].succeeded is True" in code
    pytester.makepyfile(test_copied=code)
    pytester.runpytest("-p", "no:cacheprovider", "-p", "no:asyncio").assert_outcomes(passed=1)


def test_a_receiver_beside_the_server_is_stood_for_and_its_comment_says_why(
    scale, do, copied, pytester
):
    client = scale.client()
    there = "https://nobody.example.com/hook"
    do("/callbacks/deliver_to", target="http://127.0.0.1:9")
    task = client.create_task("categorization", callback_url=there, **QUESTION)
    do("/complete", task=task.id)
    do("/callbacks/redeliver", delivery=1)

    code = copied()

    assert (
        "    # http://127.0.0.1:9 listens beside the server, which a test has not: give its app in "
        "place of this\n"
        "    scale.callbacks.deliver_to(lambda callback: 503)\n"
    ) in code
    assert "assert scale.callbacks.of(task_1.id)[0].succeeded is False" in code
    pytester.makepyfile(test_copied=code)
    pytester.runpytest("-p", "no:cacheprovider", "-p", "no:asyncio").assert_outcomes(passed=1)


def test_a_callback_that_was_forgotten_since_is_told_in_a_comment(scale, do, copied):
    client = scale.client()
    scale.callbacks.deliver_to(lambda _: 200)
    url = "https://nobody.example.com/hook"
    task = client.create_task("categorization", callback_url=url, **QUESTION)
    do("/complete", task=task.id)
    do("/callbacks/redeliver", delivery=1)
    do("/callbacks/clear")

    assert (
        "# callbacks.redeliver of callback 1 is not retold: that callback was forgotten since"
        in copied()
    )
