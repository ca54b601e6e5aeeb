"""A JSON document as lines to read, as JSON or as YAML, and the quiet colours of both."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from widgets.pane import Line, Span, Tone
from widgets.safe import Safe, safe_lines

Format = Literal["json", "yaml"]

LONGEST = 20_000
"""Characters of one line that are kept; what is cut ends in `…`."""

_JSON = re.compile(r'(\s*)("(?:[^"\\]|\\.)*")(: )(.*)', re.DOTALL)
_YAML = re.compile(r"(\s*(?:- )*)([^\s:'\"-][^:]*)(:(?= |$))(.*)", re.DOTALL)


def lines_of(document: bytes, form: Format) -> list[Safe]:
    """The document's lines, each safe to draw. What is no JSON is given as the text it is.

    Slow for megabytes as YAML: call it on a thread then.
    """
    text = _as_yaml(document) if form == "yaml" else _as_json(document)
    lines = safe_lines(document if text is None else text.rstrip("\n"), LONGEST)
    return lines


def paint(text: Safe, form: Format) -> Line:
    """One line with its name muted, so that the values stand out."""
    found = (_JSON if form == "json" else _YAML).fullmatch(text)
    if found is None:
        return (Span(text),)
    tones: tuple[Tone, ...] = ("text", "muted", "edge", "text")
    return tuple(Span(Safe(part), tone) for part, tone in zip(found.groups(), tones, strict=True) if part)


def _as_json(document: bytes) -> str | None:
    try:
        return msgspec.json.format(document, indent=2).decode("utf-8", "backslashreplace")
    except (msgspec.DecodeError, RecursionError):
        return None


def _as_yaml(document: bytes) -> str | None:
    import yaml

    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    try:
        value = msgspec.json.decode(document)
        return yaml.dump(value, Dumper=dumper, sort_keys=False, allow_unicode=True, width=1 << 30)
    except (msgspec.DecodeError, RecursionError, yaml.YAMLError, UnicodeError):
        return _as_json(document)
