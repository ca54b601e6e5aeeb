"""JSON that a strict parser refuses and that services write all the same: NaN, lone surrogates, broken UTF-8."""

from __future__ import annotations

import json
import math
from typing import Any, cast


def mend(document: bytes) -> bytes:
    """Return a document as strict JSON: what is no number becomes null, what is no character becomes U+FFFD.

    Raises ValueError or RecursionError when there is no JSON to be had.
    """
    text = document.decode("utf-8-sig", "replace")
    value = json.loads(text, parse_constant=_nothing, parse_float=_finite)
    whole = json.dumps(_characters(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return whole.encode()


def _nothing(name: str) -> None:
    return None


def _finite(text: str) -> float | None:
    value = float(text)
    return value if math.isfinite(value) else None


def _characters(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_characters(item) for item in cast(list[Any], value)]
    if isinstance(value, dict):
        pairs = cast(dict[str, Any], value).items()
        return {cast(str, _characters(name)): _characters(item) for name, item in pairs}
    return value
