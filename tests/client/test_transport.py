"""One kept-alive session, its headers, time-outs, proxies and certificates."""

from __future__ import annotations

import gc
import ssl
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import trustme

import scaleapi
from scaleapi.exceptions import ScaleConnectionError, ScaleConnectionTimeout, ScaleException


def test_ten_calls_share_one_connection(server, client):
    for _ in range(10):
        client.get_task("a")

    assert len(server.received) == 10
    assert len({request.peer for request in server.received}) == 1


def test_sixteen_threads_share_one_client(server, client, answer):
    server.otherwise = lambda request: answer({"task_id": request.path.rsplit("/", 1)[1]})
    ids = [f"{n:024x}" for n in range(320)]

    with ThreadPoolExecutor(16) as pool:
        tasks = list(pool.map(client.get_task, ids))

    assert [task.id for task in tasks] == ids
    assert len({request.peer for request in server.received}) <= 16


def test_the_key_travels_as_basic_user_without_password(server, client):
    client.get_task("a")

    expected = "Basic bGl2ZV8wMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjo="
    assert server.received[0].headers["authorization"] == expected


def test_the_user_agent_names_package_python_and_source(server):
    with scaleapi.ScaleClient("k", source="robots", api_instance_url=server.url) as client:
        client.get_task("a")

    agent = server.received[0].headers["user-agent"]
    python = ".".join(str(part) for part in sys.version_info[:3])
    assert agent == f"scaleapi/{scaleapi.__version__} Python/{python} OS/{sys.platform} robots"


def test_a_base_url_may_end_in_a_slash(server):
    with scaleapi.ScaleClient("k", api_instance_url=server.url + "/") as client:
        client.get_task("a")

    assert server.received[0].path == "/v1/task/a"


def test_path_segments_are_encoded_with_nothing_kept_safe(server, client, answer):
    server.answers(answer({"name": "x", "type": "y"}))

    client.get_project("a b/c?#%é")

    assert server.received[0].path == "/v1/projects/a%20b%2Fc%3F%23%25%C3%A9"


@pytest.mark.parametrize("name", [".", ".."])
def test_a_name_of_dots_stays_in_its_place(server, client, answer, name):
    server.answers(answer({"name": name, "type": "y"}))

    client.get_project(name)

    assert server.received[0].path == "/v1/projects/" + "%2E" * len(name)


@pytest.mark.parametrize(
    ("bad", "text"),
    [
        ("", "task_id must not be empty"),
        (None, "task_id must be a string, got None"),
        (7, "task_id must be a string, got 7"),
        ("\ud800", "task_id is not text that UTF-8 can carry: '\\ud800'"),
    ],
)
def test_an_id_that_cannot_stand_in_a_path_is_refused_unsent(server, client, bad, text):
    with pytest.raises(scaleapi.ScaleInvalidRequest) as caught:
        client.get_task(bad)

    assert caught.value.message == text
    assert server.received == []


def test_empty_bodies_are_sent_as_json(server, client):
    client.set_task_metadata("a", {})
    client.set_task_tags("a", [])

    assert [request.body for request in server.received] == [b"{}", b"[]"]


def test_a_body_without_json_form_is_refused_unsent(server, client):
    with pytest.raises(scaleapi.ScaleInvalidRequest, match="cannot be sent as JSON"):
        client.set_task_metadata("a", {"x": {1, 2}})
    with pytest.raises(scaleapi.ScaleInvalidRequest, match="cannot be sent as JSON"):
        client.set_task_metadata("a", {"x": float("nan")})

    assert server.received == []


@pytest.mark.slow
def test_an_answer_that_does_not_come_is_given_up(server, answer):
    never = threading.Event()
    server.otherwise = lambda request: answer(wait_for=never)
    client = scaleapi.ScaleClient("k", api_instance_url=server.url, timeout=0.05, max_retries=1)

    with pytest.raises(ScaleConnectionTimeout) as caught:
        client.get_task("a")

    never.set()
    client.close()
    assert caught.value.code is None
    assert caught.value.attempts == 2
    assert "GET /v1/task/a, 2 attempts" in str(caught.value)


def test_a_client_has_a_timeout_by_default(client):
    assert client._transport._timeout == (10.0, 60.0)


def test_no_server_is_a_scale_exception_that_keeps_its_cause():
    client = scaleapi.ScaleClient("k", api_instance_url="http://127.0.0.1:9/v1", backoff_factor=0)

    with pytest.raises(ScaleConnectionError) as caught:
        client.get_task("a")

    error = caught.value
    assert type(error.__cause__).__module__ == "requests.exceptions"
    assert (error.method, error.path, error.attempts) == ("GET", "/v1/task/a", 4)
    assert "127.0.0.1:9" in error.message
    assert "refused" in error.message
    assert " object at 0x" not in error.message


def test_a_body_that_is_cut_is_no_answer(server, client, answer):
    server.answers(answer({"task_id": "a"}, cut=True))

    with pytest.raises(ScaleConnectionError, match="GET /v1/task/a"):
        client.get_task("a")


