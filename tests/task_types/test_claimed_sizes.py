"""A few bytes may claim to be an image of any size; the fake stays quick and says what it took."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import TYPE_CHECKING

import pytest
import requests

if TYPE_CHECKING:
    from scaleapi_testing import FakeScale

LABELS = ["road", {"choice": "car", "instance_label": True}]


def claiming(width: int, height: int) -> str:
    """A ``data:`` URL of the header of a PNG alone."""
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunk = b"IHDR" + header
    png = (
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    )
    return "data:image/png;base64," + base64.b64encode(png).decode()


@pytest.mark.timeout(20)
@pytest.mark.parametrize("side", [30_000, 2**31 - 1])
def test_the_masks_of_an_image_that_claims_too_much_come_at_once(scale: FakeScale, side: int):
    client = scale.client()
    task = client.create_task("segmentannotation", attachment=claiming(side, side), labels=LABELS)

    scale.complete(task)
    task.refresh()

    for url in task.response["annotations"]["combined"].values():
        mask = requests.get(url, timeout=10).content
        assert struct.unpack(">II", mask[16:24]) == (20_000, 20_000)


def test_a_task_says_what_its_attachment_claimed(scale: FakeScale):
    client = scale.client()

    client.create_task(
        "imageannotation",
        attachment=claiming(30_000, 200),
        geometries={"box": {"objects_to_annotate": ["car"]}},
    )

    (notice,) = scale.requests[-1].notices
    assert notice == (
        "the attachment 'data:image/png;base64,iVBORw0KGgoAAAANSU' claims 30000 x 200 pixels and "
        "is taken for 20000 x 200: no side may be longer than 20000"
    )


def test_an_image_of_the_largest_size_is_as_large_as_it_says(scale: FakeScale):
    client = scale.client()

    client.create_task(
        "imageannotation",
        attachment=claiming(20_000, 20_000),
        geometries={"box": {"objects_to_annotate": ["car"]}},
    )

    assert scale.requests[-1].notices == []


@pytest.mark.parametrize("side", [0, -1, 20_001, 1.5, True])
def test_a_size_that_no_image_has_cannot_be_described(scale: FakeScale, side: object):
    with pytest.raises(ValueError, match="a whole number of pixels from 1 to 20000"):
        scale.attachments.describe("https://e.org/a.png", width=side)  # type: ignore[arg-type]
