"""What says how to label is checked once for each value: nothing else may pass for it."""

from __future__ import annotations

import pytest

from scaleapi.exceptions import ScaleInvalidRequest
from scaleapi.tasks import TaskType

ATTACHMENT = "https://images.example.com/1.jpg"


@pytest.fixture
def create(scale_client):
    def create(attachment=ATTACHMENT, **box):
        geometries = {"box": {"objects_to_annotate": ["car"], **box}}
        return scale_client.create_task(
            TaskType.ImageAnnotation, attachment=attachment, geometries=geometries
        )

    return create


@pytest.mark.parametrize(("right", "wrong"), [(1, True), (0, False), (2.0, 2.5)])
def test_a_value_that_python_takes_for_a_right_one_is_refused_after_it(create, right, wrong):
    create(min_width=right)

    with pytest.raises(ScaleInvalidRequest, match="Invalid min_width - expected integer"):
        create(min_width=wrong)


def test_an_attachment_is_looked_at_each_time(create):
    create()

    with pytest.raises(ScaleInvalidRequest, match="Please provide an attachment as a URL"):
        create(attachment="street.jpg")


def test_the_same_mistake_is_told_the_same_way_again(create):
    with pytest.raises(ScaleInvalidRequest) as first:
        create(min_width=-1)
    with pytest.raises(ScaleInvalidRequest) as second:
        create(min_width=-1)

    assert str(first.value) == str(second.value)


def test_a_key_that_nothing_reads_is_reported_for_each_task(create, scale):
    create(min_widht=10)
    create(min_widht=10)

    assert scale.requests.unread == ["geometries.box.min_widht"] * 2
