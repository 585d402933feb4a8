"""Runs a suite as its users run it."""

from __future__ import annotations

import pytest

import scaleapi
from scaleapi_testing import FakeScale, ScaleTestCase

# A session inside this one forgets what it was the first to import, and would import it twice.
with FakeScale() as _fake:
    scaleapi.ScaleClient("live_fake").tasks()
assert ScaleTestCase

BASE = ("-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:asyncio", "-n0")

COMMON = """
import unittest

import pytest
import requests

import scaleapi
from scaleapi_testing import FakeScale, ScaleTestCase, ScaleTestMixin, UnspentFault

PARAMS = {"attachment": "Moo.", "attachment_type": "text", "categories": ["cow", "sheep"]}


def ask(client, **fields):
    return client.create_task("categorization", **PARAMS, **fields)

"""


@pytest.fixture
def suite(pytester):
    """Run ``test_cows.py``, which begins with ``COMMON`` and goes on as given."""

    def run(source, *args, own_process=False, **files):
        lines = source.strip("\n").splitlines()
        indent = len(lines[0]) - len(lines[0].lstrip())
        text = "\n".join(line[indent:] for line in lines)
        pytester.makepyfile(test_cows=COMMON + text, **files)
        if own_process:
            return pytester.runpytest_subprocess(*BASE, *args)
        return pytester.runpytest_inprocess(*BASE, *args)

    return run
