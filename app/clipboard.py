"""Copying: to the terminal's clipboard (OSC 52), else by a native tool, else into a private file.

OSC 52 works over ssh and answers nothing, so what was done is always said, with the size and the route.
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from widgets import format as fmt
from widgets.safe import Safe, plain, safe

OSC52_BYTES = 74_994
"""The most text xterm, hterm and tmux take in one OSC 52: 100,000 bytes with base64 and frame."""

TOOLS: tuple[tuple[str, ...], ...] = (
    ("pbcopy",),
    ("wl-copy",),
    ("xclip", "-selection", "clipboard"),
    ("xsel", "--clipboard", "--input"),
    ("clip.exe",),
)
TOOL_SECONDS = 3.0

_DEAF = {"linux", "dumb", ""}
"""Values of TERM that take no OSC 52."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied and how, as words for the notice line; `path` is set when it went to a file."""

    size: Safe
    route: Safe
    path: Path | None = None


def osc52(text: Safe) -> str | None:
    """The control sequence that puts `text` on the terminal's clipboard; None when it is too long for one."""
    raw = text.encode("utf-8", "replace")
    return None if len(raw) > OSC52_BYTES else f"\x1b]52;c;{base64.b64encode(raw).decode()}\a"


def takes_osc52(environ: Mapping[str, str]) -> bool:
    """Whether the terminal is not known to ignore OSC 52."""
    return environ.get("TERM_PROGRAM") != "Apple_Terminal" and environ.get("TERM", "") not in _DEAF


def copy(text: Safe, write: Callable[[str], object] | None, environ: Mapping[str, str] | None = None) -> Copied:
    """Copy by the first route that works. `write` sends a sequence to the terminal; None when there is no terminal.

    Blocks up to `TOOL_SECONDS` a tool when OSC 52 is out of the question: call it on a worker then.
    """
    known = os.environ if environ is None else environ
    size = fmt.size(len(text.encode("utf-8", "replace")))
    sequence = osc52(text)
    if write is not None and sequence is not None and takes_osc52(known):
        write(sequence)
        return Copied(size, plain("by the terminal (OSC 52)"))
    for tool in TOOLS:
        if shutil.which(tool[0]) and _by_tool(tool, text):
            return Copied(size, Safe(f"with {tool[0]}"))
    path = _by_file(text)
    return Copied(size, Safe(f"into {safe(str(path))}"), path)


def _by_tool(tool: tuple[str, ...], text: Safe) -> bool:
    try:
        done = subprocess.run(
            tool,
            input=text.encode("utf-8", "replace"),
            timeout=TOOL_SECONDS,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _by_file(text: Safe) -> Path:
    # mkstemp creates it 0600, whatever the umask.
    handle, name = tempfile.mkstemp(prefix="amldeck-copy-", suffix=".txt")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    return Path(name)
