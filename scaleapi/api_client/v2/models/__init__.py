"""The models under the import paths of the official package, which has a module for each class.

``from scaleapi.api_client.v2.models.create_batch_request import CreateBatchRequest`` works as it
does there: each such module is entered where Python looks for modules that are imported already.
"""

from __future__ import annotations

import re
import sys
from types import ModuleType

from ....v2 import models as _models
from ....v2.models import *  # noqa: F403 - every model, as the official package offers them here

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def _enter(name: str) -> None:
    module = ModuleType(f"{__name__}.{_WORD.sub('_', name).lower()}", f"The model ``{name}``.")
    setattr(module, name, getattr(_models, name))
    sys.modules[module.__name__] = module
    globals()[module.__name__.rpartition(".")[2]] = module


for _name in _models.__all__:
    _enter(_name)
