"""What is sent to a terminal or desktop when something happened; the driver lets that through and nothing like it."""

from __future__ import annotations

import pytest

from app.driver import harmless
from app.ringing import bell, desktop, notification
from tests.hostile import CONTROLS, SEQUENCES
from widgets.safe import safe

XTERM = {"TERM": "xterm-256color"}


@pytest.mark.parametrize("text", [*SEQUENCES, *CONTROLS, "a;b", "4;1;50"], ids=ascii)
@pytest.mark.parametrize("term", ["xterm-256color", "rxvt-unicode"])
def test_no_name_ends_a_notification_or_begins_another(text: str, term: str) -> None:
    sent = notification(safe(f"run {text} failed", 200), {"TERM": term})
    assert sent.startswith(("\x1b]9;amldeck: run ", "\x1b]777;notify;amldeck;run "))
    assert sent.endswith("\a")
    assert all(char.isprintable() for char in sent[1:-1])
    assert harmless(sent) == sent


@pytest.mark.parametrize("sent", ["\x1b]9;4;1;50\a", "\x1b]9;amldeck: x\x9c\a", "\x1b]777;notify;other;x\a"])
def test_the_door_stays_shut_for_other_notifications(sent: str) -> None:
    assert "\x1b]" not in harmless(sent)


@pytest.mark.parametrize("more", [{"TERM": "linux"}, {"TERM": "dumb"}, {**XTERM, "TMUX": "x"}, {**XTERM, "STY": "x"}])
def test_where_no_notification_arrives_only_the_bell_rings(more: dict[str, str]) -> None:
    assert notification(safe("run x failed"), more) == ""
    assert harmless(bell()) == "\a"


def test_a_desktop_gets_arguments_and_no_markup_and_none_where_there_is_no_desktop(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("bin")
    for name in ("notify-send", "osascript"):
        (folder / name).touch(0o755)
    path = {"PATH": str(folder)}
    text = safe("run <b>$(id)</b> failed")
    assert desktop(text, path, "linux") == []
    assert desktop(text, {"DISPLAY": ":0", "PATH": ""}, "linux") == []
    assert desktop(text, {**path, "DISPLAY": ":0"}, "linux")[-1] == "run &lt;b&gt;$(id)&lt;/b&gt; failed"
    assert desktop(text, path, "darwin")[-2:] == ["amldeck", str(text)]
