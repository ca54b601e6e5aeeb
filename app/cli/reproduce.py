"""`amldeck reproduce RUN --as yaml|python|command`: a run written down so that it can be run again."""

from __future__ import annotations

import sys

import click

from app.cli.asked import shared_options
from app.cli.errand import (
    DEADLINE,
    PATIENCE,
    Errand,
    QueryFailed,
    TryAgain,
    choose_workspace,
    opened,
    say,
    trouble,
)
from app.comparing import Unclear, named_run
from app.definitions import kept_definition, not_a_job
from services.job_definition import Definition
from services.reproduce import FORMS, Form, reproduce
from widgets.safe import safe

TOO_SLOW = "Azure has not given the definition in time."


@click.command("reproduce")
@click.argument("name", metavar="RUN")
@click.option("--as", "form", type=click.Choice(FORMS), default="yaml", show_default=True, help="What to write.")
@shared_options
@click.pass_context
def command(context: click.Context, name: str, form: Form) -> None:
    """Write a run down so that it can be run again: YAML for `az ml job create`, Python, or commands of a shell.

    RUN is the id of a run, or its name where no other is called so. What cannot be written down is said in comments.
    """
    with opened(context) as errand:
        workspace = choose_workspace(errand)
        given = _definition(errand, name)
        sys.stdout.write(reproduce(given, workspace, form))
        sys.stdout.flush()


def _definition(errand: Errand, name: str) -> Definition:
    session = errand.session
    store, scope = session.store, session.scope
    try:
        run = named_run(store, scope, name, session.now()).id
    except Unclear as unclear:
        if "is the name of" in str(unclear) or not session.is_online:
            raise QueryFailed(f"{safe(unclear, 2000)}.") from unclear
        run = name  # Azure may know it
    errand.refresher.look_up("definition", run, force=errand.asked.fresh)
    is_done = errand.refresher.wait_for("definition", run, DEADLINE if errand.asked.fresh else 3 * PATIENCE)
    problem = errand.refresher.lookup_state("definition", run).problem
    kept = kept_definition(store, scope, run)
    if kept is not None:
        if problem is not None or not is_done:
            say(f"{problem.sentence if problem else TOO_SLOW} Writing down what was read before.")
        return kept
    if not session.is_online:
        raise QueryFailed(f"The definition of {safe(run)} was never read, and --offline does not read it.")
    if problem is not None:
        raise trouble(problem)
    raise QueryFailed(safe(not_a_job(run), 400)) if is_done else TryAgain(TOO_SLOW)


COMMAND = command
