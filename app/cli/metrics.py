"""`amldeck metrics RUN loss auc --csv`: what a run logged, or what was measured on its nodes, without a screen."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path

import click
import msgspec

from app.cli.asked import shared_options
from app.cli.errand import DEADLINE, PATIENCE, Errand, QueryFailed, choose_workspace, opened, say, trouble
from app.cli.output import write_csv, write_json
from app.series_kinds import LOGGED, MEASURED
from cache.series import Series
from services.run import Run
from widgets import format as fmt
from widgets.chart_scale import value_text
from widgets.pane import Look
from widgets.safe import cell_width, safe
from widgets.spark import spark

NEW_FILE = click.Path(dir_okay=False, path_type=Path)


class MetricValue(msgspec.Struct, frozen=True, kw_only=True):
    """One value as a line of JSON or CSV. NaN and infinity are text, because JSON has no such numbers."""

    run: str
    metric: str
    node: str | None = None
    unit: str | None = None
    step: int | None = None
    time: datetime | None = None
    value: float | str | None = None


@click.command("metrics")
@click.argument("run", metavar="RUN")
@click.argument("metrics", nargs=-1, metavar="[METRIC]...")
@click.option("--json", "form", flag_value="json", help="A list of objects, one for each value.")
@click.option("--csv", "form", flag_value="csv", help="A line for each value.")
@click.option("--table", "form", flag_value="table", default="table", help="A line for each metric (the default).")
@click.option("--nodes", is_flag=True, help="What was measured on its nodes, in place of what it logged.")
@click.option(
    "--svg", "svg_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the charts to this file."
)
@click.option(
    "--png", "png_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the charts to this file."
)
@shared_options
@click.pass_context
def COMMAND(
    context: click.Context,
    run: str,
    metrics: tuple[str, ...],
    form: str,
    nodes: bool,
    svg_file: Path | None,
    png_file: Path | None,
) -> None:
    """Give every value a run has logged, or a summary of each metric. RUN is a name or an id.

    METRIC names the metrics to give; without one all are given. NaN stays NaN.
    """
    with opened(context) as errand:
        choose_workspace(errand)
        found = _run(errand, run)
        kept = _chosen(_series(errand, found, "system_metrics" if nodes else "metrics"), metrics, found)
        if svg_file is not None or png_file is not None:
            for path, name in ((svg_file, "svg"), (png_file, "png")):
                if path is not None:
                    _draw(errand, found, kept, path, name)
        else:
            _give(errand, found, kept, form)


def _run(errand: Errand, named: str) -> Run:
    """The run of an id, or the newest one of a name; an id that was never seen is looked up. Raises QueryFailed."""
    store, scope = errand.session.store, errand.session.scope
    if (seen := store.get("runs", scope, named)) is not None:
        return seen.record
    from app.tables import RUNS
    from cache.query import parse
    from cache.quoting import equals

    query = parse(equals("name", named), RUNS, now=errand.session.now())
    newest = next(iter(store.records("runs", scope, query, "-created", 1)), None)
    if newest is not None:
        return newest.record
    look_one_up(errand, "run", named)
    if (seen := store.get("runs", scope, named)) is None:
        raise QueryFailed(f"No run {safe(named, 200)!r} is in the cache, and Azure was not asked or has none.")
    return seen.record


def look_one_up(errand: Errand, name: str, key: str) -> None:
    """Have one thing read, and wait for it. Raises what stands in its way when nothing of it was ever read."""
    refresher = errand.refresher
    refresher.look_up(name, key, force=errand.asked.fresh)
    is_done = refresher.wait_for(name, key, DEADLINE if errand.asked.fresh else 3 * PATIENCE)
    state = refresher.lookup_state(name, key)
    if state.problem is not None:
        if state.last_ok is None or errand.asked.fresh:
            raise trouble(state.problem)
        say(f"{state.title}: {state.problem.kind}. {state.problem.sentence}")
    if not is_done:
        say(f"{state.title}: still being read; this is what came so far.")


def _series(errand: Errand, run: Run, lookup: str) -> list[Series]:
    look_one_up(errand, lookup, run.id)
    kind = MEASURED if lookup == "system_metrics" else LOGGED
    found = errand.session.store.series.read(errand.session.scope, run.id, kind)
    ages = [one.fetched_at for one in found if one.fetched_at is not None]
    age = f"read {fmt.age(min(ages), errand.session.now())} ago" if ages else "nothing was ever read"
    say(f"{run.name} ({run.id}) · {len(found)} series · {age}")
    return found


def _chosen(found: Sequence[Series], names: Sequence[str], run: Run) -> list[Series]:
    known = {one.name for one in found}
    missing = [name for name in names if name not in known]
    if missing:
        there = f" There are {', '.join(sorted(known))}." if known else " It has logged none that were read."
        raise QueryFailed(f"{safe(run.name)} has no metric {safe(', '.join(missing), 200)}.{safe(there, 1000)}")
    return [one for one in found if not names or one.name in names]


def _give(errand: Errand, run: Run, kept: Sequence[Series], form: str) -> None:
    if form == "json":
        write_json(_values(run, kept), sys.stdout.write)
    elif form == "csv":
        write_csv(MetricValue, _values(run, kept), sys.stdout.write)
    else:
        for line in _table(kept, errand.look()):
            click.echo(line)


def _values(run: Run, kept: Sequence[Series]) -> Iterator[MetricValue]:
    for one in kept:
        for at, value in enumerate(one.values):
            time, is_gap = one.times[at], _is_gap(one, value)
            yield MetricValue(
                run=run.id, metric=one.name, node=one.part or None, unit=one.unit or None,
                step=one.steps[at] if one.steps else None,
                time=None if time is None else datetime.fromtimestamp(time, UTC),
                value=None if is_gap else value if isfinite(value) else _odd(value),
            )  # fmt: skip


def _odd(value: float) -> str:
    return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"


def _table(kept: Sequence[Series], look: Look) -> Iterator[str]:
    """A line for each metric: how many values, the last, least and greatest, and how it went."""
    rows: list[tuple[str, ...]] = [("metric", "node", "points", "step", "last", "least", "greatest")]
    rows += [_summary(one) for one in kept]
    pictures = ["", *(_picture(one, look) for one in kept)]
    widths = [max(cell_width(row[at]) for row in rows) for at in range(len(rows[0]))]
    shown = [at for at in range(len(widths)) if at != 1 or any(one.part for one in kept)]
    for row, picture in zip(rows, pictures, strict=True):
        blanks = [" " * (wide - cell_width(text)) for text, wide in zip(row, widths, strict=True)]
        cells = [row[at] + blanks[at] if at < 2 else blanks[at] + row[at] for at in shown]
        yield "  ".join([*cells, picture]).rstrip()


def _summary(one: Series) -> tuple[str, ...]:
    values = [value for value in one.values if not _is_gap(one, value)]
    known = [value for value in values if isfinite(value)]
    span = max(known) - min(known) if known else 0.0
    last = values[-1] if values else None
    numbers = (value_text(value, span) for value in (last, min(known, default=None), max(known, default=None)))
    step = f"{one.steps[-1]:,}" if one.steps else "–"
    return safe(one.name, 60), safe(one.part, 24) or "–", f"{len(values):,}", step, *numbers


def _is_gap(one: Series, value: float) -> bool:
    """Whether nothing was measured: what a run logs itself may be NaN, a node is only silent."""
    return bool(one.part) and value != value


def _picture(one: Series, look: Look) -> str:
    low = min(filter(isfinite, one.values), default=0.0)
    shown = [value - low if isfinite(value) else None for value in one.values]
    return "".join(span.text for span in spark(shown, width=24, is_ascii=look.is_ascii))


def _draw(errand: Errand, run: Run, kept: Sequence[Series], path: Path, form: str) -> None:
    from app.chart_export import about, picture, write_new, written
    from app.metric_figures import Drawn, figures
    from widgets.chart_plot import View
    from widgets.chart_scene import scene

    now = errand.session.now()
    shown = figures(run, kept, Drawn())
    if not shown:
        raise QueryFailed(f"{safe(run.name)} has no numbers to draw.")
    scenes = [scene(one, View(axis="step"), about(safe(run.name, 80), now)) for one in shown]
    try:
        write_new(path, picture(scenes, form))
    except OSError as error:
        raise QueryFailed(f"Nothing was written to {safe(path)}: {error.strerror}.") from error
    say(written(path, len(shown)))