def test_a_redirect_is_not_followed_with_the_key(server, client, answer):
    server.answers(answer({}, status=302, headers={"Location": "https://elsewhere.example/"}))

    with pytest.raises(ScaleException) as caught:
        client.get_task("a")

    assert caught.value.code == 302
    assert "https://elsewhere.example/" in caught.value.message
    assert len(server.received) == 1


def test_a_redirect_to_an_address_with_the_key_does_not_show_the_key(
    server, client, answer, api_key
):
    moved = f"https://elsewhere.example/?key={api_key}"
    server.answers(answer({}, status=302, headers={"Location": moved}))

    with pytest.raises(ScaleException) as caught:
        client.get_task("a")

    assert "https://elsewhere.example/?key=" in caught.value.message
    assert api_key not in str(caught.value)


def test_cookies_are_not_sent_back(server, client, answer, make_task_json):
    server.answers(answer(make_task_json(), headers={"Set-Cookie": "a=b"}))

    client.get_task("a")
    client.get_task("a")

    assert "cookie" not in server.received[1].headers


def test_a_proxy_of_the_environment_is_used(server, monkeypatch):
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.port}")
    client = scaleapi.ScaleClient("k", api_instance_url="http://scale.invalid/v1")
    monkeypatch.delenv("http_proxy")

    client.get_task("a")

    client.close()
    assert server.received[0].path == "http://scale.invalid/v1/task/a"


def test_no_proxy_of_the_environment_is_obeyed(server, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    client = scaleapi.ScaleClient("k", api_instance_url=server.url)

    client.get_task("a")

    client.close()
    assert server.received[0].path == "/v1/task/a"


def test_a_proxy_given_to_the_client_goes_before_the_environments(server, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    client = scaleapi.ScaleClient(
        "k",
        api_instance_url="http://scale.invalid/v1",
        proxies={"http": f"http://127.0.0.1:{server.port}"},
    )

    client.get_task("a")

    client.close()
    assert server.received[0].path == "http://scale.invalid/v1/task/a"


def test_a_netrc_entry_does_not_replace_the_key(server, client, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login other password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))

    client.get_task("a")

    assert server.received[0].headers["authorization"].startswith("Basic bGl2ZV8w")


def test_a_call_does_not_look_at_the_environment(client):
    client.get_task("a")
    looked: list[str] = []

    def watch(frame, event, arg):
        name = frame.f_code.co_name
        if event == "call" and name in {"getproxies_environment", "get_netrc_auth", "environ"}:
            looked.append(name)
        if event == "call" and frame.f_code.co_filename.endswith("os.py") and "item" in name:
            looked.append(name)

    sys.setprofile(watch)
    try:
        client.get_task("a")
    finally:
        sys.setprofile(None)

    assert looked == []


@pytest.fixture
def tls_server(server, tmp_path):
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    server.http.socket = context.wrap_socket(server.http.socket, server_side=True)
    server.ca_file = str(tmp_path / "ca.pem")
    authority.cert_pem.write_to_path(server.ca_file)
    server.url = server.url.replace("http:", "https:")
    return server


def test_a_ca_bundle_of_the_environment_is_trusted(tls_server, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", tls_server.ca_file)
    client = scaleapi.ScaleClient("k", api_instance_url=tls_server.url)
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")

    client.get_task("a")

    client.close()
    assert len(tls_server.received) == 1


def test_a_ca_bundle_given_as_verify_is_trusted(tls_server):
    with scaleapi.ScaleClient("k", None, tls_server.url, tls_server.ca_file) as client:
        client.get_task("a")

    assert len(tls_server.received) == 1


def test_an_unknown_certificate_is_refused(tls_server):
    client = scaleapi.ScaleClient("k", api_instance_url=tls_server.url, max_retries=0)

    with pytest.raises(ScaleConnectionError, match="certificate verify failed"):
        client.get_task("a")

    client.close()
    assert tls_server.received == []


def test_closing_a_client_leaves_no_open_socket(server):
    client = scaleapi.ScaleClient("k", api_instance_url=server.url)
    client.get_task("a")

    client.close()
    del client
    gc.collect()  # a socket left open is a ResourceWarning, which fails the suite


def test_a_closed_client_opens_again(server, client):
    client.close()

    assert client.get_task("a").status == "pending"


@pytest.mark.parametrize("key", ["", "   ", None, 5])
def test_a_key_that_is_none_is_refused(key):
    with pytest.raises(ValueError, match="api_key must be a non-empty string"):
        scaleapi.ScaleClient(key)


def test_a_key_with_a_line_end_is_refused_without_showing_it():
    with pytest.raises(ValueError, match="white space") as caught:
        scaleapi.ScaleClient("live_secret_secret\n")

    assert "secret" not in str(caught.value)


def test_an_address_without_scheme_is_refused():
    with pytest.raises(ValueError, match="must begin with https:// or http://"):
        scaleapi.ScaleClient("k", api_instance_url="api.scale.com/v1")


def test_a_negative_number_of_retries_is_refused():
    with pytest.raises(ValueError, match="max_retries must not be negative"):
        scaleapi.ScaleClient("k", max_retries=-1)
