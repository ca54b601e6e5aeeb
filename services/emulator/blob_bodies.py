"""What a blob holds, asked for by the byte: a text that is at hand, or one so long that only what is asked is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import msgspec


class Body(Protocol):
    """The content of a blob at one moment."""

    @property
    def size(self) -> int:
        """Its bytes."""
        ...

    def read(self, start: int, end: int) -> bytes:
        """Return the bytes from `start` up to, not including, `end`."""
        ...


class Whole(msgspec.Struct, frozen=True):
    """A content that is at hand."""

    content: bytes

    @property
    def size(self) -> int:
        """Its bytes."""
        return len(self.content)

    def read(self, start: int, end: int) -> bytes:
        """Return a part of it."""
        return self.content[start:end]


class Pieces(msgspec.Struct, frozen=True):
    """Many pieces of one length, each made from its number: nobody holds them all."""

    count: int
    width: int
    make: Callable[[int], bytes]

    @property
    def size(self) -> int:
        """Its bytes."""
        return self.count * self.width

    def read(self, start: int, end: int) -> bytes:
        """Return a part of it, making only the pieces it touches."""
        end = min(end, self.size)
        if start >= end:
            return b""
        first = start // self.width
        made = b"".join(self.make(number) for number in range(first, -(-end // self.width)))
        return made[start - first * self.width : end - first * self.width]


class Blob(msgspec.Struct, frozen=True, kw_only=True):
    """One blob: its content, what kind it is, and when it last changed, in ticks."""

    body: Body
    changed: int
    is_append: bool = False
    """Logs are append blobs; what a run uploads at its end are block blobs."""
    kind: str = "application/octet-stream"
