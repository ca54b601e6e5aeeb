"""The confirmation as lines: nothing of a change is cut, bars, warnings, and names that only look alike."""

import pytest

from widgets.confirm import (
    Difference,
    Proposal,
    Remark,
    escaped,
    is_typed,
    keys_line,
    looks_like_itself,
    proposal_lines,
)
from widgets.lines import line_text, line_width, say
from widgets.safe import plain, safe

SHIFT = Proposal(
    plain("fraud-score"),
    (
        Difference(plain("green"), plain("10 %"), plain("90 %"), 0.9, "series3"),
        Difference(plain("blue"), plain("90 %"), plain("10 %"), 0.1, "series5"),
        Difference(plain("canary"), plain("0 %"), plain("0 %"), 0.0, "series2"),
    ),
    (
        Remark(plain("moves"), plain("about 940 of 1,180 requests a second")),
        Remark(plain("capacity"), plain("green served at most 620/s on 3 instances"), is_warning=True),
    ),
    plain("the same command with the old split"),
    (plain('az ml online-endpoint update -n fraud-score --traffic "blue=10 green=90 canary=0"'),),
)


def texts(one: Proposal, width: int = 64, *, is_ascii: bool = False) -> list[str]:
    return [line_text(line).rstrip() for line in proposal_lines(one, width, is_ascii=is_ascii)]


def test_the_table_says_now_and_after_with_a_bar_for_the_share() -> None:
    head, green, blue, canary, *_ = texts(SHIFT)
    assert head.split() == ["fraud-score", "now", "after"]
    assert green == "green                       10 %  →    90 %   ━━━━━━━━━━━━━━╸─"
    assert blue.split()[:4] == ["blue", "90", "%", "→"]
    assert canary.endswith("0 %   unchanged")
    assert "→" not in canary


def test_labels_stand_in_one_column_and_a_warning_has_its_sign() -> None:
    shown = texts(SHIFT)
    assert "capacity  ▲ green served at most 620/s on 3 instances" in shown
    assert "undo      the same command with the old split" in shown


def test_a_command_is_wrapped_under_itself_and_never_cut() -> None:
    shown = texts(SHIFT)
    at = next(index for index, line in enumerate(shown) if line.startswith("command"))
    assert shown[at] == "command   az ml online-endpoint update -n fraud-score --traffic"
    assert shown[at + 1] == '            "blue=10 green=90 canary=0"'


@pytest.mark.parametrize("width", [20, 34, 54, 64])
def test_no_line_is_wider_than_there_is_room(width: int) -> None:
    assert all(line_width(line) <= width for line in proposal_lines(SHIFT, width))


def test_values_too_long_for_the_columns_are_written_out_in_full() -> None:
    value = "w" * 150
    shown = texts(Proposal(plain("calm-fox"), (Difference(plain("note"), plain("–"), safe(value)),)))
    assert "".join(line.strip() for line in shown).count("w") == 150
    assert not any("…" in line for line in shown)


def test_in_ascii_there_is_no_other_sign() -> None:
    assert all(line.isascii() for line in texts(SHIFT, is_ascii=True))


def test_an_id_is_shown_where_the_name_could_be_another() -> None:
    shown = texts(Proposal(safe("frаud"), id=escaped("/endpoints/frаud")))
    assert "id        /endpoints/fr⟨U+0430⟩ud" in shown


@pytest.mark.parametrize("name", ["fra\u0443d", "fraud\u200b", "e\u0301", "\u202efraud"])
def test_a_name_that_can_be_mistaken_is_spelled_out(name: str) -> None:
    assert not looks_like_itself(name)
    assert escaped(name).isascii() is False
    assert "⟨U+" in escaped(name)


@pytest.mark.parametrize(
    ("typed", "name"),
    [("fraud-scor", "fraud-score"), ("Fraud-score", "fraud-score"), ("fraud-score ", "fraud-score"),
     ("fr\u0430ud", "fraud"), ("e\u0301", "\u00e9"), ("", ""), ("⟨U+200B⟩x", "\u200bx")],
)  # fmt: skip
def test_only_the_very_same_bytes_confirm(typed: str, name: str) -> None:
    assert not is_typed(typed, name)


def test_the_name_confirms() -> None:
    assert is_typed("fraud-score", "fraud-score")


def test_the_way_out_gives_way_before_the_write_is_cut() -> None:
    ways = (say(plain("esc leave it as it is")), say(plain("esc leave")))
    short = keys_line(say(plain("enter shift")), ways, 64)
    assert line_text(short) == "enter shift".ljust(43) + "esc leave it as it is"
    long = line_text(keys_line(say(plain("enter take it back, once the name is complete")), ways, 64))
    assert long == "enter take it back, once the name is complete".ljust(55) + "esc leave"
