"""The options of ``serve``: from the command line, else from the environment, checked."""

from __future__ import annotations

import ipaddress
import math
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from .._http.wire import FIRST_MS, LAST_MS, to_ms
from .._messages import did_you_mean

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping

PREFIX: Final = "SCALE_FAKE_"
"""Each option is read from the environment where the command line does not give it."""

_NAME: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]")
_LENGTH: Final = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<unit>[smhd])")
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_YES: Final = {"1": True, "true": True, "yes": True, "on": True}
_NO: Final = {"0": False, "false": False, "no": False, "off": False, "": False}


class WrongOption(Exception):
    """An option that means nothing; one line says which, and what would be right."""


@dataclass(frozen=True, slots=True)
class Options:
    """What ``serve`` is asked for; ``docs/server.md`` says what each means."""

    host: str
    port: int
    tls: bool
    seed: int
    start_time: datetime | None
    speed: float | None
    turnaround: timedelta | None
    project: tuple[tuple[str, str], ...]
    load: str | None
    allow_key: tuple[str, ...] = field(repr=False)
    public_name: tuple[str, ...]
    callback_host: tuple[tuple[str, int | None], ...]
    admin_token: str | None = field(repr=False)
    log_format: str
    quiet: bool
    state: str | None = field(repr=False)
    reads: str
    checkpoint: bool

    def of_a_beginning(self) -> dict[str, Any]:
        """What describes how a state begins, by option: what is not the default, as JSON has it."""
        return {
            name: _plain(getattr(self, name))
            for name in OF_A_BEGINNING
            if getattr(self, name) not in {None, ()} and getattr(self, name) != _default(name)
        }


@dataclass(frozen=True, slots=True)
class _Option:
    name: str
    metavar: str
    help: str
    read: Callable[[str], Any] | None
    """Makes the value of a text, or raises ``ValueError``; ``None`` for a switch."""
    default: Any = None
    repeatable: bool = False

    @property
    def flag(self) -> str:
        return "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        return PREFIX + self.name.upper()


def _text(value: str) -> str:
    if not value:
        raise ValueError("give a text that is not empty")
    # Line breaks, control characters, and bytes that are no UTF-8.
    if not value.isprintable():
        raise ValueError("give a text without signs that cannot be printed")
    return value


def _secret(value: str) -> str:
    if not value or not value.isascii() or not value.isprintable() or " " in value:
        raise ValueError("give letters, digits and signs, without spaces")
    return value


def _port(value: str) -> int:
    if not value.isascii() or not value.isdecimal() or int(value[:6]) > 65_535:
        raise ValueError("give a number from 1 to 65535, or 0 for a free one")
    return int(value)


