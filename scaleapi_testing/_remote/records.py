"""Records of a world on a server, and the views of them: live, in the wire's names."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final, cast

from .._controls.deliver import DatasetView, DeliveryView, SchemaView
from .._controls.views import (
    BatchView,
    FileView,
    ProjectView,
    Record,
    TasksView,
    TaskView,
    TeammateView,
    View,
    id_of_task,
)
from .outgoing import filters_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .wire import Wire

PLURAL: Final = {
    "task": "tasks",
    "batch": "batches",
    "project": "projects",
    "file": "files",
    "teammate": "teammates",
}


class FarAccount:
    """An account as a record tells it: its key where this process used it, else its beginning."""

    __slots__ = ("_wire", "digest", "shown")

    def __init__(self, wire: Wire, entry: Any) -> None:
        self._wire = wire
        self.digest: str = entry["account_id"]
        self.shown: str = entry["account"]

    @property
    def key(self) -> str:
        """The API key, as far as it is known here."""
        return self._wire.key_of(self.digest, self.shown) or ""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FarAccount) and other.digest == self.digest

    def __hash__(self) -> int:
        return hash(self.digest)


class FarRecord:
    """What stands in place of a record of the state: asked for anew each time.

    Args:
        wire: to the world.
        entry: the record as the control plane told it.
    """

    def __init__(self, wire: Wire, entry: Any) -> None:
        self.wire = wire
        self.told = entry

    def read(self) -> dict[str, Any]:
        """The document as it is now; of what the server lists nowhere, as it was told."""
        kinds = PLURAL.get(self.told["kind"])
        if kinds is not None:
            self.told = self.wire.control_with(
                f"{kinds}.get",
                {
                    self.told["kind"]: self.told.get("record_id", self.told["id"]),
                    "account": self.told["account_id"],
                },
            )
        document: dict[str, Any] = self.told["document"]
        return document

    document = read

    @property
    def id(self) -> str:
        """Its id."""
        own: str = self.told.get("record_id") or self.told["id"]
        return own

    @property
    def account(self) -> FarAccount:
        """Whose it is."""
        return FarAccount(self.wire, self.told)

    @property
    def archived(self) -> bool:
        """Whether it was archived."""
        self.read()
        return bool(self.told.get("archived", self.told["document"].get("archived")))

    @property
    def content(self) -> bytes:
        """The bytes of a file."""
        answer = self.wire.control("files.content", file=self.told["id"])
        return base64.b64decode(answer["base64"])

    def __getattr__(self, name: str) -> Any:
        # Else copy and pickle, which ask for such names before __init__, would call the server.
        if name.startswith("_"):
            raise AttributeError(name)
        return self.read().get(name)


_KINDS: Final[dict[str, type[Record]]] = {
    "batch": BatchView,
    "project": ProjectView,
    "file": FileView,
    "teammate": TeammateView,
    "delivery": DeliveryView,
    "schema": SchemaView,
    "dataset": DatasetView,
}


def view_of(wire: Wire, entry: Any) -> Any:
    """A record as the views of a fake in this process give it."""
    far = FarRecord(wire, entry)
    if entry["kind"] == "task":
        return TaskView(cast("Any", far))
    kind = _KINDS[entry["kind"]]
    # Its own __init__ asks for a record of the state, which is in another process.
    view = kind.__new__(kind)
    Record.__init__(view, cast("Any", far.account), far.read)
    if entry["kind"] != "teammate":
        view._record = far  # type: ignore[attr-defined]  # of all kinds but Record itself
    return view


class FarView(View[Any]):
    """All records of one kind in a world; see ``View``.

    Args:
        wire: to the world.
        kind: of the records.
    """

    def __init__(self, wire: Wire, kind: str) -> None:
        self.kind = kind
        self.kinds = PLURAL[kind]
        self._wire = wire
        View.__init__(self, self._fetched, _names)

    def _fetched(self) -> Iterator[Any]:
        return (view_of(self._wire, document) for document in self._wire.every(self.kinds))

    def __len__(self) -> int:
        total: int = self._wire.control(self.kinds, limit=1)["total"]
        return total

    def get(self, key: str | int, account: str | None = None) -> Any:
        """The record with this id or name (or at this position), as the server finds it.

        Raises:
            LookupError: there is none, or two accounts have one of this name and ``account`` was
                not given.
        """
        __tracebackhide__ = True
        if isinstance(key, int):
            return View.get(self, key, account)
        if account is not None:
            self._wire.know(account)
        arguments = {self.kind: key, "account": account}
        return view_of(self._wire, self._wire.control_with(f"{self.kinds}.get", arguments))

    def __call__(self, **filters: Any) -> list[Any]:
        """The records whose attributes equal these, as the server finds them.

        Raises:
            TypeError: a name that no record of this kind has on the wire.
        """
        __tracebackhide__ = True
        return [
            view_of(self._wire, document)
            for document in self._wire.every(self.kinds, **filters_out(self._wire, filters))
        ]


class FarTasks(FarView, TasksView):
    """Every task of a world; see ``View``."""

    def __init__(self, wire: Wire) -> None:
        FarView.__init__(self, wire, "task")

    def __len__(self) -> int:
        return FarView.__len__(self)

    def __contains__(self, key: object) -> bool:
        try:
            self.get(id_of_task(key))
        except (LookupError, TypeError):
            return False
        return True

    def get(self, key: str | int, account: str | None = None) -> TaskView:
        """The task with this id (or at this position).

        Raises:
            NoSuchTask: there is none; names the closest ids and their accounts.
        """
        __tracebackhide__ = True
        if isinstance(key, int):
            at_place: TaskView = View.get(self, key, account)
            return at_place
        view: TaskView = view_of(self._wire, self._wire.control("tasks.get", task=id_of_task(key)))
        return view


def _names(view: Any) -> tuple[str, ...]:
    if view.kind in {"batch", "project"}:
        return view._record.id, view._record.told["document"]["name"]
    return (view.id,)
