"""The logs of a run: their names and sizes, which of them matters first and why, and the links to read them by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from services.blobs import Facts, Link, read_facts, read_part
from services.errors import Malformed, NotFound
from services.reading import provenance
from services.records import Page, Stop, WorkspaceRef, never
from services.wire import Wire, reader_of

if TYPE_CHECKING:
    from services.connection import Answer, Connection

LogKind = Literal["user", "system", "build", "service", "other"]

MOST_LOGS = 200
"""Logs of one run whose size is asked for, a call each."""
MOST_LOOKED_INTO = 8
LOOKED_AT = 64 * 1024
"""Bytes at the end of a log in which a traceback is looked for."""
_TRACEBACK = b"Traceback (most recent call last)"


class RunLog(msgspec.Struct, frozen=True, kw_only=True):
    """One log of one run. `None` means nobody looked yet."""

    id: str
    """`run|name`."""
    run: str
    name: str
    """Its path, as run history names it: user_logs/std_log.txt."""
    kind: str
    process: int | None = None
    """Which of the run's processes writes it, where its name tells."""
    size: int | None = None
    """Bytes."""
    changed: datetime | None = None
    has_traceback: bool | None = None
    rank: int = 0
    """0 is the log that matters first."""
    reason: str | None = None
    """Why it stands where it does, as a part of a sentence."""


class _Details(Wire):
    status: str | None = None
    error: Any = None
    log_files: dict[str, str] | None = None


_read = reader_of(_Details)


class RunFiles:
    """The logs of one run behind their links, which are asked for again when they are over, and live here alone."""

    def __init__(self, connection: Connection, workspace: WorkspaceRef, run_id: str) -> None:
        self._connection = connection
        self._call = connection.run_history(workspace, f"/runs/{run_id}/details")
        self._run = run_id
        self._details: _Details | None = None
        self.answer: Answer | None = None

    def ask(self) -> _Details:
        """Ask for the run's details anew. Raises ServiceError. Reads GET {WS}/runs/{id}/details."""
        self.answer = self._connection.read(self._call)
        try:
            self._details = _read(self.answer.body)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise Malformed("The details of the run cannot be read", on=self._run) from error
        return self._details

    @property
    def details(self) -> _Details:
        """The details, asked for when nobody did."""
        return self._details or self.ask()

    def link(self, name: str) -> Link:
        """Return the link to a log. Raises ServiceError; NotFound when the run has no such log."""
        return Link(self._url(name), lambda: self._renewed(name))

    def _renewed(self, name: str) -> str:
        self.ask()
        return self._url(name)

    def _url(self, name: str) -> str:
        url = (self.details.log_files or {}).get(name)
        if not url:
            raise NotFound(f"The run has no log {name}", on=self._run, do="it may not have started to write it")
        return url


def list_logs(
    connection: Connection, workspace: WorkspaceRef, run_id: str, *, stop: Stop = never
) -> Iterator[Page[RunLog]]:
    """Yield the run's logs, the one that matters first first: at once by name, then with sizes and tracebacks.

    Raises ServiceError. Reads GET {WS}/runs/{id}/details, then HEAD and the ends of the logs themselves.
    """
    files = RunFiles(connection, workspace, run_id)
    names = sorted(files.ask().log_files or {})
    found = {name: _log(run_id, name) for name in names}
    yield _page(files, found)
    if not names:
        return
    for name in names[:MOST_LOGS]:
        if stop():
            return
        found[name] = _with_facts(found[name], connection, files.link(name))
    if _has_failed(files.details):
        for log in _suspects(found.values()):
            if stop():
                return
            found[log.name] = _with_traceback(log, connection, files.link(log.name))
    yield _page(files, found)


def _page(files: RunFiles, found: dict[str, RunLog]) -> Page[RunLog]:
    assert files.answer is not None
    details = files.details
    logs = ranked(found.values(), status=details.status or "", error=_words(details.error))
    return Page(records=tuple(logs), documents=(), provenance=provenance(files.answer), is_last=True)


def _log(run_id: str, name: str) -> RunLog:
    found = _PROCESS.search(name)
    return RunLog(
        id=f"{run_id}|{name}", run=run_id, name=name, kind=kind_of(name), process=int(found[1]) if found else None
    )


_PROCESS = re.compile(r"std_log_process_0*(\d+)\.txt$")


def kind_of(name: str) -> LogKind:
    """Return what writes a log: the script, Azure's helpers on the node, the image build, or the service."""
    lowered = name.lower()
    if "20_image_build_log" in lowered or lowered.endswith("image_build_log.txt"):
        return "build"
    if lowered.startswith("user_logs/") or "driver_log" in lowered:
        return "user"
    if lowered.startswith(("system_logs/", "azureml-logs/")):
        return "system"
    return "service" if lowered.startswith("logs/azureml/") else "other"


def _with_facts(log: RunLog, connection: Connection, link: Link) -> RunLog:
    try:
        facts: Facts = read_facts(connection, link)
    except NotFound:
        return log
    return msgspec.structs.replace(log, size=facts.size, changed=facts.changed)


def _suspects(logs: Iterable[RunLog]) -> list[RunLog]:
    user = [log for log in logs if log.size and log.kind in ("user", "build", "other")]
    return sorted(user, key=lambda log: (log.kind != "user", log.name))[:MOST_LOOKED_INTO]


def _with_traceback(log: RunLog, connection: Connection, link: Link) -> RunLog:
    size = log.size or 0
    try:
        end = read_part(connection, link, max(0, size - LOOKED_AT), size).content
    except NotFound:
        return log
    return msgspec.structs.replace(log, has_traceback=_TRACEBACK in end)


def _has_failed(details: _Details) -> bool:
    return (details.status or "").lower() in ("failed", "notresponding")


def _words(error: Any) -> str:
    return msgspec.json.encode(error).decode() if error else ""


def ranked(logs: Iterable[RunLog], *, status: str, error: str) -> list[RunLog]:
    """Return the logs in the order to read them, each with its rank and, for the first reasons, why.

    A failed run begins with the log that holds the traceback, then the one its error names; a run that goes on with
    what its script writes. Empty logs come last. `error` is whatever the run's error says, JSON or not.
    """
    is_failed = status.lower() in ("failed", "notresponding")
    judged = sorted(((*_judged(log, is_failed, error), log) for log in logs), key=lambda one: (one[0], one[2].name))
    return [msgspec.structs.replace(log, rank=place, reason=reason) for place, (_, reason, log) in enumerate(judged)]


_BUILD = re.compile(r"image ?build|imagebuild", re.IGNORECASE)


def _judged(log: RunLog, is_failed: bool, error: str) -> tuple[int, str | None]:
    if log.size == 0:
        return 90, "it is empty"
    if is_failed and log.has_traceback:
        return 0, "it holds the traceback"
    if is_failed and log.kind == "build" and _BUILD.search(error):
        return 1, "the image build failed"
    if is_failed and log.name.rpartition("/")[2] in error:
        return 2, "the error names it"
    if log.kind == "user":
        return 10 + min(log.process or 0, 9), "it is what the script writes"
    if log.kind == "other":
        return 30, None
    if log.name.endswith(("executionlogs.txt", "hyperdrive.txt")):
        return 25, "it is what the service tells of the run"
    return {"service": (40, None), "build": (35, None)}.get(log.kind, (50, None))
