"""A terminal for tests and benchmarks: runs a command in a pseudo terminal, types, and reads the screen.

Everything waits for something with a deadline; nothing sleeps. Times are seconds since the command was started.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyte

DEADLINE = 20.0
REPOSITORY = Path(__file__).parents[2]
NARROW, WIDE = (80, 24), (160, 45)

# Makes the pty the controlling terminal (for ctrl+c and resizes), says that it is ready, waits for the start signal.
_TRAMPOLINE = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
go = int(sys.argv[1]); os.read(go, 1); os.close(go)
os.execvp(sys.argv[2], sys.argv[2:])
"""
_UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]+\$p|\x1b\[\?u|\x1b\\")
_UNFINISHED = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*)?$")
_ANSWERS = {
    b"\x1b[c": b"\x1b[?62;22c",
    b"\x1b[6n": b"\x1b[1;1R",
    b"\x1b[5n": b"\x1b[0n",
    b"\x1b[?u": b"\x1b[?0u",
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",
    b"\x1b[?2048$p": b"\x1b[?2048;0$y",
    b"\x1b]10;?": b"\x1b]10;rgb:ffff/ffff/ffff\x1b\\",
    b"\x1b]11;?": b"\x1b]11;rgb:0000/0000/0000\x1b\\",
}
_MOUSE = (1000, 1002, 1003, 1006, 1015, 1016)


