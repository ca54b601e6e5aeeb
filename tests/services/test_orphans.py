"""What deleted workspaces left behind, by Resource Graph; and how long runs held machines."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.emulator import route_graph
from services.errors import Malformed
from services.orphans import Resource, list_orphans, orphans_of
from services.run_use import Figures, use_of
from tests.services.answering import Azure, as_json
from tests.services.emulated import Emulated

NOW = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)
POC = {"mlpocstorage4f1c2a9be", "mlpockeyvault8d20c71aa", "mlpoccontainerreg5be90217", "mlpocinsights91d3f0c44"}
WORKSPACE = Resource(id="/S/ws", type="Microsoft.MachineLearningServices/workspaces", storage="/s/RG/used")


def test_what_no_workspace_names_is_found_over_many_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(route_graph, "ROWS_A_PAGE", 3)
    azure = Emulated(runs=60)
    (page,) = list_orphans(azure.connection, azure.ref)
    assert page.is_last
    assert {one.name for one in page.records} == POC
    storage = next(one for one in page.records if one.kind == "storage")
    assert (storage.stem, storage.beside, storage.workspaces) == ("mlpoc", 3, 2)
    assert storage.created is not None
    assert storage.id == storage.arm_id.lower()


def test_ids_are_compared_whatever_their_case_and_other_resources_are_no_orphans() -> None:
    left = [
        Resource(id="/s/rg/USED", name="USED", type="Microsoft.Storage/storageAccounts"),
        Resource(id="/s/rg/else", name="else", type="Microsoft.Storage/storageAccounts"),
        Resource(id="/s/rg/vm", name="vm", type="Microsoft.Compute/virtualMachines"),
    ]
    (one,) = orphans_of([WORKSPACE, *left])
    assert (one.name, one.stem) == ("else", None)
    assert list(orphans_of(left)) == [], "without a workspace in sight nothing can be told"


def test_a_row_that_cannot_be_read_makes_nothing_look_left_behind() -> None:
    rows = {"data": [{"id": "/s/rg/else", "name": "mlxstorage12345678", "type": "microsoft.storage/storageaccounts"},
                     {"name": "a workspace without an id"}]}  # fmt: skip
    azure = Emulated(runs=60)
    connection = Azure(lambda asked: as_json(rows)).connection
    with pytest.raises(Malformed, match="A row of Resource Graph cannot be read"):
        list(list_orphans(connection, azure.ref))


def test_runs_that_are_alike_are_put_together_without_parents_and_unknown_ends() -> None:
    def ended(status: str, kind: str = "command", seconds: float | None = 60.0, nodes: int | None = 2) -> Figures:
        return Figures("e", "c", "S", None, status, None, kind, seconds, nodes, NOW)

    runs = [*(ended("Completed", seconds=float(number)) for number in range(1, 11)), ended("Failed", seconds=None),
            ended("Completed", "sweep"), ended("Weird"), ended("Cancelled", nodes=None)]  # fmt: skip
    found = {one.outcome: one for one in use_of(runs, is_cut=True)}
    assert set(found) == {"completed", "failed", "canceled"}
    well = found["completed"]
    assert (well.runs, well.timed, well.node_seconds, well.long, well.is_cut) == (10, 10, 110.0, 9.0, True)
    assert (found["failed"].timed, found["failed"].long, found["canceled"].node_seconds) == (0, None, 60.0)
