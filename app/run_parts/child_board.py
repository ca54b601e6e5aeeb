"""Trials as a board: the best first, the parameters that vary, and how the best so far rose."""

from __future__ import annotations

from app.estimate_words import estimate_cell
from app.family import Family, Trial, board, differing, is_smaller_better, metric_of, rises
from app.panes.runs import ran
from app.run_parts.child_tree import COST, counts_line
from app.words import run_state, state_cell
from services.estimates import cost_of
from widgets import format as fmt
from widgets.lines import NO_LINE, say, spaced, titled
from widgets.outline import Drawn, Item, columns
from widgets.pane import Line, Look, Span
from widgets.safe import Safe, cell_width, plain, safe
from widgets.spark import spark

RANK, STATE, RAN, VALUE = 3, 14, 7, 10
PARAM = (6, 18)
"""Cells of a parameter's column, least and most."""
LEAST = 9
"""Cells a longer parameter may be cut to where there is no more room."""
CURVE = 24


def board_drawn(family: Family, look: Look, width: int, *, has_curve: bool = False, unread: int = 0) -> Drawn:
    """The whole board for one width. `has_curve`: the best so far is a chart beside it, and no line of its own.

    `unread` says of how many trials the values were not read yet.
    """
    trials = board(family.top, family.own)
    metric = metric_of(family.top, family.own)
    varying = differing(family.own)
    name = min(28, max(8, *(cell_width(safe(trial.run.name)) for trial in trials)))
    given = [_param_width(one, trials) for one in varying]
    cost = COST if any(trial.run.cost is not None for trial in trials) else 0
    room = width - sum(one + 2 for one in (RANK, STATE, name, VALUE, RAN, cost) if one)
    shown: list[int] = []
    for cells in given:
        fits = min(cells, room - 2)
        shown.append(fits if fits >= min(cells, LEAST) else 0)
        room -= shown[-1] + 2 if shown[-1] else 0
    widths = (RANK, STATE, name, VALUE, *shown, RAN, cost)
    rights = (True, False, False, True, *(True for _ in shown), True, True)
    heads = ["#", "status", "trial", metric or "metric", *varying, "ran", "cost $"]
    items = tuple(Item(trial.run.id, columns(_cells(trial, varying, look), widths, rights)) for trial in trials)
    head = columns([say(safe(text, VALUE + 8), "muted") for text in heads], widths, rights)
    title = titled(_title(family, unread), NO_LINE, width + 2)
    return Drawn((title, *(() if has_curve else _curve(family, trials, look)), head), items)


def _param_width(name: str, trials: list[Trial]) -> int:
    longest = max(cell_width(safe(trial.run.params.get(name) or "–")) for trial in trials)
    return min(PARAM[1], max(PARAM[0], cell_width(safe(name)), longest))


def _title(family: Family, unread: int) -> Line:
    parts = [say(plain("Trials"), "strong", bold=True), counts_line(family)]
    if unread:
        read = len(family.own) - unread
        parts.append(say(Safe(f"values of {read:,} of {len(family.own):,} read, + reads more"), "warn"))
    if family.top.primary_metric:
        parts.append(say(Safe(f"{safe(family.top.primary_metric, 30)}, {aim_of(family)}"), "muted"))
    return spaced(parts, 3)


def aim_of(family: Family) -> Safe:
    """Which way is better, and whether the sweep says so itself."""
    aim = "smaller is better" if is_smaller_better(family.top) else "larger is better"
    return plain(aim if family.top.goal else f"{aim}, as its name suggests")


def _curve(family: Family, trials: list[Trial], look: Look) -> list[Line]:
    """`best so far ▁▂▅▆ 0.861  fraud-hpo-12_4`: one line, when anything was reached."""
    values = [one.best for one in rises(family.top, family.own)]
    best = next((trial for trial in trials if trial.is_best), None)
    if best is None or not values:
        return []
    low, high = min(values), max(values)
    # The worst start is drawn as the lowest step, not as nothing.
    steps = [0.15 + 0.85 * ((value - low) / (high - low) if high > low else 1.0) for value in values]
    curve = spark(steps, width=min(CURVE, len(steps)), top=1.0, unusual_from=0, tone="accent", is_ascii=look.is_ascii)
    left = (Span(plain("best so far  "), "muted"), *curve, Span(plain("  ")))
    value = Span(fmt.metric(best.value), "strong", bold=True)
    return [(*left, value, Span(Safe(f"  {safe(best.run.name, 40)}"), "muted"))]


def _cells(trial: Trial, varying: list[str], look: Look) -> list[Line]:
    run = trial.run
    rank = say(Safe(str(trial.rank or "–")), "accent" if trial.is_best else "muted")
    tone = "accent" if trial.is_best else "text"
    value = (Span(fmt.metric(trial.value), tone if trial.value is not None else "muted", bold=trial.is_best),)
    params: list[Line] = [say(safe(run.params.get(one) or "–", PARAM[1]), "text" if run.params.get(one) else "muted")
                          for one in varying]  # fmt: skip
    return [
        rank,
        state_cell(run_state(run.status), look),
        say(safe(run.name), "strong" if trial.is_best else "text", bold=trial.is_best),
        value,
        *params,
        ran(run, look),
        estimate_cell(cost_of(run), look),
    ]
