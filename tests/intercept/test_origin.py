"""Which origin a URL belongs to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaleapi_testing._intercept.origin import (
    host_of,
    is_address,
    is_loopback,
    normal_host,
    normal_origin,
    origin_of,
)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://api.scale.com", "https://api.scale.com"),
        ("HTTPS://API.scale.com/V1", "https://api.scale.com"),
        ("https://api.scale.com:443?a=b", "https://api.scale.com"),
        ("http://api.scale.com:80#x", "http://api.scale.com"),
        ("http://api.scale.com:443/", "http://api.scale.com:443"),
        ("https://user:pass@api.scale.com./", "https://api.scale.com"),
        ("https://user@evil.test/@api.scale.com", "https://evil.test"),
        ("https://evil.test?@api.scale.com", "https://evil.test"),
        ("http://[::1]:8080/v1", "http://[::1]:8080"),
        ("http://[::1]/v1", "http://[::1]"),
        ("http://h:port/", "http://h:port/"),
        ("no-url", "no-url"),
    ],
)
def test_an_origin_is_written_in_one_way(url, origin):
    assert normal_origin(url) == origin


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://api.scale.com:8443", "api.scale.com"),
        ("https://api.scale.com", "api.scale.com"),
        ("http://[::1]:8080", "::1"),
    ],
)
def test_a_host_is_taken_out_of_its_origin(origin, host):
    assert host_of(origin) == host


@pytest.mark.parametrize(
    ("given_host", "host"),
    [(b"API.scale.com.", "api.scale.com"), ("[::1]", "::1"), (None, ""), (7, "")],
)
def test_a_host_is_written_in_one_way(given_host, host):
    assert normal_host(given_host) == host


@pytest.mark.parametrize(
    "host",
    ["", "localhost", "app.localhost", "127.0.0.1", "127.1.2.3", "::1", "0.0.0.0", "::",
     "::ffff:127.0.0.1", "::1%lo"],
)  # fmt: skip
def test_this_machine_is_known_without_a_look_up(host):
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    ["api.scale.com", "localhost.evil.test", "192.0.2.1", "2001:db8::1", "127.evil.test", "1.2.3"],
)
def test_other_machines_are_none_of_ours(host):
    assert not is_loopback(host)


def test_an_address_is_a_host_given_by_number():
    assert is_address("192.0.2.1")
    assert is_address("2001:db8::1")
    assert not is_address("scale4")


HOSTS = st.from_regex(r"[a-z][a-z0-9-]{0,20}(\.[a-z][a-z0-9]{0,8}){0,3}", fullmatch=True)


@given(st.sampled_from(["http", "https"]), HOSTS, st.none() | st.integers(1, 65535), st.text())
def test_parts_and_url_give_the_same_origin(scheme, host, port, rest):
    authority = host if port is None else f"{host}:{port}"

    origin = normal_origin(f"{scheme}://{authority}/{rest}")

    assert origin == origin_of(scheme, host, port)
    assert host_of(origin) == host


@given(st.text())
def test_any_text_has_an_origin_that_stays(text):
    assert normal_origin(normal_origin(text)) == normal_origin(text)
