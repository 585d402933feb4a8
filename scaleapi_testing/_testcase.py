"""The fake for ``unittest``, and for what builds on it, as Django's ``TestCase`` does."""

from __future__ import annotations

import functools
import hashlib
import unittest
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any, ClassVar

from ._errors import PUBLIC
from ._fake import FakeScale
from ._watch import watching

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import scaleapi

# unittest leaves frames of modules that say so out of its tracebacks.
__unittest = True


class ScaleTestMixin:
    """Gives each test of a ``unittest.TestCase`` a started fake of its own: ``self.scale``.

    Put it before the class of tests: ``class TestCows(ScaleTestMixin, django.test.TestCase)``.
    A fault that was asked for and never struck fails the test; the state of the fake is added to
    the error of a test that fails. Under pytest both are the plugin's, and read the same.

    Attributes:
        scale_arguments: what ``FakeScale`` takes, and ``projects``, ``tasks`` and ``api_key`` as
            the marker takes them (a path is seen from the working directory). The seed follows from
            the test's name unless it is set.
    """

    scale_arguments: ClassVar[Mapping[str, Any]] = {}
    _scale: FakeScale | None = None
    _is_over: bool = False  # by an exception, of whatever kind

    if TYPE_CHECKING:  # what the class of tests brings

        def id(self) -> str: ...
        def addCleanup(  # noqa: N802 - unittest's name
            self, function: Callable[..., object], /, *args: Any, **kwargs: Any
        ) -> None: ...

    def __init__(self, methodName: str = "runTest", *args: Any, **kwargs: Any) -> None:  # noqa: N803
        super().__init__(methodName, *args, **kwargs)  # type: ignore[call-arg]
        method = getattr(self, methodName, None)
        if method is not None:
            setattr(self, methodName, _telling(self, method))

    def setUp(self) -> None:
        """Start the fake; what overrides this calls ``super().setUp()`` first."""
        super().setUp()  # type: ignore[misc]
        _ = self.scale

    @property
    def scale(self) -> FakeScale:
        """The test's fake, started.

        Raises:
            TypeError, ValueError, LookupError: ``scale_arguments`` hold what means nothing.
        """
        if self._scale is None:
            watch = watching()
            digest = hashlib.blake2b(self.id().encode(), digest_size=4).digest()
            arguments: dict[str, Any] = {"seed": int.from_bytes(digest), **self.scale_arguments}
            if watch is not None and watch.seed is not None:
                arguments["seed"] = watch.seed
            projects, api_key = arguments.pop("projects", ()), arguments.pop("api_key", None)
            tasks = arguments.pop("tasks", None)
            fake = FakeScale(**arguments)
            fake.add_projects(projects, api_key=api_key)
            if tasks is not None:
                fake.load_tasks(tasks, api_key=api_key)
            if watch is not None:
                watch.names[fake] = "self.scale"
            self._scale = fake.start()
            self.addCleanup(self._end_of_scale)
        return self._scale

    @property
    def scale_client(self) -> scaleapi.ScaleClient:
        """``self.scale.client()``: a client that holds the live key ``live_fake``.

        Raises:
            WrongClient: the ``scaleapi`` on the path is not the one of this project.
        """
        return self.scale.client()

    def _end_of_scale(self) -> None:
        fake = self._scale
        if fake is None:
            return
        # What unittest notes before it runs the cleanups; its own word for it is reset in them.
        result = getattr(getattr(self, "_outcome", None), "result", None)
        noted = [*getattr(result, "failures", ()), *getattr(result, "errors", ())]
        if self._is_over or any(case is self for case, _ in noted):
            fake.stop()  # the test failed or was skipped, which is enough to tell
        else:
            fake.__exit__(None, None, None)


class ScaleTestCase(ScaleTestMixin, unittest.TestCase):
    """A ``unittest.TestCase`` whose tests each have a started fake: ``self.scale``.

    ```python
    class TestCows(ScaleTestCase):
        scale_arguments = {"projects": ["cows"]}

        def test_labels_arrive(self):
            ...
            self.scale.complete(task)
    ```
    """


def _telling(case: ScaleTestMixin, method: Callable[..., Any]) -> Callable[..., Any]:
    """A test method whose error carries the state of the fake, as a note."""
    if iscoroutinefunction(method):

        @functools.wraps(method)
        async def run_async(*args: Any, **kwargs: Any) -> Any:
            try:
                return await method(*args, **kwargs)
            except BaseException as error:  # whatever ends the test: its report needs the note
                _note(case, error)
                raise

        return run_async

    @functools.wraps(method)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except BaseException as error:  # likewise
            _note(case, error)
            raise

    return run


def _note(case: ScaleTestMixin, error: BaseException) -> None:
    case._is_over = True
    if case._scale is None or watching() is not None or isinstance(error, unittest.SkipTest):
        return
    from ._report.report import describe_all

    error.add_note(f"- scale -\n{describe_all([('self.scale', case._scale)], (), error)}")


for _public in (ScaleTestMixin, ScaleTestCase):
    _public.__module__ = PUBLIC
del _public
