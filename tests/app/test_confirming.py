"""What a confirmation and the notice after it say of several changes at once."""

from datetime import UTC, datetime

import msgspec
from textual.events import Key
from textual.widgets import Static

from app.confirming import proposal_of
from app.doing.carrying import followed_up
from app.panes.runs import RUNS, head
from app.screens.confirm import Confirm, Confirmation
from services.calls import Call
from services.change import Change, Row
from services.run import Run
from tests.widgets.chrome import Bench
from widgets.confirm import Proposal, proposal_lines
from widgets.lines import line_text
from widgets.pane import Look
from widgets.safe import plain


def tagged(name: str, team: str) -> Change:
    rows = (Row("team", team, "risk"), Row("note", "-", "two words"))
    call = Call(url="https://management.azure.com/w", method="PATCH", api_version="1")
    return Change(verb="tag", workspace="/w", target=f"/w/jobs/{name}", name=name, what=f"set team and note of {name}",
                  rows=rows, call=call, az="az ml job update", seen="")  # fmt: skip


def test_of_several_changes_every_value_is_shown_now_and_after() -> None:
    proposal = proposal_of((tagged("a-1", "growth"), tagged("b-2", "")), "runs")
    shown = [line_text(line) for line in proposal_lines(proposal, 64)]
    assert shown[0].strip() == "2 runs"
    assert [" ".join(line.split()) for line in shown[1:5]] == [
        "a-1 team growth → risk",
        "a-1 note - → two words",
        "b-2 team → risk",
        "b-2 note - → two words",
    ]


def test_what_was_followed_up_is_told_with_how_it_ended() -> None:
    assert followed_up(["done"]) == "1 earlier change was followed up: done; :intents has it."
    said = followed_up(["done", "unknown", "done", "running"])
    assert said == (
        "4 earlier changes were followed up: 2 done, 1 of unknown outcome, 1 still under way; :intents has them."
    )


def test_a_run_that_was_archived_says_so_in_the_list_and_at_the_head_of_its_detail() -> None:
    run, look = Run(id="r", name="calm-fox", status="Completed"), Look(datetime(2026, 11, 20, tzinfo=UTC))
    hidden = msgspec.structs.replace(run, is_archived=True)
    column = next(one for one in RUNS.columns if one.title == "run")
    assert line_text(column.cell(hidden, look)) == "calm-fox  archived"
    assert line_text(column.cell(run, look)) == "calm-fox"
    assert "archived" in line_text(head(hidden, look))
    assert "archived" not in line_text(head(run, look))


async def test_enter_right_behind_the_typed_name_confirms() -> None:
    bench, answers = Bench(Static()), list[bool | None]()
    asked = Confirmation(title=plain("Stop"), where=plain("ml"), word=plain("stop"), proposal=Proposal(plain("ci-ana")),
                         why_locked=lambda: None, copy=lambda text, name: None, az=plain(""), rest=plain(""),
                         typed="ana", asks=plain("Type the name"))  # fmt: skip
    async with bench.run_test(size=(80, 24)) as pilot:
        bench.push_screen(Confirm(asked), answers.append)
        await pilot.pause()
        for key in ("a", "n", "enter", "a", "enter"):
            bench.post_message(Key(key, key if len(key) == 1 else None))
        await pilot.pause()
    assert answers == [True]
