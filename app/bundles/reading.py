"""Reading an incident bundle: a file from anybody, so it is looked at with the eyes of one who expects the worst.

Nothing in it is run, opened by SQLite, unpickled, or used as a path. Only known members are unpacked, each within its
bounds; only known tables are decoded, each row by the codec of its own record; what does not fit is left aside.
"""

from __future__ import annotations

import io
import os
import re
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from app.bundles import form
from app.bundles.form import BadBundle, KeptRow, KeptSeries, Manifest, is_sane, record_of
from app.bundles.taking import BY_NAME
from app.triaging.logged import QUERIES

SPOILT = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError, LookupError,
          OverflowError)  # fmt: skip
"""What unpacking a spoilt file raises."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}", re.ASCII)
_GROUP = re.compile(r"[\w.()-]{1,128}")
_END = struct.Struct("<4sHHHHIIH")
"""The last record of a zip file without a comment."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it may be put into a cache."""

    kept: KeptRow
    record: Any
    before: tuple[tuple[Any, Any], ...] = ()
    """Moments and how it was from then on, oldest first."""


@dataclass(slots=True)
class Bundle:
    """What could be read of a bundle."""

    manifest: Manifest
    rows: dict[str, list[Row]] = field(default_factory=dict[str, list[Row]])
    series: list[KeptSeries] = field(default_factory=list[KeptSeries])
    set_aside: int = 0
    """Lines that are none of ours, or hold what cannot be."""


def read_bundle(path: Path) -> Bundle:
    """Return what a file holds. Raises BadBundle with a sentence, whatever the file is; for a worker."""
    body = _file(path)
    if len(body) < _END.size or not body.startswith(b"PK\x03\x04"):
        raise BadBundle("The file is no incident bundle of amldeck.")
    if not _is_small_zip(body):
        raise BadBundle("The bundle is damaged, or was changed: it does not end as a bundle does.")
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            members = _members(archive)
    except SPOILT as error:
        raise BadBundle("The bundle is damaged: it cannot be unpacked.") from error
    bundle = Bundle(_manifest(members.get(form.MANIFEST)))
    for table in form.TABLES_KEPT:
        bundle.rows[table] = _rows(bundle, table, members.get(form.member_of(table), b""))
    bundle.series = _series(bundle, members.get(form.SERIES, b""))
    if not any(row.record.name == bundle.manifest.endpoint for row in bundle.rows["endpoints"]):
        raise BadBundle("The bundle is damaged, or was changed: it does not hold the endpoint it is of.")
    return bundle


