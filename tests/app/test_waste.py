"""Waste over the emulator: each rule finds exactly what is planted, and nothing where nothing is."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path

import pytest

from app.links import Account, Link
from app.refresh import Refresher
from app.session import Session
from app.sources import SOURCES
from app.tables import TABLES
from cache.store import Store
from services.waste_finding import NOT_LOOKED_AT, Finding
from tests.services.emulated import Emulated

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
        """Read all that waste is made of, and prices; what is found, by rule and name."""
        self.refresher.want(("waste",))
        assert self.refresher.wait(("waste",), PATIENCE)
        self.refresher.look_up("prices", "in use", force=True)
        assert self.refresher.wait_for("prices", "in use", PATIENCE)
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
    for name in ("W1/ci-ana", "W10/churn/blue"):
        one = before[name]
        looking.azure.done(one.verb, one.target, **{key: value or "" for key, value in one.answers.items()})
    looking.azure.forward(300)
    looking.refresher.want(("compute", "deployments"), force=True)
    assert looking.refresher.wait(("compute", "deployments", "waste"), PATIENCE)
    after = looking.look()
    assert set(before) - set(after) == {"W1/ci-ana"}
    # One instance is still too much of a machine, which scaling cannot help any more.
    assert (after["W10/churn/blue"].verb, after["W10/churn/blue"].per_day) == ("", None)


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
