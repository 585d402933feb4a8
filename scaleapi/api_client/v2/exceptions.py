"""The errors of v2 under their names of the official package: they are the client's own.

One family for both versions: ``except ScaleException`` catches all of them, which have
``.status``, ``.reason`` and ``.body`` too.
"""

from __future__ import annotations

from ...exceptions import (
    ScaleDuplicateResource,
    ScaleException,
    ScaleForbidden,
    ScaleInvalidRequest,
    ScaleResourceNotFound,
    ScaleServerError,
    ScaleUnauthorized,
    ScaleUnprocessable,
    ScaleUnreadableReply,
)

OpenApiException = ScaleException
ApiException = ScaleException
BadRequestException = ScaleInvalidRequest
UnauthorizedException = ScaleUnauthorized
ForbiddenException = ScaleForbidden
NotFoundException = ScaleResourceNotFound
ConflictException = ScaleDuplicateResource
UnprocessableEntityException = ScaleUnprocessable
ServiceException = ScaleServerError

# What the official client raises for arguments and answers that it cannot read.
ApiTypeError = ScaleInvalidRequest
ApiValueError = ScaleInvalidRequest
ApiKeyError = ScaleInvalidRequest
ApiAttributeError = ScaleUnreadableReply
