"""`amldeck watch`: a line for everything that happens to a run, an endpoint or the month's costs, without a screen."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click
import msgspec

from app.cli.asked import shared_options
from app.cli.endpoint_named import endpoint_named
from app.cli.errand import Errand, QueryFailed, choose_workspace, opened, say, trouble
from app.cli.logs import run_named
from app.commanding import NotRunnable, run
from app.watching import Watcher, currencies_of
from services.watch_text import NotALine, amount, metric_line, seconds, share
from services.watching import OF_RUNS, Happening, Watch
from widgets.safe import safe, safe_lines

F = TypeVar("F", bound=Callable[..., Any])
EVERY = 15.0
"""Seconds between two looks at a run."""
PATIENCE = 30.0
UNHEALTHY, NOT_YET = 4, 3
"""Exit codes: what was watched does not stand well at the end; it has not ended in the time that was given."""
MOST_SAID = 20
"""Lines of a program's output that are repeated."""


class Watching(click.Command):
    """A command whose `--exec` takes all words after it: a program and its arguments."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the program off, then read the rest. Raises click.UsageError."""
        words: tuple[str, ...] = ()
        if "--exec" in args:
            place = args.index("--exec")
            args, words = args[:place], tuple(args[place + 1 :])
            if not words:
                raise click.UsageError("--exec names no program.", ctx)
            if shutil.which(words[0]) is None:
                raise click.UsageError(f"--exec: there is no program {safe(words[0], 200)!r} to run.", ctx)
        left = super().parse_args(ctx, args)
        ctx.params["program"] = words
        return left


def _options(command: F) -> F:
    said = "Run for each event, with it as JSON on its input: a program and all words after it. No shell."
    command = click.option("--exec", "program", metavar="CMD ARG…", help=said)(command)
    command = click.option("--json", is_flag=True, help="One JSON object a line.")(command)
    command = click.option("--until", metavar="AGE", default="", help="End after that long: 90s, 30m, 2h.")(command)
    return shared_options(command)


@click.group("watch")
@shared_options
def command() -> None:
    """Wait for something to happen, and say so: a line for each event, until all that is watched has ended.

    Ends with 0; with 4 when what was watched does not stand well at the end (a run that failed, an endpoint that does
    not answer as it should); with 3 when a run has not ended within --until; with 130 on ctrl+c.
    """


@command.command("run", cls=Watching)
@click.argument("name")
@click.option("--nan", is_flag=True, help="Also say when a metric is NaN or infinite.")
@click.option("--stalled", metavar="AGE", default="", help="Also say when it logs no metric for so long: 15m.")
@click.option("--metric", "metrics", metavar="LINE", multiple=True, help="Also say when a metric crosses: 'loss<0.3'.")
@_options
@click.pass_context
def of_run(context: click.Context, name: str, nan: bool, stalled: str, metrics: tuple[str, ...], **rest: Any) -> None:
    """Wait for the run NAME (its name or id) to end."""
    lines: list[dict[str, Any]] = [{"kind": "end"}]
    lines += [{"kind": "nan"}] if nan else []
    lines += [{"kind": "stall", "limit": _read(seconds, stalled, "--stalled")}] if stalled else []
    for line in metrics:
        metric, is_below, limit = _read(metric_line, line, "--metric")
        lines.append({"kind": "metric", "metric": metric, "is_below": is_below, "limit": limit})

    def watches(errand: Errand) -> list[Watch]:
        id = run_named(errand, name)
        _look(errand, [("run", id)])
        seen = errand.session.store.get("runs", errand.session.scope, id)
        problem = errand.refresher.lookup_state("run", id).problem
        if seen is None:
            raise trouble(problem) if problem is not None else QueryFailed(f"There is no run {safe(name, 60)!r}.")
        return _made(errand, lines, id, seen.record.name)

    _watch(context, watches, **rest)


@command.command("endpoint", cls=Watching)
@click.argument("name")
@click.option("--errors", metavar="SHARE", default="", help="Also say when more requests than that fail: 5%.")
@click.option("--p95", metavar="TIME", default="", help="Also say when the p95 is above: 2s, 800ms.")
@_options
@click.pass_context
def of_endpoint(context: click.Context, name: str, errors: str, p95: str, **rest: Any) -> None:
    """Say whenever the state of the endpoint NAME turns. Goes on until ctrl+c or --until."""
    lines: list[dict[str, Any]] = [{"kind": "state"}]
    lines += [{"kind": "errors", "limit": _read(share, errors, "--errors")}] if errors else []
    lines += [{"kind": "p95", "limit": _read(seconds, p95, "--p95")}] if p95 else []

    def watches(errand: Errand) -> list[Watch]:
        found = endpoint_named(errand, name, ("endpoints", "endpoint_health"))
        return _made(errand, lines, found, found)

    _watch(context, watches, **rest)


