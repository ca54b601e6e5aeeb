"""A first look at a file without taking it: the beginning of a text, the first rows of a table, a small picture.

What is kept of it is made here, from a few megabytes at most: text without its secrets, rows as text, pixels as pixels.
"""

from __future__ import annotations

import base64
import csv
import io
import warnings
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from services.blobs import Link, read_part
from services.records import Page, Provenance, Stop, never
from services.redact import scrub

if TYPE_CHECKING:
    from services.connection import Connection

HEAD = 128 * 1024
"""Bytes read of a text or a table."""
LARGEST = 16 * 1024 * 1024
"""Bytes of a picture or a Parquet file, which have to be read whole."""
MOST_PIXELS = 40_000_000
"""Of a picture before it is made small: more is a bomb."""
SIDE = 160
"""Pixels of the longer side of what is kept of a picture."""
ROWS, COLUMNS = 200, 40
LONGEST_CELL = 200

PreviewKind = Literal["text", "json", "table", "picture", "bytes", "none"]

_TABLES = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp")


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a file to look at. `body` by kind: text; rows as JSON, the first the headings; pixels."""

    id: str
    """`run|path`."""
    run: str
    path: str
    kind: str
    size: int
    """Bytes of the file itself."""
    body: str = ""
    note: str | None = None
    """What is left out, or why nothing is shown, as a sentence."""


def read_preview(connection: Connection, link: Link, run: str, path: str, *, stop: Stop = never) -> Page[Preview]:
    """Return a first look at a file. Raises ServiceError. Reads GET of the link, a range."""
    lowered = path.lower()
    is_whole = lowered.endswith((*_PICTURES, ".parquet"))
    part = read_part(connection, link, 0, LARGEST if is_whole else HEAD, stop=stop)
    empty = Preview(id=f"{run}|{path}", run=run, path=path, kind="none", size=part.size)
    made = looked_at(empty, part.content)
    origin = Provenance(route=link.place, api_version=None, fetched_at=part.fetched_at)
    return Page((made,), (), origin, is_last=True)


def looked_at(empty: Preview, content: bytes) -> Preview:
    """Return a preview filled from the beginning of a file, by its name and by what it holds."""
    lowered, is_cut = empty.path.lower(), len(content) < empty.size
    if not content:
        return msgspec.structs.replace(empty, note="It is empty.")
    if lowered.endswith((*_PICTURES, ".parquet")):
        if is_cut:
            return msgspec.structs.replace(empty, note=f"It has {empty.size:,} bytes: too many to look at from here.")
        made = _picture(content) if lowered.endswith(_PICTURES) else _parquet(content)
        return msgspec.structs.replace(empty, kind=made[0], body=made[1], note=made[2])
    if b"\0" in content[:4096]:
        return msgspec.structs.replace(empty, kind="bytes", body=_hex(content[:1024]), note=_cut(1024, empty.size))
    if is_cut:
        content = content[: content.rfind(b"\n") + 1 or len(content)]
    text = scrub(content.decode("utf-8", "backslashreplace"))
    note = _cut(len(content), empty.size)
    if lowered.endswith(_TABLES) and (rows := _rows(text, lowered)):
        return msgspec.structs.replace(empty, kind="table", body=_written(rows), note=_of_rows(rows, note))
    kind: PreviewKind = "json" if lowered.endswith(".json") and not is_cut else "text"
    return msgspec.structs.replace(empty, kind=kind, body=text, note=note)


def rows_of(preview: Preview) -> list[list[str]]:
    """Return the rows of a table's preview, the first the headings; none for another kind."""
    return msgspec.json.decode(preview.body, type=list[list[str]]) if preview.kind == "table" else []


def pixels_of(preview: Preview) -> tuple[int, int, bytes]:
    """Return width, height and the bytes of the pixels (red, green, blue), row by row, of a picture's preview."""
    width, height, packed = preview.body.split(" ", 2)
    return int(width), int(height), base64.b64decode(packed)


def _cut(shown: int, size: int) -> str | None:
    return f"The first {shown:,} of {size:,} bytes." if shown < size else None


def _of_rows(rows: list[list[str]], note: str | None) -> str | None:
    return f"The first {len(rows) - 1:,} rows." if note or len(rows) > ROWS else None


def _rows(text: str, lowered: str) -> list[list[str]]:
    if lowered.endswith((".jsonl", ".ndjson")):
        return _json_rows(text.splitlines())
    reader = csv.reader(io.StringIO(text), delimiter="\t" if lowered.endswith(".tsv") else ",")
    found: list[list[str]] = []
    try:
        for row in reader:
            found.append([cell[:LONGEST_CELL] for cell in row[:COLUMNS]])
            if len(found) > ROWS:
                break
    except csv.Error:
        return []
    return found


def _json_rows(lines: Iterable[str]) -> list[list[str]]:
    found: list[dict[str, Any]] = []
    for line in lines:
        try:
            found.append(msgspec.json.decode(line, type=dict[str, Any]))
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            continue
        if len(found) >= ROWS:
            break
    names = list(dict.fromkeys(name for row in found for name in row))[:COLUMNS]
    return [names, *([_cell(row.get(name)) for name in names] for row in found)] if names else []


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text[:LONGEST_CELL]


def _written(rows: list[list[str]]) -> str:
    return msgspec.json.encode(rows).decode()


def _parquet(content: bytes) -> tuple[PreviewKind, str, str | None]:
    try:
        import pyarrow.parquet as parquet  # pyright: ignore[reportMissingTypeStubs]
    except ImportError:
        return "none", "", "Parquet is shown when the package pyarrow is installed."
    tools: Any = parquet
    try:
        file = tools.ParquetFile(io.BytesIO(content))
        names = [str(name) for name in file.schema_arrow.names][:COLUMNS]
        first = next(file.iter_batches(batch_size=ROWS, columns=names), None)
    except (ValueError, OSError, ArithmeticError, NotImplementedError) as error:
        return "none", "", f"It is no Parquet file that can be read: {str(error)[:200]}"
    columns = [[_cell(_plain(value)) for value in first.column(name).to_pylist()] for name in names] if first else []
    rows = [names, *(list(row) for row in zip(*columns, strict=True))]
    return "table", scrub(_written(rows)), f"The first {len(rows) - 1:,} of {file.metadata.num_rows:,} rows."


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | type(None)) else str(value)


def _picture(content: bytes) -> tuple[PreviewKind, str, str | None]:
    try:
        from PIL import Image, UnidentifiedImageError
    except ImportError:
        return "none", "", "Pictures are shown when the package pillow is installed."
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "GIF", "BMP", "WEBP")) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS:
                return "none", "", f"It has {width:,} × {height:,} pixels: too many to look at."
            picture.draft("RGB", (SIDE, SIDE))
            small = picture.convert("RGBA")
            small.thumbnail((SIDE, SIDE))
            ground = Image.new("RGBA", small.size, (128, 128, 128, 255))
            pixels = Image.alpha_composite(ground, small).convert("RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return "none", "", "It has too many pixels to look at."
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        return "none", "", f"It is no picture that can be read: {str(error)[:100]}"
    packed = base64.b64encode(pixels.tobytes()).decode()
    return "picture", f"{pixels.width} {pixels.height} {packed}", f"{width:,} × {height:,} pixels"


def _hex(content: bytes) -> str:
    lines: list[str] = []
    for at in range(0, len(content), 16):
        row = content[at : at + 16]
        text = "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in row)
        lines.append(f"{at:08x}  {row.hex(' '):<47}  {text}")
    return "\n".join(lines)
