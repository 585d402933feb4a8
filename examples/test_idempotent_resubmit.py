"""A nightly job that may be run twice, may die half-way, and never orders the same labels twice."""

import pytest

import scaleapi

# -- the application ----------------------------------------------------------------------------


def order_labels(client, photo, version=1):
    """The task for a photo, whether it is made now or was made before."""
    unique_id = f"{photo}#{version}"
    try:
        return client.create_task(
            scaleapi.TaskType.ImageAnnotation,
            unique_id=unique_id,
            instruction="Draw a box around each cow.",
            attachment=photo,
            geometries={"box": {"objects_to_annotate": ["cow"]}},
        )
    except scaleapi.ScaleDuplicateResource:
        (task,) = client.tasks(unique_id=unique_id)
        return task


def order_again(client, task, photo):
    """Replace an order that was a mistake, under the same name."""
    task.cancel(clear_unique_id=True)
    return order_labels(client, photo)


def nightly(client, photos):
    return [order_labels(client, photo) for photo in photos]


# -- its tests ----------------------------------------------------------------------------------

PHOTOS = [f"https://img.example/{n}.jpg" for n in range(5)]


def test_a_second_run_finds_the_tasks_of_the_first(scale, scale_client):
    first = nightly(scale_client, PHOTOS)
    second = nightly(scale_client, PHOTOS)

    assert second == first
    assert len(scale.tasks) == 5


def test_a_run_that_died_half_way_is_taken_up_again(scale, scale_client):
    nightly(scale_client, PHOTOS[:2])

    nightly(scale_client, PHOTOS)

    assert [task.unique_id for task in scale.tasks] == [f"{photo}#1" for photo in PHOTOS]


def test_a_lost_reply_is_no_second_task(scale, scale_client):
    scale.faults.add(disconnect=True, after_commit=True, path="/v1/task/imageannotation", times=1)

    task = order_labels(scale_client, PHOTOS[0])

    assert [one.id for one in scale.tasks] == [task.id]


def test_a_new_version_is_a_new_task(scale, scale_client):
    old = order_labels(scale_client, PHOTOS[0])
    new = order_labels(scale_client, PHOTOS[0], version=2)

    assert new != old
    assert len(scale.tasks) == 2


def test_a_mistake_can_be_ordered_again_under_the_same_name(scale, scale_client):
    wrong = order_labels(scale_client, PHOTOS[0])

    right = order_again(scale_client, wrong, PHOTOS[0])

    assert scale.tasks[wrong.id].status == "canceled"
    assert right.unique_id == f"{PHOTOS[0]}#1"


def test_labels_that_are_there_already_cannot_be_ordered_again(scale, scale_client):
    task = order_labels(scale_client, PHOTOS[0])
    scale.complete(task)

    with pytest.raises(scaleapi.ScaleInvalidRequest, match="already completed"):
        order_again(scale_client, task, PHOTOS[0])
