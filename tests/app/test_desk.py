"""What the deck knows of its sources, whatever order the news comes in."""

from dataclasses import replace
from pathlib import Path

from app.desk import Desk
from app.refresh import Refresher
from app.source_state import Refreshed
from tests.journeys.stage import session_of


def test_an_answer_that_is_older_than_an_event_does_not_undo_it(tmp_path: Path) -> None:
    session = session_of(tmp_path, None)
    desk = Desk(session, Refresher(session))
    asked, heard = {name: replace(state, is_reading=True) for name, state in desk.states.items()}, desk.heard
    done = replace(asked["workspaces"], is_reading=False, last_ok=session.now())
    desk.take(Refreshed("workspaces", (), done))
    desk.look_again(asked, heard)
    assert desk.states["workspaces"] == done
    assert desk.states["runs"].is_reading
    desk.look_again(asked, desk.heard)
    assert desk.states["workspaces"].is_reading
    session.close()
