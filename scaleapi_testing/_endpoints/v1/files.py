"""Files: multipart upload, import by URL, assets (v1-resources 9)."""

from __future__ import annotations

import json
import mimetypes
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from ..._attachments import measure
from ..._errors import ApiError
from ..._provenance import assumed, documented
from ..._routing import endpoint
from ..._state.file import FileRecord
from ..._wire import encode, timestamp
from .._listing import MAX_LIMIT
from .fields import metadata_of, named

if TYPE_CHECKING:
    from .._call import Call

OVERVIEW: Final = documented("https://docs.scale.com/reference/file-overview")
MAX_BYTES: Final = 80 * 1024 * 1024
TOO_LARGE: Final = "File size exceeds the limit of 80 MB."
"""The limit is documented, the text assumed."""

TEXT_PARTS: Final = ("display_name", "project_name", "reference_id", "metadata")
IMPORT_KEYS: Final = ("file_url", *TEXT_PARTS)


def file_document(file: FileRecord) -> dict[str, Any]:
    """A file as Scale sends it (v1-resources 9)."""
    document: dict[str, Any] = {
        "id": file.id,
        "attachment_url": file.attachment_url,
        "mime_type": file.mime_type,
        "size": file.size,
        "project_names": list(file.project_names),
        "created_at": timestamp(file.created_ms),
        "updated_at": timestamp(file.updated_ms),
    }
    optional = {
        "display_name": file.display_name,
        "reference_id": file.reference_id,
        "metadata": file.metadata,
    }
    return document | {key: value for key, value in optional.items() if value is not None}


@endpoint("POST", "/v1/files/upload", source=OVERVIEW)
def upload_file(call: Call) -> bytes:
    """Upload a file as ``multipart/form-data``; its address may be a task's attachment."""
    parts, content, filename = _multipart(call)
    if content is None:
        raise ApiError(400, "Please include a file parameter.")
    if len(content) > MAX_BYTES:
        raise ApiError(400, TOO_LARGE, f"the file has {len(content)} bytes")
    call.report_unread(parts, TEXT_PARTS)
    mime_type = _sniffed(content, filename)
    return _keep(call, parts, content=content, mime_type=mime_type, imported_from=None)


@endpoint("POST", "/v1/files/import", source=OVERVIEW)
def import_file(call: Call) -> bytes:
    """Import a file by URL; the fake fetches nothing, so its size is 0 (assumed)."""
    body = call.object()
    url = body.get("file_url")
    if url in (None, ""):
        raise ApiError(400, "Please include a file_url parameter.")
    if not isinstance(url, str) or "://" not in url:
        raise ApiError(400, "Invalid file_url - expected a URL.")
    call.report_unread(body, IMPORT_KEYS)
    guessed = mimetypes.guess_type(url.partition("?")[0])[0] or "application/octet-stream"
    return _keep(call, body, content=b"", mime_type=guessed, imported_from=url)


@endpoint("GET", "/v1/assets", source=assumed("only the parameters of Get Assets are documented"))
def list_assets(call: Call) -> bytes:
    """List the files of a project, newest first, 100 a page."""
    project = call.one("project")
    if project is None:
        raise ApiError(400, "Please include a project parameter.")
    wanted = _metadata_filter(call.one("metadata"))
    call.report_unread(call.query, ("project", "metadata", "cursor"))
    files = [
        file
        for file in reversed(call.account.files.values())
        if project in file.project_names and _has(file.metadata, wanted)
    ]
    cursor = call.one("cursor")
    start = 0
    if cursor is not None:
        position = next((n for n, file in enumerate(files) if file.id == cursor), None)
        if position is None:
            raise ApiError(400, "Invalid cursor.", "send the next_cursor of the page before")
        start = position + 1
    page = files[start : start + MAX_LIMIT]
    more = start + MAX_LIMIT < len(files)
    return encode(
        {
            "assets": [file_document(file) for file in page],
            "next_cursor": page[-1].id if more else None,
        }
    )


def _metadata_filter(text: str | None) -> dict[str, Any]:
    if text is None:
        return {}
    try:
        wanted: Any = json.loads(text)
    except (ValueError, RecursionError):
        wanted = None
    if not isinstance(wanted, dict):
        raise ApiError(400, "Invalid metadata - expected object.")
    return wanted


