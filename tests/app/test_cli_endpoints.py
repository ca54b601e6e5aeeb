"""`amldeck requests` and `amldeck endpoint-logs`: what is asked of an endpoint, and what its containers write."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.emulator.serve import serving
from tests.app.commanding import Command
from tests.services.emulated import Emulated


@pytest.fixture
def emulated() -> Emulated:
    return Emulated(runs=20, at=datetime.now(UTC))  # the commands go by the clock


@pytest.fixture
def url(emulated: Emulated) -> Iterator[str]:
    with serving(emulated.world) as address:
        yield address


@pytest.fixture
def amldeck(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(tmp_path, capsys)


def going_on(monkeypatch: pytest.MonkeyPatch, command: str, emulated: Emulated, seconds: float) -> None:
    """Let time go on while a command waits; the second time somebody presses ctrl+c."""
    waits = iter((True,))

    def sleep(_: float) -> None:
        if not next(waits, False):
            raise KeyboardInterrupt
        emulated.forward(seconds)

    monkeypatch.setattr(f"app.cli.{command}.time.sleep", sleep)


def test_the_log_of_a_container_is_printed_followed_joined_and_there_offline(
    amldeck: Command, emulated: Emulated, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = ("--emulator", url, "-w", "ml-prod")
    said = amldeck("endpoint-logs", "FRAUD-SCORE", "--tail", "3", *at)
    assert (said.code, len(said.out.splitlines())) == (0, 3), said.err
    named = said.err.partition("/")[0]  # the one with the most traffic now: the split moves with the clock
    assert "/inference-server: read" in said.err
    assert "chosen by Azure" in said.err
    going_on(monkeypatch, "endpoint_logs", emulated, 20)
    followed = amldeck("endpoint-logs", "fraud-score", "--tail", "0", "--follow", *at)
    assert followed.code == 130
    assert 0 < len(followed.out.splitlines()) < 100
    assert not set(followed.out.splitlines()) & set(said.out.splitlines())
    told = json.loads(amldeck("endpoint-logs", "fraud-score", "--tail", "2", "--json", "--offline", *at).out)
    printed = followed.out.splitlines()[-2:]
    assert (told["lines"][-len(printed) :], told["gaps"]) == (printed, 0)
    assert told["joined_by"] > 0
    other = next(one for one in ("blue", "green") if one != named)
    never = amldeck("endpoint-logs", "fraud-score", other, "--offline", *at)
    assert (never.code, "was never read here" in never.err) == (1, True)
    assert "it has blue, green" in amldeck("endpoint-logs", "fraud-score", "red", "--offline", *at).err


def test_requests_are_given_summed_up_followed_and_explained_where_they_are_not_kept(
    amldeck: Command, emulated: Emulated, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = ("--emulator", url, "-w", "ml-prod")
    said = amldeck("requests", "fraud-score", "status=200", "--since", "5m", "--json", *at)
    rows = json.loads(said.out)
    assert said.code == 0
    assert len(rows) > 20
    assert {(row["status"], row["method"], row["compute"]) for row in rows} == {("200", "POST", "Managed")}
    groups = json.loads(amldeck("requests", "fraud-score", "--since", "5m", "--by", "caller", "--json", *at).out)
    assert {row["agent"] for row in rows} <= {group["name"] for group in groups}
    going_on(monkeypatch, "requests", emulated, 180)
    followed = amldeck("requests", "fraud-score", "--since", "5m", "--limit", "1", "--follow", *at)
    lines = followed.out.splitlines()
    assert followed.code == 130
    assert len(lines) == len(set(lines)) > 1
    assert lines == sorted(lines, key=lambda line: line.split()[0])
    off = amldeck("requests", "churn", *at)
    assert off.code == 1
    assert "--set app_insights_enabled=true" in off.err
    assert amldeck("requests", "fraud-score", "color=red", *at).code == 2
    assert amldeck("requests", "fraud-score", "x", "--by", "status", *at).code == 2
    assert "There are churn, embed," in amldeck("requests", "nope", "--offline", *at).err
