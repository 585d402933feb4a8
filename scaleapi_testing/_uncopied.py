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
            kind = type(self).__name__
            raise no_attribute(self, name, kind, f"dir({kind})")


def no_attribute(
    instance: object, name: str, owner: str, listing: str, *, before: str = "", elsewhere: str = ""
) -> AttributeError:
    """The error of an object that was asked for an attribute it has not.

    Args:
        instance: the object.
        name: the attribute; of a private one, which copy, pickle and debuggers ask for, no more
            than the name is said.
        owner: what the message calls the object.
        listing: what lists its attributes, named where none is near.
        before: what people write before an attribute's name, e.g. ``scale.``.
        elsewhere: where that is which the name means, if anybody knows.
    """
    if name.startswith("_"):
        return AttributeError(name)
    if not elsewhere:
        near = did_you_mean(name, [known for known in dir(instance) if not known.startswith("_")])
        names = ", ".join(f"{before}{known}" for known in near)
        elsewhere = f"nearest: {names}" if near else f"see {listing}"
    return AttributeError(f"{owner} has no {name!r:.62}; {elsewhere}")
