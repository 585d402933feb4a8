"""Files that responses point at can be fetched without a key, also after a dump."""

from __future__ import annotations

from scaleapi_testing import FakeScale


def segmentation(client):
    return client.create_task(
        "segmentannotation", attachment="https://img.example.com/a.png", labels=["road", "car"]
    )


def test_a_mask_is_fetched_without_a_key_and_is_the_same_each_time(scale, api):
    task = segmentation(scale.client("test_k"))
    url = task.as_dict()["response"]["annotations"]["combined"]["indexedImage"]

    first = api.session.get(url, timeout=5)
    second = api.session.get(url, timeout=5)

    assert first.headers["Content-Type"] == "image/png"
    assert first.content.startswith(b"\x89PNG")
    assert second.content == first.content
    assert api("GET", "/results/unknown", auth=None).status == 404


def test_masks_survive_a_dump(scale, tmp_path):
    task = segmentation(scale.client("test_k"))
    url = task.as_dict()["response"]["annotations"]["combined"]["indexedImage"]

    scale.dump(tmp_path / "d.json")
    loaded = FakeScale.load(tmp_path / "d.json")

    import httpx

    with httpx.Client(transport=loaded.httpx_transport()) as client:
        assert client.get(url).content.startswith(b"\x89PNG")
