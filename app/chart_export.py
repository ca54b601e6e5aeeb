"""Charts to files: the one on the screen, or those of `amldeck metrics`, as SVG and PNG."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from widgets import format as fmt
from widgets.chart_files import png, svg
from widgets.chart_plot import View
from widgets.chart_scene import Scene, scene
from widgets.chart_series import Figure
from widgets.safe import Safe, safe
from widgets.theme import DARK, LIGHT, palette

_ODD = re.compile(r"[^A-Za-z0-9._-]+")


def export_chart(figure: Figure, view: View, run: Safe, folder: Path, now: datetime, *, is_dark: bool) -> Safe:
    """Write a chart as it is seen to two new private files, and say where. For a worker."""
    name = _ODD.sub("-", f"amldeck-{run}-{figure.title}").strip("-.")[:120]
    stem = folder / f"{name}-{now:%Y%m%dT%H%M%SZ}"
    drawn = [scene(figure, view, about(run, now))]
    try:
        for form in ("svg", "png"):
            write_new(stem.with_name(f"{stem.name}.{form}"), picture(drawn, form, is_dark=is_dark))
    except OSError as error:
        return safe(f"The chart was not written to {stem}: {error.strerror}.")
    return safe(f"Chart of {figure.title} in {stem}.svg and .png")


def about(run: Safe, now: datetime) -> Safe:
    """What stands under the title of a picture: whose it is, and when it was drawn."""
    return Safe(f"{run}   {now:%Y-%m-%d %H:%M}Z")


def picture(scenes: Sequence[Scene], form: str, *, is_dark: bool = False) -> bytes:
    """Scenes as the bytes of a file: `svg` or `png`."""
    colours = palette(DARK if is_dark else LIGHT)
    return svg(scenes, colours).encode() if form == "svg" else png(scenes, colours)


def write_new(path: Path, body: bytes) -> None:
    """Write a file for its owner alone. Raises OSError, also when it is there already."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(body)


def written(path: Path, count: int) -> Safe:
    """What was written where."""
    return safe(f"{count} {'chart' if count == 1 else 'charts'} in {path} ({fmt.size(path.stat().st_size)})")
