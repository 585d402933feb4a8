"""Projects: the record, its versions of parameters, task templates, and the client's methods."""

# Written by `make generate` from scaleapi/projects.py: change it there.
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._base import Resource, checked_list, object_of
from .._filters import filter_query
from ..exceptions import refused
from ..projects import TaskTemplate, _path
from ._base import AsyncBaseClient

if TYPE_CHECKING:
    from collections.abc import Iterator, KeysView, Mapping, Sequence

    from .._types import JSON, JSONObject
    from ..tasks import TaskType


class AsyncProject(Resource["AsyncProjectMethods"]):
    """One project, as Scale answered it last. Two are equal when their names are.

    Attributes:
        param_history: oldest first; each entry is ``version`` and ``created_at`` beside the
            parameters themselves, e.g. ``{"version": 0, "created_at": …, "instruction": …}``.

    Source: documented (https://scale.com/docs/api-reference/projects).
    """

    _needed = ("name", "type")
    _shown = ("name", "type", "version")

    name: str
    type: str
    created_at: str
    param_history: list[JSONObject]
    rapid: bool
    studio: bool
    archived: bool
    pipeline: str
    datasetId: str | None  # noqa: N815  # the wire's name

    @property
    def version(self) -> int | None:
        """Number of the newest version of its parameters, ``None`` when there is none."""
        return self._newest().get("version")

    @property
    def instruction(self) -> str | None:
        """Instruction of the newest version, ``None`` when it has none."""
        return self._newest().get("instruction")

    @property
    def params(self) -> JSONObject | None:
        """The newest entry of :attr:`param_history`, ``None`` when there is none.

        As in the official client, ``version`` and ``created_at`` stand in it beside the parameters.
        """
        return self._newest() or None

    async def refresh(self) -> None:
        """Fetch the project's present state into this object."""
        self._accept((await self.client.get_project(self.name)).as_dict())

    async def update(self, patch: bool = False, **params: Any) -> None:  # noqa: FBT001, FBT002  # official
        """Add a version of the parameters; see :meth:`ProjectMethods.update_project`."""
        self._accept((await self.client.update_project(self.name, patch, **params)).as_dict())

    async def get_template(self) -> TaskTemplate:
        """Fetch its task template; see :meth:`ProjectMethods.get_project_template`."""
        return await self.client.get_project_template(self.name)

    def _newest(self) -> JSONObject:
        history: list[JSONObject] = self.param_dict.get("param_history") or [{}]
        return history[-1]

    def __getitem__(self, key: str) -> JSON:
        """``project["name"]``: listings of the 1.0 client gave dicts."""
        return self.param_dict[key]

    def __contains__(self, key: object) -> bool:
        return key in self.param_dict

    def __iter__(self) -> Iterator[str]:
        return iter(self.param_dict)

    def keys(self) -> KeysView[str]:
        """The keys of its JSON, so that ``dict(project)`` is a dict as the 1.0 client gave."""
        return self.param_dict.keys()

    def get(self, key: str, default: JSON = None) -> JSON:
        """The value of a key of its JSON, as in the dicts of the 1.0 client."""
        return self.param_dict.get(key, default)

    def __eq__(self, other: object) -> bool:
        return self.name == other.name if isinstance(other, AsyncProject) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.name)


