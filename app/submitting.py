"""A job's YAML on its way to Azure: read from the disk, and its problems as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from services.job_problems import MOST_TEXT, Problem
from widgets.lines import NO_LINE, say
from widgets.pane import Line, Span
from widgets.safe import Safe, plain, safe

LONGEST = 200
"""Characters of a line of the file that are shown."""


class CannotRead(Exception):
    """A file that cannot be read as a job; `str()` is a sentence."""


def read_job(place: str) -> str:
    """The text of a file. Raises CannotRead. Reads the disk: for workers."""
    path = Path(place).expanduser()
    try:
        with path.open("rb") as file:
            document = file.read(MOST_TEXT + 1)
        if len(document) > MOST_TEXT:
            raise CannotRead(f"{path} is larger than 256 kB, which no job is.")
        return document.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CannotRead(f"{path} is no text.") from error
    except (OSError, ValueError, RuntimeError) as error:
        raise CannotRead(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from error


def sentence(problem: Problem) -> str:
    """What is wrong, with the place where that says more than the line."""
    place = f"{problem.path}: " if problem.path else ""
    return f"{place}{problem.text}"


def problem_lines(problems: Sequence[Problem], text: str) -> list[Line]:
    """Every problem below the line of the file it is about; several of one line stand together."""
    lines, written = text.splitlines(), list[Line]()
    room, last = len(str(len(lines))), -1
    for problem in problems:
        at = problem.line or 0
        if at != last and written:
            written.append(NO_LINE)
        if at != last and 0 < at <= len(lines):
            number = Span(Safe(f"{at:>{room}}  "), "muted")
            written.append((number, Span(safe(lines[at - 1].rstrip(), LONGEST), "text")))
        indent = Span(Safe(" " * (room + 2)))
        written.append((indent, *say(safe(sentence(problem), 600), "err")))
        last = at
    return written


def counted(problems: Sequence[Problem]) -> Safe:
    """How many there are, for a title."""
    return plain("1 problem") if len(problems) == 1 else Safe(f"{len(problems)} problems")
