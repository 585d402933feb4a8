"""Files that responses point at: masks, annotation files, and the content of uploads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .._errors import ApiError
from .._http.routing import endpoint
from .._http.values import Reply
from .._provenance import assumed

if TYPE_CHECKING:
    from ._call import Call

SOURCE: Final = assumed(
    "responses hold addresses that are fetched without a key (documented); which is the fake's"
)


@endpoint("GET", "/results/{uuid}", source=SOURCE, public=True, query=None)
def get_result(call: Call) -> Reply:
    """Fetch a file that a response points at; no key needed."""
    stored = call.world.store.result(call.path["uuid"])
    if stored is None:
        raise ApiError(404, "Not Found", "no response of this fake points at this address")
    mime_type, content = stored
    return Reply(200, content, [("Content-Type", mime_type)])


@endpoint("GET", "/attachments/{owner}/{file_id}", source=SOURCE, public=True, query=None)
def get_attachment(call: Call) -> Reply:
    """Fetch an uploaded file by the link that ``include_attachment_url`` gives; no key needed."""
    url = f"scaledata://{call.path['owner']}/{call.path['file_id']}"
    for account in call.world.store.everyone():
        file = account.files.get(call.path["file_id"])
        if file is not None and file.attachment_url == url:
            return Reply(200, file.content, [("Content-Type", file.mime_type)])
    raise ApiError(404, "Not Found", f"no file was uploaded as {url}")