def _has(metadata: Any, wanted: dict[str, Any]) -> bool:
    known: dict[str, Any] = metadata if isinstance(metadata, dict) else {}
    return all(key in known and known[key] == value for key, value in wanted.items())


def _keep(
    call: Call, parts: dict[str, Any], *, content: bytes, mime_type: str, imported_from: str | None
) -> bytes:
    texts = {name: parts.get(name) for name in TEXT_PARTS if name != "metadata"}
    for name, value in texts.items():
        if not isinstance(value, str | None):
            raise ApiError(400, f"Invalid {name} - expected string.")
    project = texts["project_name"] or None
    if project is not None and project not in call.account.projects:
        raise ApiError(
            400,
            f"Project {project} does not exist.",
            named("project", project, call.account.projects),
        )
    metadata = parts.get("metadata")
    if isinstance(metadata, str):
        metadata = _metadata_filter(metadata) if metadata else None
    if metadata is not None:
        metadata = metadata_of(metadata)
    reference = texts["reference_id"] or None
    now = call.world.clock.ms
    if reference is not None:
        known = next((f for f in call.account.files.values() if f.reference_id == reference), None)
        if known is not None:
            if project is None or project in known.project_names:
                raise ApiError(409, f'A file with reference_id "{reference}" already exists.')
            linked = replace(known, project_names=(*known.project_names, project), updated_ms=now)
            call.account.files[known.id] = linked
            return encode(file_document(linked))
    file_id = call.world.new_uuid("file")
    width, height = measure(content)
    file = FileRecord(
        id=file_id,
        attachment_url=f"scaledata://{call.account.customer_id}/{file_id}",
        mime_type=mime_type,
        size=len(content),
        project_names=() if project is None else (project,),
        created_ms=now,
        updated_ms=now,
        content=content,
        seq=len(call.account.files),
        display_name=texts["display_name"],
        reference_id=reference,
        metadata=metadata,
        width=width,
        height=height,
        imported_from=imported_from,
    )
    call.account.files[file_id] = file
    return encode(file_document(file))


def _multipart(call: Call) -> tuple[dict[str, Any], bytes | None, str]:
    """The text parts, the content of the part ``file`` and its file name."""
    content_type = call.request.headers.get("content-type", "")
    if not content_type.lower().startswith("multipart/form-data"):
        raise ApiError(
            400,
            "Please include a file parameter.",
            f"the body is {content_type[:60] or 'untyped'}; send multipart/form-data with a part "
            "named file",
        )
    from python_multipart import parse_form
    from python_multipart.exceptions import FormParserError

    texts: dict[str, Any] = {}
    found: list[tuple[bytes, str]] = []

    def on_field(field: Any) -> None:
        name = (field.field_name or b"").decode("utf-8", "replace")
        texts[name] = (field.value or b"").decode("utf-8", "replace")

    def on_file(file: Any) -> None:
        file.file_object.seek(0)
        content = file.file_object.read()
        file.close()
        if (file.field_name or b"") == b"file":
            found.append((content, (file.file_name or b"").decode("utf-8", "replace")))

    headers = {
        "Content-Type": content_type.encode("latin-1", "replace"),
        "Content-Length": str(len(call.request.body)).encode(),
    }
    try:
        parse_form(headers, BytesIO(call.request.body), on_field, on_file)
    except (FormParserError, ValueError, LookupError) as error:
        raise ApiError(
            400, "Invalid multipart body.", f"the multipart body cannot be read: {error}"
        ) from None
    if not found and isinstance(texts.get("file"), str):
        # Some clients send small files as a part without a file name.
        found.append((texts.pop("file").encode(), ""))
    content, filename = found[-1] if found else (None, "")
    return texts, content, filename


def _sniffed(content: bytes, filename: str) -> str:
    """The MIME type from the content, else from the name."""
    import puremagic

    try:
        sniffed = puremagic.from_string(content[:65536], mime=True, filename=filename or None)
    except (puremagic.PureError, ValueError):
        sniffed = ""
    guessed = mimetypes.guess_type(filename)[0] if filename else None
    return sniffed or guessed or "application/octet-stream"
