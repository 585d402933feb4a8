"""Calls that a fake answers do not search the environment; those that may need to, still do."""

import pytest
import requests
from requests.adapters import HTTPAdapter

from scaleapi_testing import FakeScale

URL = "https://api.scale.com/v1/tasks"
ELSEWHERE = "https://images.example/cow.jpg"
PROXY = "http://proxy.example:3128"


@pytest.fixture(autouse=True)
def proxy(monkeypatch):
    """A proxy in the environment, as many companies set it."""
    for name in ("no_proxy", "NO_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("https_proxy", PROXY)


@pytest.fixture
def searched(monkeypatch):
    """The URLs for which `requests` searched the environment."""
    urls = []
    search = requests.sessions.get_environ_proxies

    def note(url, no_proxy=None):
        urls.append(url)
        return search(url, no_proxy=no_proxy)

    monkeypatch.setattr(requests.sessions, "get_environ_proxies", note)
    return urls


def test_a_call_that_the_fake_answers_searches_no_environment(searched):
    with FakeScale(), requests.Session() as session:
        answer = session.get(URL, auth=("live_x", ""))

    assert (answer.status_code, searched) == (200, [])


def test_code_that_asks_for_the_settings_itself_gets_those_of_the_environment():
    with FakeScale(), requests.Session() as session:
        settings = session.merge_environment_settings(URL, {}, None, None, None)

    assert settings["proxies"] == {"https": PROXY}


def test_a_client_made_while_the_fake_is_active_keeps_the_proxy_for_later():
    import scaleapi

    with FakeScale():
        client = scaleapi.ScaleClient("live_x")

    assert client._transport._proxies["https"] == PROXY


def test_an_adapter_of_the_users_is_given_the_proxies_of_the_environment():
    given = {}

    class Watching(HTTPAdapter):
        def send(self, request, **kwargs):
            given.update(kwargs)
            return super().send(request, **kwargs)

    with FakeScale(), requests.Session() as session:
        session.mount("https://", Watching())
        session.get(URL, auth=("live_x", ""))

    assert given["proxies"] == {"https": PROXY}


def test_settings_of_the_session_hold_for_calls_that_the_fake_answers():
    seen = []

    with FakeScale(), requests.Session() as session:
        session.stream = True
        answer = session.get(URL, auth=("live_x", ""))
        seen.append(answer.raw.closed)
        answer.close()

    assert seen == [False]


def test_another_host_is_still_reached_through_the_proxy_of_the_environment(searched):
    with FakeScale(block_network=True) as scale, requests.Session() as session:
        scale.other_hosts.get(ELSEWHERE, body=b"a cow")
        answer = session.get(ELSEWHERE)

    assert (answer.content, searched) == (b"a cow", [ELSEWHERE])


def test_after_the_last_fake_the_search_is_that_of_requests_again():
    before = vars(requests.Session)["merge_environment_settings"]

    with FakeScale():
        during = vars(requests.Session)["merge_environment_settings"]

    assert during is not before
    assert vars(requests.Session)["merge_environment_settings"] is before