@command.command("spend", cls=Watching)
@click.argument("sum")
@_options
@click.pass_context
def of_spend(context: click.Context, sum: str, **rest: Any) -> None:
    """Wait until this month has cost more than SUM: 100EUR. What is billed comes hours late."""
    wanted = _read(amount, sum, "SUM")

    def watches(errand: Errand) -> list[Watch]:
        errand.refresh(("cost_rows",))
        billed = currencies_of(errand.session.store, errand.session.scope)
        if billed and wanted.currency not in billed:
            raise QueryFailed(f"Costs here are in {safe(', '.join(sorted(billed)), 60)}: write SUM in that.")
        return _made(errand, [{"kind": "spend", "sum": wanted}], "", "")

    _watch(context, watches, **rest)


def _made(errand: Errand, lines: Sequence[dict[str, Any]], thing: str, name: str) -> list[Watch]:
    return [Watch(thing=thing, name=name, since=errand.session.now(), **line) for line in lines]


T = TypeVar("T")


def _read(read: Callable[[str], T], text: str, option: str) -> T:
    try:
        return read(text)
    except NotALine as error:
        raise click.UsageError(f"{option} {safe(text, 60)!r}: {error}.") from error


def _watch(
    context: click.Context,
    watches: Callable[[Errand], list[Watch]],
    *,
    until: str,
    json: bool,
    program: Sequence[str],
) -> None:
    ends = time.monotonic() + _read(seconds, until, "--until") if until else None
    changed = threading.Event()
    with opened(context, lambda _: changed.set()) as errand:
        if not errand.session.is_online:
            raise QueryFailed("Nothing happens in a cache nobody fills: leave --offline out.")
        choose_workspace(errand)
        watcher = Watcher(errand.session, is_kept=False)
        for one in watches(errand):
            watcher.add(one)
            say(f"Watching {one.whose}: {one.about}.")
        are_bad = _wait(errand, watcher, ends, changed, lambda one: _tell(one, is_json=json, program=program))
        left = watcher.watches
        say_standing(watcher)
        are_bad |= any((standing := watcher.standing(one.key)) is not None and standing.is_bad for one in left)
        context.exit(UNHEALTHY if are_bad else NOT_YET if any(one.kind in OF_RUNS for one in left) else 0)


def _wait(
    errand: Errand, watcher: Watcher, ends: float | None, changed: threading.Event, tell: Callable[[Happening], None]
) -> bool:
    """Look until all watches are over or the time is; whether one of them ended badly."""
    are_bad = False
    is_first = True
    said: set[str] = set()
    while True:
        changed.clear()
        _look(errand, watcher.wanted(), said)
        for one in watcher.look():
            tell(one)
            are_bad |= one.is_last and one.is_bad
        if is_first:
            say_standing(watcher)
            is_first = False
        left = None if ends is None else ends - time.monotonic()
        if not watcher.watches or (left is not None and left <= 0):
            return are_bad
        pause = EVERY if left is None else min(EVERY, left)
        # A run is asked for at its pace; of the rest the refresher says when it is new.
        if watcher.wanted():
            time.sleep(pause)
        else:
            changed.wait(pause)


def say_standing(watcher: Watcher) -> None:
    """Narrate how watched endpoints stand: at the beginning, where nothing turned yet, and as the reason of the end."""
    for one in watcher.watches:
        if one.kind == "state":
            standing = watcher.standing(one.key)
            fine = (
                "is in no trouble, as far as was measured"
                if standing is not None
                else "does not tell yet how it answers"
            )
            say(f"{one.whose} {standing.said if standing is not None and standing.is_bad else fine}.")


def _look(errand: Errand, wanted: Sequence[tuple[str, str]], said: set[str] | None = None) -> None:
    for name, key in wanted:
        errand.refresher.look_up(name, key, force=True)
    for name, key in wanted:
        errand.refresher.wait_for(name, key, PATIENCE)
        problem = errand.refresher.lookup_state(name, key).problem
        if problem is not None and said is not None and problem.sentence not in said:
            said.add(problem.sentence)
            say(problem.sentence)


def _tell(one: Happening, *, is_json: bool, program: Sequence[str]) -> None:
    document = json.dumps(msgspec.to_builtins(one))
    when = f"{one.at:%Y-%m-%dT%H:%M:%SZ}" if one.at is not None else "–"
    click.echo(document if is_json else f"{when}  {safe(one.sentence, 2000)}")
    if not program:
        return
    try:
        ran = run(program, document.encode("ascii"))
    except NotRunnable as error:
        say(str(error))
        return
    for line in safe_lines(ran.output.rstrip("\n"))[:MOST_SAID] if ran.output.strip() else ():
        say(line)
    if ran.code != 0:
        how = "took too long and was stopped" if ran.code is None else f"ended with exit code {ran.code}"
        say(f"{program[0]} {how}.")


COMMAND = command
