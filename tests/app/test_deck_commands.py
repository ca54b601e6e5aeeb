"""What can be typed behind `:`."""

import pytest

from app.commands import Command, NotACommand, complete, parse
from app.panes import PANES


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("runs", Command("pane:runs")),
        ("runs status:failed created<7d", Command("pane:runs", "status:failed created<7d")),
        ("Exps", Command("pane:experiments")),
        ("sync", Command("pane:sources")),
        ("exper", Command("pane:experiments")),
        ("ws ml-prod", Command("ws", "ml-prod")),
        ("ws", Command("workspaces")),
        ("theme light", Command("theme", "light")),
        ("filter auc", Command("filter", "auc")),
        ("filter", Command("filter")),
        ("export json", Command("export", "json")),
        ("copy-menu", Command("copy_menu")),
        ("rw", Command("rw")),
        ("rw 10m", Command("rw", "10m")),
        ("ro", Command("ro")),
        ("q", Command("quit")),
        (" quit ", Command("quit")),
    ],
)
def test_commands(typed: str, meant: Command) -> None:
    assert parse(typed, PANES) == meant


@pytest.mark.parametrize("typed", ["blorp", "theme pink", "", "mo\x1b[2J"])
def test_what_is_no_command_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(NotACommand) as refused:
        parse(typed, PANES)
    assert str(refused.value).endswith(".")
    assert "\x1b" not in str(refused.value)


def test_completion_offers_panes_then_commands_then_values() -> None:
    assert complete("co", PANES, [])[:2] == ["compute", "costs"]
    assert complete("ws ml-r", PANES, ["ml-prod", "ml-research"]) == ["ws ml-research"]
    assert complete("theme ", PANES, []) == ["theme dark", "theme light", "theme mono"]
    assert complete("runs sta", PANES, []) == []
