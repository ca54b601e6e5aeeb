"""The user's own commands: a list of words, run without a shell, with the row as JSON on its standard input.

Nothing of a row is ever read as a command: a name takes the place of its placeholder inside one argument, whatever it
holds. The program gets no secret of ours: its environment is made of an allow-list.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any, Protocol

import msgspec

from services.records import WorkspaceRef

DEADLINE = 60.0
"""Seconds a command may take."""

MOST_OUTPUT = 1 << 20
"""Bytes of its output that are kept."""

_PASSED = {
    "PATH", "HOME", "LANG", "LANGUAGE", "TERM", "COLORTERM", "NO_COLOR", "TZ", "USER", "LOGNAME", "SHELL", "TMPDIR",
    "DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME",
    "SYSTEMROOT", "SYSTEMDRIVE", "COMSPEC", "PATHEXT", "TEMP", "TMP", "USERPROFILE", "APPDATA", "LOCALAPPDATA",
}  # fmt: skip
_PLACE = re.compile(r"\{(\w+)\}")


class Configured(Protocol):
    """A command of the settings (`app.settings`)."""

    @property
    def name(self) -> str:
        """How it is called in `a`."""
        ...

    @property
    def title(self) -> str:
        """What the list calls it; the name when it is empty."""
        ...

    @property
    def panes(self) -> Sequence[str]:
        """The panes it is offered in; all of them when there are none."""
        ...

    @property
    def run(self) -> Sequence[str]:
        """The program and its arguments."""
        ...

    @property
    def about(self) -> str:
        """A sentence about it."""
        ...

    @property
    def confirm(self) -> bool:
        """Whether it is shown and confirmed before it runs."""
        ...


class NotRunnable(Exception):
    """A command that cannot be run on this row; `str()` is a sentence."""


@dataclass(frozen=True, slots=True)
class Given:
    """The row a command is run on, and where it stands."""

    pane: str
    record: Any
    arm_id: str | None
    workspace: WorkspaceRef

    def document(self) -> bytes:
        """The JSON the program reads. Pure ASCII, so that nothing in it depends on the program's encoding."""
        known = {
            "pane": self.pane,
            "record": msgspec.to_builtins(self.record),
            "arm_id": self.arm_id,
            "workspace": self.workspace.name,
            "subscription": self.workspace.subscription,
            "resource_group": self.workspace.resource_group,
        }
        return json.dumps(known).encode("ascii")

    def values(self) -> dict[str, str]:
        """What placeholders stand for: the plain fields of the record, and where it is."""
        found = {name: str(value) for name, value in msgspec.structs.asdict(self.record).items()
                 if isinstance(value, str | int | float) and not isinstance(value, bool)}  # fmt: skip
        found |= {"pane": self.pane, "workspace": self.workspace.name, "subscription": self.workspace.subscription,
                  "resource_group": self.workspace.resource_group}  # fmt: skip
        return found | ({"arm_id": self.arm_id} if self.arm_id else {})


@dataclass(frozen=True, slots=True)
class Ran:
    """How it ended: the exit code (None when it was stopped at the deadline), and what it printed."""

    code: int | None
    output: str
    is_cut: bool = False
    words: tuple[str, ...] = field(default=())


def missing_program(command: Configured) -> str | None:
    """A sentence when the program is not there; None when it is. Looks at the disk: for workers."""
    program = command.run[0] if command.run else ""
    if not program:
        return f"The command {command.name!r} has no program to run."
    return None if shutil.which(program) else f"There is no program {program!r} on the PATH."


def arguments(command: Configured, given: Given) -> list[str]:
    """The argument list for a row. Raises NotRunnable.

    The program itself is never taken from a row, and a value that begins with a dash does not become an option.
    """
    values = given.values()
    words = [command.run[0]]
    for word in command.run[1:]:
        filled = _PLACE.sub(lambda match: _value(match, values, command), word)
        if "\0" in filled:
            raise NotRunnable(f"A value for {word!r} holds a zero byte, which no argument can.")
        if filled.startswith("-") and not word.startswith("-"):
            raise NotRunnable(
                f"The value for {word!r} begins with a dash: {command.run[0]} would read it as an option."
            )
        words.append(filled)
    return words


def _value(match: re.Match[str], values: Mapping[str, str], command: Configured) -> str:
    name = match.group(1)
    if name not in values:
        raise NotRunnable(f"The command {command.name!r} asks for {{{name}}}, which this row does not have.")
    return values[name]


def environment(ours: Mapping[str, str]) -> dict[str, str]:
    """What a command sees of the environment: nothing that could be a secret."""
    return {name: value for name, value in ours.items() if name.upper() in _PASSED or name.startswith("LC_")}


def run(words: Sequence[str], document: bytes, *, deadline: float = DEADLINE) -> Ran:
    """Run it in the user's own folder and wait for its end, at most until the deadline. Raises NotRunnable."""
    with tempfile.TemporaryFile() as given:
        # A file and no pipe: a program that reads nothing does not make us wait.
        given.write(document)
        given.seek(0)
        try:
            process = subprocess.Popen(
                words, stdin=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment(os.environ),
                start_new_session=sys.platform != "win32",
            )  # fmt: skip
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise NotRunnable(f"{words[0]} could not be started: {why}.") from error
    return _followed(process, tuple(words), deadline)


def _followed(process: subprocess.Popen[bytes], words: tuple[str, ...], deadline: float) -> Ran:
    assert process.stdout is not None
    kept = bytearray()
    cut = threading.Event()
    reader = threading.Thread(target=_read, args=(process.stdout, kept, cut), daemon=True)
    reader.start()
    try:
        code: int | None = process.wait(deadline)
    except subprocess.TimeoutExpired:
        _kill(process)
        code = None
    # What it started may hold the pipe open longer than it lived.
    reader.join(1.0)
    return Ran(code, bytes(kept).decode("utf-8", "backslashreplace"), cut.is_set(), words)


def _read(pipe: IO[bytes], kept: bytearray, cut: threading.Event) -> None:
    """Keep the beginning, and go on reading: a full pipe would stop the program."""
    while chunk := os.read(pipe.fileno(), 65_536):
        room = MOST_OUTPUT - len(kept)
        kept += chunk[:room]
        if len(chunk) > room:
            cut.set()
    pipe.close()


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End it and what it started."""
    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(5.0)
