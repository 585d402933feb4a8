"""Files: local data made into attachments of tasks; the record and the client's methods."""

# Written by `make generate` from scaleapi/files.py: change it there.
from __future__ import annotations

import json
import mimetypes
from typing import IO, TYPE_CHECKING, Any

from .._base import checked_object, object_of
from .._filters import filter_query
from .._paging import Progress
from ..files import Assetlist, File, _metadata, _read
from ._base import AsyncBaseClient

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping
    from os import PathLike


class AsyncFileMethods(AsyncBaseClient):
    """What the client does with files."""

    async def upload_file(
        self,
        file: IO[bytes] | bytes | str | PathLike[str],
        project_name: str | None = None,
        display_name: str | None = None,
        reference_id: str | None = None,
        metadata: Mapping[str, Any] | str | None = None,
    ) -> File:
        """Upload local data, at most 80 MB.

        Args:
            file: a file opened for reading bytes (read from where it stands), the path of one,
                or the bytes themselves.
            project_name: the project whose tasks will use it.
            display_name: name to show.
            reference_id: your own id for it; the same one twice is a 409.
            metadata: any JSON object; or its JSON text, which the official client took.

        Raises:
            ScaleDuplicateResource: the ``reference_id`` is taken.
            ScaleInvalidRequest: no such project, the file is too large, or ``file`` is none.
            OSError: the file cannot be read.

        Source: documented (https://scale.com/docs/api-reference/file-endpoints).
        """
        name, content = _read(file)
        media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        parts: list[tuple[str, str | tuple[str, bytes, str]]] = [
            ("file", (name, content, media_type))
        ]
        texts = {
            "project_name": project_name,
            "display_name": display_name,
            "reference_id": reference_id,
            # A part of a form is text, hence JSON within it; an import sends the object.
            "metadata": None if metadata is None else json.dumps(_metadata(metadata)),
        }
        parts.extend((key, text) for key, text in texts.items() if text is not None)
        return File(await self._transport.send("POST", "files/upload", files=parts), self)

    async def import_file(
        self,
        file_url: str,
        project_name: str | None = None,
        display_name: str | None = None,
        reference_id: str | None = None,
        metadata: Mapping[str, Any] | str | None = None,
    ) -> File:
        """Have Scale fetch a file from a URL.

        Args:
            file_url: where Scale finds it.
            project_name: the project whose tasks will use it.
            display_name: name to show.
            reference_id: your own id for it; the same one twice is a 409.
            metadata: any JSON object; or its JSON text, which the official client took.

        Source: documented (https://scale.com/docs/api-reference/file-endpoints).
        """
        fields = {
            "file_url": file_url,
            "project_name": project_name,
            "display_name": display_name,
            "reference_id": reference_id,
            "metadata": None if metadata is None else _metadata(metadata),
        }
        body = {key: value for key, value in fields.items() if value is not None}
        return File(await self._transport.send("POST", "files/import", body=body), self)

    async def assets(
        self,
        project_name: str,
        metadata: Mapping[str, Any] | None = None,
        cursor: str | None = None,
    ) -> Assetlist:
        """One page of a project's files, newest first.

        Args:
            project_name: the project's name.
            metadata: only files whose metadata has all of these pairs.
            cursor: the ``next_token`` of the page before.

        Source: parameters documented (https://scale.com/docs/api-reference/file-endpoints);
            path and answer assumed, as the stored pages do not show them.
        """
        filters = {
            "project": project_name,
            "metadata": None if metadata is None else json.dumps(object_of(metadata, "metadata")),
            "cursor": cursor,
        }
        query = filter_query(filters, ("project", "metadata", "cursor"), "assets")
        answer = checked_object(
            await self._transport.get("assets", query), "page of files", ("assets",)
        )
        files = [File(doc, self) for doc in answer["assets"]]
        following: str | None = answer.get("next_cursor")
        total = answer.get("total", len(files))
        return Assetlist(files, total, len(files), 0, following is not None, following)

    async def get_assets(
        self, project_name: str, metadata: Mapping[str, Any] | None = None
    ) -> AsyncGenerator[File, None]:
        """Each of a project's files, newest first, fetched page by page."""
        progress = Progress("files", "id")
        cursor: str | None = None
        while True:
            page = await self.assets(project_name, metadata, cursor)
            for item in page:
                yield item
            cursor = progress.next_token(page)
            if cursor is None:
                return
