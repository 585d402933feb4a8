"""What a part of a fake says when it is copied or pickled."""

from __future__ import annotations

from typing import NoReturn, SupportsIndex


class Uncopied:
    """A part that belongs to its fake: a copy would be nobody's, and locks cannot be pickled."""

    __slots__ = ()

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} is a part of a FakeScale, which is not copied or pickled; keep "
            "what it gives (a list of it, a record's as_dict()), or scale.snapshot() for the "
            "whole state; for several tests (setUpTestData) keep the fake elsewhere (setUpClass)"
        )
