"""Files: multipart upload, import by URL, assets (docs/scale/files.md)."""

from __future__ import annotations

import logging
import mimetypes
import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from ..._attachments import measure
from ..._errors import ApiError
from ..._http.routing import endpoint
from ..._http.wire import decode, encode, timestamp
from ..._provenance import assumed, documented
from ..._state.file import FileRecord
from .._listing import MAX_LIMIT
from .fields import metadata_of, project_named

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .._call import Call

OVERVIEW: Final = documented("https://docs.scale.com/reference/file-overview")
MAX_BYTES: Final = 80 * 1024 * 1024
TOO_LARGE: Final = "File size exceeds the limit of 80 MB."
"""The limit is documented, the text assumed."""

UNKNOWN_TYPE: Final = "application/octet-stream"
ENCODED_TYPES: Final[Mapping[str, str]] = {
    "gzip": "application/gzip",
    "bzip2": "application/x-bzip2",
    "xz": "application/x-xz",
}
MORE_TYPES: Final[Mapping[str, str]] = {
    ".avif": "image/avif",
    ".flac": "audio/flac",
    ".heic": "image/heic",
    ".jsonl": "application/jsonl",
    ".m4a": "audio/mp4",
    ".md": "text/markdown",
    ".mkv": "video/x-matroska",
    ".ogg": "audio/ogg",
    ".webp": "image/webp",
}
"""Suffixes that not every version of Python knows."""

_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S+")

TEXT_PARTS: Final = ("display_name", "project_name", "reference_id", "metadata")
IMPORT_KEYS: Final = ("file_url", *TEXT_PARTS)


def file_document(file: FileRecord) -> dict[str, Any]:
    """A file as Scale sends it (docs/scale/files.md)."""
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
    if not isinstance(url, str) or not _URL.fullmatch(url):
        raise ApiError(
            400,
            "Invalid file_url - expected a URL.",
            f"file_url={str(url)[:60]!r}; send e.g. https://example.com/image.png",
        )
    call.report_unread(body, IMPORT_KEYS)
    mime_type = _type_of_name(url.partition("?")[0].partition("#")[0])
    return _keep(call, body, content=b"", mime_type=mime_type, imported_from=url)


@endpoint(
    "GET",
    "/v1/assets",
    source=assumed("only the parameters of Get Assets are documented"),
    query=("project", "metadata", "cursor"),
)
def list_assets(call: Call) -> bytes:
    """List the files of a project, newest first, 100 a page."""
    project = call.one("project")
    if project is None:
        raise ApiError(400, "Please include a project parameter.")
    conditions = _metadata_filter(call.one("metadata"))
    files = [
        file
        for file in reversed(call.account.files.values())
        if project in file.project_names and _has(file.metadata, conditions)
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
        conditions: Any = decode(text.encode("utf-8", "replace"))
    except ApiError:
        conditions = None
    if not isinstance(conditions, dict):
        raise ApiError(400, "Invalid metadata - expected object.")
    return conditions


def _has(metadata: Any, conditions: dict[str, Any]) -> bool:
    known: dict[str, Any] = metadata if isinstance(metadata, dict) else {}
    return all(key in known and known[key] == value for key, value in conditions.items())


def _keep(
    call: Call, parts: dict[str, Any], *, content: bytes, mime_type: str, imported_from: str | None
) -> bytes:
    texts = {name: parts.get(name) for name in TEXT_PARTS if name != "metadata"}
    for name, value in texts.items():
        if not isinstance(value, str | None):
            raise ApiError(400, f"Invalid {name} - expected string.")
    project = texts["project_name"] or None
    if project is not None:
        project_named(call, project)
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
                raise ApiError(
                    409,
                    f'A file with reference_id "{reference}" already exists.',
                    f"file {known.id} has it; the same reference_id with a project_name that the "
                    "file is not yet linked to links it there",
                )
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
    texts: dict[str, Any] = {}
    parts: list[tuple[bytes, str]] = []

    def on_field(field: Any) -> None:
        name = (field.field_name or b"").decode("utf-8", "replace")
        if name == "file":
            # Some clients send small files as a part without a file name.
            parts.append((field.value or b"", ""))
        else:
            texts[name] = (field.value or b"").decode("utf-8", "replace")

    def on_file(file: Any) -> None:
        if (file.field_name or b"") == b"file":
            name = (file.file_name or b"").decode("utf-8", "replace")
            parts.append((file.file_object.getvalue(), name))

    _parse(call, content_type, on_field, on_file)
    content, filename = parts[-1] if parts else (None, "")
    return texts, content, filename


# One of its own: no logger that a user may configure is touched.
_SILENT: Final = logging.Logger(__name__, logging.CRITICAL + 1)  # noqa: LOG001 - see above


def _parse(
    call: Call,
    content_type: str,
    on_field: Callable[[Any], None],
    on_file: Callable[[Any], None],
) -> None:
    from python_multipart import create_form_parser
    from python_multipart.multipart import parse_options_header

    # Its parser would say so in a log of its own, before it can be told not to.
    if not parse_options_header(content_type)[1].get(b"boundary"):
        raise ApiError(
            400,
            "Invalid multipart body.",
            "the multipart body cannot be read: its Content-Type names no boundary",
        )
    body = call.request.body
    headers = {"Content-Type": content_type.encode("latin-1", "replace")}
    # Nothing goes to the disk, however large it is.
    config: dict[Any, Any] = {"MAX_MEMORY_FILE_SIZE": len(body) + 1}
    try:
        parser = create_form_parser(headers, on_field, on_file, config=config)
        # What is wrong with a body is the caller's business: it is in the reply, not in a log.
        for machine in (parser, parser.parser):
            setattr(machine, "logger", _SILENT)  # noqa: B010 - its own types say that it may be None
        parser.write(body)
        parser.finalize()
    except Exception as error:  # noqa: BLE001 - a damaged body may fail in any way; it is then a 400
        raise ApiError(
            400, "Invalid multipart body.", f"the multipart body cannot be read: {error}"
        ) from None


def _sniffed(content: bytes, filename: str) -> str:
    """The MIME type from the content, else from the name."""
    import puremagic

    try:
        sniffed = puremagic.from_string(content, mime=True, filename=filename or None)
    except Exception:  # noqa: BLE001 - content that it cannot read may fail in any way
        sniffed = ""
    return sniffed or _type_of_name(filename)


def _type_of_name(name: str) -> str:
    """The MIME type of a file name or URL, the same on every machine."""
    try:
        guessed, encoding = _types().guess_type(name, strict=False)
    except ValueError:
        return UNKNOWN_TYPE
    if encoding is not None:
        return ENCODED_TYPES.get(encoding, UNKNOWN_TYPE)
    return guessed or UNKNOWN_TYPE


@cache  # what names stand for, never the state of a fake
def _types() -> mimetypes.MimeTypes:
    # Python's own table, without what the machine's files add to it.
    types = mimetypes.MimeTypes()
    for suffix, name in MORE_TYPES.items():
        types.add_type(name, suffix)
    return types
