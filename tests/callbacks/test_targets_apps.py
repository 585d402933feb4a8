"""Callbacks delivered into real WSGI and ASGI frameworks."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
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

from scaleapi_testing._callbacks.targets import CallbackRequest, as_target

BODY = b'{"task_id":"66f0a1c29d3b4e0007a1b2c3","status":"completed"}'
HEADERS = {"Content-Type": "application/json", "scale-callback-auth": "secret"}


@pytest.fixture
def request_():
    return CallbackRequest.of("https://hooks.example.net:8443/sc%20ale/in?team=3", HEADERS, BODY)


# -- WSGI -------------------------------------------------------------------------------------


def echoing_flask():
    app = flask.Flask("echo")

    @app.post("/sc ale/in")
    def receive():
        request = flask.request
        return {
            "json": request.get_json(),
            "auth": request.headers["Scale-Callback-Auth"],
            "team": request.args["team"],
            "url": request.url,
            "length": request.content_length,
        }, 202

    return app


def test_a_flask_app_gets_body_headers_query_and_address(request_):
    answer = as_target(echoing_flask())(request_)

    assert answer.status == 202
    assert flask.json.loads(answer.body) == {
        "json": {"task_id": "66f0a1c29d3b4e0007a1b2c3", "status": "completed"},
        "auth": "secret",
        "team": "3",
        "url": "https://hooks.example.net:8443/sc%20ale/in?team=3",
        "length": len(BODY),
    }


def test_the_environment_of_a_wsgi_app_obeys_the_standard(request_):
    checked = validator(echoing_flask().wsgi_app)

    def app(environ, start_response):
        return checked(environ, start_response)

    answer = as_target(app)(request_)

    assert answer.status == 202


def test_an_exception_in_flask_is_its_500_unless_it_propagates(request_, caplog):
    app = flask.Flask("broken")

    @app.post("/sc ale/in")
    def receive():
        raise KeyError("response")

    swallowed = as_target(app)(request_)
    app.config["PROPAGATE_EXCEPTIONS"] = True
    told = as_target(app)(request_)

    assert (swallowed.status, swallowed.raised) == (500, None)
    assert b"Internal Server Error" in swallowed.body
    assert isinstance(told.raised, KeyError)


def test_the_answer_of_a_wsgi_app_is_closed(request_):
    class Chunks:
        closed = False

        def __iter__(self):
            return iter([b"a", b"b"])

        def close(self):
            Chunks.closed = True

    def app(environ, start_response):
        start_response("200 OK", [])(b"0")
        return Chunks()

    answer = as_target(app)(request_)

    assert (answer.status, answer.body, Chunks.closed) == (200, b"0ab", True)


def test_a_wsgi_app_that_never_starts_its_answer_is_told_so(request_):
    answer = as_target(lambda environ, start_response: [b""])(request_)

    assert "never called start_response" in str(answer.raised)


def test_a_wsgi_app_that_starts_twice_is_told_so(request_):
    def app(environ, start_response):
        start_response("200 OK", [])
        start_response("500 Oops", [])
        return []

    answer = as_target(app)(request_)

    assert "start_response twice" in str(answer.raised)


@csrf_exempt
def receive_in_django(request):
    return JsonResponse(
        {
            "body": request.body.decode(),
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
def test_a_django_app_gets_body_headers_and_query(request_, django_ready, application):
    answer = as_target(application())(request_)

    assert answer.status == 203
    assert flask.json.loads(answer.body) == {"body": BODY.decode(), "auth": "secret", "team": "3"}


# -- ASGI -------------------------------------------------------------------------------------


def echoing_fastapi(**arguments):
    app = fastapi.FastAPI(**arguments)

    @app.post("/sc ale/in", status_code=202)
    async def receive(request: fastapi.Request, team: int):
        return {
            "json": await request.json(),
            "auth": request.headers["scale-callback-auth"],
            "team": team,
            "url": str(request.url),
            "state": getattr(request.state, "store", None),
        }

    return app


def test_a_fastapi_app_gets_body_headers_query_and_address(request_):
    answer = as_target(echoing_fastapi())(request_)

    assert answer.status == 202
    assert flask.json.loads(answer.body) == {
        "json": {"task_id": "66f0a1c29d3b4e0007a1b2c3", "status": "completed"},
        "auth": "secret",
        "team": 3,
        "url": "https://hooks.example.net:8443/sc ale/in?team=3",
        "state": None,
    }


def test_a_fastapi_app_works_inside_a_running_event_loop(request_):
    async def test():
        return as_target(echoing_fastapi())(request_)

    assert asyncio.run(test()).status == 202


def test_the_lifespan_of_an_asgi_app_goes_around_each_callback(request_):
    seen = []

    @asynccontextmanager
    async def lifespan(app):
        seen.append("up")
        yield {"store": "open"}
        seen.append("down")

    answer = as_target(echoing_fastapi(lifespan=lifespan))(request_)

    assert flask.json.loads(answer.body)["state"] == "open"
    assert seen == ["up", "down"]


def test_an_asgi_app_that_cannot_start_raises_its_own_error(request_):
    @asynccontextmanager
    async def lifespan(app):
        raise ConnectionError("no database")
        yield

    answer = as_target(echoing_fastapi(lifespan=lifespan))(request_)

    assert answer.status is None
    assert repr(answer.raised) == "ConnectionError('no database')"


def test_an_asgi_app_that_cannot_stop_raises_its_own_error(request_):
    @asynccontextmanager
    async def lifespan(app):
        yield
        raise ConnectionError("database gone")

    answer = as_target(echoing_fastapi(lifespan=lifespan))(request_)

    assert answer.status == 202
    assert repr(answer.raised) == "ConnectionError('database gone')"


def test_an_exception_in_starlette_gives_its_500_and_the_exception(request_):
    async def receive(request):
        raise KeyError("response")

    app = Starlette(routes=[Route("/sc ale/in", receive, methods=["POST"])])

    answer = as_target(app)(request_)

    assert answer.status == 500
    assert isinstance(answer.raised, KeyError)


def test_starlette_middleware_streams_and_background_tasks_run_to_their_end(request_):
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

    answer = as_target(app)(request_)

    assert (answer.status, answer.body, done) == (200, b"ab", ["background"])


def test_an_asgi_app_without_lifespan_works(request_):
    async def app(scope, receive, send):
        assert scope["type"] == "http"
        await PlainTextResponse("plain", 201)(scope, receive, send)

    answer = as_target(app)(request_)

    assert (answer.status, answer.body) == (201, b"plain")


def test_an_asgi_app_that_sends_nothing_is_told_so(request_):
    async def app(scope, receive, send):
        return None

    answer = as_target(app)(request_)

    assert "ended without an answer" in str(answer.raised)


def test_an_asgi_app_whose_startup_fails_without_an_exception_is_told_so(request_):
    async def app(scope, receive, send):
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no database"})

    answer = as_target(app)(request_)

    assert "startup failed: no database" in str(answer.raised)
