"""Messages of these tests are compared whole with the files of `tests/messages/`."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

_spec = spec_from_file_location("golden", Path(__file__).parents[1] / "messages" / "conftest.py")
_module = module_from_spec(_spec)
_spec.loader.exec_module(_module)

golden = _module.golden
