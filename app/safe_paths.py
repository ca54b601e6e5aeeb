"""Where a file from Azure may be written: below the chosen folder and nowhere else, whatever it calls itself."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

LONGEST_NAME = 200
"""Bytes of one name: room is left for the name of what is not whole yet."""

_DEVICES = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.IGNORECASE)
_ODD = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"|?*\\\u200b-\u200f\u2028-\u202f\u2066-\u2069\ufeff\ud800-\udfff]')


class UnsafePath(ValueError):
    """A path that leads out of the folder; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Place:
    """One file and where it goes. `problem` says why it goes nowhere, None when it may."""

    path: str
    target: Path
    problem: str | None = None
    exists: bool = False


def places(folder: Path, paths: Iterable[str]) -> list[Place]:
    """Where each of these files goes. Those that lead out, clash with another or meet a link have a problem."""
    taken: dict[str, str] = {}
    found: list[Place] = []
    for path in paths:
        try:
            target = folder.joinpath(*safe_names(path))
            problem = _in_the_way(folder, target)
        except UnsafePath as error:
            target, problem = folder, str(error)
        key = str(target).casefold()
        if problem is None and key in taken:
            problem = f"It would have the same name as {taken[key]}."
        taken.setdefault(key, path)
        found.append(Place(path, target, problem, problem is None and os.path.lexists(target)))
    return found


def safe_names(path: str) -> list[str]:
    """The names of a path, each fit for any file system: what is odd in them is written as %XX.

    Raises UnsafePath for a path that is absolute, empty, or leads upwards.
    """
    if not path or path.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", path):
        raise UnsafePath("Its path does not begin below a folder.")
    parts = re.split(r"[/\\]", path)
    if any(part.strip() in ("", ".", "..") or part.strip(". ") == "" for part in parts):
        raise UnsafePath("Its path leads out of the folder.")
    return [_fit(part) for part in parts]


def _fit(name: str) -> str:
    fit = _ODD.sub(lambda found: "".join(f"%{byte:02X}" for byte in _bytes(found[0])), name)
    if fit[-1] in ". ":
        fit = f"{fit[:-1]}%{ord(fit[-1]):02X}"
    if _DEVICES.match(fit):
        fit = f"_{fit}"
    if len(_bytes(fit)) > LONGEST_NAME:
        raise UnsafePath("One of its names is too long.")
    return fit


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _in_the_way(folder: Path, target: Path) -> str | None:
    """Why nothing may be written there: a link or a file where a folder has to be, or something else than a file."""
    above = target.parent
    while above != folder:
        if os.path.lexists(above) and not stat.S_ISDIR(os.lstat(above).st_mode):
            return f"{above.name} is in the way: it is no folder."
        above = above.parent
    if os.path.lexists(target) and not stat.S_ISREG(os.lstat(target).st_mode):
        return "Something that is no file has its name."
    return None
