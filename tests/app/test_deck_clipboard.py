"""Copying says what, how much and by which route."""

import base64
import stat
from pathlib import Path

import pytest

from app.clipboard import OSC52_BYTES, copy, osc52
from widgets.safe import Safe, plain

XTERM = {"TERM": "xterm-256color"}


@pytest.fixture
def no_tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    return tmp_path


def test_the_terminal_gets_the_text_as_osc_52() -> None:
    written: list[str] = []
    copied = copy(plain("brave-elk-922"), written.append, XTERM)

    assert written == [f"\x1b]52;c;{base64.b64encode(b'brave-elk-922').decode()}\a"]
    assert (copied.size, copied.route, copied.path) == ("13 B", "by the terminal (OSC 52)", None)


def test_text_past_the_cap_is_not_sent_to_the_terminal(no_tools: Path) -> None:
    assert osc52(Safe("x" * OSC52_BYTES)) is not None
    assert osc52(Safe("x" * (OSC52_BYTES + 1))) is None

    written: list[str] = []
    copied = copy(Safe("x" * (OSC52_BYTES + 1)), written.append, XTERM)

    assert written == []
    assert copied.path is not None
    assert copied.path.read_text() == "x" * (OSC52_BYTES + 1)


def test_a_file_of_last_resort_is_private(no_tools: Path) -> None:
    copied = copy(plain("secret-ish"), None, XTERM)

    assert copied.path is not None
    assert stat.S_IMODE(copied.path.stat().st_mode) == 0o600
    assert str(copied.path) in copied.route


def test_a_terminal_known_to_ignore_osc_52_gets_the_native_tool(no_tools: Path) -> None:
    tool = no_tools / "wl-copy"
    tool.write_text(f"#!/bin/sh\n/bin/cat > {no_tools}/clipboard\n")
    tool.chmod(0o755)
    written: list[str] = []

    copied = copy(plain("abc"), written.append, {"TERM": "linux"})

    assert (written, copied.route) == ([], "with wl-copy")
    assert (no_tools / "clipboard").read_text() == "abc"


def test_a_tool_that_fails_falls_through_to_the_file(no_tools: Path) -> None:
    tool = no_tools / "xclip"
    tool.write_text("#!/bin/sh\nexit 1\n")
    tool.chmod(0o755)

    assert copy(plain("abc"), None, XTERM).path is not None
