"""The last screen, kept for the next start: written by the deck, painted by `app.start` before anything is imported.

Painting knows `sys`, `os`, `time` and `sqlite3` alone; the writing half is called with Textual running. The record is
the table `first_paint` of the cache: finished lines of printable text and colours (SGR), which are checked again
before they are painted, because a file may have been touched by someone else.
"""

import os
import time

from app import terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from rich.color import ColorSystem
    from textual.app import App
    from textual.strip import Strip

Saved = tuple[int, str, str, int]
"""A kept screen: its width, its title, its lines joined by newlines, microseconds since 1970."""

DATABASE = "amldeck.db"
"""`cache.files.NAME`, whose import would cost more than the paint."""

_QUICK = 0.05
"""Seconds to wait for a busy cache: an empty first paint is better than a late one."""


def paint(folder: str, workspace: str = "") -> None:
    """Put the last screen of this cache (and workspace, when one is named) on the taken terminal.

    Without one, without a folder, or with a cache that cannot be read, only the name is shown. Raises OSError when the
    terminal is gone.
    """
    width, height = _size()
    saved = _kept(os.path.join(folder, DATABASE), workspace.strip("/").lower()) if folder else None
    rows = frame(saved, width, height, time.time()) if saved else ["\x1b[1m amldeck"]
    terminal.write("".join(f"\x1b[{y};1H{row}\x1b[0m" for y, row in enumerate(rows, 1)) + "\x1b[H")


def frame(saved: Saved, width: int, height: int, now: float) -> list[str]:
    """The rows to paint, for a screen of this size at this moment (seconds since 1970).

    The top row is made anew and says how old the picture is, since the ages it held are over; the footer keeps to the
    bottom, whatever the height is now.
    """
    saved_width, title, text, at = saved
    is_coloured = _can_show(text)
    top, *body = text.split("\n")
    style = _first_style(top) if is_coloured else "\x1b[1m"
    footer = body[-1:]
    body = body[: max(0, min(len(body) - 1, height - 2))]
    body += [""] * (height - 2 - len(body))
    limit = width if saved_width > width else None
    rows = [clip(row, limit, is_coloured=is_coloured) for row in body + footer]
    return [style + header(title, now - at / 1_000_000, width), *rows][:height]


def header(title: str, age: float, width: int) -> str:
    """One row: what is shown at the left, how old the picture is at the right; the title gives way."""
    right = f"saved {_age(age)} ago "
    left = f" {title}  " if title.isprintable() else ""
    room = max(0, width - len(right))
    return (left[:room].ljust(room) + right)[:width]


def clip(line: str, width: int | None = None, *, is_coloured: bool = True) -> str:
    """The first `width` characters of a line, with their colours or without; empty when it holds anything else.

    Wide characters make it longer than the screen, which does not wrap meanwhile.
    """
    left = len(line) if width is None else width
    pieces: list[str] = []
    for number, part in enumerate(line.split("\x1b[")):
        codes, _, text = part.partition("m") if number else ("", "", part)
        if codes.strip("0123456789;:") or not text.isprintable():
            return ""
        if number and is_coloured:
            pieces.append(f"\x1b[{codes}m")
        pieces.append(text[:left])
        left -= len(pieces[-1])
    return "".join(pieces)


def screen_lines(app: "App[Any]") -> list[str]:
    """What the app shows below all dialogs, one line of text and SGR a row: for `Store.write_first_paint`.

    For the event loop: it takes some milliseconds, so call it when pane, filter, sort, columns, size or rows have
    changed and nothing has for a second.
    """
    from rich.console import COLOR_SYSTEMS

    colours = COLOR_SYSTEMS.get(app.console.color_system or "")
    # Textual gives a screen away only as SVG; `tests/terminal` pins that this is what the terminal shows.
    compositor = app.screen_stack[0]._compositor  # pyright: ignore[reportPrivateUsage]
    strips = compositor.render_strips(app.size)
    return [line_of(strip, colours) for strip in strips]


def line_of(strip: "Strip", colours: "ColorSystem | None") -> str:
    """A strip as printable text and SGR: no links, no control characters, nothing invisible."""
    pieces: list[str] = []
    for text, style, control in strip.simplify():
        clean = text if text.isprintable() else "".join(filter(str.isprintable, text))
        if not control:
            pieces.append(style.update_link(None).render(clean, color_system=colours) if style else clean)
    return "".join(pieces)


def _size() -> tuple[int, int]:
    """Columns and rows as Textual will find them: COLUMNS and LINES first, then the terminal."""
    try:
        size = os.get_terminal_size(2)
    except OSError:
        size = (0, 0)
    wanted = (os.environ.get("COLUMNS", ""), os.environ.get("LINES", ""))
    width, height = (int(text) if text.isdecimal() else given for text, given in zip(wanted, size, strict=True))
    return width or 80, height or 24


def _kept(path: str, workspace: str) -> Saved | None:
    """The screen that was kept, if it is of the wanted workspace. Never writes, and waits for nobody."""
    if not os.path.exists(path):
        return None
    import sqlite3

    name = path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    # A folder that cannot be written to has no place for the wal index that a plain read would make.
    for mode in ("mode=ro", "mode=ro&immutable=1"):
        try:
            database = sqlite3.connect(f"file:{name}?{mode}", uri=True, timeout=_QUICK)
        except sqlite3.Error:
            continue
        try:
            found = database.execute("SELECT width, title, lines, at, scope FROM first_paint WHERE id = 1").fetchone()
            is_wanted = found and f"/{found[4]}".lower().endswith(f"/{workspace}" if workspace else "")
            return (int(found[0]), str(found[1]), str(found[2]), int(found[3])) if is_wanted else None
        except (sqlite3.Error, ValueError, TypeError):
            continue
        finally:
            database.close()
    return None


def _can_show(text: str) -> bool:
    """Whether this terminal wants the colours that were kept: the last one may have had more."""
    if os.environ.get("NO_COLOR"):
        return False
    return "8;2;" not in text or os.environ.get("COLORTERM", "") in ("truecolor", "24bit")


def _first_style(line: str) -> str:
    """The SGR a line starts with, or bold."""
    codes, end, _ = line.removeprefix("\x1b[").partition("m")
    is_style = line.startswith("\x1b[") and end == "m" and not codes.strip("0123456789;:")
    return f"\x1b[{codes}m" if is_style else "\x1b[1m"


def _age(seconds: float) -> str:
    """One unit: 12s, 4m, 2h, 6d."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "m")):
        if seconds >= size:
            return f"{int(seconds // size)}{unit}"
    return f"{max(0, int(seconds))}s"
