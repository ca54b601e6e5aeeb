"""One question, answered: refresh for a while, narrate on stderr, write the rows on stdout."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import click

from app.cli import screen
from app.cli.errand import DEADLINE, Errand, QueryFailed, choose_workspace, narrate_ages, narrate_problems, say, trouble
from app.cli.into import ON_STDOUT, Wanted, with_columns
from app.cli.output import write_table
from app.exporting import Shown
from app.exports.columns import Taken, all_columns
from app.exports.forms import write_csv, write_json, write_ndjson
from app.freshness import filled_by
from app.source_row import SourceRow
from app.source_state import Problem, SourceState, source_row
from app.sums import Sums
from cache.query import Query, parse
from cache.table import Table, field_named, fields_of
from cache.views import View
from services.records import WorkspaceRef
from widgets.lines import line_text
from widgets.pane import Look, Pane
from widgets.safe import safe

WINDOW = 500
SUMMED = ("waste",)
"""The panes whose sum is what one asks for: it is said beside their rows."""
TABLE_LIMIT = 100
"""Rows of a table when nobody says how many."""


def give(
    errand: Errand,
    pane: Pane[Any],
    table: Table | None,
    query: Sequence[str],
    *,
    form: str,
    limit: int | None,
    sort: str,
    into: Wanted = ON_STDOUT,
) -> None:
    """Answer with the rows of a pane. A pane without a table shows the sources themselves.

    What cannot be understood or found ends the command before a row is written: a script never takes half an answer
    for a whole one. Raises click exceptions.
    """
    text = " ".join(query) if query else pane.filter
    if table is None:
        if into.is_file or into.names:
            raise click.UsageError(f"{pane.title} is what the sources are like now: it has no file and no --columns.")
        _give_sources(errand, pane, text, form, limit)
        return
    columns = into.columns(table)
    where, order = understood(text, table, errand), _order(sort, pane, table)
    workspace, states = refreshed(errand, pane)
    filling = _filling(pane, table, where, order, columns)
    told = [*states, *(state for state in errand.states() if state.name in filling)]
    view = errand.session.store.view(table.name, errand.session.scope, where, order)
    view.prepare()
    if not view.total():
        check_known(errand, pane, states, workspace)
    shown = _limit(view.count() or 0, limit, into.form if into.is_file else form)
    narrate_problems(errand, states)
    _narrate_counts(f"{workspace.name}: ", pane, view, shown, text)
    if pane.name in SUMMED and pane.verdict is not None:
        say(line_text(pane.verdict(Sums(errand.session, table), errand.look())))
    narrate_ages(errand, told)
    if into.is_file:
        shown_as = Shown(
            pane, text, order, columns or all_columns(pane.record), tuple(told), view.total(), view.count()
        )
        say(into.write(errand.session, table, shown_as, where, shown))
        return
    write(pane, _records(view, shown), form, errand.look(), columns)


def _filling(
    pane: Pane[Any], table: Table, where: Query, order: str, columns: Sequence[Taken] | None
) -> tuple[str, ...]:
    """The sources that fill in later what is asked for: as long as they have not, a row may match yet."""
    asked = (order.lstrip("-"), *(one.name for one in columns or ()))
    fields = (field_named(table, name.partition(".")[0]) for name in asked)
    return filled_by(pane, (*where.fields, *(field.name for field in fields if field is not None)))


def refreshed(errand: Errand, pane: Pane[Any]) -> tuple[WorkspaceRef, list[SourceState]]:
    """Choose the workspace and read what a pane shows: which, and how its sources stand. Raises click exceptions."""
    workspace = choose_workspace(errand)
    is_done = errand.refresh(pane.sources)
    states = errand.states(pane.sources)
    _check(errand, pane, states, is_done=is_done)
    return workspace, states


def _narrate_counts(where: str, pane: Pane[Any], view: View, shown: int, text: str) -> None:
    """Say how many rows match of how many there are, and how many of them are shown."""
    count, total = view.count() or 0, view.total() or 0
    of, which = (f" of {total:,}", f" match {text}") if count != total else ("", "")
    say(f"{where}{count:,}{of} {pane.noun}{which}")
    if shown < count:
        say(f"Only the first {shown:,} are shown; --limit 0 shows all.")


def write(
    pane: Pane[Any], records: Iterable[Any], form: str, look: Look, columns: Sequence[Taken] | None = None
) -> None:
    """Write records on stdout, in the form that was asked for; all of each without `columns`."""
    out: Callable[[str], object] = sys.stdout.write
    if form == "json":
        write_json(columns, records, out)
    elif form == "ndjson":
        write_ndjson(columns, records, out)
    elif form == "csv":
        write_csv(columns or all_columns(pane.record), records, out)
    else:
        pane = pane if columns is None else with_columns(pane, columns)
        look = Look(look.now, is_ascii=look.is_ascii or not screen.takes_unicode())
        write_table(pane, records, out, look, width=screen.width(), is_coloured=screen.is_coloured())
    sys.stdout.flush()


def underlined(text: str, query: Query) -> str:
    """The filter with a line of carets under each clause that is not understood, and why."""
    lines: list[str] = []
    for problem in query.problems:
        before, wrong = safe(text[: problem.start], 1000), safe(text[problem.start : problem.end], 1000)
        lines += [f"  {safe(text, 2000)}", f"  {' ' * len(before)}{'^' * max(1, len(wrong))} {safe(problem.message)}"]
    return "\n".join(lines)


def understood(text: str, table: Table, errand: Errand) -> Query:
    """What a filter means. Raises click.UsageError when a part of it means nothing."""
    query = parse(text, table, now=errand.session.now())
    if query.problems:
        raise click.UsageError(f"This filter is not understood.\n{underlined(text, query)}")
    return query


def _order(sort: str, pane: Pane[Any], table: Table) -> str:
    """The field to order by; the pane's own when none is asked for. Raises click.UsageError."""
    if not sort:
        return pane.order
    name, _, reach = sort.lstrip("-+").partition(".")
    field = field_named(table, name)
    if field is None or not (reach if field.kind == "pairs" else field.order and not reach):
        fields = fields_of(table.record).values()
        names = ", ".join(
            f"{one.reach}.NAME" if one.kind == "pairs" else one.name for one in fields if one.kind != "json"
        )
        raise click.UsageError(f"Nothing can be sorted by {safe(sort)!r}; fields are {names}.")
    return f"{'-' if sort.startswith('-') else ''}{field.name}{'.' * bool(reach)}{reach}"


