"""Where a log in PostgreSQL is, how it is connected to, and what is said when that fails."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlencode

from .command import LogUnavailable, StateError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import psycopg

SCHEMA: Final = "scaleapi_testing"
"""Where the tables are when the address names no schema."""

SCHEMES: Final = ("postgresql", "postgres")

_NAME: Final = re.compile(r"[a-z_][a-z0-9_]{0,62}")

# A peer that is cut off is noticed within seconds, by both sides: whoever has the lead must lose
# it soon, and a call must not wait for a machine that is gone, nor for what it has locked.
_PARAMETERS: Final[Mapping[str, Any]] = {
    "application_name": "scaleapi-testing",
    "connect_timeout": 3,
    "keepalives": 1,
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 3,
    "tcp_user_timeout": 5000,  # ms
}
_SETTINGS: Final = """
SELECT set_config('search_path', %(path)s, false),
  set_config('tcp_keepalives_idle', '2', false),
  set_config('tcp_keepalives_interval', '1', false),
  set_config('tcp_keepalives_count', '3', false),
  set_config('tcp_user_timeout', '5000', false),
  set_config('idle_in_transaction_session_timeout', '10s', false),
  set_config('lock_timeout', '5s', false),
  set_config('synchronous_commit', 'on', false),
  set_config('client_min_messages', 'error', false)
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A schema in a database.

    Attributes:
        address: for ``psycopg``, with the password.
        schema: where the tables are.
        named: how it is shown: without user and password.
    """

    address: str
    schema: str
    named: str

    def parameters(self) -> dict[str, Any]:
        """What ``psycopg.connect`` is given; what the address itself says comes first.

        Raises:
            StateError: the address cannot be read.
        """
        from psycopg import ProgrammingError
        from psycopg.conninfo import conninfo_to_dict

        try:
            own_parameters = conninfo_to_dict(self.address)
        except ProgrammingError as error:
            raise StateError(f"{self.named} is no address of a database: {_line(error)}") from None
        return {**_PARAMETERS, **own_parameters, "autocommit": True}

    def prepare(self, connection: psycopg.Connection[Any]) -> None:
        """Give a new connection its settings, the search path above all."""
        connection.execute(_SETTINGS, {"path": f'"{self.schema}"'})

    def refused(self, error: psycopg.Error) -> StateError:
        """What is said when it cannot be opened."""
        text = _line(error)
        if "password authentication failed" in text or "no password supplied" in text:
            return StateError(
                f"{self.named} refuses the user or the password; give postgresql://USER:PASSWORD@..."
            )
        if "does not exist" in text and "database" in text:
            return StateError(f"{self.named}: there is no such database; make it by createdb")
        if _state(error) in {"42501", "25006"}:
            return StateError(
                f"{self.named} cannot be written ({text}); let the user create a schema there"
            )
        if _state(error) is None:  # the server itself said nothing
            return StateError(
                f"{self.named} cannot be reached ({text}); start it, or correct the address"
            )
        return StateError(f"{self.named} cannot be used: {text}")

    def unavailable(self, error: Exception) -> StateError:
        """What is said when it fails later."""
        text = _line(error)
        if _state(error) in {"42P01", "3F000", "42883"}:
            return StateError(f"{self.named}: its tables are gone ({text}); start the server anew")
        return LogUnavailable(f"{self.named} cannot be reached just now: {text}")


def place_of(address: str) -> Place:
    """Read an address of the form ``postgresql://user:password@host:port/database?schema=name``.

    Raises:
        StateError: the schema has no such name.
    """
    base, _, query = address.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True)
    schema = next((value for name, value in pairs if name == "schema"), SCHEMA)
    others = urlencode([(name, value) for name, value in pairs if name != "schema"])
    scheme, _, rest = base.partition("://")
    shown = f"{scheme}://{rest.rpartition('@')[2]}"
    log_name = shown if schema == SCHEMA else f"{shown}?schema={schema:.80}"
    if not _NAME.fullmatch(schema):
        raise StateError(
            f"{log_name}: a schema is named by a-z, 0-9 and _, at most 63 of them, and no "
            "digit first"
        )
    return Place(f"{base}?{others}" if others else base, schema, log_name)


def _line(error: Exception) -> str:
    """The first line of what the library says, without what stands in every one."""
    text = str(error).strip().partition("\n")[0]
    text = re.sub(r"^connection failed: |^connection is bad: ", "", text)
    text = re.sub(r"^connection to server (at|on) .*? failed: ", "", text)
    return re.sub(r"^(FATAL|ERROR): +", "", text) or type(error).__name__


def _state(error: Exception) -> str | None:
    return getattr(error, "sqlstate", None)
