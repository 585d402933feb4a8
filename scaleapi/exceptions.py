"""Which error stands for which answer of Scale, and what each of them tells.

::

    ScaleException                      every failure of a call; .code is the HTTP status, or None
    ├── ScaleInvalidRequest             400, or refused before sending; also a ValueError
    ├── ScaleUnauthorized               401
    ├── ScaleNotEnabled                 402
    ├── ScaleResourceNotFound           404
    ├── ScaleDuplicateResource          409
    ├── ScaleTooManyRequests            429
    ├── ScaleForbidden                  403
    ├── ScaleUnprocessable              422
    ├── ScaleServerError                any 5xx
    │   ├── ScaleInternalError          500
    │   ├── ScaleServiceUnavailable     503
    │   └── ScaleTimeoutError           504
    ├── ScaleConnectionError            no answer arrived
    │   └── ScaleConnectionTimeout      … within the time allowed
    └── ScaleUnreadableReply            an answer arrived, and it is not what the call promises
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


class ScaleException(Exception):
    """A call that did not succeed.

    Attributes:
        message: what went wrong; for an answer of Scale its ``error`` text, on one line and cut
            after 800 characters.
        code: HTTP status of the answer; ``None`` when there was none. Of a class: the status that
            is raised as it.
        method: HTTP verb of the call, ``""`` when nothing was sent.
        path: path and query of the call as sent, ``""`` when nothing was sent.
        attempts: how many times the request was sent, ``0`` when it was not.
        body: the whole answer as text, word for word, ``""`` when there was none.

    Made by your own code, e.g. for a mock, ``code`` may be left out where the class stands for a
    status, and may be called ``errcode`` as in the official client.
    """

    message: str
    code: int | None = None
    method: str
    path: str
    attempts: int
    body: str

    def __init__(
        self,
        message: str,
        code: int | None = None,
        *,
        method: str = "",
        path: str = "",
        attempts: int = 0,
        errcode: int | None = None,
    ) -> None:
        if code is None:
            code = errcode if errcode is not None else type(self).code
        super().__init__(message, code)
        self.message = message or type(self).__name__
        self.code = code
        self.method = method
        self.path = path
        self.attempts = attempts
        self.body = ""

    @property
    def status(self) -> int | None:
        """``code``, under the name that v2 of the official client gives it."""
        return self.code

    @property
    def reason(self) -> str:
        """What HTTP calls the status, e.g. ``Not Found``; ``""`` without an answer."""
        from http.client import responses  # only those who ask need it

        return responses.get(self.code or 0, "")

    def __str__(self) -> str:
        text = self.message if self.code is None else f"{self.code}: {self.message}"
        if self.method:
            tries = "" if self.attempts <= 1 else f", {self.attempts} attempts"
            text = f"{text} ({self.method} {self.path}{tries})"
        return text


class ScaleInvalidRequest(ScaleException, ValueError):
    """Scale refused the request (400), or the client did before sending it (``code`` None)."""

    code: int | None = 400


class ScaleUnauthorized(ScaleException):
    """The API key is missing or belongs to nobody (401)."""

    code: int | None = 401


class ScaleNotEnabled(ScaleException):
    """The account may not use this endpoint or task type (402)."""

    code: int | None = 402


class ScaleResourceNotFound(ScaleException):
    """What the path names does not exist for this key (404)."""

    code: int | None = 404


class ScaleDuplicateResource(ScaleException):
    """The ``unique_id``, name or idempotency key is taken (409)."""

    code: int | None = 409


class ScaleTooManyRequests(ScaleException):
    """Too many requests in too short a time (429)."""

    code: int | None = 429


class ScaleForbidden(ScaleException):
    """The key may not do this (403)."""

    code: int | None = 403


class ScaleUnprocessable(ScaleException):
    """Scale understood the request and cannot do it (422)."""

    code: int | None = 422


class ScaleServerError(ScaleException):
    """Scale failed (5xx); statuses without a class of their own are raised as this."""


class ScaleInternalError(ScaleServerError):
    """Scale failed (500)."""

    code: int | None = 500


class ScaleServiceUnavailable(ScaleServerError):
    """Scale is overloaded or down (503)."""

    code: int | None = 503


class ScaleTimeoutError(ScaleServerError):
    """Scale took too long and gave up (504)."""

    code: int | None = 504


class ScaleConnectionError(ScaleException):
    """No complete answer arrived; ``__cause__`` says why. The call may have been done."""


class ScaleConnectionTimeout(ScaleConnectionError):
    """No complete answer arrived within the client's ``timeout``."""


class ScaleUnreadableReply(ScaleException):
    """A 200 whose body is not what the call promises, e.g. no JSON. The call was done."""


ValidationError = ScaleInvalidRequest
"""Another name of :class:`ScaleInvalidRequest`, as in the 1.0 client."""

STATUS_ERRORS: Final[Mapping[int, type[ScaleException]]] = MappingProxyType(
    {
        400: ScaleInvalidRequest,
        401: ScaleUnauthorized,
        402: ScaleNotEnabled,
        403: ScaleForbidden,
        404: ScaleResourceNotFound,
        409: ScaleDuplicateResource,
        422: ScaleUnprocessable,
        429: ScaleTooManyRequests,
        500: ScaleInternalError,
        503: ScaleServiceUnavailable,
        504: ScaleTimeoutError,
    }
)
"""The class that an answer's status is raised as.

Source: documented (https://scale.com/docs/api-reference/errors) for 400-500 but 403 and 422; those,
503 and 504 as the official client has them.
"""

ExceptionMap = STATUS_ERRORS
"""The same table under its name of the official client."""


def error_for(status: int) -> type[ScaleException]:
    """The class that an answer's status is raised as: its own, that of all 5xx, or the root's."""
    return STATUS_ERRORS.get(status, ScaleServerError if status >= 500 else ScaleException)


def refused(message: str) -> ScaleInvalidRequest:
    """The error for a call that is wrong before it is sent."""
    error = ScaleInvalidRequest(message)
    error.args = (message, None)
    error.code = None  # no answer of Scale: nothing was sent
    return error
