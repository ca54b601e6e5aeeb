"""Why a pane shows no rows, decided from what is known: filtered away, refused, not read yet, or truly none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app import states
from app.cards import Card
from app.desk import Desk
from app.freshness import filled_by, is_unread, main_source
from app.states import Without
from widgets.pane import Line


@dataclass(frozen=True, slots=True)
class Why:
    """Words under the table's heading, or a card in its place; nothing of both when there are rows.

    `asks_without` is True while it would help to know how many rows match without each condition.
    """

    lines: Sequence[Line] = ()
    card: Card | None = None
    is_refused: bool = False
    asks_without: bool = False


def why_no_rows(
    desk: Desk, query: str, count: int | None, total: int | None, drops: Sequence[Without], *, is_slow: bool = False
) -> Why:
    """What to say in the place of rows. `count` and `total` are None while they are counted: then there is no hurry.

    `is_slow`: they are counted for longer than a blink, and none is known yet.
    """
    pane, look, keys = desk.pane, desk.look, desk.keys
    if count is None and is_slow:
        return Why(states.looking(pane))
    if count is None or count > 0:
        return Why()
    if desk.session.workspace is None and pane.sources:
        return Why(states.homeless(keys, is_online=desk.session.is_online))
    is_narrowed = bool(query) or bool(desk.everywhere and not desk.finder.why_not_everywhere(pane))
    if is_narrowed and total:
        asked = desk.finder.parse(pane, f"{query} {desk.everywhere}").fields
        filling = [desk.states[name] for name in filled_by(pane, asked) if name in desk.states]
        lines = states.no_match(pane, drops, total, look, keys, has_own=bool(query), filling=filling)
        return Why(lines, asks_without=not drops)
    card = states.card(pane, desk.states, desk.account_name, look, keys)
    if card is not None:
        return Why(card=card, is_refused=desk.refusal(pane) is not None)
    main = main_source(pane, desk.states)
    if pane.sources and is_unread(pane, desk.states):
        return Why(states.unread(pane, main, keys, has_refresher=desk.session.is_online, is_paused=desk.is_paused))
    return Why(states.empty(pane, main, desk.workspace_name, look, keys))
