"""What a log line says about itself: when it was written, and how bad it is. Plain text in, no widget.

Stamps come in the shapes of Python's logging, ISO 8601, Azure's services and image builds; the zone is UTC unless it
is written. Only the beginning of a line is looked at.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal, NamedTuple

Level = Literal["error", "warning", "debug", ""]

NEAR = 160
"""Characters of a line in which a level is looked for."""

_STAMP = re.compile(
    r"[\[(]?(\d{4})-?(\d\d)-?(\d\d)[T \-](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?"
    r" ?(Z|[+-]\d\d:?\d\d)?[\])]?:?[ \t]*"
)
_LEVEL = re.compile(
    r"\b(?P<error>ERROR|CRITICAL|FATAL|SEVERE)\b|\b(?P<warning>WARN(?:ING)?)\b|\b(?P<debug>DEBUG|TRACE)\b|"
    r"^(?P<trace>Traceback \(most recent call last\)|[\w.]{1,60}(?:Error|Exception|Interrupt)\b)|"
    r"\b(?P<python>\w*(?:Error|Exception): )|\b(?P<soft>\w+Warning: )"
)
_NAMES: dict[str, Level] = {
    "error": "error", "warning": "warning", "debug": "debug", "trace": "error", "python": "error", "soft": "warning",
}  # fmt: skip

TRACEBACK = "Traceback (most recent call last)"
ERRORS = (
    r"(?-i:\b(?:ERROR|CRITICAL|FATAL|SEVERE)\b|^Traceback \(most|^[\w.]{1,60}(?:Error|Exception)\b|"
    r"\w(?:Error|Exception): )"
)
"""Lines that tell of an error, as a regular expression for the search of a whole file."""
TROUBLE = ERRORS + r"|(?-i:\bWARN(?:ING)?\b|\wWarning: )"
"""The same with warnings."""


class Marks(NamedTuple):
    """What a line begins with. `stamp_end` is the first character after its stamp; the level stands from `start`."""

    stamp_end: int
    level: Level
    start: int
    end: int


_NOTHING = Marks(0, "", 0, 0)


def marks_of(line: str) -> Marks:
    """What a line says about itself."""
    stamp = _STAMP.match(line) if line[:1] in "0123456789[(" else None
    found = _LEVEL.search(line, 0, NEAR)
    end = stamp.end() if stamp else 0
    if found is None:
        return Marks(end, "", 0, 0) if end else _NOTHING
    return Marks(end, _NAMES[found.lastgroup or "error"], found.start(), found.end())


def moment_of(line: str) -> float | None:
    """When a line was written, in seconds since 1970 UTC; None when it does not say."""
    if line[:1] not in "0123456789[(":
        return None
    found = _STAMP.match(line)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        at = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second), tzinfo=_zone(zone))
    except ValueError:
        return None
    return at.timestamp() + (int(fraction) / 10 ** len(fraction) if fraction else 0.0)


def _zone(text: str | None) -> timezone:
    if not text or text == "Z":
        return UTC
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)
