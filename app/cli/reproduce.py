"""`amldeck reproduce RUN --as yaml|python|command`: a run written down so that it can be run again."""

from __future__ import annotations

import sys

import click

from app.cli.asked import shared_options
from app.cli.errand import Errand, QueryFailed, TryAgain, choose_workspace, opened, say
from app.comparing import Unclear, named_run
from app.definitions import kept_definition, read_definition
from services.errors import NotFound, ServiceBroken, ServiceError, Throttled, Unreachable
from services.job_definition import Definition
from services.records import WorkspaceRef
from services.reproduce import FORMS, Form, reproduce
from widgets.safe import safe


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
        given = _definition(errand, workspace, name)
        sys.stdout.write(reproduce(given, workspace, form))
        sys.stdout.flush()


def _definition(errand: Errand, workspace: WorkspaceRef, name: str) -> Definition:
    session = errand.session
    store, scope = session.store, session.scope
    try:
        run = named_run(store, scope, name, session.now()).id
    except Unclear as unclear:
        if "is the name of" in str(unclear) or not session.is_online:
            raise QueryFailed(f"{safe(unclear, 2000)}.") from unclear
        run = name  # Azure may know it
    kept = kept_definition(store, scope, run)
    if not session.is_online:
        if kept is None:
            raise QueryFailed(f"The definition of {safe(run)} was never read, and --offline does not read it.")
        return kept
    try:
        return read_definition(store, scope, session.connect(), workspace, run)
    except NotFound as error:
        why = "no such job, or it is a step or a trial, which is written down with its parent"
        raise QueryFailed(f"{safe(run)}: {why}.") from error
    except ServiceError as error:
        if kept is None:
            family = TryAgain if isinstance(error, Unreachable | Throttled | ServiceBroken) else QueryFailed
            raise family(safe(error, 1000)) from error
        say(f"{error} Writing down what was read before.")
        return kept


COMMAND = command
