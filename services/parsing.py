"""Times, durations and ids exactly as Azure's services write them.

Nothing and unknown give None; what cannot be understood raises ValueError, so that its item is set aside, not guessed.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta, timezone

_ISO = re.compile(
    r"(?P<y>\d{4})-(?P<mo>\d\d?)-(?P<d>\d\d?)"
    r"(?:[T ](?P<h>\d\d?):(?P<mi>\d\d)(?::(?P<s>\d\d)(?:[.,](?P<f>\d+))?)?)?\s*(?P<z>[Zz]|UTC|GMT|[+-]\d\d:?\d\d)?"
)
_COMPACT = re.compile(
    r"(?P<y>\d{4})(?P<mo>\d\d)(?P<d>\d\d)"
    r"(?:[-T ](?P<h>\d\d):?(?P<mi>\d\d):?(?P<s>\d\d)(?:[.,](?P<f>\d+))?)?(?P<z>[Zz]|[+-]\d\d:?\d\d)?"
)
_AMERICAN = re.compile(
    r"(?P<mo>\d\d?)/(?P<d>\d\d?)/(?P<y>\d{4})"
    r"(?: (?P<h>\d\d?):(?P<mi>\d\d)(?::(?P<s>\d\d)(?:[.,](?P<f>\d+))?)?(?: (?P<half>[AaPp][Mm]))?)?"
    r"\s*(?P<z>[Zz]|[+-]\d\d:?\d\d)?"
)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_DOTNET_DATE = re.compile(r"/Date\((-?\d+)\)/")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(value: str | float | None) -> datetime | None:
    """Return a time as aware UTC, or None when Azure did not say (null, empty, zero, the year 1).

    Takes ISO 8601 with or without zone and with any number of fractional digits (kept to the microsecond), a blank for
    the T, the American style, compact log times, epoch seconds or milliseconds (numbers or text) and 20200401.
    Without a zone a time is UTC. Raises ValueError for anything else.
    """
    if value is None:
        return None
    if not isinstance(value, str):
        return _of_number(value)
    text = value.strip()
    if not text:
        return None
    try:
        return _of_text(text)
    except OverflowError as error:
        raise ValueError(f"not a time: {text[:40]!r}") from error


def _of_text(text: str) -> datetime | None:
    if text[4:5] == "-" and len(text) >= 19:
        try:
            return _in_utc(datetime.fromisoformat(text))
        except ValueError:
            pass
    for shape in (_ISO, _COMPACT, _AMERICAN):
        if found := shape.fullmatch(text):
            return _of_parts(found.groupdict())
    if found := _DOTNET_DATE.fullmatch(text):
        return _in_utc(_EPOCH + timedelta(milliseconds=int(found[1])))
    if _NUMBER.fullmatch(text) and len(text) <= 20:
        return _of_number(float(text))
    raise ValueError(f"not a time: {text[:40]!r}")


def _of_parts(parts: dict[str, str | None]) -> datetime | None:
    hour = int(parts["h"] or 0)
    if half := parts.get("half"):
        if not 1 <= hour <= 12:
            raise ValueError(f"not an hour of a half day: {hour}")
        hour = hour % 12 + (12 if half.lower() == "pm" else 0)
    fraction = ((parts["f"] or "") + "000000")[:6]
    return _in_utc(
        datetime(
            int(parts["y"] or 0),
            int(parts["mo"] or 0),
            int(parts["d"] or 0),
            hour,
            int(parts["mi"] or 0),
            int(parts["s"] or 0),
            int(fraction),
            tzinfo=_zone(parts["z"]),
        )
    )


def _zone(text: str | None) -> timezone:
    if not text or text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


def _in_utc(when: datetime) -> datetime | None:
    if when.year == 1:
        return None
    if when.tzinfo is None:
        return when.replace(tzinfo=UTC)
    return when if when.tzinfo is UTC else when.astimezone(UTC)


def _of_number(value: float) -> datetime | None:
    if isinstance(value, bool) or not math.isfinite(value) or value < 0:
        raise ValueError(f"not a time: {value!r}")
    if value == 0:
        return None
    if 19_000_101 <= value <= 29_991_231:
        day = int(value)
        return datetime(day // 10_000, day // 100 % 100, day % 100, tzinfo=UTC)
    for limit, unit in ((1e11, 1.0), (1e14, 1e3), (1e17, 1e6)):
        if 1e8 <= value < limit:
            return _EPOCH + timedelta(seconds=value / unit)
    raise ValueError(f"not a time: {value!r}")


_TIME_SPAN = re.compile(r"(-)?(?:(\d+)\.)?(\d+):(\d\d?)(?::(\d\d?(?:[.,]\d+)?))?")
_ISO_SPAN = re.compile(
    r"([+-])?P(?:(\d+)W)?(?:(\d+(?:\.\d+)?)D)?"
    r"(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:[.,]\d+)?)S)?)?"
)
_UNITS = (604_800.0, 86_400.0, 3_600.0, 60.0, 1.0)


def seconds(value: str | float | None) -> float | None:
    """Return a duration in seconds, or None when Azure did not say.

    Takes .NET's TimeSpan (`1.02:03:04.5`, negative too), ISO 8601 without years and months (`PT1M49.75S`), and plain
    numbers of seconds. Raises ValueError for anything else.
    """
    if value is None:
        return None
    if not isinstance(value, str):
        if isinstance(value, bool) or not math.isfinite(value):
            raise ValueError(f"not a duration: {value!r}")
        return float(value)
    text = value.strip()
    if not text:
        return None
    if found := _TIME_SPAN.fullmatch(text):
        return _signed(found[1], (found[2], found[3], found[4], found[5]), _UNITS[1:])
    if text[-1] not in "PT" and (found := _ISO_SPAN.fullmatch(text.upper())):
        return _signed(found[1], found.groups()[1:], _UNITS)
    if _NUMBER.fullmatch(text) and len(text) <= 20:
        return float(text)
    raise ValueError(f"not a duration: {text[:40]!r}")


def _signed(sign: str | None, counts: tuple[str | None, ...], units: tuple[float, ...]) -> float:
    total = sum(float(count.replace(",", ".")) * unit for count, unit in zip(counts, units, strict=True) if count)
    return -total if sign == "-" and total else total


_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


def is_guid(text: str | None) -> bool:
    """Return whether a text is a GUID in its usual form (a principal's id, not a name)."""
    return bool(text) and _GUID.fullmatch(text or "") is not None


def id_key(resource_id: str) -> str:
    """Return an ARM id in the form that compares: lower case, one leading slash, none at the end."""
    return "/" + resource_id.strip().strip("/").lower()


def same_id(first: str | None, second: str | None) -> bool:
    """Return whether two ARM ids name one resource, whatever their case and leading slash. Unknown equals nothing."""
    return bool(first) and bool(second) and id_key(first or "") == id_key(second or "")


def id_tail(resource_id: str | None) -> str | None:
    """Return the last name of an ARM id; None when there is none."""
    tail = (resource_id or "").strip().rstrip("/").rpartition("/")[2]
    return tail or None


def id_part(resource_id: str | None, kind: str) -> str | None:
    """Return the name that follows `kind` in an ARM id (`id_part(id, "workspaces")`), in its own case, or None."""
    parts = (resource_id or "").strip().strip("/").split("/")
    for at, part in enumerate(parts[:-1]):
        if part.lower() == kind.lower():
            return parts[at + 1] or None
    return None
