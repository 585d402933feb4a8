"""Where the size and length of an attachment come from, and in which order sources are asked."""

from __future__ import annotations

import base64
import wave
from io import BytesIO

import pytest
from PIL import Image

from scaleapi_testing import FakeScale

PICTURE = "https://img.example.com/a.png"


def png(width, height):
    file = BytesIO()
    Image.new("L", (width, height)).save(file, "PNG")
    return file.getvalue()


def wav(seconds):
    file = BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(2 * round(8000 * seconds)))
    return file.getvalue()


def uploaded(api, content, name="file"):
    answer = api("POST", "/v1/files/upload", files={"file": (name, content)})
    return answer.json["attachment_url"]


def mask_size(scale, api, attachment, **params):
    """Width and height, in pixels, of the mask that answers a segmentation of ``attachment``."""
    body = {"attachment": attachment, "labels": ["road"], **params}
    task_id = api("POST", "/v1/task/segmentannotation", body).json["task_id"]
    scale.complete(task_id)
    response = api("GET", f"/v1/task/{task_id}").json["response"]
    mask = api.session.get(response["annotations"]["combined"]["indexedImage"], timeout=5)
    return Image.open(BytesIO(mask.content)).size


def transcript_seconds(scale, api, attachment, **params):
    body = {"attachment": attachment, **params}
    task_id = api("POST", "/v1/task/audiotranscription", body).json["task_id"]
    scale.complete(task_id)
    return api("GET", f"/v1/task/{task_id}").json["response"]["duration"]


def test_an_image_nothing_is_known_of_has_640_by_480_pixels(scale, api):
    assert mask_size(scale, api, PICTURE) == (640, 480)


def test_metadata_tells_the_size_of_an_image(scale, api):
    size = {"width": 31, "height": 17}

    assert mask_size(scale, api, PICTURE, metadata=size) == (31, 17)


@pytest.mark.parametrize(
    "metadata",
    [
        {"width": 31},
        {"width": 0, "height": 17},
        {"width": 20_001, "height": 17},
        {"width": "31", "height": "17"},
        {"width": 31.0, "height": 17},
        {"width": True, "height": 17},
    ],
)
def test_a_size_in_metadata_that_is_none_is_not_used(scale, api, metadata):
    assert mask_size(scale, api, PICTURE, metadata=metadata) == (640, 480)


def test_an_uploaded_image_is_measured_whatever_its_metadata_says(scale, api):
    url = uploaded(api, png(13, 29), "a.png")

    assert mask_size(scale, api, url, metadata={"width": 31, "height": 17}) == (13, 29)


def test_an_image_in_a_data_url_is_measured(scale, api):
    url = "data:image/png;base64," + base64.b64encode(png(12, 9)).decode()

    assert mask_size(scale, api, url) == (12, 9)


def test_a_described_size_counts_more_than_a_measured_one(scale, api):
    url = uploaded(api, png(13, 29), "a.png")
    scale.attachments.describe(url, width=40, height=50)

    assert mask_size(scale, api, url) == (40, 50)


@pytest.mark.parametrize(
    ("described", "size"),
    [({"width": 40}, (40, 29)), ({"height": 50}, (13, 50)), ({"frames": 3}, (13, 29))],
)
def test_what_is_not_described_stays_as_it_was_measured(scale, api, described, size):
    url = uploaded(api, png(13, 29), "a.png")
    scale.attachments.describe(url, **described)

    assert mask_size(scale, api, url) == size


def test_a_sound_keeps_its_measured_length_when_something_else_is_described(scale, api):
    url = uploaded(api, wav(2.5), "a.wav")
    scale.attachments.describe(url, fps=25)

    assert transcript_seconds(scale, api, url) == 2.5


def test_what_is_described_later_is_added(scale, api):
    scale.attachments.describe(PICTURE, width=40)
    scale.attachments.describe(PICTURE, height=50)

    assert mask_size(scale, api, PICTURE) == (40, 50)


def test_an_uploaded_sound_is_measured(scale, api):
    url = uploaded(api, wav(2.5), "a.wav")

    assert transcript_seconds(scale, api, url, metadata={"duration": 99}) == 2.5


