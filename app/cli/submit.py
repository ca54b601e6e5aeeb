"""`amldeck submit FILE --check`: what is wrong with a job's YAML, by line; what would be submitted. Sends nothing."""

from __future__ import annotations

import click
import msgspec

from app.cli.asked import shared_options
from app.cli.errand import QueryFailed, TryAgain, choose_workspace, opened
from app.costing import with_cost
from app.submitting import CannotRead, read_job, sentence
from services.change import Change, rest_text
from services.errors import ServiceBroken, ServiceError, Throttled, Unreachable
from services.planning import UNSAID
from services.records import WorkspaceRef
from services.submit import Checked, answers_of, check, plan_submit
from widgets.safe import safe

WRONG = 2
"""Exit code for a file that no job can be made of."""
LONGEST = 1 << 20


@click.command("submit")
@click.argument("file")
@click.option("--check", "is_check", is_flag=True, help="Say what is wrong with it, or what would be submitted.")
@click.option("--json", "is_json", is_flag=True, help="One object: problems with their lines, or the job.")
@shared_options
@click.pass_context
def command(context: click.Context, file: str, is_check: bool, is_json: bool) -> None:
    """Check the YAML of a job as azure-ai-ml and the workspace see it. Nothing is ever sent.

    Problems are lines on stderr, FILE:LINE: what is wrong, and the exit code is 2. The command line changes nothing in
    Azure: `:submit FILE` in the deck submits it, behind the lock.
    """
    if not is_check:
        raise click.UsageError(
            "The command line changes nothing in Azure: --check says what is wrong with the file and what would be "
            "submitted; :submit FILE in the deck submits it."
        )
    try:
        text = read_job(file)
    except CannotRead as error:
        raise click.UsageError(safe(error, 1000)) from error
    with opened(context) as errand:
        workspace = choose_workspace(errand)
        if not errand.session.is_online:
            raise QueryFailed("Checking a job asks the workspace, and --offline does not.")
        try:
            connection = errand.session.connect()
            checked = check(connection, workspace, text)
            put = checked.put
            plain = put and plan_submit(connection, workspace, f"/jobs/{put.name}", answers_of(put, file))
            change = plain and with_cost(errand.session.store, errand.session.scope, plain)
        except ServiceError as error:
            family = TryAgain if isinstance(error, Unreachable | Throttled | ServiceBroken) else QueryFailed
            raise family(safe(error, 1000)) from error
    _say(file, workspace, checked, change, is_json=is_json)
    context.exit(WRONG if checked.problems else 0)


def _say(file: str, workspace: WorkspaceRef, checked: Checked, change: Change | None, *, is_json: bool) -> None:
    for problem in checked.problems:
        line = f":{problem.line}" if problem.line is not None else ""
        click.echo(safe(f"{file}{line}: {sentence(problem)}", 1000), err=True)
    if is_json:
        rest = rest_text(change) if change else None
        said = {"file": file, "workspace": workspace.id, "problems": checked.problems, "rest": rest,
                "job": change.target.rpartition("/")[2] if change else None}  # fmt: skip
        click.echo(safe(msgspec.json.encode(said).decode(), LONGEST))
    elif change is not None:
        click.echo(f"Would submit to {safe(workspace.name)}; nothing was sent.")
        for row in change.rows:
            click.echo(f"  {safe(row.label):<12} {safe(row.after if row.after else UNSAID, 600)}")
        for note in change.notes:
            click.echo(f"  {safe(note.label):<12} {safe(note.text, 600)}")


COMMAND = command
