"""Lines to watch as they are typed: `loss<0.3`, `5%`, `800ms`, `100 EUR`. Each raises NotALine with a sentence."""

from __future__ import annotations

import re
from decimal import Decimal
from math import isfinite

from services.records import Money

_METRIC = re.compile(r"\s*(.*\S)\s*([<>])=?\s*([-+]?[0-9.]+(?:e[-+]?[0-9]+)?)\s*", re.IGNORECASE)
_SECONDS = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(ms|s|m|min|h)\s*")
_SHARE = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*%\s*")
_MONEY = re.compile(r"\s*([0-9]+(?:[.][0-9]+)?)\s*([A-Za-z]{3})\s*")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}


class NotALine(ValueError):
    """It cannot be read; `str()` says how it is written."""


def metric_line(text: str) -> tuple[str, bool, float]:
    """Return a metric's name, whether below the line is meant, and the line."""
    found = _METRIC.fullmatch(text)
    try:
        limit = float(found[3]) if found else None
    except ValueError:
        limit = None
    if found is None or limit is None or not isfinite(limit):
        raise NotALine("Write a metric, < or >, and a number: loss<0.3")
    return found[1], found[2] == "<", limit


def seconds(text: str) -> float:
    """Return a length of time in seconds."""
    found = _SECONDS.fullmatch(text)
    value = float(found[1]) * _UNITS[found[2]] if found else 0.0
    if not value:
        raise NotALine("Write a number and its unit: 800ms, 2s, 15m, 1h")
    return value


def share(text: str) -> float:
    """Return a share from 0 to 1."""
    found = _SHARE.fullmatch(text)
    value = float(found[1]) / 100 if found else 2.0
    if value > 1:
        raise NotALine("Write a share from 0 % to 100 %: 5%")
    return value


def amount(text: str) -> Money:
    """Return an amount of money."""
    found = _MONEY.fullmatch(text)
    if found is None or not Decimal(found[1]):
        raise NotALine("Write an amount and its currency: 100EUR")
    return Money(Decimal(found[1]), found[2].upper())
