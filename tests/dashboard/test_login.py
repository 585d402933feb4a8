"""Where the server asks for a token, the pages ask for it once."""

import asyncio

import httpx
import pytest

from scaleapi_testing import FakeScale
from scaleapi_testing._serve.asgi import asgi_app
from scaleapi_testing._serve.safety import Safety
from scaleapi_testing._worlds.worlds import Worlds

HTML = {"Accept": "text/html"}


@pytest.fixture
def app(scale):
    worlds = Worlds(scale, FakeScale)
    worlds.create("ci")
    return asgi_app(worlds, safety=Safety("s3cret"))


def visit(app, *calls):
    """The answers to calls of one browser: (method, path, more) each."""

    async def all_of_them():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as browser:
            return [await browser.request(how, path, **more) for how, path, more in calls]

    return asyncio.run(all_of_them())


@pytest.mark.parametrize("mount", ["/_fake", "/w/ci/_fake"])
def test_a_page_leads_to_the_login_and_the_login_back(app, mount):
    turned_away, form, back, page = visit(
        app,
        ("GET", f"{mount}/", {"headers": HTML}),
        ("GET", f"{mount}/login", {}),
        ("POST", f"{mount}/login", {"data": {"token": "s3cret"}}),
        ("GET", f"{mount}/", {"headers": HTML}),
    )

    assert (turned_away.status_code, turned_away.headers["Location"]) == (303, f"{mount}/login")
    assert f'action="{mount}/login"' in form.text
    assert (back.status_code, back.headers["Location"]) == (303, f"{mount}/")
    assert "HttpOnly" in back.headers["Set-Cookie"]
    assert "s3cret" not in back.headers["Set-Cookie"]
    assert page.status_code == 200


def test_a_wrong_token_is_told_on_the_page(app):
    (answer,) = visit(app, ("POST", "/_fake/login", {"data": {"token": "<b>guess"}}))

    assert answer.status_code == 401
    assert "The admin token is missing or wrong." in answer.text
    assert "guess" not in answer.text


@pytest.mark.parametrize("path", ["/", "/ui/tasks", "/gallery", "/assets/dashboard.js", "/inbox/a"])
def test_without_the_token_nothing_else_is_shown(app, path):
    (answer,) = visit(app, ("GET", f"/_fake{path}", {}))

    assert answer.status_code == 401


def test_the_login_has_its_style_at_its_own_address(app):
    (answer,) = visit(app, ("GET", "/_fake/login?file=dashboard.css", {}))

    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/css")


def test_letters_are_taken_without_the_token(app):
    (answer,) = visit(app, ("POST", "/_fake/inbox/demo", {"content": b"x"}))

    assert answer.status_code == 200
