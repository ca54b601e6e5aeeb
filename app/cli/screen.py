"""What the terminal behind stdout can show."""

from __future__ import annotations

import os
import shutil
import sys


def is_terminal() -> bool:
    """Whether stdout is a terminal."""
    return sys.stdout.isatty()


def is_coloured() -> bool:
    """Whether to colour: a terminal that is not dumb, and nobody set NO_COLOR."""
    return is_terminal() and not os.environ.get("NO_COLOR") and os.environ.get("TERM", "dumb") != "dumb"


def width() -> int | None:
    """Cells of a line; None where stdout is no terminal and lines may be as long as they are."""
    return shutil.get_terminal_size().columns if is_terminal() else None


def takes_unicode() -> bool:
    """Whether stdout can write the glyphs we draw with."""
    try:
        "✓■━–…".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
