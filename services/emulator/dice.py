"""Chance that is always the same: hashes of a seed and a name, stable across runs, machines and Python versions."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar
from zlib import crc32

T = TypeVar("T")

_FULL = float(1 << 32)


class Dice:
    """Sixteen independent throws, numbered 0 to 15, all from one hash."""

    __slots__ = ("_thrown",)

    def __init__(self, *key: object) -> None:
        self._thrown = blake2b("/".join(map(str, key)).encode(), digest_size=64).digest()

    def unit(self, throw: int) -> float:
        """Return a number from 0 up to, not including, 1."""
        at = throw * 4
        return int.from_bytes(self._thrown[at : at + 4]) / _FULL

    def between(self, throw: int, low: float, high: float) -> float:
        """Return a number from `low` up to `high`."""
        return low + (high - low) * self.unit(throw)

    def whole(self, throw: int, below: int) -> int:
        """Return a whole number from 0 to `below` - 1."""
        return int(self.unit(throw) * below)

    def pick(self, throw: int, choices: Sequence[T]) -> T:
        """Return one of `choices`."""
        return choices[int(self.unit(throw) * len(choices))]

    def happens(self, throw: int, chance: float) -> bool:
        """Return whether something of this chance (0 to 1) happens."""
        return self.unit(throw) < chance

    def hex(self, length: int) -> str:
        """Return `length` hexadecimal digits, at most 128."""
        return self._thrown.hex()[:length]


def noise(key: str) -> float:
    """Return a cheap number from -1 to 1: one hash a call, for the points of a curve."""
    return crc32(key.encode()) / _FULL * 2 - 1


def guid(*key: object) -> str:
    """Return a GUID that is the same for the same key."""
    return as_guid(blake2b("/".join(map(str, key)).encode(), digest_size=16).hexdigest())


def as_guid(digits: str) -> str:
    """Return 32 hexadecimal digits in the form of a GUID."""
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
