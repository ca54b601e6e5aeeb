"""`amldeck triage [ENDPOINT]`: the verdict, the suspects and the next steps, without a screen."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path

import click
import msgspec

from app.cli.asked import shared_options, suggested
from app.cli.endpoint_named import endpoint_named, length
from app.cli.errand import (
    DEADLINE,
    PATIENCE,
    RETRY,
    Errand,
    QueryFailed,
    choose_workspace,
    narrate_ages,
    narrate_problems,
    opened,
    say,
    trouble,
)
from app.rows import EndpointRow
from app.triaging.facts import LOOKED_AT
from app.triaging.judged import Judged, judged_of
from app.triaging.report import markdown, report_of
from app.triaging.written import written
from widgets import format as fmt
from widgets.pane import Look
from widgets.safe import safe

USUAL = timedelta(hours=1)
"""What is looked at before, to know what is usual."""
MINUTE = timedelta(minutes=1)
UNHEALTHY = 4
"""The exit code of an endpoint that does not answer as it should: for scripts."""
SIGNALS = "endpoint_health"
"""The source that tells which endpoint stands worst."""
LOOKUPS = ("signals", "endpoint_logs")
"""What is looked up of the endpoint that is judged."""
SOURCES = ("endpoints", "deployments", "activity", "operations", "diagnostics", SIGNALS, "endpoint_rows")


@click.command("triage")
@click.argument("endpoint", required=False, shell_complete=suggested("endpoints"))
@click.option("--json", "form", flag_value="json", help="One object: verdict, suspects, steps and what they rest on.")
@click.option("--md", "form", flag_value="md", help="The draft of a post-mortem, as Markdown.")
@click.option("--text", "form", flag_value="text", default="text", help="Lines to read (the default).")
@click.option("--since", metavar="AGE", default="", help="Judge what happened since: 90m, 1h, 3h (the most).")
@click.option("--at", metavar="AGE", default="", help="How it stood so long ago, from what was cached: 20m, 2h, 1d.")
@click.option("--bundle", metavar="FILE", default="", help="Write all of it to one redacted file: `amldeck open FILE`.")
@shared_options
@click.pass_context
def COMMAND(context: click.Context, endpoint: str | None, form: str, since: str, at: str, bundle: str) -> None:
    """Say what is wrong with ENDPOINT, since when, what changed before, and what to do next.

    Without a name it is the endpoint that stands worst. Ends with 4 when it does not answer as it should; with 3 when
    none was named and how they answer could not be read.
    """
    with opened(context) as errand:
        choose_workspace(errand)
        moment = errand.session.now() - length(at, "--at") if at else None
        back = min(LOOKED_AT, max(length(since, "--since"), MINUTE) + USUAL) if since else LOOKED_AT
        found = judged(errand, endpoint, moment, back)
        if bundle:
            keep(errand, found.found.endpoint, bundle)
        show(found, form, errand.look())
        is_known = bool(endpoint) or is_any_known(errand)
        context.exit(UNHEALTHY if found.found.verdict.is_unhealthy else 0 if is_known else RETRY)


def show(judged: Judged, form: str, look: Look) -> None:
    """Print a triage: `json`, `md`, or lines to read."""
    if form == "json":
        report = report_of(judged.facts, judged.found, judged.notes)
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(report), indent=2).decode() + "\n")
    elif form == "md":
        click.echo(markdown(judged.facts, judged.found, judged.notes))
    else:
        for line in written(judged, look):
            click.echo(line)


def keep(errand: Errand, endpoint: str, path: str) -> None:
    """Write an incident bundle, and say where. Raises QueryFailed."""
    from app.bundles.writing import NotWritten, write_bundle

    try:
        say(write_bundle(errand.session, endpoint, Path(path)).said)
    except NotWritten as error:
        raise QueryFailed(str(error)) from error


def judged(errand: Errand, endpoint: str | None, at: datetime | None = None, back: timedelta = LOOKED_AT) -> Judged:
    """The judgement of an endpoint, the worst one for no name, after asking for what is stale. Raises QueryFailed."""
    if at is None:
        errand.refresh(SOURCES)
    name = endpoint_named(errand, endpoint, ()) if endpoint else worst(errand)
    if at is None:
        look_up(errand, name)
    found = judged_of(errand.session, name, at=at, back=back)
    if found is None:
        raise QueryFailed(f"Nothing was known of {safe(name, 60)} then: {_known_since(errand, name)}")
    narrate_ages(errand, [*errand.states(["endpoints", "activity"]), errand.refresher.lookup_state("signals", name)])
    return found


def look_up(errand: Errand, endpoint: str) -> None:
    """Have its signals and logs read at once, and wait; what fails is narrated: the rest is judged without it.

    Raises click exceptions where `--fresh` may not go on without.
    """
    for name in LOOKUPS:
        errand.refresher.look_up(name, endpoint, force=errand.asked.fresh)
    for name in LOOKUPS:
        is_done = errand.refresher.wait_for(name, endpoint, DEADLINE if errand.asked.fresh else 3 * PATIENCE)
        state = errand.refresher.lookup_state(name, endpoint)
        if state.problem is not None and errand.asked.fresh:
            raise trouble(state.problem)
        if errand.session.is_online:
            narrate_problems(errand, [state])
        if not is_done:
            say(f"{state.title}: still being read; this is what came so far.")


def worst(errand: Errand) -> str:
    """The endpoint that stands worst by its signals and its states; the first by name where all stand well.

    Says which it is, and of how many nothing was measured. Raises QueryFailed.
    """
    if errand.session.is_online:
        errand.refresher.wait((SIGNALS, "endpoint_rows"), 3 * PATIENCE)
    rows = sorted(_endpoints(errand), key=lambda one: one.name)
    if not rows:
        narrate_problems(errand, errand.states(["endpoints"]))
        raise QueryFailed("No online endpoint is in the cache.")

    def badness(row: EndpointRow) -> tuple[bool, float, bool]:
        return bool(row.is_unhealthy), (row.failed or 0.0) * (row.rate or 0.0), row.state == "Failed"

    chosen = max(rows, key=badness)
    narrate_problems(errand, errand.states([SIGNALS]))
    many, unknown = len(rows), sum(row.health is None for row in rows)
    if chosen.is_unhealthy or chosen.state == "Failed":
        said = f"{chosen.name} stands worst of {many}"
    elif unknown == many:
        said = f"Which of {many} endpoints stands worst is not known: this is the first by name"
    else:
        said = f"{many - unknown} endpoints stand well"
    say(f"{said}; how {unknown} of them answer was not measured." if unknown else f"{said}.")
    return chosen.name


def is_any_known(errand: Errand) -> bool:
    """Whether it was ever read how the endpoints answer."""
    (state,) = errand.states([SIGNALS])
    return state.last_ok is not None


def _known_since(errand: Errand, endpoint: str) -> str:
    seen = errand.session.store.get("endpoints", errand.session.scope, endpoint)
    return f"the cache holds it since {fmt.moment(seen.first_seen, errand.look())}." if seen is not None else "it went."


def _endpoints(errand: Errand) -> list[EndpointRow]:
    session = errand.session
    return [seen.record for seen in session.store.records("endpoint_rows", session.scope)]
