"""What a part of a fake says when it is copied or pickled, or asked for what it has not."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, SupportsIndex

from ._messages import did_you_mean


class Uncopied:
    """A part that belongs to its fake: a copy would be nobody's, and locks cannot be pickled."""

    __slots__ = ()

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} is a part of a FakeScale, which is not copied or pickled; keep "
            "what it gives (a list of it, a record's as_dict()), or scale.snapshot() for the "
            "whole state; for several tests (setUpTestData) keep the fake elsewhere (setUpClass)"
        )

    if not TYPE_CHECKING:  # else no checker would notice a typing error any more

        def __getattr__(self, name: str) -> NoReturn:
            """Name what is nearest; Python's own hint is seen in no report of a test.

            Raises:
                AttributeError: always.
            """
            if name.startswith("_"):
                raise AttributeError(name)
            near = did_you_mean(name, [known for known in dir(self) if not known.startswith("_")])
            hint = f"nearest: {', '.join(near)}" if near else f"see dir({type(self).__name__})"
            raise AttributeError(f"{type(self).__name__} has no {name!r:.62}; {hint}")
