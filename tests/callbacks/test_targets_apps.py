"""Callbacks delivered into real WSGI and ASGI frameworks."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from hashlib import sha256
from wsgiref.validate import validator

import django
import fastapi
import flask
import pytest
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import JsonResponse
from django.test import override_settings
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route

URL = "https://hooks.example.net:8443/sc%20ale/in?team=3"


@pytest.fixture
def answer_of(fake, deliver):
    """What an app answered to the callback of a task, as status and body."""

    def answer_of(app):
        sent = deliver(app, URL)
        return sent.attempts[0].status, sent.answer

    return answer_of


@pytest.fixture
def error_of(fake, deliver):
    """What came out of the control that called an app back, and the status of the attempt."""

    def error_of(app):
        with pytest.raises(Exception) as caught:  # noqa: PT011 - the tests say which
            deliver(app, URL)
        return caught.value, fake.callbacks.last.attempts[0].status

    return error_of


# -- WSGI -------------------------------------------------------------------------------------


def echoing_flask():
    app = flask.Flask("echo")

    @app.post("/sc ale/in")
    def receive():
        request = flask.request
        return {
            "json": request.get_json()["task_id"],
            "body": sha256(request.get_data()).hexdigest(),
            "auth": request.headers["Scale-Callback-Auth"],
            "team": request.args["team"],
            "url": request.url,
            "length": request.content_length,
        }, 202

    return app


def test_a_flask_app_gets_body_headers_query_and_address(fake, answer_of):
    status, body = answer_of(echoing_flask())

    sent = fake.callbacks.last
    assert status == 202
    assert flask.json.loads(body) == {
        "json": sent.task_id,
        "body": sha256(sent.body).hexdigest(),
        "auth": fake.callback_auth_key,
        "team": "3",
        "url": URL,
        "length": len(sent.body),
    }


def test_the_environment_of_a_wsgi_app_obeys_the_standard(answer_of):
    checked = validator(echoing_flask().wsgi_app)

    def app(environ, start_response):
        return checked(environ, start_response)

    assert answer_of(app)[0] == 202


def test_an_exception_in_flask_is_its_500_unless_it_propagates(answer_of, error_of, caplog):
    app = flask.Flask("broken")

    @app.post("/sc ale/in")
    def receive():
        raise KeyError("response")

    status, body = answer_of(app)
    app.config["PROPAGATE_EXCEPTIONS"] = True
    raised, _ = error_of(app)

    assert status == 500
    assert b"Internal Server Error" in body
    assert isinstance(raised, KeyError)


def test_the_answer_of_a_wsgi_app_is_closed(answer_of):
    class Chunks:
        closed = False

        def __iter__(self):
            return iter([b"a", b"b"])

        def close(self):
            Chunks.closed = True

    def app(environ, start_response):
        start_response("200 OK", [])(b"0")
        return Chunks()

    assert answer_of(app) == (200, b"0ab")
    assert Chunks.closed


def test_a_wsgi_app_that_never_starts_its_answer_is_told_so(error_of):
    raised, _ = error_of(lambda environ, start_response: [b""])

    assert "never called start_response" in str(raised)


def test_a_wsgi_app_that_starts_twice_is_told_so(error_of):
    def app(environ, start_response):
        start_response("200 OK", [])
        start_response("500 Oops", [])
        return []

    raised, _ = error_of(app)

    assert "start_response twice" in str(raised)


@csrf_exempt
def receive_in_django(request):
    return JsonResponse(
        {
            "body": sha256(request.body).hexdigest(),
            "auth": request.headers["scale-callback-auth"],
            "team": request.GET["team"],
        },
        status=203,
    )


urlpatterns = [path("sc ale/in", receive_in_django)]


@pytest.fixture(scope="module")
def django_ready():
    if not settings.configured:  # another test file of this process may have a Django app too
        settings.configure()
        django.setup()
    with override_settings(
        ALLOWED_HOSTS=["hooks.example.net"],
        ROOT_URLCONF=type("urls", (), {"urlpatterns": urlpatterns}),
    ):
        yield


@pytest.mark.parametrize("application", [get_wsgi_application, get_asgi_application])
def test_a_django_app_gets_body_headers_and_query(fake, answer_of, django_ready, application):
    status, body = answer_of(application())

    assert status == 203
    assert flask.json.loads(body) == {
        "body": sha256(fake.callbacks.last.body).hexdigest(),
        "auth": fake.callback_auth_key,
        "team": "3",
    }


# -- ASGI -------------------------------------------------------------------------------------


def echoing_fastapi(**arguments):
    app = fastapi.FastAPI(**arguments)

    @app.post("/sc ale/in", status_code=202)
    async def receive(request: fastapi.Request, team: int):
        return {
            "json": (await request.json())["task_id"],
            "body": sha256(await request.body()).hexdigest(),
            "auth": request.headers["scale-callback-auth"],
            "team": team,
            "url": str(request.url),
            "state": getattr(request.state, "store", None),
        }

    return app


def test_a_fastapi_app_gets_body_headers_query_and_address(fake, answer_of):
    status, body = answer_of(echoing_fastapi())

    sent = fake.callbacks.last
    assert status == 202
    assert flask.json.loads(body) == {
        "json": sent.task_id,
        "body": sha256(sent.body).hexdigest(),
        "auth": fake.callback_auth_key,
        "team": 3,
        "url": "https://hooks.example.net:8443/sc ale/in?team=3",
        "state": None,
    }


def test_a_fastapi_app_works_inside_a_running_event_loop(answer_of):
    async def test():
        return answer_of(echoing_fastapi())

    assert asyncio.run(test())[0] == 202


def test_the_lifespan_of_an_asgi_app_goes_around_each_callback(answer_of):
    seen = []

    @asynccontextmanager
    async def lifespan(app):
        seen.append("up")
        yield {"store": "open"}
        seen.append("down")

    _, body = answer_of(echoing_fastapi(lifespan=lifespan))

    assert flask.json.loads(body)["state"] == "open"
    assert seen == ["up", "down"]


def test_an_asgi_app_that_cannot_start_raises_its_own_error(error_of):
    @asynccontextmanager
    async def lifespan(app):
        raise ConnectionError("no database")
        yield

    raised, status = error_of(echoing_fastapi(lifespan=lifespan))

    assert status is None
    assert repr(raised) == "ConnectionError('no database')"


def test_an_asgi_app_that_cannot_stop_raises_its_own_error(error_of):
    @asynccontextmanager
    async def lifespan(app):
        yield
        raise ConnectionError("database gone")

    raised, status = error_of(echoing_fastapi(lifespan=lifespan))

    assert status == 202
    assert repr(raised) == "ConnectionError('database gone')"


def test_an_exception_in_starlette_gives_its_500_and_the_exception(error_of):
    async def receive(request):
        raise KeyError("response")

    app = Starlette(routes=[Route("/sc ale/in", receive, methods=["POST"])])

    raised, status = error_of(app)

    assert status == 500
    assert isinstance(raised, KeyError)


def test_starlette_middleware_streams_and_background_tasks_run_to_their_end(answer_of):
    from starlette.background import BackgroundTask

    done = []

    async def receive(request):
        async def chunks():
            yield b"a"
            yield b"b"

        return StreamingResponse(chunks(), background=BackgroundTask(done.append, "background"))

    async def pass_on(request, call_next):
        return await call_next(request)

    app = Starlette(
        routes=[Route("/sc ale/in", receive, methods=["POST"])],
        middleware=[Middleware(BaseHTTPMiddleware, dispatch=pass_on)],
    )

    assert answer_of(app) == (200, b"ab")
    assert done == ["background"]


def test_an_asgi_app_without_lifespan_works(answer_of):
    async def app(scope, receive, send):
        assert scope["type"] == "http"
        await PlainTextResponse("plain", 201)(scope, receive, send)

    assert answer_of(app) == (201, b"plain")


def test_an_asgi_app_that_sends_nothing_is_told_so(error_of):
    async def app(scope, receive, send):
        return None

    raised, _ = error_of(app)

    assert "ended without an answer" in str(raised)


def test_an_asgi_app_whose_startup_fails_without_an_exception_is_told_so(error_of):
    async def app(scope, receive, send):
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no database"})

    raised, _ = error_of(app)

    assert "startup failed: no database" in str(raised)
