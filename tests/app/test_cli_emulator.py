"""`amldeck emulator` serves until interrupted, and its options are checked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli.emulator import FaultType
from services.emulator.faults import Fault
from tests.app.commanding import REPOSITORY, Command


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(tmp_path / "cache", capsys)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("503", Fault(status=503)),
        ("429:30", Fault(status=429, retry_after=30.0)),
        ("403@costmanagement", Fault(status=403, match="costmanagement")),
        ("429:1.5@/computes", Fault(status=429, retry_after=1.5, match="/computes")),
    ],
)
def test_a_fault_is_a_status_a_wait_and_a_part_of_the_address(text: str, fault: Fault) -> None:
    assert FaultType().convert(text, None, None) == fault


@pytest.mark.parametrize("text", ["", "abc", "200", "600", "429:soon", "@x"])
def test_what_is_no_fault_is_wrong_usage(text: str, command: Command) -> None:
    from app.__main__ import main

    assert main(["emulator", "--fault", text]) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to another process")
def test_it_serves_until_interrupted_and_leaves_the_port(command: Command) -> None:
    server = subprocess.Popen(
        [sys.executable, "-m", "app", "emulator", "--port", "0", "--runs", "20", "--fault", "403@/models"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=REPOSITORY,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert server.stdout is not None
    url = server.stdout.readline().strip()
    try:
        assert command("--emulator", url, "compute").code == 0
        assert command("--emulator", url, "models").code == 1
    finally:
        server.send_signal(signal.SIGINT)
        try:
            narration = server.communicate(timeout=20)[1]
        finally:
            server.kill()
    assert server.returncode == 130
    assert "Traceback" not in narration
    assert command("--emulator", url, "--fresh", "compute").code == 3


def test_a_port_that_is_taken_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    import socket

    from app.__main__ import main

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert main(["emulator", "--port", str(taken.getsockname()[1])]) == 1
    assert "cannot be used" in capsys.readouterr().err
