"""What a client built on `requests` sees of the fake."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import MaxRetryError, ProtocolError, ResponseError
from urllib3.util import Retry, Timeout

from scaleapi_testing._intercept.requests_door import fake_adapter

TASKS = "https://api.scale.com/v1/tasks"


@pytest.fixture
def retrying():
    """A session as careful clients make it."""
    retries = Retry(
        total=3,
        backoff_factor=1,
        status_forcelist=[429, 500, 503],
        allowed_methods=None,
        raise_on_status=False,
    )
    session = requests.Session()
    session.mount("https://", HTTPAdapter(max_retries=retries))
    return session


def test_a_plain_call_is_answered(fake):
    response = requests.get(TASKS, timeout=5)

    assert response.status_code == 200
    assert response.reason == "OK"
    assert response.json() == {"fake": "fake", "n": 1, "method": "GET", "path": "/v1/tasks"}
    assert response.elapsed < timedelta(seconds=5)


def test_a_session_made_before_the_start_is_caught(make_fake):
    session = requests.Session()

    with make_fake():
        response = session.get(TASKS)

    assert response.json()["fake"] == "fake"


@pytest.mark.parametrize(
    "url",
    [
        "https://API.Scale.com/v1/tasks",
        "https://api.scale.com:443/v1/tasks",
        "https://api.scale.com./v1/tasks",
        "https://user:word@api.scale.com/v1/tasks",
        "https://api.scaleapi.com/v1/tasks",
    ],
)
def test_every_spelling_of_the_origin_is_the_fake(fake, url):
    assert requests.get(url).json()["path"] == "/v1/tasks"


def test_path_and_query_arrive_as_they_were_sent(fake):
    requests.get("https://api.scale.com/v1/a%2Fb/c?tags=x%20y&tags=z#part")

    call = fake.app.calls[0]
    assert (call.origin, call.path, call.query) == (
        "https://api.scale.com",
        "/v1/a%2Fb/c",
        "tags=x%20y&tags=z",
    )


def test_an_origin_without_a_path_asks_for_the_root(fake):
    requests.get("https://api.scale.com?limit=1")

    assert (fake.app.calls[0].path, fake.app.calls[0].query) == ("/", "limit=1")


def test_headers_arrive_in_lower_case(fake):
    requests.get(TASKS, headers={"X-Team": "cows", "X-Raw": b"bytes"}, auth=("live_key", ""))

    headers = fake.app.calls[0].headers
    assert headers["x-team"] == "cows"
    assert headers["x-raw"] == "bytes"
    assert headers["authorization"].startswith("Basic ")
    assert headers["host"] == "api.scale.com"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"plain", b"plain"),
        ("täxt", "täxt".encode()),
        ({"a": "1 2"}, b"a=1+2"),
        (io.BytesIO(b"a file"), b"a file"),
        (io.StringIO("a text file"), b"a text file"),
        ((part for part in (b"in ", "parts")), b"in parts"),
        (bytearray(b"array"), b"array"),
        (None, b""),
    ],
    ids=["bytes", "text", "form", "file", "text file", "generator", "bytearray", "nothing"],
)
def test_bodies_of_every_kind_arrive_whole(fake, data, expected):
    requests.post(TASKS, data=data)

    assert fake.app.calls[0].body == expected


def test_a_multipart_upload_arrives_whole(fake):
    requests.post("https://api.scale.com/v1/files/upload", files={"file": ("a.png", b"\x89PNG")})

    call = fake.app.calls[0]
    assert call.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert b'filename="a.png"' in call.body
    assert b"\x89PNG" in call.body


@pytest.mark.parametrize(
    ("timeout", "read", "connect"),
    [
        (None, None, None),
        (7, 7, 7),
        (2.5, 2.5, 2.5),
        ((3, 9), 9, 3),
        ((None, 9), 9, None),
        (Timeout(total=4), 4, 4),
        (Timeout(connect=1, read=6, total=5), 5, 1),
    ],
)
def test_timeouts_reach_the_fake_in_seconds(fake, timeout, read, connect):
    requests.get(TASKS, timeout=timeout)

    call = fake.app.calls[0]
    assert (call.read_timeout, call.connect_timeout) == (read, connect)


@pytest.mark.parametrize("timeout", [0, -1, "soon", (1, 2, 3)])
def test_a_timeout_that_is_none_is_refused_as_over_a_connection(fake, timeout):
    with pytest.raises(ValueError, match=r"(?i)timeout|unpack"):
        requests.get(TASKS, timeout=timeout)


def test_hooks_cookies_and_session_headers_work(fake):
    seen = []
    session = requests.Session()
    session.headers["X-Session"] = "yes"
    session.cookies.set("flavour", "oat", domain="api.scale.com")
    session.hooks["response"].append(lambda response, **_: seen.append(response.status_code))

    session.get(TASKS)

    assert seen == [200]
    assert fake.app.calls[0].headers["x-session"] == "yes"
    assert fake.app.calls[0].headers["cookie"] == "flavour=oat"


def test_a_retried_call_carries_its_true_history(fake, reply, retrying):
    fake.next(reply(status=503), reply(status=500))

    response = retrying.post(TASKS, json={})

    history = response.raw.retries.history
    assert response.status_code == 200
    assert [(entry.method, entry.url, entry.status) for entry in history] == [
        ("POST", "/v1/tasks", 503),
        ("POST", "/v1/tasks", 500),
    ]


def test_back_off_moves_the_clock_and_takes_no_time(fake, reply, retrying):
    fake.next(reply(status=503), reply(status=503), reply(status=503))

    response = retrying.get(TASKS)

    assert response.status_code == 200
    assert fake.clock.waits == [2, 4]
    assert response.elapsed < timedelta(seconds=2)


def test_retry_after_is_what_the_clock_moves_by(fake, reply, retrying):
    fake.next(reply(status=429, headers=[("Retry-After", "30")]))

    retrying.get(TASKS)

    assert fake.clock.waits == [30]


def test_spent_retries_return_the_last_answer_when_told_so(fake, reply, retrying):
    fake.next(*(reply(status=500) for _ in range(4)))

    response = retrying.get(TASKS)

    assert response.status_code == 500
    assert len(response.raw.retries.history) == 3


def test_spent_retries_raise_retry_error_otherwise(fake, reply):
    session = requests.Session()
    session.mount("https://", HTTPAdapter(max_retries=Retry(total=1, status_forcelist=[500])))
    fake.next(reply(status=500), reply(status=500))

    with pytest.raises(requests.exceptions.RetryError) as caught:
        session.get(TASKS)

    assert isinstance(caught.value.args[0], MaxRetryError)
    assert isinstance(caught.value.args[0].reason, ResponseError)
    assert str(caught.value) == (
        "HTTPSConnectionPool(host='api.scale.com', port=443): Max retries exceeded with url: "
        "/v1/tasks (Caused by ResponseError('too many 500 error responses'))"
    )


def test_an_adapter_for_the_origin_alone_is_honoured(fake, reply):
    session = requests.Session()
    session.mount(
        "https://api.scale.com/v1", HTTPAdapter(max_retries=Retry(1, status_forcelist=[418]))
    )
    fake.next(reply(status=418))

    assert session.get(TASKS).status_code == 200


def test_a_disconnect_is_a_connection_error(fake, failure):
    fake.next(failure("disconnect"))

    with pytest.raises(requests.exceptions.ConnectionError) as caught:
        requests.get(TASKS)

    assert isinstance(caught.value.args[0], ProtocolError)
    assert "Remote end closed connection without response" in str(caught.value)
    assert caught.value.request.url == TASKS


def test_a_disconnect_is_retried_where_reads_are(fake, failure, retrying):
    fake.next(failure("disconnect"))

    response = retrying.get(TASKS)

    (entry,) = response.raw.retries.history
    assert isinstance(entry.error, ProtocolError)


def test_a_read_timeout_is_raised_in_the_words_of_a_real_one(fake, failure):
    fake.next(failure("read_timeout"))

    with pytest.raises(requests.exceptions.ReadTimeout) as caught:
        requests.get(TASKS, timeout=5)

    assert str(caught.value) == (
        "HTTPSConnectionPool(host='api.scale.com', port=443): Read timed out. (read timeout=5)"
    )


def test_a_connect_timeout_is_raised_as_one(fake, failure):
    fake.next(failure("connect_timeout"))

    with pytest.raises(requests.exceptions.ConnectTimeout, match=r"timed out. .connect timeout=5"):
        requests.get(TASKS, timeout=5)


def test_a_spent_retry_of_a_broken_connection_is_a_connection_error(fake, failure, retrying):
    fake.next(*(failure("disconnect") for _ in range(4)))

    with pytest.raises(requests.exceptions.ConnectionError, match="Max retries exceeded"):
        retrying.get(TASKS)


def test_a_truncated_body_is_raised_unretried(fake, cut, retrying):
    fake.next(cut({"task_id": "66f0", "status": "pending"}))

    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        retrying.post(TASKS, json={})

    assert len(fake.app.calls) == 1


def test_a_truncated_body_gives_its_beginning_to_a_stream(fake, cut):
    fake.next(cut({"task_id": "66f0", "status": "pending"}))
    response = requests.get(TASKS, stream=True)

    chunks = response.iter_content(4)

    assert next(chunks) == b'{"ta'
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        list(chunks)


def test_a_streamed_body_comes_in_pieces(fake, reply):
    fake.next(reply({"a": 1}))
    response = requests.get(TASKS, stream=True)

    assert list(response.iter_content(3)) == [b'{"a', b'": ', b"1}"]


def test_the_raw_body_reads_like_a_file(fake, reply):
    fake.next(reply({"a": 1}))
    response = requests.get(TASKS, stream=True)

    assert response.raw.read() == b'{"a": 1}'
    assert response.raw.read() == b""


def test_a_head_request_has_no_body(fake, reply):
    fake.next(reply({"a": 1}))

    response = requests.head(TASKS)

    assert response.content == b""
    assert response.headers["Content-Length"] == "8"


def test_a_file_is_sent_again_from_where_it_began(fake, reply, retrying):
    file = io.BytesIO(b"skip this, send this")
    file.seek(11)
    fake.next(reply(status=503))

    retrying.post(TASKS, data=file)

    assert [call.body for call in fake.app.calls] == [b"send this", b"send this"]


def test_a_spent_generator_is_sent_again_as_nothing(fake, reply, retrying):
    fake.next(reply(status=503))

    retrying.post(TASKS, data=(part for part in (b"once",)))

    assert [call.body for call in fake.app.calls] == [b"once", b""]


def test_a_retried_call_is_a_request_of_its_own(fake, reply, retrying):
    fake.next(reply(status=503))

    retrying.get(TASKS)

    assert fake.app.calls[0] is not fake.app.calls[1]


def test_an_exception_of_a_callback_target_is_raised_as_it_is(fake, reply, retrying):
    first, second = ValueError("handler broke"), KeyError("too")
    fake.next(reply(raised=[first, second]))

    with pytest.raises(ValueError, match="handler broke") as caught:
        retrying.post(TASKS, json={})

    assert caught.value is first
    assert caught.value.scale_callback_target is True
    assert caught.value.__notes__ == ["and then: KeyError: 'too'"]
    assert len(fake.app.calls) == 1


@pytest.mark.parametrize("kind", [ProtocolError("own"), requests.exceptions.ReadTimeout("own")])
def test_a_target_may_raise_what_a_connection_raises(fake, reply, kind):
    fake.next(reply(raised=[kind]))

    with pytest.raises(type(kind)) as caught:
        requests.get(TASKS)

    assert caught.value is kind


def test_a_target_may_raise_while_a_client_backs_off(fake, reply, retrying):
    fake.clock.raising = ProtocolError("due meanwhile")
    fake.next(reply(status=429, headers=[("Retry-After", "30")]))

    with pytest.raises(ProtocolError, match="due meanwhile") as caught:
        retrying.get(TASKS)

    assert caught.value.scale_callback_target is True


def test_jitter_of_our_own_client_is_the_fakes(fake, reply):
    class Jittered(Retry):
        source = None

        def with_jitter(self, source):
            copy = self.new()
            copy.source = source
            return copy

        def new(self, **kw):
            copy = super().new(**kw)
            copy.source = self.source
            return copy

        def get_backoff_time(self):
            return 1 + self.source()

    session = requests.Session()
    session.mount("https://", HTTPAdapter(max_retries=Jittered(3, status_forcelist=[503])))
    fake.next(reply(status=503), reply(status=503))

    session.get(TASKS)

    assert fake.clock.waits == [1, 1.125]


def test_what_a_users_adapter_adds_to_send_stays_in_force(fake):
    class DefaultTimeout(HTTPAdapter):
        def send(self, request, **kwargs):
            kwargs["timeout"] = kwargs.get("timeout") or 11
            request.headers["X-Sent-By"] = type(self).__name__
            return super().send(request, **kwargs)

    session = requests.Session()
    session.mount("https://", DefaultTimeout())

    session.get(TASKS)
    session.get(TASKS)

    assert [call.read_timeout for call in fake.app.calls] == [11, 11]
    assert fake.app.calls[0].headers["x-sent-by"] == "DefaultTimeout"


def test_what_a_users_adapter_makes_of_a_response_stays_in_force(fake):
    class Shouting(HTTPAdapter):
        def build_response(self, req, resp):
            response = super().build_response(req, resp)
            response.reason = response.reason.upper() + "!"
            return response

    session = requests.Session()
    session.mount("https://", Shouting())

    assert session.get(TASKS).reason == "OK!"


class Signing(requests.adapters.BaseAdapter):
    """An adapter by composition: adds a header and lets an inner one send."""

    def __init__(self):
        super().__init__()
        self.inner = HTTPAdapter(max_retries=Retry(1, status_forcelist=[503]))

    def send(self, request, *args, **kwargs):
        request.headers["X-Signature"] = "signed"
        return self.inner.send(request, *args, **kwargs)

    def close(self):
        self.inner.close()


def test_a_mounted_adapter_that_only_calls_one_of_requests_runs(fake, reply):
    session = requests.Session()
    session.mount("https://", Signing())
    fake.next(reply(status=503))

    response = session.get(TASKS)

    assert response.status_code == 200
    assert [call.headers["x-signature"] for call in fake.app.calls] == ["signed", "signed"]


def test_a_mounted_adapter_that_answers_by_itself_is_left_alone(fake):
    class Elsewhere(requests.adapters.BaseAdapter):
        def send(self, request, *_, **__):
            response = requests.Response()
            response.status_code = 418
            response.request = request
            return response

        def close(self):
            pass

    session = requests.Session()
    session.mount("https://", Elsewhere())

    assert session.get(TASKS).status_code == 418
    assert fake.app.calls == []


class Blocks:
    """A body that is read by sizes alone, as botocore's and tqdm's wrappers are."""

    def __init__(self, content):
        self._left = content

    def __iter__(self):
        raise AssertionError

    def read(self, size):
        block, self._left = self._left[:size], self._left[size:]
        return block


def test_a_body_whose_read_needs_a_size_is_read_in_blocks(fake):
    requests.post(TASKS, data=Blocks(b"x" * 40_000))

    assert fake.app.calls[0].body == b"x" * 40_000


def test_a_users_get_adapter_is_asked_for_its_retries(fake, reply):
    class Chooser(requests.Session):
        def get_adapter(self, url):
            super().get_adapter(url)
            return HTTPAdapter(max_retries=Retry(1, status_forcelist=[503]))

    session = requests.Session()
    session.get_adapter = lambda url: HTTPAdapter(max_retries=Retry(1, status_forcelist=[418]))
    fake.next(reply(status=418))

    assert session.get(TASKS).status_code == 200
    assert Chooser().get_adapter(TASKS).max_retries.status_forcelist == [503]


def test_a_get_adapter_set_on_a_session_can_be_deleted(fake):
    session = requests.Session()
    session.get_adapter = lambda url: HTTPAdapter(max_retries=5)

    del session.get_adapter

    assert session.get_adapter("https://other.test/").max_retries.total == 0
    with pytest.raises(AttributeError, match="get_adapter"):
        del session.get_adapter


def test_a_session_bound_to_a_fake_reaches_it_whichever_is_active(make_fake):
    bound = make_fake("bound")
    session = requests.Session()
    session.mount("https://", fake_adapter(HTTPAdapter(), bound))

    alone = session.get(TASKS).json()["fake"]
    with make_fake("other"):
        beside = session.get(TASKS).json()["fake"]

    assert (alone, beside) == ("bound", "bound")


def test_a_fake_adapter_is_an_adapter_like_the_one_it_stands_for(fake):
    class Own(HTTPAdapter):
        pass

    real = Own(max_retries=5)

    adapter = fake_adapter(real, fake)

    assert isinstance(adapter, Own)
    assert adapter.max_retries.total == 5
    assert (type(adapter).__name__, type(adapter).__module__) == ("Own", Own.__module__)


def test_a_fake_adapter_can_be_given_to_another_fake(make_fake):
    class Own(HTTPAdapter):
        pass

    first, second = make_fake("first"), make_fake("second")
    session = requests.Session()

    session.mount("https://", fake_adapter(fake_adapter(Own(), first), second))

    assert session.get(TASKS).json()["fake"] == "second"


def test_a_digest_answer_is_sent_through_the_fake(fake, reply):
    fake.next(
        reply(
            status=401,
            headers=[("WWW-Authenticate", 'Digest realm="r", nonce="n", qop="auth"')],
        )
    )

    response = requests.get(TASKS, auth=requests.auth.HTTPDigestAuth("user", "word"))

    assert response.status_code == 200
    assert fake.app.calls[1].headers["authorization"].startswith("Digest ")


def test_other_schemes_and_ports_of_the_host_are_not_the_fake(fake):
    from scaleapi_testing import NetworkBlocked

    with pytest.raises(NetworkBlocked, match=r"refused to reach api.scale.com at .*test_requests"):
        requests.get("http://api.scale.com/v1/tasks")
    with pytest.raises(NetworkBlocked):
        requests.get("https://api.scale.com:8443/v1/tasks")


def test_a_header_value_that_no_connection_carries_is_refused_as_over_one(scale):
    with pytest.raises(UnicodeEncodeError, match="'latin-1' codec"):
        requests.get("https://api.scale.com/v1/tasks", headers={"X-Note": "\u20ac"})

    assert len(scale.requests) == 0


def test_the_response_of_a_success_has_all_that_urllib3_gives_one(fake, reply):
    fake.next(reply(status=404), reply({"n": 1}), reply({"n": 2}))
    other = requests.get(TASKS, stream=True).raw
    success = requests.get(TASKS, stream=True).raw
    further = requests.get(TASKS, stream=True).raw

    assert vars(success).keys() == vars(other).keys()
    assert success.geturl() == other.geturl() == "/v1/tasks"
    assert (success.read(), further.read()) == (b'{"n": 1}', b'{"n": 2}')
    assert success.closed


def test_pieces_of_a_success_are_no_longer_than_asked_for(fake, reply):
    fake.next(reply({"digits": "0123456789"}))

    pieces = list(requests.get(TASKS, stream=True).iter_content(10))

    assert pieces == [b'{"digits":', b' "01234567', b'89"}']
