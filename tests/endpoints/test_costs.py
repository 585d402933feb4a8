"""Nothing that a request carries costs more than its size.

Each case is run in two sizes, the larger four times the smaller: what costs its size takes about
four times as long, what costs its square sixteen times.
"""

from __future__ import annotations

import gc
import json
import time

import pytest

from scaleapi_testing import FakeScale
from tests.bare_calls import bare_call

PARAMS = {"attachment": "a", "attachment_type": "text", "categories": ["a", "b"]}
TASK = "/v1/task/categorization"
AUTHORIZATION = {"authorization": "Basic bGl2ZV9mYWtlOg==", "content-type": "application/json"}
FORM = {**AUTHORIZATION, "content-type": "application/x-www-form-urlencoded"}


class Api:
    """Calls by the thinnest door there is, so that no client's cost is measured along."""

    def __init__(self):
        self.fake = FakeScale(check=False)

    def __call__(self, method, path, body=b"", query="", headers=AUTHORIZATION):
        data = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        return bare_call(self.fake, method, path, query, headers, data)

    def task(self, **fields):
        answer = json.loads(self("POST", TASK, {**PARAMS, **fields}).body)
        return f"/v1/task/{answer['task_id']}"


def words(n):
    return [f"word{number}" for number in range(n)]


def many(n):
    return dict.fromkeys(words(n), 1)


def create_with_tags(api, n):
    return lambda: api("POST", TASK, {**PARAMS, "tags": words(n)})


def replace_tags(api, n):
    task = api.task(tags=words(n))
    return lambda: api("PUT", f"{task}/tags", ["x"])


def add_tags(api, n):
    task = api.task(tags=words(n))
    return lambda: api("POST", f"{task}/tags", [f"more{number}" for number in range(n)])


def delete_tags(api, n):
    task = api.task(tags=words(n))
    return lambda: api("DELETE", f"{task}/tags", words(n))


def cancel_with_tags(api, n):
    task = api.task(tags=words(n))
    return lambda: api("POST", f"{task}/cancel")


def complete_with_tags(api, n):
    task = api.task(tags=words(n))
    return lambda: api.fake.complete(task.rpartition("/")[2])


def unread_parameters(api, n):
    return lambda: api("POST", TASK, {**PARAMS, **many(n)})


def unread_query(api, n):
    return lambda: api("GET", "/v1/tasks", query="&".join(f"{word}=1" for word in words(n)))


def repeated_query(api, n):
    return lambda: api("GET", "/v1/tasks", query="&".join(f"tags={word}" for word in words(n)))


def long_query(api, n):
    return lambda: api("GET", "/v1/tasks", query="start_time=" + "T" * n * 10)


def unread_form(api, n):
    body = "&".join(f"a[{word}]=1" for word in words(n)).encode()
    return lambda: api("POST", TASK, body, headers=FORM)


def form_list(api, n):
    body = "&".join(f"categories[]={word}" for word in words(n)).encode()
    return lambda: api("POST", TASK, body, headers=FORM)


def long_mail(api, n):
    return lambda: api("POST", TASK, {**PARAMS, "callback_url": "a@a." + "a." * n * 10 + "/"})


def long_url(api, n):
    return lambda: api("POST", TASK, {**PARAMS, "callback_url": "http://a" + ".a" * n * 10})


def long_unique_id(api, n):
    return lambda: api("POST", TASK, {**PARAMS, "unique_id": "u" * n * 10})


def long_path(api, n):
    return lambda: api("GET", "/v1/" + "x/" * n * 10)


def many_brackets(api, n):
    return lambda: api("POST", TASK, b'{"x":[' + b'["\\\\","["],' * n * 5 + b"1]}")


def many_categories(api, n):
    return lambda: api("POST", TASK, {**PARAMS, "categories": words(n)})


def many_metadata(api, n):
    return lambda: api("POST", f"{api.task()}/setMetadata", many(n))


def many_audits(api, n):
    task = api.task()
    api.fake.complete(task.rpartition("/")[2])
    audit = {"accepted": True, "comments": "good"}
    return lambda: [api("POST", f"{task}/audit", audit) for _ in range(n // 10)]


CASES = [
    create_with_tags, replace_tags, add_tags, delete_tags, cancel_with_tags, complete_with_tags,
    unread_parameters, unread_query, repeated_query, long_query, unread_form, form_list, long_mail,
    long_url, long_unique_id, long_path, many_brackets, many_categories, many_metadata,
    many_audits,
]  # fmt: skip


def seconds(case, n):
    """The least CPU time of several runs, each on a fake of its own."""

    def once():
        act = case(Api(), n)
        gc.collect()
        began = time.process_time()
        act()
        return time.process_time() - began

    return min(once() for _ in range(3))


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_a_call_four_times_as_large_does_not_cost_ten_times_as_much(case):
    small, large = seconds(case, 2_000), seconds(case, 8_000)

    assert large < 10 * small + 0.02
