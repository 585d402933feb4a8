"""A served fake, and calls to its control plane."""

from __future__ import annotations

import pytest
import requests


@pytest.fixture
def control(scale_server):
    """Call the control plane: ``control("POST", "/clock/advance", {"hours": 2})``."""
    with requests.Session() as session:

        def call(method, path, json=None, below="", **kwargs):
            if method == "POST" and json is None and "data" not in kwargs:
                json = {}
            url = f"{scale_server.url}{below}/_fake{path}"
            return session.request(method, url, json=json, timeout=10, **kwargs)

        yield call
