"""``attachmentS3Downloads``: the pre-signed links to a task's attachments (docs/scale/tasks.md 1).

Per attachment one link to the original, then for images and video one to a converted one; programs
take the last, or filter on ``isConvertedImage``. ``GET /task/{id}`` always has them, listings when
``include_attachment_url`` asks for them (assumed today).
"""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode, urlsplit

from ..._attachments import STORED_ORIGIN
from ..._http.wire import encode

if TYPE_CHECKING:
    from ..._state.task import TaskRecord
    from .._call import Call

FILE_SCHEME: Final = "scaledata://"
CONVERTED: Final = ("image", "video")
"""The media of which a converted file is offered besides the original."""

IMAGE_TYPES: Final = frozenset(
    {
        "annotation", "cuboidannotation", "imageannotation", "laneannotation", "lineannotation",
        "pointannotation", "polygonannotation", "segmentannotation", "videoannotation",
        "videoboxannotation", "videocuboidannotation", "videoplaybackannotation",
    }
)  # fmt: skip
"""Task types whose attachments are images or video whatever else is said of them."""

_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S.*|data:.*")
_PICTURE: Final = re.compile(
    r"\.(avif|bmp|gif|heic|jpe?g|m4v|mkv|mov|mp4|png|tiff?|webm|webp)$", re.IGNORECASE
)


def with_links(call: Call, record: TaskRecord) -> bytes:
    """The document of a task with links to its attachments."""
    if record.with_links is not None:
        return record.with_links
    document = record.document()
    if "attachmentS3Downloads" in document:
        return record.wire  # of a task that was loaded: the links that Scale gave
    attachments = _attachments(call, record.type, document["params"])
    links: list[dict[str, Any]] = []
    for url, is_picture in attachments:
        address = _link(call, url, document["created_at"])
        entry = {"s3URL": address, "attachmentURL": url, "isConvertedImage": False}
        links.append(entry)
        if is_picture:
            links.append({**entry, "isConvertedImage": True})
    wire = record.wire[:-1] + b',"attachmentS3Downloads":' + encode(links) + b"}"
    if not any(url.startswith(FILE_SCHEME) for url, _ in attachments):
        # Else the links name the address at which the fake was called.
        call.account.tasks.keep_with_links(record, wire)
    return wire


def _attachments(call: Call, type_name: str, params: dict[str, Any]) -> list[tuple[str, bool]]:
    """The address of each attachment, in order, and whether it is an image or a video."""
    several: Any = params.get("attachments")
    shared = params.get("attachment_type")
    links: list[tuple[str, bool]] = []
    for attachment in [params.get("attachment"), *(several if isinstance(several, list) else ())]:
        url, medium = attachment, shared
        if isinstance(attachment, dict):
            url, medium = (
                attachment.get("content") or attachment.get("attachment"),
                attachment.get("type") or shared,
            )
        if isinstance(url, str) and medium != "text" and _URL.match(url):
            links.append((url, _is_picture(call, type_name, url, medium)))
    return links


def _is_picture(call: Call, type_name: str, url: str, medium: Any) -> bool:
    if isinstance(medium, str):
        return medium in CONVERTED
    if type_name in IMAGE_TYPES:
        return True
    if url.startswith("data:"):
        return url.startswith(("data:image/", "data:video/"))
    if url.startswith(FILE_SCHEME):
        file = call.account.files.get(url.rpartition("/")[2])
        return file is not None and file.mime_type.startswith(("image/", "video/"))
    return _PICTURE.search(url.partition("?")[0].partition("#")[0]) is not None


def _link(call: Call, url: str, created_at: str) -> str:
    """A link by http(s): the attachment's own address where it is one, else one into AWS.

    Files that were uploaded to the fake can be fetched by theirs: in process the fake answers for
    its bucket's host, and a served fake gives an address of its own.
    """
    scheme, _, rest = url.partition("://")
    if scheme.lower() in {"http", "https"}:
        return url
    if url.startswith(FILE_SCHEME):
        owner, _, file_id = rest.partition("/")
        origin = call.request.origin
        origin = STORED_ORIGIN if origin in call.world.scale_origins else origin
        address = f"{origin}/attachments/{quote(owner, '')}/{quote(file_id, '')}"
    elif url.startswith("data:"):
        address = f"{STORED_ORIGIN}/inline/{_digest(url)}"
    else:
        bucket = re.sub(r"[^a-z0-9.-]", "-", (urlsplit(url).netloc or "attachments").lower())
        address = f"https://{bucket}.s3.amazonaws.com/{quote(urlsplit(url).path.lstrip('/'))}"
    return f"{address}?{_signed(url, created_at)}"


def _signed(url: str, created_at: str) -> str:
    """The query of a pre-signed link; of the task's creation, so that it stays the same."""
    moment = created_at[:19].replace("-", "").replace(":", "") + "Z"
    return urlencode(
        {
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Credential": f"fake/{moment[:8]}/us-west-2/s3/aws4_request",
            "X-Amz-Date": moment,
            "X-Amz-Expires": "43200",
            "X-Amz-SignedHeaders": "host",
            "X-Amz-Signature": _digest(url),
        }
    )


def _digest(url: str) -> str:
    return blake2b(url.encode("utf-8", "surrogatepass"), digest_size=32).hexdigest()
