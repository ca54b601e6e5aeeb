"""The posture of the emulated workspaces, read over the real connection into a real cache."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.derived.posture import path_of
from app.links import DEMO, Link
from app.refresh import Refresher
from app.session import Session
from app.tables import TABLES
from cache.store import Store
from services.connection import Connection
from services.emulator.asking import ask
from services.emulator.faults import Fault, Faults
from services.emulator.transport import FakeCredential, in_process
from services.emulator.world import World
from services.posture_lines import PostureLine

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class Demo:
    """A session on a world of its own."""

    def __init__(self, folder: Path, workspace: str, *faults: Fault) -> None:
        self.folder = folder
        self.world = World(seed=7, runs=300, clock=lambda: NOW, faults=Faults(*faults))
        store = Store.open(folder, TABLES, now=lambda: NOW)
        self.session = Session(store, mode="demo", account=DEMO, link=self._link, now=lambda: NOW)
        self.session.workspace = self.world.workspaces[workspace]
        self.refresher = Refresher(self.session)

    def _link(self) -> Link:
        return Link(Connection(FakeCredential(), transport=in_process(self.world), now=lambda: NOW), DEMO)

    def lines(self) -> dict[str, PostureLine]:
        self.refresher.want(["posture"])
        assert self.refresher.wait(["posture"], 60)
        return {seen.key: seen.record for seen in self.session.store.records("posture", self.session.scope)}

    def word(self, source: str) -> str:
        return self.refresher.states()[source].word


@pytest.fixture
def staged(tmp_path: Path) -> Iterator[Any]:
    made: list[Demo] = []

    def stage(workspace: str, *faults: Fault) -> Demo:
        made.append(Demo(tmp_path / workspace, workspace, *faults))
        return made[-1]

    yield stage
    for one in made:
        one.refresher.stop()
        one.session.close()


def weak(lines: dict[str, PostureLine]) -> set[str]:
    return {line.about for line in lines.values() if line.standing == "weak"}


def test_production_is_mostly_good(staged: Any) -> None:
    lines = staged("ml-prod").lines()
    assert lines["identity/grant/registry"].fact == "AcrPull is missing"
    assert {"Shared keys of the storage account", "Diagnostic settings of endpoints"} <= weak(lines)
    assert lines["logging/workspace"].standing == "ok"
    assert any("prevent shared key access" in line.about for line in lines.values() if line.area == "policy")
    assert not any("jumphost" in line.fact for line in lines.values())
    assert lines["storage/allows_shared_key"].source == "GET …/Microsoft.Storage/storageAccounts/stmlprod"
    assert lines["storage/allows_shared_key"].seen == NOW


def test_a_private_workspace_is_sealed_and_what_only_its_network_sees_is_unknown(staged: Any) -> None:
    lines = staged("ml-private").lines()
    assert [lines[f"encryption/{key}"].fact for key in ("hbi", "cmk")] == ["on", "on"]
    assert lines["network/public"].fact == "closed"
    assert lines["jobs/variables"].standing == "unknown"
    assert "private" in (lines["jobs/variables"].detail or "")


def test_staging_is_open_in_many_ways(staged: Any) -> None:
    found = weak(staged("ml-staging").lines())
    assert {"Built-in datastores", "Oldest TLS of the storage account", "Diagnostic setting of the workspace"} <= found


def test_research_shows_what_is_gone_what_hides_and_a_role_of_its_own(staged: Any) -> None:
    lines = staged("ml-research").lines()
    assert (lines["logging/app insights"].standing, lines["secrets/key vault"].standing) == ("weak", "unknown")
    assert lines["identity/grant/workspace"].standing == "unknown"


def test_a_workspace_that_lets_nobody_in_has_no_lines_and_says_why(staged: Any) -> None:
    locked = staged("ml-locked")
    assert not locked.lines()
    assert locked.word("workspace_settings") == "forbidden"


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("/policyStates/", "policy/findings"),
        ("/outboundRules", "network/rules"),
        ("/jobs", "jobs/variables"),
        ("/storageAccounts/stmlprod", "storage/storage"),
        ("/diagnosticSettings", "logging/workspace"),
    ],
)
def test_a_part_that_is_refused_makes_its_line_unknown_and_leaves_the_rest(staged: Any, path: str, line: str) -> None:
    lines = staged("ml-prod", Fault(match=path, status=403)).lines()
    assert (lines[line].standing, lines[line].fact) == ("unknown", "–")
    assert "may not perform" in (lines[line].detail or "")
    assert lines["encryption/hbi"].standing == "note"
    assert lines["identity/grant/workspace"].standing == "ok"


def values_of_variables(demo: Demo) -> set[str]:
    """Every value under a variable's name in the newest jobs, as the service gives it."""
    url = f"https://management.azure.com{demo.session.workspace.id}/jobs?api-version=2024-01-01-preview"  # pyright: ignore[reportOptionalMemberAccess]
    found: set[str] = set()
    for _ in range(20):
        page = ask(demo.world, "GET", url).json()
        for job in page["value"]:
            found |= set((job["properties"].get("environmentVariables") or {}).values())
        url = page.get("nextLink")
        if not url:
            break
    return {value for value in found if len(value) > 12}


def test_no_value_of_a_variable_reaches_any_byte_of_the_cache(staged: Any) -> None:
    demo = staged("ml-prod")
    lines = demo.lines()
    demo.refresher.want(["runs"])
    assert demo.refresher.wait(["runs"], 60)
    canaries = values_of_variables(demo)
    assert len(canaries) > 10
    assert any(line.about == "DB_PASSWORD = ********" for line in lines.values())
    demo.refresher.stop()
    demo.session.close()
    files = [file for file in demo.folder.rglob("*") if file.is_file()]
    stored = b"".join(file.read_bytes() for file in files)
    assert b"DB_PASSWORD" in stored
    parts = {piece for value in canaries for piece in value.replace("=", ";").split(";") if len(piece) > 30} | canaries
    assert [piece for piece in parts if piece.encode() in stored] == []
    assert [piece for piece in parts if json.dumps(piece)[1:-1].encode() in stored] == []


def test_routes_are_told_from_their_provider_on() -> None:
    ws = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w"
    assert path_of(f"https://management.azure.com{ws}/jobs") == "…/Microsoft.MachineLearningServices/workspaces/w/jobs"
    assert path_of("the cache") == "the cache"