def _file(path: Path) -> bytes:
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise BadBundle("That is no file.")
            with open(handle, "rb", closefd=False) as file:
                body = file.read(form.MOST_FILE + 1)
        finally:
            os.close(handle)
    except (OSError, ValueError) as error:
        raise BadBundle(f"The file cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    if len(body) > form.MOST_FILE:
        raise BadBundle(f"The file is too large: a bundle has at most {form.MOST_FILE // form.MB} MB.")
    return body


def _is_small_zip(body: bytes) -> bool:
    """Whether the end of the file names so few members that their list may be read at all."""
    sign, disk, first, here, total, size, _, comment = _END.unpack(body[-_END.size :])
    is_zip64 = body[-_END.size - 20 : -_END.size].startswith(b"PK\x06\x07")
    is_one = (sign, disk, first, comment) == (b"PK\x05\x06", 0, 0, 0) and here == total
    return is_one and not is_zip64 and total <= len(form.MEMBERS) and size <= 65_535


def _members(archive: zipfile.ZipFile) -> dict[str, bytes]:
    """The known members, unpacked within their bounds. Raises BadBundle, and what spoilt ones raise."""
    found: dict[str, bytes] = {}
    room = form.MOST_SUM
    for info in archive.infolist():
        if info.filename not in form.MEMBERS or info.filename in found or info.flag_bits & 1:
            raise BadBundle("The bundle holds what amldeck does not write: it is not opened.")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise BadBundle("The bundle is packed in a way amldeck does not use: it is not opened.")
        with archive.open(info) as member:
            body = member.read(room + 1)
        if len(body) > room:
            raise BadBundle(f"The bundle is too large: unpacked it has more than {form.MOST_SUM // form.MB} MB.")
        room -= len(body)
        found[info.filename] = body
    return found


class _Head(msgspec.Struct):
    format: str
    version: int


def _manifest(body: bytes | None) -> Manifest:
    try:
        head = msgspec.json.decode(body or b"", type=_Head)
        if head.format != form.FORMAT:
            raise BadBundle("The file is no incident bundle of amldeck.")
        if head.version > form.VERSION:
            raise BadBundle("The bundle was written by a newer amldeck: update this one to open it.")
        manifest = msgspec.json.decode(body or b"", type=Manifest)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise BadBundle("The bundle is damaged, or was changed: what it is of cannot be read.") from error
    is_named = _NAME.fullmatch(manifest.endpoint) and _NAME.fullmatch(manifest.workspace)
    is_placed = _GROUP.fullmatch(manifest.subscription) and _GROUP.fullmatch(manifest.resource_group)
    if not (is_named and is_placed and is_sane(manifest)):
        raise BadBundle("The bundle is damaged, or was changed: what it says it is of cannot be.")
    return manifest


def _lines(bundle: Bundle, body: bytes) -> list[bytes]:
    """The lines of a member that are not too long. Raises BadBundle for too many."""
    if body.count(b"\n") >= form.MOST_ROWS:
        raise BadBundle(f"The bundle is too large: it has more than {form.MOST_ROWS:,} rows of one kind.")
    lines = [line for line in body.split(b"\n") if line]
    fitting = [line for line in lines if len(line) <= form.MOST_LINE]
    bundle.set_aside += len(lines) - len(fitting)
    return fitting


def _rows(bundle: Bundle, table: str, body: bytes) -> list[Row]:
    found: list[Row] = []
    for line in _lines(bundle, body):
        try:
            found.append(_row(table, line, bundle.manifest))
        except (ValueError, RecursionError, msgspec.MsgspecError):
            bundle.set_aside += 1
    return found


def _row(table: str, line: bytes, manifest: Manifest) -> Row:
    """A row. Raises ValueError and msgspec's errors for what is none."""
    kept = msgspec.json.decode(line, type=KeptRow)
    origin = (kept.route, kept.api_version or "", kept.basis, kept.method)
    if len(kept.before) > form.MOST_PAST or max(map(len, origin)) > 2_000 or not is_sane(kept.fetched_at):
        raise ValueError("no row of ours")
    before = tuple((one.at, record_of(BY_NAME[table], one.record)) for one in kept.before)
    if not is_sane([at for at, _ in before]) or any(at > kept.fetched_at for at, _ in before):
        raise ValueError("times that cannot be")
    record = record_of(BY_NAME[table], kept.record)
    if table == "log_answers":
        _look_into(record.query, record.body)
    if kept.fetched_at > manifest.at:
        raise ValueError("a row from after the bundle")
    return Row(kept, record, before)


def _look_into(query: str, body: str) -> None:
    """Look at the facts a kept answer holds. Raises ValueError, msgspec's errors."""
    if query not in QUERIES:
        raise ValueError("no query of ours")
    if not is_sane(msgspec.json.decode(body, type=list[QUERIES[query].record] | None)):
        raise ValueError("values that cannot be")


def _series(bundle: Bundle, body: bytes) -> list[KeptSeries]:
    found: dict[tuple[str, str, str], KeptSeries] = {}
    points = 0
    for line in _lines(bundle, body):
        try:
            one = msgspec.json.decode(line, type=KeptSeries)
        except (msgspec.MsgspecError, RecursionError):
            bundle.set_aside += 1
            continue
        points += len(one.values)
        is_ours = one.kind in form.KINDS and max(map(len, (one.name, one.part, one.unit))) <= 500
        if points > form.MOST_POINTS or not is_ours or len(one.times) != len(one.values) or not is_sane(one):
            bundle.set_aside += 1
        elif all(at is None or 0 < at <= bundle.manifest.at.timestamp() + 86_400 for at in one.times):
            found[one.kind, one.name, one.part] = one
        else:
            bundle.set_aside += 1
    return list(found.values())
