"""Telling people who look elsewhere: the terminal's bell, its notifications (OSC 9 and 777), the desktop's own.

The text is `Safe`, so nothing in it ends a sequence; `app.driver` lets through what is made here and no other.
"""

from __future__ import annotations

import html
import shutil
import sys
from collections.abc import Mapping

from app.clipboard import between
from widgets.safe import Safe, plain

LONGEST = 200
"""Characters of a notification."""
SECONDS = 5.0
"""What the desktop's program may take."""

_DEAF = {"linux", "dumb", ""}
"""Values of TERM that know no notifications."""
_BY_777 = ("rxvt", "foot")
"""How TERM begins where OSC 777 is understood and OSC 9 is not, or not everywhere."""


def bell() -> str:
    """The terminal's bell."""
    return "\a"


def notification(text: Safe, environ: Mapping[str, str]) -> str:
    """The sequence that has the terminal show a notification; empty where none would, or something keeps it back."""
    term = environ.get("TERM", "")
    if term in _DEAF or environ.get("TERM_PROGRAM") == "Apple_Terminal" or between(environ):
        return ""
    shown = text[:LONGEST].replace(";", ",")
    if term.startswith(_BY_777):
        return f"\x1b]777;notify;amldeck;{shown}\a"
    # The name comes first: a number there would be a command to ConEmu and Windows Terminal.
    return f"\x1b]9;amldeck: {shown}\a"


def desktop(text: Safe, environ: Mapping[str, str], platform: str = sys.platform) -> list[str]:
    """The program and its arguments that show a notice on this desktop; empty where there is none."""
    if platform == "darwin":
        script = "display notification (item 2 of argv) with title (item 1 of argv)"
        words = ["osascript", "-e", "on run argv", "-e", script, "-e", "end run", "amldeck", str(text)]
    elif environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"):
        # Many desktops read the text as markup.
        words = ["notify-send", "--app-name=amldeck", "--", "amldeck", html.escape(text)]
    else:
        return []
    return words if shutil.which(words[0], path=environ.get("PATH")) else []


def show_on_desktop(text: Safe, environ: Mapping[str, str]) -> None:
    """Show a notice on the desktop, where there is one. Waits for a program: for workers."""
    from app.commanding import NotRunnable, run

    words = desktop(text, environ)
    if words:
        try:
            run(words, b"", deadline=SECONDS)
        except NotRunnable:
            return  # the deck's own notice says it too


def joined(sentences: list[Safe]) -> Safe:
    """One notification for all that happened at once."""
    if len(sentences) == 1:
        return sentences[0]
    return Safe(f"{sentences[0]}, and {len(sentences) - 1} more") if sentences else plain("")
