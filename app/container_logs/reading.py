"""Reading the log of a container into its file: each tail is joined to the one before, and a gap is written down."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from app.container_logs.kept import GAP, ContainerLog, Where, kept_container, last_lines, path_of, where_of
from app.handed import Reading
from app.kept_logs import log_files
from app.permits import learn_from
from services.container_logs import API, USUAL_TAIL, Joined, joined, log_path, read_container_log, tail_of
from services.errors import Forbidden
from services.records import Page, Provenance

LONG_TAIL = 2_000
"""Lines that are asked for where the last answer had little in common with the one before."""
CLOSE = 4
"""The part of an answer that has to be known, or the next one is asked to reach further back: a quarter."""
MOST_KEPT = 256 * 1024 * 1024
"""Bytes of one log; beyond it the file is begun anew."""


def read_container(reading: Reading, key: str) -> Iterator[Page[ContainerLog]]:
    """Read the end of a container's log, and add to its file what is new. Raises ServiceError and CacheError.

    A refusal is remembered: the next who opens the log is told before Azure is asked.
    """
    where = where_of(key)
    known = kept_container(reading.store, reading.scope, key)
    known = known or ContainerLog(id=key, endpoint=where.endpoint, deployment=where.deployment,
                                  container=where.container)  # fmt: skip
    asked = LONG_TAIL if _is_close(known) else USUAL_TAIL
    try:
        text = read_container_log(*reading.azure, where.endpoint, where.deployment, where.container, asked)
    except Forbidden as refusal:
        learn_from(reading.store, reading.scope, refusal, reading.now)
        raise
    if reading.stop():
        return
    found = _added(reading, where, msgspec.structs.replace(known, asked=asked), text)
    yield Page((found,), (), _origin(reading, where), is_last=True)


def _is_close(known: ContainerLog) -> bool:
    """Whether lines may be missed at the next try: the container writes faster than it is asked."""
    return known.shared is not None and known.given > known.asked // 2 and known.shared * CLOSE < known.given


def _added(reading: Reading, where: Where, known: ContainerLog, text: str) -> ContainerLog:
    """Add what is new to the file. Raises CacheError."""
    files, path, tail = log_files(reading.store), path_of(reading.store, reading.scope, where.key), tail_of(text)
    before = last_lines(path, known.kept, known.asked) if known.kept else []
    found = joined(before, tail.lines)
    is_gap = found.may_miss and bool(known.kept)
    begins = 0 if known.kept > MOST_KEPT else known.kept - _ended(before, found)
    new = [f"{GAP}before {reading.now:%Y-%m-%d %H:%M:%S} UTC ──", *found.new] if is_gap else found.new
    kept = files.append(path, begins, "".join(f"{line}\n" for line in new).encode("utf-8", "replace"))
    if new:
        files.prune(path)
    return msgspec.structs.replace(
        known, kept=kept, given=len(tail.lines), shared=found.shared if before else None,
        gaps=known.gaps + is_gap, gap_at=reading.now if is_gap else known.gap_at, status=tail.status,
        events=tail.events,
    )  # fmt: skip


def _ended(before: list[str], found: Joined) -> int:
    """Bytes at the end of the file that are written anew: a line that had not ended when it was read."""
    return len(f"{before[-1]}\n".encode("utf-8", "replace")) if found.replaces else 0


def _origin(reading: Reading, where: Where) -> Provenance:
    connection, workspace = reading.azure
    route = connection.arm(f"{workspace.id}{log_path(where.endpoint, where.deployment)}", API).url
    return Provenance(route, API, reading.now, method="POST")