def _check(errand: Errand, pane: Pane[Any], states: Sequence[SourceState], *, is_done: bool) -> None:
    """End here when `--fresh` was asked for and what the pane is about could not be read."""
    if not (errand.asked.fresh and errand.session.is_online):
        return
    main = _main(pane, states)
    for problem in (state.problem for state in states):
        if problem is not None and (problem.is_retryable or problem == main.problem):
            raise trouble(problem)
    if not is_done:
        raise trouble(_too_slow(errand, states))


def check_known(errand: Errand, pane: Pane[Any], states: Sequence[SourceState], workspace: WorkspaceRef) -> None:
    """End here when there is no row because none was ever read: that is not the same as none."""
    main = _main(pane, states)
    if main.last_ok is not None:
        return
    if main.problem is not None:
        raise trouble(main.problem)
    if main.is_reading:
        raise trouble(_too_slow(errand, [main]))
    raise QueryFailed(f"{main.title} of {workspace.name} were never read, and --offline does not read them.")


def _main(pane: Pane[Any], states: Sequence[SourceState]) -> SourceState:
    """The source a pane is about: the one of its own name or table, else the first."""
    named = (state for name in (pane.name, pane.table) for state in states if state.name == name)
    return next(named, states[0])


def _too_slow(errand: Errand, states: Sequence[SourceState]) -> Problem:
    names = ", ".join(state.title.lower() for state in states if state.is_reading) or "the rows"
    waited = "in time" if not errand.asked.fresh else f"in {DEADLINE:.0f} s"
    return Problem("offline", f"Azure has not given {names} {waited}.", errand.session.now(), is_retryable=True)


def _limit(count: int, limit: int | None, form: str) -> int:
    if limit is None:
        limit = TABLE_LIMIT if form == "table" else 0
    return min(count, limit) if limit else count


def _records(view: View, count: int) -> Iterator[Any]:
    for offset in range(0, count, WINDOW):
        for row in view.window(offset, min(WINDOW, count - offset)):
            yield row.record


def _give_sources(errand: Errand, pane: Pane[Any], text: str, form: str, limit: int | None) -> None:
    """The sources as the cache remembers them: nothing is read for this answer."""
    if errand.session.workspace is None:
        choose_workspace(errand)
    words = text.lower().split()
    rows = [source_row(state) for state in errand.states()]
    kept = [row for row in rows if all(word in _searched(row) for word in words)]
    say(f"{len(kept)} of {len(rows)} {pane.noun}" if words else f"{len(rows)} {pane.noun}")
    write(pane, islice(kept, limit or None), form, errand.look())


def _searched(row: SourceRow) -> str:
    return f"{row.id} {row.title} {row.state} {row.problem or ''}".lower()
