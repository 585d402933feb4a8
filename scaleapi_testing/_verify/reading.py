"""Which program recorded a file, told by content, and what it recorded."""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from .exchange import BadRecording, Exchange
from .formats import cassettes, har, recorder, ruby_vcr
from .masking import Mask

if TYPE_CHECKING:
    from collections.abc import Iterable

EXPECTED: Final = (
    "a cassette of vcrpy (interactions) or of Ruby's VCR (http_interactions), a HAR file (log), or "
    "a file of the recorder of responses (responses)"
)


def read(path: str | os.PathLike[str]) -> list[Exchange]:
    """The exchanges of one file.

    Raises:
        BadRecording: it is no recording, or is damaged.
        OSError: it cannot be read.
    """
    name = os.fspath(path)
    content = Path(path).read_bytes()
    try:
        # Editors of Windows put a byte order mark there.
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadRecording(
            f"{name} is no text (at byte {error.start}); expected {EXPECTED}"
        ) from None
    document = _decoded(name, text)
    exchanges: Iterable[Exchange]
    if cassettes.is_one(document):
        exchanges = cassettes.read(name, text, document)
    elif ruby_vcr.is_one(document):
        exchanges = ruby_vcr.read(name, document)
    elif har.is_one(document):
        exchanges = har.read(name, document)
    elif recorder.is_one(document):
        exchanges = recorder.read(name, document)
    else:
        keys = ", ".join(map(repr, list(document)[:5])) if isinstance(document, dict) else ""
        what = f"an object with {keys or 'no keys'}" if isinstance(document, dict) else "no object"
        raise BadRecording(f"{name} is no recording: it is {what}; expected {EXPECTED}")
    try:
        return list(exchanges)
    except BadRecording as error:
        raise BadRecording(Mask().text(str(error))) from error  # it may quote what was sent
    except Exception as error:
        why = Mask().text(f"{type(error).__name__}: {error}")
        raise BadRecording(f"{name} is damaged ({why}); expected {EXPECTED}") from error


def _decoded(name: str, text: str) -> Any:
    if name.endswith(".toml"):
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise BadRecording(f"{name} is no TOML: {error}; expected {EXPECTED}") from None
    if text.lstrip()[:1] == "{":
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise BadRecording(f"{name} is no whole JSON: {error}; expected {EXPECTED}") from None
    return _yaml(name, text)


def _yaml(name: str, text: str) -> Any:
    import yaml

    try:
        return yaml.load(text, Loader=_loader())  # noqa: S506 - derived from the safe one
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = "" if mark is None else f", line {mark.line + 1} column {mark.column + 1}"
        what = getattr(error, "problem", None) or str(error)
        raise BadRecording(
            f"{name}{where} is no YAML that can be read: {what}; expected {EXPECTED}"
        ) from None


def _loader() -> Any:
    """A safe loader that knows the tags of Ruby and of vcrpy's older files."""
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        """Makes plain values of them all."""

    def plain(loader: Any, _: str, node: Any) -> Any:
        if isinstance(node, yaml.MappingNode):
            return loader.construct_mapping(node, deep=True)
        if isinstance(node, yaml.SequenceNode):
            return loader.construct_sequence(node, deep=True)
        return loader.construct_scalar(node)

    Loader.add_constructor("!binary", yaml.SafeLoader.construct_yaml_binary)
    Loader.add_multi_constructor("!", plain)
    Loader.add_multi_constructor("tag:yaml.org,2002:python/", plain)
    Loader.add_multi_constructor("tag:yaml.org,2002:ruby/", plain)
    return Loader
