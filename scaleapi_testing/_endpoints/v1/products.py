"""Which products and task types an account has; the 402 of those it has not.

Source: docs/scale/errors.md 2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from ..._errors import ApiError

if TYPE_CHECKING:
    from .._call import Call

NOT_ENABLED: Final = (
    "You have not been authorized to use this API endpoint, please contact sales at "
    "sales@scale.ai to be enabled."
)
"""Seen in third-party material only."""


def require_product(call: Call, product: Literal["rapid", "studio"]) -> None:
    """Let only accounts pass that have a product.

    Raises:
        ApiError: 402.
    """
    if not getattr(call.account, product):
        why = f"scale.account(...).{product} is False for {call.account.shown}"
        raise ApiError(402, NOT_ENABLED, why)


def require_task_type(call: Call, name: str) -> None:
    """Let only accounts pass that may use a task type.

    Raises:
        ApiError: 402.
    """
    if name in call.account.disabled_task_types:
        why = f"{name} is in scale.account(...).disabled_task_types of {call.account.shown}"
        raise ApiError(402, NOT_ENABLED, why)
