"""Names and values of headers: found whatever their case, and masked where people read them."""

from __future__ import annotations

import pytest

from scaleapi_testing._http.headers import Headers


def test_headers_with_secrets_are_masked_in_the_repr_alone():
    headers = Headers(
        {
            "Authorization": "Basic bGl2ZQ==",
            "Scale-Callback-Auth": "live_callback",
            "Cookie": "session=1234567890",
            "X-Plain": "seen",
        }
    )

    assert repr(headers) == (
        "{'Authorization': 'Basic …', 'Scale-Callback-Auth': 'live_cal…', "
        "'Cookie': 'session=…', 'X-Plain': 'seen'}"
    )
    assert headers["authorization"] == "Basic bGl2ZQ=="
    assert repr(Headers({"authorization": "live_bare"})) == "{'authorization': '…'}"


def test_headers_are_a_read_only_mapping_with_the_names_as_given():
    headers = Headers({"X-A": "1"})

    assert (list(headers), len(headers), "x-a" in headers, 7 in headers) == (
        ["X-A"],
        1,
        True,
        False,
    )
    with pytest.raises(KeyError, match="'X-B'"):
        headers["X-B"]
