"""Who was on the team before the recording began, and how its people were set to work in Studio.

Answers about a team, its assignments and the order of batches show all of it, so the first of each
kind tells what was there: what the calls up to it changed is taken back. Of groups the first
listing of a project does; where there is none, the calls that need a group tell that it was there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .exchange import Exchange

_GROUPS: Final = re.compile(
    r"/v1/studio/projects/(?P<project>[^/]+)/groups(?:/(?P<group>[^/]+))?/?"
)
_BATCH: Final = re.compile(r"/v1/studio/batches/(?P<batch>[^/]+)/?")
_TAKEN: Final = re.compile(r'A group with name "(?P<name>.*)" already exists\.?', re.DOTALL)
_NOT_ASSIGNED: Final = re.compile(r"(?P<email>\S+@\S+) is not assigned to project .*", re.DOTALL)
_QUEUES: Final = ("/v1/studio/batches", "/v1/studio/batches/reset_priorities")
_PREFIXES: Final = ("/v1/teams", "/v1/studio/")


@dataclass(slots=True)
class Group:
    """A Studio group as it was."""

    name: str
    id: str | None = None
    emails: list[str] = field(default_factory=list[str])
    is_singleton: bool = False


@dataclass(slots=True)
class People:
    """The people of one account when the recording began, and what they worked on.

    Attributes:
        owner: the address of the account's owner; ``None`` where nothing tells it.
        team: everybody else as Scale shows them, by address, in order.
        ids: how groups call them, by address.
        assignments: names of the projects that each labels.
        groups: the groups of each project, by its name, in order.
        batches: the Studio batches as Scale shows them, by name, in order of work.
        in_order: whether that order is known to be the one of the beginning.
        places: else the places in it that single answers tell, from 1, by name.
        batch_groups: what worked on a batch, by its name.
    """

    owner: str | None = None
    team: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    ids: dict[str, str] = field(default_factory=dict[str, str])
    assignments: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    groups: dict[str, list[Group]] = field(default_factory=dict[str, list[Group]])
    batches: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    in_order: bool = False
    places: dict[str, int] = field(default_factory=dict[str, int])
    batch_groups: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def order_of(self, waiting: list[str]) -> list[str]:
        """The batches that wait, in the order of work, as far as it is known."""
        known = [name for name in self.batches if name in waiting]
        if self.in_order:
            return known
        order = [name for name in waiting if name in known and name not in self.places]
        for name in sorted(set(self.places) & set(waiting), key=self.places.__getitem__):
            order.insert(self.places[name] - 1, name)
        return order


def concerns_people(exchange: Exchange) -> bool:
    """Whether a call is about the team or about Studio."""
    return exchange.path.startswith(_PREFIXES)


def people_before(exchanges: Iterable[Exchange], key: str | None) -> People:
    """What the whole recording tells of one key's people.

    Args:
        exchanges: the recording, in order.
        key: whose; calls with other keys are passed over.
    """
    # A key is an account with a team of its own.
    everything = [exchange for exchange in exchanges if exchange.key == key]
    calls = [exchange for exchange in everything if concerns_people(exchange)]
    people = People()
    _read_batches(people, everything)
    for project in dict.fromkeys(_projects_of_groups(calls)):
        people.groups[project] = _groups_before(project, calls)
    _read_assignments(people, calls)
    _read_team(people, calls)
    return people


# -- the team ---------------------------------------------------------------------------------


def _read_team(people: People, calls: list[Exchange]) -> None:
    invited: set[str] = set()
    for exchange in _done(calls):
        documents = _documents(exchange.json)
        if not exchange.path.startswith("/v1/teams"):
            continue
        emails = _texts(exchange.sent, "emails")
        if exchange.path.rstrip("/").endswith("/invite"):
            while documents and documents[-1].get("email") in emails:
                documents.pop()
            invited.update(set(emails) - {document.get("email") for document in documents})
        if not documents:
            continue
        shown = {d["email"]: d for d in documents if isinstance(d.get("email"), str)}
        admins = [email for email, document in shown.items() if document.get("role") == "admin"]
        people.owner = next(iter(admins), people.owner)
        people.team = {
            email: document
            for email, document in shown.items()
            if email not in invited and email != people.owner
        }
        return  # it shows everybody
    for email in _needed(people, calls):
        if email != people.owner:
            people.team.setdefault(email, {"email": email, "role": "labeler"})


def _needed(people: People, calls: list[Exchange]) -> Iterator[str]:
    """Addresses that must have been on the team, where no answer shows it."""
    yield from people.assignments
    for groups in people.groups.values():
        for group in groups:
            yield from group.emails
    for exchange in calls:
        refusal = _NOT_ASSIGNED.fullmatch(_error(exchange))
        if refusal is not None:
            yield refusal["email"]
        if exchange.status < 400 and not exchange.path.rstrip("/").endswith("/invite"):
            for name in ("emails", "add_emails", "groups"):
                yield from (text for text in _texts(exchange.sent, name) if "@" in text)


# -- assignments ------------------------------------------------------------------------------


def _read_assignments(people: People, calls: list[Exchange]) -> None:
    for exchange in _done(calls):
        path = exchange.path.rstrip("/")
        if not path.startswith("/v1/studio/assignments") or not isinstance(exchange.json, dict):
            continue
        emails, projects = _texts(exchange.sent, "emails"), _texts(exchange.sent, "projects")
        for email, names in exchange.json.items():
            before = [name for name in _list(names) if isinstance(name, str)]
            if path.endswith("/add") and email in emails:
                while before and before[-1] in projects:
                    before.pop()
            elif path.endswith("/remove") and email in emails:
                before += projects
            people.assignments[email] = before
        people.owner = next(iter(people.assignments), None)
        return
    for exchange in _done(calls):  # nothing shows them: what calls need was there
        match = _GROUPS.fullmatch(exchange.path)
        if match is not None and exchange.method in {"POST", "PUT"}:
            for name in ("emails", "add_emails"):
                for email in _texts(exchange.sent, name):
                    _assign(people, email, unquote(match["project"]))
    for project, groups in people.groups.items():
        for group in groups:
            for email in group.emails:
                _assign(people, email, project)
    for exchange in _done(calls):
        match = _BATCH.fullmatch(exchange.path)
        project_of_batch = _object(exchange.json).get("projectName")
        if match is not None and exchange.method == "PUT" and isinstance(project_of_batch, str):
            for name in _texts(exchange.sent, "groups"):
                if "@" in name:
                    _assign(people, name, project_of_batch)


def _assign(people: People, email: str, project: str) -> None:
    projects = people.assignments.setdefault(email, [])
    if project not in projects:
        projects.append(project)


# -- groups -----------------------------------------------------------------------------------


def _projects_of_groups(calls: list[Exchange]) -> Iterator[str]:
    for exchange in calls:
        match = _GROUPS.fullmatch(exchange.path)
        if match is not None and (exchange.status < 400 or "roject" not in _error(exchange)[:7]):
            yield unquote(match["project"])
        project_name = _object(exchange.json).get("projectName")
        if exchange.method == "PUT" and exchange.status < 400 and isinstance(project_name, str):
            yield project_name


def _groups_before(project: str, calls: list[Exchange]) -> list[Group]:
    """The groups of a project, from the first listing or else from what calls needed."""
    until: list[Exchange] = []
    groups: dict[str, Group] = {}
    for exchange in calls:
        match = _GROUPS.fullmatch(exchange.path)
        is_listing = match is not None and unquote(match["project"]) == project
        if is_listing and exchange.method == "GET" and exchange.status < 400:
            groups = {group.name: group for group in map(_group, _documents(exchange.json))}
            break
        until.append(exchange)
    created: set[str] = set()
    for exchange in until:
        _notice_group(project, exchange, groups, created)
    for exchange in reversed(until):
        _take_back(project, exchange, groups, created)
    return [group for group in groups.values() if group.name not in created]


def _notice_group(
    project: str, exchange: Exchange, groups: dict[str, Group], made_names: set[str]
) -> None:
    """What one call tells: that it made a group, or that it found one."""
    match, batch = _GROUPS.fullmatch(exchange.path), _BATCH.fullmatch(exchange.path)
    reply = _object(exchange.json)
    if match is not None and unquote(match["project"]) == project:
        name_taken = _TAKEN.fullmatch(_error(exchange))
        if name_taken is not None and name_taken["name"] not in made_names:
            groups.setdefault(name_taken["name"], Group(name_taken["name"]))
        if exchange.status >= 400 or not isinstance(reply.get("name"), str):
            return
        if match["group"] is None:
            made_names.add(reply["name"])
        elif reply["name"] not in made_names and reply["name"] not in groups:
            groups[reply["name"]] = _group(reply)
    elif batch is not None and exchange.status < 400 and reply.get("projectName") == project:
        for name in _texts(exchange.sent, "groups"):
            if "@" not in name and name not in made_names:
                groups.setdefault(name, Group(name))
            elif "@" in name and (name not in groups or groups[name].is_singleton):
                made_names.add(name)


def _take_back(
    project: str, exchange: Exchange, groups: dict[str, Group], made_names: set[str]
) -> None:
    """Undo what one call did to the members of a group that was there before."""
    if exchange.status >= 400:
        return
    match = _GROUPS.fullmatch(exchange.path)
    sent = exchange.sent
    if match is not None and match["group"] and unquote(match["project"]) == project:
        group = groups.get(unquote(match["group"]))
        if group is not None and group.name not in made_names:
            added, removed = _texts(sent, "add_emails"), _texts(sent, "remove_emails")
            while group.emails and group.emails[-1] in added:
                group.emails.pop()
            group.emails += [email for email in removed if email not in group.emails]


def _group(document: dict[str, Any]) -> Group:
    return Group(
        str(document.get("name")),
        document.get("id"),
        [
            worker["email"]
            for worker in _list(document.get("workers"))
            if isinstance(worker, dict) and isinstance(worker.get("email"), str)
        ],
        document.get("isSingleton") is True,
    )


# -- batches ----------------------------------------------------------------------------------


def _read_batches(people: People, everything: list[Exchange]) -> None:
    created: set[str] = set()
    touched: set[str] = set()
    is_ordered = False
    for exchange in _done(everything):
        path = exchange.path.rstrip("/")
        if path == "/v1/batches" and exchange.method == "POST":
            created.add(str(_object(exchange.json).get("name")))
        if not path.startswith("/v1/studio/batches"):
            for document in _workers_in(exchange):
                people.ids.setdefault(document["email"], document["id"])
            continue
        is_put = exchange.method == "PUT"
        touched |= {unquote(path.rpartition("/")[2])} if is_put else set()
        if path == _QUEUES[0] and not is_put and not people.batches:
            people.in_order = not is_ordered
        is_ordered = is_ordered or path.endswith("_priorities")
        for document in [exchange.json] if is_put else _documents(exchange.json):
            name = _object(document).get("name")
            if not isinstance(name, str) or name in created:
                continue
            people.batches.setdefault(name, document)
            place = document.get("studioPriority")
            if is_put and not is_ordered and isinstance(place, int):
                people.places.setdefault(name, place)
            if name not in touched and name not in people.batch_groups:
                people.batch_groups[name] = _texts(document, "groups")


def _workers_in(exchange: Exchange) -> Iterator[dict[str, str]]:
    for document in [*_documents(exchange.json), _object(exchange.json)]:
        for worker in _list(document.get("workers")):
            if isinstance(worker, dict) and all(
                isinstance(worker.get(name), str) for name in ("email", "id")
            ):
                yield worker


# -- reading ----------------------------------------------------------------------------------


def _done(calls: Iterable[Exchange]) -> Iterator[Exchange]:
    return (exchange for exchange in calls if exchange.status < 400)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _documents(value: Any) -> list[dict[str, Any]]:
    return [document for document in _list(value) if isinstance(document, dict)]


def _texts(value: Any, name: str) -> list[str]:
    return [text for text in _list(_object(value).get(name)) if isinstance(text, str)]


def _error(exchange: Exchange) -> str:
    return str(_object(exchange.json).get("error", "")) if exchange.status >= 400 else ""
