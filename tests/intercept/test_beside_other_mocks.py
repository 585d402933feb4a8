"""The fake and a test's own mocks, each inside the other: neither hides the other."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import socket

import aiohttp
import httpx
import pytest
import pytest_socket
import requests
import requests_mock
import responses
import respx
import vcr
from moto import mock_aws

from scaleapi_testing import NetworkBlocked

SCALE = "https://api.scale.com/v1/tasks"
OTHER = "https://other.test/thing"


@pytest.fixture(params=["fake outside", "fake inside"])
def both(request, make_fake):
    """Enters the fake and another context manager in either order."""

    @contextlib.contextmanager
    def enter(other):
        fake = make_fake()
        outside_first = request.param == "fake outside"
        outer, inner = (fake, other) if outside_first else (other, fake)
        with outer as first, inner as second:
            yield second if outside_first else first

    return enter


def scale_answers():
    return requests.get(SCALE).json()["fake"] == "fake"


def test_beside_responses(both):
    with both(responses.RequestsMock()) as mock:
        mock.get(OTHER, body="theirs")

        assert scale_answers()
        assert requests.get(OTHER).text == "theirs"
        with pytest.raises(requests.ConnectionError, match="Connection refused by Responses"):
            requests.get("https://unknown.test/")


def test_beside_responses_left_in_another_order(make_fake):
    mock = responses.RequestsMock(assert_all_requests_are_fired=False)
    fake = make_fake()
    with contextlib.ExitStack() as stack:
        with fake:
            stack.enter_context(mock)
            mock.get(OTHER, body="theirs")
            inside = scale_answers()
        after = requests.get(OTHER).text

    assert (inside, after) == (True, "theirs")


def test_under_the_decorator_of_responses(make_fake):
    @responses.activate
    def decorated():
        responses.get(OTHER, body="theirs")
        with make_fake():
            return scale_answers(), requests.get(OTHER).text

    assert decorated() == (True, "theirs")


def test_a_stub_for_scale_itself_is_hidden_by_the_fake(both):
    with both(responses.RequestsMock(assert_all_requests_are_fired=False)) as mock:
        mock.get(SCALE, body="stale stub")

        assert scale_answers()


def test_beside_requests_mock(both):
    with both(requests_mock.Mocker()) as mock:
        mock.get(OTHER, text="theirs")

        assert scale_answers()
        assert requests.get(OTHER).text == "theirs"
        assert scale_answers()
        with pytest.raises(requests_mock.NoMockAddress):
            requests.get("https://unknown.test/")


def test_beside_requests_mock_on_one_session(both):
    session = requests.Session()

    with both(requests_mock.Mocker(session=session)) as mock:
        mock.get(OTHER, text="theirs")

        assert session.get(SCALE).json()["fake"] == "fake"
        assert session.get(OTHER).text == "theirs"
        assert session.get(SCALE).json()["fake"] == "fake"


def test_a_session_that_requests_mock_used_is_whole_afterwards(make_fake):
    session = requests.Session()
    with make_fake(), requests_mock.Mocker() as mock:
        mock.get(OTHER, text="theirs")
        session.get(OTHER)

    adapter = session.get_adapter(SCALE)
    with make_fake("next"):
        answered = session.get(SCALE).json()["fake"]

    assert type(adapter) is requests.adapters.HTTPAdapter
    assert answered == "next"


def test_requests_mock_outlives_the_fake(make_fake):
    session = requests.Session()
    with contextlib.ExitStack() as stack:
        with make_fake():
            mock = stack.enter_context(requests_mock.Mocker())
            mock.get(OTHER, text="theirs")
            session.get(SCALE)
        after = session.get(OTHER).text
        with make_fake("next"):
            answered = session.get(SCALE).json()["fake"]

    assert (after, answered) == ("theirs", "next")


def test_beside_moto(both, monkeypatch):
    boto3 = pytest.importorskip("boto3")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")

    with both(mock_aws()):
        table = boto3.client("dynamodb")
        assert table.list_tables()["TableNames"] == []
        assert scale_answers()


def test_beside_moto_with_the_network_blocked(make_fake, monkeypatch):
    boto3 = pytest.importorskip("boto3")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")

    with make_fake(block_network=True), mock_aws():
        assert boto3.client("dynamodb").list_tables()["TableNames"] == []
        assert scale_answers()


def test_beside_vcrpy(both, tmp_path):
    cassette = tmp_path / "cassette.yaml"
    cassette.write_text(
        f"""\
