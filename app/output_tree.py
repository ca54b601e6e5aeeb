"""What a run left as rows of a tree, and a first look at one of its files as lines."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from services.artifacts import Artifact
from services.previews import Preview, rows_of
from widgets import format as fmt
from widgets.file_tree import Entry
from widgets.lines import GAP, fit_line, say
from widgets.pane import Line
from widgets.raw_text import lines_of, paint
from widgets.safe import Safe, cell_width, plain, safe, safe_lines

WIDEST = 30
"""Cells of a column of a table."""
FIRST_OPEN = frozenset({"outputs"})


def entries_of(artifacts: Iterable[Artifact], opened: Collection[str]) -> list[Entry]:
    """The rows of the tree: folders that are open with what is in them, outputs first."""
    below: dict[str, list[Artifact]] = {}
    for artifact in artifacts:
        parts = artifact.path.split("/")
        for depth in range(len(parts)):
            below.setdefault("/".join(parts[:depth]), []).append(artifact)
    return list(_level("", 0, below, opened))


def _level(folder: str, depth: int, below: dict[str, list[Artifact]], opened: Collection[str]) -> Iterable[Entry]:
    start = len(folder) + 1 if folder else 0
    names: dict[str, Artifact | None] = {}
    for artifact in below.get(folder, ()):
        name, slash, _ = artifact.path[start:].partition("/")
        names.setdefault(name, None if slash else artifact)
    for name, artifact in sorted(names.items(), key=lambda one: (one[1] is not None, one[0] != "outputs", one[0])):
        path = f"{folder}/{name}" if folder else name
        if artifact is None:
            is_open = path in opened
            yield Entry(path, safe(f"{name}/", 300), depth, True, is_open, _sum(below[path]))
            if is_open:
                yield from _level(path, depth + 1, below, opened)
        else:
            yield Entry(path, safe(name, 300), depth, right=fmt.size(artifact.size))


def _sum(artifacts: Sequence[Artifact]) -> Safe:
    known = [one.size for one in artifacts if one.size is not None]
    if len(known) == len(artifacts):
        return fmt.size(sum(known))
    count = len(artifacts)
    return Safe(f"{count:,} file{'' if count == 1 else 's'}")


def below(artifacts: Iterable[Artifact], path: str) -> list[Artifact]:
    """The file of a path, or all files below it."""
    return [one for one in artifacts if one.path == path or one.path.startswith(f"{path}/")]


def is_shown(folder: str, opened: Collection[str]) -> bool:
    """Whether what is in a folder is seen: it and all above it are open."""
    parts = folder.split("/") if folder else []
    return all("/".join(parts[: depth + 1]) in opened for depth in range(len(parts)))


def lines_of_preview(preview: Preview) -> list[Line]:
    """What a preview shows, as lines: text, JSON with its names muted, a table with its columns aligned."""
    if preview.kind == "json":
        return [paint(line, "json") for line in lines_of(preview.body.encode(), "json")]
    if preview.kind == "table":
        return _table(rows_of(preview))
    if preview.kind in ("text", "bytes"):
        return [say(line) for line in safe_lines(preview.body)]
    return []


def _table(rows: list[list[str]]) -> list[Line]:
    cells = [[safe(cell, 200) for cell in row] for row in rows]
    columns = max((len(row) for row in cells), default=0)
    padded = [[*row, *(plain("") for _ in range(columns - len(row)))] for row in cells]
    widths = [min(WIDEST, max(cell_width(row[at]) for row in padded)) for at in range(columns)]
    right = [all(_is_number(row[at]) for row in padded[1:]) for at in range(columns)]
    lines: list[Line] = []
    for number, row in enumerate(padded):
        line: Line = ()
        for at, cell in enumerate(row):
            said = say(cell, "muted" if number == 0 else "text")
            line = (*line, *((GAP,) if at else ()), *fit_line(said, widths[at], is_right=right[at]))
        lines.append(line)
    return lines


def _is_number(text: str) -> bool:
    try:
        float(text or "0")
    except ValueError:
        return False
    return True
