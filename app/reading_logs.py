"""Reading logs into the files beside the cache: from their end first, then what is added, redacted on the way."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import msgspec

from app.handed import Reading
from app.kept_logs import WHOLE, KeptLog, kept_log, log_files, log_id
from cache.errors import CacheError
from services.blobs import PIECE, Link, Part, read_facts, read_part
from services.log_redaction import LogRedactor
from services.records import Page, Provenance
from services.run import ENDED_RUNS, Run
from services.run_logs import RunFiles, RunLog, list_logs

if TYPE_CHECKING:
    from services.connection import Connection

FROM_START = 8 * 1024 * 1024
"""Bytes of a log up to which it is read from its beginning at once; of a longer one, `AT_END` bytes of its end."""
AT_END = 4 * 1024 * 1024
MOST_KEPT = 1024 * 1024 * 1024
"""Bytes of one log that are kept."""
SETTLES = timedelta(minutes=3)
"""How long after the end of a run its logs may still be added to."""

_files: WeakKeyDictionary[Connection, dict[str, RunFiles]] = WeakKeyDictionary()
MOST_RUNS = 8


def read_log_names(reading: Reading, run_id: str) -> Iterator[Page[RunLog]]:
    """The names and sizes of a run's logs, the one that matters first first."""
    yield from list_logs(*reading.azure, run_id, stop=reading.stop)


def read_log(reading: Reading, key: str) -> Iterator[Page[KeptLog]]:
    """Read on in a log (`RUN/NAME`), from where it was left; of a long one that is new, only the end."""
    run, _, name = key.partition("/")
    known = kept_log(reading.store, reading.scope, run, name)
    if known is not None and known.is_ended:
        return
    reader = _Reader(reading, run, name, log_id(run, name))
    yield from reader.on(known if known is not None else reader.new())


def read_whole_log(reading: Reading, key: str) -> Iterator[Page[KeptLog]]:
    """Read a long log from its beginning, beside the end that is kept; then it takes that one's place."""
    run, _, name = key.partition("/")
    known = kept_log(reading.store, reading.scope, run, name)
    if known is not None and known.begins == 0:
        return
    reader = _Reader(reading, run, name, log_id(run, name) + WHOLE)
    seen = reading.store.get("kept_logs", reading.scope, reader.id)
    before = seen.record if seen is not None and reader.path.exists() and seen.record.kept else None
    last: Page[KeptLog] | None = None
    for page in reader.on(before or reader.empty()):
        last = page
        yield page
    if last is None or reading.stop() or last.records[0].read_to < last.records[0].size:
        return
    whole = last.records[0]
    os.replace(reader.path, log_files(reading.store).path(reading.scope, log_id(run, name)))
    done = msgspec.structs.replace(whole, kept=0, read_to=0)
    yield msgspec.structs.replace(last, records=(msgspec.structs.replace(whole, id=log_id(run, name)), done))


class _Reader:
    """One log being read: where its file is, and how its bytes get there."""

    def __init__(self, reading: Reading, run: str, name: str, key: str) -> None:
        self._reading = reading
        self._run, self._name, self.id = run, name, key
        self._store = log_files(reading.store)
        self.path: Path = self._store.path(reading.scope, key)
        self._connection = reading.azure[0]
        self._link: Link = links_of(reading, run).link(name)
        self._run_is_over = _is_over(reading, run)

    def new(self) -> KeptLog:
        """Where to begin in a log nobody read: at its beginning, or near the end of a long one."""
        size = read_facts(self._connection, self._link).size
        return self.empty() if size <= FROM_START else msgspec.structs.replace(self.empty(), begins=size - AT_END)

    def empty(self) -> KeptLog:
        """A log of which nothing is kept."""
        return KeptLog(id=self.id, run=self._run, name=self._name, begins=0, read_to=0, size=0, kept=0)

    def on(self, known: KeptLog) -> Iterator[Page[KeptLog]]:
        """Read on to the end, a page a piece. A log that was replaced is read anew."""
        redactor = LogRedactor(known.hidden_lines)
        at = known.read_to if known.kept or known.read_to else known.begins
        while not self._reading.stop():
            part = read_part(self._connection, self._link, at, at + PIECE, stop=self._reading.stop)
            if part.size < at:
                known, redactor, at = self.empty(), LogRedactor(), 0
                continue
            known = self._took(known, part, redactor)
            yield Page((known,), (), _origin(self._link, part), is_last=False)
            at = part.end
            if at >= part.size or not part.content or known.is_full:
                return

    def _took(self, known: KeptLog, part: Part, redactor: LogRedactor) -> KeptLog:
        content, begins = part.content, known.begins
        if begins and not known.kept:
            # The end of a line whose beginning is not here might be the end of a secret.
            skip = content.find(b"\n") + 1 or len(content)
            content, begins = content[skip:], begins + skip
        clean = redactor.feed(content)
        is_whole = part.end >= part.size
        if is_whole and self._run_is_over:
            clean += redactor.finish()
        try:
            kept = self._store.append(self.path, known.kept, clean)
        except CacheError:
            if known.kept == 0:
                raise
            self._store.remove(self.path)
            raise
        if clean:
            self._store.prune(self.path)
        return msgspec.structs.replace(
            known,
            begins=begins,
            read_to=part.end - redactor.held,
            size=part.size,
            kept=kept,
            etag=part.etag,
            hidden_lines=redactor.hidden_lines,
            is_ended=is_whole and self._run_is_over,
            is_full=kept >= MOST_KEPT,
        )


def links_of(reading: Reading, run: str) -> RunFiles:
    """The links to a run's logs, in this process's memory alone; asked for again when they are over."""
    connection, workspace = reading.azure
    known = _files.setdefault(connection, {})
    key = f"{workspace.key}|{run}"
    if key not in known:
        for old in list(known)[: max(0, len(known) - MOST_RUNS)]:
            del known[old]
        known[key] = RunFiles(connection, workspace, run)
    return known[key]


def _is_over(reading: Reading, run: str) -> bool:
    seen = reading.store.get("runs", reading.scope, run)
    if seen is None:
        return False
    record: Run = seen.record
    ended = record.ended
    return record.status in ENDED_RUNS and (ended is None or reading.now - ended > SETTLES)


def _origin(link: Link, part: Part) -> Provenance:
    return Provenance(route=link.place, api_version=None, fetched_at=part.fetched_at)
