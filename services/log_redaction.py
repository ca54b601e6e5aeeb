"""Secrets out of a log while it comes in pieces: what is kept on disk never held one.

Nothing leaves before its line has ended, because a secret cut in two by the border of a piece looks like none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.redact import scrub
from services.secret_texts import HIDDEN

LONGEST_LINE = 256 * 1024
"""Bytes of a line that are waited for; a longer one is cut where that cuts no secret."""
PORTION = 16 * 1024
"""Bytes that are looked at together."""
MOST_HIDDEN = 200
"""Lines after the beginning of a private key that are hidden while its end does not come."""

_BEGIN = re.compile(rb"-----BEGIN (?!PUBLIC KEY|CERTIFICATE REQUEST)[A-Z0-9 ]{3,40}-----")
_END = re.compile(rb"-----END [A-Z0-9 ]{3,40}-----")
_BLANK = re.compile(rb"[\s,;]")


class LogRedactor:
    """Takes the bytes of a log in order and gives them back, whole lines at a time, without the secrets in them."""

    def __init__(self, hidden_lines: int = 0) -> None:
        self.hidden_lines = hidden_lines
        """Lines of a private key hidden so far; 0 outside of one. Kept with the log, so that it can be gone on with."""
        self._held = b""

    @property
    def held(self) -> int:
        """Bytes taken and not given back: a line that has not ended."""
        return len(self._held)

    def feed(self, piece: bytes) -> bytes:
        """Return what may be kept by now."""
        self._held += piece
        cut = max(self._held.rfind(b"\n"), self._held.rfind(b"\r")) + 1
        if cut == 0 and len(self._held) > LONGEST_LINE:
            cut = _harmless_cut(self._held)
        ready, self._held = self._held[:cut], self._held[cut:]
        return self._clean(ready)

    def finish(self) -> bytes:
        """Return the rest: the log has ended, with or without the end of its last line."""
        ready, self._held = self._held, b""
        return self._clean(ready)

    def _clean(self, block: bytes) -> bytes:
        if self.hidden_lines or b"-----BEGIN " in block:
            block = b"".join(self._without_key(line) for line in block.splitlines(keepends=True))
        return b"".join(map(_scrubbed, _portions(block)))

    def _without_key(self, line: bytes) -> bytes:
        if self.hidden_lines:
            is_over = _END.search(line) is not None or self.hidden_lines >= MOST_HIDDEN
            self.hidden_lines = 0 if is_over else self.hidden_lines + 1
            return b""
        begin = _BEGIN.search(line)
        if begin is None:
            return line
        end = _END.search(line, begin.end())
        self.hidden_lines = 0 if end else 1
        rest = line[end.end() :] if end else b"\n"
        return line[: begin.start()] + HIDDEN.encode() + rest


def _scrubbed(portion: bytes) -> bytes:
    # One byte, one character: what is no UTF-8 comes out as it went in.
    text = portion.decode("latin-1")
    clean = scrub(text)
    return portion if clean is text else clean.encode("latin-1", "replace")


def _portions(block: bytes) -> Iterator[bytes]:
    """Yield whole lines together: one secret among them costs a close look at a portion, not at megabytes."""
    start = 0
    while start < len(block):
        end = block.find(b"\n", start + PORTION) + 1 or len(block)
        yield block[start:end]
        start = end


def _harmless_cut(line: bytes) -> int:
    """Return where a line that is too long can be cut so that both parts hide what the whole would hide."""
    near = line[-32 * 1024 :]
    whole = scrub(near.decode("latin-1"))
    blanks = [found.end() for found in _BLANK.finditer(near)]
    for at in reversed(blanks[-64:]):
        if scrub(near[:at].decode("latin-1")) + scrub(near[at:].decode("latin-1")) == whole:
            return len(line) - len(near) + at
    return 0 if len(line) < 4 * LONGEST_LINE else len(line)
