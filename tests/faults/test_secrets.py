"""Planted secrets: none in the cache, on screens, in exports, reports and what commands say; files are private."""

from __future__ import annotations

import os
import stat
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
import requests
from azure.core.pipeline import transport

from app.__main__ import main
from app.crash import write_report
from app.doing import places
from app.links import DEMO, Link
from app.panes import PANES
from app.refresh import Refresher
from app.session import Session
from app.tables import TABLES
from cache.intent import Asked
from cache.intents import Intents
from cache.store import Store
from services.connection import Connection
from services.emulator.faults import Fault
from services.emulator.transport import FakeCredential
from services.emulator.world import World
from tests.faults.azure import READ
from tests.faults.planting import COUNT, PlantingAdapter
from tests.figures import Figure
from tests.journeys.stage import staged
from tests.services.planted import CANARY

pytestmark = pytest.mark.slow

UMASKS = (0o000, 0o002, 0o007, 0o022, 0o027, 0o037, 0o077, 0o177)


def planted_session(folder: Path, world: World) -> tuple[Session, PlantingAdapter]:
    """A session on a world whose answers hold secrets."""
    adapter, http = PlantingAdapter(world), requests.Session()
    http.trust_env = False
    http.mount("https://", adapter)
    wire = cast(Any, transport).RequestsTransport(session=http, session_owner=False, use_env_settings=False)
    connection = Connection(FakeCredential(), transport=wire)
    store = Store.open(folder / "demo", TABLES)
    session = Session(store, mode="demo", account=DEMO, link=lambda: Link(connection, DEMO))
    session.workspace = session.default_workspace
    return session, adapter


def everything_kept(session: Session) -> list[str]:
    """Tables whose rows or documents, unpacked, hold a secret."""
    found: list[str] = []
    for table in TABLES:
        for scope in (session.scope, session.account_scope):
            for row in session.store.records(table.name, scope):
                document = session.store.document(table.name, scope, row.key) or b""
                if CANARY in repr(row.record) or CANARY.encode() in (document if isinstance(document, bytes) else b""):
                    found.append(f"{table.name} {row.key[:40]}")
    return found


def files_with(folder: Path) -> list[str]:
    return [str(path) for path in folder.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()]


async def test_no_planted_secret_comes_out_anywhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, figure: Figure
) -> None:
    monkeypatch.chdir(tmp_path)
    world = World(runs=24)
    session, adapter = planted_session(tmp_path, world)
    refresher = Refresher(session)
    world.faults.add(Fault(match="quotas", status=500))
    refresher.want(READ, force=True)
    assert refresher.wait(READ, 120)
    found = everything_kept(session)
    found += [state.name for state in refresher.states().values() if CANARY in repr(state)]
    refresher.stop()
    assert adapter.answers > 20
    async with staged(tmp_path / "demo", session=session, world=world, size=(160, 45), reads=()) as stage:
        for number, pane in enumerate(PANES):
            places.pane(stage.deck, pane.name)
            await stage.counted()  # the detail stands beside the rows
            found += [f"screen of {pane.name}"] if CANARY in stage.text else []
            # What a row can open is the same for all panes: document, origin, export.
            await stage.press(*(("v", "escape"), ("i", "escape"), ("e", "enter"))[number % 3])
            found += [f"screen of {pane.name}"] if CANARY in stage.text else []
    write_report(RuntimeError(f"Authorization: Bearer {CANARY}"), tmp_path)
    for pane in PANES:
        for form in ("--table", "--json"):
            main([pane.name, form, "--limit", "0", "--demo", "--offline", "--cache", str(tmp_path)])
    said = capsys.readouterr()
    found += ["what commands say"] if CANARY in said.out + said.err else []
    found += files_with(tmp_path)
    assert found == []
    figure("secrets found in cache, screens, exports, reports, commands",
           f"{len(found)} of {COUNT} planted in {adapter.answers} answers", "0 of 20", COUNT >= 20)  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_every_file_is_for_its_owner_alone_whatever_the_umask(tmp_path: Path, figure: Figure) -> None:
    open_files: list[str] = []
    count = 0
    for umask in UMASKS:
        folder = tmp_path / f"{umask:03o}"
        before = os.umask(umask)
        try:
            store = Store.open(folder / "cache", TABLES)
            intents = Intents.open(folder / "cache", lambda: datetime.now(UTC))
            intents.begin(Asked(**dict.fromkeys(Asked.__struct_fields__, "x")))
            write_report(RuntimeError("x"), folder / "cache")
            paths = [folder / "cache", *(folder / "cache").iterdir()]
            modes = {path: stat.S_IMODE(path.stat().st_mode) for path in paths}
            intents.close()
            store.close()
        finally:
            os.umask(before)
        count += len(modes)
        open_files += [f"{path} {mode:o}" for path, mode in modes.items() if mode & 0o077]
    assert open_files == []
    figure("files others may read", f"{len(open_files)} of {count} under {len(UMASKS)} umasks", "0 under 8",
           count >= 5 * len(UMASKS))  # fmt: skip
