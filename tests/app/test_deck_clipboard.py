"""Copying says what, how much and by which route."""

import base64
import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from socket import gethostname

import pytest

from app.clipboard import OSC52_BYTES, copy, osc52
from tests.terminal.harness import Terminal
from widgets.safe import Safe, plain

XTERM = {"TERM": "xterm-256color"}
SSH = {**XTERM, "SSH_CONNECTION": "10.0.0.1 50000 10.0.0.2 22"}


@pytest.fixture
def no_tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    return tmp_path


def program(folder: Path, name: str, does: str) -> None:
    """A program of another's name on the path."""
    made = folder / name
    made.write_text(f"#!/bin/sh\n{does}\n")
    made.chmod(0o755)


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
    program(no_tools, "wl-copy", f"/bin/cat > {no_tools}/clipboard")
    written: list[str] = []

    copied = copy(plain("abc"), written.append, {"TERM": "linux"})

    assert (written, copied.route) == ([], "with wl-copy")
    assert (no_tools / "clipboard").read_text() == "abc"


def test_a_tool_that_fails_falls_through_to_the_file(no_tools: Path) -> None:
    program(no_tools, "xclip", "exit 1")

    assert copy(plain("abc"), None, XTERM).path is not None


def test_over_ssh_the_host_is_named_that_has_the_clipboard_or_the_file(no_tools: Path) -> None:
    copied = copy(plain("abc"), None, SSH)
    assert copied.route == f"into {gethostname()}:{copied.path}"
    program(no_tools, "xsel", f"/bin/cat > {no_tools}/clipboard")
    assert copy(plain("abc"), None, SSH).route == f"with xsel on {gethostname()}"
    written: list[str] = []
    assert copy(plain("abc"), written.append, SSH).route == "by the terminal (OSC 52)"


def test_the_clipboard_of_windows_gets_utf_16_with_its_mark(no_tools: Path) -> None:
    program(no_tools, "clip.exe", f"/bin/cat > {no_tools}/clipboard")
    assert copy(Safe("Zürich ∞ 🚀"), None, XTERM).route == "with clip.exe"
    assert (no_tools / "clipboard").read_bytes() == b"\xff\xfe" + "Zürich ∞ 🚀".encode("utf-16-le")


@pytest.mark.parametrize("around", [{"TMUX": "/tmp/none,1,0"}, {"STY": "1.pts"}])
def test_what_may_keep_osc_52_back_gets_none_and_is_said_beside_the_file(
    no_tools: Path, around: dict[str, str]
) -> None:
    written: list[str] = []
    copied = copy(plain("abc"), written.append, {**XTERM, **around})
    assert written == []
    assert copied.path is not None
    assert copied.path.read_text() == "abc"
    name = "tmux" if "TMUX" in around else "screen"
    assert copied.route == f"into {copied.path}; {name} may keep OSC 52 back"


def test_a_tmux_that_cannot_hand_on_what_it_holds_says_so(no_tools: Path) -> None:
    program(no_tools, "tmux", f'[ "$2" = - ] || exit 1\n/bin/cat > {no_tools}/buffer')
    copied = copy(plain("abc"), None, {**SSH, "TMUX": "/tmp/none,1,0"})
    assert copied.route == f"by tmux on {gethostname()}: in its buffer, not the clipboard"
    assert (no_tools / "buffer").read_text() == "abc"


# A name of its own: tmux names a window after the program it happens to find running there, first the shell.
SLEEPING = ["new-session", "-d", "-n", "asleep", "sleep 60"]


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[list[str]]:
    """A tmux of its own that lets nobody through, with a window of a fixed name that sleeps; how it is called."""
    conf = tmp_path / "tmux.conf"
    conf.write_text("set -g set-clipboard off\nset -g default-terminal screen-256color\n")
    call = ["tmux", "-S", str(tmp_path / "socket"), "-f", str(conf)]
    subprocess.run([*call, *SLEEPING], check=True, timeout=20, env={**os.environ, **XTERM})
    yield call
    subprocess.run([*call, "kill-server"], check=False, timeout=20)


@pytest.mark.pty
@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_a_real_tmux_that_lets_no_osc_52_through_hands_on_what_it_is_asked_to(tmux: list[str]) -> None:
    words = ["display-message", "-p", "#{socket_path},#{pid},0"]
    known = subprocess.run([*tmux, *words], check=True, timeout=20, capture_output=True, text=True).stdout.strip()
    with Terminal([*tmux, "attach"], env=XTERM) as terminal:
        terminal.wait_for("0:asleep")
        copied = copy(plain("brave-elk-922"), None, {**XTERM, "TMUX": known, "PATH": os.environ["PATH"]})
        assert copied.route == "by tmux: in its buffer, perhaps the clipboard"
        sequence = b"]52;;" + base64.b64encode(b"brave-elk-922")
        terminal.wait_until(lambda: sequence in b"".join(chunk for _, chunk in terminal.chunks))
    shown = subprocess.run([*tmux, "show-buffer"], check=True, timeout=20, capture_output=True, text=True).stdout
    assert shown == "brave-elk-922"
