"""The terminal before Textual has it and after: raw mode, the other screen, and the way back.

Loaded before the first paint, so it knows `sys`, `os` and `termios` alone. What is taken here is handed to
`app.driver`, and given back by whoever comes to the end first: the driver, `app.start`, a signal, or the first word
that is written to a standard stream.
"""

import os
import sys

if sys.platform != "win32":
    import termios

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, TextIO

SWITCH = "\x1b[?1049h"
_ENTER = SWITCH + "\x1b[?25l\x1b[?7l\x1b[H\x1b[2J"
_LEAVE = (
    "\x1b\\\x1b[?2026l\x1b[0m"  # end what was cut off in the middle: a string, a frame, a colour
    "\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"  # mouse
    "\x1b[?2004l\x1b[?2048l\x1b[?1004l\x1b[<u\x1b[?7h"  # paste, resize and focus reports, Kitty keys, wrapping
    "\x1b[?1049l\x1b[?25h"
)

_before: "list[Any] | None" = None


class _Curtain:
    """A standard stream before which the terminal is given back when something is said through it.

    A usage error printed on the other screen would vanish with it.
    """

    def __init__(self, stream: "TextIO") -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        give_back()
        return self.stream.write(text)

    def __getattr__(self, name: str) -> object:
        return getattr(self.stream, name)


def take() -> bool:
    """Put the terminal into raw mode and onto its other screen; False where there is no terminal that could.

    Ctrl+c still interrupts, because nothing else would until Textual listens; every other key waits for the deck.
    """
    if sys.platform == "win32" or os.environ.get("TERM", "") in ("", "dumb"):
        return False
    if not (os.isatty(0) and os.isatty(1) and os.isatty(2)):
        return False
    try:
        keep(termios.tcgetattr(0))
        termios.tcsetattr(0, termios.TCSANOW, _raw(termios.tcgetattr(0)))
        write(_ENTER)
    except (OSError, termios.error):
        give_back()
        return False
    sys.stdout, sys.stderr = _Curtain(sys.stdout), _Curtain(sys.stderr)  # pyright: ignore[reportAttributeAccessIssue]
    return True


def is_taken() -> bool:
    """Whether the terminal has to be given back at the end."""
    return _before is not None


def keep(attributes: "list[Any] | None") -> None:
    """Remember how the terminal was found; None when it has been given back."""
    global _before
    _before = attributes


def hand_over() -> "list[Any] | None":
    """Leave the taken terminal to the caller: how it was found, or None when it has not been taken."""
    _lift_curtains()
    return _before


def give_back() -> None:
    """Leave the other screen and restore the terminal, once; nothing when it is not taken."""
    attributes = hand_over()
    if attributes is None or sys.platform == "win32":
        return
    keep(None)
    try:
        write(_LEAVE)
        # Keys meant for the deck must not become words of the shell.
        termios.tcflush(0, termios.TCIFLUSH)
        termios.tcsetattr(0, termios.TCSANOW, attributes)
    except (OSError, termios.error):
        pass  # the window is gone, and with it whatever there was to restore


def write(text: str) -> None:
    """Write all of `text` to the terminal, past every buffer. Raises OSError."""
    left = text.encode("utf-8", "replace")
    while left:
        left = left[os.write(2, left) :]


def watch_signals() -> None:
    """Give the terminal back when the process is told to end before the deck is there."""
    # Not needed earlier, and enum, which it loads, takes longer than the paint itself.
    import signal

    def end(number: int, frame: "FrameType | None") -> None:
        give_back()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)


def _raw(attributes: "list[Any]") -> "list[Any]":
    """As Textual's driver does it, so that a key pressed early arrives as the same byte."""
    if sys.platform != "win32":
        attributes[0] &= ~(termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR)
        attributes[3] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
        controls = attributes[6]
        controls[termios.VMIN], controls[termios.VTIME] = 1, 0
        controls[termios.VSUSP] = controls[termios.VQUIT] = bytes([os.fpathconf(0, "PC_VDISABLE")])
    return attributes


def _lift_curtains() -> None:
    if isinstance(sys.stdout, _Curtain):
        sys.stdout = sys.stdout.stream
    if isinstance(sys.stderr, _Curtain):
        sys.stderr = sys.stderr.stream
