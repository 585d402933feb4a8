"""What a drawing needs to know of a task of a fake: looked up, never fetched."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from .._genai.rendering import EVERYTHING, Renderer
from .._http.wire import decoded_if_any
from .drawings.subject import Subject, as_dict

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._attachments import Media
    from .._fake import FakeScale
    from .._state.task import TaskRecord

MOST_INLINE: Final = 2_000_000
"""Bytes of a picture that may stand in a page itself."""

_PICTURES: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
)


def subject_of(
    fake: FakeScale,
    record: TaskRecord,
    *,
    mount: str | None = None,
    host: str | None = None,
    response: Any = None,
    prefix: str = "d",
    frame: int = 0,
) -> Subject:
    """The task as it is to be drawn.

    Args:
        fake: that has it.
        record: of the task.
        mount: the address of the dashboard, from where pictures are served; ``None`` to put them
            into the page itself.
        host: the origin of another host from which the person wants pictures, e.g.
            ``https://img.example.com``.
        response: an answer in place of the task's own.
        prefix: what the ids inside the drawing begin with.
        frame: which frame of a sequence stands first.
    """
    document = record.document()
    metadata = as_dict(document.get("metadata"))
    account = record.account

    def media(url: str) -> Media:
        return fake.attachments.media(url, metadata, account)

    root_id = as_dict(document.get("params")).get("lidar_task")
    tasks = fake._world.store.tasks
    root = tasks.get(root_id) if isinstance(root_id, str) else None
    # An id in params is what a client sent: it must not show another account's scan.
    if root is not None and root.account is not account:
        root = None
    files = Files(fake, media, mount, host)
    return Subject(
        document=document,
        response=document.get("response") if response is None else response,
        media=media,
        read=files.read,
        address=files.address,
        threads=_threads(fake, record, document) if response is None else (),
        frame=frame,
        root=None if root is None else root.document(),
        prefix=prefix,
    )


def other_answer(subject: Subject, response: Any, prefix: str) -> Subject:
    """The same task with another answer."""
    return replace(subject, response=response, prefix=prefix, threads=())


class Files:
    """The files of a fake as drawings ask for them.

    Args:
        fake: whose they are.
        media: what is known of an attachment.
        mount: see `subject_of`.
        host: see `subject_of`.
    """

    def __init__(
        self, fake: FakeScale, media: Callable[[str], Media], mount: str | None, host: str | None
    ) -> None:
        self._store = fake._world.store
        self._media = media
        self._mount = mount
        self._host = host

    def read(self, url: str) -> Any:
        """The JSON at ``url``: a file that the fake published, was given, or in the URL itself."""
        published = self._store.result(_result_id(url)) if _result_id(url) else None
        return decoded_if_any(self._media(url).content if published is None else published[1])

    def address(self, url: str) -> str | None:
        """From where a browser may show the picture at ``url``; see `Subject.address`."""
        uuid = _result_id(url)
        if uuid and uuid in self._store.results:
            if self._mount is not None:
                return f"{self._mount}/ui/results/{uuid}"
            stored = self._store.result(uuid)
            return None if stored is None else inline(stored[1])
        # With the slash: a host that only begins alike is another one.
        if self._host is not None and url.startswith(f"{self._host}/"):
            return url
        content = self._media(url).content
        if content is None or picture_type(content) is None:
            return None
        if url.startswith("scaledata://") and self._mount is not None:
            return f"{self._mount}/ui/files/{url.removeprefix('scaledata://')}"
        return inline(content)


def inline(content: bytes) -> str | None:
    """A picture as a ``data:`` URL; ``None`` for what is none, or is too large."""
    kind = picture_type(content)
    if kind is None or len(content) > MOST_INLINE:
        return None
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def picture_type(content: bytes) -> str | None:
    """The MIME type of a picture, by its first bytes whatever it is said to be; else ``None``.

    An SVG counts: as the source of an image it runs no script and loads nothing.
    """
    for beginning, kind in _PICTURES:
        if content.startswith(beginning):
            return kind
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    # Within 1000 bytes: a declaration and comments may stand before the element.
    return "image/svg+xml" if b"<svg" in content[:1000] else None


def _result_id(url: str) -> str:
    before, separator, uuid = url.partition("/results/")
    return uuid if separator and before.startswith(("http://", "https://")) else ""


def _threads(fake: FakeScale, record: TaskRecord, document: dict[str, Any]) -> list[dict[str, Any]]:
    response = as_dict(document.get("response"))
    renderer = Renderer(record.account, fake.seed, EVERYTHING)
    return renderer.threads(record, response, record.status)
