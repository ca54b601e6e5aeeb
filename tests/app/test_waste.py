"""Waste over the emulator: each rule finds exactly what is planted, and nothing where nothing is."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.links import Account, Link
from app.offering import Errand, meant, questions_of, verb_choices
from app.panes.waste import WASTE, verdict
from app.refresh import Refresher
from app.session import Session
from app.sources import SOURCES
from app.tables import TABLES
from app.waste_lines import waste_lines
from cache.store import Store
from services.records import Money, WorkspaceRef
from services.waste_finding import NOT_LOOKED_AT, Finding
from tests.app.commanding import Command, cached, put
from tests.services.emulated import Emulated
from widgets.lines import line_text, line_width
from widgets.pane import Look, Row

NOW = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)
LOOK = Look(now=NOW)
PATIENCE = 60.0
NOBODY_READS = {"W17", "W18"}
POC = {f"W16/{name}" for name in (
    "mlpocstorage4f1c2a9be", "mlpockeyvault8d20c71aa", "mlpoccontainerreg5be90217", "mlpocinsights91d3f0c44",
)}  # fmt: skip


class Looking:
    """A cache that has read one workspace of the emulator, by the refresher, for its waste."""

    def __init__(self, folder: Path, workspace: str) -> None:
        self.azure = azure = Emulated(runs=300)
        self.store = Store.open(folder, TABLES, now=azure.now)
        account = Account("public", "tenant", "ana@example.com")
        link = Link(azure.connection, account)
        self.session = Session(self.store, mode="azure", account=account, link=lambda: link, now=azure.now)
        self.session.workspace = azure.world.workspaces[workspace]
        self.refresher = Refresher(self.session, lambda event: None, sources=SOURCES, dice=random.Random(7))

    def look(self) -> dict[str, Finding]:
        """Read all that waste is made of; what is found, by rule and name."""
        self.refresher.want(("waste",))
        assert self.refresher.wait(("waste",), PATIENCE)
        self.azure.forward(1)
        self.refresher.touch(("waste",))
        assert self.refresher.wait(("waste",), PATIENCE)
        found = (seen.record for seen in self.store.records("waste", self.session.scope))
        return {_short(one): one for one in found}

    def close(self) -> None:
        self.refresher.stop()
        self.session.close()


def _short(one: Finding) -> str:
    return f"{one.rule}/{one.what}{'/unusable' if one.why == 'unusable' else ''}"


def _named(found: dict[str, Finding]) -> set[str]:
    assert {one.rule for one in found.values() if one.confidence == NOT_LOOKED_AT} == NOBODY_READS
    return {id for id, one in found.items() if one.confidence != NOT_LOOKED_AT}


def _answers(one: Finding) -> dict[str, str]:
    """What the dialog begins with."""
    asked = next(verb for verb in WASTE.verbs if verb.name == one.verb).questions
    return {question.name: question.start(one) for question in asked}


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory):
    looking = Looking(tmp_path_factory.mktemp("prod"), "ml-prod")
    yield looking, looking.look()
    looking.close()


def test_the_waste_of_the_production_workspace_is_found_and_no_other(
    production: tuple[Looking, dict[str, Finding]],
) -> None:
    looking, found = production
    assert _named(found) == {
        "W1/ci-ana", "W2/ci-li", "W5/gpu-a100", "W5/cpu-etl/unusable", "W7/fraud-old", "W8/ocr-batch/green",
        "W9/embed/green", "W10/churn/blue", "W12/embed-long-07", "W13/embed", "W14/cpu-ci", "W15/embed/blue",
        "W15/fraud-score/blue", *POC,
    }  # fmt: skip
    money = {id: one.per_day.amount for id, one in found.items() if one.per_day is not None}
    assert money["W2/ci-li"] == 24 * Decimal("3.06")
    assert 0 < money["W16/mlpocstorage4f1c2a9be"] < 5
    read_at = found["W2/ci-li"].as_of
    assert read_at is not None
    assert read_at < looking.azure.at


def test_what_is_mended_is_waste_no_longer(production: tuple[Looking, dict[str, Finding]]) -> None:
    looking, before = production
    looking.session.lock.open(looking.azure.ref.id, 600)
    for name in ("W1/ci-ana", "W10/churn/blue", "W8/ocr-batch/green"):
        one = before[name]
        looking.azure.done(one.verb, one.target, **_answers(one))
    shrunk = before["W5/gpu-a100"]  # whoever plays this may not change clusters, and may see the change
    rows = looking.azure.plan(shrunk.verb, shrunk.target, **_answers(shrunk)).rows
    assert [(row.now, row.after) for row in rows if row.now != row.after] == [("8", "0")]
    looking.azure.forward(600)
    looking.refresher.want(("compute", "deployments"), force=True)
    assert looking.refresher.wait(("compute", "deployments", "waste"), PATIENCE)
    after = looking.look()
    assert set(before) - set(after) == {"W1/ci-ana", "W8/ocr-batch/green"}
    # One instance is still too much of a machine, which scaling cannot help any more: a smaller one can.
    smaller = after["W10/churn/blue"]
    saved = 24 * (Decimal("0.169") - Decimal("0.114"))
    assert (smaller.verb, smaller.save, smaller.per_day) == ("", "Standard_DS2_v2", Money(saved, "USD"))


@pytest.mark.parametrize(
    ("workspace", "planted"),
    [
        ("ml-research", {"W1/ci-kim", "W3/ci-tom", "W4/cpu-spare", "W6/gpu-a100", "W11/ci-kim", "W12/embed-long-07",
                         "W12/embed-long-08", "W13/embed"}),
        ("ml-staging", POC),
    ],
)  # fmt: skip
def test_other_workspaces_have_what_is_planted_there_alone(tmp_path: Path, workspace: str, planted: set[str]) -> None:
    looking = Looking(tmp_path, workspace)
    try:
        assert _named(looking.look()) == planted
    finally:
        looking.close()


def _finding(name: str, dollars: str = "", **given: Any) -> Finding:
    fields: dict[str, Any] = {
        "id": f"W1/{name}", "rule": "W1", "why": "idle", "what": name, "kind": "instance", "confidence": "sure",
        "evidence": "it idles", "save": "stop it", "per_day": Money(Decimal(dollars), "USD") if dollars else None,
        "rank": float(dollars or 0), "since": NOW - timedelta(days=6),
    } | given  # fmt: skip
    return Finding(**fields)


class Rows:
    """Sums over rows a test gives."""

    def __init__(self, *rows: Finding) -> None:
        self._rows = rows

    def by(self, field: str, query: str = "") -> Mapping[str, int]:
        raise AssertionError("the verdict reads rows")

    def rows(self) -> Sequence[Finding]:
        return self._rows


_UNREAD = _finding("gpus", confidence=NOT_LOOKED_AT, rule="W11", why=NOT_LOOKED_AT)


def test_the_verdict_adds_up_what_is_open_and_counts_the_rest() -> None:
    dear, snoozed = _finding("a", "340.80"), _finding("c", "99", state="snoozed")
    rows = Rows(dear, _finding("b", "9.12"), snoozed, _finding("d", confidence="unknown"), _UNREAD)
    assert line_text(verdict(rows, LOOK)) == (
        "□ ≈$14.58/h, ≈$349.92 a day if nothing changes   3 found   1 unknown   1 snoozed   not looked at: W11"
    )
    without = line_text(verdict(Rows(_finding("a")), LOOK))
    assert without.startswith("□ 1 thing is wasted   what they cost is not known: :prices reads")
    assert line_text(verdict(Rows(_UNREAD), LOOK)) == ("✓ Nothing is known to be wasted   0 found   not looked at: W11")


def test_the_lines_for_the_costs_are_the_dearest_open_ones_at_any_width() -> None:
    found = [_finding("gpu-a100", "340.80", kind="cluster", save="minimum 8 to 0"), _finding("ci", "4.8"), _UNREAD,
             _finding("quiet", "900", state="snoozed"), _finding("who-knows", confidence="unknown")]  # fmt: skip
    lines = [line_text(line).rstrip() for line in waste_lines(found, LOOK, 100)]
    assert lines == [
        "□ idle         gpu-a100            cluster, 6d      14.20/h  minimum 8 to 0",
        "□ idle         ci                  instance, 6d      0.20/h  stop it",
    ]
    assert [line_text(line).rstrip() for line in waste_lines(found, LOOK, 53)] == [
        "□ idle         gpu-a100       14.20/h  minimum 8 to 0",
        "□ idle         ci              0.20/h  stop it",
    ]
    assert all(line_width(line) <= 40 for line in waste_lines(found, LOOK, 40))


def test_what_would_save_it_is_offered_with_its_answers_and_the_rest_is_greyed() -> None:
    one = _finding("churn/blue", verb="scale", target="/onlineEndpoints/churn/deployments/blue",
                   answers={"instances": "1"}, save="scale 2 to 1")  # fmt: skip
    errand = Errand(WASTE, WorkspaceRef("s", "g", "w"), (Row(one.id, one, None),))
    able = {choice.id: choice.why_not for choice in verb_choices(errand, {})}
    assert able["verb:scale"] is None
    assert meant(errand) == "verb:scale"
    assert able["verb:stop"] == "What would save it is: scale 2 to 1."
    scale = next(verb for verb in WASTE.verbs if verb.name == "scale")
    assert [asked.start for asked in questions_of(scale, errand.rows)] == ["1"]
    assert scale.target(one) == one.target


def test_the_command_gives_the_findings_and_their_sum_and_ends_with_0(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = Command(tmp_path, capsys)
    with cached(tmp_path) as session:
        put(session, "waste", _finding("gpu-a100", "340.80"), _finding("ci", "9.12"), _finding("x", state="snoozed"))
    said = command("waste", "--json", "--offline")
    assert said.code == 0
    assert [row["what"] for row in json.loads(said.out)] == ["gpu-a100", "ci"]
    assert "≈$349.92 a day if nothing changes   2 found   1 snoozed" in said.err
