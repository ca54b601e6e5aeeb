"""Copying: to the terminal's clipboard (OSC 52), else by a native tool, else into a private file.

OSC 52 works over ssh and answers nothing, so what was done is always said, with the size, the route and, over ssh, the
host. tmux and GNU screen do not hand OSC 52 on as they come, so tmux is asked to, and screen is passed by.
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
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

_TMUX = (
    (("tmux", "load-buffer", "-w", "-"), plain("in its buffer, perhaps the clipboard")),
    (("tmux", "load-buffer", "-"), plain("in its buffer, not the clipboard")),
)
"""What tmux is asked to do: it hands a buffer on whatever `set-clipboard` is, if the terminal takes it; before 3.2 it
cannot."""

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
    """Whether the terminal is not known to ignore OSC 52, nor what is between us and it to keep it back."""
    known_deaf = environ.get("TERM_PROGRAM") == "Apple_Terminal" or environ.get("TERM", "") in _DEAF
    return not known_deaf and not between(environ)


def between(environ: Mapping[str, str]) -> str:
    """What runs between the terminal and us: `tmux`, `screen`, or nothing."""
    return "tmux" if environ.get("TMUX") else "screen" if environ.get("STY") else ""


def copy(text: Safe, write: Callable[[str], object] | None, environ: Mapping[str, str] | None = None) -> Copied:
    """Copy by the first route that works. `write` sends a sequence to the terminal; None when there is no terminal.

    Blocks up to `TOOL_SECONDS` a tool when OSC 52 is out of the question: call it on a worker then.
    """
    known = os.environ if environ is None else environ
    copied = put(text, write, known)
    if copied is not None:
        return copied
    size, host, path = fmt.size(len(text.encode("utf-8", "replace"))), _far_host(known), _by_file(text)
    kept_back = f"; {between(known)} may keep OSC 52 back" if between(known) else ""
    return Copied(size, Safe(f"into {f'{host}:' if host else ''}{safe(str(path))}{kept_back}"), path)


def put(text: Safe, write: Callable[[str], object] | None, environ: Mapping[str, str] | None = None) -> Copied | None:
    """Copy as `copy` does, but never into a file: None when there is no clipboard."""
    known = os.environ if environ is None else environ
    size, host = fmt.size(len(text.encode("utf-8", "replace"))), _far_host(known)
    on = f" on {host}" if host else ""
    for command, where in _TMUX if between(known) == "tmux" else ():
        if _by_tool(command, text, known):
            return Copied(size, Safe(f"by tmux{on}: {where}"))
    sequence = osc52(text)
    if write is not None and sequence is not None and takes_osc52(known):
        write(sequence)
        return Copied(size, plain("by the terminal (OSC 52)"))
    for tool in TOOLS:
        if _by_tool(tool, text, known):
            return Copied(size, Safe(f"with {tool[0]}{on}"))
    return None


def _far_host(environ: Mapping[str, str]) -> Safe:
    """The name of this machine when somebody came here by ssh: what is copied here is not where they sit."""
    if not (environ.get("SSH_CONNECTION") or environ.get("SSH_TTY")):
        return plain("")
    from socket import gethostname

    return safe(gethostname(), 40)


def _by_tool(tool: Sequence[str], text: Safe, environ: Mapping[str, str]) -> bool:
    program = shutil.which(tool[0], path=environ.get("PATH"))
    if program is None:
        return False
    # Without a mark, clip.exe takes what it gets for the code page of its console.
    is_windows = tool[0] == "clip.exe"
    coded = f"\ufeff{text}".encode("utf-16-le", "replace") if is_windows else text.encode("utf-8", "replace")
    try:
        done = subprocess.run(
            [program, *tool[1:]],
            input=coded,
            env=dict(environ),
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
