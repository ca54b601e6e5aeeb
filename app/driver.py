"""Textual's driver for the deck: takes over the painted screen, and leaves the terminal as it was found.

What differs from Textual's own: a screen that is already switched is not switched again, the terminal is clean also
when the process is told to end, no string is sent to it that the app did not mean, and nobody looks for keys while
none are pressed.
"""

from __future__ import annotations

import os
import re
import signal
import sys
from threading import Timer
from types import FrameType
from typing import TYPE_CHECKING, Any

from app import terminal
from widgets.sgr import lean

if TYPE_CHECKING:
    from textual.driver import Driver

_PATIENCE = 2.0
"""Seconds a deck that was told to end has to do so."""
_OURS = re.compile(
    r"\x1b\](?:(?:52|22);[^\x1b\x07]*|(?:9;amldeck: |777;notify;amldeck;)[^\x00-\x1f\x7f-\x9f;]*)(?:\x07|\x1b\\)"
)
"""Strings the app sends on purpose: the clipboard, the shape of the mouse pointer, a notification."""
_FOREIGN = re.compile(r"\x1b[]PX^_]|[\x80-\x9f]")
"""What starts a string for the terminal (OSC, DCS, SOS, PM, APC), and the one-character controls."""


def driver_class() -> type[Driver] | None:
    """The driver for this terminal; None for Textual's own choice (Windows, and a browser)."""
    if sys.platform == "win32" or os.environ.get("TEXTUAL_DRIVER"):
        return None
    return DeckDriver


def harmless(output: str) -> str:
    """Output without the start of any string that is not the app's own.

    The last door: cells are `Safe` text, so nothing is found here unless a widget forgot.
    """
    return output if _OURS.fullmatch(output) else _FOREIGN.sub("", output)


if sys.platform != "win32":
    from textual.drivers.linux_driver import LinuxDriver

    from app.keys_read import Waking, read_keys

    class DeckDriver(LinuxDriver):
        """Linux and macOS. Started on a taken or an untaken terminal, and again after a suspend."""

        _is_switched = False

        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)  # pyright: ignore[reportUnknownMemberType]
            self.exit_event = self._end_of_input = Waking()

        def run_input_thread(self) -> None:
            """Hand on what is typed until the input ends."""
            read_keys(self.fileno, self._end_of_input, self.process_message, debug=self._debug)

        def start_application_mode(self) -> None:
            """Take the terminal over; how it was found comes from the first paint where there was one."""
            found = terminal.hand_over()
            self._is_switched = found is not None
            super().start_application_mode()
            if found is not None:
                self.attrs_before = found
            terminal.keep(self.attrs_before)
            for number in (signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, self._end)

        def stop_application_mode(self) -> None:
            """Leave the terminal as it was found. Textual forgets the mouse's pixel mode."""
            super().stop_application_mode()
            self.write("\x1b[?1016l\x1b[0m")
            terminal.keep(None)
            for number in (signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)

        def write(self, data: str) -> None:
            """Send output, except the switch to a screen that is already there."""
            if data == terminal.SWITCH and self._is_switched:
                return
            super().write(harmless(lean(data)))

        def _end(self, number: int, frame: FrameType | None) -> None:
            """Ask the deck to close, and end the process if it does not."""

            def end_now() -> None:
                terminal.give_back()
                os._exit(128 + number)

            timer = Timer(_PATIENCE, end_now)
            timer.daemon = True
            timer.start()
            self._loop.call_soon_threadsafe(lambda: self._app.exit(return_code=128 + number))
