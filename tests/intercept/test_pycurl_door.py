"""`pycurl` cannot be answered, and is refused the fake's hosts where that can be seen."""

from __future__ import annotations

import pytest

from scaleapi_testing._intercept.network_guard import NetworkBlocked

pycurl = pytest.importorskip("pycurl")


@pytest.mark.parametrize(
    "url",
    ["https://api.scale.com/v1/tasks", b"https://api.scale.com/v1/tasks", "api.scale.com/v1/tasks"],
)
def test_a_handle_is_refused_the_fakes_host(fake, url):
    handle = pycurl.Curl()

    with pytest.raises(NetworkBlocked, match="scale_server"):
        handle.setopt(pycurl.URL, url)


def test_the_other_way_to_say_an_address_is_refused_too(fake):
    with pytest.raises(NetworkBlocked):
        pycurl.Curl().setopt_string(pycurl.URL, "https://api.scale.com/")


def test_other_hosts_and_options_are_left_alone(fake):
    handle = pycurl.Curl()
    handle.setopt(pycurl.URL, "https://other.test/")
    handle.setopt(pycurl.VERBOSE, 0)

    assert isinstance(handle, pycurl.Curl)


def test_with_the_network_blocked_other_hosts_are_refused(make_fake):
    with make_fake(block_network=True):
        pycurl.Curl().setopt(pycurl.URL, "http://127.0.0.1:9/")
        with pytest.raises(NetworkBlocked, match=r"refused to reach other\.test"):
            pycurl.Curl().setopt(pycurl.URL, "https://other.test/")


def test_what_was_replaced_is_put_back_and_a_handle_goes_on(make_fake):
    genuine = pycurl.Curl
    with make_fake():
        handle = pycurl.Curl()

    handle.setopt(pycurl.URL, "https://api.scale.com/")
    assert pycurl.Curl is genuine
    assert isinstance(handle, genuine)