def _whole(value: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise ValueError("give a whole number") from None


def _moment(value: str) -> datetime:
    right = "give a time with its zone, e.g. 2026-03-02T09:00:00Z"
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(right) from None
    if moment.utcoffset() is None:
        raise ValueError(f"it has no time zone; {right}")
    # An offset can push a moment near the ends out of what a datetime holds.
    if not FIRST_MS <= to_ms(moment) <= LAST_MS:
        raise ValueError(f"it lies outside the years 1 to 9999 in UTC; {right}")
    return moment


def _speed(value: str) -> float:
    try:
        speed = float(value)
    except ValueError:
        speed = math.nan
    if not 0 <= speed <= 1e9:
        raise ValueError("give how many virtual seconds pass in a real one: 1, 3600, or 0 for none")
    return speed


def _length(value: str) -> timedelta:
    parts = list(_LENGTH.finditer(value))
    if not parts or "".join(part.group() for part in parts) != value:
        raise ValueError("give a length such as 90s, 30m, 2h or 1d")
    try:
        return sum(
            (timedelta(**{_UNITS[p["unit"]]: float(p["number"])}) for p in parts), timedelta()
        )
    except OverflowError:
        raise ValueError("no length of time is as long; give a shorter one") from None


def _project(value: str) -> tuple[str, str]:
    name, colon, kind = value.rpartition(":")
    if not colon or not name or not kind:
        raise ValueError("give NAME:TYPE, e.g. cows:categorization")
    return name, kind


def _host(value: str) -> str:
    # Sockets take an IPv6 address without its brackets.
    bracketed = re.fullmatch(r"\[(.*)\]", _text(value))
    return bracketed[1] if bracketed else value


def _name(value: str) -> str:
    if not _NAME.fullmatch(value) or not _may_be_looked_up(value):
        raise ValueError("give a host name or an address, without scheme, port and path")
    return value.strip("[]")


def _may_be_looked_up(host: str) -> bool:
    """Whether it has the lengths of a name in DNS (RFC 1035 2.3.4), or is an IPv6 address."""
    if host.startswith("["):
        try:
            ipaddress.IPv6Address(host.strip("[]"))
        except ValueError:
            return False
        return True
    return len(host) <= 253 and all(0 < len(label) <= 63 for label in host.split("."))


def _host_and_port(value: str) -> tuple[str, int | None]:
    bare, colon, digits = value.rpartition(":")
    has_port = bool(colon) and not value.endswith("]")
    host = bare if has_port else value
    if "/" in value or not _NAME.fullmatch(host) or not _may_be_looked_up(host):
        raise ValueError("give HOST or HOST:PORT, an IPv6 address in brackets, without a scheme")
    try:
        port = _port(digits) if has_port else None
    except ValueError:
        port = 0
    if port == 0:
        raise ValueError("its port is no number from 1 to 65535; correct it, or leave it out")
    return host.strip("[]").lower(), port


def _log_format(value: str) -> str:
    if value not in {"text", "json"}:
        raise ValueError("give text or json")
    return value


def _reads(value: str) -> str:
    if value not in {"fresh", "local"}:
        raise ValueError("give fresh or local")
    return value


OPTIONS: Final = (
    _Option("host", "HOST", "where to listen", _host, "127.0.0.1"),
    _Option("port", "PORT", "0 takes a free one", _port, 8765),
    _Option("tls", "", "speak HTTPS, with a certificate of an authority made for it", None, False),
    _Option("seed", "N", "same seed and same calls give the same bytes", _whole, 0),
    _Option("start_time", "TIME", "where the clock starts, e.g. 2026-03-02T09:00:00Z", _moment),
    _Option(
        "speed", "X", "virtual seconds for each real one; 0: time stands still (default: 1)", _speed
    ),
    _Option("turnaround", "LENGTH", "how long labelers take, e.g. 2h (units s, m, h, d)", _length),
    _Option("project", "NAME:TYPE", "a project that is there from the start", _project, (), True),
    _Option("load", "FILE", "begin with what dump() wrote, or with exported tasks", _text),
    _Option("allow_key", "KEY", "let in this API key, and none unnamed", _secret, (), True),
    _Option("public_name", "HOST", "what clients call this server", _name, (), True),
    _Option(
        "callback_host", "HOST[:PORT]", "where callbacks may go besides this machine",
        _host_and_port, (), True,
    ),
    _Option("admin_token", "TOKEN", "needed where other machines may call", _secret),
    _Option("log_format", "FORMAT", "text or json", _log_format, "text"),
    _Option("quiet", "", "no line for each call", None, False),
    _Option("state", "WHERE", "keep it in a file (fake.db) or at postgresql://...", _text),
    _Option("reads", "WHEN", "fresh or local, where servers share a state", _reads, "fresh"),
    _Option("checkpoint", "", "write the state down whole, and end", None, False),
)  # fmt: skip

SECRET: Final = frozenset({"allow_key", "admin_token", "state"})
"""Options whose values no message shows."""

OF_A_DUMP: Final = ("seed", "start_time")
"""What a dump brings with it."""


OF_A_BEGINNING: Final = ("seed", "start_time", "turnaround", "project", "load")
"""What says how a state begins; where there is one it must be as it was then, or left out."""


def _default(name: str) -> Any:
    return next(option.default for option in OPTIONS if option.name == name)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return [list(entry) for entry in value] if isinstance(value, tuple) else value


def add_to(parser: argparse.ArgumentParser) -> None:
    """Let a parser know the options; what they hold is checked by ``read``."""
    for option in OPTIONS:
        if option.read is None:
            parser.add_argument(option.flag, action="store_true", default=None, help=option.help)
            continue
        shown = option.default if option.default not in {None, ()} else None
        parser.add_argument(
            option.flag,
            metavar=option.metavar,
            action="append" if option.repeatable else "store",
            help=option.help + ("" if shown is None else f" (default: {shown})"),
        )


def read(parsed: Mapping[str, Any], environment: Mapping[str, str]) -> Options:
    """The options, from what was parsed, else from the environment, else their defaults.

    Raises:
        WrongOption: one of them means nothing, or they contradict each other.
    """
    values = {option.name: _value(option, parsed, environment) for option in OPTIONS}
    options = Options(**values)
    _check_together(options)
    return options


def misspelt(environment: Mapping[str, str]) -> list[tuple[str, str]]:
    """Variables that look like those of options and are none, each with the nearest.

    What looks like none is somebody else's: an orchestrator names services in the same way.
    """
    known = [option.variable for option in OPTIONS]
    strange = sorted(name for name in environment if name.startswith(PREFIX) and name not in known)
    return [(name, near[0]) for name in strange if (near := did_you_mean(name, known, n=1))]


def _value(option: _Option, parsed: Mapping[str, Any], environment: Mapping[str, str]) -> Any:
    source = option.flag
    texts: Any = parsed[option.name]
    if texts is None:
        text = environment.get(option.variable)
        if text is None or (text == "" and option.read is not None):
            return option.default
        source = option.variable
        texts = text.split(",") if option.repeatable else text
    if option.read is None:
        return texts if texts is True else _switch(source, texts)
    if option.repeatable:
        return tuple(_read(option, source, text.strip()) for text in texts)
    return _read(option, source, texts)


def _switch(source: str, text: str) -> bool:
    answer = (_YES | _NO).get(text.lower())
    if answer is None:
        raise WrongOption(f"{source}={text!r:.60}: give 1 or 0")
    return answer


def _read(option: _Option, source: str, text: str) -> Any:
    assert option.read is not None
    try:
        return option.read(text)
    except ValueError as error:
        shown = "" if option.name in SECRET else f"={text!r:.60}"
        raise WrongOption(f"{source}{shown}: {error}") from None


def _check_together(options: Options) -> None:
    from .._intercept.origin import is_loopback
    from .._recorded.exports import holds_tasks

    bare = options.host.strip("[]").lower()
    is_open = bare in {"", "0.0.0.0", "::"} or not is_loopback(bare)  # noqa: S104 - looked for
    lacking = [
        flag
        for flag, value in (
            ("--allow-key KEY", options.allow_key),
            ("--admin-token TOKEN", options.admin_token),
        )
        if not value
    ]
    if is_open and lacking:
        raise WrongOption(
            f"--host {options.host} lets other machines call this fake: "
            f"give {' and '.join(lacking)} too, or a loopback address such as 127.0.0.1"
        )
    if options.checkpoint and options.state is None:
        raise WrongOption("--checkpoint writes a state down: give --state WHERE too")
    if options.load is None or holds_tasks(options.load):
        return
    for name in OF_A_DUMP:
        default = next(option.default for option in OPTIONS if option.name == name)
        if getattr(options, name) != default:
            flag = "--" + name.replace("_", "-")
            raise WrongOption(
                f"--load brings the {name.replace('_', ' ')} of its file; leave out {flag}"
            )
