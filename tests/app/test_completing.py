"""What a filter could become while it is typed: fields, then what was seen in them, the most frequent first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app import finding
from app.completing import Completer
from app.finding import Finder
from app.panes.compute import COMPUTE
from app.panes.runs import RUNS
from tests.app.commanding import a_run, cached, put

RUN_FACTS: list[dict[str, Any]] = [
    {"status": "Failed", "user": "ana", "tags": {"team": "core", "cost centre": "a b"}, "metrics": {"auc": 0.5}},
    {"status": "Completed", "tags": {"team": "risk"}, "params": {"optimizer": "adam"}, "metrics": {"val_auc": 0.5}},
    {"status": "Completed", "tags": {"team": "risk"}, "params": {"optimizer": "sgd"}},
]


@pytest.fixture
def offers(tmp_path: Path) -> Iterator[Callable[[str], list[str]]]:
    with cached(tmp_path) as session:
        put(session, "runs", *(a_run(f"run-{at}", **facts) for at, facts in enumerate(RUN_FACTS)))
        finder = Finder(session, dict)
        completer = Completer(lambda: finder, lambda work, then: then(work()))
        yield lambda word: list(completer.offers(RUNS, word))


@pytest.mark.parametrize(
    ("word", "first"),
    [
        ("stat", ["status:"]),
        ("!stat", ["!status:"]),
        ("met", ["metrics:", "metrics_at<", "metric."]),
        ("is", ["is_archived:", "is_git_dirty:", "is:"]),
        ("is:", ["is:gone"]),
        ("!crea", ["!created<"]),
        ("metric.", ["metric.auc>", "metric.val_auc>"]),
        ("metric.val", ["metric.val_auc>"]),
        ("!tag.te", ["!tag.team:"]),
        ('tag."co', ['tag."cost centre":']),
        ("status:", ["status:Completed", "status:Failed"]),
        ("status=completed,", ["status=completed,Completed", "status=completed,Failed"]),
        ("status!=fa", ["status!=Failed"]),
        ("tag.team=", ["tag.team=risk", "tag.team=core"]),
        ('tag."cost centre"=', ['tag."cost centre"="a b"']),
        ("param.optimizer:a", ["param.optimizer:adam"]),
        ("created<", ["created<24h", "created<7d", "created<30d"]),
        ("dur>3", ["dur>30m"]),
        ("has:metric.v", ["has:metric.val_auc"]),
        ("has:statu", ["has:status"]),
        ("colour:", []),
        ("nodes>", []),
        ("", []),
    ],
)
def test_a_word_is_completed(offers: Callable[[str], list[str]], word: str, first: list[str]) -> None:
    assert offers(word)[: max(1, len(first))] == first


def test_values_are_looked_up_on_a_worker_once_and_offered_afterwards(tmp_path: Path) -> None:
    waiting: list[tuple[Callable[[], list[str]], Callable[[list[str]], None]]] = []
    with cached(tmp_path) as session:
        put(session, "runs", a_run("a", status="Failed"))
        finder = Finder(session, dict)
        completer = Completer(lambda: finder, lambda work, then: waiting.append((work, then)))
        assert (completer.offers(RUNS, "status:"), completer.offers(RUNS, "status:f"), len(waiting)) == ([], [], 1)
        ((work, then),) = waiting
        then(work())
        assert completer.offers(RUNS, "status:f") == ["status:Failed"]
        assert completer.offers(COMPUTE, "status:f") == []


def test_only_the_newest_rows_are_read_for_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "VALUES_OF", 2)
    with cached(tmp_path) as session:
        put(session, "runs", *(a_run(f"r{at}", status=f"s{at}", tags={"t": f"v{at}"}) for at in range(4)))
        finder = Finder(session, dict)
        assert finder.values(RUNS, "status") == ["s2", "s3"]
        assert finder.values(RUNS, "tag.t") == ["v2", "v3"]
