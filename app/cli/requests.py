"""`amldeck requests ENDPOINT`: scoring requests as Application Insights holds them, without a screen."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta

import click
import msgspec

from app.cli.answer import TABLE_LIMIT, understood, write
from app.cli.asked import shared_options, suggested
from app.cli.endpoint_named import endpoint_named, length
from app.cli.errand import Errand, QueryFailed, choose_workspace, narrate_ages, opened, say
from app.cli.metrics import look_one_up
from app.scoring.described import GROUPED, SCORING
from app.scoring.rows import ANSWERS, REQUESTS, RequestAnswer, RequestRow, within
from app.scoring.saying import window_words
from app.scoring.standing import insights_standing
from cache.query import parse
from services.scoring_queries import By
from services.scoring_requests import RequestGroup
from widgets import format as fmt
from widgets.lines import fit_line, line_text, spaced
from widgets.pane import Look
from widgets.safe import safe

EVERY = 15.0
"""Seconds between two questions while it is followed."""
LONGEST = timedelta(days=30)


@click.command("requests")
@click.argument("endpoint", shell_complete=suggested("endpoints"))
@click.argument("query", nargs=-1)
@click.option("--since", metavar="AGE", default="1h", help="From so long ago: 15m, 3h, 2d (1h).")
@click.option("--by", type=click.Choice(["status", "caller"]), help="What all of them add up to, in place of each.")
@click.option("--follow", "-f", is_flag=True, help="Ask again every few seconds, and print what is new.")
@click.option("--json", "form", flag_value="json", help="A list of objects; with --follow an object a line.")
@click.option("--csv", "form", flag_value="csv", help="A line for each.")
@click.option("--table", "form", flag_value="table", default="table", help="A table (the default).")
@click.option("--limit", type=click.IntRange(min=0), help=f"Rows at most, 0 for all (tables: {TABLE_LIMIT}).")
@shared_options
@click.pass_context
def COMMAND(
    context: click.Context, endpoint: str, query: tuple[str, ...], since: str, by: By | None, follow: bool, form: str,
    limit: int | None,
) -> None:  # fmt: skip
    """Give the requests to ENDPOINT, the newest first, or what they add up to by status or by caller.

    QUERY is filter text: status=500, code>=400, dur>2s, agent:curl, deployment=blue. Percentiles of groups are worked
    out by Application Insights over all requests of the time; a sample counts for all it stands for.
    """
    if follow and form == "csv":
        raise click.UsageError("--follow writes lines, or JSON an object a line: leave --csv out.")
    if by is not None and (query or follow):
        raise click.UsageError("--by is about all requests of the time: it takes neither a filter nor --follow.")
    window = min(max(length(since, "--since"), timedelta(minutes=1)), LONGEST)
    with opened(context) as errand:
        choose_workspace(errand)
        asked = _Asked(errand, endpoint_named(errand, endpoint), window, " ".join(query))
        if by is not None:
            asked.give_groups(by, form, limit)
        else:
            asked.give(form, limit, is_followed=follow)
            if follow:
                asked.follow(form)


class _Asked:
    """The requests to one endpoint in a stretch of time that ends now."""

    def __init__(self, errand: Errand, endpoint: str, window: timedelta, query: str) -> None:
        self._errand, self._endpoint, self._window = errand, endpoint, window
        minutes = int(window.total_seconds()) // 60
        self._key = f"{endpoint}/{minutes}"
        understood(query, REQUESTS, errand)
        self._query = query
        self._seen: set[str] = set()

    def give(self, form: str, limit: int | None, *, is_followed: bool = False) -> None:
        """Write the requests, the newest first; last where more follow. Raises QueryFailed where none is kept."""
        self._read("requests")
        found = list(self._rows())
        answer = self._answer(self._key)
        self._narrate(f"{len(found):,} requests", answer)
        if answer is not None and answer.since > answer.at - self._window + timedelta(minutes=1):
            say(f"All since {fmt.clock(answer.since, self._errand.look())} are here, of before only some.")
        shown = limit if limit is not None else TABLE_LIMIT if form == "table" else 0
        if shown and shown < len(found):
            say(f"Only the newest {shown:,} are shown; --limit 0 shows all.")
        chosen = found[: shown or None]
        if is_followed:
            _write_on(chosen[::-1], form, self._errand.look())
        else:
            write(SCORING, chosen, form, self._errand.look())
        self._seen = {one.id for one in found}

    def give_groups(self, by: By, form: str, limit: int | None) -> None:
        """Write what all requests add up to, the largest group first."""
        self._read("request_groups")
        answer = self._answer(f"{self._key}/{by}")
        groups = msgspec.json.decode(answer.body, type=list[RequestGroup]) if answer is not None else []
        self._narrate(f"{sum(one.requests for one in groups):,} requests by {by}", answer)
        pane = dataclasses.replace(SCORING, record=RequestGroup, columns=GROUPED[by])
        write(pane, groups[: limit or None], form, self._errand.look())

    def follow(self, form: str) -> None:
        """Write what is new, the oldest first, until it is interrupted."""
        while self._errand.session.is_online:
            time.sleep(EVERY)
            refresher = self._errand.refresher
            refresher.look_up("requests", self._key, force=True)
            refresher.wait_for("requests", self._key, EVERY)
            problem = refresher.lookup_state("requests", self._key).problem
            if problem is not None:
                say(f"{problem.kind}. {problem.sentence}")
            new = [one for one in self._rows() if one.id not in self._seen][::-1]
            self._seen.update(one.id for one in new)
            _write_on(new, form, self._errand.look())

    def _read(self, lookup: str) -> None:
        """Have it asked, unless nothing is kept. Raises QueryFailed with what switches it on, and what went wrong."""
        standing = insights_standing(self._errand.session, self._endpoint)
        if standing is not None and standing.is_on is False and not self._errand.asked.fresh:
            if not any(True for _ in self._rows()):
                raise QueryFailed(f"{standing.said} This switches it on: {standing.switch_on or 'see the triage'}")
            say(f"{standing.said} Showing what was read before.")
            return
        look_one_up(self._errand, lookup, self._key)

    def _rows(self) -> Iterator[RequestRow]:
        session = self._errand.session
        now = session.now()
        text = within(self._endpoint, self._window, self._answer(self._key), now, self._query)
        where = parse(text, REQUESTS, now=now)
        return (seen.record for seen in session.store.records(REQUESTS.name, session.scope, where, "-at"))

    def _answer(self, key: str) -> RequestAnswer | None:
        session = self._errand.session
        seen = session.store.get(ANSWERS.name, session.scope, key)
        return seen.record if seen is not None else None

    def _narrate(self, what: str, answer: RequestAnswer | None) -> None:
        age = f"asked {fmt.age(answer.at, self._errand.session.now())} ago" if answer is not None else "never asked"
        say(f"{self._endpoint}, {window_words(self._window)}: {what}, {age}")
        if answer is not None and answer.said:
            say(safe(answer.said, 1000))
        narrate_ages(self._errand, self._errand.states(["deployments"]))


def _write_on(rows: Sequence[RequestRow], form: str, look: Look) -> None:
    """Write rows behind those that stand there: no heading and fixed columns, or JSON an object a line."""
    if form == "json":
        write(SCORING, rows, "ndjson", look)
        return
    for row in rows:
        cells = [
            fit_line(column.cell(row, look), column.width, is_right=column.is_right, in_middle=column.grows)
            for column in SCORING.columns
            if column.rank < 5
        ]
        click.echo(line_text(spaced(cells)).rstrip())
