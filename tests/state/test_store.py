"""Which account a key finds, and what is kept of keys that a server hides."""

from __future__ import annotations

import re

import pytest
import requests

from scaleapi.exceptions import ScaleResourceNotFound
from scaleapi_testing import FakeScale
from scaleapi_testing._state.account import Account, KeyDigest, digest_of
from scaleapi_testing._state.store import Store

PARAMS = {"attachment": "a", "attachment_type": "text", "categories": ["a", "b"]}
KEY = "live_mine"


def new_account(key, number):
    return Account(key, number=number, callback_auth_key="", customer_id=f"{number:024x}")


@pytest.fixture
def hiding():
    """A store that keeps no key, only what is known of it."""
    store = Store(new_account, allowed=None)
    store.hide_keys(lambda key: KeyDigest.of(key, 0))
    return store


def test_a_store_that_hides_keys_finds_the_account_by_key_and_by_what_is_kept_of_it(hiding):
    account = hiding.account(KEY)

    assert account.key == digest_of(KEY) != KEY
    assert list(hiding.accounts) == [digest_of(KEY)]
    assert hiding.account(KEY) is hiding.account(account.key) is account


def test_what_is_kept_of_a_key_is_not_digested_once_more(hiding):
    kept = hiding.hidden(KEY)

    assert isinstance(kept, KeyDigest)
    assert kept == digest_of(KEY)
    assert hiding.hidden(kept) is kept


def test_an_account_is_named_by_its_key_or_its_id(hiding):
    account = hiding.account(KEY)

    assert hiding.hidden_or_id(account.digest) is account.key
    assert hiding.hidden_or_id(KEY) == account.key
    assert hiding.hidden_or_id("live_other") == digest_of("live_other")


def test_an_account_that_keeps_its_key_is_named_by_what_would_be_kept_of_it():
    store = Store(new_account, allowed=None)
    store.account(KEY)
    store.hide_keys(lambda key: KeyDigest.of(key, 0))

    assert isinstance(store.hidden_or_id(KEY), KeyDigest)


def test_a_new_task_joins_the_others_without_looking_at_them():
    fake = FakeScale()
    client = fake.client()
    client.create_task("categorization", **PARAMS)
    tasks = fake._world.store.tasks

    client.create_task("categorization", **PARAMS)

    assert fake._world.store.tasks is tasks
    assert len(tasks) == 2


def test_a_refused_call_does_not_forget_what_a_test_set_up_for_its_key():
    fake = FakeScale(check=False)
    account = fake.account(KEY)
    account.rapid = False

    with pytest.raises(ScaleResourceNotFound):
        fake.client(KEY).get_task("0" * 24)

    assert fake.account(KEY) is account
    assert fake.account(KEY).rapid is False


def test_a_key_whose_first_call_is_refused_leaves_no_account():
    with FakeScale(check=False) as fake:
        answer = requests.get("https://api.scale.com/v1/task/0", auth=(KEY, ""), timeout=5)

    assert answer.status_code == 404
    assert not fake._world.store.knows(KEY)


def test_each_account_has_a_customer_id_of_its_own_in_tasks_and_files():
    fake = FakeScale()

    ids = [
        (
            fake.client(key).create_task("categorization", **PARAMS).as_dict()["customerId"],
            fake.client(key).upload_file(file=b"x").attachment_url.split("/")[2],
        )
        for key in ("live_a", "live_b")
    ]

    assert ids[0][0] == ids[0][1] != ids[1][0] == ids[1][1]
    assert all(re.fullmatch("[0-9a-f]{24}", one) for pair in ids for one in pair)
