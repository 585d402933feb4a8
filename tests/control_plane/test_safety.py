"""Who the control plane listens to."""

import pytest
import requests

from scaleapi_testing import RemoteFake, WrongToken


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example"])
def test_an_unexpected_host_is_refused(control, host):
    refused = control("GET", "/tasks", headers={"Host": host})

    assert (refused.status_code, refused.json()["error"]["kind"]) == (403, "UnexpectedHost")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1", "[::1]:8000", "LOCALHOST:80"])
def test_names_of_this_machine_are_expected(control, host):
    assert control("GET", "/tasks", headers={"Host": host}).status_code == 200


def test_health_answers_to_any_name(control):
    assert control("GET", "/health", headers={"Host": "fake.internal"}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_write_from_another_site_is_refused(scale, control, make_task, headers):
    make_task()

    refused = control("POST", "/reset", headers=headers)

    assert (refused.status_code, refused.json()["error"]["kind"]) == (403, "ForeignOrigin")
    assert len(scale.tasks) == 1


def test_a_write_from_its_own_site_is_listened_to(scale_server, control):
    headers = {"Origin": scale_server.url, "Sec-Fetch-Site": "same-origin"}

    assert control("POST", "/reset", headers=headers).status_code == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", None])
def test_a_write_says_that_it_is_json(control, kind):
    headers = {} if kind is None else {"Content-Type": kind}

    refused = control("POST", "/reset", data=b"{}", headers=headers)

    assert (refused.status_code, refused.json()["error"]["kind"]) == (415, "UnsupportedMediaType")


def test_no_other_site_may_use_what_is_answered(control):
    headers = control("GET", "/tasks").headers

    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in headers


def test_a_call_of_the_door_with_a_wrong_header_is_refused(scale, scale_server):
    refused = requests.get(
        f"{scale_server.url}/v1/tasks",
        auth=("live_a", ""),
        headers={"scale-fake-door": "{"},
        timeout=10,
    )

    assert refused.status_code == 400
    assert len(scale.requests) == 0


@pytest.fixture
def guarded():
    """The address of a server with an admin token."""
    from scaleapi_testing import FakeScale
    from scaleapi_testing._serve.safety import Safety
    from scaleapi_testing._serve.server import serve
    from scaleapi_testing._worlds.worlds import Worlds

    with serve(Worlds(FakeScale(), FakeScale), safety=Safety("s3cret")) as server:
        yield server.url


@pytest.mark.parametrize("token", [None, "Bearer", "Bearer wrong", "Basic s3cret", "Bearer s3cre"])
def test_without_the_token_nothing_is_told(guarded, token):
    headers = {} if token is None else {"Authorization": token}

    answers = [
        requests.get(f"{guarded}{path}", headers=headers, timeout=10)
        for path in ("/_fake/tasks", "/_fake/nothing", "/_fake/openapi.json", "/w/x/_fake/tasks")
    ]

    assert [answer.status_code for answer in answers] == [401] * 4
    assert {answer.headers["WWW-Authenticate"] for answer in answers} == {"Bearer"}
    assert requests.get(f"{guarded}/_fake/health", timeout=10).status_code == 200


def test_a_login_gives_a_cookie_that_holds_no_token(guarded):
    with requests.Session() as session:
        wrong = session.post(f"{guarded}/_fake/login", json={"token": "wrong"}, timeout=10)
        right = session.post(f"{guarded}/_fake/login", json={"token": "s3cret"}, timeout=10)
        listed = session.get(f"{guarded}/_fake/tasks", timeout=10)

    assert (wrong.status_code, right.status_code, listed.status_code) == (401, 200, 200)
    cookie = right.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "s3cret" not in cookie


def test_a_remote_fake_needs_the_token_too(guarded):
    with pytest.raises(WrongToken, match="--admin-token"):
        RemoteFake(guarded)

    with RemoteFake.create(guarded, "s3cret") as scale:
        answer = requests.get("https://api.scale.com/v1/tasks", auth=("live_a", ""), timeout=10)

    assert answer.status_code == 200
    assert "s3cret" not in repr(scale)
