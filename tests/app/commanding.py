"""Commands run in this process or in one of their own, on folders of the test's own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from app.__main__ import main
from app.links import Account
from app.session import Session
from app.tables import TABLES
from cache.store import Store
from services.experiments import Experiment
from services.records import Provenance, WorkspaceRef
from services.run import Run
from services.workspaces import Workspace

SUB = "11111111-1111-1111-1111-111111111111"
PROD = WorkspaceRef(SUB, "rg-ml", "ml-prod")
ANA = Account("public", "tenant", "ana@example.com")
REPOSITORY = Path(__file__).parents[2]


class Said(NamedTuple):
    """What a command gave: its exit code, its data and its narration."""

    code: int
    out: str
    err: str


class Command:
    """Runs command lines of this process with a cache folder of their own."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Said:
        return self.alone(*arguments, "--cache", str(self.folder))

    def alone(self, *arguments: str) -> Said:
        """Run exactly these words: the cache is among them."""
        code = main([*arguments])
        out, err = self._capsys.readouterr()
        return Said(code, out, err)


def run_alone(*arguments: str, env: Mapping[str, str] | None = None, **more: Any) -> Said:
    """Run a command line in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "app", *arguments],
        capture_output=True, text=True, timeout=60, cwd=REPOSITORY, env={**os.environ, **(env or {})}, **more,
    )  # fmt: skip
    return Said(done.returncode, done.stdout, done.stderr)


@contextmanager
def cached(folder: Path, account: Account = ANA) -> Iterator[Session]:
    """The cache a signed-in user left behind, to be filled."""
    store = Store.open(folder, TABLES)
    session = Session(store, mode="offline", account=account)
    import msgspec

    store.remember("account", msgspec.json.encode(account).decode())
    session.choose(PROD)
    try:
        yield session
    finally:
        session.close()


def put(
    session: Session, table: str, *records: Any, ago: timedelta = timedelta(hours=3), scope: str | None = None
) -> None:
    """Cache records as if they had been read `ago`, and note that their source was."""
    at, place = datetime.now(UTC) - ago, scope or session.scope
    session.store.put(table, place, records, provenance=Provenance("/test", "v1", at))
    session.store.note_source(place, table, last_ok=at, last_try=at, rows=len(records))


def a_run(name: str, **more: Any) -> Run:
    """A run of the experiment fraud, created two hours ago."""
    created = datetime.now(UTC) - timedelta(hours=2)
    known = {"id": name, "name": name, "experiment": "fraud", "status": "Completed", "created": created}
    return Run(**{**known, **more})


def leave_runs(folder: Path) -> None:
    """A cache with one workspace, one experiment and three runs, one of them failed and one a step."""
    with cached(folder) as session:
        listed = Workspace(id=PROD.key, name=PROD.name, subscription=SUB, resource_group=PROD.resource_group)
        put(session, "workspaces", listed, scope=session.account_scope)
        put(session, "experiments", Experiment(id="fraud", name="fraud"))
        runs = [
            a_run(
                "brave-elk", status="Failed", error="CUDA out of memory", tags={"team": "risk"}, metrics={"auc": 0.77}
            ),
            a_run("calm-fox", duration=75.5),
            a_run("step-1", parent="calm-fox"),
        ]
        put(session, "runs", *runs)
