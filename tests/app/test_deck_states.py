"""Every state has a sentence: what is the case, why, and which key helps."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app import freshness, states
from app.chrome import progress_line
from app.freshness import ages, badge, offline_since, pane_age, sources_of
from app.key_map import DEFAULT
from app.panes import PANES
from app.refusals import request_text, role_for
from app.source_state import Problem, ProblemKind, SourceState
from app.standing import standing
from app.states import card
from widgets.lines import line_text
from widgets.pane import Line, Look, Pane
from widgets.safe import plain

NOW = datetime(2026, 11, 21, 14, 2, tzinfo=UTC)
LOOK = Look(now=NOW)
BY_NAME: dict[str, Pane[Any]] = {pane.name: pane for pane in PANES}


def source(
    name: str, *, age: float | None = 9, kind: ProblemKind | None = None, said: str = "", **more: Any
) -> SourceState:
    problem = Problem(kind, said or f"{name} failed.", NOW - timedelta(hours=3, minutes=12)) if kind else None
    return SourceState(
        name=name,
        title=name.title(),
        stale_after=60,
        last_ok=None if age is None else NOW - timedelta(seconds=age),
        last_try=NOW - timedelta(seconds=12),
        problem=problem,
        **more,
    )


def all_of(*given: SourceState) -> dict[str, SourceState]:
    return {state.name: state for state in given}


def texts(lines: list[Line] | tuple[Line, ...]) -> str:
    return "\n".join(line_text(line) for line in lines)


def live(pane: str, known: dict[str, SourceState], **more: bool) -> str:
    return line_text(badge(BY_NAME[pane], known, LOOK, **{"has_refresher": True, "is_paused": False, **more}))


def test_fresh_sources_are_live() -> None:
    assert live("runs", all_of(source("runs"))) == "● live"


def test_offline_is_when_nothing_answers_and_says_for_how_long() -> None:
    known = all_of(
        source("runs", age=12_000, kind="offline"),
        source("costs", age=20_000),
        source("rows", is_derived=True),
    )

    assert live("runs", known) == "■ offline 3h 12m"
    assert offline_since(known) == NOW - timedelta(hours=3, minutes=12)


def test_one_unreachable_service_does_not_make_the_deck_offline() -> None:
    known = all_of(source("runs", kind="offline"), source("compute"))

    assert live("compute", known) == "● live"
    left, _ = standing(sources_of(BY_NAME["runs"], known), known, LOOK)
    assert line_text(left).startswith("▲ runs offline")


def test_only_the_throttled_pane_says_so() -> None:
    known = all_of(source("costs", kind="throttled"), source("runs"))

    assert live("costs", known) == "▲ throttled"
    assert live("runs", known) == "● live"


def test_signed_out_goes_before_everything() -> None:
    everywhere = Problem("signed out", "Nobody is signed in; run `az login`.", NOW, is_everywhere=True)
    known = all_of(replace(source("runs"), problem=everywhere), source("compute", kind="offline"))

    assert live("runs", known) == "✗ signed out"
    left, _ = standing(sources_of(BY_NAME["costs"], known), known, LOOK)
    assert line_text(left) == "▲ signed out  Nobody is signed in; run `az login`."


def test_a_refused_token_is_not_called_nobody() -> None:
    def said(is_everywhere: bool) -> str:
        problem = Problem("signed out", "The token has expired.", NOW, is_everywhere=is_everywhere)
        shown = card(BY_NAME["costs"], all_of(replace(source("costs"), problem=problem)), None, LOOK)
        assert shown is not None
        return repr(shown)

    assert "Nobody is signed in" in said(True)
    assert "Azure does not accept this sign-in" in said(False)


def test_started_offline_is_offline_without_a_time() -> None:
    assert live("runs", {}, has_refresher=False) == "■ offline"


def test_late_ages_are_marked_and_ages_being_read_end_in_an_ellipsis() -> None:
    known = all_of(source("runs", age=12, is_reading=True), source("costs", age=6 * 3600))

    assert [(age.name, age.text, age.is_late) for age in ages(known, NOW)] == [
        ("runs", "12s…", False),
        ("costs", "~6h", True),
    ]


def test_a_pane_has_the_age_of_the_source_it_is_about() -> None:
    known = all_of(source("experiments", age=500), source("runs", age=9))
    age = pane_age(BY_NAME["runs"], known, NOW)

    assert age is not None
    assert age.text == "9s"
    assert freshness.main_source(BY_NAME["experiments"], known) == known["experiments"]


def test_a_pane_whose_rows_are_not_made_yet_is_not_called_empty() -> None:
    read, made = source("compute", age=9), replace(source("compute_rows"), is_derived=True)
    assert freshness.is_unread(BY_NAME["compute"], all_of(read, replace(made, last_ok=None)))
    assert not freshness.is_unread(BY_NAME["compute"], all_of(read, made))
    assert freshness.is_unread(BY_NAME["compute"], all_of(replace(read, last_ok=None), made))


def test_the_notice_names_cause_and_next_try() -> None:
    known = all_of(
        replace(
            source("runs", age=12_000, kind="offline", said="Network unreachable."), next_try=NOW + timedelta(minutes=3)
        )
    )
    left, right = standing(sources_of(BY_NAME["runs"], known), known, LOOK)

    assert line_text(left) == "▲ offline since 10:50Z  next try 14:05Z: Network unreachable"
    assert line_text(right) == "r try now"


def test_sync_tells_the_trouble_of_any_source() -> None:
    known = all_of(source("runs"), replace(source("costs", kind="throttled"), next_try=NOW + timedelta(minutes=3)))
    left, right = standing(sources_of(BY_NAME["sources"], known), known, LOOK)

    assert line_text(left) == "▲ costs throttled  next try 14:05Z"
    assert line_text(right) == "p pause"


@pytest.mark.parametrize("pane", PANES, ids=lambda pane: pane.name)
def test_no_pane_is_ever_blank(pane: Pane[Any]) -> None:
    main = source(pane.name)

    assert "loading" in texts(states.loading(pane, replace(main, progress=1200)))
    assert DEFAULT.said(pane.empty).split(".")[0] in texts(states.empty(pane, main, plain("ml-prod"), LOOK))
    assert "never" not in texts(states.unread(pane, None, has_refresher=True, is_paused=False))
    assert "offline" in texts(states.unread(pane, None, has_refresher=False, is_paused=False))
    assert "p" in texts(states.unread(pane, None, has_refresher=True, is_paused=True))


def test_loading_counts() -> None:
    assert "loading runs 1,200…" in texts(states.loading(BY_NAME["runs"], source("runs", progress=1200)))


def test_an_empty_pane_says_where_when_and_what_would_fill_it() -> None:
    text = texts(states.empty(BY_NAME["runs"], source("runs", age=12), plain("ml-prod"), LOOK))

    assert "No runs in ml-prod" in text
    assert "Last checked 12s ago." in text


def test_a_filter_that_matches_nothing_counts_what_each_condition_costs() -> None:
    drops = states.ranked(
        [
            states.Without(plain("!debug"), "status:failed", 0),
            states.Without(plain("metric.auc>0.99"), "x", 17),
            states.Without(plain("created<7d"), "y", None),
        ]
    )
    lines = states.no_match(BY_NAME["runs"], drops, 41208, LOOK)
    text = texts(lines)

    assert "No run matches all three conditions" in text
    assert "0 of 41,208, every one of them searched" in text
    assert [line.split()[1] for line in text.splitlines() if line[:1].isdigit() and "of" not in line] == [
        "metric.auc>0.99",
        "!debug",
        "created<7d",
    ]
    assert "━" * 20 in text


@pytest.mark.parametrize(
    ("filling", "said"),
    [
        (source("values", age=None), "Values were never read: what is asked of them nobody knows yet"),
        (source("values", is_reading=True, done=1204, total=2765), "Values are still being read: 1,204 of 2,765"),
        (source("values", is_reading=True, done=2765, total=2765), ""),
        (source("values"), ""),
    ],
)
def test_a_filter_that_matches_nothing_says_what_is_not_known_yet(filling: SourceState, said: str) -> None:
    drops = [states.Without(plain("metric.auc>0.99"), "", 17)]
    lines = states.no_match(BY_NAME["runs"], drops, 41208, LOOK, filling=[filling])

    assert line_text(lines[2]) == said


def test_a_refusal_names_action_scope_role_and_who() -> None:
    said = (
        "The client 'x' does not have authorization to perform action 'Microsoft.CostManagement/query/action'"
        " over scope '/subscriptions/0000/resourceGroups/rg-ml-prod'; ask an owner."
    )
    state = source("costs", age=None, kind="forbidden", said=said)
    card = states.card(BY_NAME["costs"], all_of(state), "ana@contoso.com", LOOK)

    assert card is not None
    assert line_text(card.title) == "Costs  forbidden"
    assert line_text(card.right) == "checked 12s"
    body = texts(card.body)
    for words in (
        "You may not read costs here",
        "refused this for ana@contoso.com",
        "Microsoft.CostManagement/query/action",
        "resource group rg-ml-prod",
        "Cost Management Reader would allow it",
    ):
        assert words in body
    assert state.problem is not None
    request = request_text(BY_NAME["costs"], state.problem, "ana@contoso.com", None)
    assert "ana@contoso.com" in request
    assert "/subscriptions/0000/resourceGroups/rg-ml-prod" in request


def test_a_refusal_without_an_action_still_says_what_azure_said() -> None:
    state = source("costs", age=None, kind="forbidden", said="Access denied by policy.")
    card = states.card(BY_NAME["costs"], all_of(state), None, LOOK)

    assert card is not None
    assert "Access denied by policy." in texts(card.body)


def test_roles_fit_the_action() -> None:
    assert role_for("microsoft.machinelearningservices/workspaces/jobs/read") == "Reader"
    assert role_for("microsoft.machinelearningservices/workspaces/jobs/cancel/action") == "AzureML Data Scientist"
    assert role_for("Microsoft.Something/else/read") == "Reader"


@pytest.mark.parametrize("kind", ["offline", "throttled", "signed out", "broken", "malformed", "cache", "waiting"])
def test_every_obstacle_has_a_card_with_a_way_on(kind: ProblemKind) -> None:
    card = states.card(BY_NAME["runs"], all_of(source("runs", age=None, kind=kind)), None, LOOK)

    assert card is not None
    assert "try now" in texts(card.body)


def test_hostile_sentences_are_made_safe() -> None:
    card = states.card(
        BY_NAME["runs"], all_of(source("runs", age=None, kind="broken", said="bad\x1b]52;c;QQ\x07[/]")), None, LOOK
    )

    assert card is not None
    assert "\x1b" not in texts(card.body)


def test_how_far_a_read_has_come_names_it_where_several_may_be_under_way() -> None:
    under_way = source("signals", is_reading=True, progress=58)
    assert line_text(progress_line(under_way)) == "58… read"
    assert line_text(progress_line(under_way, is_named=True)) == "signals: 58… read"
    assert not progress_line(source("signals"), is_named=True)
