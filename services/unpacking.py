"""A compressed body, unpacked piece by piece so that a bomb is never inflated."""

from __future__ import annotations

import re
import zlib

from services.calls import Call, subject
from services.errors import Malformed, Unreachable

_EITHER_HEADER = 47
"""zlib's word for: gzip or zlib, tell by the header."""


class Unpacker:
    """Collects a body up to a cap. Feed it pieces; `finish` gives the whole."""

    def __init__(self, encoding: str, cap: int) -> None:
        self.encoding = encoding.strip().lower()
        self._cap = cap
        self._size = 0
        self._taken = 0
        self._parts: list[bytes] = []
        packed = self.encoding in ("gzip", "x-gzip", "deflate")
        self._inflate = zlib.decompressobj(_EITHER_HEADER) if packed else None
        self._is_broken = False

    def feed(self, piece: bytes) -> bool:
        """Take a piece; return False when the body has become too large, packed or unpacked."""
        self._taken += len(piece)
        if self._taken > self._cap:
            return False
        if self._inflate is None:
            return self._keep(piece)
        while piece and not self._is_broken:
            piece = self._unpack(piece)
            if self._size > self._cap:
                return False
        return True

    def _unpack(self, piece: bytes) -> bytes:
        """Unpack one piece and return what is left of it: the beginning of another member, if any."""
        inflate = self._inflate
        if inflate is None or inflate.eof:
            inflate = self._inflate = zlib.decompressobj(_EITHER_HEADER)
        try:
            self._keep(inflate.decompress(piece, self._cap - self._size + 1))
        except zlib.error:
            self._is_broken = True
        return inflate.unused_data

    def _keep(self, part: bytes) -> bool:
        self._size += len(part)
        self._parts.append(part)
        return self._size <= self._cap

    def finish(self, call: Call) -> bytes:
        """Return the whole body. Raises Unreachable when it was broken off, Malformed when it cannot be unpacked."""
        if self.encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise Malformed(
                f"The answer is packed as {_plain(self.encoding)}, which was not asked for", on=subject(call)
            )
        if self._is_broken:
            raise Malformed("The compressed answer cannot be unpacked", on=subject(call))
        if self._inflate is not None and self._taken and not self._inflate.eof:
            raise Unreachable("The compressed answer was broken off", on=subject(call))
        return b"".join(self._parts)


def _plain(text: str) -> str:
    return re.sub(r"[^\w,\- ]", "", text)[:40]
