"""``python -m benchmarks.trivial PORT BODY``: Starlette on uvicorn, and one constant reply.

What the stack of the served fake costs when nothing is asked of it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request


def main(port: str, body: str) -> None:
    """Serve until a signal ends it."""
    content = body.encode()

    async def constant(request: Request) -> Response:
        await request.body()
        return Response(content, media_type="application/json")

    app = Starlette(routes=[Route("/{path:path}", constant, methods=["GET", "POST"])])
    uvicorn.run(
        app, port=int(port), loop="uvloop", http="httptools", log_level="error", access_log=False
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
