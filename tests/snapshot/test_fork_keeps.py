"""What a fake was made with goes along into its forks."""

from __future__ import annotations

from scaleapi_testing import FakeScale


def test_a_fork_has_the_default_account_of_its_origin():
    fake = FakeScale(api_keys=["live_mine", "live_other"])

    assert fake.fork().account().customer_id == fake.account().customer_id
