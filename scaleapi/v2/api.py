"""``V2Api``: all groups of methods, each operation in its three forms."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, Final, TypeVar, Unpack

from .api_client import ApiClient
from .batches import BatchMethods
from .datasets import DatasetMethods, response_url
from .deliveries import DeliveryMethods
from .models._model import absent
from .projects import ProjectMethods
from .tasks import TaskMethods

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._operation import Operation, RequestOptions

ResultT = TypeVar("ResultT")


class V2Api(TaskMethods, BatchMethods, ProjectMethods, DeliveryMethods, DatasetMethods):
    """Every operation of v2.

    Each method has two more forms, as in the official client: ``..._with_http_info`` gives an
    :class:`ApiResponse` (status, headers, the object, the bytes), and
    ``..._without_preload_content`` the response as it comes, unread and unjudged.

    Args:
        api_client: how calls go over the wire; ``client.v2`` brings that of the client.

    Every method raises:
        ScaleInvalidRequest: an argument is wrong; nothing was sent.
        ScaleException: the subclass that fits the answer's status, or ``ScaleConnectionError``.
    """

    def __init__(self, api_client: ApiClient | None = None) -> None:
        self.api_client: ApiClient = ApiClient() if api_client is None else api_client

    if not TYPE_CHECKING:  # or checkers would take any method

        def __getattr__(self, name: str) -> Any:
            methods = [method for method in dir(type(self)) if not method.startswith("_")]
            raise AttributeError(absent("the API v2", name, methods), name=name)

    def __repr__(self) -> str:
        return f"<V2Api of {self.api_client.configuration.host}>"


OPERATIONS: Final = tuple(
    name
    for group in V2Api.__bases__
    for name in vars(group)
    if not name.startswith(("_", "iter_", "download_"))
)
"""The methods that stand for one operation each."""


class _Informed(V2Api):
    """The same methods; each gives an ``ApiResponse``."""

    def _run(self, operation: Operation[ResultT], options: RequestOptions) -> Any:
        answer = self.api_client.send(operation, options)
        return answer.informed(self._judged(answer, operation))

    def get_dataset_task_response_url(
        self, task_id: str, attachment_id: str, **options: Unpack[RequestOptions]
    ) -> Any:
        answer = self.api_client.send(response_url(task_id, attachment_id), options)
        return answer.informed(answer.location)


class _Unread(V2Api):
    """The same methods; each gives the response as it comes."""

    def _run(self, operation: Operation[ResultT], options: RequestOptions) -> Any:
        return self.api_client.open(operation, options)

    def get_dataset_task_response_url(
        self, task_id: str, attachment_id: str, **options: Unpack[RequestOptions]
    ) -> Any:
        return self.api_client.open(response_url(task_id, attachment_id), options)


def _form(kind: type[V2Api], name: str, suffix: str, gives: str) -> Callable[..., Any]:
    method = getattr(V2Api, name)

    @wraps(method)
    def form(self: V2Api, *args: Any, **kwargs: Any) -> Any:
        # A second object over the same connection: the form belongs to the call, not the client.
        return getattr(kind(self.api_client), name)(*args, **kwargs)

    form.__name__ = f"{name}{suffix}"
    form.__qualname__ = f"V2Api.{form.__name__}"
    # Both follow from the method's own; wraps() has copied those, which say too little.
    form.__doc__ = f"As :meth:`{name}`, but {gives}."
    return form


# Made from the methods: three forms written by hand would come to differ.
for _name in OPERATIONS:
    setattr(
        V2Api,
        f"{_name}_with_http_info",
        _form(_Informed, _name, "_with_http_info", "gives an :class:`ApiResponse`"),
    )
    setattr(
        V2Api,
        f"{_name}_without_preload_content",
        _form(_Unread, _name, "_without_preload_content", "gives the response as it comes"),
    )
