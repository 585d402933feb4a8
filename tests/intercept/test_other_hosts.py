"""What a test registers for hosts other than Scale's."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest
import requests
import responses
from requests.adapters import HTTPAdapter
from responses import matchers
from urllib3.util import Retry

from scaleapi_testing import NetworkBlocked

IMAGE = "https://images.test/cow.jpg"
SCALE = "https://api.scale.com/v1/tasks"


def printed_by(script):
    """What a fresh interpreter prints."""
    command = [sys.executable, "-c", script]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def stubs(fake):
    return fake.stubbed_hosts.mock


def test_a_stub_answers_beside_the_fake(stubs):
    stubs.get(IMAGE, body=b"JPEG")

    assert requests.get(IMAGE).content == b"JPEG"
    assert requests.get(SCALE).json()["fake"] == "fake"


def test_calls_of_stubs_are_recorded(stubs):
    stub = stubs.post("https://own.test/jobs", json={})

    requests.post("https://own.test/jobs", json={"a": 1})

    assert stub.call_count == 1
    assert [call.request.body for call in stubs.calls] == [b'{"a": 1}']


def test_a_stub_that_was_not_called_fails_nothing(make_fake):
    with make_fake() as fake:
        fake.stubbed_hosts.mock.get(IMAGE)


def content_of(body):
    """The bytes of a body: older versions of responses keep the file, newer ones what it held."""
    return body.getvalue() if isinstance(body, io.BytesIO) else body


def test_matchers_and_files_work(stubs):
    stubs.post("https://own.test/", match=[matchers.query_param_matcher({"a": "1"})], body="one")

    response = requests.post("https://own.test/?a=1", data=io.BytesIO(b"file"))

    assert response.text == "one"
    assert content_of(stubs.calls[0].request.body) == b"file"


def test_what_no_stub_matches_is_handed_on(stubs):
    stubs.get(IMAGE)

    with responses.RequestsMock() as inner:
        inner.get("https://own.test/other", body="theirs")
        assert requests.get("https://own.test/other").text == "theirs"

    assert len(stubs.calls) == 0


def test_stubs_are_asked_before_a_mock_of_the_tests_own(stubs):
    stubs.get(IMAGE, body="stub")

    with responses.RequestsMock(assert_all_requests_are_fired=False) as inner:
        inner.get(IMAGE, body="theirs")
        assert requests.get(IMAGE).text == "stub"


def test_stubs_survive_their_own_reset(stubs):
    stubs.reset()
    stubs.get(IMAGE, body="again")

    with responses.RequestsMock() as inner:
        inner.get("https://own.test/", body="theirs")
        assert requests.get(IMAGE).text == "again"
        assert requests.get("https://own.test/").text == "theirs"


def test_a_reset_forgets_stubs_and_calls(fake, stubs):
    stubs.get(IMAGE)
    requests.get(IMAGE)

    fake.stubbed_hosts.reset()

    assert (stubs.registered(), len(stubs.calls)) == ([], 0)


def test_retries_of_a_sessions_adapter_hold_for_stubs(stubs):
    stubs.get(IMAGE, status=503)
    stubs.get(IMAGE, body="now")
    session = requests.Session()
    session.mount("https://", HTTPAdapter(max_retries=Retry(2, status_forcelist=[503])))

    assert session.get(IMAGE).text == "now"


def test_stubs_of_two_fakes_stand_beside_each_other(make_fake):
    with make_fake("outer") as outer, make_fake("inner") as inner:
        outer.stubbed_hosts.mock.get("https://a.test/", body="outer")
        inner.stubbed_hosts.mock.get("https://b.test/", body="inner")
        inner.stubbed_hosts.mock.get(IMAGE, body="inner")
        outer.stubbed_hosts.mock.get(IMAGE, body="outer")

        seen = [requests.get(url).text for url in ("https://a.test/", "https://b.test/", IMAGE)]

    assert seen == ["outer", "inner", "inner"]


def test_stubs_end_with_the_fake(make_fake):
    with make_fake() as fake:
        fake.stubbed_hosts.mock.get(IMAGE, body="stub")

    with responses.RequestsMock() as inner:
        inner.get(IMAGE, body="theirs")
        assert requests.get(IMAGE).text == "theirs"


def test_with_the_network_blocked_stubs_answer_and_others_are_refused(make_fake):
    with make_fake(block_network=True) as fake:
        fake.stubbed_hosts.mock.get(IMAGE, body="stub")

        assert requests.get(IMAGE).text == "stub"
        with pytest.raises(NetworkBlocked, match=r"refused to reach elsewhere\.test"):
            requests.get("https://elsewhere.test/")


def test_responses_imported_late_does_not_remember_a_patch():
    script = """
import unittest.mock
from requests.adapters import HTTPAdapter
genuine = HTTPAdapter.send
from scaleapi_testing._intercept.other_hosts import OtherHosts
with unittest.mock.patch.object(HTTPAdapter, "send"):
    OtherHosts().mock
import responses
print(responses._real_send is genuine, HTTPAdapter.send is genuine)
"""

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout == "True True\n"


def test_a_missing_package_is_named_with_its_extra():
    script = """
import sys
class Missing:
    def find_spec(self, name, *_):
        if name == "responses":
            raise ModuleNotFoundError("No module named 'responses'")
sys.meta_path.insert(0, Missing())
from scaleapi_testing._intercept.other_hosts import OtherHosts
try:
    OtherHosts().mock
except ImportError as error:
    print(error)
"""

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout == (
        "scale.other_hosts needs responses, which is missing though scaleapi-testing requires it: "
        "pip install responses\n"
    )
