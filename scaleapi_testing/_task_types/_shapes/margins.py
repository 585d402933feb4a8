"""Where shapes may lie on a picture: inside it, or within the padding that a task allows.

Source: docs/scale/images.md 7.1 and P1; the names and the override of one axis are those of the
generated client, the aliases are assumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .._language.sentences import check_not_negative
from .drawing import Region

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .._base import Params, Violation

PADDING: Final = ("padding", "paddingX", "paddingY", "padding_x", "padding_y")
"""camelCase on the wire; the snake_case names are aliases (assumed)."""


def check_padding(params: Params) -> Iterator[Violation]:
    """Rule P1."""
    yield from check_not_negative(params, PADDING, "pixels")


def region_of(params: Mapping[str, Any], width: int, height: int) -> Region:
    """Where shapes may lie: the image and its padding."""
    around = params.get("padding", 0)
    return Region.of_image(
        width,
        height,
        # An axis of its own overrides the general padding, 0 included: hence no `or`.
        params.get("paddingX", params.get("padding_x", around)),
        params.get("paddingY", params.get("padding_y", around)),
    )
