"""The doctor says what works and what does not, and never shows a secret of the environment."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.cli.doctor import clock, network, versions
from tests.app.commanding import Command

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("AMLDECK_CONFIG", str(tmp_path / "config"))
    return Command(tmp_path / "cache", capsys)


@pytest.mark.parametrize(
    ("said", "mark", "words"),
    [
        ("Sat, 21 Nov 2026 12:00:03 GMT", "ok", "3 s from Azure's"),
        ("Sat, 21 Nov 2026 11:40:00 GMT", "bad", "20m ahead of Azure's"),
        ("Sat, 21 Nov 2026 14:00:00 GMT", "bad", "2h 00m behind Azure's"),
        ("yesterday", "note", "names no time"),
        (None, "note", "names no time"),
    ],
)
def test_the_clock_is_compared_with_azures(said: str | None, mark: str, words: str) -> None:
    finding = clock(said, NOW)
    assert finding.mark == mark
    assert words in finding.text


def test_a_proxys_password_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://ana:s3cret@proxy.example:8080")
    text = " ".join(finding.text for finding in network())
    assert "http://proxy.example:8080" in text
    assert "s3cret" not in text


def test_a_bundle_of_certificates_that_is_not_there_is_broken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    (finding,) = (finding for finding in network() if "none.pem" in finding.text)
    assert finding.mark == "bad"


def test_versions_name_python_sqlite_and_textual() -> None:
    assert {"versions", "python", "sqlite"} == {finding.name for finding in versions()}


def test_without_az_the_doctor_says_what_to_do(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    said = command("doctor")
    assert said.code == 1
    assert "az login" in said.out


def test_offline_the_network_is_left_alone(command: Command) -> None:
    said = command("--offline", "doctor")
    assert said.code == 0
    assert "not asked" in said.out


def test_a_broken_settings_file_is_a_finding(command: Command, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_text("theme = ")
    said = command("--offline", "doctor")
    assert said.code == 1
    assert "are not TOML" in said.out


def test_the_keyring_is_named_or_why_there_is_none(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    said = command("--offline", "doctor")
    assert said.code == 0
    assert any(" keyring " in line and "ecrets are kept in" in line for line in said.out.splitlines())
