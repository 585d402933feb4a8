"""An export that reads thousands of tasks page by page while labelers and customers go on working.

A task that is there the whole time is exported once, whatever comes and goes meanwhile, and an
export that died goes on from its last page.
"""

import pytest

import scaleapi

# -- the application ----------------------------------------------------------------------------

PAGE = 10


def export(client, write, state):
    """Write the id of each task of the project, newest first.

    `state` is a mapping that outlives a crash, here a dict; it holds the token of the next page.
    """
    while not state.get("done"):
        page = client.tasks(project="notes", limit=PAGE, next_token=state.get("next_token"))
        for task in page:
            write(task.id)
        state["next_token"] = page.next_token
        state["done"] = page.next_token is None


# -- its tests ----------------------------------------------------------------------------------

pytestmark = pytest.mark.scale(projects=[("notes", "categorization")])


@pytest.fixture
def add(scale_client):
    def add(n):
        return [
            scale_client.create_task(
                scaleapi.TaskType.Categorization,
                project="notes",
                attachment_type="text",
                attachment="Moo.",
                categories=["cow", "sheep"],
            ).id
            for _ in range(n)
        ]

    return add


def test_every_task_is_exported_once_while_others_come_and_go(scale, scale_client, add):
    there = add(35)
    written = []

    def write(task_id):
        written.append(task_id)
        add(1)  # somebody submits another one,
        scale.complete(task_id)  # and a labeler finishes the one that was just read

    export(scale_client, write, {})

    assert written == there[::-1]
    assert len(scale.tasks) == 70


def test_tasks_that_are_canceled_meanwhile_move_nothing(scale, scale_client, add):
    there = add(35)
    written = []

    def write(task_id):
        written.append(task_id)
        if len(written) == PAGE:
            scale_client.cancel_task(there[0])  # one of the last page
            scale_client.cancel_task(there[-1])  # one of the first

    export(scale_client, write, {})

    assert written == there[::-1]


def test_an_export_that_died_goes_on_from_its_last_page(scale, scale_client, add):
    there = add(35)
    written, state = [], {}
    third_page = 35 + 3  # requests are counted from 1; the first 35 made the tasks
    scale.faults.add(status=500, when=lambda request: request.n == third_page, times=1)
    impatient = scale.client(max_retries=0)

    with pytest.raises(scaleapi.ScaleInternalError):
        export(impatient, written.append, state)
    assert len(written) == 2 * PAGE
    export(impatient, written.append, state)

    assert written == there[::-1]


def test_a_page_token_that_was_spoiled_is_refused_instead_of_beginning_anew(scale_client, add):
    add(12)

    written = []
    with pytest.raises(scaleapi.ScaleInvalidRequest, match="next_token"):
        export(scale_client, written.append, {"next_token": "spoiled"})
    assert written == []