@pytest.mark.parametrize("content", [b"RIFF", b"RIFF\x00\x00\x00\x00WAVE", wav(0), b"not a sound"])
def test_the_length_of_what_cannot_be_measured_is_told_by_metadata(scale, api, content):
    url = uploaded(api, content, "a.wav")

    assert transcript_seconds(scale, api, url, metadata={"duration": 7.5}) == 7.5


def test_a_described_length_counts_more_than_a_measured_one(scale, api):
    url = uploaded(api, wav(2.5), "a.wav")
    scale.attachments.describe(url, duration=4)

    assert transcript_seconds(scale, api, url) == 4


@pytest.mark.parametrize(
    ("fact", "right"),
    [
        ({"width": 0}, "a whole number of pixels from 1 to 20000"),
        ({"height": 2.5}, "a whole number of pixels from 1 to 20000"),
        ({"width": "640"}, "a whole number of pixels from 1 to 20000"),
        ({"frames": 1.5}, "a whole number of frames above 0"),
        ({"frames": True}, "a whole number of frames above 0"),
        ({"duration": -1}, "seconds, a number above 0"),
        ({"duration": float("inf")}, "seconds, a number above 0"),
        ({"fps": float("nan")}, "frames per second, a number above 0"),
    ],
)
def test_a_fact_that_is_none_is_refused_in_words_that_say_what_would_be_right(fact, right):
    fake = FakeScale()

    with pytest.raises(ValueError, match=right) as refused:
        fake.attachments.describe(PICTURE, **fact)

    assert next(iter(fact)) in str(refused.value)
    assert PICTURE in str(refused.value)


def pages(scale, api, **attachment):
    body = {"features": [{"type": "block", "label": "logo"}], **attachment}
    task_id = api("POST", "/v1/task/documenttranscription", body).json["task_id"]
    scale.complete(task_id)
    return api("GET", f"/v1/task/{task_id}").json["document_pages"]


def test_a_document_has_as_many_pages_as_are_described(scale, api):
    url = uploaded(api, b"%PDF-1.7", "contract.pdf")
    scale.attachments.describe(url, width=600, height=800, frames=3)

    assert pages(scale, api, attachment=url) == [{"width": 600, "height": 800, "url": url}] * 3


def test_a_png_has_one_page(scale, api):
    scale.attachments.describe(PICTURE, frames=3)

    assert len(pages(scale, api, attachment=PICTURE)) == 1


def test_documents_of_several_files_have_their_pages_in_order(scale, api):
    contract = "https://files.example.com/contract.pdf"
    scale.attachments.describe(contract, frames=2)

    found = pages(scale, api, attachments=[PICTURE, contract])

    assert [page["url"] for page in found] == [PICTURE, contract, contract]


TRUE_BOX = {"label": "car", "left": 1, "top": 2, "width": 30, "height": 40}
MOCK = {"label": "van", "left": 0, "top": 0, "width": 100, "height": 100}
BOXES = {"objects_to_annotate": ["car", "van"], "with_labels": True, "attachment": PICTURE}


def answered(scale, api, key, **fields):
    created = api.under(key)("POST", "/v1/task/annotation", BOXES | fields).json["task_id"]
    scale.complete_all()
    return [
        {name: item[name] for name in TRUE_BOX}
        for item in scale.tasks[created].response["annotations"]
    ]


def test_a_test_key_answers_the_recorded_mock(scale, api):
    assert answered(scale, api, "test_k") == [MOCK]


@pytest.mark.parametrize("key", ["test_k", "live_fake"])
def test_a_described_truth_is_found_under_either_kind_of_key(scale, api, key):
    scale.attachments.describe(PICTURE, truth=[TRUE_BOX])

    assert answered(scale, api, key) == [TRUE_BOX]


@pytest.mark.parametrize("key", ["test_k", "live_fake"])
def test_a_truth_in_the_metadata_counts_more_than_a_described_one(scale, api, key):
    scale.attachments.describe(PICTURE, truth=[{**TRUE_BOX, "label": "van"}])

    found = answered(scale, api, key, metadata={"scaleapi_testing_truth": [TRUE_BOX]})

    assert found == [TRUE_BOX]
