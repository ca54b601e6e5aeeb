"""Charts as files: SVG in text of our own, PNG by Pillow, both from one scene in the colours of a theme."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from widgets.chart_scene import TEXT, Scene, Words
from widgets.theme import Palette

_FONTS = "ui-monospace, 'JetBrains Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace"
SHARPNESS = 2
"""Pixels of a PNG for each of the scene."""


def svg(scenes: Sequence[Scene], palette: Palette) -> str:
    """The scenes one under the other as an SVG document."""
    width, height = _size(scenes)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="{escape(_FONTS)}" font-size="{TEXT}">',
        f'<rect width="{width}" height="{height}" fill="{palette.ground()}"/>',
    ]
    top = 0
    for scene in scenes:
        parts.append(f'<g transform="translate(0 {top})">')
        for stroke in scene.strokes:
            points = " ".join(f"{x:g},{y:g}" for x, y in stroke.points)
            dotted = ' stroke-dasharray="2 3"' if stroke.is_dotted else ""
            parts.append(
                f'<polyline points="{points}" fill="none" stroke="{palette.colour(stroke.tone)}" '
                f'stroke-width="{stroke.width:g}" stroke-linejoin="round" stroke-linecap="round"{dotted}/>'
            )
        parts += [_text(words, palette) for words in scene.words if words.text]
        parts.append("</g>")
        top += scene.height
    return "\n".join([*parts, "</svg>", ""])


def _text(words: Words, palette: Palette) -> str:
    weight = ' font-weight="bold"' if words.is_bold else ""
    return (
        f'<text x="{words.x:g}" y="{words.y:g}" fill="{palette.colour(words.tone)}" text-anchor="{words.anchor}"'
        f"{weight}>{escape(words.text)}</text>"
    )


def png(scenes: Sequence[Scene], palette: Palette) -> bytes:
    """The scenes one under the other as a PNG. Raises ImportError without Pillow."""
    from PIL import Image, ImageDraw, ImageFont

    width, height = _size(scenes)
    image = Image.new("RGB", (width * SHARPNESS, height * SHARPNESS), palette.ground())
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(TEXT * SHARPNESS)
    top = 0
    for scene in scenes:
        for stroke in scene.strokes:
            points = [(x * SHARPNESS, (y + top) * SHARPNESS) for x, y in stroke.points]
            if len(points) == 1:
                points *= 2
            wide = max(1, round(stroke.width * SHARPNESS))
            draw.line(points, fill=palette.colour(stroke.tone), width=wide, joint="curve")
        for words in scene.words:
            _put(draw, font, words, top, palette)
        top += scene.height
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def _put(draw: Any, font: Any, words: Words, top: int, palette: Palette) -> None:
    anchor = {"start": "ls", "middle": "ms", "end": "rs"}[words.anchor]
    place = (words.x * SHARPNESS, (words.y + top) * SHARPNESS)
    stroke = {"stroke_width": 1} if words.is_bold else {}
    draw.text(place, str(words.text), fill=palette.colour(words.tone), font=font, anchor=anchor, **stroke)


def _size(scenes: Sequence[Scene]) -> tuple[int, int]:
    return max((scene.width for scene in scenes), default=1), sum(scene.height for scene in scenes) or 1
