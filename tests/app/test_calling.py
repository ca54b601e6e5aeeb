"""Payloads are kept clean and private, calls are off until switched on, and the command line sends only with --yes."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from app.calling.allowed import why_not
from app.calling.editing import in_editor
from app.calling.lines import outcome_lines
from app.calling.offering import called_by, choices
from app.calling.payloads import (
    MOST,
    NoPayload,
    forget_payload,
    keep_payload,
    payload_in,
    payloads_of,
    read_payload,
)
from app.deployment_row import DeploymentRow
from app.offering import Errand
from app.panes.deployments import DEPLOYMENTS
from app.session import Session
from services.emulator.world import World
from services.endpoint_calls import Outcome
from services.records import WorkspaceRef
from services.scoring import Scored
from tests.app.commanding import Command
from tests.journeys.stage import session_of
from tests.services.answering import NOW
from widgets.lines import line_text, line_width
from widgets.pane import Row

PROD = WorkspaceRef("1111", "rg-ml", "ml-prod")


@pytest.fixture
def session(tmp_path: Path) -> Any:
    found = session_of(tmp_path / "cache", World(runs=10))
    found.workspace = found.default_workspace
    yield found
    found.close()


def test_a_payload_is_kept_without_secrets_for_its_owner_and_its_endpoint_alone(session: Session) -> None:
    plain = b'{"data": [1.50, 12345678901234567890123]}'
    assert not keep_payload(session, "churn", "usual", plain)
    assert read_payload(session, "churn", "usual") == plain
    assert keep_payload(session, "churn", "with-key", b'{"data": [1], "password": "hunter2hunter2"}')
    assert b"hunter2" not in read_payload(session, "churn", "with-key")
    assert [one.name for one in payloads_of(session, "churn")] == ["usual", "with-key"]
    assert payloads_of(session, "embed") == []
    assert session.store.path is not None
    files = list((session.store.path.parent / "payloads").rglob("*.json"))
    assert [stat.S_IMODE(os.stat(path).st_mode) for path in files] == [0o600, 0o600]
    forget_payload(session, "churn", "usual")
    with pytest.raises(NoPayload, match="no payload 'usual'"):
        read_payload(session, "churn", "usual")


@pytest.mark.parametrize(
    ("name", "payload", "words"),
    [("../../x", b"{}", "no name"), ("Usual", b"{}", "no name"), ("a", b"{,}", "no JSON"),
     ("a", b" " * 2_000_000, "larger"), ("a", b"[" * 90 + b"]" * 90, "deeper")],
)  # fmt: skip
def test_what_is_no_payload_is_not_kept(session: Session, name: str, payload: bytes, words: str) -> None:
    with pytest.raises(NoPayload, match=words):
        keep_payload(session, "churn", name, payload)
    assert payloads_of(session, "churn") == []


def test_so_many_payloads_are_kept_and_no_more(session: Session, tmp_path: Path) -> None:
    for number in range(MOST):
        keep_payload(session, "churn", f"p{number}", b"{}")
    keep_payload(session, "churn", "p0", b"[1]")
    with pytest.raises(NoPayload, match="delete one first"):
        keep_payload(session, "churn", "another", b"{}")
    with pytest.raises(NoPayload, match=r"missing\.json cannot be used"):
        payload_in(str(tmp_path / "missing.json"))


def test_an_editor_leaves_the_payload_or_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", "sed -i s/1/2/")
    assert in_editor(b"[1]") == b"[2]"
    monkeypatch.setenv("EDITOR", "false")
    assert in_editor(b"[1]") == "false ended with 1, so nothing is kept."
    monkeypatch.setenv("EDITOR", str(tmp_path / "nowhere"))
    assert "cannot be used: No such file" in str(in_editor(b"[1]"))


def row(endpoint: str, name: str) -> Row:
    record = DeploymentRow(id=f"{endpoint}/{name}", endpoint=endpoint, name=name)
    return Row(record.id, record, None)


def test_calls_are_off_until_somebody_switches_them_on(session: Session) -> None:
    pair = Errand(DEPLOYMENTS, PROD, (row("churn", "blue"), row("churn", "green")))
    assert called_by(pair) == ("churn", ("blue", "green"))
    (offered,) = choices(pair, {}, why_not(session))
    assert (line_text(offered.line), offered.why_not) == ("Test call, blue against green", None)
    session.has_test_calls = False
    (refused,) = choices(pair, {}, why_not(session))
    assert "test_calls = true in the settings" in (refused.why_not or "")
    mixed = Errand(DEPLOYMENTS, PROD, (row("churn", "blue"), row("embed", "blue")))
    assert "different endpoints" in (choices(mixed, {}, None)[0].why_not or "")


def answer(deployment: str, status: int, body: bytes) -> Outcome:
    scored = Scored(deployment=deployment, status=status, at=NOW, seconds=0.041, first_byte=0.04, request_id="r" * 36,
                    answered_by=deployment, body=body)  # fmt: skip
    return Outcome(deployment=deployment, scored=scored)


def test_answers_stand_beside_each_other_with_what_differs_marked() -> None:
    pair = [answer("blue", 200, b'{"score": 0.1, "a": "\\u001b]0;x"}'), answer("green", 200, b'{"score": 0.2, "a": 1}')]
    for width in (76, 156):
        lines = outcome_lines(pair, width)
        assert max(map(line_width, lines)) <= width
        text = "\n".join(map(line_text, lines))
        assert "\x1b" not in text
        assert "2 of 2 fields of the answers differ" in text
        assert "≠ score" in text
    failed = [pair[0], answer("green", 424, b"raised"), Outcome(deployment="red", problem="Nobody answered.")]
    text = "\n".join(map(line_text, outcome_lines(failed, 100, is_ascii=True)))
    assert "x 424" in text
    assert "Nobody answered." in text
    assert "differ" not in text


def test_the_command_sends_only_when_it_is_meant(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMLDECK_CONFIG", str(tmp_path / "config"))
    command = Command(tmp_path / "cache", capsys)
    file = tmp_path / "payload.json"
    file.write_text('{"data": [[1], [2]]}')
    asked = ("--demo", "--scenario", "bad-deployment", "test-call", "churn", "-w", "ml-prod")
    assert "--payload names one" in command(*asked).err
    careful = command(*asked, "--payload", str(file))
    assert (careful.code, careful.out) == (2, "")
    assert "Nothing was sent: --yes sends it" in careful.err
    said = command(*asked, "--payload", str(file), "-d", "blue", "--yes", "--json")
    assert said.code == 0, said.err
    (called,) = json.loads(said.out)["calls"]
    assert (called["status"], called["answered_by"], len(called["answer"]["predictions"])) == (200, "blue", 2)
    missing = command(*asked, "--payload", str(file), "-d", "violet", "--yes")
    assert (missing.code, "✗ 404" in missing.out) == (4, True)
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_text('[workspaces."ml-prod"]\nread_only = true\n')
    pinned = command(*asked, "--payload", str(file), "--yes")
    assert (pinned.code, "pinned read-only" in pinned.err) == (1, True)