class Terminal:
    """A command running in a terminal of its own.

    `chunks` are all bytes it wrote, with the time of each read; `lines` the screen as text. Used as a context manager:
    leaving ends the command.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        size: tuple[int, int] = NARROW,
        *,
        env: dict[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self.columns, self.rows = size
        self.chunks: list[tuple[float, bytes]] = []
        self.modes: dict[int, bool] = {}
        self._screen: Any = pyte.Screen(self.columns, self.rows)
        self._stream = pyte.ByteStream(self._screen)
        self._held_back = b""
        self._master, slave = pty.openpty()
        self._set_size(slave)
        self.attributes = termios.tcgetattr(slave)
        go, start = os.pipe()
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _TRAMPOLINE, str(go), *map(str, command)],
            stdin=slave, stdout=slave, stderr=slave, pass_fds=[go], start_new_session=True,
            env=_environment(env or {}), cwd=cwd or REPOSITORY,
        )  # fmt: skip
        # Kept open: the attributes can be read after the command has ended, and its last bytes are not lost.
        self._slave = slave
        os.close(go)
        self.started = time.perf_counter()
        os.write(start, b"!")
        os.close(start)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *problem: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(DEADLINE)
        os.close(self._slave)
        os.close(self._master)

    # What it shows

    @property
    def output(self) -> bytes:
        """All bytes so far."""
        return b"".join(chunk for _, chunk in self.chunks)

    @property
    def lines(self) -> list[str]:
        """The screen, row by row, without spaces at the end."""
        # The second cell of a wide character is empty; pyte's own `display` stumbles over a lone combining mark.
        cells = range(self.columns)
        rows = (self._screen.buffer[row] for row in range(self.rows))
        return ["".join(row[cell].data for cell in cells).rstrip() for row in rows]

    def lines_before(self, mark: bytes) -> list[str]:
        """The screen as it was before these bytes came, or as it is when they did not come yet."""
        screen = pyte.Screen(self.columns, self.rows)
        pyte.ByteStream(screen).feed(self.output.partition(mark)[0])
        return [line.rstrip() for line in screen.display]

    @property
    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(self.lines)

    @property
    def is_cursor_hidden(self) -> bool:
        """Whether the cursor is hidden now."""
        return not self.modes.get(25, True)

    def colour_at(self, column: int, row: int) -> tuple[str, str]:
        """Foreground and background of a cell, as pyte names them."""
        cell = self._screen.buffer[row][column]
        return cell.fg, cell.bg

    # What it does

    def type(self, keys: str | bytes) -> None:
        """Press keys."""
        os.write(self._master, keys.encode() if isinstance(keys, str) else keys)

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the window."""
        self.columns, self.rows = columns, rows
        self._screen.resize(rows, columns)
        self._set_size(self._slave)

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal to the command."""
        self.process.send_signal(number)

    def wait_for(self, text: str, deadline: float = DEADLINE) -> None:
        """Read until the screen shows a text; fails with the screen otherwise."""
        self.wait_until(lambda: text in self.text, f"{text!r}", deadline)

    def wait_until(self, is_met: Callable[[], bool], what: str = "it", deadline: float = DEADLINE) -> None:
        """Read until something holds; fails with the screen otherwise."""
        end = time.monotonic() + deadline
        while not is_met():
            left = end - time.monotonic()
            has_ended = self.process.poll() is not None
            if not self.read(min(0.05, left)) and (has_ended or left <= 0) and not is_met():
                state = f"ended with {self.process.returncode}" if has_ended else f"is silent after {deadline} s"
                raise AssertionError(f"{what} never came; the command {state}. The screen:\n{self.text}")

    def wait_quiet(self, gap: float = 0.3, deadline: float = DEADLINE) -> None:
        """Read until nothing comes for `gap` seconds."""
        end = time.monotonic() + deadline
        while time.monotonic() < end:
            if not self.read(gap):
                return
        raise AssertionError(f"never quiet for {gap} s. The screen:\n{self.text}")

    def listen(self, seconds: float) -> bytes:
        """All that is written within some seconds."""
        before = len(self.chunks)
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.read(left)
        return b"".join(chunk for _, chunk in self.chunks[before:])

    def wait_end(self, deadline: float = DEADLINE) -> int:
        """Read until the command has ended; its exit status, negative for a signal."""
        end = time.monotonic() + deadline
        while self.process.poll() is None:
            self.read(0.02)
            if time.monotonic() > end:
                raise AssertionError(f"still running after {deadline} s. The screen:\n{self.text}")
        while self.read(0.0):
            pass
        return self.process.returncode

    def read(self, timeout: float) -> bool:
        """Take in what there is, waiting at most `timeout` for the first byte; False when nothing came."""
        ready, _, _ = select.select([self._master], [], [], max(0.0, timeout))
        if not ready:
            return False
        try:
            chunk = os.read(self._master, 1 << 18)
        except OSError:
            return False
        self.chunks.append((time.perf_counter() - self.started, chunk))
        self._answer(chunk)
        self._show(chunk)
        return True

    def trouble(self) -> list[str]:
        """What the command left wrong with the terminal after its end; empty when it is clean."""
        wrong: list[str] = []
        for mode, name in ((1049, "the other screen"), (2004, "pasting"), (1004, "focus reports"), (2026, "a frame")):
            if self.modes.get(mode):
                wrong.append(f"still on: {name}")
        wrong += [f"still on: mouse {mode}" for mode in _MOUSE if self.modes.get(mode)]
        if self.is_cursor_hidden:
            wrong.append("the cursor is hidden")
        if not self.modes.get(7, True):
            wrong.append("lines do not wrap")
        if not _is_reset(self.output):
            wrong.append("a colour is left")
        if self.output.count(b"\x1b[<u") < self.output.count(b"\x1b[>25u"):
            wrong.append("the Kitty keyboard is left on")
        if termios.tcgetattr(self._slave) != self.attributes:
            wrong.append("the terminal's own settings differ")
        return wrong

    # Inside

    def _set_size(self, terminal: int) -> None:
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", self.rows, self.columns, 0, 0))

    def _answer(self, chunk: bytes) -> None:
        for question, answer in _ANSWERS.items():
            if question in chunk:
                os.write(self._master, answer)

    def _show(self, chunk: bytes) -> None:
        for mode, letter in re.findall(rb"\x1b\[\?(\d+)([hl])", self._held_back + chunk):
            self.modes[int(mode)] = letter == b"h"
        text = _UNKNOWN_TO_PYTE.sub(b"", self._held_back + chunk)
        unfinished = _UNFINISHED.search(text)
        cut = unfinished.start() if unfinished else len(text)
        self._held_back = text[cut:]
        self._stream.feed(text[:cut])


def _environment(changes: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "TMPDIR", "PYTHONPATH")}
    modern = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    return kept | modern | changes


def _is_reset(output: bytes) -> bool:
    """Whether the last SGR resets everything."""
    styles = re.findall(rb"\x1b\[([0-9;:]*)m", output)
    return not styles or styles[-1] in (b"", b"0")
