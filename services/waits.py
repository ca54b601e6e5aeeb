"""How long a service asks us to wait: headers, or only the sentence."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST = 86_400.0
"""Seconds beyond which a wait is taken as this long: nobody means a longer one."""

_SENTENCE = re.compile(r"(?:retry|try)(?: again)? (?:after|in) (\d{1,6}(?:\.\d+)?) (second|minute|hour)", re.IGNORECASE)
_UNIT = {"second": 1.0, "minute": 60.0, "hour": 3_600.0}
_THROTTLED = 429


def wait_asked(
    status: int, headers: Mapping[str, str], sentence: str = "", *, now: datetime | None = None
) -> float | None:
    """Return the seconds a service asks to wait, or None when it does not (understandably) say.

    The longest of Retry-After (seconds or a date), its ms twins and, on a 429, every `x-ms-ratelimit-*-retry-after`:
    those come with 200 as well and then mean nothing. Azure ML's 429 has no header: its wait is in the sentence.
    """
    if status < 400:
        return None
    waits = [_seconds(headers.get("retry-after", ""), now)]
    waits += [_number(headers.get(name, ""), 1e-3) for name in ("retry-after-ms", "x-ms-retry-after-ms")]
    if status == _THROTTLED:
        waits += [_number(value) for name, value in headers.items() if _is_rest(name)]
        waits.append(_number(headers.get("x-ms-user-quota-resets-after", "").replace("00:00:", "")))
    found = [wait for wait in waits if wait is not None]
    if not found and (said := _SENTENCE.search(sentence)):
        found = [float(said[1]) * _UNIT[said[2].lower()]]
    return min(max(found), LONGEST) if found else None


def pause_asked(headers: Mapping[str, str], *, now: datetime | None = None) -> float | None:
    """Return the seconds to wait before looking at an operation again (Retry-After of a good answer), None unsaid."""
    asked = _seconds(headers.get("retry-after", ""), now)
    return None if asked is None else min(asked, LONGEST)


def rest_asked(headers: Mapping[str, str]) -> float | None:
    """Return the seconds to rest before the next call of the kind, the longest that an answer names, None unsaid.

    Retry-After and every `x-ms-ratelimit-…-retry-after`, whatever the status: Cost Management sends them with a 200.
    """
    waits = [_seconds(headers.get("retry-after", ""), None)]
    waits += [_number(value) for name, value in headers.items() if _is_rest(name)]
    found = [wait for wait in waits if wait]
    return min(max(found), LONGEST) if found else None


def _is_rest(name: str) -> bool:
    return name.startswith("x-ms-ratelimit-") and name.endswith("retry-after")


def _number(text: str, unit: float = 1.0) -> float | None:
    try:
        value = float(text) * unit
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None


def _seconds(text: str, now: datetime | None) -> float | None:
    plain = _number(text)
    if plain is not None or not text:
        return plain
    try:
        until = parsedate_to_datetime(text)
        left = (until - (now or datetime.now(UTC))).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
    return max(left, 0.0)
