"""Files that pages load: scripts and styles, results of tasks, uploads."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Final

from .drawings.colours import stylesheet
from .layout import HEADERS, PACKAGE
from .subjects import picture_type
from .visit import Answer, NoSuchPage

if TYPE_CHECKING:
    from .visit import Visit

_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
_KEPT: Final = ("Cache-Control", "max-age=300")

_SEALED: Final = (("Content-Security-Policy", "default-src 'none'; sandbox"), *HEADERS)
"""A file of a user, opened by itself, may do nothing."""


def asset(visit: Visit, name: str) -> Answer:
    """A script or stylesheet of the dashboard.

    Raises:
        NoSuchPage: there is none of this name.
    """
    del visit
    if name == "labels.css":
        return Answer(stylesheet().encode(), _TYPES["css"], headers=(_KEPT, *HEADERS[1:]))
    folder = files(PACKAGE) / "assets"
    known = {entry.name: entry for entry in folder.iterdir()}
    # By listing, not by joining: no name can lead out of the folder.
    if name not in known or name.rpartition(".")[2] not in _TYPES:
        raise NoSuchPage(f"no file {name[:60]!r} belongs to the dashboard")
    return Answer(
        known[name].read_bytes(), _TYPES[name.rpartition(".")[2]], headers=(_KEPT, *HEADERS[1:])
    )


def result(visit: Visit, uuid: str) -> Answer:
    """A file that a response points at.

    Raises:
        NoSuchPage: no response points there.
    """
    stored = visit.fake._world.store.result(uuid)
    if stored is None:
        raise NoSuchPage(f"no response points at the file {uuid[:60]!r}")
    return _sealed(stored[1])


def upload(visit: Visit, owner: str, file_id: str) -> Answer:
    """A file that was uploaded.

    Raises:
        NoSuchPage: there is none.
    """
    url = f"scaledata://{owner}/{file_id}"
    for account in visit.fake._world.store.everyone():
        file = account.files.get(file_id)
        # By the whole address: accounts are told apart by its owner, not by the id.
        if file is not None and file.attachment_url == url:
            return _sealed(file.content)
    raise NoSuchPage(f"no file was uploaded as {url[:100]}")


def _sealed(content: bytes) -> Answer:
    kind = picture_type(content)
    if kind is not None:
        # By its bytes, not by its name: an SVG or HTML would run in the dashboard's origin.
        return Answer(content, kind, headers=_SEALED)
    # Whatever a user called it: a browser saves it and shows nothing of it.
    attached = (("Content-Disposition", "attachment"), *_SEALED)
    return Answer(content, "application/octet-stream", headers=attached)
