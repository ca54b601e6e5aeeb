"""Columns of numbers in few bytes: a point of a series takes two to five, and every value comes back.

Whole numbers are kept as the differences of their differences, nearly all zero for steps and small for times.
Values with at most six decimals are whole millionths; others, NaN and infinity stay as they are. zlib does the rest.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Sequence
from itertools import accumulate
from math import isfinite
from operator import sub
from typing import Literal

import msgspec

UNKNOWN = -(2**50)
"""What stands for None among whole numbers."""

_SCALE = 1_000_000
_LARGEST = 2**53 / _SCALE
_LEVEL = 6
_FAR = 2**59
"""Whole numbers further from zero are kept as this: their differences would be too large for 64 bits."""


class Packed(msgspec.Struct, array_like=True):
    """What a blob holds: how many points, and each column packed. An absent column is empty."""

    count: int
    wholes: tuple[bytes, ...]
    values: bytes
    is_exact: bool
    """Whether `values` are floats as they are, and not differences of millionths."""
    odd_places: bytes = b""
    odd_values: bytes = b""


_decode = msgspec.msgpack.Decoder(Packed).decode


def pack(wholes: Sequence[Sequence[int]], values: Sequence[float]) -> bytes:
    """Pack columns of whole numbers (each as long as `values`, or empty) and a column of floats."""
    scaled = _millionths(values)
    odd = array("I", (at for at, (one, value) in enumerate(zip(scaled, values, strict=True)) if one / _SCALE != value))
    is_exact = len(odd) * 4 > len(values)
    packed = Packed(
        len(values),
        tuple(_differences([max(-_FAR, min(_FAR, number)) for number in one]) for one in wholes),
        _shuffled(array("d", values)) if is_exact else _differences(scaled),
        is_exact,
        b"" if is_exact else _bytes(odd),
        b"" if is_exact else _bytes(array("d", (values[at] for at in odd))),
    )
    return zlib.compress(msgspec.msgpack.encode(packed), _LEVEL)


def unpack(body: bytes) -> tuple[list[list[int]], list[float]]:
    """Give the columns back. Raises ValueError for a blob that is none of ours."""
    try:
        packed = _decode(zlib.decompress(body))
    except (zlib.error, msgspec.MsgspecError) as error:
        raise ValueError(f"not a packed series: {error}") from error
    wholes = [_sums(one, packed.count) if one else [] for one in packed.wholes]
    if packed.is_exact:
        return wholes, list(_floats(_unshuffled(packed.values, packed.count)))
    values = [value / _SCALE for value in _sums(packed.values, packed.count)]
    odd = _floats(packed.odd_values)
    for at, value in zip(_wholes("I", packed.odd_places), odd, strict=True):
        values[at] = value
    return wholes, values


def _millionths(values: Sequence[float]) -> list[int]:
    """The nearest whole millionths; 0 for what has none."""
    if isfinite(sum(map(abs, values))) and max(map(abs, values), default=0.0) < _LARGEST:
        return [round(value * _SCALE) for value in values]
    return [round(value * _SCALE) if abs(value) < _LARGEST else 0 for value in values]


def _differences(numbers: Sequence[int]) -> bytes:
    once = [*numbers[:1], *map(sub, numbers[1:], numbers)]
    twice = [*once[:1], *map(sub, once[1:], once)]
    # Zigzag, so that small negative numbers are small too.
    return _shuffled(array("Q", [one << 1 if one >= 0 else (-one << 1) - 1 for one in twice]))


def _sums(body: bytes, count: int) -> list[int]:
    twice = [one >> 1 if not one & 1 else -((one + 1) >> 1) for one in _wholes("Q", _unshuffled(body, count))]
    return list(accumulate(accumulate(twice)))


def _shuffled(numbers: array[int] | array[float]) -> bytes:
    """First bytes first, then second bytes…: those of small numbers are all alike."""
    body = _bytes(numbers)
    return b"".join(body[byte::8] for byte in range(8))


def _unshuffled(body: bytes, count: int) -> bytes:
    found = bytearray(len(body))
    for byte in range(8):
        found[byte::8] = body[byte * count : (byte + 1) * count]
    return bytes(found)


def _bytes(numbers: array[int] | array[float]) -> bytes:
    """Little-endian, on any machine."""
    if sys.byteorder == "big":
        numbers = numbers[:]
        numbers.byteswap()
    return numbers.tobytes()


def _wholes(kind: Literal["Q", "I"], body: bytes) -> array[int]:
    found = array(kind)
    found.frombytes(body)
    if sys.byteorder == "big":
        found.byteswap()
    return found


def _floats(body: bytes) -> array[float]:
    found = array("d")
    found.frombytes(body)
    if sys.byteorder == "big":
        found.byteswap()
    return found
