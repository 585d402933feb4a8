"""What ``FakeScale`` and its controls take, and what is said about anything else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

from . import policies
from ._configuration import NAMES, Configuration
from ._extras import require
from ._forked import MODES
from ._http.wire import LONGEST
from ._messages import described, span
from ._state.account import digest_of
from ._time.frozen import start_ms
from ._world.labelers import Labelers
from ._world.world import TEST_KEY_MODES


class _DefaultKey(str):
    """A key that nobody wrote, to be told from the same key written by somebody."""

    __slots__ = ()


LIVE_KEY: Final = _DefaultKey("live_fake")
"""Whose account the controls mean where no key is named and ``api_keys`` names none."""

SWITCHES: Final = ("skip_sleep", "strict", "block_network", "check")


@dataclass(frozen=True, slots=True)
class Settled:
    """What a fake was made with, checked, as it is copied and dumped; no call changes it.

    Attributes:
        arguments: what it was given, ``start_time`` and ``api_keys`` apart.
        start: virtual milliseconds since 1970 at which its clock starts.
        follows_frozen: whether it follows time that a test freezes.
        keys: digests of the keys let in; ``None`` for any.
        default_key: whose account the controls mean unless told otherwise.
    """

    arguments: Configuration
    start: int
    follows_frozen: bool
    keys: frozenset[str] | None
    default_key: str

    def save(self) -> dict[str, Any]:
        """Everything by name, but for the keys themselves."""
        kept_arguments = {name: getattr(self.arguments, name) for name in KEPT}
        return {**kept_arguments, **{name: getattr(self, name) for name in DERIVED}}

    @classmethod
    def restored(cls, saved: Mapping[str, Any]) -> Settled:
        """What ``save`` gave; the default key is not known any more."""
        arguments = Configuration(**{name: saved[name] for name in KEPT})
        start, follows_frozen, keys = (saved[name] for name in DERIVED)
        return cls(arguments, start, follows_frozen, keys, LIVE_KEY)

    def known_by(self, default_key: str) -> Settled:
        """The same, with the key that the controls mean unless told otherwise."""
        return replace(self, default_key=default_key)


DERIVED: Final = ("start", "follows_frozen", "keys")
KEPT: Final = tuple(name for name in NAMES if name not in {"start_time", "api_keys"})


def settle(configuration: Configuration) -> Settled:
    """Check the arguments of a fake, and what they need.

    Raises:
        ImportError: a package is missing.
        TypeError: one of the wrong type.
        ValueError: a value outside of those that there are.
    """
    require()
    seed: Any = configuration.seed
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise TypeError(f"seed must be a whole number, not {described(seed)}")
    for name in SWITCHES:
        if not isinstance(getattr(configuration, name), bool):
            raise TypeError(
                f"{name} is {getattr(configuration, name)!r:.60}: expected True or False"
            )
    mode: Any = configuration.test_key_tasks
    if mode not in TEST_KEY_MODES:
        raise ValueError(f"test_key_tasks={mode!r:.60}: choose one of {', '.join(TEST_KEY_MODES)}")
    policies.check(configuration.turnaround)
    max_idle: Any = configuration.max_idle
    if not isinstance(max_idle, timedelta):
        raise TypeError(
            f"max_idle takes a timedelta, e.g. timedelta(days=30), not {described(max_idle)}"
        )
    if max_idle <= timedelta(0):
        raise ValueError(
            f"max_idle={span(max_idle)}: no wait could move the clock; give a positive length"
        )
    if max_idle > LONGEST:
        raise ValueError(f"max_idle={span(max_idle)}: give at most {LONGEST.days} days")
    forked: Any = configuration.forked
    if forked not in MODES:
        raise ValueError(f"forked={forked!r:.60}: choose one of {', '.join(MODES)}")
    labelers: Any = configuration.labelers
    if labelers is not None and not isinstance(labelers, Labelers):
        raise TypeError(
            "labelers must be scaleapi_testing.Labelers(accuracy=..., ...), not "
            f"{described(labelers)}"
        )
    keys = keys_let_in(configuration.api_keys)
    return Settled(
        replace(
            configuration,
            start_time=None,
            api_keys=None,
            base_urls=origins(configuration.base_urls),
        ),
        start_ms(configuration.start_time),
        configuration.start_time is None,
        None if keys is None else frozenset(map(digest_of, keys)),
        keys[0] if keys else LIVE_KEY,
    )


def keys_let_in(api_keys: Any) -> tuple[str, ...] | None:
    """The keys let in, each once, in order; ``None`` for any.

    Raises:
        TypeError: no keys.
        ValueError: an empty key, which nobody can send.
    """
    if api_keys is None:
        return None
    if isinstance(api_keys, str):
        raise TypeError(f"api_keys takes several keys; write api_keys=[{api_keys!r}]")
    if not isinstance(api_keys, Iterable):
        raise TypeError(f"api_keys takes a list of keys, not {described(api_keys)}")
    # A set has another order in each process.
    keys = sorted(api_keys, key=repr) if isinstance(api_keys, AbstractSet) else list(api_keys)
    for key in keys:
        if not isinstance(key, str):
            raise TypeError(f"api_keys holds {key!r:.60}; keys are strings")
        if not key:
            raise ValueError("api_keys holds an empty key, which nobody can send; take it out")
    return tuple(dict.fromkeys(keys))


def origins(base_urls: Any) -> tuple[str, ...]:
    """The origins that a fake answers for, in lower case, each once.

    Raises:
        TypeError: neither a string nor several.
        ValueError: none, or one that is no origin.
    """
    if not isinstance(base_urls, Iterable):
        raise TypeError(
            "base_urls takes an origin such as 'https://api.scale.com', or a list of them, not "
            f"{described(base_urls)}"
        )
    urls: list[Any] = [base_urls] if isinstance(base_urls, str) else list(base_urls)
    return _known_origins(*urls) if all(type(url) is str for url in urls) else _origins(*urls)


def _origins(*urls: Any) -> tuple[str, ...]:
    origins_seen: list[str] = []
    for url in urls:
        if isinstance(url, str) and "*" in url:
            raise ValueError(
                f"base_urls holds {url!r:.100}, and a host is no pattern; name each origin: "
                "base_urls=['https://api.scale.com', ...]"
            )
        try:
            parts = urlsplit(url if isinstance(url, str) else "")
            has_port = parts.port != 0
        except ValueError:  # brackets that do not close, a port that is none
            parts, has_port = urlsplit(""), False
        if not has_port or parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(
                f"base_urls holds {url!r:.100}; give origins such as 'https://api.scale.com'"
            )
        if "@" in parts.netloc:
            raise ValueError(
                "base_urls holds an origin with a user name in it; give the host alone, such as "
                "'https://api.scale.com'"
            )
        if parts.path.strip("/") or parts.query:
            raise ValueError(
                f"base_urls holds {url!r:.100}, with a path; give the origin alone: "
                f"'{parts.scheme}://{parts.netloc}' (/v1 and /v2 are answered on each)"
            )
        origins_seen.append(f"{parts.scheme}://{parts.netloc}".lower())
    if not origins_seen:
        raise ValueError(
            "base_urls is empty; give at least one origin, such as 'https://api.scale.com'"
        )
    return tuple(dict.fromkeys(origins_seen))


_known_origins: Final = lru_cache(maxsize=8)(_origins)  # nearly every fake has the same ones


def check_text(control: str, name: str, value: Any) -> None:
    """Refuse what is no text.

    Raises:
        TypeError: it is none.
    """
    if not isinstance(value, str):
        raise TypeError(f"{control}({name}=...) takes a text, not {described(value)}")


def check_attachments(control: str, value: Any) -> None:
    """Refuse what is no list of objects.

    Raises:
        TypeError: it is none.
    """
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise TypeError(
            f"{control}(attachments=...) takes a list of {{'statusCode': 403, 'url': ...}}, not "
            f"{described(value)}"
        )