interactions:
- request: {{body: null, headers: {{}}, method: GET, uri: '{OTHER}'}}
  response:
    body: {{string: recorded}}
    headers: {{}}
    status: {{code: 200, message: OK}}
version: 1
""",
        encoding="utf-8",
    )

    with both(vcr.use_cassette(str(cassette), record_mode="none")) as playing:
        assert scale_answers()
        assert requests.get(OTHER).text == "recorded"
        assert playing.play_count == 1


def test_vcrpy_records_nothing_of_the_fake(both, tmp_path):
    cassette = tmp_path / "new.yaml"

    with both(vcr.use_cassette(str(cassette))) as recording:
        assert scale_answers()
        assert len(recording) == 0


def by_http_client():
    connection = http.client.HTTPSConnection("api.scale.com")
    connection.request("GET", "/v1/tasks")
    return json.load(connection.getresponse())


def by_aiohttp():
    async def call():
        async with aiohttp.ClientSession() as session, session.get(SCALE) as response:
            return await response.json()

    return asyncio.run(call())


@pytest.mark.parametrize("call", [by_http_client, by_aiohttp])
def test_beside_vcrpy_that_ignores_scale(both, tmp_path, call):
    cassette = str(tmp_path / "cassette.yaml")
    with both(
        vcr.use_cassette(cassette, record_mode="none", ignore_hosts=["api.scale.com"])
    ) as recording:
        assert call()["fake"] == "fake"
        assert len(recording) == 0


def test_beside_respx(both):
    with both(respx.mock(assert_all_called=False)) as mock:
        mock.get(OTHER).respond(text="theirs")

        assert scale_answers()
        assert httpx.get(OTHER).text == "theirs"


@pytest.fixture
def socket_blocked():
    @contextlib.contextmanager
    def blocked():
        pytest_socket.disable_socket()
        try:
            yield
        finally:
            pytest_socket._remove_restrictions()

    return blocked


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_beside_pytest_socket(both, socket_blocked):
    with both(socket_blocked()):
        assert scale_answers()
        assert httpx.get(SCALE).json()["fake"] == "fake"
        with pytest.raises((pytest_socket.SocketBlockedError, NetworkBlocked)):
            httpx.get("https://api.scale.com:8443/")
        with pytest.raises(pytest_socket.SocketBlockedError):
            requests.get(OTHER)


def test_pytest_socket_leaves_nothing_behind_a_fake_that_outlives_it(make_fake):
    genuine = socket.getaddrinfo, socket.gethostbyname
    fake = make_fake()
    pytest_socket.disable_socket()

    fake.__enter__()
    pytest_socket._remove_restrictions()
    fake.__exit__()

    assert (socket.getaddrinfo, socket.gethostbyname) == genuine


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_beside_allowed_hosts_of_pytest_socket(both):
    @contextlib.contextmanager
    def allowed():
        pytest_socket.socket_allow_hosts(["127.0.0.1"])
        try:
            yield
        finally:
            pytest_socket._remove_restrictions()

    with both(allowed()), socket.create_server(("127.0.0.1", 0)) as listening:
        assert scale_answers()
        socket.create_connection(listening.getsockname()).close()
        with pytest.raises(pytest_socket.SocketConnectBlockedError):
            socket.create_connection(("192.0.2.1", 80))
