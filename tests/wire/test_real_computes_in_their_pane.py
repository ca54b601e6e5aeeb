"""Recorded computes as rows and detail of their pane: unknown stays a dash, an error is loud whatever the state."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.derived.machines import Around, compute_rows
from app.derived.nodes import node_rows
from app.panes.compute import COMPUTE
from app.panes.nodes import NODES
from tests.wire.replaying import page_of, record_of
from widgets.lines import line_text
from widgets.pane import Look

LOOK = Look(now=datetime(2026, 11, 20, tzinfo=UTC))


def shown(name: str) -> tuple[dict[str, str], dict[str, list[str]]]:
    """The cells of a compute by column, and the lines of its detail by section."""
    row: Any = next(compute_rows([record_of(name)], Around()))
    cells = {column.title: line_text(column.cell(row, LOOK)) for column in COMPUTE.columns}
    lines = {part.title: [line_text(line) for line in part.lines(row, LOOK)] for part in COMPUTE.sections if part.lines}
    return cells, {title: found for title, found in lines.items() if found}


@pytest.mark.parametrize("name", ["put-amlcompute-creating", "get-amlcompute-failed-quota"])
def test_without_node_counts_nothing_is_counted_as_none(name: str) -> None:
    cells, lines = shown(f"compute/{name}")
    assert (cells["nodes"], cells["busy"], cells["$/h"], cells["queue"]) == ("–", "–", "–", "–")
    assert lines["Nodes"] == ["Azure gives no node counts while a cluster is created or failed."]
    assert lines["An hour"][0] == "– no price"


def test_a_failed_cluster_says_why_first() -> None:
    cells, lines = shown("compute/get-amlcompute-failed-quota")
    assert cells["state"] == "✗ failed"
    assert next(iter(lines)) == "What is wrong"
    assert lines["What is wrong"][0].startswith("✗ The specified subscription has a Standard ND family vCPU quota of 0")


def test_an_error_under_a_state_that_succeeded_is_in_the_row_too() -> None:
    cells, lines = shown("compute/get-amlcompute-resizing-diskfull")
    assert (cells["state"], cells["nodes"], cells["busy"]) == ("✗ node error", "■■□▪", "2 / 4")
    assert lines["What is wrong"][0].startswith("✗ The VM disk is full.")
    assert lines["Nodes"] == [
        "busy          2", "idle, paid    1", "leaving       1", "target        3"]  # fmt: skip


def test_attached_kinds_are_called_what_they_are_and_have_no_price_here() -> None:
    kinds = {name: shown(f"compute/{name}") for name in ("get-kubernetes", "get-vm-attached")}
    assert [cells["kind"] for cells, _ in kinds.values()] == ["kubernetes", "vm"]
    for cells, lines in kinds.values():
        assert (cells["nodes"], cells["$/h"], cells["idle after"]) == ("–", "–", "–")
        assert lines["An hour"][1] == "its machines are paid for where they are"
        assert lines["What can be done"]
    assert "type defaultInstanceType  1 CPU, 4Gi" in kinds["get-kubernetes"][1]["Its own"]


def test_a_node_without_a_run_idles_and_is_paid() -> None:
    rows = list(node_rows(page_of("compute/list-nodes").records, {}, {}))
    said = [[line_text(column.cell(row, LOOK)) for column in NODES.columns] for row in rows]
    assert [cells[0] for cells in said] == ["■ busy", "□ idle, paid"]
    assert (said[0][3], said[1][3], said[1][4]) == ("2f378a44-38f2-443a-9f0d-9909d0b47890", "–", "–")