class AsyncProjectMethods(AsyncBaseClient):
    """What the client does with projects."""

    async def create_project(
        self,
        project_name: str,
        task_type: TaskType | str | None = None,
        params: Mapping[str, Any] | None = None,
        rapid: bool = False,  # noqa: FBT001, FBT002  # the official order
        studio: bool = False,  # noqa: FBT001, FBT002  # the same
        dataset_id: str | None = None,
        *,
        type: TaskType | str | None = None,
        pipeline: str | None = None,
        consensus_attempts: int | None = None,
    ) -> AsyncProject:
        """Create a project for tasks of one type.

        Args:
            project_name: a name that no other project of yours has.
            task_type: the type of all its tasks.
            params: parameters that its tasks inherit, e.g. ``{"instruction": …}``.
            rapid: whether it is a Rapid project.
            studio: whether it is a Studio project.
            dataset_id: Nucleus dataset to sync with.
            type: ``task_type`` under its name of the 1.0 client.
            pipeline: ``"standard_task"`` or ``"consensus_task"`` (Studio).
            consensus_attempts: how many labelers answer each task (Studio, consensus).

        Raises:
            ScaleDuplicateResource: the name is taken.
            ScaleInvalidRequest: neither ``task_type`` nor ``type`` is given, or Scale knows no
                such type.

        Source: documented (https://scale.com/docs/api-reference/projects).
        """
        chosen_type = task_type if task_type is not None else type
        if chosen_type is None:
            raise refused("create_project needs a task_type, e.g. TaskType.ImageAnnotation")
        body: JSONObject = {
            "type": chosen_type,
            "name": project_name,
            "params": None if params is None else object_of(params, "params"),
            "rapid": rapid,
            "studio": studio,
            "datasetId": dataset_id,
        }
        # Left out rather than null: both are Studio's alone.
        if pipeline is not None:
            body["pipeline"] = pipeline
        if consensus_attempts is not None:
            body["consensus_attempts"] = consensus_attempts
        return AsyncProject(await self._transport.send("POST", "projects", body=body), self)

    async def get_project(self, project_name: str) -> AsyncProject:
        """The project with this name.

        Raises:
            ScaleResourceNotFound: no such project for this key.
        """
        return AsyncProject(await self._transport.get(_path(project_name)), self)

    async def fetch_project(self, project_name: str) -> AsyncProject:
        """The project with this name: another name of :meth:`get_project`."""
        return await self.get_project(project_name)

    async def projects(self, archived: bool | None = None) -> list[AsyncProject]:  # noqa: FBT001  # official
        """All projects, newest first.

        Args:
            archived: only archived ones (true) or only others (false); both by default.
        """
        query = filter_query({"archived": archived}, ("archived",), "projects")
        docs = checked_list(await self._transport.get("projects", query), "projects")
        return [AsyncProject(doc, self) for doc in docs]

    async def list_projects(self, archived: bool | None = None) -> list[AsyncProject]:  # noqa: FBT001  # official
        """All projects: another name of :meth:`projects`."""
        return await self.projects(archived)

    async def get_projects(self, archived: bool | None = None) -> list[AsyncProject]:  # noqa: FBT001  # official
        """All projects: another name of :meth:`projects`."""
        return await self.projects(archived)

    async def update_project(
        self, project_name: str, patch: bool = False, **params: Any
    ) -> AsyncProject:  # noqa: FBT001, FBT002  # official
        """Add a version of the parameters that later tasks of the project inherit.

        Args:
            project_name: the project's name.
            patch: whether the parameters are laid over the newest version's (each replaced as a
                whole); otherwise the new version holds nothing but what is given.
            params: the parameters, e.g. ``instruction="…"``.

        Source: documented (https://docs.scale.com/reference/using-project-versioning).
        """
        path = _path(project_name, "setParams")
        return AsyncProject(
            await self._transport.send("POST", path, body={"patch": patch, **params}), self
        )

    async def set_project_ontology(
        self, project_name: str, ontology: Sequence[JSON], name: str | None = None
    ) -> AsyncProject:
        """Set a project's ontology (legacy; the dashboard's taxonomies replace it).

        Args:
            project_name: the project's name.
            ontology: labels, or ``{"choice": …, "subchoices": […]}``; each name once.
            name: a name for the ontology.

        Source: documented in Scale's own API definition.
        """
        body: JSONObject = {"ontology": list(ontology)}
        if name is not None:
            body["name"] = name
        path = _path(project_name, "setOntology")
        return AsyncProject(await self._transport.send("POST", path, body=body), self)

    async def get_project_template(self, project_name: str) -> TaskTemplate:
        """The published task template of a TextCollection or Chat project.

        Raises:
            ScaleInvalidRequest: projects of this type have no templates.
            ScaleResourceNotFound: no such project, or nothing is published yet.

        Source: official client.
        """
        return TaskTemplate(await self._transport.get(_path(project_name, "taskTemplates")), self)
