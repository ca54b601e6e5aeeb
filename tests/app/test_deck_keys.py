"""The key table: every action can be done, every key means one thing, and the footer shows only what works."""

from importlib import import_module

import pytest

from app.doing import DO
from app.doing.keys import bindings
from app.foot import footer
from app.here import Here
from app.key_map import DEFAULT, TWICE
from app.keys import ACTIONS, BY_ID, why_not
from app.panes import PANES
from widgets.table_keys import TABLE_KEYS

BY_NAME = {pane.name: pane for pane in PANES}
RUNS = BY_NAME["runs"]


def test_every_action_is_done_by_a_function_and_every_function_has_an_action() -> None:
    assert set(DO) == set(BY_ID)
    for place in DO.values():
        module, _, name = place.partition(".")
        assert callable(getattr(import_module(f"app.doing.{module}"), name))


def test_no_key_means_two_things_but_the_one_that_snoozes_where_nothing_can_be_taken_back() -> None:
    keys = [key for action in ACTIONS for key in action.keys if action.id != "snooze"]
    assert len(keys) == len(set(keys))
    assert BY_ID["snooze"].keys == BY_ID["undo"].keys == ("z",)
    for pane in PANES:
        here = Here(pane=pane, has_row=True, row_count=1)
        assert why_not("snooze", here) is not None or why_not("undo", here) is not None


@pytest.mark.parametrize("pane", PANES, ids=lambda pane: pane.name)
def test_a_panes_own_keys_are_free(pane) -> None:
    taken = {key for action in ACTIONS for key in action.keys} - {"enter"}
    moves = {"j", "k", "g", "G", "H", "L", "N", "n"} - {"N", "n"}
    own = [drill.key for drill in pane.drills]

    assert not taken & set(own)
    assert not moves & set(own)
    assert len(own) == len(set(own))
    assert all(not key.isdigit() for key in own)


def test_keys_of_the_table_are_the_ones_the_table_answers() -> None:
    answered = {one.id: one.keys for one in TABLE_KEYS}
    for action in ACTIONS:
        if action.is_table:
            assert action.keys == answered[action.id]


def test_no_key_needs_what_terminals_and_multiplexers_keep_for_themselves() -> None:
    kept = {"ctrl+a", "ctrl+b", "ctrl+space", "ctrl+@", "alt+enter", "ctrl+s", "ctrl+["}
    assert not kept & {key for action in ACTIONS for key in action.keys}


def test_the_deck_binds_every_action_key_digit_and_drill() -> None:
    bound = {str(getattr(binding, "key", "")) for binding in bindings()}
    wanted = {key for action in ACTIONS if not action.is_table and not action.is_typed for key in action.keys} - {TWICE}
    assert wanted | set("0123456789") | {"E", "K"} <= bound


def words(here: Here) -> list[str]:
    return [f"{hint.key} {hint.word}" for hint in footer(here)]


def test_the_footer_begins_with_the_panes_own_word_for_enter() -> None:
    here = Here(pane=RUNS, has_row=True, row_count=5, has_document=True, has_studio=True, has_arm_id=True)
    assert words(here)[:4] == ["enter look into", "space mark", "a actions", "/ filter"]
    assert "E experiment" in words(here)
    assert "o studio" in words(here)


def test_without_a_row_the_footer_offers_nothing_that_needs_one() -> None:
    shown = words(Here(pane=RUNS, row_count=0))
    assert not {"space mark", "y copy", "d detail", "v raw", "e export"} & set(shown)
    assert "/ filter" in shown


def test_actions_are_offered_where_something_can_be_done() -> None:
    assert "a actions" in words(Here(pane=RUNS, has_row=True, row_count=5))
    assert "a actions" in words(Here(pane=RUNS, row_count=5, marked=2))
    assert "a actions" not in words(Here(pane=RUNS, row_count=0))
    assert "a actions" not in words(Here(pane=BY_NAME["quotas"], has_row=True, row_count=5))
    assert "a actions" in words(Here(pane=BY_NAME["quotas"], has_row=True, row_count=5, has_commands=True))
    assert why_not("undo", Here(pane=BY_NAME["quotas"], has_row=True)) == "Nothing here can be changed from amldeck."


def test_writing_is_locked_only_while_it_is_unlocked() -> None:
    assert why_not("ro", Here(pane=RUNS)) == "This is read-only already."
    assert why_not("ro", Here(pane=RUNS, is_writing=True)) is None


def test_escape_leaves_a_plan_that_is_being_made_also_at_the_top() -> None:
    assert why_not("escape", Here(pane=RUNS, is_planning=True)) is None


def test_escape_leaves_the_detail_also_at_the_top() -> None:
    assert why_not("escape", Here(pane=RUNS, is_detail=True)) is None
    assert why_not("escape", Here(pane=RUNS, is_in_detail=True)) is None


def test_escape_is_offered_where_it_does_something() -> None:
    assert "esc back" in words(Here(pane=RUNS, depth=1))
    assert "esc clear" in words(Here(pane=RUNS, is_filtered=True, has_own_filter=True))
    assert not any(word.startswith("esc") for word in words(Here(pane=RUNS, is_filtered=True)))
    assert DEFAULT.said(why_not("escape", Here(pane=RUNS)) or "") == "This is the top; q quits."


def test_offline_nothing_is_offered_that_fetches() -> None:
    shown = words(Here(pane=RUNS, has_refresher=False))
    assert not any(word.endswith(("refresh", "pause")) for word in shown)


def test_sync_offers_what_changes_freshness_first() -> None:
    shown = words(Here(pane=BY_NAME["sources"], has_row=True, row_count=18))
    assert shown[0] == "enter detail"
    assert "d detail" not in shown
    assert {"r refresh", "p pause"} <= set(shown[:4])


def test_a_refused_pane_offers_the_request() -> None:
    shown = words(Here(pane=BY_NAME["costs"], is_refused=True, depth=1))
    assert shown == ["y copy request", "r try again", "esc back"]


def test_conditions_can_be_dropped_by_digits() -> None:
    assert words(Here(pane=RUNS, missing=4, is_filtered=True)) == [
        "esc clear",
        "/ edit",
        "1-4 drop a condition",
        ": command",
    ]
