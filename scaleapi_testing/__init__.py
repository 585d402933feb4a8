"""A stateful fake of the Scale AI data-labeling API that runs inside the test process.

Names are fetched on first use: importing this package (as pytest does for the plugin, in every
session) loads nothing else.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from . import policies as policies
    from ._callbacks.delivery import Attempt as Attempt
    from ._callbacks.delivery import Delivery as Delivery
    from ._callbacks.delivery import Mail as Mail
    from ._callbacks.targets import CallbackRequest as CallbackRequest
    from ._certify.certify import Finding as Finding
    from ._certify.certify import HandlerReport as HandlerReport
    from ._certify.certify import certify_callback_handler as certify_callback_handler
    from ._controls.operations import Operation as Operation
    from ._controls.operations import operations as operations
    from ._controls.operations import task_types as task_types
    from ._controls.views import BatchView as BatchView
    from ._controls.views import FileView as FileView
    from ._controls.views import ProjectView as ProjectView
    from ._controls.views import Record as Record
    from ._controls.views import TaskView as TaskView
    from ._controls.views import TeammateView as TeammateView
    from ._errors import BadDump as BadDump
    from ._errors import BadExport as BadExport
    from ._errors import CannotCross as CannotCross
    from ._errors import FakeScaleError as FakeScaleError
    from ._errors import ForkedFake as ForkedFake
    from ._errors import IllegalTransition as IllegalTransition
    from ._errors import NoAnswer as NoAnswer
    from ._errors import NoSuchRecord as NoSuchRecord
    from ._errors import NoSuchResponse as NoSuchResponse
    from ._errors import NoSuchTask as NoSuchTask
    from ._errors import NotIdle as NotIdle
    from ._errors import ServerGone as ServerGone
    from ._errors import UnspentFault as UnspentFault
    from ._errors import WorldTaken as WorldTaken
    from ._errors import WrongClient as WrongClient
    from ._errors import WrongToken as WrongToken
    from ._fake import FakeScale as FakeScale
    from ._faults.fault import Outage as Outage
    from ._faults.fault import RateLimit as RateLimit
    from ._faults.faults import Fault as Fault
    from ._intercept.network_guard import NetworkBlocked as NetworkBlocked
    from ._journal.journal import RecordedRequest as RecordedRequest
    from ._recorded.loaded import LoadedTasks as LoadedTasks
    from ._remote.remote_fake import RemoteFake as RemoteFake
    from ._saved.snapshot import Change as Change
    from ._saved.snapshot import Diff as Diff
    from ._saved.snapshot import Snapshot as Snapshot
    from ._serve.served_at import Server as Server
    from ._serve.wsgi import FaultNotPossible as FaultNotPossible
    from ._testcase import ScaleTestCase as ScaleTestCase
    from ._testcase import ScaleTestMixin as ScaleTestMixin
    from ._time.timeline import Event as Event
    from ._verify.comparing import Difference as Difference
    from ._verify.verification import Verdict as Verdict
    from ._verify.verification import Verification as Verification
    from ._verify.verify import verify as verify
    from ._version import __version__ as __version__
    from ._world.labelers import Labelers as Labelers
    from .faker_provider import ScaleProvider as ScaleProvider

_WHERE: Final = {  # where names are defined, never the state of a fake
    "Attempt": "_callbacks.delivery",
    "BadDump": "_errors",
    "BadExport": "_errors",
    "BatchView": "_controls.views",
    "CallbackRequest": "_callbacks.targets",
    "CannotCross": "_errors",
    "Change": "_saved.snapshot",
    "Delivery": "_callbacks.delivery",
    "Diff": "_saved.snapshot",
    "Difference": "_verify.comparing",
    "Event": "_time.timeline",
    "FakeScale": "_fake",
    "FakeScaleError": "_errors",
    "Fault": "_faults.faults",
    "FaultNotPossible": "_serve.wsgi",
    "FileView": "_controls.views",
    "Finding": "_certify.certify",
    "HandlerReport": "_certify.certify",
    "ForkedFake": "_errors",
    "IllegalTransition": "_errors",
    "Labelers": "_world.labelers",
    "LoadedTasks": "_recorded.loaded",
    "Mail": "_callbacks.delivery",
    "NetworkBlocked": "_intercept.network_guard",
    "NoAnswer": "_errors",
    "NoSuchRecord": "_errors",
    "NoSuchResponse": "_errors",
    "NoSuchTask": "_errors",
    "NotIdle": "_errors",
    "Operation": "_controls.operations",
    "Outage": "_faults.fault",
    "ProjectView": "_controls.views",
    "RateLimit": "_faults.fault",
    "Record": "_controls.views",
    "RecordedRequest": "_journal.journal",
    "RemoteFake": "_remote.remote_fake",
    "ScaleProvider": "faker_provider",
    "ScaleTestCase": "_testcase",
    "ScaleTestMixin": "_testcase",
    "Server": "_serve.served_at",
    "Snapshot": "_saved.snapshot",
    "TaskView": "_controls.views",
    "TeammateView": "_controls.views",
    "UnspentFault": "_errors",
    "Verdict": "_verify.verification",
    "Verification": "_verify.verification",
    "ServerGone": "_errors",
    "WorldTaken": "_errors",
    "WrongClient": "_errors",
    "WrongToken": "_errors",
    "__version__": "_version",
    "certify_callback_handler": "_certify.certify",
    "operations": "_controls.operations",
    "policies": "policies",
    "task_types": "_controls.operations",
    "verify": "_verify.verify",
}

__all__ = [  # pyright: ignore[reportUnsupportedDunderAll] - found by __getattr__
    "Attempt",
    "BadDump",
    "BadExport",
    "BatchView",
    "CallbackRequest",
    "CannotCross",
    "Change",
    "Delivery",
    "Diff",
    "Difference",
    "Event",
    "FakeScale",
    "FakeScaleError",
    "Fault",
    "FaultNotPossible",
    "FileView",
    "Finding",
    "ForkedFake",
    "HandlerReport",
    "IllegalTransition",
    "Labelers",
    "LoadedTasks",
    "Mail",
    "NetworkBlocked",
    "NoAnswer",
    "NoSuchRecord",
    "NoSuchResponse",
    "NoSuchTask",
    "NotIdle",
    "Operation",
    "Outage",
    "ProjectView",
    "RateLimit",
    "Record",
    "RecordedRequest",
    "RemoteFake",
    "ScaleProvider",
    "ScaleTestCase",
    "ScaleTestMixin",
    "Server",
    "ServerGone",
    "Snapshot",
    "TaskView",
    "TeammateView",
    "UnspentFault",
    "Verdict",
    "Verification",
    "WorldTaken",
    "WrongClient",
    "WrongToken",
    "__version__",
    "certify_callback_handler",
    "operations",
    "policies",
    "task_types",
    "verify",
]


def __getattr__(name: str) -> Any:
    where = _WHERE.get(name)
    # To freeze time freezegun looks at every attribute of every module. What is imported for that
    # comes into a world of its own making, in which pydantic refuses to build models.
    if where is None or sys._getframe(1).f_globals.get("__name__") == "freezegun.api":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f".{where}", __name__)
    return module if where == name else getattr(module, name)


def __dir__() -> list[str]:
    return [*globals(), *_WHERE]
