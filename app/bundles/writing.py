"""Writing an incident bundle: one private file, whole or not there at all, and never over another one."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec

from app.asked_things import note_key
from app.bundles import form
from app.bundles.form import FORMAT, MANIFEST, MOST_KEPT, SERIES, TABLES_KEPT, VERSION, KeptSource, Manifest, member_of
from app.bundles.taking import Rows, series_lines
from app.exports.files import new_file
from app.session import Session
from app.triaging.judged import Judged, judged_of
from app.triaging.report import markdown, report_of
from services.redact import redact, scrub
from services.triage import judge
from services.triage_facts import Facts
from widgets import format as fmt

SOURCES = ("endpoints", "deployments", "activity", "operations", "diagnostics", "endpoint_rows", "endpoint_health")
LOOKUPS = ("signals", "endpoint_logs")


class NotWritten(Exception):
    """There is no bundle; the text is the sentence that says why."""


@dataclass(frozen=True, slots=True)
class Written:
    """Where a bundle is, and what to say of it."""

    path: Path
    said: str


def name_of(endpoint: str, at: datetime) -> str:
    """The name of a bundle: of what, and when."""
    return f"{re.sub(r'[^A-Za-z0-9_-]+', '-', endpoint)[:80]}-{at:%Y%m%d-%H%M}.amldeck"


def write_bundle(session: Session, endpoint: str, path: Path) -> Written:
    """Write all that is known of an endpoint now. Reads the cache alone; for a worker.

    Raises NotWritten and CacheError.
    """
    workspace = session.workspace
    judged = judged_of(session, endpoint)
    if judged is None or workspace is None:
        raise NotWritten(f"Nothing is known of {endpoint} here.")
    packed = _Packed(MOST_KEPT)
    counts = _take(packed, session, judged.found.endpoint)
    manifest = Manifest(
        format=FORMAT, version=VERSION, at=session.now(), endpoint=judged.found.endpoint,
        subscription=workspace.subscription,
        resource_group=workspace.resource_group, workspace=workspace.name, amldeck=_version(),
        by=session.account.user if session.account.user != "-" else None, rows=counts, sources=_sources(session),
        looked_up=_looked_up(session, judged.found.endpoint), left_out=tuple(packed.left_out),
    )  # fmt: skip
    try:
        with new_file(path) as part:
            _pack(part, manifest, packed, _clean(judged))
    except FileExistsError as error:
        raise NotWritten(f"{path} is there already: nothing is written over it.") from error
    except OSError as error:
        raise NotWritten(f"{path} was not written: {error.strerror or error}.") from error
    left = f" Left out: {' '.join(packed.left_out)}" if packed.left_out else ""
    return Written(path, f"Incident bundle in {path} ({fmt.size(path.stat().st_size)}).{left}")


class _Packed:
    """Members with their lines, within so many bytes."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.members: dict[str, bytes] = {}
        self.left_out: list[str] = []

    def add(self, member: str, what: str, lines: Iterable[bytes]) -> int:
        """Keep what there is room for; gives how many lines that is."""
        kept: list[bytes] = []
        dropped = 0
        for line in lines:
            if len(line) >= self.room or len(line) > form.MOST_LINE or len(kept) >= form.MOST_ROWS:
                dropped += 1
                continue
            self.room -= len(line) + 1
            kept.append(line)
        self.members[member] = b"\n".join(kept)
        if dropped:
            self.left_out.append(f"{dropped:,} {what} there was no room for.")
        return len(kept)


def _take(packed: _Packed, session: Session, endpoint: str) -> dict[str, int]:
    """What matters most first: the room may end. Gives how many rows of each table."""
    rows, counts = Rows(session, endpoint, session.now()), dict[str, int]()
    first = [name for name in TABLES_KEPT if name != "operations"]
    for table in first:
        counts[table] = packed.add(member_of(table), f"rows of {table}", rows.lines(table))
    packed.add(SERIES, "series", series_lines(session, endpoint))
    counts["operations"] = packed.add(member_of("operations"), "operations", rows.lines("operations"))
    if rows.unwritable:
        packed.left_out.append(f"{rows.unwritable:,} rows that are too long, or nothing without their secrets.")
    return counts


def _clean(judged: Judged) -> Judged:
    """The same without secrets in its facts: what is written of it hides them from the search by escaping.

    Raises NotWritten.
    """
    try:
        facts = msgspec.json.decode(redact(msgspec.json.encode(judged.facts)), type=Facts)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise NotWritten("Its facts cannot be written without the secrets in them.") from error
    notes = tuple(msgspec.structs.replace(one, text=scrub(one.text)) for one in judged.notes)
    return Judged(facts, judge(facts), notes)


def _pack(part: Path, manifest: Manifest, packed: _Packed, judged: Judged) -> None:
    report = msgspec.json.encode(report_of(judged.facts, judged.found, judged.notes))
    draft = markdown(judged.facts, judged.found, judged.notes)
    bodies = {
        MANIFEST: redact(msgspec.json.encode(manifest)),
        form.REPORT: redact(report),
        form.DRAFT: draft.encode("utf-8", "replace"),
        **packed.members,
    }
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in bodies.items():
            archive.writestr(zipfile.ZipInfo(name), body, zipfile.ZIP_DEFLATED)


def _sources(session: Session) -> tuple[KeptSource, ...]:
    states = session.store.sources(session.scope)
    return tuple(
        KeptSource(
            name=name, last_ok=states[name].last_ok, last_try=states[name].last_try,
            problem_kind=states[name].error_kind, problem=scrub(states[name].error_text or "")[:2_000] or None,
        )
        for name in SOURCES
        if name in states
    )  # fmt: skip


def _looked_up(session: Session, endpoint: str) -> dict[str, datetime]:
    found = {name: session.store.recall(note_key(session.scope, name, endpoint)) for name in LOOKUPS}
    return {name: datetime.fromisoformat(at) for name, at in found.items() if at}


def _version() -> str:
    try:
        return version("amldeck")
    except PackageNotFoundError:
        return ""
